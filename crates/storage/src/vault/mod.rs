//! Secrets by (connection, kind). Three homes: the operating system's keyring, an encrypted file, this session only.
//!
//! # A secret belongs to an address
//!
//! Every entry names the address (and the service principal) that its secret was entered for. `get` is told what the secret is wanted for and
//! refuses anything else, whoever edited the list of connections: there is no way to read a secret without saying that.
//!
//! # Two homes, one truth
//!
//! A secret lives in the chosen home. A copy may be left in another one: the home was changed while it could not be reached, or
//! `BRICKPASS_VAULT` said otherwise for a while. Such a copy must never win over a newer secret (a used refresh token that is sent again
//! makes the server revoke the whole sign-in), so every entry carries a generation that grows with time:
//!
//! - home keyring, and the encrypted file is open: both are looked at, the higher generation wins, the other is removed;
//! - home keyring, and the file is locked: the keyring's is used; what is written is noted beside the file (`vault.age.stale.json`: names of entries, no secrets);
//! - home file: the keyring is asked only about what is noted there, so that a file user never sees a keyring prompt;
//! - this session only: no other home is looked at.

mod binding;
mod chunks;
mod encrypted_file;
mod error;
mod key;
mod keyring;
mod logged;
mod memory;
#[cfg(test)]
pub(super) mod scripted;
#[cfg(all(unix, not(target_vendor = "apple")))]
mod secret_service;
mod stale;
mod store;

pub use binding::SecretDescription;
pub use error::{NoKeyring, VaultError};
pub use key::{SecretId, SecretKey};

use std::{
    path::PathBuf,
    sync::Arc,
    time::{SystemTime, UNIX_EPOCH},
};

use chunks::VersionedSecret;
use encrypted_file::EncryptedFile;
pub(super) use encrypted_file::{HeaderProblem, OpenError, open_sealed, seal};
pub(super) use keyring::KeyringStore;
use memory::MemoryStore;
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize};
use stale::StaleNotes;
pub(super) use store::{Bytes, Item, Store, to_wiped_json};
use uuid::Uuid;

use super::FirstAddresses;
use brickpass_core::failure::Failure;

/// Where secrets are kept. A choice of the person's; never changed behind their back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum VaultHome {
    #[default]
    Keyring,
    File,
    Memory,
}

#[derive(Debug, Clone)]
pub struct VaultConfig {
    pub home: VaultHome,
    /// The encrypted file, used when `home` is `File` (and looked at for older secrets otherwise).
    pub file: PathBuf,
    /// Known from the environment; else the person is asked (`Vault::unlock`).
    pub passphrase: Option<SecretString>,
}

/// Gives the passphrase when it is first needed; `None`: there is none.
pub type AskPassphrase = Arc<dyn Fn() -> Result<Option<SecretString>, Failure> + Send + Sync>;

/// What surrounds the encrypted file of an installation.
#[derive(Clone, Default)]
pub struct VaultContext {
    /// Where it is remembered what this computer has seen of the file.
    pub state_dir: Option<PathBuf>,
    /// A file or a command that gives the passphrase.
    pub ask: Option<AskPassphrase>,
}

/// What a person should hear about the encrypted file, once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum VaultNotice {
    /// The first file was made, with the passphrase that was at hand.
    Created { path: PathBuf },
    /// The file is older than what this computer has seen, by this many saves.
    Older { path: PathBuf, saves: u64 },
    /// Another vault than the one that was there.
    Another { path: PathBuf },
}

impl std::fmt::Display for VaultNotice {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Created { path } => write!(f, "A new vault was created at {}. Only its passphrase opens it.", path.display()),
            Self::Older { path, saves } => write!(
                f,
                "{} is an older copy: it lacks the last {}. It may contain revoked secrets that were replaced since then. \
                 Test your connections, or put the newer copy back.",
                path.display(),
                if *saves == 1 { "save".to_owned() } else { format!("{saves} saves") }
            ),
            Self::Another { path } => write!(
                f,
                "{} is a different vault than the one last used on this computer. If you did not put it there, put yours back.",
                path.display()
            ),
        }
    }
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
    /// The encrypted file is missing and no new one is made by itself. `backup`: its copy can be brought back.
    Lost {
        backup: bool,
        failure: Failure,
    },
    Unavailable(Failure),
}

