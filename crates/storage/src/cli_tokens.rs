//! The Databricks CLI's own tokens in the operating system's keyring. It never starts `databricks_cli_path`: with `auth_type = databricks-cli` it
//! takes what stands there under the name of its profile (service `databricks-cli`; its `libs/auth/storage/keyring.go`). So a published profile has
//! the connection's access token there. Never its refresh token: one that two programs use ends the sign-in.
//!
//! Our entries carry a mark that the CLI reads over and does not keep. What has none is a sign-in of its own, and is never touched.

use std::{path::Path, sync::Arc};

use jiff::Timestamp;
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{
    given_file::read_given,
    json_file::JsonTable,
    vault::{Bytes, Item, KeyringStore, Store, to_wiped_json},
};
use brickpass_core::{connection::ConnectionId, failure::Failure};

const SERVICE: &str = "databricks-cli";
const MARK: &str = "brickpass";

/// Some kilobytes a profile.
const LARGEST_CACHE: u64 = 16 * 1024 * 1024;

/// What is remembered of an entry of ours: nothing secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NotedToken {
    pub connection: ConnectionId,
    /// `None`: a token that does not end, as far as is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Timestamp>,
}

/// Whose the entry of a profile is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whose {
    Ours,
    /// The CLI has signed in by itself.
    TheClis,
}

/// What became of a token that was to be put there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Handed {
    There,
    /// It is there again: the one that was put there before was gone, as after `databricks auth logout`.
    Again,
    /// The CLI has signed in by itself, and nothing was put there.
    TheClis,
}

/// All calls block for some seconds at most.
pub struct CliTokens {
    notes: JsonTable<String, NotedToken>,
    keyring: Arc<dyn Store>,
}

/// As the CLI writes it, and the mark.
#[derive(Serialize)]
struct Entry<'a> {
    token: OAuthToken<'a>,
    written_by: &'static str,
}

#[derive(Serialize)]
struct OAuthToken<'a> {
    access_token: &'a str,
    token_type: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    expiry: Option<Timestamp>,
}

/// All that is looked at of an entry.
#[derive(Deserialize)]
struct Marked {
    #[serde(default)]
    written_by: String,
}

impl NotedToken {
    /// Ends are told to the second.
    #[must_use]
    pub fn new(connection: ConnectionId, expires_at: Option<Timestamp>) -> Self {
        Self { connection, expires_at: expires_at.and_then(|end| Timestamp::from_second(end.as_second()).ok()) }
    }
}

impl CliTokens {
    #[must_use]
    pub fn new(state_dir: &Path) -> Self {
        Self::with(state_dir, Arc::new(KeyringStore::of(SERVICE)))
    }

    fn with(state_dir: &Path, keyring: Arc<dyn Store>) -> Self {
        Self { notes: JsonTable::new(state_dir.join("cli_tokens.json"), "tokens"), keyring }
    }

    /// By profile. An unreadable file knows of none.
    #[must_use]
    pub fn noted(&self) -> Vec<(String, NotedToken)> {
        self.notes.load()
    }

    /// The CLI has this token from now on, unless it has signed in by itself.
    ///
    /// # Errors
    /// The keyring or the note does not take it.
    pub fn put(&self, profile: &str, token: &SecretString, noted: &NotedToken) -> Result<Handed, Failure> {
        let there = self.there(profile)?;
        if !there.iter().all(is_ours) {
            self.note(profile, None)?;
            return Ok(Handed::TheClis);
        }
        let token = OAuthToken { access_token: token.expose_secret(), token_type: "Bearer", expiry: noted.expires_at };
        let bytes = to_wiped_json(&Entry { token, written_by: MARK }).map_err(|error| unwritable(&error))?;
        let before = self.noted().into_iter().find(|(known, _)| known == profile);
        // Noted first: an entry that nobody knows of would not be taken away.
        self.note(profile, Some(noted))?;
        if there.is_empty() || there.iter().any(|entry| *entry != bytes) {
            let label = format!("Password for '{profile}' on '{SERVICE}'");
            if let Err(error) = self.keyring.put(&[Item { account: profile.to_owned(), label, bytes }]) {
                // Otherwise it would look as if it had been there and were gone.
                if before.is_none() && self.there(profile).is_ok_and(|there| there.is_empty()) {
                    self.note(profile, None)?;
                }
                return Err(error.failure());
            }
        }
        let was_there = before.is_some_and(|(_, before)| before.connection == noted.connection);
        Ok(if there.is_empty() && was_there { Handed::Again } else { Handed::There })
    }

