//! What is known of a sign-in besides the tokens in the vault, one small file a connection beside its refresh lock: until when the server wants no
//! request, when the sign-in ends, and how the last request failed. No secret. Losing it costs one request more.

use std::{
    collections::HashMap,
    path::{Path, PathBuf},
    time::Duration,
};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{
    atomic_file::Lock,
    json_file::{self, Found},
};
use brickpass_core::{connection::ConnectionId, failure::Failure};

/// Others write for a moment only.
const LOCK_TIMEOUT: Duration = Duration::from_secs(2);

/// All of one sign-in.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct SignInNote {
    /// The origin that all of this is about: an edited address has nothing to do with it.
    pub origin: String,
    /// The server asked for no request before this time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_before: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ends: Option<End>,
    /// Without the details, which are a server's own words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failed: Option<(Timestamp, Failure)>,
}

/// A sign-in that does not renew itself, or not any more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct End {
    /// The end of its access token.
    pub at: Timestamp,
    pub why: EndWhy,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum EndWhy {
    /// It came without a refresh token.
    NoRefreshToken,
    /// The server does not take the refresh token with this SHA-256 (hexadecimal) any more.
    Refused { digest: String },
}

#[derive(Debug, Clone)]
pub struct SignInNotes {
    folder: PathBuf,
}

impl SignInNotes {
    #[must_use]
    pub fn new(state_dir: &Path) -> Self {
        Self { folder: state_dir.join("sign-ins") }
    }

    fn path(&self, of: ConnectionId) -> PathBuf {
        self.folder.join(format!("{of}.json"))
    }

    /// What is known for this origin; an unreadable file says nothing.
    #[must_use]
    pub fn load(&self, of: ConnectionId, origin: &str) -> Option<SignInNote> {
        let Ok(Found::Object(map)) = json_file::read(&self.path(of)) else { return None };
        read(map).filter(|note| note.origin == origin)
    }

    /// All that is known, whatever origin it is about.
    #[must_use]
    pub fn load_all(&self) -> HashMap<ConnectionId, SignInNote> {
        let Ok(files) = std::fs::read_dir(&self.folder) else { return HashMap::new() };
        let note = |path: PathBuf| {
            let stem = path.file_name()?.to_str()?.strip_suffix(".json")?.to_owned();
            let id = serde_json::from_value(Value::String(stem)).ok()?;
            let Ok(Found::Object(map)) = json_file::read(&path) else { return None };
            Some((id, read(map)?))
        };
        files.filter_map(|file| note(file.ok()?.path())).collect()
    }

    /// As good as it goes: what cannot be noted is found out again. What was noted for another origin is dropped.
    pub fn change(&self, of: ConnectionId, origin: &str, change: impl Fn(&mut SignInNote)) {
        let nothing = || SignInNote { origin: origin.to_owned(), ..SignInNote::default() };
        let known = self.load(of, origin).unwrap_or_else(nothing);
        let mut changed = known.clone();
        change(&mut changed);
        if changed == known {
            // Nothing is noted of most sign-ins: no file is made for that.
            return;
        }
        let _ = json_file::update(&self.path(of), LOCK_TIMEOUT, |map| {
            let mut note = read(map.clone()).filter(|note: &SignInNote| note.origin == origin).unwrap_or_else(nothing);
            change(&mut note);
            if let Ok(Value::Object(written)) = serde_json::to_value(&note) {
                *map = written;
            }
        });
    }

    pub fn forget(&self, of: ConnectionId) {
        let path = self.path(of);
        if !path.exists() {
            return;
        }
        let Ok(_lock) = Lock::acquire(&path, LOCK_TIMEOUT) else { return };
        let _ = std::fs::remove_file(&path);
    }
}

/// A note that says nothing is none.
fn read(map: Map<String, Value>) -> Option<SignInNote> {
    let note: SignInNote = serde_json::from_value(Value::Object(map)).ok()?;
    (note.not_before.is_some() || note.ends.is_some() || note.failed.is_some()).then_some(note)
}

#[cfg(test)]
mod tests {
    use super::*;
    use brickpass_core::failure::Code;

    const HERE: &str = "https://adb-1.2.azuredatabricks.net";

    #[test]
    fn what_one_process_notes_another_reads_for_the_same_origin_alone() {
        let dir = tempfile::tempdir().unwrap();
        let (one, other, id) = (SignInNotes::new(dir.path()), SignInNotes::new(dir.path()), ConnectionId::random());
        assert_eq!(one.load(id, HERE), None);
        one.change(id, HERE, |note| note.not_before = Some(Timestamp::UNIX_EPOCH));
        other.change(id, HERE, |note| note.failed = Some((Timestamp::UNIX_EPOCH, Failure::new(Code::Reset, "a", "b", "c"))));
        let read = one.load(id, HERE).unwrap();
        assert_eq!(one.load_all(), HashMap::from([(id, read.clone())]));
        assert!(read.not_before.is_some() && read.failed.is_some() && read.ends.is_none(), "{read:?}");
        assert_eq!(one.load(id, "https://adb-1.3.azuredatabricks.net"), None);
        assert_eq!(one.load(ConnectionId::random(), HERE), None);
        one.change(id, HERE, |note| *note = SignInNote { origin: HERE.into(), ..SignInNote::default() });
        assert_eq!(other.load(id, HERE), None);
        other.change(id, HERE, |note| {
            note.ends = Some(End { at: Timestamp::UNIX_EPOCH, why: EndWhy::Refused { digest: "00".into() } });
        });
        assert!(one.load(id, HERE).unwrap().ends.is_some());
        one.forget(id);
        assert_eq!(other.load(id, HERE), None);
    }

    #[test]
    fn a_damaged_note_says_nothing_and_is_replaced() {
        let dir = tempfile::tempdir().unwrap();
        let (notes, id) = (SignInNotes::new(dir.path()), ConnectionId::random());
        notes.change(id, HERE, |note| note.not_before = Some(Timestamp::UNIX_EPOCH));
        for damaged in ["", "[]", "{\"origin\": 7}"] {
            std::io::Write::write_all(&mut std::fs::File::create(notes.path(id)).unwrap(), damaged.as_bytes()).unwrap();
            assert_eq!(notes.load(id, HERE), None, "{damaged}");
            notes.change(id, HERE, |note| note.not_before = Some(Timestamp::UNIX_EPOCH));
            assert!(notes.load(id, HERE).is_some(), "{damaged}");
        }
    }
}