/// A handle that is cheap to clone and safe to share. All calls block (a keyring may ask the person to unlock it).
#[derive(Clone)]
pub struct Vault {
    inner: Arc<Inner>,
    first_addresses: Option<Arc<FirstAddresses>>,
}

/// What was stored before a change, to be put back when the change fails: with the address it was entered for, and not to be read.
pub struct Former(Option<VersionedSecret>);

struct Inner {
    home: VaultHome,
    memory: MemoryStore,
    file: EncryptedFile,
    stale: StaleNotes,
    keyring: Arc<dyn Store>,
    /// The keyring for those who will not wait.
    probe_keyring: Arc<dyn Store>,
    place: fn() -> String,
}

impl Vault {
    /// Touches nothing yet.
    #[must_use]
    pub fn new(config: VaultConfig) -> Self {
        let keyring = KeyringStore::new();
        let probe_keyring = Arc::new(keyring.with_short_timeout());
        Self::with(config, Arc::new(keyring), probe_keyring, keyring::place)
    }

    /// A vault whose encrypted file opens at once. For tests alone: whoever has such a file guesses its passphrase at once, too.
    #[doc(hidden)]
    #[must_use]
    pub fn without_work(config: VaultConfig) -> Self {
        let VaultConfig { home, file, passphrase } = config;
        let keyring = KeyringStore::new();
        let probe_keyring = Arc::new(keyring.with_short_timeout());
        Self::of(home, EncryptedFile::new(file, passphrase).without_work(), Arc::new(keyring), probe_keyring, keyring::place)
    }

    /// As `new`, for the vault of an installation.
    #[must_use]
    pub fn of_installation(config: VaultConfig, context: VaultContext) -> Self {
        let VaultConfig { home, file, passphrase } = config;
        let keyring = KeyringStore::new();
        let probe_keyring = Arc::new(keyring.with_short_timeout());
        let file = EncryptedFile::new(file, passphrase).remembered_in(context.state_dir.as_deref()).asking(context.ask);
        Self::of(home, file, Arc::new(keyring), probe_keyring, keyring::place)
    }

    fn with(config: VaultConfig, keyring: Arc<dyn Store>, probe_keyring: Arc<dyn Store>, place: fn() -> String) -> Self {
        let VaultConfig { home, file, passphrase } = config;
        Self::of(home, EncryptedFile::new(file, passphrase), keyring, probe_keyring, place)
    }

    fn of(home: VaultHome, file: EncryptedFile, keyring: Arc<dyn Store>, probe_keyring: Arc<dyn Store>, place: fn() -> String) -> Self {
        let stale = StaleNotes::beside(file.path());
        let inner = Inner { home, memory: MemoryStore::default(), file, stale, keyring, probe_keyring, place };
        Self { inner: Arc::new(inner), first_addresses: None }
    }

    /// Knows to which addresses the secrets that older versions stored belong. Without this none of them is given.
    #[must_use]
    pub fn with_first_addresses(self, first_addresses: Arc<FirstAddresses>) -> Self {
        Self { first_addresses: Some(first_addresses), ..self }
    }

    #[must_use]
    pub fn home(&self) -> VaultHome {
        self.inner.home
    }

    /// Writes, reads and deletes a random entry, 3 s at most an operation. The encrypted file is opened, not written.
    #[must_use]
    pub fn probe(&self) -> VaultStatus {
        let inner = &*self.inner;
        match inner.home {
            VaultHome::Memory => VaultStatus::Ready { place: "this session only".into() },
            VaultHome::File => {
                let place = format!("the encrypted file {}", inner.file.path().display());
                match inner.file.check() {
                    Ok(()) => VaultStatus::Ready { place },
                    Err(VaultError::Locked | VaultError::WrongPassphrase) => VaultStatus::Locked { place, new: !inner.file.exists() },
                    Err(error @ VaultError::Lost { backup, .. }) => VaultStatus::Lost { backup, failure: error.failure() },
                    Err(error) => VaultStatus::Unavailable(error.failure()),
                }
            }
            VaultHome::Keyring => match probe(&*inner.probe_keyring) {
                Ok(()) => VaultStatus::Ready { place: (inner.place)() },
                Err(error) => VaultStatus::Unavailable(error.failure()),
            },
        }
    }

