//! Secrets by (connection, kind). Three homes: the operating system's keyring, an encrypted file, this session only.

use std::path::PathBuf;

use secrecy::SecretString;
use serde::{Deserialize, Serialize};

use crate::{
    connection::{ConnectionId, SecretKind},
    failure::Failure,
};

/// Where secrets are kept. A choice of the person's; never changed behind their back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum VaultHome {
    #[default]
    Keyring,
    File,
    Memory,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct SecretKey {
    pub connection: ConnectionId,
    pub kind: SecretKind,
}

#[derive(Debug, Clone)]
pub struct VaultConfig {
    pub home: VaultHome,
    /// The encrypted file, used when `home` is `File` (and looked at for older secrets otherwise).
    pub file: PathBuf,
    /// Known from the environment; else the person is asked (`Vault::unlock`).
    pub passphrase: Option<SecretString>,
}

/// What a probe found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum VaultStatus {
    /// Ready; where, in words that follow "Stored in": "GNOME Keyring", "the encrypted file ~/.../vault.age", "this session only".
    Ready {
        place: String,
    },
    /// A passphrase is needed. `new`: no file yet, the passphrase will be set.
    Locked {
        place: String,
        new: bool,
    },
    Unavailable(Failure),
}

#[derive(Debug, thiserror::Error)]
pub enum VaultError {
    #[error("the vault is locked")]
    Locked,
}

impl VaultError {
    #[must_use]
    pub fn failure(&self) -> Failure {
        todo!()
    }
}

/// A handle that is cheap to clone and safe to share. All calls block (a keyring may ask the person to unlock it).
#[derive(Clone)]
pub struct Vault {}

impl Vault {
    /// Touches nothing yet.
    #[must_use]
    pub fn new(_config: VaultConfig) -> Self {
        todo!()
    }

    #[must_use]
    pub fn home(&self) -> VaultHome {
        todo!()
    }

    /// Writes, reads and deletes a random entry, 3 s at most an operation.
    #[must_use]
    pub fn probe(&self) -> VaultStatus {
        todo!()
    }

    /// Opens the encrypted file, or sets the passphrase of a new one.
    ///
    /// # Errors
    /// `WrongPassphrase` (after a delay), file errors.
    pub fn unlock(&self, _passphrase: SecretString) -> Result<(), VaultError> {
        todo!()
    }

    /// # Errors
    /// Locked, unavailable, damaged. Nothing stored is `None`.
    pub fn get(&self, _key: SecretKey) -> Result<Option<SecretString>, VaultError> {
        todo!()
    }

    /// # Errors
    /// On any error the old secret is still there.
    pub fn put(&self, _key: SecretKey, _secret: &SecretString) -> Result<(), VaultError> {
        todo!()
    }

    /// Deleting what is not there succeeds.
    ///
    /// # Errors
    /// Locked, unavailable.
    pub fn delete(&self, _key: SecretKey) -> Result<(), VaultError> {
        todo!()
    }

    /// Copies the secrets of these connections into another vault, verifies each, then deletes them here. Used when the person picks another home.
    ///
    /// # Errors
    /// On any error every secret is still where it was.
    pub fn move_to(&self, _other: &Self, _keys: &[SecretKey]) -> Result<usize, VaultError> {
        todo!()
    }
}
