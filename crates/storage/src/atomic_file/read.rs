//! Reading a file that only its owner can have written. Judged on the open file, so that nobody can swap it between look and use.

use std::{
    fs::{File, Metadata, OpenOptions},
    io::{self, Read as _},
    path::Path,
    time::SystemTime,
};

use super::FileError;

/// What tells one state of a file from the next without reading it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Stamp {
    modified: Option<SystemTime>,
    length: u64,
    /// A replaced file has another one, even within one tick of the clock.
    inode: u64,
}

impl Stamp {
    pub(crate) fn of(metadata: &Metadata) -> Self {
        #[cfg(unix)]
        let inode = std::os::unix::fs::MetadataExt::ino(metadata);
        #[cfg(not(unix))]
        let inode = 0;
        Self { modified: metadata.modified().ok(), length: metadata.len(), inode }
    }

    /// One `stat`; `None` for a missing file.
    pub(crate) fn at(path: &Path) -> Option<Self> {
        path.symlink_metadata().ok().map(|metadata| Self::of(&metadata))
    }

    pub(crate) fn modified(&self) -> Option<SystemTime> {
        self.modified
    }
}

pub(crate) struct Contents {
    pub(crate) bytes: Vec<u8>,
    pub(crate) stamp: Stamp,
}

/// By hand: what a person keeps in a file is for nobody's eyes.
impl std::fmt::Debug for Contents {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Contents").field("stamp", &self.stamp).finish_non_exhaustive()
    }
}

/// The file's bytes; `None` if there is no such file.
///
/// # Errors
/// A link, a pipe, a folder, somebody else's, writable by others, more than `limit` bytes, unreadable. None of them blocks.
pub(crate) fn read(path: &Path, limit: u64) -> Result<Option<Contents>, FileError> {
    let Some(file) = open(OpenOptions::new().read(true), path)? else { return Ok(None) };
    let failed = |error| FileError::io("read", path, error);
    let metadata = file.metadata().map_err(failed)?;
    let too_large = || FileError::TooLarge { path: path.to_owned(), limit };
    if metadata.len() > limit {
        return Err(too_large());
    }
    let mut bytes = Vec::with_capacity(usize::try_from(metadata.len()).unwrap_or_default());
    file.take(limit + 1).read_to_end(&mut bytes).map_err(failed)?;
    if bytes.len() as u64 > limit {
        return Err(too_large());
    }
    Ok(Some(Contents { bytes, stamp: Stamp::of(&metadata) }))
}

/// Is what stands at `path` (if anything) safe to replace?
pub(super) fn check(path: &Path) -> Result<(), FileError> {
    open(OpenOptions::new().read(true), path).map(drop)
}

/// Opens without following a link or waiting for a pipe, then judges what was opened. `None` if there is no such file.
pub(super) fn open(options: &mut OpenOptions, path: &Path) -> Result<Option<File>, FileError> {
    #[cfg(unix)]
    {
        use rustix::fs::OFlags;
        let flags = OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::NOCTTY;
        std::os::unix::fs::OpenOptionsExt::custom_flags(options, flags.bits().cast_signed());
    }
    let unsafe_ = |reason, fix: String| FileError::Unsafe { path: path.to_owned(), reason, fix };
    let put_a_file = || "Nothing was changed. Replace it with the file itself, or remove it.".to_owned();
    if path.symlink_metadata().is_ok_and(|metadata| metadata.is_symlink()) {
        return Err(unsafe_("It is a symbolic link", put_a_file()));
    }
    let file = match options.open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        #[cfg(unix)]
        Err(error) if error.raw_os_error() == Some(rustix::io::Errno::LOOP.raw_os_error()) => {
            return Err(unsafe_("It is a symbolic link", put_a_file()));
        }
        Err(_) if path.symlink_metadata().is_ok_and(|metadata| !metadata.is_file()) => {
            return Err(unsafe_("It is not a regular file", put_a_file()));
        }
        Err(error) => return Err(FileError::io("read", path, error)),
    };
    let metadata = file.metadata().map_err(|error| FileError::io("read", path, error))?;
    if !metadata.is_file() {
        return Err(unsafe_("It is not a regular file", put_a_file()));
    }
    if !is_mine(&metadata) {
        return Err(unsafe_("It belongs to another user", give_it_back(&metadata, path)));
    }
    if writable_by_others(&metadata, 0o022) {
        return Err(unsafe_(
            "Other users of this computer can write to it",
            format!("If you trust its contents, make it accessible only to you: chmod 600 '{}'.", path.display()),
        ));
    }
    Ok(Some(file))
}

/// Root gets the advice to leave the file to its owner: taking it over or removing it would lock the owner out.
#[cfg(unix)]
fn give_it_back(metadata: &Metadata, path: &Path) -> String {
    let owner = super::super::folder::user(std::os::unix::fs::MetadataExt::uid(metadata));
    if rustix::process::geteuid().is_root() {
        format!("Run Brickpass as {owner}, without sudo.")
    } else {
        format!("Ask an administrator to make you its owner: sudo chown \"$USER\" '{}'.", path.display())
    }
}

#[cfg(not(unix))]
fn give_it_back(_metadata: &Metadata, path: &Path) -> String {
    format!("Ask an administrator to make you the owner of {}.", path.display())
}

/// A folder in which every user can replace files is not safe (unless it is sticky, like `/tmp`).
pub(crate) fn check_folder(folder: &Path) -> Result<(), FileError> {
    let metadata = folder.metadata().map_err(|error| FileError::io("read", folder, error))?;
    if writable_by_others(&metadata, 0o002) && !writable_by_others(&metadata, 0o1000) {
        return Err(FileError::Unsafe {
            path: folder.to_owned(),
            reason: "Every user of this computer can replace files in this folder",
            fix: format!("Make it accessible only to you: chmod 700 '{}'.", folder.display()),
        });
    }
    Ok(())
}

#[cfg(unix)]
pub(crate) fn is_mine(metadata: &Metadata) -> bool {
    std::os::unix::fs::MetadataExt::uid(metadata) == rustix::process::geteuid().as_raw()
}

/// Also of a sticky one.
pub(crate) fn everybody_writes(folder: &Metadata) -> bool {
    writable_by_others(folder, 0o002)
}

/// The number of the group whose members may write to it; not of one's own, which many systems give to each user (and let it write).
#[cfg(unix)]
pub(crate) fn group_writes(folder: &Metadata) -> Option<u32> {
    let group = std::os::unix::fs::MetadataExt::gid(folder);
    let own = [std::os::unix::fs::MetadataExt::uid(folder), 0].contains(&group);
    (writable_by_others(folder, 0o020) && !own).then_some(group)
}

#[cfg(not(unix))]
pub(crate) fn group_writes(_folder: &Metadata) -> Option<u32> {
    None
}

#[cfg(unix)]
fn writable_by_others(metadata: &Metadata, bits: u32) -> bool {
    std::os::unix::fs::MetadataExt::mode(metadata) & bits != 0
}

/// Windows: the profile's folder gives its files to their owner alone.
#[cfg(not(unix))]
pub(crate) fn is_mine(_metadata: &Metadata) -> bool {
    true
}

#[cfg(not(unix))]
fn writable_by_others(_metadata: &Metadata, _bits: u32) -> bool {
    false
}
