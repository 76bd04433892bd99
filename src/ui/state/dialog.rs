//! What stands in front of the window until it is answered. One at a time.

use super::{
    AddWorkspaces, AdminDialog, BackUp, Conflict, Deletion, ExportActivity, GenerateToken, Importing, IncludeSecret, Moving, RevokeTokens,
    RotateToken, SaveExport, ShowDiagnostics, ShowEffective,
};
use brickpass_core::{
    connection::{AuthKind, ConnectionId, TypedSecret},
    failure::Failure,
};
use brickpass_storage::weak_passphrase;

#[derive(Debug)]
pub enum Dialog {
    /// The window is about to close while these have unsaved edits.
    Close {
        unsaved: Vec<(ConnectionId, String)>,
    },
    /// Connections are about to be deleted, and what cannot be typed again with them.
    Delete(Box<Deletion>),
    /// A key asked to end the sign-in of this connection.
    SignOut {
        id: ConnectionId,
    },
    /// The connection was changed elsewhere while it was edited here, and not all of it can be merged.
    Conflict(Box<Conflict>),
    /// It was deleted elsewhere while it was edited here. `lost`: the secret or sign-in that was deleted with it.
    Removed {
        id: ConnectionId,
        name: String,
        lost: Option<AuthKind>,
    },
    /// The encrypted file needs its passphrase; `new`: it is set for the first time.
    Unlock {
        place: String,
        new: bool,
        /// The passphrase is forgotten: a new vault takes the place of this one, which is kept.
        anew: bool,
        passphrase: TypedSecret,
        again: TypedSecret,
        waiting: bool,
        failure: Option<Failure>,
        /// It was refused just now: the next thing to do is to type it again.
        retype: bool,
        then_save: Option<ConnectionId>,
    },
    /// Which workspaces of an account are to become connections.
    AddWorkspaces(Box<AddWorkspaces>),
    GenerateToken(Box<GenerateToken>),
    RotateToken(Box<RotateToken>),
    RevokeTokens(Box<RevokeTokens>),
    ExportActivity(Box<ExportActivity>),
    /// What somebody who helps may see.
    Diagnostics(Box<ShowDiagnostics>),
    /// What an administrator is asked.
    Admin(Box<AdminDialog>),
    /// A secret is about to stand in an export.
    IncludeSecret(Box<IncludeSecret>),
    SaveExport(Box<SaveExport>),
    /// Connections from elsewhere.
    Import(Box<Importing>),
    /// All connections into one encrypted file.
    BackUp(Box<BackUp>),
    /// Secrets that stand in the Databricks CLI's file and are in the vault now.
    MoveSecrets(Box<Moving>),
    /// What Databricks' tools would use in a folder.
    Effective(Box<ShowEffective>),
    /// The window is about to close while renewed sign-ins are not stored; `waiting`: it is tried again.
    SignInsUnsaved {
        waiting: bool,
    },
    Settings,
    Shortcuts,
    Palette,
}

impl Dialog {
    /// Whether the passphrase can be tried.
    pub fn may_unlock(&self) -> bool {
        matches!(self, Self::Unlock { new, anew, passphrase, again, waiting: false, .. }
            if if *new || *anew { weak_passphrase(passphrase.expose()).is_none() && passphrase == again } else { !passphrase.is_empty() })
    }
}
