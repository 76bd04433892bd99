//! A file that only a passphrase opens: one age payload (scrypt recipient) that holds a JSON map, replaced whole, with a copy beside it.
//!
//! Format: <https://age-encryption.org/v1>. Inside: `{"version":1,"id":"...","saves":N,"secrets":{account: entry, ...}}`. The id tells one
//! vault from another, the number of saves an older copy of it from a newer one.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    thread,
    time::Duration,
};

use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize};
use uuid::Uuid;
use zeroize::Zeroizing;

pub(crate) use self::{header::HeaderProblem, keyed::OpenError};
use self::{
    keyed::Keyed,
    seen::{Compared, Record, Seen},
};
use super::{
    AskPassphrase, VaultError, VaultNotice,
    store::{Bytes, Item, Store, WipedText},
};
use crate::{
    atomic_file::{self, Contents, Disk, FileError, LOCK_TIMEOUT, Lock, RealDisk, Stamp},
    passphrase::weak_passphrase,
};

mod copies;
mod header;
mod keyed;
mod seen;

/// scrypt N = 2^17 (128 MiB, about half a second), as OWASP advises. Files that were made with less open, and get this with their next save.
const WORK_FACTOR: u8 = 17;
/// A file that asks for more than 2^18 (256 MiB) is none of ours, and is refused before anything is allocated.
const MAX_WORK_FACTOR: u8 = 18;
const LIMIT: u64 = 16 * 1024 * 1024;
const VERSION: u64 = 1;

pub(crate) struct EncryptedFile {
    path: PathBuf,
    work_factor: u8,
    disk: Arc<dyn Disk>,
    /// How a wrong guess waits.
    pause: fn(Duration),
    seen: Seen,
    /// Where the passphrase comes from when it is first needed.
    ask: Option<AskPassphrase>,
    state: Mutex<State>,
    notices: Mutex<Vec<VaultNotice>>,
}

#[derive(Default)]
struct State {
    /// From the environment, not tried yet.
    offered: Option<SecretString>,
    /// `ask` was called.
    asked: bool,
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
    #[serde(default, skip_serializing_if = "Option::is_none")]
    id: Option<String>,
    /// How often it was saved.
    #[serde(default)]
    saves: u64,
    #[serde(rename = "secrets")]
    entries: BTreeMap<String, WipedText>,
    #[serde(flatten)]
    unknown: serde_json::Map<String, serde_json::Value>,
}

impl Default for Secrets {
    fn default() -> Self {
        Self { version: VERSION, id: None, saves: 0, entries: BTreeMap::new(), unknown: serde_json::Map::new() }
    }
}

impl Secrets {
    fn record(&self) -> Record {
        Record { id: self.id.clone(), saves: self.saves, entries: self.entries.len(), most: 0 }
    }

    /// The next state of the file.
    fn next(mut self) -> Self {
        self.id.get_or_insert_with(|| Uuid::new_v4().to_string());
        self.saves = self.saves.saturating_add(1);
        self
    }
}

impl EncryptedFile {
    pub(crate) fn new(path: PathBuf, offered: Option<SecretString>) -> Self {
        Self {
            seen: Seen::of(&path, None),
            path,
            work_factor: WORK_FACTOR,
            disk: Arc::new(RealDisk),
            pause: thread::sleep,
            ask: None,
            state: Mutex::new(State { offered, ..State::default() }),
            notices: Mutex::default(),
        }
    }

    /// What is seen of the file is remembered in this folder.
    pub(crate) fn remembered_in(self, state_dir: Option<&Path>) -> Self {
        Self { seen: Seen::of(&self.path, state_dir), ..self }
    }

    pub(crate) fn asking(self, ask: Option<AskPassphrase>) -> Self {
        Self { ask, ..self }
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
        state.passphrase.is_some() || state.offered.is_some() || self.ask.is_some() && !state.asked
    }

