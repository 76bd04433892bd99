//! A file that belongs to another program (`.databrickscfg`): replaced whole, or not at all, only when it is still what was read, and with a
//! way back to every byte of it. Behind a link (a folder of dotfiles) the file itself is replaced and the link stays.

use std::{
    fs, io,
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};

use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use super::atomic_file::{self, Disk, FileError, LOCK_TIMEOUT, Lock, RealDisk};
use brickpass_core::{
    failure::{Code, Failure, Remedy},
    hex,
};

/// Far above any such file: 10,000 profiles are 2 MiB.
const LIMIT: u64 = 4 * 1024 * 1024;

/// States before our last changes.
const BACKUPS: usize = 5;

/// How the name of a state ends that is kept for good.
const LASTING: &str = "kept";

/// `DATABRICKS_CONFIG_FILE=/dev/null` is how scripts say that there is no such file.
#[must_use]
pub fn is_null_device(path: &Path) -> bool {
    if cfg!(windows) { path.as_os_str().eq_ignore_ascii_case("nul") } else { path == Path::new("/dev/null") }
}

/// Whoever would write there.
#[must_use]
pub fn null_device(path: &Path) -> Failure {
    Failure::new(
        Code::InvalidInput,
        format!("Nothing can be stored in {}.", path.display()),
        "It is the system's null device. DATABRICKS_CONFIG_FILE is set to it, which means no profiles.",
        "Nothing was changed. Remove DATABRICKS_CONFIG_FILE from the environment, or choose another file with --config-file.",
    )
}

pub struct ExternalFile {
    path: PathBuf,
    /// Of ours, beside the lock: the other program's folder stays as it is.
    backups: PathBuf,
    lock: PathBuf,
    disk: Box<dyn Disk>,
    patience: Duration,
}

/// The file at one moment.
pub struct ExternalContents {
    /// Empty for a file that does not exist.
    pub bytes: Zeroizing<Vec<u8>>,
    pub exists: bool,
    /// Behind a link: the file itself.
    pub target: Option<PathBuf>,
    /// Others than its owner may read it.
    pub exposed: bool,
    /// It has another name elsewhere (a hard link), under which it stays as it is now.
    pub twin: bool,
    digest: [u8; 32],
}

impl ExternalContents {
    /// Names these bytes; a file that does not exist has another one than an empty file.
    #[must_use]
    pub fn digest(&self) -> [u8; 32] {
        self.digest
    }
}

/// Of a file of these bytes, as [`ExternalContents::digest`] gives it.
#[must_use]
pub fn foreign_digest(bytes: &[u8]) -> [u8; 32] {
    digest(Some(bytes))
}

fn digest(bytes: Option<&[u8]>) -> [u8; 32] {
    bytes.map_or([0; 32], |bytes| Sha256::digest(bytes).into())
}

/// Whether the state before a change is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeepBackup {
    Yes,
    /// It holds secrets that nothing else holds: it is kept until [`ExternalFile::let_go`], whatever changes come after it.
    Lasting,
    /// It holds secrets that are to be off the disk: it is not kept, and former ones go, but for those that last.
    No,
}

impl ExternalFile {
    #[must_use]
    pub fn new(path: PathBuf, state_dir: &Path) -> Self {
        Self::on(Box::new(RealDisk), path, state_dir)
    }

    fn on(disk: Box<dyn Disk>, path: PathBuf, state_dir: &Path) -> Self {
        let name = hex(&Sha256::digest(path.as_os_str().as_encoded_bytes()));
        let name = name.get(..16).unwrap_or_default();
        let backups = state_dir.join("foreign").join(name);
        Self { path, lock: backups.join("file"), backups, disk, patience: LOCK_TIMEOUT }
    }

    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// # Errors
    /// Somebody else could have written it, or decides where its link leads; too large; unreadable.
    pub fn read(&self) -> Result<ExternalContents, Failure> {
        if is_null_device(&self.path) {
            return Ok(ExternalContents {
                bytes: Zeroizing::default(),
                exists: false,
                target: None,
                exposed: false,
                twin: false,
                digest: digest(None),
            });
        }
        let target = self.target()?;
        let real = target.as_deref().unwrap_or(&self.path);
        let contents = atomic_file::read(real, LIMIT).map_err(|error| failure(&error))?;
        let exposed = contents.is_some() && readable_by_others(real);
        let twin = contents.is_some() && has_twin(real);
        let (exists, digest) = (contents.is_some(), digest(contents.as_ref().map(|contents| contents.bytes.as_slice())));
        Ok(ExternalContents {
            bytes: Zeroizing::new(contents.map(|contents| contents.bytes).unwrap_or_default()),
            exists,
            target,
            exposed,
            twin,
            digest,
        })
    }

