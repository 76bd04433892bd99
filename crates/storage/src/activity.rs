//! Who did what when, one JSON object a line: for the person to look back, never with a secret. It harms nothing when it is lost.
//!
//! `activity.jsonl` grows to 1 MiB; then it takes the place of `activity.1.jsonl`, and a new one is begun.

use std::{
    fs,
    path::{Path, PathBuf},
    time::Duration,
};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{
    atomic_file::{self, FileError, Lock, RealDisk},
    new_file::write_new,
};
use brickpass_core::{
    connection::{ConnectionId, contains_secret, secrets_starred},
    failure::{Code, Failure},
};

/// Bytes of each of the two files.
const LIMIT: u64 = 1024 * 1024;

/// How long a write to the log waits for the lock.
const LOCK_TIMEOUT: Duration = Duration::from_secs(2);

/// What was done. The words are part of the file and never change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AuditAction {
    SignIn,
    SignOut,
    Test,
    /// A stored secret was shown.
    Reveal,
    /// A secret went to the clipboard.
    Copied,
    /// An access token was given to the command line.
    AccessToken,
    /// Another program was given access tokens: one entry an hour, however often it asked.
    HandedOut,
    Save,
    Remove,
    /// A removal was undone.
    Restore,
    WorkspacesAdded,
    TokenGenerated,
    /// The connection signs in with another token from now on.
    TokenUsed,
    TokenRevoked,
    TokenRotated,
    /// Personal access tokens were enabled in a workspace.
    TokensEnabled,
    TokensDisabled,
    /// The maximum lifetime of new tokens in a workspace was set.
    TokenMaximumSet,
    /// An admin revoked a user's token.
    UsersTokenRevoked,
    ServicePrincipalCreated,
    /// A service principal was added to a workspace.
    AddedToWorkspace,
    EntitlementGranted,
    EntitlementTaken,
    SecretCreated,
    SecretDeleted,
    PermissionGranted,
    /// It became a profile of `.databrickscfg`.
    Published,
    /// Its profile was removed from `.databrickscfg`.
    Unpublished,
    /// This log was saved to a file.
    ActivityExported,
    /// A stored secret went into an encrypted backup.
    BackedUp,
    /// The connection was exported in another tool's format with its secret, to view or copy.
    Exported,
    /// That was written to a file.
    ExportSaved,
}

impl AuditAction {
    /// For people.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::SignIn => "Signed in",
            Self::SignOut => "Signed out",
            Self::Test => "Tested",
            Self::Reveal => "Secret revealed",
            Self::Copied => "Secret copied",
            Self::AccessToken => "Access token printed",
            Self::HandedOut => "Token given to a program",
            Self::Save => "Saved",
            Self::Remove => "Deleted",
            Self::Restore => "Delete undone",
            Self::WorkspacesAdded => "Workspace added",
            Self::TokenGenerated => "Token generated",
            Self::TokenUsed => "Token replaced",
            Self::TokenRevoked => "Token revoked",
            Self::TokenRotated => "Token rotated",
            Self::TokensEnabled => "Tokens enabled",
            Self::TokensDisabled => "Tokens disabled",
            Self::TokenMaximumSet => "Maximum token lifetime set",
            Self::UsersTokenRevoked => "User's token revoked",
            Self::ServicePrincipalCreated => "Service principal created",
            Self::AddedToWorkspace => "Added to workspace",
            Self::EntitlementGranted => "Entitlement granted",
            Self::EntitlementTaken => "Entitlement removed",
            Self::SecretCreated => "OAuth secret created",
            Self::SecretDeleted => "OAuth secret deleted",
            Self::PermissionGranted => "Permission granted",
            Self::Published => "Published as a profile",
            Self::Unpublished => "Profile removed",
            Self::ActivityExported => "Activity exported",
            Self::BackedUp => "Secret backed up",
            Self::Exported => "Exported with its secret",
            Self::ExportSaved => "Export saved",
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActivityEntry {
    pub at: Timestamp,
    /// `None`: it was done to the whole of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub connection: Option<ConnectionId>,
    /// As the connection was called at that time; empty for one that was not saved yet.
    pub name: String,
    pub what: AuditAction,
    /// `None`: it was done.
    #[serde(rename = "outcome", with = "outcome")]
    pub failed: Option<Code>,
    /// A user's name, a token's id, the kind of a secret; nothing that another side wrote freely.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
}

/// `ok`, or the code of the failure.
mod outcome {
    use serde::{Deserialize, Deserializer, Serialize as _, Serializer, de::Error as _};
    use serde_json::Value;

