//! Replace a file whole or not at all; lock it; read it only if nobody else could have put something there.
//!
//! A replacement goes: random temporary file beside the target (0600 from the first byte, never an existing one) -> write -> fsync ->
//! rename -> fsync of the folder. Whatever fails on the way, the old file is still there whole and the temporary file is gone.

mod disk;
mod error;
mod lock;
mod read;

pub(crate) use disk::{Disk, RealDisk};
pub(crate) use error::FileError;
pub(crate) use lock::{LOCK_TIMEOUT, Lock};
pub(crate) use read::{Contents, Stamp, check_folder, everybody_writes, group_writes, is_mine, read};

use std::{
    fs, io,
    path::Path,
    time::{Duration, Instant, SystemTime},
};

use brickpass_logging::FileName;

const TEMP_PREFIX: &str = ".brickpass-";
const TEMP_SUFFIX: &str = ".tmp";
/// A temporary file older than this was left behind by a crash; a younger one may be somebody's save in progress.
pub(crate) const LEFTOVER_AGE: Duration = Duration::from_hours(1);

/// Puts `bytes` in place of whatever `path` holds, readable by its owner alone. Missing folders are made, for the owner alone.
///
/// # Errors
/// The target is a link, no regular file, or writable by others; the disk says no. The old file is then as it was.
pub(crate) fn write(disk: &dyn Disk, path: &Path, bytes: &[u8]) -> Result<Stamp, FileError> {
    let began = Instant::now();
    let written = replace(disk, path, bytes);
    brickpass_logging::debug!("wrote a file", file = FileName(path), bytes = bytes.len(), outcome = written, time = began.elapsed());
    written
}

fn replace(disk: &dyn Disk, path: &Path, bytes: &[u8]) -> Result<Stamp, FileError> {
    let folder = parent(path);
    make_folder(folder)?;
    read::check(path)?;
    let failed = |doing: &'static str| move |error: io::Error| FileError::io(doing, path, error);
    let mut temp = temporary_in(folder).map_err(failed("write"))?;
    disk.write(temp.as_file_mut(), bytes).map_err(failed("write"))?;
    disk.sync(temp.as_file()).map_err(failed("write"))?;
    let file = disk.rename(temp, path).map_err(failed("replace"))?;
    let stamp = Stamp::of(&file.metadata().map_err(failed("read"))?);
    // The new file is in place and whole; some network file systems cannot sync a folder, and that is no reason to say the save failed.
    let _ = disk.sync_folder(folder);
    Ok(stamp)
}

/// A file for its owner alone, removed when it is dropped. [`sweep`] knows its name.
pub(crate) fn temporary_in(folder: &Path) -> io::Result<tempfile::NamedTempFile> {
    tempfile::Builder::new().prefix(TEMP_PREFIX).suffix(TEMP_SUFFIX).rand_bytes(12).tempfile_in(folder)
}

/// Adds `bytes` behind what `path` holds: all of them or none. The caller holds the file's lock.
///
/// # Errors
/// As [`write`]; the file is then as long as before.
pub(crate) fn append(path: &Path, bytes: &[u8]) -> Result<(), FileError> {
    let added = add(path, bytes);
    brickpass_logging::debug!("added to a file", file = FileName(path), bytes = bytes.len(), outcome = added);
    added
}

fn add(path: &Path, bytes: &[u8]) -> Result<(), FileError> {
    let failed = |error: io::Error| FileError::io("write", path, error);
    let mut file = open_to_append(path)?;
    let before = file.metadata().map_err(failed)?.len();
    io::Write::write_all(&mut file, bytes).map_err(|error| {
        // Half a line would spoil the next one; where even this fails, the reader skips both.
        let _ = file.set_len(before);
        failed(error)
    })
}

/// A file that is written at its end, created for its owner alone if it does not exist.
///
/// # Errors
/// It is a link, no regular file, or writable by others; the disk says no.
pub(crate) fn open_to_append(path: &Path) -> Result<fs::File, FileError> {
    let mut options = fs::OpenOptions::new();
    options.append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    read::open(&mut options, path)?.ok_or_else(|| FileError::io("write", path, io::ErrorKind::NotFound.into()))
}

/// Makes a folder (and those above it) for its owner alone. One that exists stays as it is, unless everybody may write there.
///
/// # Errors
/// It cannot be made; something else bears its name; everybody may replace files in it.
pub(crate) fn make_folder(folder: &Path) -> Result<(), FileError> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder).map_err(|error| {
        let blocked = if folder.exists() { io::Error::from(io::ErrorKind::NotADirectory) } else { error };
        FileError::io("create the folder", folder, blocked)
    })?;
    read::check_folder(folder)
}

/// Would a save in this folder be allowed? Only a look; the save itself says it for certain.
///
/// # Errors
/// The disk is read-only, or the permissions say no.
pub(crate) fn writable(folder: &Path) -> Result<(), FileError> {
    #[cfg(unix)]
    let answer = rustix::fs::access(folder, rustix::fs::Access::WRITE_OK | rustix::fs::Access::EXEC_OK).map_err(io::Error::from);
    #[cfg(not(unix))]
    let answer = folder.metadata().map(drop);
    answer.map_err(|error| FileError::io("write in", folder, error))
}

/// Removes temporary files that a crash left behind more than an hour ago. Only our own: by name and owner.
pub(crate) fn sweep(folder: &Path, now: SystemTime) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let ours = name.to_str().is_some_and(|name| name.starts_with(TEMP_PREFIX) && name.ends_with(TEMP_SUFFIX));
        let Ok(metadata) = entry.metadata() else { continue };
        let old = metadata.modified().is_ok_and(|modified| now.duration_since(modified).is_ok_and(|age| age > LEFTOVER_AGE));
        if ours && old && metadata.is_file() && read::is_mine(&metadata) {
            let _ = fs::remove_file(entry.path());
        }
    }
}

pub(crate) fn parent(path: &Path) -> &Path {
    path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or_else(|| Path::new("."))
}

#[cfg(test)]
pub(crate) mod faults;
#[cfg(test)]
mod tests;