    /// Puts `bytes` in the place of what was read, readable by its owner alone. Gives where the state before is kept.
    ///
    /// # Errors
    /// `Conflict`: the file is another one than `expected` says. What is to be off the disk would stay under another name. As [`Self::read`]; the
    /// disk. Nothing was written then.
    pub fn replace(&self, expected: [u8; 32], bytes: &[u8], keep: KeepBackup) -> Result<Option<PathBuf>, Failure> {
        self.replace_noting(expected, bytes, keep, |_| {})
    }

    /// As [`Self::replace`]. `note` is called right before the file is written, with the place where the state before is kept: what it writes down is
    /// there even if nothing after it happens.
    ///
    /// # Errors
    /// As [`Self::replace`]. `note` may have been called.
    pub fn replace_noting(
        &self,
        expected: [u8; 32],
        bytes: &[u8],
        keep: KeepBackup,
        note: impl FnOnce(Option<&Path>),
    ) -> Result<Option<PathBuf>, Failure> {
        let _lock = self.locked()?;
        let now = self.read()?;
        if now.digest() != expected {
            return Err(changed(&self.path));
        }
        if is_null_device(&self.path) {
            return Err(null_device(&self.path));
        }
        if now.exists && *now.bytes == bytes && !now.exposed {
            note(None);
            return Ok(None);
        }
        if now.twin && keep == KeepBackup::No {
            return Err(twin(&self.path));
        }
        let backup = match keep {
            KeepBackup::Yes => Some(self.keep(&now, bytes, false)?),
            KeepBackup::Lasting => Some(self.keep(&now, bytes, true)?),
            KeepBackup::No => None,
        };
        let real = now.target.as_deref().unwrap_or(&self.path);
        // A write that was killed half-way leaves a copy of the file, secrets and all.
        for folder in [atomic_file::parent(real), &self.backups] {
            atomic_file::sweep(folder, SystemTime::now());
        }
        note(backup.as_deref());
        if let Err(error) = atomic_file::write(&*self.disk, real, bytes) {
            if let Some(backup) = backup {
                // It would be taken for the state before a change that was never made.
                let _ = fs::remove_file(backup);
            }
            return Err(failure(&error));
        }
        let passing: Vec<Backup> = self.backups().into_iter().filter(|backup| !backup.lasts).collect();
        let surplus = match keep {
            KeepBackup::Yes | KeepBackup::Lasting => passing.len().saturating_sub(BACKUPS),
            KeepBackup::No => usize::MAX,
        };
        for old in passing.iter().take(surplus) {
            let _ = fs::remove_file(&old.path);
        }
        Ok(backup)
    }

    /// A state that was kept for good, as it was. `None`: it is not there any more.
    #[must_use]
    pub fn lasting(&self, backup: &Path) -> Option<Zeroizing<Vec<u8>>> {
        let known = self.backups().into_iter().find(|known| known.lasts && known.path == backup)?;
        self.contents(&known).ok().map(Zeroizing::new)
    }

    /// Where states are kept for good.
    #[must_use]
    pub fn all_lasting(&self) -> Vec<PathBuf> {
        self.backups().into_iter().filter(|backup| backup.lasts).map(|backup| backup.path).collect()
    }

    /// The secrets of that state stand elsewhere again.
    pub fn let_go(&self, backup: &Path) {
        if self.backups().iter().any(|known| known.lasts && known.path == backup) {
            let _ = fs::remove_file(backup);
        }
    }