    /// Opens the encrypted file, or sets the passphrase of a new one.
    ///
    /// # Errors
    /// `WrongPassphrase` (after a delay), file errors.
    pub fn unlock(&self, passphrase: SecretString) -> Result<(), VaultError> {
        let outcome = self.inner.file.unlock(passphrase);
        brickpass_logging::info!("unlocked the vault", outcome = outcome);
        outcome
    }

    /// Puts the encrypted file's backup (its newest copy) in the place of a damaged or missing file; a damaged one is kept beside it.
    ///
    /// # Errors
    /// There is no backup, it does not open with this passphrase, disk errors with the path.
    pub fn restore_file_backup(&self, passphrase: SecretString) -> Result<(), VaultError> {
        self.inner.file.restore_backup(passphrase)
    }

    /// Gives up the encrypted file and begins with an empty one. What was there is kept under another name; answers with these names.
    ///
    /// # Errors
    /// The passphrase is too weak, disk errors with the path.
    pub fn begin_anew(&self, passphrase: SecretString) -> Result<Vec<PathBuf>, VaultError> {
        self.inner.file.begin_anew(passphrase)
    }

    /// The encrypted file is the home, was there before, and is missing. A look at the folder, without the passphrase.
    #[must_use]
    pub fn lost(&self) -> Option<VaultError> {
        if self.inner.home == VaultHome::File { self.inner.file.lost() } else { None }
    }

    /// What a person should hear about the encrypted file. Each is told once.
    #[must_use]
    pub fn take_notices(&self) -> Vec<VaultNotice> {
        self.inner.file.take_notices()
    }

    /// By how many saves the encrypted file is older than the newest that this computer has seen; for one that was opened.
    #[must_use]
    pub fn saves_behind(&self) -> Option<u64> {
        if self.inner.home == VaultHome::File { self.inner.file.saves_behind() } else { None }
    }

    /// What is stored in the encrypted file. Other homes cannot be listed, and none is listed for them.
    ///
    /// # Errors
    /// Locked, lost, damaged.
    pub fn entries(&self) -> Result<Vec<SecretId>, VaultError> {
        if self.inner.home != VaultHome::File {
            return Ok(Vec::new());
        }
        Ok(self.inner.file.accounts()?.iter().filter_map(|account| SecretId::of_account(account)).collect())
    }

    /// The secret, if it was entered for what it is wanted for.
    ///
    /// # Errors
    /// `EnteredElsewhere`, locked, unavailable, damaged. Nothing stored is `None`.
    pub fn get(&self, key: &SecretKey) -> Result<Option<SecretString>, VaultError> {
        self.versioned(key.id())?.map(|versioned| Self::checked(key, versioned)).transpose()
    }

    /// As `get` for each of them, in their order; the encrypted file is opened once for all.
    ///
    /// # Errors
    /// Locked, unavailable; inside: entered elsewhere, damaged.
    pub fn get_all(&self, keys: &[SecretKey]) -> Result<Vec<Result<Option<SecretString>, VaultError>>, VaultError> {
        let ids: Vec<SecretId> = keys.iter().map(SecretKey::id).collect();
        self.logged("read", &ids, || self.read_all(keys))
    }

