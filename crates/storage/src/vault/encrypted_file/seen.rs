//! What this computer has seen of an encrypted file: by it, a file that is missing is known to be lost, and an older copy is noticed.
//!
//! `vault_seen.json` in the state folder holds counts and a random id, no secret. It is advice: without it, everything still opens.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::json_file::{self, Found};

/// A record is not worth waiting long for.
const PATIENCE: Duration = Duration::from_secs(2);

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
    file: Option<PathBuf>,
    key: String,
}

impl Seen {
    /// Without a state folder nothing is remembered.
    pub(super) fn of(vault: &Path, state_dir: Option<&Path>) -> Self {
        let key = std::path::absolute(vault).unwrap_or_else(|_| vault.to_owned()).to_string_lossy().into_owned();
        Self { file: state_dir.map(|folder| folder.join("vault_seen.json")), key }
    }

    pub(super) fn last(&self) -> Option<Record> {
        let Ok(Found::Object(mut map)) = json_file::read(self.file.as_deref()?) else { return None };
        let Some(Value::Object(mut files)) = map.remove("files") else { return None };
        serde_json::from_value(files.remove(&self.key)?).ok()
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
        let Some(file) = &self.file else { return };
        // Best effort: what is not noted cannot be noticed later.
        let _ = json_file::update(file, PATIENCE, |map| {
            map.entry("version").or_insert_with(|| 1.into());
            let files = map.entry("files").or_insert_with(|| Value::Object(Map::new()));
            if !files.is_object() {
                *files = Value::Object(Map::new());
            }
            let Value::Object(files) = files else { return };
            let before: Option<Record> = files.get(&self.key).and_then(|before| serde_json::from_value(before.clone()).ok());
            let before = before.filter(|before| before.id == found.id || found.id.is_none());
            let record = Record { most: most(before.as_ref()).max(found.saves), ..found.clone() };
            if let Ok(record) = serde_json::to_value(record) {
                files.insert(self.key.clone(), record);
            }
        });
    }
}
