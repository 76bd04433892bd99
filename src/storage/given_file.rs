//! A file that a person has chosen to be read: of any owner, also through a link, but a regular file and not an endless one.

use std::{
    fs::OpenOptions,
    io::{self, Read as _},
    path::Path,
};

use super::atomic_file::FileError;
use crate::failure::{Code, Failure};

/// All bytes of it. Neither a pipe nor a device makes this wait.
///
/// # Errors
/// It is missing, unreadable, no regular file, or has more than `limit` bytes.
pub fn read_given(path: &Path, limit: u64) -> Result<Vec<u8>, Failure> {
    let failed = |error: io::Error| match error.kind() {
        io::ErrorKind::NotFound => refused(path, "There is no such file.", "Check its name and its folder."),
        _ => FileError::io("read", path, error).failure(),
    };
    // Before it is opened: on some systems a device acts upon that.
    regular(path, &path.metadata().map_err(failed)?)?;
    let mut options = OpenOptions::new();
    options.read(true);
    #[cfg(unix)]
    {
        let flags = rustix::fs::OFlags::NONBLOCK | rustix::fs::OFlags::NOCTTY;
        std::os::unix::fs::OpenOptionsExt::custom_flags(&mut options, flags.bits().cast_signed());
    }
    let file = options.open(path).map_err(failed)?;
    let metadata = file.metadata().map_err(failed)?;
    regular(path, &metadata)?;
    if metadata.len() > limit {
        return Err(FileError::TooLarge { path: path.to_owned(), limit }.failure());
    }
    let mut bytes = Vec::with_capacity(usize::try_from(metadata.len()).unwrap_or_default());
    file.take(limit + 1).read_to_end(&mut bytes).map_err(failed)?;
    if bytes.len() as u64 > limit { Err(FileError::TooLarge { path: path.to_owned(), limit }.failure()) } else { Ok(bytes) }
}

fn regular(path: &Path, metadata: &std::fs::Metadata) -> Result<(), Failure> {
    if metadata.is_file() {
        return Ok(());
    }
    let why = if metadata.is_dir() { "It is a folder." } else { "It is not a regular file, but a pipe or a device." };
    Err(refused(path, why, "Choose the file itself."))
}

fn refused(path: &Path, why: &str, fix: &str) -> Failure {
    Failure::new(Code::FileUnreadable, format!("{} cannot be read.", path.display()), why, fix)
}
