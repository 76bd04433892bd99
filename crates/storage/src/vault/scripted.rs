//! A keyring that does what a test tells it to.

use std::{
    collections::BTreeMap,
    sync::Mutex,
    sync::atomic::{AtomicUsize, Ordering},
};

use super::{
    VaultError,
    store::{Bytes, Item, Store},
};

/// As strict as Windows: more than 2560 bytes an entry is refused.
pub(crate) const WINDOWS_LIMIT: usize = 2560;

#[derive(Default)]
pub(crate) struct ScriptedStore {
    pub(crate) entries: Mutex<BTreeMap<String, Bytes>>,
    /// Says yes to probes and no to everything else, in this way.
    pub(crate) trouble: Mutex<Option<fn() -> VaultError>>,
    pub(crate) spare_probes: bool,
    /// Changes (puts and deletes of one entry) until the program dies.
    pub(crate) lifetime: Mutex<Option<usize>>,
    pub(crate) touched: AtomicUsize,
}

impl ScriptedStore {
    pub(crate) fn new() -> Self {
        Self::default()
    }

    pub(crate) fn dies_after(&self, changes: Option<usize>) {
        *self.lifetime.lock().unwrap() = changes;
    }

    pub(crate) fn fails(&self, how: Option<fn() -> VaultError>) {
        *self.trouble.lock().unwrap() = how;
    }

    pub(crate) fn accounts(&self) -> Vec<String> {
        self.entries.lock().unwrap().keys().cloned().collect()
    }

    fn check(&self, account: &str) -> Result<(), VaultError> {
        self.touched.fetch_add(1, Ordering::SeqCst);
        match *self.trouble.lock().unwrap() {
            Some(trouble) if !(self.spare_probes && account.starts_with("__probe_")) => Err(trouble()),
            _ => Ok(()),
        }
    }

    fn live(&self) -> Result<(), VaultError> {
        match &mut *self.lifetime.lock().unwrap() {
            Some(0) => Err(VaultError::Busy),
            Some(left) => {
                *left -= 1;
                Ok(())
            }
            None => Ok(()),
        }
    }
}

impl Store for ScriptedStore {
    fn entry_limit(&self) -> usize {
        2400
    }

    fn get(&self, account: &str) -> Result<Option<Bytes>, VaultError> {
        self.check(account)?;
        Ok(self.entries.lock().unwrap().get(account).cloned())
    }

    fn put(&self, items: &[Item]) -> Result<(), VaultError> {
        for item in items {
            self.check(&item.account)?;
            assert!(item.bytes.len() <= WINDOWS_LIMIT, "{} bytes in one entry", item.bytes.len());
            self.live()?;
            self.entries.lock().unwrap().insert(item.account.clone(), item.bytes.clone());
        }
        Ok(())
    }

    fn delete(&self, accounts: &[String]) -> Result<(), VaultError> {
        for account in accounts {
            self.check(account)?;
            self.live()?;
            self.entries.lock().unwrap().remove(account);
        }
        Ok(())
    }
}
