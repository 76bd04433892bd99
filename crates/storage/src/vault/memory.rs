//! This session only: secrets that are gone when Brickpass ends.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use super::{
    VaultError,
    store::{Bytes, Item, Store},
};

#[derive(Default)]
pub(crate) struct MemoryStore {
    secrets: Mutex<HashMap<String, Bytes>>,
}

impl Store for MemoryStore {
    fn get(&self, account: &str) -> Result<Option<Bytes>, VaultError> {
        Ok(self.secrets.lock().unwrap_or_else(PoisonError::into_inner).get(account).cloned())
    }

    fn put(&self, items: &[Item]) -> Result<(), VaultError> {
        let mut secrets = self.secrets.lock().unwrap_or_else(PoisonError::into_inner);
        secrets.extend(items.iter().map(|item| (item.account.clone(), item.bytes.clone())));
        Ok(())
    }

    fn delete(&self, accounts: &[String]) -> Result<(), VaultError> {
        let mut secrets = self.secrets.lock().unwrap_or_else(PoisonError::into_inner);
        for account in accounts {
            secrets.remove(account);
        }
        Ok(())
    }
}