    /// Whether there is a state to go back to: the file is as our last change left it.
    #[must_use]
    pub fn has_backup(&self, now: &ExternalContents) -> bool {
        self.last(now).is_ok_and(|last| last.is_some())
    }

    /// Goes back to the bytes before our last change, and once more to those before the one before it.
    ///
    /// # Errors
    /// There is none; `Conflict`: the file was changed since then, and going back would lose that.
    pub fn restore(&self) -> Result<(), Failure> {
        let _lock = self.locked()?;
        let now = self.read()?;
        let Some(last) = self.last(&now)? else {
            return Err(Failure::new(
                Code::InvalidInput,
                format!("There is no earlier version of {}.", self.path.display()),
                "Brickpass has not changed the file, or has already restored it.",
                "Nothing was changed.",
            ));
        };
        let real = now.target.as_deref().unwrap_or(&self.path);
        if last.existed {
            let bytes = Zeroizing::new(self.contents(&last)?);
            atomic_file::write(&*self.disk, real, &bytes).map_err(|error| failure(&error))?;
        } else {
            fs::remove_file(real).map_err(|error| failure(&FileError::io("remove", real, error)))?;
        }
        let _ = fs::remove_file(&last.path);
        Ok(())
    }

    fn locked(&self) -> Result<Lock, Failure> {
        Lock::acquire(&self.lock, self.patience).map_err(|error| failure(&error))
    }

    /// Where a link leads, if that is a place that nobody else has a hand in.
    fn target(&self) -> Result<Option<PathBuf>, Failure> {
        let Ok(link) = self.path.symlink_metadata() else { return Ok(None) };
        if !link.is_symlink() {
            return Ok(None);
        }
        let unsafe_ = |reason: &'static str, fix: &str| {
            failure(&FileError::Unsafe { path: self.path.clone(), reason, fix: format!("Nothing was changed. {fix}") })
        };
        if !atomic_file::is_mine(&link) {
            return Err(unsafe_("It is a symbolic link created by another user", "Replace it with a file of your own."));
        }
        let target = self
            .path
            .canonicalize()
            .map_err(|_| unsafe_("It is a symbolic link to a file that does not exist", "Create that file, or remove the link."))?;
        let folder = atomic_file::parent(&target).metadata().map_err(|error| failure(&FileError::io("read", &target, error)))?;
        if !atomic_file::is_mine(&folder) {
            return Err(unsafe_("It is a symbolic link into another user's folder", "Move the file to a folder of your own."));
        }
        if let Some(group) = atomic_file::group_writes(&folder) {
            return Err(unsafe_(
                "It is a symbolic link into a folder that a group on this computer can write to",
                &format!("Make that folder writable only by you (chmod g-w; its group ID is {group}), or move the file elsewhere."),
            ));
        }
        if atomic_file::everybody_writes(&folder) {
            return Err(unsafe_(
                "It is a symbolic link into a folder that every user of this computer can write to",
                "Make that folder writable only by you, or move the file elsewhere.",
            ));
        }
        Ok(Some(target))
    }

    /// Keeps what is there now, before it becomes `next`.
    fn keep(&self, now: &ExternalContents, next: &[u8], lasts: bool) -> Result<PathBuf, Failure> {
        let number = self.backups().last().map_or(1, |last| last.number.saturating_add(1));
        let kind = match (now.exists, lasts) {
            (true, true) => LASTING,
            (true, false) => "bak",
            (false, _) => "none",
        };
        let path = self.backups.join(format!("{number:08}-{}.{kind}", hex(&digest(Some(next)))));
        atomic_file::write(&*self.disk, &path, &now.bytes).map_err(|error| failure(&error))?;
        Ok(path)
    }

    /// Oldest first.
    fn backups(&self) -> Vec<Backup> {
        let names = fs::read_dir(&self.backups).into_iter().flatten().flatten();
        let mut found: Vec<Backup> = names.filter_map(|entry| Backup::named(entry.path())).collect();
        found.sort_by_key(|backup| backup.number);
        found
    }

    fn contents(&self, backup: &Backup) -> Result<Vec<u8>, Failure> {
        let contents = atomic_file::read(&backup.path, LIMIT).map_err(|error| failure(&error))?;
        contents.map(|contents| contents.bytes).ok_or_else(|| changed(&self.path))
    }

    /// The newest state, if the file is what our change made of it.
    fn last(&self, now: &ExternalContents) -> Result<Option<Backup>, Failure> {
        let is = hex(&now.digest());
        for backup in self.backups().into_iter().rev() {
            if backup.after == is {
                return Ok(Some(backup));
            }
            // The program ended after it was kept and before the file was changed: nothing to go back from.
            let same = backup.existed == now.exists && Zeroizing::new(self.contents(&backup)?) == now.bytes;
            if !same {
                return Err(Failure::new(
                    Code::Conflict,
                    format!("{} was changed by another program.", self.path.display()),
                    "Restoring the earlier version would lose that change.",
                    format!("Nothing was changed. The earlier version is kept as {}.", backup.path.display()),
                ));
            }
        }
        Ok(None)
    }
}

