//! What every home of secrets can do: bytes by account. A seam, so that tests can make each call fail.

use zeroize::Zeroizing;

use super::VaultError;

/// Bytes that are wiped when dropped.
pub(crate) type Bytes = Zeroizing<Vec<u8>>;

/// One thing to be stored.
pub(crate) struct Item {
    pub(crate) account: String,
    /// What a person reads in their keyring's own window. Nothing secret.
    pub(crate) label: String,
    pub(crate) bytes: Bytes,
}

pub(crate) trait Store: Send + Sync {
    /// The most bytes that one entry may have.
    fn entry_limit(&self) -> usize {
        usize::MAX
    }

    /// # Errors
    /// Locked, unavailable, damaged. Nothing stored is `None`.
    fn get(&self, account: &str) -> Result<Option<Bytes>, VaultError>;

    /// All of them or, where the home can do that, none.
    ///
    /// # Errors
    /// Locked, unavailable, full.
    fn put(&self, items: &[Item]) -> Result<(), VaultError>;

    /// What is not there needs no deleting.
    ///
    /// # Errors
    /// Locked, unavailable.
    fn delete(&self, accounts: &[String]) -> Result<(), VaultError>;
}
