//! The one place where work is started. Command in, events out, on the tokio runtime; cancellable.

mod lane;
mod shared;
mod testing;

use std::{path::PathBuf, sync::Arc, thread::JoinHandle};

use secrecy::{ExposeSecret as _, SecretString};
use tokio::sync::mpsc;

use crate::{
    check::{Progress, Report},
    connection::{Connection, ConnectionId, LastTest, Reviewed, SecretKind},
    failure::Failure,
    storage::{Entry, Revision, Settings, Snapshot, Vault, VaultHome, VaultStatus, WindowMemory},
};

/// Where things lie and what the environment says. Read once, at the edge; the engine never looks at the environment.
#[derive(Clone)]
pub struct Places {
    pub config_dir: PathBuf,
    pub state_dir: PathBuf,
    /// A vault that the caller has chosen (`BRICKPASS_VAULT`, the demo, a test): stands above the settings.
    pub vault: Option<Vault>,
    /// Certificate authorities that the environment names (`SSL_CERT_FILE`): stands below the settings.
    pub ca_file: Option<PathBuf>,
}

impl Places {
    /// The encrypted file, when secrets are kept in one.
    #[must_use]
    pub fn vault_file(&self) -> PathBuf {
        self.config_dir.join("vault.age")
    }
}

/// Names one run of a test: a late event of an older run never overwrites a newer one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RunId(pub u64);

#[derive(Debug)]
pub enum Command {
    /// Reads settings, connections and history. The vault is asked by `ProbeVault`, since that may show a prompt.
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
    Recover(Recovery),
    OpenInBrowser {
        url: String,
    },
    /// Opens a second window on the embedded demo workspaces.
    OpenDemo,
}

/// What to do about a file that is lost or damaged. What is replaced is kept beside it.
#[derive(Debug)]
pub enum Recovery {
    /// The newest good backup takes the place of the connections file.
    ConnectionsBackup,
    /// An empty list takes the place of the connections file.
    EmptyList,
    /// The encrypted file goes back to the state before its last save.
    VaultBackup { passphrase: SecretString },
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

impl StoredSecret {
    fn of(secret: &SecretString) -> Self {
        let text = secret.expose_secret();
        let length = text.chars().count();
        let last_four = if length < 12 { String::new() } else { text.chars().skip(length - 4).collect() };
        Self::Stored { length, last_four }
    }
}

#[derive(Debug)]
pub enum Event {
    Settings {
        settings: Settings,
        window: WindowMemory,
        vault_from_environment: bool,
        /// An encrypted file is there already: its passphrase is asked for, not chosen.
        vault_file_exists: bool,
        problem: Option<Failure>,
    },
    /// The list as it now is in the file.
    Library(Arc<Snapshot>),
    LibraryFailed(Failure),
    /// What the last test of these connections found; `None`: untested, or edited since.
    History(Vec<(ConnectionId, Option<LastTest>)>),
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
    /// The secrets of what was asked to be purged are gone.
    Purged {
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
    /// What `Recover` did, in words for the person.
    Recovered {
        words: String,
    },
    /// A command that has no answer of its own failed.
    Failed {
        failure: Failure,
    },
}

/// The handle that the window and the command line hold.
pub struct Engine {
    commands: Option<mpsc::UnboundedSender<Command>>,
    thread: Option<JoinHandle<()>>,
}

/// The other end: what happened, in order.
pub struct Events {
    receiver: mpsc::UnboundedReceiver<Event>,
}

impl Engine {
    /// Starts the thread that owns the runtime; returns at once. `wake` is called after each event (the window asks for a repaint).
    ///
    /// # Errors
    /// The system gives no more threads.
    pub fn start(places: Places, wake: impl Fn() + Send + Sync + 'static) -> std::io::Result<(Self, Events)> {
        let (commands, inbox) = mpsc::unbounded_channel();
        let (outbox, receiver) = mpsc::unbounded_channel();
        let thread = std::thread::Builder::new()
            .name("engine".to_owned())
            .spawn(move || shared::run(places, inbox, shared::Outbox::new(outbox, Arc::new(wake))))?;
        Ok((Self { commands: Some(commands), thread: Some(thread) }, Events { receiver }))
    }

    /// Never blocks. After `finish` nothing more is taken.
    pub fn send(&self, command: Command) {
        if let Some(commands) = &self.commands {
            // The engine only ends when this handle is dropped; a send that fails means that it died, which its last event has told.
            let _ = commands.send(command);
        }
    }

    /// Cancels the tests that run, waits for the saves that were asked for, then returns.
    pub fn finish(mut self) {
        self.stop();
    }

    fn stop(&mut self) {
        drop(self.commands.take());
        if let Some(thread) = self.thread.take() {
            // A panic of the engine's thread has nobody left to hear of it.
            let _ = thread.join();
        }
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        self.stop();
    }
}

impl Events {
    /// The next event that is there already.
    pub fn try_next(&mut self) -> Option<Event> {
        self.receiver.try_recv().ok()
    }

    /// Waits for the next event; `None` when the engine has ended.
    pub fn wait(&mut self) -> Option<Event> {
        self.receiver.blocking_recv()
    }
}
