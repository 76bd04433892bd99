//! Which reminders the person has had already: no secret. At most one entry a connection, since it signs in with one token at a time.

use std::{collections::HashSet, path::Path};

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::json_file::JsonTable;
use brickpass_core::{connection::ConnectionId, failure::Failure};

/// A clock that was ahead by more than this told what it told too early.
const SLACK: SignedDuration = SignedDuration::from_hours(24);

/// What the person was told last of the token that a connection signs in with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told {
    pub token_id: String,
    /// 14, 3 or 1; 0: that it has expired. They are told in this order.
    pub days: u8,
    pub at: Timestamp,
}

impl Told {
    /// Whether it makes saying `next` needless. What was told in the future was told by a wrong clock, and counts for nothing.
    #[must_use]
    pub fn covers(&self, next: &Self) -> bool {
        self.token_id == next.token_id && self.days <= next.days && self.at.duration_since(next.at) <= SLACK
    }
}

pub struct Reminders(JsonTable<ConnectionId, Told>);

impl Reminders {
    #[must_use]
    pub fn new(state_dir: &Path) -> Self {
        Self(JsonTable::new(state_dir.join("reminders.json"), "told"))
    }

    /// An unreadable file holds nothing; an unreadable entry is none.
    #[must_use]
    pub fn load(&self) -> Vec<(ConnectionId, Told)> {
        self.0.load()
    }

    /// Notes what is about to be told and answers with what nobody has told before, under a lock: two windows never tell the same.
    /// Entries of connections that are not `listed` any more go.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn claim(&self, due: Vec<(ConnectionId, Told)>, listed: &HashSet<ConnectionId>) -> Result<Vec<ConnectionId>, Failure> {
        let mut mine = Vec::new();
        let outcome = self.0.update(|told| {
            told.retain(|id, _| id.parse().is_ok_and(|id| listed.contains(&id)));
            for (id, next) in due {
                let before = told.get(&id.to_string()).and_then(|told| serde_json::from_value::<Told>(told.clone()).ok());
                if before.is_some_and(|before| before.covers(&next)) {
                    continue;
                }
                if let Ok(value) = serde_json::to_value(next) {
                    told.insert(id.to_string(), value);
                    mine.push(id);
                }
            }
        });
        outcome.map(|()| mine).map_err(|error| error.failure())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: i64 = 86_400;

    fn told(token: &str, days: u8, at_day: i64) -> Told {
        Told { token_id: token.to_owned(), days, at: Timestamp::from_second(at_day * DAY).unwrap() }
    }

    #[test]
    fn what_one_window_tells_the_other_does_not() {
        let dir = tempfile::tempdir().unwrap();
        let (one, other) = (Reminders::new(dir.path()), Reminders::new(dir.path()));
        let [a, b] = [ConnectionId::random(), ConnectionId::random()];
        let listed = HashSet::from([a, b]);
        assert_eq!(one.claim(vec![(a, told("1", 14, 0))], &listed).unwrap(), [a]);
        assert_eq!(other.claim(vec![(a, told("1", 14, 0)), (b, told("2", 3, 0))], &listed).unwrap(), [b]);
        assert_eq!(one.claim(vec![(a, told("1", 3, 11)), (b, told("2", 3, 0))], &listed).unwrap(), [a], "a nearer stage");
        assert_eq!(one.claim(vec![(a, told("9", 14, 12))], &listed).unwrap(), [a], "another token");
    }

    #[test]
    fn what_a_clock_told_that_was_ahead_is_told_again_and_a_clock_set_back_a_little_repeats_nothing() {
        assert!(!told("1", 0, 400).covers(&told("1", 14, 5)));
        assert!(told("1", 14, 6).covers(&told("1", 14, 5)));
        assert!(told("1", 3, 5).covers(&told("1", 14, 5)));
        assert!(!told("1", 14, 5).covers(&told("1", 3, 16)));
    }

    #[test]
    fn removed_connections_leave_nothing_behind() {
        let dir = tempfile::tempdir().unwrap();
        let file = Reminders::new(dir.path());
        let [a, b] = [ConnectionId::random(), ConnectionId::random()];
        file.claim(vec![(a, told("1", 14, 0)), (b, told("2", 14, 0))], &HashSet::from([a, b])).unwrap();
        file.claim(Vec::new(), &HashSet::from([b])).unwrap();
        assert_eq!(file.load().iter().map(|(id, _)| *id).collect::<Vec<_>>(), [b]);
    }

    #[test]
    fn a_damaged_file_has_told_nothing_and_is_written_anew() {
        let dir = tempfile::tempdir().unwrap();
        let id = ConnectionId::random();
        for damage in ["", "{\"told\": 7}", "[1]", &format!("{{\"told\": {{\"{id}\": {{\"days\": \"many\"}}, \"x\": 1}}}}")] {
            std::io::Write::write_all(&mut std::fs::File::create(dir.path().join("reminders.json")).unwrap(), damage.as_bytes()).unwrap();
            let file = Reminders::new(dir.path());
            assert_eq!(file.load(), [], "{damage}");
            assert_eq!(file.claim(vec![(id, told("1", 14, 0))], &HashSet::from([id])).unwrap(), [id], "{damage}");
            assert_eq!(file.load(), [(id, told("1", 14, 0))], "{damage}");
        }
        std::fs::create_dir(dir.path().join("other")).unwrap();
        std::fs::create_dir(dir.path().join("other/reminders.json")).unwrap();
        assert!(Reminders::new(&dir.path().join("other")).claim(Vec::new(), &HashSet::new()).is_err());
    }
}