    use brickpass_core::failure::Code;

    const OK: &str = "ok";

    #[expect(clippy::ref_option, clippy::trivially_copy_pass_by_ref, reason = "serde calls it so")]
    pub(super) fn serialize<S: Serializer>(failed: &Option<Code>, to: S) -> Result<S::Ok, S::Error> {
        match failed {
            None => OK.serialize(to),
            Some(code) => code.serialize(to),
        }
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Code>, D::Error> {
        match Value::deserialize(from)? {
            Value::String(word) if word == OK => Ok(None),
            word => serde_json::from_value(word).map(Some).map_err(D::Error::custom),
        }
    }
}

/// The log of one state directory; several processes may write it.
#[derive(Debug, Clone)]
pub struct Activity {
    path: PathBuf,
    older: PathBuf,
}

impl Activity {
    #[must_use]
    pub fn new(state_dir: &Path) -> Self {
        Self { path: state_dir.join("activity.jsonl"), older: state_dir.join("activity.1.jsonl") }
    }

    /// Adds to the log.
    ///
    /// # Errors
    /// The disk, or another process that does not let go of the file. Nothing was added then.
    pub fn record(&self, entries: &[ActivityEntry]) -> Result<(), Failure> {
        if entries.is_empty() { Ok(()) } else { self.add(&lines(entries)).map_err(|error| error.failure()) }
    }

    fn add(&self, bytes: &[u8]) -> Result<(), FileError> {
        let _lock = Lock::acquire(&self.path, LOCK_TIMEOUT)?;
        let now = fs::symlink_metadata(&self.path).map_or(0, |metadata| metadata.len());
        if now > 0 && now + bytes.len() as u64 > LIMIT {
            fs::rename(&self.path, &self.older).map_err(|error| FileError::io("replace", &self.older, error))?;
        }
        atomic_file::append(&self.path, bytes)
    }

    /// Can an entry be added now? Adds none.
    ///
    /// # Errors
    /// The disk, or a file that is not safe to use.
    pub fn try_out(&self) -> Result<(), Failure> {
        atomic_file::make_folder(atomic_file::parent(&self.path))
            .and_then(|()| atomic_file::append(&self.path, b""))
            .map_err(|error| error.failure())
    }

    /// Puts stars in the place of every secret that an older version recorded, as a part of a name.
    ///
    /// # Errors
    /// A file cannot be read or written.
    pub fn star_secrets(&self) -> Result<(), Failure> {
        let _lock = Lock::acquire(&self.path, LOCK_TIMEOUT).map_err(|error| error.failure())?;
        for path in [&self.older, &self.path] {
            let Some(contents) = atomic_file::read(path, 2 * LIMIT).map_err(|error| error.failure())? else { continue };
            let text = String::from_utf8_lossy(&contents.bytes);
            if contains_secret(&text) {
                atomic_file::write(&RealDisk, path, secrets_starred(&text).as_bytes()).map_err(|error| error.failure())?;
            }
        }
        Ok(())
    }

    /// All that is known, oldest first. What this version does not understand is left out.
    ///
    /// # Errors
    /// A file cannot be read, or is not safe to use.
    pub fn load(&self) -> Result<Vec<ActivityEntry>, Failure> {
        // So that nobody moves the newer file between the two looks; who cannot lock (a read-only disk) reads all the same.
        let _lock = Lock::acquire(&self.path, LOCK_TIMEOUT);
        let mut found = Vec::new();
        for path in [&self.older, &self.path] {
            let Some(contents) = atomic_file::read(path, 2 * LIMIT).map_err(|error| error.failure())? else { continue };
            found.extend(contents.bytes.split(|byte| *byte == b'\n').filter_map(|line| serde_json::from_slice::<ActivityEntry>(line).ok()));
        }
        Ok(found)
    }

