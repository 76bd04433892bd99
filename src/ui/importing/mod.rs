//! *Import*: the source, the connections to import, the result. Nothing is saved before the person has chosen. Also *Move secrets out of
//! this file*, which may follow.

mod choosing;
mod done;
mod moving;
mod rows;
mod source;
mod table;
#[cfg(test)]
mod table_tests;
#[cfg(test)]
mod tests;

use std::{
    collections::{HashMap, HashSet},
    path::{Path, PathBuf},
};

use egui::{Context, Id, Ui};

pub use source::Source;

use super::{
    act::Act,
    choose::{Chooser, Wanted},
    fonts,
    state::{Connections, Dialog, Dialogs, Go, Notice, Output, Profiles, RunId, State, Then, ask},
    test_panel::failure_lines,
    text::{importing as words, read_only_failure},
    theme::{self, Tone},
    widgets::{card, forget_secret_field, paragraph, spinner},
};
use brickpass_core::{
    connection::{ConnectionId, TypedSecret},
    failure::Failure,
};
use brickpass_engine::{Import, ImportId, ImportSource, ImportUndone, Imported, Preview, ReadImport, UndoImport};
use brickpass_interchange::import::Kind;
use moving::MoveSecrets;
use table::{ImportTable, RowAction};

const WIDTH: f32 = 600.0;
/// With the table of connections to import.
const WIDE: f32 = 960.0;
/// The maximum number of bytes to paste; for more, use a file.
const PASTED: usize = 256 * 1024;

/// The dialog *Import*.
#[derive(Debug)]
pub struct Importing {
    source: Source,
    file: Chooser,
    backup: Chooser,
    passphrase: TypedSecret,
    pasted: TypedSecret,
    stage: Stage,
    failure: Option<Failure>,
    /// The path of this source.
    failed_for: Option<PathBuf>,
    /// The last source that was read is the Databricks CLI's own file.
    cli_file: bool,
}

#[derive(Debug)]
enum Stage {
    /// Choosing the source.
    Source,
    Reading(RunId),
    /// `confirm`: connections will be replaced, and the person is asked again.
    Choosing {
        table: Box<ImportTable>,
        confirm: bool,
    },
    Saving {
        run: RunId,
        table: Box<ImportTable>,
    },
    Done(Box<Summary>),
}

/// The result of an import.
#[derive(Debug)]
struct Summary {
    added: Vec<ConnectionId>,
    replaced: Vec<ConnectionId>,
    failed: Vec<(String, Failure)>,
    /// Connections whose secrets are in the vault but also in the Databricks CLI's file in plain text; with their profiles.
    exposed: Vec<(ConnectionId, String)>,
    import: ImportId,
    undo: Undo,
}

/// The undo of an import.
#[derive(Debug, PartialEq, Eq)]
enum Undo {
    Offered,
    Running,
    /// With the connections that were not undone, and why.
    Done(Vec<(String, Failure)>),
}

/// A button of the dialog.
enum Answer {
    Read,
    Back,
    Import,
    NotReplace,
    Undo,
    MoveSecrets(Vec<(ConnectionId, String)>),
    Close,
}

impl Default for Importing {
    fn default() -> Self {
        Self {
            source: Source::DatabricksCli,
            file: Chooser::new(Wanted::File, String::new()),
            backup: Chooser::new(Wanted::File, String::new()),
            passphrase: TypedSecret::default(),
            pasted: TypedSecret::with_room(PASTED),
            stage: Stage::Source,
            failure: None,
            failed_for: None,
            cli_file: false,
        }
    }
}

impl Importing {
    /// Opens the dialog if connections can be saved.
    pub fn open(connections: &Connections, profiles: &Profiles) -> Output {
        Self::open_prepared(connections, |dialog| {
            if profiles.cli_file().is_none() {
                dialog.source = Source::File;
            }
            Output::none()
        })
    }

    /// The button on the start page: reads the Databricks CLI's file at once.
    pub fn open_databricks_cli(connections: &Connections, profiles: &Profiles) -> Output {
        Self::open_prepared(connections, |dialog| dialog.read(profiles))
    }

