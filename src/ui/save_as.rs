//! The path for a file to save: typed, or chosen in the desktop's file dialog. A part of other dialogs.
//!
//! Whether the path can be written is found out by the writer; a failure is shown here, and the typed path stays.

use std::path::{Path, PathBuf};

use egui::{Id, Key, ScrollArea, Ui, vec2};

use super::{
    choose::{Chooser, Wanted},
    dialogs::{buttons, focus_first},
    fonts,
    state::{Dialog, Dialogs, Notice, Output},
    test_panel::failure_lines,
    text::{self, activity as words},
    theme::{self, Tone},
    widgets::{Button, card, paragraph, remark},
};
use brickpass_core::{connection::Severity, failure::Failure};

/// Below this window height, the content may scroll.
const LOW: f32 = 560.0;

/// The typed path, and a save in progress.
#[derive(Debug)]
pub struct SaveAs {
    place: Chooser,
    /// The file is being written.
    waiting: Option<PathBuf>,
    /// What the path names: a file, or a folder for several files.
    label: &'static str,
    note: &'static str,
    failure: Option<Failure>,
    /// It has not been drawn yet: it scrolls into view once.
    is_news: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SaveAnswer {
    /// The path is set by [`SaveAs::begin`].
    Save,
    Cancel,
}

impl Default for SaveAs {
    fn default() -> Self {
        Self { place: Chooser::default(), waiting: None, label: words::FILE, note: words::NEVER_REPLACES, failure: None, is_news: false }
    }
}

impl SaveAs {
    /// A new folder for several files.
    pub fn new_folder(folder: Option<&Path>, name: &str) -> Self {
        Self { label: words::NEW_FOLDER, note: words::NEVER_REPLACES_FOLDER, ..Self::new(folder, name) }
    }

    pub fn new(folder: Option<&Path>, name: &str) -> Self {
        let path = folder.map_or_else(|| name.to_owned(), |folder| folder.join(name).display().to_string());
        Self { place: Chooser::new(Wanted::NewFile, path), ..Self::default() }
    }

    fn target(&self) -> Option<PathBuf> {
        self.place.target()
    }

    /// Waits for the result of writing from now on. `None`: it cannot be saved now.
    pub fn begin(&mut self) -> Option<PathBuf> {
        if self.waiting.is_some() {
            return None;
        }
        self.failure = None;
        self.waiting = self.target();
        self.waiting.clone()
    }

    pub fn waits_for(&self, path: &Path) -> bool {
        self.waiting.as_deref() == Some(path)
    }

    pub fn failed(&mut self, failure: Failure) {
        self.waiting = None;
        self.failure = Some(failure);
        self.is_news = true;
    }

    /// The fields with their buttons.
    pub fn show(&mut self, ui: &mut Ui) -> Option<SaveAnswer> {
        self.show_with(ui, true, |_| {})
    }

    /// With more content above the path; nothing is saved before it `fits`.
    pub fn show_with(&mut self, ui: &mut Ui, fits: bool, more: impl FnOnce(&mut Ui)) -> Option<SaveAnswer> {
        let waits = self.waiting.is_some();
        let mut entered = false;
        // The buttons stay visible in a low window.
        let room = (ui.available_height() - 56.0).max(120.0);
        ScrollArea::vertical().id_salt("save as").max_height(room).auto_shrink([false, true]).show(ui, |ui| {
            // Room for the focus ring, which the scroll area would clip.
            ui.set_clip_rect(ui.clip_rect().expand2(vec2(4.0, 4.0)));
            if ui.ctx().content_rect().height() < LOW {
                // Next to the scroll bar.
                ui.set_max_width(ui.available_width() - 12.0);
            }
            entered = self.fields(ui, waits, more);
        });
        let may_save = fits && !waits && self.target().is_some();
        let save = Button::primary(if waits { words::SAVING } else { words::SAVE }).busy(waits).enabled(may_save);
        let answer = buttons(ui, [(Button::ghost(text::CANCEL), SaveAnswer::Cancel), (save, SaveAnswer::Save)]);
        answer.or((entered && may_save).then_some(SaveAnswer::Save))
    }