    fn read_all(&self, keys: &[SecretKey]) -> Result<Vec<Result<Option<SecretString>, VaultError>>, VaultError> {
        let inner = &*self.inner;
        let accounts: Vec<String> = keys.iter().map(|key| key.id().account()).collect();
        let here = chunks::read_all(inner.store(), &accounts)?;
        // Whose secret may lie in two homes is asked for by itself.
        let elsewhere: Vec<bool> = match inner.home {
            VaultHome::Keyring if inner.file_is_open() => match inner.file.get_all(&accounts) {
                Ok(there) => there.iter().map(Option::is_some).collect(),
                Err(_) => vec![true; keys.len()],
            },
            VaultHome::File => accounts.iter().map(|account| inner.stale.contains(account)).collect(),
            VaultHome::Keyring | VaultHome::Memory => vec![false; keys.len()],
        };
        let mut found = Vec::with_capacity(keys.len());
        let mut failed = Vec::with_capacity(keys.len());
        for ((key, here), elsewhere) in keys.iter().zip(here).zip(elsewhere) {
            let outcome = if elsewhere { inner.newest(key.id()) } else { here };
            let (versioned, error) = outcome.map_or_else(|error| (None, Some(error)), |versioned| (versioned, None));
            found.push((key.id(), versioned));
            failed.push(error);
        }
        self.bind_old(&mut found);
        let outcomes = keys.iter().zip(found).zip(failed).map(|((key, (_, versioned)), error)| match error {
            Some(error) => Err(error),
            None => versioned.map(|versioned| Self::checked(key, versioned)).transpose(),
        });
        Ok(outcomes.collect())
    }

    /// What may be told of a stored secret, whatever it is wanted for.
    ///
    /// # Errors
    /// Locked, unavailable, damaged. Nothing stored is `None`.
    pub fn describe(&self, id: SecretId) -> Result<Option<SecretDescription>, VaultError> {
        Ok(self.versioned(id)?.as_ref().map(SecretDescription::of))
    }

    /// What is stored at this moment, to be put back by [`Self::put_back`].
    ///
    /// # Errors
    /// Locked, unavailable, damaged.
    pub fn former(&self, id: SecretId) -> Result<Former, VaultError> {
        self.versioned(id).map(Former)
    }

    /// The state before a change: the secret with its address, or nothing.
    ///
    /// # Errors
    /// As `put`.
    pub fn put_back(&self, id: SecretId, former: &Former) -> Result<(), VaultError> {
        match &former.0 {
            Some(versioned) => self.put_versioned(&[(id, VersionedSecret { generation: now(), ..versioned.clone() })]),
            None => self.delete(id),
        }
    }

    /// Stores a copy of a secret, with its address, under another name. Nothing stored is nothing copied.
    ///
    /// # Errors
    /// As `get` and `put`.
    pub fn copy(&self, from: SecretId, to: SecretId) -> Result<(), VaultError> {
        match self.versioned(from)? {
            Some(versioned) => self.put_versioned(&[(to, VersionedSecret { generation: now(), ..versioned })]),
            None => Ok(()),
        }
    }

    /// # Errors
    /// On any error the old secret is still there.
    pub fn put(&self, key: &SecretKey, secret: &SecretString) -> Result<(), VaultError> {
        self.put_all(&[(key.clone(), secret.clone())])
    }

    /// Many with one write where the home can do that: each write of the encrypted file costs a key derivation.
    ///
    /// # Errors
    /// Each secret is then the old one or the new one; those of the encrypted file are all the old ones.
    pub fn put_all(&self, secrets: &[(SecretKey, SecretString)]) -> Result<(), VaultError> {
        let versioned = secrets.iter().map(|(key, secret)| (key.id(), VersionedSecret::of(key, secret, now()))).collect::<Vec<_>>();
        self.put_versioned(&versioned)
    }

    fn put_versioned(&self, secrets: &[(SecretId, VersionedSecret)]) -> Result<(), VaultError> {
        let ids: Vec<SecretId> = secrets.iter().map(|(id, _)| *id).collect();
        self.logged("write", &ids, || self.write_all(secrets))
    }

