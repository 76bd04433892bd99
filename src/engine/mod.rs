//! The one place where work is started. Command in, events out, on the tokio runtime; cancellable.

mod accounts;
mod activity;
mod clipboard;
mod lane;
mod owner;
mod shared;
mod signing_in;
mod testing;
mod tokens;

use std::{path::PathBuf, sync::Arc, thread::JoinHandle, time::Duration};

use secrecy::{ExposeSecret as _, SecretString};
use tokio::sync::mpsc;

use crate::{
    check::{Progress, Report},
    connection::{AccountId, BaseUrl, Connection, ConnectionId, LastTest, LevelKind, Reviewed, SecretKind},
    databricks::{AccountWorkspace, NewToken, Token, TokenRequest},
    failure::Failure,
    storage::{Entry, Revision, Settings, Snapshot, Vault, VaultHome, VaultStatus, WindowMemory},
};
pub use crate::{oauth::AccessToken, session::SignIn, storage::TokenNote};
pub use tokens::{comment_without_mark, default_comment};

/// Where things lie and what the environment says. Read once, at the edge; the engine never looks at the environment.
#[derive(Clone)]
pub struct Places {
    pub config_dir: PathBuf,
    pub state_dir: PathBuf,
    /// A vault that the caller has chosen (`BRICKPASS_VAULT`, the demo, a test): stands above the settings.
    pub vault: Option<Vault>,
    /// Certificate authorities that the environment names (`SSL_CERT_FILE`): stands below the settings.
    pub ca_file: Option<PathBuf>,
    /// Receives the browser's answer when the connection names no port (`DATABRICKS_OAUTH_CALLBACK_PORT`).
    pub redirect_port: Option<u16>,
    /// Where people sign in who do not know their workspace's address (`DATABRICKS_DISCOVERY_HOST`); login.databricks.com when unset.
    pub discovery_host: Option<BaseUrl>,
    /// Opens a web address in place of the system's own way (tests).
    pub open_url: Option<OpenUrl>,
    /// How long a sign-in waits for the browser, and then for an answer to a question; [`Places::SIGN_IN_LIMIT`] but in tests.
    pub sign_in_limit: Duration,
}

/// Hands an address to a browser; may block.
pub type OpenUrl = Arc<dyn Fn(&str) -> std::io::Result<()> + Send + Sync>;

impl Places {
    /// Long enough for a second factor, short enough that no listener is forgotten.
    pub const SIGN_IN_LIMIT: Duration = Duration::from_mins(5);

    /// Nothing but the two folders: the settings and the system decide the rest.
    #[must_use]
    pub fn new(config_dir: PathBuf, state_dir: PathBuf) -> Self {
        Self {
            config_dir,
            state_dir,
            vault: None,
            ca_file: None,
            redirect_port: None,
            discovery_host: None,
            open_url: None,
            sign_in_limit: Self::SIGN_IN_LIMIT,
        }
    }

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
    /// Puts a secret on the clipboard, marked as one, and takes it off again after the time that the settings name.
    CopySecret {
        secret: SecretString,
        /// What it is, in words: "access token".
        what: String,
    },
    /// The same for a stored secret, which goes there straight from the vault.
    CopyStored {
        id: ConnectionId,
        kind: SecretKind,
    },
    /// Takes the copied secret off the clipboard before its time.
    ClearClipboard,
    /// Leaves it there for 30 s more.
    KeepClipboard,
    /// Signs in through the browser. `owner` is the connection that holds the sign-in.
    SignIn {
        run: RunId,
        owner: Box<Connection>,
        place: SignInPlace,
        /// Off for `brickpass login --no-browser`: the address is only told.
        open_browser: bool,
    },
    /// Yes or no to `SignInStep::ConfirmHost` or `SignInStep::OtherUser`.
    AnswerSignIn {
        run: RunId,
        yes: bool,
    },
    CancelSignIn {
        run: RunId,
    },
    /// Ends the sign-in that this connection uses: revoked where possible, deleted here.
    SignOut {
        id: ConnectionId,
    },
    /// Who is signed in.
    DescribeSignIn {
        id: ConnectionId,
    },
    /// A valid access token, for the command line.
    AccessToken {
        id: ConnectionId,
    },
    /// The workspaces of the account that this connection reaches.
    ListWorkspaces {
        id: ConnectionId,
    },
    /// Adds connections that use the sign-in of an account connection.
    AddWorkspaces {
        connections: Vec<Connection>,
    },
    /// Tries again to store sign-ins that the vault did not take.
    StoreSignIns,
    /// The personal access tokens of the user that this connection signs in as.
    ListTokens {
        id: ConnectionId,
    },
    /// Makes a personal access token, once. Nothing is stored.
    GenerateToken {
        run: RunId,
        id: ConnectionId,
        request: TokenRequest,
    },
    /// From now on the connection signs in with this token: stored first, then the connection is saved with it.
    UseToken {
        id: ConnectionId,
        new: Box<NewToken>,
    },
    RevokeTokens {
        id: ConnectionId,
        token_ids: Vec<String>,
    },
    /// Replaces the token that this connection signs in with: made, tried with a real call, stored, and only then is the old one revoked.
    RotateToken {
        run: RunId,
        id: ConnectionId,
        request: TokenRequest,
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
    /// The address of a sign-in that waits, once more.
    OpenSignInPage {
        address: SecretString,
    },
    /// Opens a second window on the embedded demo workspaces.
    OpenDemo,
    /// Ends the engine as dropping its handle does: tests are cancelled, saves and renewals brought to their end.
    Stop,
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

/// The tokens of a user, and what is known about making more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenList {
    pub tokens: Vec<Token>,
    /// The token that this connection signs in with, when Brickpass made it.
    pub in_use: Option<String>,
    /// The longest lifetime that the workspace allows, in days, when the user may know.
    pub longest_days: Option<u32>,
}

/// What a rotation left behind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rotated {
    pub token: Token,
    /// The old token could not be revoked, or is not known: it is still valid. Why.
    pub old_remains: Option<Failure>,
}

