//! What names a secret, and what it is wanted for.

use brickpass_core::connection::{Connection, ConnectionId, EnteredFor, SecretKind};

/// Names one entry of the vault.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct SecretId {
    pub connection: ConnectionId,
    pub kind: SecretKind,
}

/// One entry of the vault together with what its secret is wanted for. A secret that was entered for anything else is not given.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct SecretKey {
    id: SecretId,
    wanted_for: Option<EnteredFor>,
}

impl SecretKey {
    /// The secret of this connection as the connection is now: saved, edited or just made.
    #[must_use]
    pub fn of(connection: &Connection, kind: SecretKind) -> Self {
        Self { id: SecretId { connection: connection.id, kind }, wanted_for: EnteredFor::of(connection, kind) }
    }

    /// For an address that no connection is at hand for.
    #[must_use]
    pub fn new(id: SecretId, wanted_for: EnteredFor) -> Self {
        Self { id, wanted_for: Some(wanted_for) }
    }

    /// A sign-in: its record names the server and the OAuth application that it is for, and `session` compares both.
    #[must_use]
    pub fn sign_in(connection: ConnectionId) -> Self {
        Self { id: SecretId { connection, kind: SecretKind::RefreshToken }, wanted_for: None }
    }

    /// The current access token of a service principal: its record names what it is for as well.
    #[must_use]
    pub fn principals_token(connection: ConnectionId) -> Self {
        Self { id: SecretId { connection, kind: SecretKind::AccessToken }, wanted_for: None }
    }

    #[must_use]
    pub fn id(&self) -> SecretId {
        self.id
    }

    /// `None` for what a sign-in brought.
    #[must_use]
    pub fn wanted_for(&self) -> Option<&EnteredFor> {
        self.wanted_for.as_ref()
    }
}

impl SecretId {
    /// All that may be stored for a connection.
    #[must_use]
    pub fn all_of(connection: ConnectionId) -> [Self; 4] {
        SecretKind::ALL.map(|kind| Self { connection, kind })
    }

    /// By id, never by name: renames, letter case and odd characters cannot make two entries meet.
    pub(super) fn account(self) -> String {
        format!("v1/{}/{}", self.connection, self.kind.word())
    }

    pub(super) fn of_account(account: &str) -> Option<Self> {
        let (id, word) = account.strip_prefix("v1/")?.split_once('/')?;
        let kind = SecretKind::ALL.into_iter().find(|kind| kind.word() == word)?;
        Some(Self { connection: id.parse().ok()?, kind })
    }

    /// What a person reads in their keyring's own window.
    pub(super) fn label(self) -> String {
        format!("Brickpass: {} of connection {}", self.kind.word().replace('-', " "), self.connection)
    }
}
