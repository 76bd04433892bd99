//! Answers of the fake engine about imports, the Databricks CLI's file and the effective configuration.

use std::path::PathBuf;

use secrecy::ExposeSecret as _;

use super::{Inner, connection};
use brickpass_core::{
    connection::{AuthKind, Connection, ConnectionId, Draft, Reviewed, SecretKind},
    failure::{Code, Failure},
};
use brickpass_engine::{
    Ask, BackedUp, Backup, Chosen, Effective, Event, ExistingMatch, FindEffective, Import, ImportId, ImportSource, ImportUndone, Imported,
    NotImported, Plan, Preview, PreviewRow, ProfileLine, ProfilesFile, ReadImport, Then, UndoImport,
};
use brickpass_interchange::{
    databrickscfg::{DiffKind, DiffLine, Edit, ProfileName},
    import::Kind,
};
use brickpass_storage::{Entry, Revision};

pub const CLI_FILE: &str = "/home/you/.databrickscfg";

/// The files and variables on the computer.
#[derive(Default)]
pub struct Around {
    /// The profiles in the Databricks CLI's file, and whether each contains a token in plain text. `None`: there is no file.
    pub profiles: Vec<(String, bool)>,
    /// The content of any source that is read.
    pub preview: Option<Preview>,
    pub failure: Option<Failure>,
    /// Names that cannot be saved.
    pub refused: Vec<String>,
    /// Reading is answered only when the test says so.
    pub waits: bool,
    reading: Option<Then<Preview>>,
    /// The sources that were read, with pasted or typed text.
    pub asked: Vec<(ImportSource, String)>,
    /// The connections of the last import.
    pub saved: Vec<ConnectionId>,
    /// Backup files and their passphrases.
    pub backups: Vec<(PathBuf, String)>,
    pub before: Option<Vec<(String, bool)>>,
    /// The file changes between planning and writing.
    pub changes_meanwhile: bool,
    /// Profiles whose secrets no connection has.
    pub held_by_nobody: Vec<String>,
    pub effective: Option<Effective>,
    /// The last request for it.
    pub effective_question: Option<FindEffective>,
}

/// A profile with a token.
pub fn token_row(place: &str, name: &str) -> PreviewRow {
    row(place, connection(name, |draft| draft.workspace_id.clear()), true)
}

/// A browser sign-in.
pub fn browser_row(place: &str, name: &str) -> PreviewRow {
    row(place, connection(name, |draft: &mut Draft| draft.auth = AuthKind::Browser), false)
}

fn row(place: &str, connection: Connection, with_secret: bool) -> PreviewRow {
    let secret = with_secret.then(|| (SecretKind::PersonalAccessToken, format!("dapi-of-{place}").into()));
    let connection = Some(Box::new(Reviewed { connection, secret }));
    PreviewRow { place: place.to_owned(), connection, with_secret, remarks: Vec::new(), ignored: Vec::new(), existing: None }
}

/// A row that cannot be imported.
pub fn refused_row(place: &str, why: &str) -> PreviewRow {
    PreviewRow {
        place: place.to_owned(),
        connection: None,
        with_secret: false,
        remarks: vec![why.to_owned()],
        ignored: Vec::new(),
        existing: None,
    }
}

pub fn same_as(mut row: PreviewRow, connection: &Connection) -> PreviewRow {
    row.existing = Some(ExistingMatch { id: connection.id, name: connection.name.as_str().to_owned(), same: true, other_token: false });
    row
}

pub fn preview(rows: Vec<PreviewRow>) -> Preview {
    let ignored = vec![("warehouse_id".to_owned(), "It belongs to a SQL connection.".to_owned())];
    Preview { kind: Kind::DatabricksCfg, from: CLI_FILE.to_owned(), rows, ignored }
}

impl Around {
    pub(super) fn file(&self) -> ProfilesFile {
        let line = |(name, secret): &(String, bool)| ProfileLine {
            name: name.clone(),
            host: Some("https://adb-1234567890123456.7.azuredatabricks.net".to_owned()),
            auth_type: None,
            is_default: false,
            secrets: secret.then(|| "token".to_owned()).into_iter().collect(),
            suspects: Vec::new(),
            published: None,
            orphan: None,
        };
        let profiles = self.profiles.iter().map(line).collect();
        let (path, backup) = (PathBuf::from(CLI_FILE), self.before.is_some());
        ProfilesFile {
            path,
            target: None,
            profiles,
            remarks: Vec::new(),
            exposed: false,
            twin: false,
            backup,
            kept: Vec::new(),
            auth_storage: None,
        }
    }

    /// Like the engine: publishes the line that refers to a connection.
    pub(super) fn stood_for(&self, edit: Edit) -> Edit {
        match edit {
            Edit::RemoveKeys { profile, .. } if !self.held_by_nobody.contains(&profile) => {
                Edit::Put { profile: ProfileName::parse(&profile).unwrap(), keys: Vec::new() }
            }
            Edit::Several(edits) => Edit::Several(edits.into_iter().map(|(id, edit)| (id, self.stood_for(edit))).collect()),
            other => other,
        }
    }

