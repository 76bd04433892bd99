//! The diagnostic log in a file: for its owner alone, of a limited size. It never logs about itself.

use std::{
    fs::{self, File},
    io::Write as _,
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
};

use super::{
    atomic_file::{self, FileError},
    folder::refuse_as_root,
};
use brickpass_core::failure::Failure;

/// Each try ends with another file, because this process or another one has renamed the full one.
const TRIES: usize = 3;

/// A log file that several processes may share. A file that is full is renamed to `NAME.1`, in place of the one before.
#[derive(Debug)]
pub struct LogFile {
    path: PathBuf,
    limit: u64,
    file: Mutex<File>,
}

impl LogFile {
    /// Bytes of a file, and of the one before it: 5 MiB each.
    pub const LIMIT: u64 = 5 * 1024 * 1024;

    /// Opens the file to write at its end. Creates it, and its folder, for the owner alone.
    ///
    /// # Errors
    /// It is a link, no regular file, another user's or writable by others; this is root in a folder of another user; the disk says no.
    pub fn open(path: &Path) -> Result<Self, Failure> {
        Self::with_limit(path, Self::LIMIT)
    }

    fn with_limit(path: &Path, limit: u64) -> Result<Self, Failure> {
        // A relative path means the same file when the folder of the process changes.
        let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
        let folder = atomic_file::parent(&path);
        refuse_as_root(folder)?;
        atomic_file::make_folder(folder).map_err(|error| error.failure())?;
        let file = open(&path).map_err(|error| error.failure())?;
        Ok(Self { path, limit, file: Mutex::new(file) })
    }

    /// Adds one line. A line that cannot be written is lost: the log must not stop what it reports.
    pub fn write(&self, line: &str) {
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        for _ in 0..TRIES {
            if !self.is_in_place(&file) {
                let Ok(newer) = open(&self.path) else { return };
                *file = newer;
            }
            let Ok(metadata) = file.metadata() else { return };
            if metadata.len() + line.len() as u64 <= self.limit {
                let _ = file.write_all(line.as_bytes());
                return;
            }
            // Another process may have come here at the same time: the second one finds that the file is not in place any more. Where the
            // file system knows no locks, one of two old files may be lost.
            let _ = file.lock();
            if self.is_in_place(&file) && fs::rename(&self.path, before(&self.path)).is_err() {
                let _ = file.unlock();
                return;
            }
            let Ok(newer) = open(&self.path) else { return };
            *file = newer;
        }
    }

    /// The path still leads to the open file: no other process has renamed it.
    #[cfg(unix)]
    fn is_in_place(&self, file: &File) -> bool {
        use std::os::unix::fs::MetadataExt as _;
        let id = |metadata: fs::Metadata| (metadata.dev(), metadata.ino());
        matches!((self.path.symlink_metadata().map(id), file.metadata().map(id)), (Ok(there), Ok(here)) if there == here)
    }

    /// Elsewhere a file that another process has renamed is noticed when it is full.
    #[cfg(not(unix))]
    fn is_in_place(&self, _file: &File) -> bool {
        self.path.exists()
    }
}

/// Readable by its owner alone, also if it existed before.
fn open(path: &Path) -> Result<File, FileError> {
    let file = atomic_file::open_to_append(path)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        file.set_permissions(fs::Permissions::from_mode(0o600)).map_err(|error| FileError::io("write", path, error))?;
    }
    Ok(file)
}

fn before(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".1");
    PathBuf::from(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINE: &str = "0123456789abcde\n";

    fn length(path: &Path) -> u64 {
        fs::metadata(path).unwrap().len()
    }

    #[test]
    fn a_full_file_is_kept_once_and_both_stay_below_the_limit() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("new/brickpass.log");
        let log = LogFile::with_limit(&path, 100).unwrap();
        for _ in 0..1000 {
            log.write(LINE);
        }
        assert!((16..=100).contains(&length(&path)) && length(&before(&path)) == 96);
        assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 2);
        // What does not fit at all is left out.
        log.write(&LINE.repeat(10));
        assert!(length(&path) <= 100 && length(&before(&path)) <= 100);
    }

    #[test]
    fn two_that_write_the_same_file_lose_no_full_one() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("brickpass.log");
        let logs = [LogFile::with_limit(&path, 100).unwrap(), LogFile::with_limit(&path, 100).unwrap()];
        for turn in 0..100 {
            logs[turn % 2].write(LINE);
            assert!(length(&path) <= 100);
        }
        if cfg!(unix) {
            assert_eq!(length(&before(&path)), 96);
        }
    }

    #[cfg(unix)]
    #[test]
    fn it_is_for_its_owner_alone_and_no_link_is_followed() {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        let dir = tempfile::tempdir().unwrap();
        let (path, link) = (dir.path().join("brickpass.log"), dir.path().join("link.log"));
        let log = LogFile::with_limit(&path, 20).unwrap();
        log.write(LINE);
        assert_eq!(mode(&path), 0o600);
        log.write(LINE);
        assert_eq!((mode(&path), mode(&before(&path))), (0o600, 0o600));
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
        drop(LogFile::open(&path).unwrap());
        assert_eq!(mode(&path), 0o600, "one that others could read is closed to them");

        std::os::unix::fs::symlink(dir.path().join("elsewhere"), &link).unwrap();
        assert!(LogFile::open(&link).is_err() && !dir.path().join("elsewhere").exists());
        // Nor is one that takes its place later.
        fs::remove_file(&path).unwrap();
        std::os::unix::fs::symlink(dir.path().join("elsewhere"), &path).unwrap();
        log.write(LINE);
        assert!(!dir.path().join("elsewhere").exists());
    }
}
