//! *Save as*: the path of an export; its content is exactly what was shown.

use std::path::PathBuf;

use egui::Ui;

use crate::ui::{
    act::Act,
    save_as::{SaveAnswer, SaveAs},
    state::{Dialog, Export, Notice, Output, Preferences, RunId, State, Then, ask},
    text::export as words,
    widgets::{Button, remark},
};
use brickpass_core::{
    connection::{ConnectionId, Severity},
    failure::{Code, Failure},
};
use brickpass_engine::{ExportOf, ExportPlace};
use brickpass_interchange::format::Document;

#[derive(Debug)]
pub struct SaveExport {
    of: ExportOf,
    document: Box<Document>,
    save: SaveAs,
    /// The folder is under version control, which shares it with others; only the person can say that this is intended.
    pub(in crate::ui) work_tree: bool,
    run: Option<RunId>,
    to: Option<PathBuf>,
}

impl SaveExport {
    /// `None`: the preview is not current.
    pub fn new(id: ConnectionId, export: &Export, preferences: &Preferences) -> Option<Self> {
        let document = Box::new(export.current_document(id)?.clone());
        let folder = preferences.save_folder.as_deref();
        let save = match document.files.as_slice() {
            [one] => SaveAs::new(folder, &one.name),
            _ => SaveAs::new_folder(folder, &words::folder(export.format().map_or("export", |format| format.id))),
        };
        Some(Self { of: export.subject(id), document, save, work_tree: false, run: None, to: None })
    }

    /// `in_work_tree`: the person has been warned about the folder and confirmed it.
    pub(in crate::ui) fn save(&mut self, in_work_tree: bool) -> Output {
        let Some(to) = self.save.begin() else { return Output::none() };
        let run = RunId::next();
        // A confirmation is valid for one path only.
        let in_work_tree = in_work_tree && self.work_tree && self.to.as_ref() == Some(&to);
        self.work_tree = false;
        self.run = Some(run);
        self.to = Some(to.clone());
        let (of, document) = (self.of, self.document.clone());
        let request = brickpass_engine::SaveExport { of, document, place: ExportPlace { to, in_work_tree } };
        ask(request, move |state, outcome, _| saved(state, run, of, outcome)).into()
    }

    fn failed(&mut self, failure: Failure) {
        self.work_tree = failure.code == Code::InWorkTree;
        self.save.failed(failure);
    }
}

/// The answer; the dialog may have been closed.
fn saved(state: &mut State, run: RunId, of: ExportOf, outcome: Result<Vec<PathBuf>, Failure>) -> Output {
    let dialog = state.dialogs.find_mut::<SaveExport>().filter(|dialog| dialog.run == Some(run));
    match (outcome, dialog) {
        (Ok(paths), dialog) => {
            if dialog.is_some() {
                state.dialogs.remove::<SaveExport>();
            }
            state.export.remember_format(&mut state.preferences);
            let notice = Notice::Done(words::saved(&paths));
            state.export.saved(of, paths);
            notice.into()
        }
        (Err(failure), Some(dialog)) => {
            dialog.failed(failure);
            Output::none()
        }
        (Err(failure), None) => Notice::Failure(failure).into(),
    }
}

impl Dialog for SaveExport {
    fn name(&self) -> &'static str {
        "save export dialog"
    }

    fn title(&self, _: &State) -> String {
        words::SAVE_TITLE.to_owned()
    }

    fn width(&self) -> f32 {
        520.0
    }

    fn contents(&mut self, ui: &mut Ui, _: &mut State, act: &mut Act) -> Then {
        if self.document.contains_secret {
            remark(ui, Severity::Warning, words::SECRET_INSIDE);
        }
        let in_work_tree = self.work_tree && Button::danger(words::SAVE_IN_WORK_TREE).show(ui).clicked();
        let save = match self.save.show(ui) {
            Some(SaveAnswer::Cancel) => return Then::Close,
            Some(SaveAnswer::Save) => true,
            None => in_work_tree,
        };
        if save {
            act.send(self.save(in_work_tree));
            ui.ctx().request_repaint();
        }
        Then::Stay
    }
}