    fn write_all(&self, secrets: &[(SecretId, VersionedSecret)]) -> Result<(), VaultError> {
        let inner = &*self.inner;
        let accounts: Vec<String> = secrets.iter().map(|(id, _)| id.account()).collect();
        let entries: Vec<_> = secrets.iter().map(|(id, versioned)| (id.account(), id.label(), versioned.clone())).collect();
        inner.prepare_file()?;
        chunks::write(inner.store(), &entries)?;
        match inner.home {
            // A stale copy that cannot be removed now loses by its generation later.
            VaultHome::Keyring if inner.file_is_open() => drop(chunks::erase(&inner.file, &accounts)),
            VaultHome::Keyring if inner.file.exists() => inner.stale.add(&accounts),
            VaultHome::File => inner.stale.remove(&accounts),
            VaultHome::Keyring | VaultHome::Memory => {}
        }
        Ok(())
    }

    /// What is stored under this name, bound to its address if it was not yet.
    fn versioned(&self, id: SecretId) -> Result<Option<VersionedSecret>, VaultError> {
        self.logged("read", &[id], || {
            let mut found = [(id, self.inner.newest(id)?)];
            self.bind_old(&mut found);
            let [(_, versioned)] = found;
            Ok(versioned)
        })
    }

    /// Puts a secret that the keyring did not take into the encrypted file, if that is open: there it survives this process, and as the newer
    /// one it wins over what the keyring holds. Not a choice of another home: the next `put` goes to the keyring again.
    ///
    /// # Errors
    /// The home is not the keyring, the file is not open, or it does not take the secret either.
    pub fn put_in_fallback(&self, key: &SecretKey, secret: &SecretString) -> Result<(), VaultError> {
        let inner = &*self.inner;
        if inner.home != VaultHome::Keyring || !inner.file_is_open() {
            return Err(VaultError::Locked);
        }
        self.logged("write to the file instead of the keyring", &[key.id()], || {
            chunks::write(&inner.file, &[(key.id().account(), key.id().label(), VersionedSecret::of(key, secret, now()))])
        })
    }

    /// Deleting what is not there succeeds.
    ///
    /// # Errors
    /// Locked, unavailable.
    pub fn delete(&self, id: SecretId) -> Result<(), VaultError> {
        self.delete_all(&[id])
    }

    /// Many with one write where the home can do that.
    ///
    /// # Errors
    /// Some may be deleted then.
    pub fn delete_all(&self, ids: &[SecretId]) -> Result<(), VaultError> {
        self.logged("delete", ids, || self.erase_all(ids))
    }

    fn erase_all(&self, ids: &[SecretId]) -> Result<(), VaultError> {
        let inner = &*self.inner;
        let accounts: Vec<String> = ids.iter().map(|id| id.account()).collect();
        chunks::erase(inner.store(), &accounts)?;
        match inner.home {
            VaultHome::Keyring if inner.file_is_open() => chunks::erase(&inner.file, &accounts)?,
            VaultHome::File => {
                let stale: Vec<String> = accounts.into_iter().filter(|account| inner.stale.contains(account)).collect();
                if !stale.is_empty() {
                    chunks::erase(&*inner.keyring, &stale)?;
                    inner.stale.remove(&stale);
                }
            }
            VaultHome::Keyring | VaultHome::Memory => {}
        }
        Ok(())
    }

    /// Copies the secrets of these connections into another vault, verifies each, then deletes them here. Used when the person picks another home.
    ///
    /// # Errors
    /// On any error every secret is still where it was.
    pub fn move_to(&self, other: &Self, ids: &[SecretId]) -> Result<usize, VaultError> {
        let (from, to) = (&*self.inner, &*other.inner);
        if Arc::ptr_eq(&self.inner, &other.inner) || from.is_same_place(to) {
            return Ok(0);
        }
        let mut secrets = Vec::new();
        for id in ids {
            if let Some(versioned) = self.versioned(*id)? {
                secrets.push((id.account(), id.label(), VersionedSecret { generation: now(), ..versioned }));
            }
        }
        let accounts: Vec<String> = secrets.iter().map(|(account, ..)| account.clone()).collect();
        if accounts.is_empty() {
            return Ok(0);
        }
        to.prepare_file()?;
        if let Err(error) = chunks::write(to.store(), &secrets).and_then(|()| to.verify(&secrets)) {
            let _ = chunks::erase(to.store(), &accounts);
            return Err(error);
        }
        if to.home == VaultHome::File {
            to.stale.remove(&accounts);
        }
        // The secrets are safe in their new home. What cannot be deleted here stays behind with a lower generation and never wins.
        if chunks::erase(from.store(), &accounts).is_err() && from.home == VaultHome::File {
            from.stale.add(&accounts);
        }
        Ok(accounts.len())
    }
}

