//! One writer at a time, across processes. The lock is its own file: the data file is replaced, and a lock on it would go with the old one.

use std::{
    fs::{File, OpenOptions, TryLockError},
    io,
    path::{Path, PathBuf},
    thread,
    time::{Duration, Instant},
};

use super::{FileError, make_folder, parent, read};
use brickpass_logging::FileName;

/// How long a writer waits for another one.
pub(crate) const LOCK_TIMEOUT: Duration = Duration::from_secs(30);
const PAUSE: Duration = Duration::from_millis(15);

/// Held until dropped; the kernel lets go of it if the process dies.
#[derive(Debug)]
pub(crate) struct Lock {
    _file: File,
    held: bool,
}

impl Lock {
    /// Locks what belongs to `path`, on `{path}.lock`. Where the file system knows no locks, the answer is an unlocked `Lock`: atomic
    /// replacement still keeps the file whole there.
    ///
    /// # Errors
    /// Somebody else holds it for longer than `patience`; the lock file cannot be made.
    pub(crate) fn acquire(path: &Path, patience: Duration) -> Result<Self, FileError> {
        let began = Instant::now();
        let acquired = Self::wait_for(path, patience);
        let waited = began.elapsed();
        if waited >= PAUSE || acquired.is_err() {
            brickpass_logging::debug!("waited for a lock", file = FileName(path), outcome = acquired, time = waited);
        } else {
            brickpass_logging::trace!("took a lock", file = FileName(path));
        }
        acquired
    }

    fn wait_for(path: &Path, patience: Duration) -> Result<Self, FileError> {
        make_folder(parent(path))?;
        let lock_path = lock_path(path);
        // Who cannot lock cannot write: the file that was meant is named.
        let failed = |error| FileError::io("write", path, error);
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = match read::open(&mut options, &lock_path) {
            Ok(Some(file)) => file,
            Ok(None) => return Err(failed(io::ErrorKind::NotFound.into())),
            Err(FileError::Io { source, .. }) => return Err(failed(source)),
            Err(error) => return Err(error),
        };
        let end = Instant::now() + patience;
        loop {
            match file.try_lock() {
                Ok(()) => return Ok(Self { _file: file, held: true }),
                Err(TryLockError::Error(error)) if error.kind() == io::ErrorKind::Unsupported => {
                    return Ok(Self { _file: file, held: false });
                }
                Err(TryLockError::Error(error)) => return Err(failed(error)),
                Err(TryLockError::WouldBlock) if Instant::now() < end => thread::sleep(PAUSE),
                Err(TryLockError::WouldBlock) => return Err(FileError::Busy { path: path.to_owned(), waited: patience }),
            }
        }
    }
}

impl Lock {
    /// False where the file system knows no locks: nothing can be said of others.
    pub(crate) fn is_held(&self) -> bool {
        self.held
    }
}

fn lock_path(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".lock");
    PathBuf::from(name)
}