    /// Opens the file, or makes the first one with this passphrase.
    ///
    /// # Errors
    /// `WrongPassphrase` after a wait that doubles with each wrong guess; `Lost` when there was a file before; a weak passphrase for a first
    /// file; damage; file errors.
    pub(crate) fn unlock(&self, passphrase: SecretString) -> Result<(), VaultError> {
        let mut state = self.state();
        if self.exists() {
            return self.try_passphrase(&mut state, passphrase);
        }
        may_begin_with(&passphrase)?;
        let _lock = Lock::acquire(&self.path, LOCK_TIMEOUT)?;
        if self.exists() {
            return self.try_passphrase(&mut state, passphrase);
        }
        if let Some(lost) = self.lost() {
            return Err(lost);
        }
        self.make_first(&mut state, passphrase)
    }

    /// Under the lock: an empty file that this passphrase opens.
    fn make_first(&self, state: &mut State, passphrase: SecretString) -> Result<(), VaultError> {
        let secrets = Secrets::default().next();
        let file = self.encrypt(&secrets, &passphrase)?;
        let stamp = atomic_file::write(&*self.disk, &self.path, file.bytes())?;
        self.seen.begin_with(&secrets.record());
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

    /// Reads the file again at the next use, whatever its stamp says.
    pub(crate) fn forget_contents(&self) {
        self.state().open = None;
    }

    fn try_passphrase(&self, state: &mut State, passphrase: SecretString) -> Result<(), VaultError> {
        let before = self.seen.last();
        let contents = atomic_file::read(&self.path, LIMIT)?.ok_or(VaultError::Locked)?;
        match self.open_seen(contents, before.as_ref(), &passphrase) {
            Ok((stamp, file)) => {
                *state = State { passphrase: Some(passphrase), open: Some(Open::File(stamp, file)), ..State::default() };
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
        if !self.exists()
            && let Some(lost) = self.lost()
        {
            return Err(lost);
        }
        if state.passphrase.is_none()
            && state.offered.is_none()
            && !std::mem::replace(&mut state.asked, true)
            && let Some(ask) = &self.ask
        {
            // A source that fails now may answer at the next use: a smart card, a network.
            state.offered = ask().inspect_err(|_| state.asked = false).map_err(|failure| VaultError::NoPassphrase(Box::new(failure)))?;
        }
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
        // Before the file is read: another process writes the file first and notes it second.
        let before = self.seen.last();
        state.open = Some(match atomic_file::read(&self.path, LIMIT)? {
            Some(contents) => {
                let (stamp, file) = self.open_seen(contents, before.as_ref(), &passphrase)?;
                Open::File(stamp, file)
            }
            None => Open::NoFile,
        });
        Ok(())
    }

    /// Opens what was read, and tells when it is not what was seen last.
    fn open_seen(&self, contents: Contents, before: Option<&Record>, passphrase: &SecretString) -> Result<(Stamp, Keyed), VaultError> {
        let (file, secrets) = self.decrypt_as(contents.bytes, &identity(passphrase))?;
        let found = secrets.record();
        match before.map_or(Compared::AsExpected, |before| before.compare(&found)) {
            Compared::AsExpected => {}
            Compared::Older(saves) => self.tell(VaultNotice::Older { path: self.path.clone(), saves }),
            Compared::Another => self.tell(VaultNotice::Another { path: self.path.clone() }),
        }
        if before.is_none_or(|before| before.id != found.id || before.saves != found.saves || before.entries != found.entries) {
            self.seen.expect(&found);
        }
        Ok((contents.stamp, file))
    }

    fn change(&self, keep_old: bool, change: impl FnOnce(&mut BTreeMap<String, WipedText>)) -> Result<(), VaultError> {
        let mut state = self.state();
        // Before the lock: a locked vault makes no files.
        self.refresh(&mut state)?;
        let _lock = Lock::acquire(&self.path, LOCK_TIMEOUT)?;
        self.refresh(&mut state)?;
        let Some(passphrase) = &state.passphrase else { return Err(VaultError::Locked) };
        let first = matches!(state.open, Some(Open::NoFile));
        if first {
            may_begin_with(passphrase)?;
        }
        let mut secrets = self.contents(&state)?.next();
        change(&mut secrets.entries);
        let file = self.encrypt(&secrets, passphrase)?;
        if keep_old && let Some(old) = atomic_file::read(&self.path, LIMIT)? {
            atomic_file::write(&*self.disk, &self.backup_path(), &old.bytes)?;
        }
        let stamp = atomic_file::write(&*self.disk, &self.path, file.bytes())?;
        if first {
            self.seen.begin_with(&secrets.record());
            self.tell(VaultNotice::Created { path: self.path.clone() });
        } else {
            self.seen.expect(&secrets.record());
        }
        // What is saved is saved: where the copy cannot be written, the one of the state before is still there.
        let copied = atomic_file::write(&*self.disk, &self.backup_path(), file.bytes());
        if !keep_old {
            // What was deleted is not to live on in the copy.
            copied?;
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

    fn decrypt(&self, bytes: Vec<u8>, passphrase: &SecretString) -> Result<(Keyed, Secrets), VaultError> {
        self.decrypt_as(bytes, &identity(passphrase))
    }

    fn decrypt_as(&self, bytes: Vec<u8>, identity: &age::scrypt::Identity) -> Result<(Keyed, Secrets), VaultError> {
        let (file, plain) = Keyed::decrypt(bytes, identity).map_err(|error| match error {
            OpenError::Header(HeaderProblem::Damaged) => self.damaged(),
            OpenError::Header(problem) => {
                VaultError::ExternalFile { path: self.path.clone(), why: problem.words(), backup: self.backup_path().is_file() }
            }
            OpenError::Age(age::DecryptError::ExcessiveWork { .. }) => VaultError::TooMuchWork { path: self.path.clone() },
            OpenError::Age(age::DecryptError::DecryptionFailed | age::DecryptError::KeyDecryptionFailed) => VaultError::WrongPassphrase,
            OpenError::Age(_) => self.damaged(),
        })?;
        let secrets = self.parse(&plain)?;
        Ok((file, secrets))
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

    fn tell(&self, notice: VaultNotice) {
        self.notices.lock().unwrap_or_else(PoisonError::into_inner).push(notice);
    }

    /// What a person should hear of; each is told once.
    pub(crate) fn take_notices(&self) -> Vec<VaultNotice> {
        std::mem::take(&mut *self.notices.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// The names of all entries.
    ///
    /// # Errors
    /// As `get`.
    pub(crate) fn accounts(&self) -> Result<Vec<String>, VaultError> {
        let mut state = self.state();
        self.refresh(&mut state)?;
        Ok(self.contents(&state)?.entries.into_keys().collect())
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

    fn replace(&self, items: Vec<(Bytes, Item)>) -> Result<(), VaultError> {
        // Compared under the lock of the file, so that nothing newer is overwritten.
        self.change(true, |secrets| {
            for (before, item) in items {
                let Some(entry) = secrets.get_mut(&item.account).filter(|entry| entry.0.as_bytes() == before.as_slice()) else { continue };
                if let Ok(text) = std::str::from_utf8(&item.bytes) {
                    *entry = WipedText(Zeroizing::new(text.to_owned()));
                }
            }
        })
    }

    fn delete(&self, accounts: &[String]) -> Result<(), VaultError> {
        let mut state = self.state();
        if !self.exists() && state.passphrase.is_none() {
            // Nothing to delete, unless the file is only lost: its backup would still hold it.
            return self.lost().map_or(Ok(()), Err);
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
pub(crate) fn open_sealed(bytes: Vec<u8>, passphrase: &SecretString) -> Result<Bytes, OpenError> {
    Keyed::decrypt(bytes, &identity(passphrase)).map(|(_, plain)| plain)
}

/// # Errors
/// It is empty, or too weak for a new file.
fn may_begin_with(passphrase: &SecretString) -> Result<(), VaultError> {
    if passphrase.expose_secret().is_empty() {
        return Err(VaultError::EmptyPassphrase);
    }
    weak_passphrase(passphrase.expose_secret()).map_or(Ok(()), |why| Err(VaultError::WeakPassphrase { why }))
}

fn identity(passphrase: &SecretString) -> age::scrypt::Identity {
    let mut identity = age::scrypt::Identity::new(age_secret(passphrase));
    identity.set_max_work_factor(MAX_WORK_FACTOR);
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
mod copies_tests;
#[cfg(test)]
mod tests;
