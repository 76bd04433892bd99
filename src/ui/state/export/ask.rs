//! What the person does on the *Export* tab, and the requests that follow.

use jiff::Timestamp;

use super::{ExportModel, PAUSE, Tool};
use crate::ui::state::RunId;
use crate::ui::state::ask_quietly;
use crate::ui::{
    save_as::SaveAs,
    state::{Dialog, NameToType, State, ask},
    text::export as words,
};
use brickpass_core::connection::ConnectionId;
use brickpass_engine::{Ask, CopySecret, Export, ExportOf, ExportPlace};
use brickpass_interchange::{
    export,
    format::{Document, Field, FieldKind, Format},
};

/// *Include the secret*: confirmed before the secret is fetched.
#[derive(Debug)]
pub struct IncludeSecret {
    pub id: ConnectionId,
    /// The tool that gets it.
    pub title: &'static str,
    /// Where the secret will be written.
    pub place: &'static str,
    /// The text to type first: the name of a production connection.
    pub expected: Option<NameToType>,
    pub typed: String,
}

impl IncludeSecret {
    pub fn may_include(&self) -> bool {
        self.expected.as_ref().is_none_or(|expected| expected.is(&self.typed))
    }
}

/// The path of an export; its content is exactly what was shown.
#[derive(Debug)]
pub struct SaveExport {
    pub of: ExportOf,
    pub document: Box<Document>,
    pub save: SaveAs,
    /// The folder is under version control, which shares it with others; only the person can say that this is intended.
    pub work_tree: bool,
    pub(super) run: Option<RunId>,
    pub(super) to: Option<std::path::PathBuf>,
}

/// An export of all connections is requested from the page of one of them.
fn export_of(format: &'static Format, id: ConnectionId) -> ExportOf {
    if export::of_all(format).is_some() { ExportOf::All { at: Some(id) } } else { ExportOf::One(id) }
}

impl State {
    /// A field was edited. Typed text is sent after the typing delay.
    pub fn answer_export(&mut self, field: &'static Field, value: String, now: Timestamp) {
        let (Some(id), Some(format)) = (self.handed_over().map(|connection| connection.id), self.export.format()) else { return };
        let model = self.export.handover_mut(id);
        if model.typed(format, field) == value {
            return;
        }
        let typed = matches!(field.kind, FieldKind::Text | FieldKind::Pick(_) | FieldKind::Lines);
        model.answers.entry(format.id).or_default().insert(field.id, value);
        model.saved = None;
        // For the older answers.
        model.revealed_at = None;
        model.due = Some(if typed { now + PAUSE } else { now });
    }

    pub(in crate::ui::state) fn export_tick(&mut self, now: Timestamp) -> Vec<Ask> {
        let shown = self.handed_over().map(|connection| connection.id);
        let Some(id) = shown else { return Vec::new() };
        let due = self.export.model(id).and_then(|model| model.due).is_some_and(|due| due <= now);
        if due { self.ask_for_preview(id) } else { Vec::new() }
    }

    pub(in crate::ui::state) fn next_export_tick(&self) -> Option<Timestamp> {
        let id = self.handed_over()?.id;
        self.export.model(id)?.due
    }

    pub(super) fn ask_for_preview(&mut self, id: ConnectionId) -> Vec<Ask> {
        let Some(format) = self.export.format() else { return Vec::new() };
        let (plain, with_secret) = (self.tests.new_run(), self.tests.new_run());
        let model = self.export.handover_mut(id);
        model.due = None;
        if model.missing(format).is_some() {
            (model.plain, model.with_secret) = Default::default();
            model.revealed_at = None;
            return Vec::new();
        }
        model.plain.asked(plain);
        let export = |run, request| {
            ask(Export { of: export_of(format, id), request }, move |state, outcome, _| {
                state.export_made(run, id, outcome);
                Vec::new()
            })
        };
        let mut commands = vec![export(plain, model.request(format, false))];
        if model.include_secret {
            model.with_secret.asked(with_secret);
            commands.push(export(with_secret, model.request(format, true)));
        }
        commands
    }

