//! What can be wrong with a file, in words.

use std::{
    io,
    path::{Path, PathBuf},
    time::Duration,
};

use brickpass_core::failure::{Code, Failure, Remedy};
use brickpass_logging::Loggable;

#[derive(Debug, thiserror::Error)]
pub(crate) enum FileError {
    #[error("cannot {doing} {}: {source}", path.display())]
    Io { doing: &'static str, path: PathBuf, source: io::Error },
    /// Somebody else could have written it, or it is no plain file.
    #[error("{} is not safe to use: {reason}", path.display())]
    Unsafe { path: PathBuf, reason: &'static str, fix: String },
    #[error("{} is larger than {limit} bytes", path.display())]
    TooLarge { path: PathBuf, limit: u64 },
    #[error("{} is locked by another program", path.display())]
    Busy { path: PathBuf, waited: Duration },
}

/// The code of its failure.
impl Loggable for FileError {
    fn log(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.failure().log(f)
    }
}

impl FileError {
    pub(crate) fn io(doing: &'static str, path: &Path, source: io::Error) -> Self {
        Self::Io { doing, path: path.to_owned(), source }
    }

    pub(crate) fn failure(&self) -> Failure {
        match self {
            Self::Io { doing, path, source } => io_failure(doing, path, source),
            Self::Unsafe { path, reason, fix } => {
                Failure::new(Code::FileUnsafe, format!("Brickpass does not use {}.", path.display()), format!("{reason}."), fix.clone())
            }
            Self::TooLarge { path, limit } => Failure::new(
                Code::TooLarge,
                format!("{} is too large.", path.display()),
                format!("The limit for such a file is {} MiB, so Brickpass probably did not write it.", limit / (1024 * 1024)),
                "Nothing was changed. Move the file elsewhere, or replace it with the right one.",
            ),
            Self::Busy { path, waited } => Failure::new(
                Code::FileUnwritable,
                format!("{} is in use.", path.display()),
                format!("Another Brickpass process has been writing to it for more than {} seconds.", waited.as_secs()),
                "Nothing was changed. Try again. If it keeps happening, close the other Brickpass process.",
            )
            .with_remedy(Remedy::TryAgain),
        }
    }
}

fn io_failure(doing: &str, path: &Path, error: &io::Error) -> Failure {
    let reading = doing == "read";
    let code = match error.kind() {
        io::ErrorKind::ReadOnlyFilesystem => Code::ReadOnly,
        _ if reading => Code::FileUnreadable,
        _ => Code::FileUnwritable,
    };
    let (why, fix) = match error.kind() {
        io::ErrorKind::StorageFull => ("The disk is full.".to_owned(), "Free some space and try again."),
        io::ErrorKind::QuotaExceeded => ("Your disk quota is used up.".to_owned(), "Free some space and try again."),
        io::ErrorKind::ReadOnlyFilesystem => (
            "The disk is read-only.".to_owned(),
            "Make it writable, or choose another folder with BRICKPASS_CONFIG_DIR or BRICKPASS_STATE_DIR.",
        ),
        io::ErrorKind::PermissionDenied => (
            "Your user account does not have permission.".to_owned(),
            "Change the permissions, or choose another folder with BRICKPASS_CONFIG_DIR or BRICKPASS_STATE_DIR.",
        ),
        io::ErrorKind::NotADirectory | io::ErrorKind::AlreadyExists => (
            "There is a file where a folder is needed.".to_owned(),
            "Move that file away, or choose another folder with BRICKPASS_CONFIG_DIR or BRICKPASS_STATE_DIR.",
        ),
        io::ErrorKind::NotFound => (
            "The folder does not exist and cannot be created.".to_owned(),
            "Create the folder, or choose another one with BRICKPASS_CONFIG_DIR or BRICKPASS_STATE_DIR.",
        ),
        _ => (format!("Operating system error: {error}."), "Check the disk, then try again."),
    };
    Failure::new(code, format!("Brickpass cannot {doing} {}.", path.display()), why, fix)
        .with_details(error.to_string())
        .with_remedy(Remedy::TryAgain)
}