    /// Writes entries to a new file for its owner alone, in the form of the log.
    ///
    /// # Errors
    /// Something is there already; the disk.
    pub fn export(entries: &[ActivityEntry], to: &Path) -> Result<(), Failure> {
        write_new(to, &lines(entries))
    }
}

/// An entry that cannot be written as JSON is none; there is no such entry.
fn lines(entries: &[ActivityEntry]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for line in entries.iter().filter_map(|entry| serde_json::to_vec(entry).ok()) {
        bytes.extend_from_slice(secrets_starred(&String::from_utf8_lossy(&line)).as_bytes());
        bytes.push(b'\n');
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(name: &str) -> ActivityEntry {
        ActivityEntry {
            at: Timestamp::UNIX_EPOCH,
            connection: Some(ConnectionId::random()),
            name: name.to_owned(),
            what: AuditAction::Test,
            failed: None,
            detail: None,
        }
    }

    #[test]
    fn an_entry_is_a_line_of_fixed_words() {
        let dir = tempfile::tempdir().unwrap();
        let log = Activity::new(dir.path());
        let refused = ActivityEntry { failed: Some(Code::Unauthorized), detail: Some("you@example.com".to_owned()), ..entry("a\n\"b\"") };
        log.record(&[entry("A"), refused.clone()]).unwrap();
        let text = fs::read_to_string(dir.path().join("activity.jsonl")).unwrap();
        assert_eq!(text.lines().count(), 2, "{text}");
        assert!(text.contains(r#""what":"test","outcome":"ok"}"#), "{text}");
        assert!(text.contains(r#""outcome":"unauthorized","detail":"you@example.com"}"#), "{text}");
        assert_eq!(log.load().unwrap()[1], refused);
    }

    #[cfg(unix)]
    #[test]
    fn only_its_owner_reads_it() {
        use std::os::unix::fs::PermissionsExt as _;
        let dir = tempfile::tempdir().unwrap();
        let log = Activity::new(dir.path());
        log.record(&[entry("A")]).unwrap();
        let export = dir.path().join("export");
        Activity::export(&log.load().unwrap(), &export).unwrap();
        for file in [dir.path().join("activity.jsonl"), export] {
            assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600, "{}", file.display());
        }
    }

    #[test]
    fn lines_that_nobody_understands_are_skipped() {
        let dir = tempfile::tempdir().unwrap();
        let log = Activity::new(dir.path());
        log.record(&[entry("A")]).unwrap();
        for strange in [&b"\0\xff\n"[..], b"{\"at\": 7}\n", b"\n", b"{\"version\": 2, \"deed\": \"dance\"}\n"] {
            atomic_file::append(&dir.path().join("activity.jsonl"), strange).unwrap();
        }
        log.record(&[entry("B")]).unwrap();
        let names: Vec<String> = log.load().unwrap().into_iter().map(|entry| entry.name).collect();
        assert_eq!(names, ["A", "B"]);
    }

    #[test]
    fn it_grows_to_its_limit_and_one_older_file_is_kept() {
        let dir = tempfile::tempdir().unwrap();
        let log = Activity::new(dir.path());
        let many: Vec<ActivityEntry> = (0..500).map(|_| entry(&"n".repeat(60))).collect();
        let size = |name: &str| fs::metadata(dir.path().join(name)).map_or(0, |metadata| metadata.len());
        for _ in 0..60 {
            log.record(&many).unwrap();
            assert!(size("activity.jsonl") <= LIMIT && size("activity.1.jsonl") <= LIMIT);
        }
        log.record(&[entry("last")]).unwrap();
        assert!(size("activity.1.jsonl") > LIMIT / 2);
        assert!(!dir.path().join("activity.2.jsonl").exists());
        let all = log.load().unwrap();
        assert!(all.len() >= 4000, "{}", all.len());
        assert_eq!(all.last().unwrap().name, "last");
    }

    #[test]
    fn a_log_that_cannot_be_written_is_told_and_stays_as_it_was() {
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir(dir.path().join("activity.jsonl")).unwrap();
        assert!(Activity::new(dir.path()).record(&[entry("A")]).is_err());
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_link_in_its_place_is_not_followed() {
        let dir = tempfile::tempdir().unwrap();
        let victim = dir.path().join("victim");
        fs::File::create(&victim).unwrap();
        std::os::unix::fs::symlink(&victim, dir.path().join("activity.jsonl")).unwrap();
        assert!(Activity::new(dir.path()).record(&[entry("A")]).is_err());
        assert_eq!(fs::read(&victim).unwrap(), b"");
    }
}