    /// Returns whether Enter was pressed in the path.
    fn fields(&mut self, ui: &mut Ui, waits: bool, more: impl FnOnce(&mut Ui)) -> bool {
        let mut entered = false;
        ui.add_enabled_ui(!waits, |ui| {
            more(ui);
            paragraph(ui, self.label, fonts::regular(14.0), theme::of(ui).weak);
            let tone = self.target().is_none().then_some(Tone::Error);
            let chosen = self.place.show(ui, path_id(), self.label, tone);
            entered = chosen.field.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
            focus_first(ui, &chosen.field);
            if chosen.picked {
                self.failure = None;
            }
        });
        if self.target().is_none() {
            remark(ui, Severity::Error, words::WHOLE_PATH);
        } else {
            remark(ui, Severity::Note, self.note);
        }
        if let Some(failure) = &self.failure {
            let shown = card(ui, Some(Tone::Error), |ui| {
                ui.set_width(ui.available_width());
                failure_lines(ui, failure);
            });
            if std::mem::take(&mut self.is_news) {
                shown.response.scroll_to_me(None);
            }
        }
        entered
    }
}

/// The answer to writing a file from a dialog, whose `save` has begun it: the dialog closes, or shows the failure. If it no longer waits
/// for the file, the person is notified.
pub fn file_saved<D: Dialog>(
    dialogs: &mut Dialogs,
    save: impl FnOnce(&mut D) -> Option<&mut SaveAs>,
    to: &Path,
    outcome: Result<(), Failure>,
) -> Output {
    let waiting = dialogs.find_mut::<D>().and_then(save).filter(|save| save.waits_for(to));
    match (outcome, waiting) {
        (Ok(()), waiting) => {
            if waiting.is_some() {
                dialogs.remove::<D>();
            }
            Notice::Done(words::saved(to)).into()
        }
        (Err(failure), Some(save)) => {
            save.failed(failure);
            Output::none()
        }
        (Err(failure), None) => Notice::Failure(failure).into(),
    }
}

fn path_id() -> Id {
    Id::unique("save as path")
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use egui::accesskit::Role;
    use egui_kittest::{Harness, kittest::Queryable as _};

    use super::*;
    use crate::ui::testing::{Window, window};
    use brickpass_core::failure::Code;

    /// The part, the last result, and the file dialog of the test.
    struct Part {
        save: SaveAs,
        answer: Option<SaveAnswer>,
        pick: Option<Box<dyn FnOnce() -> Option<PathBuf> + Send>>,
    }

    fn part(folder: &str) -> Harness<'static, Window<Part>> {
        let save = SaveAs::new(Some(Path::new(folder)), "export.jsonl");
        window([520.0, 320.0], Part { save, answer: None, pick: None }, |ui, part| {
            if let Some(pick) = part.pick.take() {
                part.save.place.pick(ui.ctx(), pick);
            }
            part.answer = part.save.show(ui).or(part.answer.take());
        })
    }

    /// Waits for the thread of the file dialog.
    fn picked(harness: &mut Harness<'static, Window<Part>>, pick: impl FnOnce() -> Option<PathBuf> + Send + 'static) {
        harness.state_mut().pick = Some(Box::new(pick));
        for _ in 0..500 {
            harness.step();
            if harness.state().pick.is_none() && !harness.state().save.place.is_picking() {
                harness.run();
                return;
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        panic!("it never came back");
    }

    fn typed(harness: &Harness<'static, Window<Part>>) -> String {
        harness.get_by_role_and_label(Role::TextInput, words::FILE).value().unwrap_or_default()
    }

    #[test]
    fn enter_saves_where_the_field_says() {
        let mut harness = part("/home/you");
        assert_eq!(typed(&harness), "/home/you/export.jsonl");
        harness.key_press(Key::Enter);
        harness.run();
        assert_eq!(harness.state().answer, Some(SaveAnswer::Save));
        assert_eq!(harness.state_mut().save.begin(), Some(PathBuf::from("/home/you/export.jsonl")));
        assert_eq!(harness.state_mut().save.begin(), None, "once");
        harness.run_steps(2);
        assert!(harness.query_by_label(words::SAVING).is_some());
        harness.state_mut().save.failed(Failure::new(Code::FileUnwritable, "It exists already.", "b", "c"));
        harness.run();
        assert!(harness.query_by_label_contains("exists already").is_some() && harness.query_by_label(words::SAVE).is_some());
        harness.get_by_label(text::CANCEL).click();
        harness.run();
        assert_eq!(harness.state().answer, Some(SaveAnswer::Cancel));
    }

    #[test]
    fn what_names_no_file_cannot_be_saved() {
        for path in ["", "export.jsonl", "./export.jsonl", "~/export.jsonl", "/", "/home/you/", "/home/.."] {
            let mut save = SaveAs { place: Chooser::new(Wanted::NewFile, path.to_owned()), ..SaveAs::default() };
            assert_eq!(save.begin(), None, "{path}");
        }
    }

    #[test]
    fn the_path_that_the_desktops_dialog_gives_takes_the_place_of_the_typed_one() {
        let mut harness = part("/home/you");
        picked(&mut harness, || Some(PathBuf::from("/data/x.jsonl")));
        assert_eq!(typed(&harness), "/data/x.jsonl");
        assert!(harness.query_by_label(words::NO_DIALOG).is_none());
    }

    #[test]
    fn without_a_dialog_of_the_desktop_the_path_stays_and_it_is_told() {
        let mut harness = part("/home/you");
        picked(&mut harness, || None);
        assert_eq!(typed(&harness), "/home/you/export.jsonl");
        assert!(harness.query_by_label(words::NO_DIALOG).is_some());
    }

    #[test]
    fn a_dialog_of_the_desktop_that_crashes_disturbs_nobody() {
        let mut harness = part("/home/you");
        picked(&mut harness, || std::panic::resume_unwind(Box::new("no portal")));
        assert!(harness.query_by_label(words::NO_DIALOG).is_some());
    }

    #[test]
    fn a_dialog_of_the_desktop_that_never_answers_can_be_left() {
        let (hold, answer) = std::sync::mpsc::channel::<()>();
        let mut harness = part("/home/you");
        harness.state_mut().pick = Some(Box::new(move || answer.recv().ok().map(|()| PathBuf::new())));
        harness.run_steps(2);
        assert!(harness.query_by_label(words::CHOOSING).is_some());
        harness.get_by_label(words::SAVE).click();
        harness.run_steps(2);
        assert_eq!(harness.state().answer, Some(SaveAnswer::Save), "the typed path can be used all the same");
        harness.state_mut().save = SaveAs::default();
        drop(hold);
    }
}
