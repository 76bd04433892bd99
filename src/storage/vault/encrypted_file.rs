//! A file that only a passphrase opens: one age payload (scrypt recipient) that holds a JSON map, replaced whole, the state before kept beside it.
//!
//! Format: <https://age-encryption.org/v1>. Inside: `{"version":1,"secrets":{account: entry, ...}}`.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    thread,
    time::Duration,
};

use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use self::keyed::Keyed;
use super::{
    VaultError,
    store::{Bytes, Item, Store, WipedText},
};
use crate::storage::atomic_file::{self, Disk, FileError, Lock, PATIENCE, RealDisk, Stamp};

mod keyed;

/// scrypt N = 2^16 (64 MiB, about a fifth of a second).
const WORK_FACTOR: u8 = 16;
/// A file that asks for more than 2^18 (256 MiB) is none of ours, and is refused before anything is allocated.
const MOST_WORK: u8 = 18;
const LIMIT: u64 = 16 * 1024 * 1024;
const VERSION: u64 = 1;

pub(crate) struct EncryptedFile {
    path: PathBuf,
    work_factor: u8,
    disk: Arc<dyn Disk>,
    /// How a wrong guess waits.
    pause: fn(Duration),
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// From the environment, not tried yet.
    offered: Option<SecretString>,
    offer_was_wrong: bool,
    passphrase: Option<SecretString>,
    open: Option<Open>,
    wrong_guesses: u32,
}

/// The state of the file that was opened last.
enum Open {
    NoFile,
    File(Stamp, Keyed),
}

impl Open {
    const fn stamp(&self) -> Option<&Stamp> {
        match self {
            Self::NoFile => None,
            Self::File(stamp, _) => Some(stamp),
        }
    }
}

/// What is in the file. Never kept: it lives for a call.
#[derive(Serialize, Deserialize)]
struct Secrets {
    version: u64,
    #[serde(rename = "secrets")]
    entries: BTreeMap<String, WipedText>,
    #[serde(flatten)]
    unknown: serde_json::Map<String, serde_json::Value>,
}

impl Default for Secrets {
    fn default() -> Self {
        Self { version: VERSION, entries: BTreeMap::new(), unknown: serde_json::Map::new() }
    }
}

impl EncryptedFile {
    pub(crate) fn new(path: PathBuf, offered: Option<SecretString>) -> Self {
        Self {
            path,
            work_factor: WORK_FACTOR,
            disk: Arc::new(RealDisk),
            pause: thread::sleep,
            state: Mutex::new(State { offered, ..State::default() }),
        }
    }