    fn open_prepared(connections: &Connections, prepare: impl FnOnce(&mut Self) -> Output) -> Output {
        if let Some(reason) = connections.read_only() {
            return Notice::Failure(read_only_failure(reason)).into();
        }
        let mut dialog = Self::default();
        let prepared = prepare(&mut dialog);
        let mut output = Output::from(Profiles::list());
        output.open(dialog);
        output.and(prepared)
    }

    /// A file was dropped onto the window.
    fn drop_file(path: &Path, dialogs: &mut Dialogs, connections: &Connections, profiles: &Profiles) -> Output {
        if !dialogs.is_open() {
            return Self::open_prepared(connections, |dialog| dialog.read_file(path, profiles));
        }
        match dialogs.find_mut::<Self>() {
            Some(dialog) if matches!(dialog.stage, Stage::Source) => dialog.read_file(path, profiles),
            // A dialog in front is answered first.
            Some(_) | None => Output::none(),
        }
    }

    fn read_file(&mut self, path: &Path, profiles: &Profiles) -> Output {
        self.failure = None;
        if path.extension().is_some_and(|extension| extension == words::BACKUP_EXTENSION) {
            // It needs its passphrase.
            self.source = Source::Backup;
            self.backup.set(path);
            return Output::none();
        }
        self.source = Source::File;
        self.file.set(path);
        self.read(profiles)
    }

    /// What is read. `None`: the input is incomplete.
    fn input(&self) -> Option<ImportSource> {
        match self.source {
            Source::DatabricksCli => Some(ImportSource::DatabricksCfg),
            Source::File => self.file.target().map(|path| ImportSource::File { path, kind: None }),
            Source::Pasted if self.pasted.expose().trim().is_empty() => None,
            Source::Pasted => Some(ImportSource::Text { text: self.pasted.to_secret(), kind: None }),
            Source::Environment => Some(ImportSource::Environment),
            Source::Backup if self.passphrase.is_empty() => None,
            Source::Backup => self.backup.target().map(|path| ImportSource::Backup { path, passphrase: self.passphrase.to_secret() }),
        }
    }

    fn may_read(&self) -> bool {
        matches!(self.stage, Stage::Source) && self.input().is_some()
    }

    /// The box is full: the end of the pasted text is probably missing.
    fn is_full(&self) -> bool {
        let text = self.pasted.expose();
        PASTED - text.len() < 4 || text.chars().count() >= PASTED / 4
    }

    /// A failure belongs to one file, not to the next one that is typed.
    fn forget_failure_of_another(&mut self) {
        let path = match self.source {
            Source::File => self.file.target(),
            Source::Backup => self.backup.target(),
            Source::DatabricksCli | Source::Pasted | Source::Environment => None,
        };
        if matches!(self.stage, Stage::Source) && path != self.failed_for {
            self.failure = None;
        }
        self.failed_for = path;
    }

    /// Back to choosing the source; typed text stays, pasted text does not.
    fn back(&mut self) {
        if matches!(self.stage, Stage::Choosing { .. } | Stage::Reading(_)) {
            self.stage = Stage::Source;
            self.failure = None;
        }
    }

    /// Reads the source for a preview.
    fn read(&mut self, profiles: &Profiles) -> Output {
        let Some(source) = self.input().filter(|_| self.may_read()) else { return Output::none() };
        self.cli_file = match &source {
            ImportSource::DatabricksCfg => true,
            ImportSource::File { path, .. } => profiles.cli_file().is_some_and(|file| file.path == *path),
            ImportSource::Text { .. } | ImportSource::Environment | ImportSource::Backup { .. } => false,
        };
        let run = RunId::next();
        self.failure = None;
        self.stage = Stage::Reading(run);
        ask(ReadImport { source, only: Vec::new() }, move |state, outcome, _| {
            let waits = |dialog: &&mut Self| matches!(dialog.stage, Stage::Reading(reading) if reading == run);
            if let Some(dialog) = state.dialogs.find_mut::<Self>().filter(waits) {
                dialog.read_answered(outcome, &state.connections);
            }
        })
        .into()
    }