    /// Takes ours away; what is not ours stays.
    ///
    /// # Errors
    /// The keyring or the note does not let it go.
    pub fn remove(&self, profile: &str) -> Result<(), Failure> {
        let there = self.there(profile)?;
        if !there.is_empty() && there.iter().all(is_ours) {
            self.keyring.delete(&[profile.to_owned()]).map_err(|error| error.failure())?;
        }
        self.note(profile, None)
    }

    /// `None`: there is nothing.
    ///
    /// # Errors
    /// The keyring is not responding.
    pub fn whose(&self, profile: &str) -> Result<Option<Whose>, Failure> {
        let there = self.there(profile)?;
        let whose = if there.iter().all(is_ours) { Whose::Ours } else { Whose::TheClis };
        Ok((!there.is_empty()).then_some(whose))
    }

    /// The CLI looks into one collection of the keyring, and somebody may have more of them.
    fn there(&self, profile: &str) -> Result<Vec<Bytes>, Failure> {
        self.keyring.twins(profile).map_err(|error| error.failure())
    }

    fn note(&self, profile: &str, now: Option<&NotedToken>) -> Result<(), Failure> {
        self.notes.record(&[(profile.to_owned(), now.cloned())]).map_err(|error| error.failure())
    }
}

/// Whether the CLI keeps tokens of its own under one of these names (profiles, hosts) in its plain file, `~/.databricks/token-cache.json`.
#[must_use]
pub fn signed_in_with_a_plain_file(cache: &Path, names: &[&str]) -> bool {
    #[derive(Deserialize)]
    struct Cache {
        #[serde(default)]
        tokens: Map<String, Value>,
    }
    let Ok(bytes) = read_given(cache, LARGEST_CACHE).map(zeroize::Zeroizing::new) else { return false };
    serde_json::from_slice::<Cache>(&bytes).is_ok_and(|cache| names.iter().any(|name| cache.tokens.contains_key(*name)))
}

fn is_ours(entry: &Bytes) -> bool {
    serde_json::from_slice::<Marked>(entry).is_ok_and(|entry| entry.written_by == MARK)
}

