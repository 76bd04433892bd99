//! Importing connections: the source, the choices, the result. Nothing is saved before the person has chosen.

mod moving;
mod table;
#[cfg(test)]
mod tests;

use std::{
    collections::{HashMap, HashSet},
    path::{Path, PathBuf},
};

pub use moving::{Moving, MovingStage};
pub use table::{ImportRow, ImportTable, RowAction};

use super::{Dialog, Notice, State, ask::ask, profiles};
use crate::ui::state::RunId;
use crate::ui::{
    choose::{Chooser, Wanted},
    text::{importing as words, read_only_failure},
};
use brickpass_core::{
    connection::{ConnectionId, TypedSecret},
    failure::Failure,
};
use brickpass_engine::{Ask, Import, ImportId, ImportSource, ImportUndone, Imported, Preview, ProfilesFile, ReadImport, UndoImport};
use brickpass_interchange::import::Kind;

/// The maximum number of bytes to paste; for more, use a file.
const PASTED: usize = 256 * 1024;

/// The source of an import.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum From {
    DatabricksCli,
    File,
    Pasted,
    Environment,
    Backup,
}

impl From {
    pub const ALL: [Self; 5] = [Self::DatabricksCli, Self::File, Self::Pasted, Self::Environment, Self::Backup];
}

/// The dialog *Import*.
#[derive(Debug)]
pub struct Importing {
    pub from: From,
    pub file: Chooser,
    pub backup: Chooser,
    pub passphrase: TypedSecret,
    pub pasted: TypedSecret,
    pub stage: Stage,
    pub failure: Option<Failure>,
    /// The path of this source.
    failed_for: Option<PathBuf>,
    /// The last source that was read is the Databricks CLI's own file.
    cli_file: bool,
}

#[derive(Debug)]
pub enum Stage {
    /// Choosing the source.
    Asking,
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
    Done(Box<ImportSummary>),
}

/// The result of an import.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportSummary {
    pub added: Vec<ConnectionId>,
    pub replaced: Vec<ConnectionId>,
    pub failed: Vec<(String, Failure)>,
    /// Connections whose secrets are in the vault but also in the Databricks CLI's file in plain text; with their profiles.
    pub exposed: Vec<(ConnectionId, String)>,
    import: ImportId,
    pub undo: Undo,
}

/// The undo of an import.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Undo {
    Offered,
    Running,
    /// With the connections that were not undone, and why.
    Done(Vec<(String, Failure)>),
}

impl Default for Importing {
    fn default() -> Self {
        Self {
            from: From::DatabricksCli,
            file: Chooser::new(Wanted::File, String::new()),
            backup: Chooser::new(Wanted::File, String::new()),
            passphrase: TypedSecret::default(),
            pasted: TypedSecret::with_room(PASTED),
            stage: Stage::Asking,
            failure: None,
            failed_for: None,
            cli_file: false,
        }
    }
}

impl Importing {
    /// `None`: the input is incomplete.
    fn source(&self) -> Option<ImportSource> {
        match self.from {
            From::DatabricksCli => Some(ImportSource::DatabricksCfg),
            From::File => self.file.target().map(|path| ImportSource::File { path, kind: None }),
            From::Pasted if self.pasted.expose().trim().is_empty() => None,
            From::Pasted => Some(ImportSource::Text { text: self.pasted.to_secret(), kind: None }),
            From::Environment => Some(ImportSource::Environment),
            From::Backup if self.passphrase.is_empty() => None,
            From::Backup => self.backup.target().map(|path| ImportSource::Backup { path, passphrase: self.passphrase.to_secret() }),
        }
    }

    pub fn may_read(&self) -> bool {
        matches!(self.stage, Stage::Asking) && self.source().is_some()
    }

    /// The box is full: the end of the pasted text is probably missing.
    pub fn is_full(&self) -> bool {
        let text = self.pasted.expose();
        PASTED - text.len() < 4 || text.chars().count() >= PASTED / 4
    }

    /// A failure belongs to one file, not to the next one that is typed.
    pub fn forget_failure_of_another(&mut self) {
        let asked = match self.from {
            From::File => self.file.target(),
            From::Backup => self.backup.target(),
            From::DatabricksCli | From::Pasted | From::Environment => None,
        };
        if matches!(self.stage, Stage::Asking) && asked != self.failed_for {
            self.failure = None;
        }
        self.failed_for = asked;
    }

