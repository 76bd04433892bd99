//! The one place where work is started. Command in, events out, on the tokio runtime; cancellable.

use std::{path::PathBuf, sync::Arc};

use secrecy::SecretString;

use crate::{
    check::{Progress, Report},
    connection::{Connection, ConnectionId, LastTest, Reviewed, SecretKind},
    failure::Failure,
    storage::{Entry, Revision, Settings, Snapshot, VaultHome, VaultStatus, WindowMemory},
};

/// Where things lie and what the environment says. Read once, in `main`; nothing below looks at the environment.
#[derive(Debug, Clone)]
pub struct Places {
    pub config_dir: PathBuf,
    pub state_dir: PathBuf,
    /// `BRICKPASS_VAULT`: stands above the settings.
    pub vault: Option<VaultHome>,
    /// `BRICKPASS_VAULT_PASSPHRASE`.
    pub passphrase: Option<SecretString>,
    /// `SSL_CERT_FILE`: stands below the settings.
    pub ca_file: Option<PathBuf>,
}

/// Names one run of a test: a late event of an older run never overwrites a newer one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RunId(pub u64);

#[derive(Debug)]
pub enum Command {
    /// Reads settings, connections and history; probes the vault.
    Start,
    /// Looks whether the connections file was changed by somebody else, and reads it again if so.
    Refresh,
    Save {
        reviewed: Box<Reviewed>,
        /// `None` for a new connection.
        base: Option<Revision>,
    },
    /// A copy under a new id, with a copy of its secrets.
    Duplicate {
        source: ConnectionId,
        copy: Box<Connection>,
    },
    /// Takes connections off the list; their secrets stay until `Purge`.
    Remove {
        ids: Vec<ConnectionId>,
    },
    /// Undo of `Remove`.
    Restore {
        entries: Vec<Entry>,
    },
    /// Deletes the secrets of removed connections for good.
    Purge {
        ids: Vec<ConnectionId>,
    },
    /// Tests what is given, saved or not; `secret` is the typed one, else the vault's is used.
    Test {
        run: RunId,
        connection: Box<Connection>,
        secret: Option<SecretString>,
    },
    Cancel {
        run: RunId,
    },
    /// Whether a secret is stored, and its last four characters.
    DescribeSecret {
        id: ConnectionId,
        kind: SecretKind,
    },
    RevealSecret {
        id: ConnectionId,
        kind: SecretKind,
    },
    ProbeVault,
    UnlockVault {
        passphrase: SecretString,
    },
    /// Writes the settings; when the vault's home changes, moves the secrets there first.
    SaveSettings {
        settings: Settings,
        passphrase: Option<SecretString>,
    },
    RememberWindow(WindowMemory),
    OpenInBrowser {
        url: String,
    },
    /// Opens a second window on the embedded demo workspaces.
    OpenDemo,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StoredSecret {
    /// Length in characters and the last four of them (none when it is shorter than 12).
    Stored {
        length: usize,
        last_four: String,
    },
    Missing,
    Unavailable(Failure),
}

#[derive(Debug)]
pub enum Event {
    Settings {
        settings: Settings,
        window: WindowMemory,
        vault_from_environment: bool,
        problem: Option<Failure>,
    },
    /// The list as it now is in the file.
    Library(Arc<Snapshot>),
    LibraryFailed(Failure),
    History(Vec<(ConnectionId, LastTest)>),
    Vault {
        home: VaultHome,
        status: VaultStatus,
    },
    Saved {
        id: ConnectionId,
    },
    /// Nothing was lost: the form keeps what was typed. `theirs`: somebody else changed or removed the connection meanwhile.
    SaveFailed {
        id: ConnectionId,
        failure: Failure,
        theirs: Option<Box<Entry>>,
    },
    Removed {
        entries: Vec<Entry>,
    },
    Restored {
        ids: Vec<ConnectionId>,
    },
    /// Some secrets could not be deleted; it is tried again at the next start.
    PurgeFailed {
        failure: Failure,
    },
    SecretDescribed {
        id: ConnectionId,
        kind: SecretKind,
        stored: StoredSecret,
    },
    SecretRevealed {
        id: ConnectionId,
        kind: SecretKind,
        secret: SecretString,
    },
    TestProgress {
        run: RunId,
        id: ConnectionId,
        progress: Progress,
    },
    TestFinished {
        run: RunId,
        id: ConnectionId,
        tested_at: jiff::Timestamp,
        report: Box<Report>,
    },
    SettingsSaved {
        settings: Settings,
        moved_secrets: usize,
    },
    /// A command that has no answer of its own failed.
    Failed {
        failure: Failure,
    },
}