    fn read_answered(&mut self, outcome: Result<Preview, Failure>, connections: &Connections) {
        match outcome {
            Ok(preview) => {
                let table = Box::new(ImportTable::new(preview, names(connections)));
                self.stage = Stage::Choosing { table, confirm: false };
                // The source is read: its secrets are no longer needed.
                self.pasted = TypedSecret::with_room(PASTED);
                self.passphrase = TypedSecret::default();
            }
            Err(failure) => {
                self.stage = Stage::Source;
                self.failure = Some(failure);
            }
        }
    }

    /// Saves the chosen connections; asks before replacing any.
    fn import(&mut self) -> Output {
        match std::mem::replace(&mut self.stage, Stage::Source) {
            Stage::Choosing { table, confirm: false } if table.may_import() && table.replaced().next().is_some() => {
                self.stage = Stage::Choosing { table, confirm: true };
                Output::none()
            }
            Stage::Choosing { table, .. } if table.may_import() => {
                let (run, chosen) = (RunId::next(), table.chosen());
                self.stage = Stage::Saving { run, table };
                self.failure = None;
                ask(Import { chosen }, move |state, outcome, _| {
                    let waits = |dialog: &&mut Self| matches!(dialog.stage, Stage::Saving { run: saving, .. } if saving == run);
                    match state.dialogs.find_mut::<Self>().filter(waits) {
                        Some(dialog) => dialog.imported(outcome),
                        None => outcome.err().map(Notice::Failure).into(),
                    }
                })
                .into()
            }
            other => {
                self.stage = other;
                Output::none()
            }
        }
    }

    fn imported(&mut self, outcome: Result<Imported, Failure>) -> Output {
        let Stage::Saving { table, .. } = std::mem::replace(&mut self.stage, Stage::Source) else { return Output::none() };
        let Imported { import, saved, failed } = match outcome {
            Ok(imported) => imported,
            Err(failure) => {
                self.stage = Stage::Choosing { table, confirm: false };
                self.failure = Some(failure);
                return Output::none();
            }
        };
        let failed = failed.into_iter().map(|row| (row.name, row.failure)).collect();
        let is_saved: HashSet<ConnectionId> = saved.iter().copied().collect();
        let replaced: Vec<ConnectionId> = table.replaced().map(|existing| existing.id).filter(|id| is_saved.contains(id)).collect();
        let added: Vec<ConnectionId> = saved.iter().copied().filter(|id| !replaced.contains(id)).collect();
        let from_cli = self.cli_file && table.kind == Kind::DatabricksCfg;
        let exposed = table
            .rows()
            .iter()
            .filter(|row| from_cli && row.is_chosen() && row.with_secret)
            .filter_map(|row| {
                let existing = row.existing.as_ref().filter(|_| row.action == RowAction::Replace).map(|existing| existing.id);
                let id = existing.or_else(|| row.connection().map(|connection| connection.id))?;
                is_saved.contains(&id).then(|| (id, row.place.clone()))
            })
            .collect();
        let first = added.first().or(replaced.first()).copied();
        self.stage = Stage::Done(Box::new(Summary { added, replaced, failed, exposed, import, undo: Undo::Offered }));
        Output::from(Profiles::list()).and(first.map(Go::Select))
    }

    /// Back from the confirmation before replacing.
    fn not_replace(&mut self) {
        if let Stage::Choosing { confirm, .. } = &mut self.stage {
            *confirm = false;
        }
    }

    /// Undoes the import: added connections are removed, replaced ones are restored.
    fn undo(&mut self) -> Output {
        let Stage::Done(summary) = &mut self.stage else { return Output::none() };
        if summary.undo != Undo::Offered {
            return Output::none();
        }
        summary.undo = Undo::Running;
        let import = summary.import;
        ask(UndoImport { import }, move |state, outcome, _| {
            let shows = |dialog: &&mut Self| matches!(&dialog.stage, Stage::Done(summary) if summary.import == import);
            match state.dialogs.find_mut::<Self>().filter(shows) {
                Some(dialog) => {
                    dialog.undone(outcome);
                    Output::none()
                }
                None => outcome.err().map(Notice::Failure).into(),
            }
        })
        .into()
    }

    fn undone(&mut self, outcome: Result<ImportUndone, Failure>) {
        let Stage::Done(summary) = &mut self.stage else { return };
        match outcome {
            Ok(undone) => summary.undo = Undo::Done(undone.failed),
            Err(failure) => {
                summary.undo = Undo::Offered;
                self.failure = Some(failure);
            }
        }
    }

