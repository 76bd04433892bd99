//! What is known of the personal access tokens that connections sign in with: no secret, and a cache whose loss costs no access. A note that is
//! there is true: it goes before its token is replaced.

use std::{collections::HashMap, path::Path};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::json_file::JsonTable;
use brickpass_core::{
    connection::{BaseUrl, ConnectionId},
    failure::Failure,
};

/// Of the stored token of a connection, when Brickpass has made it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenNote {
    pub token_id: String,
    /// The origin that the token is for: an edited address has nothing to do with it.
    pub origin: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub comment: String,
    /// `None`: it does not expire.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Timestamp>,
}

impl TokenNote {
    #[must_use]
    pub fn is_for(&self, base_url: &BaseUrl) -> bool {
        self.origin == base_url.origin()
    }
}

pub struct TokenNotes(JsonTable<ConnectionId, TokenNote>);

impl TokenNotes {
    #[must_use]
    pub fn new(state_dir: &Path) -> Self {
        Self(JsonTable::new(state_dir.join("token_notes.json"), "tokens"))
    }

    /// An unreadable file holds no notes; an unreadable note is none.
    #[must_use]
    pub fn load(&self) -> HashMap<ConnectionId, TokenNote> {
        self.0.load()
    }

    /// Merges under a lock; `None` forgets.
    ///
    /// # Errors
    /// The file cannot be written. A note that cannot be forgotten must not outlive its token: then the token stays, too.
    pub fn record(&self, changes: &[(ConnectionId, Option<TokenNote>)]) -> Result<(), Failure> {
        self.0.record(changes).map_err(|error| error.failure())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn note(id: &str) -> TokenNote {
        TokenNote { token_id: id.into(), origin: "https://adb-1.2.azuredatabricks.net".into(), comment: String::new(), expires_at: None }
    }

    #[test]
    fn what_two_windows_note_is_all_there_and_what_is_forgotten_is_gone() {
        let dir = tempfile::tempdir().unwrap();
        let (one, other) = (TokenNotes::new(dir.path()), TokenNotes::new(dir.path()));
        let [a, b, c] = [ConnectionId::random(), ConnectionId::random(), ConnectionId::random()];
        one.record(&[(a, Some(note("1"))), (c, Some(note("3")))]).unwrap();
        other.record(&[(b, Some(note("2"))), (c, None)]).unwrap();
        assert_eq!(one.load(), HashMap::from([(a, note("1")), (b, note("2"))]));
    }

    #[test]
    fn a_note_is_about_one_address_alone() {
        let at = |address: &str| BaseUrl::read(address).unwrap().base_url;
        assert!(note("1").is_for(&at("https://adb-1.2.azuredatabricks.net/")));
        assert!(!note("1").is_for(&at("https://adb-1.3.azuredatabricks.net")));
    }

    #[test]
    fn a_damaged_file_holds_no_notes_and_one_that_cannot_be_written_is_told() {
        let dir = tempfile::tempdir().unwrap();
        let notes = TokenNotes::new(dir.path());
        let id = ConnectionId::random();
        std::io::Write::write_all(&mut std::fs::File::create(dir.path().join("token_notes.json")).unwrap(), b"{\"tokens\": 7}").unwrap();
        assert_eq!(notes.load(), HashMap::new());
        notes.record(&[(id, Some(note("1")))]).unwrap();
        assert_eq!(notes.load().len(), 1);
        std::fs::create_dir(dir.path().join("other")).unwrap();
        std::fs::create_dir(dir.path().join("other/token_notes.json")).unwrap();
        assert!(TokenNotes::new(&dir.path().join("other")).record(&[(id, None)]).is_err());
    }
}