    /// N = 2: what it writes is opened (and guessed) at once.
    pub(crate) fn without_work(self) -> Self {
        Self { work_factor: 1, ..self }
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    pub(crate) fn exists(&self) -> bool {
        self.path.symlink_metadata().is_ok()
    }

    /// Has it a passphrase to work with? Says nothing about whether it is the right one.
    pub(crate) fn has_passphrase(&self) -> bool {
        let state = self.state();
        state.passphrase.is_some() || state.offered.is_some()
    }

    /// Opens the file, or makes a new one with this passphrase.
    ///
    /// # Errors
    /// `WrongPassphrase` after a wait that doubles with each wrong guess; damage; file errors.
    pub(crate) fn unlock(&self, passphrase: SecretString) -> Result<(), VaultError> {
        let mut state = self.state();
        if self.exists() {
            return self.try_passphrase(&mut state, passphrase);
        }
        if passphrase.expose_secret().is_empty() {
            return Err(VaultError::EmptyPassphrase);
        }
        let _lock = Lock::acquire(&self.path, PATIENCE)?;
        if self.exists() {
            return self.try_passphrase(&mut state, passphrase);
        }
        let file = self.encrypt(&Secrets::default(), &passphrase)?;
        let stamp = atomic_file::write(&*self.disk, &self.path, file.bytes())?;
        *state = State { passphrase: Some(passphrase), open: Some(Open::File(stamp, file)), ..State::default() };
        Ok(())
    }

    /// Can it be opened with the passphrase at hand?
    ///
    /// # Errors
    /// `Locked` without a passphrase; as `unlock`.
    pub(crate) fn check(&self) -> Result<(), VaultError> {
        self.refresh(&mut self.state())
    }

    /// Puts the backup in place of a damaged file, which is kept as `<name>.corrupt`. The backup must open with this passphrase.
    ///
    /// # Errors
    /// There is no backup, or it does not open; disk errors with the path.
    pub(crate) fn restore_backup(&self, passphrase: SecretString) -> Result<(), VaultError> {
        let mut state = self.state();
        let _lock = Lock::acquire(&self.path, PATIENCE)?;
        let backup = atomic_file::read(&self.backup_path(), LIMIT)?.ok_or_else(|| self.damaged())?;
        let file = self.decrypt(backup.bytes, &passphrase)?;
        if let Some(damaged) = atomic_file::read(&self.path, LIMIT)? {
            atomic_file::write(&*self.disk, &with_suffix(&self.path, ".corrupt"), &damaged.bytes)?;
        }
        let stamp = atomic_file::write(&*self.disk, &self.path, file.bytes())?;
        *state = State { passphrase: Some(passphrase), open: Some(Open::File(stamp, file)), ..State::default() };
        Ok(())
    }

    /// Reads the file again at the next use, whatever its stamp says.
    pub(crate) fn forget_contents(&self) {
        self.state().open = None;
    }

    fn try_passphrase(&self, state: &mut State, passphrase: SecretString) -> Result<(), VaultError> {
        let contents = atomic_file::read(&self.path, LIMIT)?.ok_or(VaultError::Locked)?;
        match self.decrypt(contents.bytes, &passphrase) {
            Ok(file) => {
                *state = State { passphrase: Some(passphrase), open: Some(Open::File(contents.stamp, file)), ..State::default() };
                Ok(())
            }
            Err(error) => {
                if matches!(error, VaultError::WrongPassphrase) {
                    state.wrong_guesses = state.wrong_guesses.saturating_add(1);
                    (self.pause)(Duration::from_millis(250 << state.wrong_guesses.min(5)));
                }
                Err(error)
            }
        }
    }

    /// Brings `state.open` up to what the file holds now.
    fn refresh(&self, state: &mut State) -> Result<(), VaultError> {
        if let Some(offered) = state.offered.take() {
            if self.exists() {
                match self.try_passphrase(state, offered.clone()) {
                    Ok(()) => {}
                    Err(VaultError::WrongPassphrase) => state.offer_was_wrong = true,
                    Err(error) => {
                        state.offered = Some(offered);
                        return Err(error);
                    }
                }
            } else if !offered.expose_secret().is_empty() {
                state.passphrase = Some(offered);
            }
        }
        let Some(passphrase) = state.passphrase.clone() else {
            return Err(if state.offer_was_wrong { VaultError::WrongPassphrase } else { VaultError::Locked });
        };
        let stamp = Stamp::at(&self.path);
        if state.open.as_ref().is_some_and(|open| open.stamp() == stamp.as_ref()) {
            return Ok(());
        }
        state.open = Some(match atomic_file::read(&self.path, LIMIT)? {
            Some(contents) => Open::File(contents.stamp, self.decrypt(contents.bytes, &passphrase)?),
            None => Open::NoFile,
        });
        Ok(())
    }

    fn change(&self, keep_old: bool, change: impl FnOnce(&mut BTreeMap<String, WipedText>)) -> Result<(), VaultError> {
        let mut state = self.state();
        // Before the lock: a locked vault makes no files.
        self.refresh(&mut state)?;
        let _lock = Lock::acquire(&self.path, PATIENCE)?;
        self.refresh(&mut state)?;
        let Some(passphrase) = &state.passphrase else { return Err(VaultError::Locked) };
        let mut secrets = self.contents(&state)?;
        change(&mut secrets.entries);
        let file = self.encrypt(&secrets, passphrase)?;
        if keep_old && let Some(old) = atomic_file::read(&self.path, LIMIT)? {
            atomic_file::write(&*self.disk, &self.backup_path(), &old.bytes)?;
        }
        let stamp = atomic_file::write(&*self.disk, &self.path, file.bytes())?;
        if !keep_old {
            // What was deleted is not to live on in the backup.
            atomic_file::write(&*self.disk, &self.backup_path(), file.bytes())?;
        }
        state.open = Some(Open::File(stamp, file));
        Ok(())
    }

    fn encrypt(&self, secrets: &Secrets, passphrase: &SecretString) -> Result<Keyed, VaultError> {
        let failed = |error: std::io::Error| VaultError::from(FileError::io("write", &self.path, error));
        let plain = super::store::to_wiped_json(secrets).map_err(|error| failed(error.into()))?;
        let mut recipient = age::scrypt::Recipient::new(age_secret(passphrase));
        recipient.set_work_factor(self.work_factor);
        Keyed::encrypt(&plain, &recipient).map_err(failed)
    }

    fn decrypt(&self, bytes: Vec<u8>, passphrase: &SecretString) -> Result<Keyed, VaultError> {
        self.decrypt_as(bytes, &identity(passphrase))
    }

    fn decrypt_as(&self, bytes: Vec<u8>, identity: &age::scrypt::Identity) -> Result<Keyed, VaultError> {
        let (file, plain) = Keyed::decrypt(bytes, identity).map_err(|error| match error {
            age::DecryptError::ExcessiveWork { .. } => VaultError::TooMuchWork { path: self.path.clone() },
            age::DecryptError::DecryptionFailed | age::DecryptError::KeyDecryptionFailed => VaultError::WrongPassphrase,
            _ => self.damaged(),
        })?;
        self.parse(&plain)?;
        Ok(file)
    }

    /// What the file held when it was opened last.
    fn contents(&self, state: &State) -> Result<Secrets, VaultError> {
        match &state.open {
            None => Err(VaultError::Locked),
            Some(Open::NoFile) => Ok(Secrets::default()),
            Some(Open::File(_, file)) => self.parse(&file.plain().map_err(|_| self.damaged())?),
        }
    }

    fn parse(&self, plain: &[u8]) -> Result<Secrets, VaultError> {
        let secrets: Secrets = serde_json::from_slice(plain).map_err(|_| self.damaged())?;
        if secrets.version > VERSION { Err(VaultError::Newer { path: self.path.clone() }) } else { Ok(secrets) }
    }

    fn damaged(&self) -> VaultError {
        VaultError::FileDamaged { path: self.path.clone(), backup: self.backup_path().is_file() }
    }

    fn backup_path(&self) -> PathBuf {
        with_suffix(&self.path, ".bak")
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Store for EncryptedFile {
    fn get(&self, account: &str) -> Result<Option<Bytes>, VaultError> {
        let mut state = self.state();
        self.refresh(&mut state)?;
        let secrets = self.contents(&state)?.entries;
        Ok(secrets.get(account).map(|entry| Zeroizing::new(entry.0.as_bytes().to_vec())))
    }

    fn get_all(&self, accounts: &[String]) -> Result<Vec<Option<Bytes>>, VaultError> {
        let mut state = self.state();
        self.refresh(&mut state)?;
        let secrets = self.contents(&state)?.entries;
        let bytes = |entry: &WipedText| Zeroizing::new(entry.0.as_bytes().to_vec());
        Ok(accounts.iter().map(|account| secrets.get(account).map(bytes)).collect())
    }

    fn put(&self, items: &[Item]) -> Result<(), VaultError> {
        let entries: Result<Vec<_>, _> = items
            .iter()
            .map(|item| std::str::from_utf8(&item.bytes).map(|text| (item.account.clone(), WipedText(Zeroizing::new(text.to_owned())))))
            .collect();
        let entries = entries.map_err(|_| VaultError::SecretDamaged)?;
        self.change(true, |secrets| secrets.extend(entries))
    }

    fn delete(&self, accounts: &[String]) -> Result<(), VaultError> {
        let mut state = self.state();
        if !self.exists() && state.passphrase.is_none() {
            return Ok(());
        }
        self.refresh(&mut state)?;
        let secrets = self.contents(&state)?.entries;
        let there = accounts.iter().any(|account| secrets.contains_key(account));
        drop(state);
        if !there {
            return Ok(());
        }
        self.change(false, |secrets| secrets.retain(|account, _| !accounts.contains(account)))
    }
}

/// Bytes that only this passphrase opens, for a file that is not the vault's.
pub(crate) fn seal(plain: &[u8], passphrase: &SecretString) -> std::io::Result<Vec<u8>> {
    let mut recipient = age::scrypt::Recipient::new(age_secret(passphrase));
    recipient.set_work_factor(WORK_FACTOR);
    Keyed::encrypt(plain, &recipient).map(Keyed::into_bytes)
}

/// What [`seal`] has made.
pub(crate) fn open_sealed(bytes: Vec<u8>, passphrase: &SecretString) -> Result<Bytes, age::DecryptError> {
    Keyed::decrypt(bytes, &identity(passphrase)).map(|(_, plain)| plain)
}

fn identity(passphrase: &SecretString) -> age::scrypt::Identity {
    let mut identity = age::scrypt::Identity::new(age_secret(passphrase));
    identity.set_max_work_factor(MOST_WORK);
    identity
}

fn age_secret(passphrase: &SecretString) -> age::secrecy::SecretString {
    age::secrecy::SecretString::from(passphrase.expose_secret().to_owned())
}

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

#[cfg(test)]
mod tests;