/// Where a sign-in begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignInPlace {
    /// At the address of the connection.
    Here,
    /// At login.databricks.com, which asks the person which workspace (or account) they mean. Needs no saved connection: the tokens are
    /// held in memory until a connection of this id is saved.
    Anywhere { level: LevelKind },
}

/// How far a sign-in has come.
#[derive(Debug)]
pub enum SignInStep {
    CheckingVault,
    Discovering,
    /// The browser is open (or could not be opened), the listener waits.
    Waiting {
        /// To be copied into a browser. Not a secret of its own, but it is not logged.
        address: SecretString,
        port: u16,
        until: jiff::Timestamp,
        browser_opened: bool,
    },
    /// Somebody answered with a wrong key; the sign-in goes on.
    WrongKey {
        count: usize,
    },
    /// The browser came back; the code is being exchanged, the user being asked for.
    Exchanging,
    /// The person has to say whether this is the host they mean, before the code is sent there.
    ConfirmHost {
        host: BaseUrl,
    },
    /// Somebody else is signed in so far.
    OtherUser {
        stored: String,
        new: String,
    },
}

/// How a sign-in ended well.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedIn {
    pub sign_in: SignIn,
    /// Worth knowing: scopes that were not granted, an expiry that was assumed, a vault that did not take it.
    pub hints: Vec<String>,
    /// What the person did not know before (`SignInPlace::Anywhere`).
    pub found: Option<Found>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    pub base_url: BaseUrl,
    pub account_id: Option<AccountId>,
    pub workspace_id: Option<String>,
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
    /// What is known of the tokens that these connections sign in with; `None`: nothing any more.
    TokenNotes(Vec<(ConnectionId, Option<TokenNote>)>),
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
    /// A secret was copied, or is kept longer. Not `guaranteed`: this system may not let it be taken off again.
    ClipboardHolds {
        what: String,
        until: jiff::Timestamp,
        guaranteed: bool,
    },
    /// The copied secret is not on the clipboard any more. `taken_over`: something else is there, which was left alone.
    ClipboardCleared {
        taken_over: bool,
    },
    /// The copied secret may still be on the clipboard; it is not tried again.
    ClipboardNotCleared {
        failure: Failure,
    },
    SignInProgress {
        run: RunId,
        id: ConnectionId,
        step: SignInStep,
    },
    SignInFinished {
        run: RunId,
        id: ConnectionId,
        outcome: Result<SignedIn, Failure>,
    },
    /// `None`: nobody is signed in. Also told after sign-in, sign-out and refresh.
    SignInDescribed {
        id: ConnectionId,
        outcome: Result<Option<SignIn>, Failure>,
    },
    SignedOut {
        id: ConnectionId,
    },
    AccessToken {
        id: ConnectionId,
        outcome: Result<AccessToken, Failure>,
    },
    Workspaces {
        id: ConnectionId,
        outcome: Result<Vec<AccountWorkspace>, Failure>,
    },
    WorkspacesAdded {
        ids: Vec<ConnectionId>,
    },
    Tokens {
        id: ConnectionId,
        outcome: Result<TokenList, Failure>,
    },
    TokenGenerated {
        run: RunId,
        id: ConnectionId,
        outcome: Result<NewToken, Failure>,
    },
    /// What `UseToken` came to. When it failed, the value is still with whoever asked: it is offered once more, never silently lost.
    TokenUsed {
        id: ConnectionId,
        outcome: Result<(), Failure>,
    },
    TokensRevoked {
        id: ConnectionId,
        revoked: Vec<String>,
        failed: Vec<(String, Failure)>,
    },
    TokenRotated {
        run: RunId,
        id: ConnectionId,
        outcome: Result<Rotated, Failure>,
    },
    /// Renewed sign-ins that the vault did not take: they are lost when the program ends. Empty: all are stored now.
    SignInsUnsaved {
        ids: Vec<ConnectionId>,
        failure: Option<Failure>,
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

/// Ends an engine from elsewhere than where its handle is.
pub struct Stopper(mpsc::WeakUnboundedSender<Command>);

impl Stopper {
    /// Returns when the engine has ended; what it was asked to save is saved, a sign-in that was being renewed is stored. False: it is ending
    /// already, and who ended it waits for that.
    pub async fn stop(self) -> bool {
        let Some(commands) = self.0.upgrade() else { return false };
        let _ = commands.send(Command::Stop);
        commands.closed().await;
        true
    }
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

    /// `None` after `finish`.
    #[must_use]
    pub fn stopper(&self) -> Option<Stopper> {
        self.commands.as_ref().map(|commands| Stopper(commands.downgrade()))
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
