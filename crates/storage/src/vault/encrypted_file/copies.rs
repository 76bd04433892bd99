//! The copies beside the file: a missing file is lost and not replaced by itself, its backup comes back on request, and who gives up the
//! stored secrets begins anew. Nothing here overwrites the last copy of anything.

use std::{fs, path::PathBuf};

use secrecy::SecretString;

use super::{EncryptedFile, LIMIT, Open, State, may_begin_with, with_suffix};
use crate::{
    atomic_file::{self, FileError, LOCK_TIMEOUT, Lock},
    vault::VaultError,
};

impl EncryptedFile {
    /// The file is missing though there was one: its backup is there, or this computer has seen it with secrets in it.
    pub(crate) fn lost(&self) -> Option<VaultError> {
        if self.exists() {
            return None;
        }
        let backup = self.backup_path().symlink_metadata().is_ok();
        let had_secrets = || self.seen.last().is_some_and(|last| last.entries > 0);
        (backup || had_secrets()).then(|| VaultError::Lost { path: self.path.clone(), backup })
    }

    /// By how many saves the open file is older than the newest that was seen here.
    pub(crate) fn saves_behind(&self) -> Option<u64> {
        let state = self.state();
        let now = self.contents(&state).ok()?.record();
        let seen = self.seen.last().filter(|seen| now.id.is_none() || seen.id == now.id)?;
        seen.most.checked_sub(now.saves).filter(|behind| *behind > 0)
    }

    /// Puts the backup in place of a damaged or missing file; a damaged one is kept as `<name>.corrupt`. The backup must open with this
    /// passphrase.
    ///
    /// # Errors
    /// There is no backup, or it does not open; disk errors with the path.
    pub(crate) fn restore_backup(&self, passphrase: SecretString) -> Result<(), VaultError> {
        let mut state = self.state();
        let _lock = Lock::acquire(&self.path, LOCK_TIMEOUT)?;
        let no_backup = || self.lost().unwrap_or_else(|| self.damaged());
        let backup = atomic_file::read(&self.backup_path(), LIMIT)?.ok_or_else(no_backup)?;
        let (file, secrets) = self.decrypt(backup.bytes, &passphrase)?;
        if let Some(damaged) = atomic_file::read(&self.path, LIMIT)? {
            let is_kept =
                |path: &PathBuf| atomic_file::read(path, LIMIT).is_ok_and(|kept| kept.is_some_and(|kept| kept.bytes == damaged.bytes));
            let aside = self.free(".corrupt", is_kept)?;
            atomic_file::write(&*self.disk, &aside, &damaged.bytes)?;
        }
        let stamp = atomic_file::write(&*self.disk, &self.path, file.bytes())?;
        self.seen.begin_with(&secrets.record());
        *state = State { passphrase: Some(passphrase), open: Some(Open::File(stamp, file)), ..State::default() };
        Ok(())
    }

    /// Sets the file and its backup aside as `<name>.former` and `<name>.bak.former`, and makes an empty file that this passphrase opens.
    ///
    /// # Errors
    /// A weak passphrase; disk errors with the path.
    pub(crate) fn begin_anew(&self, passphrase: SecretString) -> Result<Vec<PathBuf>, VaultError> {
        may_begin_with(&passphrase)?;
        let mut state = self.state();
        let _lock = Lock::acquire(&self.path, LOCK_TIMEOUT)?;
        let mut kept = Vec::new();
        // The backup first: whatever stops this half-way, the file is in place or known to be lost.
        for (from, suffix) in [(self.backup_path(), ".bak.former"), (self.path.clone(), ".former")] {
            if from.symlink_metadata().is_ok() {
                let aside = self.free(suffix, |_| false)?;
                fs::rename(&from, &aside).map_err(|error| FileError::io("move", &from, error))?;
                kept.push(aside);
            }
        }
        self.make_first(&mut state, passphrase)?;
        kept.reverse();
        Ok(kept)
    }

    /// A name beside the file that nothing bears yet (or that `may_stay`).
    fn free(&self, suffix: &str, may_stay: impl Fn(&PathBuf) -> bool) -> Result<PathBuf, VaultError> {
        let numbered = |number: u32| if number == 1 { suffix.to_owned() } else { format!("{suffix}-{number}") };
        let mut names = (1..1000).map(|number| with_suffix(&self.path, &numbered(number)));
        let free = names.find(|path| path.symlink_metadata().is_err() || may_stay(path));
        free.ok_or_else(|| FileError::io("keep a copy of", &self.path, std::io::ErrorKind::AlreadyExists.into()).into())
    }
}
