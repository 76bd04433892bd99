//! Why something was not stored, and whether that is certain.

use crate::blocking::crashed;
use brickpass_core::failure::Failure;
use brickpass_storage::{Entry, LibraryError, VaultError};

/// Nothing was changed, as far as is known.
pub(crate) struct NotStored {
    pub(crate) failure: Failure,
    pub(super) theirs: Option<Box<Entry>>,
    /// It may have been stored.
    pub(crate) uncertain: bool,
}

impl NotStored {
    pub(crate) fn crashed() -> Self {
        Self { uncertain: true, ..Self::from(crashed()) }
    }
}

impl From<Failure> for NotStored {
    fn from(failure: Failure) -> Self {
        Self { failure, theirs: None, uncertain: false }
    }
}

impl From<LibraryError> for NotStored {
    fn from(error: LibraryError) -> Self {
        let failure = error.failure();
        Self { theirs: if let LibraryError::Conflict { theirs } = error { theirs } else { None }, ..Self::from(failure) }
    }
}

impl From<VaultError> for NotStored {
    fn from(error: VaultError) -> Self {
        // Without an answer in time it may still come through.
        Self { uncertain: matches!(error, VaultError::Busy), ..Self::from(error.failure()) }
    }
}