    pub(super) fn moved(&mut self, edit: &Edit) {
        match edit {
            Edit::Put { profile, .. } => {
                for (name, secret) in &mut self.profiles {
                    *secret &= *name != profile.as_str();
                }
            }
            Edit::RemoveKeys { profile, keys } => {
                for (name, secret) in &mut self.profiles {
                    *secret &= name != profile || keys.is_empty();
                }
            }
            Edit::Remove { profile, .. } => self.profiles.retain(|(name, _)| name != profile),
            Edit::Default { .. } => {}
            Edit::Several(edits) => {
                for (_, edit) in edits {
                    self.moved(edit);
                }
            }
        }
    }
}

pub(super) fn planned(edit: Edit, connection: Option<ConnectionId>) -> Plan {
    let count = if let Edit::Several(edits) = &edit { edits.len() } else { 1 };
    let diff = (0..count)
        .flat_map(|_| {
            [
                DiffLine { kind: DiffKind::Same, text: "[sales]".to_owned() },
                DiffLine { kind: DiffKind::Removed, text: "token = \u{2022}\u{2022}\u{2022}\u{2022}".to_owned() },
                DiffLine { kind: DiffKind::Added, text: "auth_type = databricks-cli".to_owned() },
            ]
        })
        .collect();
    let path = PathBuf::from(CLI_FILE);
    Plan { path, edit, digest: [0; 32], diff, connection, replaces: Vec::new(), agreed: false, notes: Vec::new() }
}

impl Inner {
    /// Returns requests that belong elsewhere.
    pub(super) fn answer_import_request(&mut self, ask: Ask) -> Option<Ask> {
        let ask = self.on(ask, Self::import)?;
        let ask = self.on(ask, Self::undo_import)?;
        if ask.of::<ReadImport>().is_none() {
            return Some(ask);
        }
        let (ReadImport { source, .. }, then) = ask.open()?;
        let typed = match &source {
            ImportSource::Text { text, .. } => text.expose_secret().to_owned(),
            ImportSource::Backup { passphrase, .. } => passphrase.expose_secret().to_owned(),
            _ => String::new(),
        };
        self.around.asked.push((source, typed));
        self.around.reading = Some(then);
        if !self.around.waits {
            let nothing = || Failure::new(Code::FileUnreadable, "The file cannot be read.", "It is not there.", "Choose another one.");
            let found = self.around.preview.take().ok_or_else(nothing);
            let outcome = self.around.failure.take().map_or(found, Err);
            self.import_is_read(outcome);
        }
        None
    }

    /// Answers the read that is in progress.
    pub fn import_is_read(&mut self, outcome: Result<Preview, Failure>) {
        let then = self.around.reading.take().expect("one is being read");
        self.events.push_back(Event::Answer(then(outcome)));
    }

    fn undo_import(&mut self, _: UndoImport) -> Result<ImportUndone, Failure> {
        let removed = std::mem::take(&mut self.around.saved);
        self.entries.retain(|entry| !removed.contains(&entry.connection.id));
        self.tell_library();
        Ok(ImportUndone { removed, restored: Vec::new(), failed: Vec::new() })
    }

    /// Returns requests that belong elsewhere.
    pub(super) fn answer_backup(&mut self, ask: Ask) -> Option<Ask> {
        self.on(ask, |inner, Backup { to, passphrase }| {
            let with_secret = inner.secrets.keys().map(|(id, _)| *id).collect();
            let backup = BackedUp { connections: inner.entries.len(), with_secret, sign_ins: 1, left_out: Vec::new() };
            inner.around.backups.push((to, passphrase.expose_secret().to_owned()));
            inner.around.failure.take().map_or(Ok(backup), Err)
        })
    }

    /// Returns requests that belong elsewhere.
    pub(super) fn answer_effective(&mut self, ask: Ask) -> Option<Ask> {
        self.on(ask, |inner, question: FindEffective| {
            inner.around.effective_question = Some(question);
            let none = || Failure::new(Code::FileUnreadable, "This folder cannot be read.", "It is not there.", "Choose another one.");
            inner.around.effective.clone().ok_or_else(none)
        })
    }

    fn import(&mut self, Import { chosen }: Import) -> Result<Imported, Failure> {
        let (mut saved, mut failed) = (Vec::new(), Vec::new());
        for (row, Chosen { connection, replaces }) in chosen.into_iter().enumerate() {
            let Reviewed { mut connection, secret } = *connection;
            if self.around.refused.iter().any(|name| name == connection.name.as_str()) {
                let failure = Failure::new(Code::VaultUnavailable, "The secret could not be stored.", "The vault is closed.", "Open it.");
                failed.push(NotImported { row, name: connection.name.as_str().to_owned(), failure });
                continue;
            }
            connection.id = replaces.unwrap_or(connection.id);
            let id = connection.id;
            self.entries.retain(|entry| entry.connection.id != id);
            self.entries.push(Entry { connection, revision: Revision(1) });
            if let Some((kind, secret)) = secret {
                self.secrets.insert((id, kind), secret);
            }
            saved.push(id);
        }
        self.around.saved.clone_from(&saved);
        self.tell_library();
        Ok(Imported { import: ImportId::random(), saved, failed })
    }
}

/// Profiles with these names, each with a token in plain text.
pub fn profiles(names: &[&str]) -> Vec<(String, bool)> {
    names.iter().map(|name| ((*name).to_owned(), true)).collect()
}
