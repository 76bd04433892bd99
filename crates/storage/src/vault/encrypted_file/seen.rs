//! What this computer has seen of an encrypted file: by it, a file that is missing is known to be lost, and an older copy is noticed.
//!
//! `vault_seen.json` in the state folder holds counts and a random id, no secret. It is advice: without it, everything still opens.

use std::{collections::HashMap, path::Path};

use serde::{Deserialize, Serialize};

use crate::json_file::JsonTable;

/// One state of one file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Record {
    /// Tells one vault from another at the same place. `None`: written by a Brickpass that gave none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) id: Option<String>,
    /// Grows by one with every save.
    pub(super) saves: u64,
    /// How many entries it had.
    pub(super) entries: usize,
    /// The highest number of saves that was ever seen here.
    #[serde(default)]
    pub(super) most: u64,
}

/// The file at hand beside what was seen before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Compared {
    AsExpected,
    /// By this many saves.
    Older(u64),
    Another,
}

impl Record {
    pub(super) fn compare(&self, found: &Self) -> Compared {
        match (&self.id, &found.id) {
            (Some(before), Some(now)) if before != now => Compared::Another,
            (Some(_), _) if found.saves < self.saves => Compared::Older(self.saves - found.saves),
            _ => Compared::AsExpected,
        }
    }
}

pub(super) struct Seen {
    records: Option<JsonTable<String, Record>>,
    key: String,
}

impl Seen {
    /// Without a state folder nothing is remembered.
    pub(super) fn of(vault: &Path, state_dir: Option<&Path>) -> Self {
        let key = std::path::absolute(vault).unwrap_or_else(|_| vault.to_owned()).to_string_lossy().into_owned();
        Self { records: state_dir.map(|folder| JsonTable::new(folder.join("vault_seen.json"), "files")), key }
    }

    pub(super) fn last(&self) -> Option<Record> {
        self.records.as_ref()?.load::<HashMap<_, _>>().remove(&self.key)
    }

    /// Notes this state as the one that is expected from now on.
    pub(super) fn expect(&self, found: &Record) {
        self.note(found, |before| before.map_or(0, |before| before.most));
    }

    /// As `expect`, after a person has put this state there: it is not older than anything.
    pub(super) fn begin_with(&self, found: &Record) {
        self.note(found, |_| 0);
    }

    fn note(&self, found: &Record, most: impl FnOnce(Option<&Record>) -> u64) {
        let Some(records) = &self.records else { return };
        // Best effort: what is not noted cannot be noticed later.
        let _ = records.update(|files| {
            let before: Option<Record> = files.get(&self.key).and_then(|before| serde_json::from_value(before.clone()).ok());
            let before = before.filter(|before| before.id == found.id || found.id.is_none());
            let record = Record { most: most(before.as_ref()).max(found.saves), ..found.clone() };
            if let Ok(record) = serde_json::to_value(record) {
                files.insert(self.key.clone(), record);
            }
        });
    }
}
