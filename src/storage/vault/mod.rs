//! Secrets by (connection, kind). Three homes: the operating system's keyring, an encrypted file, this session only.
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

mod chunks;
mod encrypted_file;
mod error;
mod keyring;
mod memory;
#[cfg(test)]
pub(super) mod scripted;
#[cfg(all(unix, not(target_vendor = "apple")))]
mod secret_service;
mod stale;
mod store;

pub use error::{NoKeyring, VaultError};

use std::{
    path::PathBuf,
    sync::Arc,
    time::{SystemTime, UNIX_EPOCH},
};

use chunks::Sealed;
use encrypted_file::EncryptedFile;
pub(super) use encrypted_file::{HeaderProblem, OpenError, open_sealed, seal};
pub(super) use keyring::KeyringStore;
use memory::MemoryStore;
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize};
use stale::StaleNotes;
pub(super) use store::{Bytes, Item, Store, to_wiped_json};
use uuid::Uuid;

use crate::{
    connection::{ConnectionId, SecretKind},
    failure::Failure,
};

/// Where secrets are kept. A choice of the person's; never changed behind their back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum VaultHome {
    #[default]
    Keyring,
    File,
    Memory,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct SecretKey {
    pub connection: ConnectionId,
    pub kind: SecretKind,
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
                "An older copy of {} is in place: it lacks the last {}. Secrets that were replaced since then may be the revoked ones. \
                 Test your connections, or put the newer copy back.",
                path.display(),
                if *saves == 1 { "save".to_owned() } else { format!("{saves} saves") }
            ),
            Self::Another { path } => write!(
                f,
                "{} is another vault than the one that this computer used last. If you did not put it there, put yours back.",
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
}

struct Inner {
    home: VaultHome,
    memory: MemoryStore,
    file: EncryptedFile,
    stale: StaleNotes,
    keyring: Arc<dyn Store>,
    /// The keyring for those who will not wait.
    hasty_keyring: Arc<dyn Store>,
    place: fn() -> String,
}

impl Vault {
    /// Touches nothing yet.
    #[must_use]
    pub fn new(config: VaultConfig) -> Self {
        let keyring = KeyringStore::new();
        let hasty = Arc::new(keyring.hasty());
        Self::with(config, Arc::new(keyring), hasty, keyring::place)
    }

    /// A vault whose encrypted file opens at once. For tests alone: whoever has such a file guesses its passphrase at once, too.
    #[doc(hidden)]
    #[must_use]
    pub fn without_work(config: VaultConfig) -> Self {
        let VaultConfig { home, file, passphrase } = config;
        let keyring = KeyringStore::new();
        let hasty = Arc::new(keyring.hasty());
        Self::of(home, EncryptedFile::new(file, passphrase).without_work(), Arc::new(keyring), hasty, keyring::place)
    }

    /// As `new`, for the vault of an installation.
    #[must_use]
    pub fn of_installation(config: VaultConfig, context: VaultContext) -> Self {
        let VaultConfig { home, file, passphrase } = config;
        let keyring = KeyringStore::new();
        let hasty = Arc::new(keyring.hasty());
        let file = EncryptedFile::new(file, passphrase).remembered_in(context.state_dir.as_deref()).asking(context.ask);
        Self::of(home, file, Arc::new(keyring), hasty, keyring::place)
    }

    fn with(config: VaultConfig, keyring: Arc<dyn Store>, hasty_keyring: Arc<dyn Store>, place: fn() -> String) -> Self {
        let VaultConfig { home, file, passphrase } = config;
        Self::of(home, EncryptedFile::new(file, passphrase), keyring, hasty_keyring, place)
    }

