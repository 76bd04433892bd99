//! The four calls that can fail while a file is replaced: a seam, so that tests can make each of them fail.

use std::{
    fs::File,
    io::{self, Write as _},
    path::Path,
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

pub(crate) struct RealDisk;

impl Disk for RealDisk {
    fn write(&self, file: &mut File, bytes: &[u8]) -> io::Result<()> {
        file.write_all(bytes)
    }

    fn sync(&self, file: &File) -> io::Result<()> {
        file.sync_all()
    }

    fn rename(&self, temp: NamedTempFile, target: &Path) -> io::Result<File> {
        temp.persist(target).map_err(|failed| failed.error)
    }

    fn sync_folder(&self, folder: &Path) -> io::Result<()> {
        // Windows opens no folders; its rename is written through.
        if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
    }
}
