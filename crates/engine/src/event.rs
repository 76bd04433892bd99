//! What the engine broadcasts, and how the answers of requests reach the window.

use std::{any::Any, collections::HashMap, fmt, sync::Arc};

use super::{
    cli_tokens::CliToken,
    reminders::{Reminder, ReminderChoice},
};
use brickpass_core::{
    connection::{ConnectionId, LastTest},
    failure::Failure,
};
use brickpass_databricks::session::SignIn;
use brickpass_storage::{ActivityEntry, Settings, SignInNote, Snapshot, TokenNote, VaultHome, VaultStatus, WindowMemory};

#[derive(Debug)]
pub enum Event {
    /// The answer to a [`super::Ask`], or a step on its way there.
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
    /// Something failed that no request waits for.
    Failed(Failure),
}

/// What is done with an answer: opaque to the engine, which only carries it to the window.
pub struct Continuation(pub Box<dyn Any + Send>);

impl fmt::Debug for Continuation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Continuation")
    }
}
