//! Why the list of connections could not be read or written.

use std::path::PathBuf;

use super::{Damage, Entry};
use crate::atomic_file::FileError;
use brickpass_core::failure::{Code, Failure, Remedy};

#[derive(Debug, thiserror::Error)]
pub enum LibraryError {
    #[error("the connections file was changed elsewhere")]
    Conflict { theirs: Option<Box<Entry>> },
    #[error("the name {name} is already in use")]
    NameTaken { name: String },
    #[error("{} is damaged: {why}", path.display())]
    Damaged { path: PathBuf, why: Damage, backups: PathBuf },
    #[error("the connections file is from a newer version of Brickpass")]
    Newer,
    #[error("there is no such backup")]
    NoBackup,
    #[error(transparent)]
    File(FileProblem),
}

/// What the file system says; in words through [`LibraryError::failure`].
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub struct FileProblem(pub(crate) FileError);

impl FileProblem {
    pub(crate) fn failure(&self) -> Failure {
        self.0.failure()
    }
}

impl From<FileError> for LibraryError {
    fn from(error: FileError) -> Self {
        Self::File(FileProblem(error))
    }
}

impl From<serde_json::Error> for LibraryError {
    fn from(error: serde_json::Error) -> Self {
        FileError::io("write", std::path::Path::new("connections.json"), error.into()).into()
    }
}

impl LibraryError {
    #[must_use]
    pub fn failure(&self) -> Failure {
        match self {
            Self::Conflict { theirs: Some(theirs) } => Failure::new(
                Code::Conflict,
                format!("“{}” was changed elsewhere.", theirs.connection.name.as_str()),
                "Another window or program saved it while you were editing it.",
                "Nothing was overwritten. Reload to see the other version, or save yours under a different name.",
            )
            .with_remedy(Remedy::Reload),
            Self::Conflict { theirs: None } => Failure::new(
                Code::Conflict,
                "This connection has changed since you started editing it.",
                "Another window or program removed or replaced it.",
                "Nothing was overwritten. Reload the list, or save yours as a new connection.",
            )
            .with_remedy(Remedy::Reload),
            Self::NameTaken { name } => Failure::new(
                Code::InvalidInput,
                format!("A connection named “{name}” already exists."),
                "Each connection needs a unique name. Upper and lower case make no difference.",
                "Choose a different name.",
            ),
            Self::Damaged { path, why, backups } => Failure::new(
                Code::FileUnreadable,
                format!("The connections file {} is damaged.", path.display()),
                format!("{why}, and there is no good backup in {}.", backups.display()),
                "Nothing was changed. Repair the file, replace it with a copy, or start with an empty list (brickpass restore --empty), which keeps the damaged file.",
            ),
            Self::Newer => Failure::new(
                Code::ReadOnly,
                "Nothing was saved.",
                "The connections file is from a newer version of Brickpass.",
                "Update Brickpass to edit your connections.",
            ),
            Self::NoBackup => Failure::new(
                Code::FileUnreadable,
                "This backup no longer exists.",
                "A newer one replaced it.",
                "Choose a backup from the list again.",
            )
            .with_remedy(Remedy::Reload),
            Self::File(problem) => problem.failure(),
        }
    }
}
