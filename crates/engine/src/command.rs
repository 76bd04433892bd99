//! What the engine can be asked to do.

use secrecy::SecretString;

use super::{Ask, RunId};
use brickpass_core::connection::{Connection, ConnectionId, LevelKind, Reviewed};
use brickpass_storage::{Entry, Revision};

#[derive(Debug)]
pub enum Command {
    /// A request of a type of its own.
    Ask(Ask),
    /// Reads settings, connections and history. The vault is asked by `ProbeVault`, since that may show a prompt.
    Start,
    /// Looks whether the connections file was changed by somebody else, and reads it again if so.
    Refresh,
    Save {
        reviewed: Box<Reviewed>,
        /// `None` for a new connection.
        base: Option<Revision>,
    },
    /// A save is no longer waited for. What it has stored by then is taken back as soon as the vault answers.
    CancelSave {
        id: ConnectionId,
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
        /// Those of them, as they were saved, whose tokens are then revoked at Databricks.
        revoke: Vec<Connection>,
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
    /// The address that the browser ended on, where it could not come back by itself. Judged as an answer of the browser is.
    PasteSignIn {
        run: RunId,
        address: SecretString,
    },
    /// Ends the engine as dropping its handle does: tests are cancelled, saves and renewals brought to their end.
    Stop,
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