    /// Back to choosing the source; typed text stays, pasted text does not.
    pub fn back(&mut self) {
        if matches!(self.stage, Stage::Choosing { .. } | Stage::Reading(_)) {
            self.stage = Stage::Asking;
            self.failure = None;
        }
    }
}

impl State {
    /// Opens *Import* if connections can be saved.
    pub fn ask_to_import(&mut self) -> Vec<Ask> {
        if let Some(reason) = self.read_only() {
            let failure = read_only_failure(reason);
            self.notices.push(Notice::Failure(failure));
            return Vec::new();
        }
        let mut importing = Importing::default();
        if self.cli_file().is_none() {
            importing.from = From::File;
        }
        self.dialog = Some(Dialog::Import(Box::new(importing)));
        vec![profiles::list()]
    }

    /// The button on the start page: reads the Databricks CLI's file at once.
    pub fn import_from_databricks_cli(&mut self) -> Vec<Ask> {
        let mut commands = self.ask_to_import();
        if let Some(Dialog::Import(importing)) = &mut self.dialog {
            importing.from = From::DatabricksCli;
            commands.extend(self.read_import());
        }
        commands
    }

    /// A file was dropped onto the window.
    pub fn import_file(&mut self, path: &Path) -> Vec<Ask> {
        let is_open = match &self.dialog {
            None => false,
            Some(Dialog::Import(importing)) if matches!(importing.stage, Stage::Asking) => true,
            // A dialog in front is answered first.
            Some(_) => return Vec::new(),
        };
        let mut commands = if is_open { Vec::new() } else { self.ask_to_import() };
        let Some(Dialog::Import(importing)) = &mut self.dialog else { return commands };
        importing.failure = None;
        if path.extension().is_some_and(|extension| extension == words::BACKUP_EXTENSION) {
            // It needs its passphrase.
            importing.from = From::Backup;
            importing.backup.set(path);
            return commands;
        }
        importing.from = From::File;
        importing.file.set(path);
        commands.extend(self.read_import());
        commands
    }

    /// Reads the source for a preview.
    pub fn read_import(&mut self) -> Vec<Ask> {
        let cli_path = self.cli_file().map(|file| file.path.clone());
        let run = self.tests.new_run();
        let Some(Dialog::Import(importing)) = &mut self.dialog else { return Vec::new() };
        if !importing.may_read() {
            return Vec::new();
        }
        let Some(source) = importing.source() else { return Vec::new() };
        importing.cli_file = match &source {
            ImportSource::DatabricksCfg => true,
            ImportSource::File { path, .. } => cli_path.as_ref() == Some(path),
            ImportSource::Text { .. } | ImportSource::Environment | ImportSource::Backup { .. } => false,
        };
        importing.failure = None;
        importing.stage = Stage::Reading(run);
        vec![ask(ReadImport { source, only: Vec::new() }, move |state, outcome, _| state.import_read(run, outcome))]
    }

    /// Saves the chosen connections; asks before replacing any.
    pub fn import(&mut self) -> Vec<Ask> {
        let run = self.tests.new_run();
        let Some(Dialog::Import(importing)) = &mut self.dialog else { return Vec::new() };
        match std::mem::replace(&mut importing.stage, Stage::Asking) {
            Stage::Choosing { table, confirm } if table.may_import() => {
                if !confirm && table.replaced().next().is_some() {
                    importing.stage = Stage::Choosing { table, confirm: true };
                    return Vec::new();
                }
                let chosen = table.chosen();
                importing.stage = Stage::Saving { run, table };
                importing.failure = None;
                vec![ask(Import { chosen }, move |state, outcome, _| state.imported(run, outcome))]
            }
            other => {
                importing.stage = other;
                Vec::new()
            }
        }
    }

    /// Back from the confirmation before replacing.
    pub fn not_replace(&mut self) {
        if let Some(Dialog::Import(importing)) = &mut self.dialog
            && let Stage::Choosing { confirm, .. } = &mut importing.stage
        {
            *confirm = false;
        }
    }

    /// Undoes the import: added connections are removed, replaced ones are restored.
    pub fn undo_import(&mut self) -> Vec<Ask> {
        let Some(Dialog::Import(importing)) = &mut self.dialog else { return Vec::new() };
        let Stage::Done(came) = &mut importing.stage else { return Vec::new() };
        if came.undo != Undo::Offered {
            return Vec::new();
        }
        came.undo = Undo::Running;
        let import = came.import;
        vec![ask(UndoImport { import }, move |state, outcome, _| state.import_undone(import, outcome))]
    }

