//! What undoing an import needs.

use uuid::Uuid;

use brickpass_core::connection::ConnectionId;
use brickpass_storage::{Entry, Former, Revision, SecretId};

/// Which import it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ImportId(Uuid);

impl ImportId {
    #[must_use]
    pub fn random() -> Self {
        Self(Uuid::new_v4())
    }
}

/// How the last import is undone. The secrets that it replaced are kept here until then.
pub(crate) struct Undo {
    pub(crate) import: ImportId,
    pub(crate) added: Vec<Undone>,
    pub(crate) replaced: Vec<(Entry, Undone)>,
}

/// A connection as the import left it.
pub(crate) struct Undone {
    pub(crate) id: ConnectionId,
    pub(crate) name: String,
    pub(crate) revision: Revision,
    /// The secret that was stored, and the one before it.
    pub(crate) secret: Option<(SecretId, Former)>,
}
