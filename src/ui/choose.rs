//! The path of a file or a folder: typed, or chosen in the desktop's file dialog. A part of other dialogs.

use std::{
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use egui::{Context, Id, Response, Ui};
use poll_promise::Promise;

use super::{
    icons::Icon,
    text::activity as words,
    theme::Tone,
    widgets::{Button, TextField, remark},
};
use brickpass_core::connection::Severity;

/// No person closes a dialog this fast: there was none.
const NO_DIALOG: Duration = Duration::from_millis(300);

/// The result of the desktop's dialog, and how long it was open.
type Picked = (Option<PathBuf>, Duration);

/// The kind of path to choose.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Wanted {
    /// A new file.
    #[default]
    NewFile,
    /// An existing file.
    File,
    Folder,
}

#[derive(Default)]
pub struct Chooser {
    wanted: Wanted,
    path: String,
    picking: Option<Promise<Picked>>,
    /// The desktop has no file dialog.
    no_dialog: bool,
}

/// Written by hand: a promise has no `Debug`.
impl std::fmt::Debug for Chooser {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Chooser").field("wanted", &self.wanted).field("path", &self.path).finish_non_exhaustive()
    }
}

/// The result in this frame.
pub struct Chosen {
    pub field: Response,
    /// The desktop's dialog returned another path.
    pub picked: bool,
}

impl Chooser {
    pub fn new(wanted: Wanted, path: String) -> Self {
        Self { wanted, path, ..Self::default() }
    }

    pub fn is_empty(&self) -> bool {
        self.path.trim().is_empty()
    }

    pub fn set(&mut self, path: &Path) {
        self.path = path.display().to_string();
    }

    /// The typed path if it is absolute: a relative one would depend on the working directory.
    pub fn target(&self) -> Option<PathBuf> {
        let typed = self.path.trim();
        let path = PathBuf::from(typed);
        let names_a_file = path.file_name().is_some() && !typed.ends_with(['/', std::path::MAIN_SEPARATOR]);
        (path.is_absolute() && (self.wanted == Wanted::Folder || names_a_file)).then_some(path)
    }

    /// The field and its button. `id` is the field's.
    pub fn show(&mut self, ui: &mut Ui, id: Id, label: &str, tone: Option<Tone>) -> Chosen {
        let picked = self.take_picked();
        let choose = if self.picking.is_some() {
            Button::secondary(words::CHOOSING).busy(true).enabled(false)
        } else {
            Button::secondary(words::CHOOSE).icon(Icon::Folder)
        };
        let beside = choose.width(ui) + ui.spacing().item_spacing.x;
        let field = ui
            .horizontal(|ui| {
                let width = ui.available_width() - beside;
                let field = TextField::new(&mut self.path, label).limit(4096).width(width).tone(tone).id(id).show(ui);
                if choose.show(ui).clicked() {
                    self.ask_desktop(ui.ctx());
                }
                field
            })
            .inner;
        if self.no_dialog {
            remark(ui, Severity::Warning, words::NO_DIALOG);
        }
        Chosen { field, picked }
    }

    fn ask_desktop(&mut self, ctx: &Context) {
        if cfg!(test) {
            // Tests open no dialog on the desktop that they run on.
            return self.pick(ctx, || None);
        }
        let typed = self.target();
        let mut dialog = rfd::AsyncFileDialog::new();
        if let Some(folder) = typed.as_deref().and_then(if self.wanted == Wanted::Folder { Some } else { Path::parent }) {
            dialog = dialog.set_directory(folder);
        }
        if let Some(name) = typed.as_deref().filter(|_| self.wanted == Wanted::NewFile).and_then(Path::file_name) {
            dialog = dialog.set_file_name(name.to_string_lossy());
        }
        // Created on this thread, as macOS requires; awaited on another one.
        match self.wanted {
            Wanted::NewFile => {
                let picked = dialog.save_file();
                self.pick(ctx, move || pollster::block_on(picked).map(|file| file.path().to_owned()));
            }
            Wanted::File => {
                let picked = dialog.pick_file();
                self.pick(ctx, move || pollster::block_on(picked).map(|file| file.path().to_owned()));
            }
            Wanted::Folder => {
                let picked = dialog.pick_folder();
                self.pick(ctx, move || pollster::block_on(picked).map(|file| file.path().to_owned()));
            }
        }
    }

    /// Runs `pick` on its own thread, so that a desktop that never answers blocks nothing.
    pub(super) fn pick(&mut self, ctx: &Context, pick: impl FnOnce() -> Option<PathBuf> + Send + 'static) {
        let (sender, promise) = Promise::new();
        let ctx = ctx.clone();
        let work = move || {
            let begun = Instant::now();
            // Always fulfill the promise: a broken one would panic when it is read.
            let picked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(pick)).unwrap_or_default();
            sender.send((picked, begun.elapsed()));
            ctx.request_repaint();
        };
        self.no_dialog = false;
        match std::thread::Builder::new().name("choose file".to_owned()).spawn(work) {
            Ok(_) => self.picking = Some(promise),
            Err(_) => self.no_dialog = true,
        }
    }

    /// Whether the desktop's dialog returned a path.
    fn take_picked(&mut self) -> bool {
        let Some(promise) = self.picking.take() else { return false };
        match promise.try_take() {
            Err(pending) => self.picking = Some(pending),
            Ok((Some(path), _)) => {
                self.set(&path);
                return true;
            }
            Ok((None, open)) => self.no_dialog = open < NO_DIALOG,
        }
        false
    }

    /// The desktop's dialog is open.
    #[cfg(test)]
    pub(super) fn is_picking(&self) -> bool {
        self.picking.is_some()
    }
}
