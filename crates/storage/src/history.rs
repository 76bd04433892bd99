//! What the last test of each connection found: a cache in the state directory, whose loss harms nothing.

use std::{collections::HashMap, path::Path};

use super::json_file::JsonTable;
use brickpass_core::connection::{ConnectionId, LastTest};

pub struct History(JsonTable<ConnectionId, LastTest>);

impl History {
    #[must_use]
    pub fn new(state_dir: &Path) -> Self {
        Self(JsonTable::new(state_dir.join("history.json"), "tests"))
    }

    /// An unreadable file is an empty history; an unreadable entry is no entry.
    #[must_use]
    pub fn load(&self) -> HashMap<ConnectionId, LastTest> {
        self.0.load()
    }

    /// Merges under a lock; `None` forgets. Failure to write is not worth an error: the next test writes again.
    pub fn record(&self, changes: &[(ConnectionId, Option<LastTest>)]) {
        let _ = self.0.record(changes);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use brickpass_core::connection::Status;

    fn test(state: Status) -> LastTest {
        LastTest { state, tested_at: jiff::Timestamp::UNIX_EPOCH, duration_ms: 412 }
    }

    #[test]
    fn what_two_windows_record_is_all_there() {
        let dir = tempfile::tempdir().unwrap();
        let (one, other) = (History::new(dir.path()), History::new(dir.path()));
        let (a, b, c) = (ConnectionId::random(), ConnectionId::random(), ConnectionId::random());
        one.record(&[(a, Some(test(Status::Ok))), (c, Some(test(Status::Ok)))]);
        other.record(&[(b, Some(test(Status::SignIn))), (c, None)]);
        assert_eq!(one.load(), HashMap::from([(a, test(Status::Ok)), (b, test(Status::SignIn))]));
    }

    #[test]
    fn a_damaged_history_is_empty_and_the_next_test_writes_it_anew() {
        let dir = tempfile::tempdir().unwrap();
        let history = History::new(dir.path());
        let id = ConnectionId::random();
        history.record(&[(id, Some(test(Status::Ok)))]);
        for garbage in [&b""[..], b"\0\0\0", b"[1]", b"{\"tests\": 7}", b"{\"tests\": {\"x\": 1}}"] {
            std::fs::File::create(dir.path().join("history.json"))
                .and_then(|mut file| std::io::Write::write_all(&mut file, garbage))
                .unwrap();
            assert_eq!(history.load(), HashMap::new());
            history.record(&[(id, Some(test(Status::Ok)))]);
            assert_eq!(history.load().len(), 1, "{garbage:?}");
        }
    }
}
