//! A file that a person asked for, where they asked for it: never in the place of another one.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use super::atomic_file::{self, FileError};
use brickpass_core::failure::{Code, Failure};
use brickpass_logging::FileName;

/// Writes a new file that only its owner can read.
///
/// # Errors
/// Something is there already; the disk. Nothing is left of a file that could not be written to its end.
pub fn write_new(to: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let written = create(to, bytes);
    brickpass_logging::debug!("wrote a new file", file = FileName(to), bytes = bytes.len(), outcome = written);
    written
}

fn create(to: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(to).map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists => exists_already(to),
        io::ErrorKind::NotFound => Failure::new(
            Code::FileUnwritable,
            format!("{} cannot be written.", to.display()),
            "The folder does not exist.",
            "Choose a folder that exists.",
        ),
        _ => FileError::io("write", to, error).failure(),
    })?;
    io::Write::write_all(&mut file, bytes).and_then(|()| file.sync_all()).map_err(|error| {
        // Half a file is none.
        let _ = fs::remove_file(to);
        FileError::io("write", to, error).failure()
    })
}

/// For what others must neither read nor replace.
///
/// # Errors
/// Everybody may replace files in the folder that it would lie in.
pub fn safe_for_secrets(to: &Path) -> Result<(), Failure> {
    let folder = atomic_file::parent(to);
    // One that is not there is told of when it is written to.
    if !folder.exists() {
        return Ok(());
    }
    atomic_file::check_folder(folder).map_err(|error| Failure { what: format!("{} was not written.", to.display()), ..error.failure() })
}

/// Writes files into a new folder that only its owner can look into: all of them or none. `files`: relative names, as they lie in it.
///
/// # Errors
/// Something is there already; the disk. Nothing is left of a folder that could not be filled.
pub fn write_new_folder(to: &Path, files: &[(&str, &[u8])]) -> Result<Vec<PathBuf>, Failure> {
    new_folder(to).map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists => exists_already(to),
        _ => FileError::io("create", to, error).failure(),
    })?;
    let written = files.iter().map(|(name, bytes)| {
        let path = to.join(name);
        for folder in
            Path::new(name).ancestors().skip(1).filter(|folder| !folder.as_os_str().is_empty()).collect::<Vec<_>>().into_iter().rev()
        {
            let folder = to.join(folder);
            if !folder.is_dir() {
                new_folder(&folder).map_err(|error| FileError::io("create", &folder, error).failure())?;
            }
        }
        write_new(&path, bytes).map(|()| path)
    });
    let written: Result<Vec<PathBuf>, Failure> = written.collect();
    if written.is_err() {
        // It was made just now, by us.
        let _ = fs::remove_dir_all(to);
    }
    written
}

fn new_folder(path: &Path) -> io::Result<()> {
    #[cfg_attr(not(unix), expect(unused_mut, reason = "elsewhere a folder has no mode of its own"))]
    let mut builder = fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

fn exists_already(path: &Path) -> Failure {
    Failure::new(
        Code::FileUnwritable,
        format!("{} already exists.", path.display()),
        "An export never replaces a file.",
        "Choose a different name, or move that file away.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_there_is_never_replaced() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("precious");
        fs::File::create(&file).unwrap();
        assert!(write_new(&file, b"x").unwrap_err().what.contains("already exists"));
        assert_eq!(fs::read(&file).unwrap(), b"");
    }

    #[cfg(unix)]
    #[test]
    fn a_link_is_not_followed_and_others_cannot_read_it() {
        use std::os::unix::fs::PermissionsExt as _;
        let dir = tempfile::tempdir().unwrap();
        let (link, elsewhere) = (dir.path().join("link"), dir.path().join("elsewhere"));
        std::os::unix::fs::symlink(&elsewhere, &link).unwrap();
        assert!(write_new(&link, b"x").is_err());
        assert!(!elsewhere.exists());
        write_new(&elsewhere, b"x").unwrap();
        assert_eq!(fs::metadata(&elsewhere).unwrap().permissions().mode() & 0o777, 0o600);
    }

    #[test]
    fn a_folder_that_is_missing_is_told() {
        let dir = tempfile::tempdir().unwrap();
        assert_eq!(write_new(&dir.path().join("not/there"), b"x").unwrap_err().why, "The folder does not exist.");
    }
}