    fn import_read(&mut self, run: RunId, outcome: Result<Preview, Failure>) -> Vec<Ask> {
        let taken = self.names();
        let Some(Dialog::Import(importing)) = &mut self.dialog else { return Vec::new() };
        if !matches!(importing.stage, Stage::Reading(asked) if asked == run) {
            return Vec::new();
        }
        match outcome {
            Ok(preview) => {
                importing.stage = Stage::Choosing { table: Box::new(ImportTable::new(preview, taken)), confirm: false };
                // The source is read: its secrets are no longer needed.
                importing.pasted = TypedSecret::with_room(PASTED);
                importing.passphrase = TypedSecret::default();
                self.wipe_import = true;
            }
            Err(failure) => {
                importing.stage = Stage::Asking;
                importing.failure = Some(failure);
            }
        }
        Vec::new()
    }

    fn import_undone(&mut self, import: ImportId, outcome: Result<ImportUndone, Failure>) -> Vec<Ask> {
        if let Some(Dialog::Import(importing)) = &mut self.dialog
            && let Stage::Done(came) = &mut importing.stage
            && came.import == import
        {
            match outcome {
                Ok(undone) => came.undo = Undo::Done(undone.failed),
                Err(failure) => {
                    came.undo = Undo::Offered;
                    importing.failure = Some(failure);
                }
            }
        } else {
            self.notices.extend(outcome.err().map(Notice::Failure));
        }
        Vec::new()
    }

    /// The dialog, if it waits for this.
    fn saving_import(&mut self, run: RunId) -> Option<&mut Importing> {
        match &mut self.dialog {
            Some(Dialog::Import(importing)) if matches!(importing.stage, Stage::Saving { run: asked, .. } if asked == run) => {
                Some(importing)
            }
            _ => None,
        }
    }

    fn imported(&mut self, run: RunId, outcome: Result<Imported, Failure>) -> Vec<Ask> {
        let Some(importing) = self.saving_import(run) else {
            self.notices.extend(outcome.err().map(Notice::Failure));
            return Vec::new();
        };
        let Stage::Saving { table, .. } = std::mem::replace(&mut importing.stage, Stage::Asking) else { return Vec::new() };
        let Imported { import, saved, failed } = match outcome {
            Ok(imported) => imported,
            Err(failure) => {
                importing.stage = Stage::Choosing { table, confirm: false };
                importing.failure = Some(failure);
                return Vec::new();
            }
        };
        let failed = failed.into_iter().map(|row| (row.name, row.failure)).collect();
        let there: HashSet<ConnectionId> = saved.iter().copied().collect();
        let replaced: Vec<ConnectionId> = table.replaced().map(|existing| existing.id).filter(|id| there.contains(id)).collect();
        let added: Vec<ConnectionId> = saved.iter().copied().filter(|id| !replaced.contains(id)).collect();
        let from_cli = importing.cli_file && table.kind == Kind::DatabricksCfg;
        let exposed = table
            .rows()
            .iter()
            .filter(|row| from_cli && row.comes() && row.with_secret)
            .filter_map(|row| {
                let of_twin = row.existing.as_ref().filter(|_| row.action == RowAction::Replaces).map(|existing| existing.id);
                let id = of_twin.or_else(|| row.connection().map(|connection| connection.id))?;
                there.contains(&id).then(|| (id, row.place.clone()))
            })
            .collect();
        let first = added.first().or(replaced.first()).copied();
        importing.stage = Stage::Done(Box::new(ImportSummary { added, replaced, failed, exposed, import, undo: Undo::Offered }));
        let mut commands = vec![profiles::list()];
        if let Some(first) = first {
            self.list.set_filter("");
            commands.extend(self.select(first));
        }
        commands
    }

    /// Names of existing connections, in lower case.
    fn names(&self) -> HashMap<String, ConnectionId> {
        let entries = self.library().value().map(|snapshot| snapshot.entries.as_slice()).unwrap_or_default();
        entries.iter().map(|entry| (entry.connection.name.as_str().to_lowercase(), entry.connection.id)).collect()
    }

    /// The Databricks CLI's file, if it exists and has profiles.
    pub fn cli_file(&self) -> Option<&ProfilesFile> {
        self.profiles.file().value().filter(|file| !file.profiles.is_empty())
    }
}
