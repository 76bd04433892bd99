//! The vault, what it stores for each connection, and the secret that is revealed or on the clipboard.

use std::collections::HashMap;

use jiff::Timestamp;
use secrecy::SecretString;

use super::{Copied, Remote};
use brickpass_core::connection::{ConnectionId, SecretKind};
use brickpass_engine::StoredSecret;
use brickpass_storage::{VaultHome, VaultStatus};

/// What is known about the secrets; their values only while one is revealed.
#[derive(Debug, Default)]
pub struct Secrets {
    pub vault: Remote<(VaultHome, VaultStatus)>,
    pub vault_from_environment: bool,
    /// An encrypted file exists: its passphrase is asked for, not set.
    pub vault_file_exists: bool,
    pub(super) stored: HashMap<(ConnectionId, SecretKind), Remote<StoredSecret>>,
    pub(super) revealed: Option<(ConnectionId, SecretKind, SecretString, Timestamp)>,
    /// The secret on the clipboard.
    pub(super) copied: Option<Copied>,
}

impl Secrets {
    /// What the vault stores for the shown form.
    pub fn stored_secret(&self, id: ConnectionId, kind: SecretKind) -> Option<&StoredSecret> {
        self.stored.get(&(id, kind)).and_then(Remote::value)
    }

    /// A stored secret that the person revealed; dropped as soon as another connection is shown.
    pub fn revealed(&self, id: ConnectionId, kind: SecretKind) -> Option<(&SecretString, Timestamp)> {
        self.revealed.as_ref().filter(|(of, which, ..)| (*of, *which) == (id, kind)).map(|(_, _, secret, since)| (secret, *since))
    }

    pub fn revealed_anywhere(&self) -> Option<&SecretString> {
        self.revealed.as_ref().map(|(_, _, secret, _)| secret)
    }

    pub fn hide_secret(&mut self) {
        self.revealed = None;
    }

    /// The storage in use; `None` while unknown.
    pub fn home(&self) -> Option<VaultHome> {
        self.vault.value().map(|(home, _)| *home)
    }

    /// Where secrets of new connections are stored, in words that follow "Stored in"; `None` if unknown or unavailable.
    pub fn vault_place(&self) -> Option<&str> {
        match self.vault.value()? {
            (_, VaultStatus::Ready { place } | VaultStatus::Locked { place, .. }) => Some(place),
            (_, VaultStatus::Unavailable(_) | VaultStatus::Lost { .. }) => None,
        }
    }
}
