//! Which entries of a locked encrypted file are outdated, because the keyring was written meanwhile. Names of entries, no secrets.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use crate::json_file::{self, Found};

/// A note is not worth waiting long for.
const LOCK_TIMEOUT: Duration = Duration::from_secs(2);

pub(super) struct StaleNotes {
    path: PathBuf,
}

impl StaleNotes {
    pub(super) fn beside(file: &Path) -> Self {
        let mut name = file.as_os_str().to_owned();
        name.push(".stale.json");
        Self { path: name.into() }
    }

    /// One `stat` when there are no notes, which is always but after a change of home.
    pub(super) fn contains(&self, account: &str) -> bool {
        matches!(json_file::read(&self.path), Ok(Found::Object(map)) if map.contains_key(account))
    }

    pub(super) fn add(&self, accounts: &[String]) {
        let _ =
            json_file::update(&self.path, LOCK_TIMEOUT, |map| map.extend(accounts.iter().map(|account| (account.clone(), true.into()))));
    }

    pub(super) fn remove(&self, accounts: &[String]) {
        if self.path.exists() {
            let _ = json_file::update(&self.path, LOCK_TIMEOUT, |map| map.retain(|account, _| !accounts.contains(account)));
        }
    }
}