    /// The check box: ticking it asks first, unticking it does not.
    pub fn toggle_secret(&mut self) {
        let (Some(connection), Some(format)) = (self.handed_over(), self.export.format()) else { return };
        let (id, expected) = (connection.id, NameToType::of(connection));
        if self.export.model(id).is_some_and(ExportModel::includes_secret) {
            self.export.handover_mut(id).hide();
            return;
        }
        let Some(place) = format.takes_secret.filter(|_| self.has_secret_to_include()) else { return };
        let dialog = IncludeSecret { id, title: format.title, place, expected, typed: String::new() };
        self.dialog = Some(Dialog::IncludeSecret(Box::new(dialog)));
    }

    pub fn include_secret(&mut self) -> Vec<Ask> {
        let Some(Dialog::IncludeSecret(dialog)) = &self.dialog else { return Vec::new() };
        if !dialog.may_include() {
            return Vec::new();
        }
        let id = dialog.id;
        self.dialog = None;
        self.export.handover_mut(id).include_secret = true;
        self.ask_for_preview(id)
    }

    pub fn reveal_export(&mut self, now: Timestamp) {
        let Some(id) = self.handed_over().map(|connection| connection.id) else { return };
        let model = self.export.handover_mut(id);
        if model.is_current() && model.include_secret {
            model.revealed_at = Some(now);
        }
    }

    pub fn hide_export(&mut self) {
        let Some(id) = self.handed_over().map(|connection| connection.id) else { return };
        self.export.handover_mut(id).revealed_at = None;
    }

    /// What a button copies or saves: for the current input, never for older input.
    pub fn document_to_hand_on(&self) -> Option<&Document> {
        let model = self.export.model(self.handed_over()?.id)?;
        model.preview().value().filter(|_| model.is_current())
    }

    /// A file with the secret is copied like a secret, by the engine; one without is copied by the window.
    pub fn copy_export_with_secret(&mut self) -> Vec<Ask> {
        let Some(document) = self.document_to_hand_on().filter(|document| document.contains_secret) else { return Vec::new() };
        let at = self.handed_over().and_then(|connection| self.export.model(connection.id)).map_or(0, |model| model.file);
        let Some(file) = document.files.get(at).or(document.files.first()) else { return Vec::new() };
        vec![ask_quietly(CopySecret { secret: file.text.clone(), what: words::COPIED_WHAT.to_owned() })]
    }

    pub fn ask_to_save_export(&mut self) {
        let (Some(id), Some(document)) = (self.handed_over().map(|connection| connection.id), self.document_to_hand_on()) else { return };
        let of = self.export.format().map_or(ExportOf::One(id), |format| export_of(format, id));
        let document = Box::new(document.clone());
        let folder = self.save_folder.as_deref();
        let save = match document.files.as_slice() {
            [one] => SaveAs::new(folder, &one.name),
            _ => SaveAs::new_folder(folder, &words::folder(self.export.format().map_or("export", |format: &Format| format.id))),
        };
        self.dialog = Some(Dialog::SaveExport(Box::new(SaveExport { of, document, save, work_tree: false, run: None, to: None })));
    }

    /// `in_work_tree`: the person has been warned about the folder and confirmed it.
    pub fn save_export(&mut self, in_work_tree: bool) -> Vec<Ask> {
        let run = self.tests.new_run();
        let Some(Dialog::SaveExport(dialog)) = &mut self.dialog else { return Vec::new() };
        let Some(to) = dialog.save.begin() else { return Vec::new() };
        // A confirmation is valid for one path only.
        let in_work_tree = in_work_tree && dialog.work_tree && dialog.to.as_ref() == Some(&to);
        dialog.work_tree = false;
        dialog.run = Some(run);
        dialog.to = Some(to.clone());
        let (of, document, place) = (dialog.of, dialog.document.clone(), ExportPlace { to, in_work_tree });
        vec![ask(brickpass_engine::SaveExport { of, document, place }, move |state, outcome, _| {
            state.export_saved(run, of, outcome);
            Vec::new()
        })]
    }
}

impl Tool {
    pub fn is_format(self) -> bool {
        matches!(self, Self::Format(_))
    }
}
