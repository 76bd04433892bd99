//! The dialog in front of the window, one at a time.

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
    /// Connections are about to be deleted, with what cannot be typed again.
    Delete(Box<Deletion>),
    /// A key requested the end of this connection's sign-in.
    SignOut {
        id: ConnectionId,
    },
    /// The connection was changed elsewhere while it was edited here, and the changes conflict.
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
        /// The passphrase is forgotten: a new vault replaces this one, which is kept.
        anew: bool,
        passphrase: TypedSecret,
        again: TypedSecret,
        waiting: bool,
        failure: Option<Failure>,
        /// The passphrase was just rejected: the person types it again next.
        retype: bool,
        then_save: Option<ConnectionId>,
    },
    /// The workspaces of an account to add as connections.
    AddWorkspaces(Box<AddWorkspaces>),
    GenerateToken(Box<GenerateToken>),
    RotateToken(Box<RotateToken>),
    RevokeTokens(Box<RevokeTokens>),
    ExportActivity(Box<ExportActivity>),
    /// The diagnostics for support.
    Diagnostics(Box<ShowDiagnostics>),
    /// A dialog of the *Administration* tab.
    Admin(Box<AdminDialog>),
    /// A secret is about to be included in an export.
    IncludeSecret(Box<IncludeSecret>),
    SaveExport(Box<SaveExport>),
    /// The import of connections.
    Import(Box<Importing>),
    /// The backup of all connections.
    BackUp(Box<BackUp>),
    /// Secrets in the Databricks CLI's file that are now in the vault.
    MoveSecrets(Box<Moving>),
    /// The settings that Databricks' tools would use in a folder.
    Effective(Box<ShowEffective>),
    /// The window is about to close while renewed sign-ins are not saved; `waiting`: saving is tried again.
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
