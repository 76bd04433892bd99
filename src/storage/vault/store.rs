//! What every home of secrets can do: bytes by account. A seam, so that tests can make each call fail.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
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

/// Text that is wiped when dropped, as it stands in JSON.
#[derive(Clone)]
pub(crate) struct WipedText(pub(crate) Zeroizing<String>);

impl Serialize for WipedText {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for WipedText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(|text| Self(Zeroizing::new(text)))
    }
}