    fn of(home: VaultHome, file: EncryptedFile, keyring: Arc<dyn Store>, hasty_keyring: Arc<dyn Store>, place: fn() -> String) -> Self {
        let stale = StaleNotes::beside(file.path());
        Self { inner: Arc::new(Inner { home, memory: MemoryStore::default(), file, stale, keyring, hasty_keyring, place }) }
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
            VaultHome::Keyring => match probe(&*inner.hasty_keyring) {
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
        self.inner.file.unlock(passphrase)
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
    pub fn entries(&self) -> Result<Vec<SecretKey>, VaultError> {
        if self.inner.home != VaultHome::File {
            return Ok(Vec::new());
        }
        Ok(self.inner.file.accounts()?.iter().filter_map(|account| SecretKey::of_account(account)).collect())
    }

    /// # Errors
    /// Locked, unavailable, damaged. Nothing stored is `None`.
    pub fn get(&self, key: SecretKey) -> Result<Option<SecretString>, VaultError> {
        let inner = &*self.inner;
        let account = key.account();
        let here = chunks::read(inner.store(), &account)?;
        let secret = match inner.home {
            VaultHome::Keyring if inner.file_is_open() => inner.newer(key, here, &inner.file),
            VaultHome::File if inner.stale.contains(&account) => {
                // An error is told: the secret at hand is known to be outdated.
                chunks::generation(&*inner.keyring, &account)?;
                let newest = inner.newer(key, here, &*inner.keyring);
                inner.stale.remove(&[account]);
                newest
            }
            VaultHome::Keyring | VaultHome::File | VaultHome::Memory => here,
        };
        Ok(secret.map(|sealed| sealed.secret))
    }

    /// As `get` for each of them, in their order; the encrypted file is opened once for all.
    ///
    /// # Errors
    /// Locked, unavailable; inside: damaged.
    pub fn get_all(&self, keys: &[SecretKey]) -> Result<Vec<Result<Option<SecretString>, VaultError>>, VaultError> {
        let inner = &*self.inner;
        let accounts: Vec<String> = keys.iter().map(|key| key.account()).collect();
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
        let one = |((key, here), elsewhere): ((&SecretKey, Result<Option<Sealed>, VaultError>), bool)| {
            if elsewhere { self.get(*key) } else { here.map(|sealed| sealed.map(|sealed| sealed.secret)) }
        };
        Ok(keys.iter().zip(here).zip(elsewhere).map(one).collect())
    }

    /// # Errors
    /// On any error the old secret is still there.
    pub fn put(&self, key: SecretKey, secret: &SecretString) -> Result<(), VaultError> {
        self.put_all(&[(key, secret.clone())])
    }

    /// Many with one write where the home can do that: each write of the encrypted file costs a key derivation.
    ///
    /// # Errors
    /// Each secret is then the old one or the new one; those of the encrypted file are all the old ones.
    pub fn put_all(&self, secrets: &[(SecretKey, SecretString)]) -> Result<(), VaultError> {
        let inner = &*self.inner;
        let sealed =
            |(key, secret): &(SecretKey, SecretString)| (key.account(), key.label(), Sealed { generation: now(), secret: secret.clone() });
        let accounts: Vec<String> = secrets.iter().map(|(key, _)| key.account()).collect();
        inner.prepare_file()?;
        chunks::write(inner.store(), &secrets.iter().map(sealed).collect::<Vec<_>>())?;
        match inner.home {
            // A stale copy that cannot be removed now loses by its generation later.
            VaultHome::Keyring if inner.file_is_open() => drop(chunks::erase(&inner.file, &accounts)),
            VaultHome::Keyring if inner.file.exists() => inner.stale.add(&accounts),
            VaultHome::File => inner.stale.remove(&accounts),
            VaultHome::Keyring | VaultHome::Memory => {}
        }
        Ok(())
    }

    /// Puts a secret that the keyring did not take into the encrypted file, if that is open: there it survives this process, and as the newer
    /// one it wins over what the keyring holds. Not a choice of another home: the next `put` goes to the keyring again.
    ///
    /// # Errors
    /// The home is not the keyring, the file is not open, or it does not take the secret either.
    pub fn put_in_refuge(&self, key: SecretKey, secret: &SecretString) -> Result<(), VaultError> {
        let inner = &*self.inner;
        if inner.home != VaultHome::Keyring || !inner.file_is_open() {
            return Err(VaultError::Locked);
        }
        chunks::write(&inner.file, &[(key.account(), key.label(), Sealed { generation: now(), secret: secret.clone() })])
    }

    /// Deleting what is not there succeeds.
    ///
    /// # Errors
    /// Locked, unavailable.
    pub fn delete(&self, key: SecretKey) -> Result<(), VaultError> {
        self.delete_all(&[key])
    }

    /// Many with one write where the home can do that.
    ///
    /// # Errors
    /// Some may be deleted then.
    pub fn delete_all(&self, keys: &[SecretKey]) -> Result<(), VaultError> {
        let inner = &*self.inner;
        let accounts: Vec<String> = keys.iter().map(|key| key.account()).collect();
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
    pub fn move_to(&self, other: &Self, keys: &[SecretKey]) -> Result<usize, VaultError> {
        let (from, to) = (&*self.inner, &*other.inner);
        if Arc::ptr_eq(&self.inner, &other.inner) || from.is_same_place(to) {
            return Ok(0);
        }
        let mut secrets = Vec::new();
        for key in keys {
            if let Some(secret) = self.get(*key)? {
                secrets.push((key.account(), key.label(), Sealed { generation: now(), secret }));
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

    /// The newer of what is here and what lies in another home. The newer one is brought here, the other copy removed; what cannot be tidied
    /// now is tidied at the next look.
    fn newer(&self, key: SecretKey, here: Option<Sealed>, there: &dyn Store) -> Option<Sealed> {
        let account = key.account();
        let Ok(Some(other)) = chunks::read(there, &account) else { return here };
        if here.as_ref().is_some_and(|here| here.generation >= other.generation) {
            let _ = chunks::erase(there, &[account]);
            return here;
        }
        let copy = Sealed { generation: other.generation, secret: other.secret.clone() };
        if chunks::write(self.store(), &[(account.clone(), key.label(), copy)]).is_ok() {
            let _ = chunks::erase(there, &[account]);
        }
        Some(other)
    }

    /// Reads everything back from where it was written.
    fn verify(&self, secrets: &[(String, String, Sealed)]) -> Result<(), VaultError> {
        self.file.forget_contents();
        for (account, _, sealed) in secrets {
            let stored = chunks::read(self.store(), account)?.ok_or(VaultError::SecretDamaged)?;
            if stored.secret.expose_secret() != sealed.secret.expose_secret() {
                return Err(VaultError::SecretDamaged);
            }
        }
        Ok(())
    }
}

impl SecretKey {
    /// By id, never by name: renames, letter case and odd characters cannot make two entries meet.
    fn account(self) -> String {
        format!("v1/{}/{}", self.connection, self.kind.word())
    }

    fn of_account(account: &str) -> Option<Self> {
        let (id, word) = account.strip_prefix("v1/")?.split_once('/')?;
        let kind = SecretKind::ALL.into_iter().find(|kind| kind.word() == word)?;
        Some(Self { connection: id.parse().ok()?, kind })
    }

    /// What a person reads in their keyring's own window.
    fn label(self) -> String {
        format!("Brickpass: {} of connection {}", self.kind.word().replace('-', " "), self.connection)
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