    fn draw(&mut self, ui: &mut Ui, profiles: &Profiles, act: &Act) -> Option<Answer> {
        if let Some(failure) = self.failure.as_ref().filter(|_| matches!(self.stage, Stage::Choosing { .. } | Stage::Done(_))) {
            failed(ui, failure);
        }
        match &mut self.stage {
            Stage::Source | Stage::Reading(_) => source::show(ui, self, profiles, act),
            Stage::Choosing { table, confirm: true } => choosing::confirm(ui, table),
            Stage::Choosing { table, .. } => choosing::show(ui, table, false),
            Stage::Saving { table, .. } => choosing::show(ui, table, true),
            Stage::Done(summary) => done::show(ui, summary, profiles),
        }
    }
}

impl Dialog for Importing {
    fn name(&self) -> &'static str {
        "import dialog"
    }

    fn title(&self, _: &State) -> String {
        match &self.stage {
            Stage::Choosing { table, confirm: true } => {
                words::replace_title(&table.replaced().map(|existing| existing.name.as_str()).collect::<Vec<_>>())
            }
            _ => words::TITLE.to_owned(),
        }
    }

    fn width(&self) -> f32 {
        if matches!(self.stage, Stage::Choosing { confirm: false, .. } | Stage::Saving { .. }) { WIDE } else { WIDTH }
    }

    fn contents(&mut self, ui: &mut Ui, state: &mut State, act: &mut Act) -> Then {
        if !matches!(self.stage, Stage::Source | Stage::Reading(_)) {
            // The source is read: the fields must wipe what they still contain of it.
            self.secret_fields().into_iter().for_each(|field| forget_secret_field(ui.ctx(), field));
        }
        match self.draw(ui, &state.export.profiles, act) {
            None => return Then::Stay,
            Some(Answer::Read) => act.send(self.read(&state.export.profiles)),
            Some(Answer::Back) => self.back(),
            Some(Answer::Import) => act.send(self.import()),
            Some(Answer::NotReplace) => self.not_replace(),
            Some(Answer::Undo) => act.send(self.undo()),
            Some(Answer::MoveSecrets(profiles)) => {
                act.send(MoveSecrets::open(profiles));
                return Then::Close;
            }
            Some(Answer::Close) => return self.cancel(state, act),
        }
        ui.ctx().request_repaint();
        Then::Stay
    }

    /// The dialog waits for a running save, whose result says what was imported.
    fn cancel(&mut self, _: &mut State, _: &mut Act) -> Then {
        if matches!(self.stage, Stage::Saving { .. }) { Then::Stay } else { Then::Close }
    }

    fn secret_fields(&self) -> Vec<Id> {
        vec![source::pasted_id(), source::passphrase_id()]
    }
}

/// Names of existing connections, in lower case.
fn names(connections: &Connections) -> HashMap<String, ConnectionId> {
    let entries = connections.library().value().map(|snapshot| snapshot.entries.as_slice()).unwrap_or_default();
    entries.iter().map(|entry| (entry.connection.name.as_str().to_lowercase(), entry.connection.id)).collect()
}

fn quiet(ui: &mut Ui, words: &str) {
    paragraph(ui, words, fonts::regular(14.0), theme::of(ui).weak);
}

fn waits(ui: &mut Ui, words: &str) {
    ui.horizontal(|ui| {
        spinner(ui, words);
        quiet(ui, words);
    });
}

fn failed(ui: &mut Ui, failure: &Failure) {
    card(ui, Some(Tone::Error), |ui| {
        ui.set_width(ui.available_width());
        failure_lines(ui, failure);
    });
}

/// Imports the first of the files that were dropped onto the window.
pub fn dropped(ctx: &Context, state: &mut State) -> Output {
    let first = ctx.input_mut(|input| std::mem::take(&mut input.raw.dropped_files).into_iter().next());
    let State { dialogs, connections, export, .. } = state;
    first.map(|file| Importing::drop_file(file.path(), dialogs, connections, &export.profiles)).unwrap_or_default()
}