impl Inner {
    fn store(&self) -> &dyn Store {
        match self.home {
            VaultHome::Keyring => &*self.keyring,
            VaultHome::File => &self.file,
            VaultHome::Memory => &self.memory,
        }
    }

    fn file_is_open(&self) -> bool {
        self.file.has_passphrase() && self.file.exists()
    }

    /// An encrypted file that does not exist yet is made with the passphrase at hand, before anything is counted on.
    fn prepare_file(&self) -> Result<(), VaultError> {
        if self.home == VaultHome::File { self.file.check() } else { Ok(()) }
    }

    fn is_same_place(&self, other: &Self) -> bool {
        match (self.home, other.home) {
            (VaultHome::Keyring, VaultHome::Keyring) => true,
            (VaultHome::File, VaultHome::File) => self.file.path() == other.file.path(),
            _ => false,
        }
    }

    /// What is stored under this name, in whichever home the newest copy lies.
    fn newest(&self, id: SecretId) -> Result<Option<VersionedSecret>, VaultError> {
        let account = id.account();
        let here = chunks::read(self.store(), &account)?;
        Ok(match self.home {
            VaultHome::Keyring if self.file_is_open() => self.newer(id, here, &self.file),
            VaultHome::File if self.stale.contains(&account) => {
                // An error is told: the secret at hand is known to be outdated.
                chunks::generation(&*self.keyring, &account)?;
                let newest = self.newer(id, here, &*self.keyring);
                self.stale.remove(&[account]);
                newest
            }
            VaultHome::Keyring | VaultHome::File | VaultHome::Memory => here,
        })
    }

    /// The newer of what is here and what lies in another home. The newer one is brought here, the other copy removed; what cannot be tidied
    /// now is tidied at the next look.
    fn newer(&self, id: SecretId, here: Option<VersionedSecret>, there: &dyn Store) -> Option<VersionedSecret> {
        let account = id.account();
        let Ok(Some(other)) = chunks::read(there, &account) else { return here };
        if here.as_ref().is_some_and(|here| here.generation >= other.generation) {
            let _ = chunks::erase(there, &[account]);
            return here;
        }
        if chunks::write(self.store(), &[(account.clone(), id.label(), other.clone())]).is_ok() {
            let _ = chunks::erase(there, &[account]);
        }
        Some(other)
    }

    /// Reads everything back from where it was written.
    fn verify(&self, secrets: &[(String, String, VersionedSecret)]) -> Result<(), VaultError> {
        self.file.forget_contents();
        for (account, _, versioned) in secrets {
            let stored = chunks::read(self.store(), account)?.ok_or(VaultError::SecretDamaged)?;
            if stored.secret.expose_secret() != versioned.secret.expose_secret() || stored.entered_for != versioned.entered_for {
                return Err(VaultError::SecretDamaged);
            }
        }
        Ok(())
    }
}

fn probe(keyring: &dyn Store) -> Result<(), VaultError> {
    let account = format!("__probe_{}", Uuid::new_v4());
    let bytes = zeroize::Zeroizing::new(b"probe".to_vec());
    keyring.put(&[store::Item { account: account.clone(), label: "Brickpass: checking the keyring".into(), bytes: bytes.clone() }])?;
    let read = keyring.get(&account);
    keyring.delete(&[account])?;
    if read?.is_some_and(|read| read == bytes) { Ok(()) } else { Err(VaultError::SecretDamaged) }
}

/// Milliseconds since 1970: a generation that grows without either home having to be asked about the other.
fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(1, |since| u64::try_from(since.as_millis()).unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests;