struct Backup {
    path: PathBuf,
    number: u64,
    /// What the change after it made of the file.
    after: String,
    existed: bool,
    lasts: bool,
}

impl Backup {
    fn named(path: PathBuf) -> Option<Self> {
        let (existed, lasts) = match path.extension()?.to_str()? {
            "bak" => (true, false),
            LASTING => (true, true),
            "none" => (false, false),
            _ => return None,
        };
        let (number, after) = path.file_stem()?.to_str()?.split_once('-')?;
        let (number, after) = (number.parse().ok()?, after.to_owned());
        Some(Self { path, number, after, existed, lasts })
    }
}

fn changed(path: &Path) -> Failure {
    Failure::new(
        Code::Conflict,
        format!("{} was changed by another program in the meantime.", path.display()),
        "The changes that were shown no longer match the file.",
        "Nothing was changed. Review the changes again.",
    )
    .with_remedy(Remedy::Reload)
}

fn twin(path: &Path) -> Failure {
    Failure::new(
        Code::FileUnsafe,
        format!("The secrets stay in {}.", path.display()),
        "The file has another name on this disk (a hard link), and the secrets would remain under that name.",
        format!("Nothing was changed. Remove the other name. To find it: find ~ -samefile '{}'.", path.display()),
    )
}

/// The words for files of ours do not fit in places.
fn failure(error: &FileError) -> Failure {
    let mut failure = error.failure();
    match error {
        FileError::TooLarge { .. } => {
            failure.why = format!("The limit for a profile file is {} MiB.", LIMIT / (1024 * 1024));
            "Nothing was changed. Check whether it is the right file.".clone_into(&mut failure.fix);
        }
        FileError::Io { .. } if failure.fix.contains("BRICKPASS_CONFIG_DIR") => {
            "Nothing was changed. Check the permissions of the file and its folder.".clone_into(&mut failure.fix);
        }
        FileError::Io { source, .. } if source.kind() == io::ErrorKind::StorageFull => {
            "Nothing was changed. Free some space and try again.".clone_into(&mut failure.fix);
        }
        _ => {}
    }
    failure
}

#[cfg(unix)]
fn readable_by_others(path: &Path) -> bool {
    path.metadata().is_ok_and(|metadata| std::os::unix::fs::MetadataExt::mode(&metadata) & 0o044 != 0)
}

#[cfg(unix)]
fn has_twin(path: &Path) -> bool {
    path.metadata().is_ok_and(|metadata| std::os::unix::fs::MetadataExt::nlink(&metadata) > 1)
}

/// Windows does not tell by the path.
#[cfg(not(unix))]
fn has_twin(_path: &Path) -> bool {
    false
}

/// Windows: the profile's folder gives its files to their owner alone.
#[cfg(not(unix))]
fn readable_by_others(_path: &Path) -> bool {
    false
}

#[cfg(test)]
mod tests;