fn unwritable(error: &serde_json::Error) -> Failure {
    use brickpass_core::failure::Code;
    Failure::new(
        Code::Internal,
        "The token was not shared with the Databricks CLI.",
        format!("Brickpass could not record it: {error}."),
        "Try again. If it happens again, please report it.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vault::{VaultError, scripted::ScriptedStore};

    fn tokens(dir: &Path) -> (CliTokens, Arc<ScriptedStore>) {
        let keyring = Arc::new(ScriptedStore::new());
        (CliTokens::with(dir, Arc::clone(&keyring) as Arc<dyn Store>), keyring)
    }

    fn noted(expires_at: Option<&str>) -> NotedToken {
        NotedToken { connection: ConnectionId::random(), expires_at: expires_at.map(|it| it.parse().unwrap()) }
    }

    fn text(keyring: &ScriptedStore, profile: &str) -> Option<String> {
        keyring.entries.lock().unwrap().get(profile).map(|bytes| String::from_utf8(bytes.to_vec()).unwrap())
    }

    fn sets(keyring: &ScriptedStore, profile: &str, text: &str) {
        keyring.entries.lock().unwrap().insert(profile.to_owned(), Bytes::new(text.as_bytes().to_vec()));
    }

    #[test]
    fn the_entry_is_what_the_cli_reads() {
        let dir = tempfile::tempdir().unwrap();
        let (tokens, keyring) = tokens(dir.path());
        let browser = noted(Some("2026-08-21T15:46:32Z"));
        assert_eq!(tokens.put("sales", &"at".into(), &browser).unwrap(), Handed::There);
        assert_eq!(
            text(&keyring, "sales").unwrap(),
            r#"{"token":{"access_token":"at","token_type":"Bearer","expiry":"2026-08-21T15:46:32Z"},"written_by":"brickpass"}"#
        );
        let pat = noted(None);
        tokens.put("sales", &"dapi1".into(), &pat).unwrap();
        assert_eq!(
            text(&keyring, "sales").unwrap(),
            r#"{"token":{"access_token":"dapi1","token_type":"Bearer"},"written_by":"brickpass"}"#
        );
        assert_eq!(tokens.noted(), [("sales".to_owned(), pat)]);
        let notes = std::fs::read_to_string(dir.path().join("cli_tokens.json")).unwrap();
        assert!(!notes.contains("dapi1"), "{notes}");
    }

    #[test]
    fn a_sign_in_of_the_clis_own_is_kept_whatever_is_asked() {
        let dir = tempfile::tempdir().unwrap();
        let (tokens, keyring) = tokens(dir.path());
        for theirs in [r#"{"token":{"access_token":"x","refresh_token":"y"}}"#, "not json", ""] {
            tokens.put("p", &"ours".into(), &noted(None)).unwrap();
            sets(&keyring, "p", theirs);
            assert_eq!(tokens.whose("p").unwrap(), Some(Whose::TheClis));
            assert_eq!(tokens.put("p", &"ours".into(), &noted(None)).unwrap(), Handed::TheClis);
            assert_eq!(tokens.noted(), []);
            tokens.remove("p").unwrap();
            assert_eq!(text(&keyring, "p").as_deref(), Some(theirs));
            keyring.entries.lock().unwrap().clear();
        }
    }

    #[test]
    fn what_is_taken_away_is_ours_alone_and_what_cannot_be_is_still_noted() {
        let dir = tempfile::tempdir().unwrap();
        let (tokens, keyring) = tokens(dir.path());
        sets(&keyring, "other", "theirs");
        let one = noted(None);
        tokens.put("p", &"ours".into(), &one).unwrap();
        keyring.fails(Some(|| VaultError::KeyringLocked));
        assert!(tokens.remove("p").is_err());
        assert_eq!(tokens.noted(), [("p".to_owned(), one)]);
        keyring.fails(None);
        tokens.remove("p").unwrap();
        assert_eq!((keyring.accounts(), tokens.noted()), (vec!["other".to_owned()], Vec::new()));
        tokens.remove("p").unwrap();
    }

    #[test]
    fn pb_25_what_was_gone_and_is_there_again_is_told_apart_from_what_is_new() {
        let dir = tempfile::tempdir().unwrap();
        let (tokens, keyring) = tokens(dir.path());
        let one = noted(None);
        keyring.fails(Some(|| VaultError::KeyringLocked));
        assert!(tokens.put("p", &"ours".into(), &one).is_err());
        keyring.fails(None);
        keyring.dies_after(Some(0));
        assert!(tokens.put("p", &"ours".into(), &one).is_err());
        assert_eq!(tokens.noted(), [], "it was never there");
        keyring.dies_after(None);
        assert_eq!(tokens.put("p", &"ours".into(), &one).unwrap(), Handed::There);
        assert_eq!(tokens.put("p", &"newer".into(), &one).unwrap(), Handed::There);

        keyring.entries.lock().unwrap().clear();
        assert_eq!(tokens.whose("p").unwrap(), None);
        assert_eq!(tokens.put("p", &"newer".into(), &one).unwrap(), Handed::Again);
        assert_eq!(tokens.put("p", &"newer".into(), &one).unwrap(), Handed::There, "it is said once");

        tokens.remove("p").unwrap();
        assert_eq!(tokens.put("p", &"ours".into(), &one).unwrap(), Handed::There, "taken away here");
        keyring.entries.lock().unwrap().clear();
        assert_eq!(tokens.put("p", &"ours".into(), &noted(None)).unwrap(), Handed::There, "of another connection");
    }

    #[test]
    fn the_same_token_is_not_written_again() {
        let dir = tempfile::tempdir().unwrap();
        let (tokens, keyring) = tokens(dir.path());
        let one = noted(None);
        tokens.put("p", &"ours".into(), &one).unwrap();
        keyring.dies_after(Some(0));
        tokens.put("p", &"ours".into(), &one).unwrap();
        assert!(tokens.put("p", &"newer".into(), &one).is_err(), "this one would be written");
    }
}
