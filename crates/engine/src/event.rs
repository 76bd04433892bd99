//! What the engine tells, and the shapes of what it found.

use std::{collections::HashMap, sync::Arc};

use secrecy::SecretString;

use super::{CliToken, Continuation, Reminder, ReminderChoice, RunId};
use brickpass_core::{
    connection::{AccountId, BaseUrl, ConnectionId, LastTest},
    failure::Failure,
};
use brickpass_databricks::{
    check::{Progress, Report},
    session::{Farewell, SignIn},
};
use brickpass_storage::{ActivityEntry, Deed, Entry, Settings, SignInNote, Snapshot, TokenNote, VaultHome, VaultStatus, WindowMemory};

#[derive(Debug)]
pub enum Event {
    /// The answer to a [`super::Ask`].
    Answer(Continuation),
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
    /// What is known of sign-ins besides their tokens: all of it, each under the connection that holds the sign-in.
    SignInNotes(HashMap<ConnectionId, SignInNote>),
    /// What a person should hear without having asked: a lost or older vault, a new one, what was interrupted. A sentence or more each.
    Attention {
        words: Vec<String>,
    },
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
    /// The secrets of what was asked to be purged are gone. `farewell`: how the servers took the end of the sign-ins among them.
    Purged {
        ids: Vec<ConnectionId>,
        farewell: Farewell,
    },
    /// What became of the tokens that `Purge` was to revoke: told before its own answer. `left`: the connections whose tokens are still valid;
    /// `failure`: why, and what to do, in one for all.
    RemovedTokens {
        revoked: Vec<(ConnectionId, String)>,
        left: Vec<ConnectionId>,
        failure: Option<Failure>,
    },
    /// Some secrets could not be deleted; it is tried again at the next start.
    PurgeFailed {
        failure: Failure,
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
    /// After a sign-in, a sign-out and a refresh. `None`: no user is signed in.
    SignInDescribed {
        id: ConnectionId,
        outcome: Result<Option<SignIn>, Failure>,
    },
    /// Tokens that expire soon and of which the person has not been told yet at this stage. `shown`: the desktop has told them; otherwise
    /// the window has to.
    Reminders {
        due: Vec<Reminder>,
        shown: bool,
    },
    /// The person answered a reminder of the desktop's. `None`: it told of several connections.
    ReminderAnswered {
        id: Option<ConnectionId>,
        choice: ReminderChoice,
    },
    /// What this program has recorded since it was asked to `ReadActivity`, the newest last.
    ActivityAdded(Vec<ActivityEntry>),
    /// Which connections are published as which profiles, in the file that Databricks' tools read.
    Published(Vec<(ConnectionId, String)>),
    /// What the Databricks CLI has of published profiles, after something about it has changed, or after `ListProfiles`.
    CliTokens {
        tokens: Vec<CliToken>,
        /// They are as they should be now; otherwise, what is known of them.
        settled: bool,
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
    /// A command that has no answer of its own failed. `about`: what was to be done to which connections, where it was about some.
    Failed {
        about: Option<(Deed, Vec<ConnectionId>)>,
        failure: Failure,
    },
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
    /// What was pasted is not the address that this sign-in waits for; it goes on. `other`: it belongs to another sign-in.
    PasteRefused {
        other: bool,
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
