//! The four calls that can fail while a file is replaced: a seam, so that tests can make each of them fail.

use std::{
    fs::File,
    io::{self, Write as _},
    path::Path,
    thread,
    time::Duration,
};

use tempfile::NamedTempFile;

pub(crate) trait Disk: Send + Sync {
    /// # Errors
    /// As the operating system says (disk full, quota, I/O error).
    fn write(&self, file: &mut File, bytes: &[u8]) -> io::Result<()>;

    /// Returns when the bytes are on the disk.
    ///
    /// # Errors
    /// As the operating system says.
    fn sync(&self, file: &File) -> io::Result<()>;

    /// Puts the temporary file in the target's place; removes it if that fails.
    ///
    /// # Errors
    /// As the operating system says.
    fn rename(&self, temp: NamedTempFile, target: &Path) -> io::Result<File>;

    /// Makes the rename itself survive a power cut.
    ///
    /// # Errors
    /// As the operating system says.
    fn sync_folder(&self, folder: &Path) -> io::Result<()>;
}

/// The pauses between the tries of a rename: a virus scanner, an indexer or a mount that has the file open lets go of it soon.
const PAUSES: [Duration; 4] =
    [Duration::from_millis(10), Duration::from_millis(40), Duration::from_millis(150), Duration::from_millis(400)];

/// Again as long as somebody else keeps the file busy. What could not be moved is handed back for the next try, and dropped after the last.
fn retried<T, D>(mut thing: T, attempt: impl Fn(T) -> Result<D, (io::Error, T)>, pause: impl Fn(Duration)) -> io::Result<D> {
    for wait in PAUSES {
        match attempt(thing) {
            Ok(done) => return Ok(done),
            Err((error, back)) if is_busy(&error) => thing = back,
            Err((error, _)) => return Err(error),
        }
        pause(wait);
    }
    attempt(thing).map_err(|(error, _)| error)
}

/// Windows says of a file that another program has open: access denied, sharing violation, lock violation.
fn is_busy(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::ResourceBusy || cfg!(windows) && error.raw_os_error().is_some_and(|code| matches!(code, 5 | 32 | 33))
}

pub(crate) struct RealDisk;

impl Disk for RealDisk {
    fn write(&self, file: &mut File, bytes: &[u8]) -> io::Result<()> {
        file.write_all(bytes)
    }

    fn sync(&self, file: &File) -> io::Result<()> {
        file.sync_all()
    }

    fn rename(&self, temp: NamedTempFile, target: &Path) -> io::Result<File> {
        let persist = |temp: NamedTempFile| temp.persist(target).map_err(|failed| (failed.error, failed.file));
        retried(temp, persist, thread::sleep)
    }

    fn sync_folder(&self, folder: &Path) -> io::Result<()> {
        // Windows opens no folders; its rename is written through.
        if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    #[test]
    fn vl_07_a_rename_is_tried_again_while_the_file_is_busy_and_not_for_ever() {
        for (busy, works, tries) in [(0, true, 1), (3, true, 4), (4, true, 5), (5, false, 5)] {
            let (tried, paused) = (Cell::new(0), Cell::new(0));
            let attempt = |thing: &'static str| {
                tried.set(tried.get() + 1);
                if tried.get() > busy { Ok(thing) } else { Err((io::ErrorKind::ResourceBusy.into(), thing)) }
            };
            let done = retried("the file", attempt, |_| paused.set(paused.get() + 1));
            assert_eq!((done.is_ok(), tried.get(), paused.get()), (works, tries, tries - 1), "{busy}");
        }
        let tried = Cell::new(0);
        let refused = |thing: ()| {
            tried.set(tried.get() + 1);
            Err::<(), _>((io::ErrorKind::StorageFull.into(), thing))
        };
        assert!(retried((), refused, |_| ()).is_err() && tried.get() == 1, "what is not busy is told at once");
    }
}
