//! A disk that fails on purpose.

use std::{
    fs::File,
    io::{self, Write as _},
    path::Path,
    sync::atomic::{AtomicUsize, Ordering},
};

use tempfile::NamedTempFile;

use super::{Disk, RealDisk};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    Sync,
    Rename,
    SyncFolder,
}

pub(crate) struct FaultyDisk {
    /// Bytes until the disk is full.
    room: AtomicUsize,
    fault: Option<Fault>,
}

impl FaultyDisk {
    pub(crate) fn with_room(bytes: usize) -> Self {
        Self { room: AtomicUsize::new(bytes), fault: None }
    }

    pub(crate) fn failing_at(fault: Fault) -> Self {
        Self { room: AtomicUsize::new(usize::MAX), fault: Some(fault) }
    }

    pub(crate) fn set_room(&self, bytes: usize) {
        self.room.store(bytes, Ordering::SeqCst);
    }

    fn fail(&self, at: Fault, kind: io::ErrorKind) -> io::Result<()> {
        if self.fault == Some(at) { Err(kind.into()) } else { Ok(()) }
    }
}

impl Disk for FaultyDisk {
    fn write(&self, file: &mut File, bytes: &[u8]) -> io::Result<()> {
        let room = self.room.load(Ordering::SeqCst);
        let fits = room.min(bytes.len());
        self.room.fetch_sub(fits, Ordering::SeqCst);
        file.write_all(&bytes[..fits])?;
        if fits < bytes.len() { Err(io::ErrorKind::StorageFull.into()) } else { Ok(()) }
    }

    fn sync(&self, file: &File) -> io::Result<()> {
        self.fail(Fault::Sync, io::ErrorKind::Other)?;
        RealDisk.sync(file)
    }

    fn rename(&self, temp: NamedTempFile, target: &Path) -> io::Result<File> {
        self.fail(Fault::Rename, io::ErrorKind::PermissionDenied)?;
        RealDisk.rename(temp, target)
    }

    fn sync_folder(&self, folder: &Path) -> io::Result<()> {
        self.fail(Fault::SyncFolder, io::ErrorKind::Other)?;
        RealDisk.sync_folder(folder)
    }
}

/// The names in a folder, sorted: no temporary file may be among them.
pub(crate) fn names_in(folder: &Path) -> Vec<String> {
    let mut names: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}
