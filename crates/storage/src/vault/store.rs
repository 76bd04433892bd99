//! What every home of secrets can do: bytes by account. A seam, so that tests can make each call fail.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use zeroize::Zeroizing;

use super::VaultError;

/// Bytes that are wiped when dropped.
pub(crate) type Bytes = Zeroizing<Vec<u8>>;

/// JSON in a buffer that never grows: a buffer that moves leaves what it held behind, unwiped.
pub(crate) fn to_wiped_json(value: &impl serde::Serialize) -> serde_json::Result<Bytes> {
    let mut length = Length(0);
    serde_json::to_writer(&mut length, value)?;
    let mut bytes = Zeroizing::new(Vec::with_capacity(length.0));
    serde_json::to_writer(&mut *bytes, value)?;
    Ok(bytes)
}

/// Counts what is written and keeps nothing.
struct Length(usize);

impl std::io::Write for Length {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0 += bytes.len();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

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

    /// As `get` for each of them; one reading where the home can do that.
    ///
    /// # Errors
    /// As `get`.
    fn get_all(&self, accounts: &[String]) -> Result<Vec<Option<Bytes>>, VaultError> {
        accounts.iter().map(|account| self.get(account)).collect()
    }

    /// Every entry of that name: a keyring may hold several, made by other programs or in other collections.
    ///
    /// # Errors
    /// As `get`.
    fn twins(&self, account: &str) -> Result<Vec<Bytes>, VaultError> {
        Ok(self.get(account)?.into_iter().collect())
    }

    /// All of them or, where the home can do that, none.
    ///
    /// # Errors
    /// Locked, unavailable, full.
    fn put(&self, items: &[Item]) -> Result<(), VaultError>;

    /// Each in place of these bytes, and of no others: what has changed since is left alone.
    ///
    /// # Errors
    /// As `put`.
    fn replace(&self, items: Vec<(Bytes, Item)>) -> Result<(), VaultError> {
        for (before, item) in items {
            if self.get(&item.account)?.is_some_and(|now| now == before) {
                self.put(&[item])?;
            }
        }
        Ok(())
    }

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
