//! What was deleted and can still come back.

use jiff::{SignedDuration, Timestamp};

use super::editing::Editing;
use brickpass_core::connection::ConnectionId;
use brickpass_storage::Entry;

/// How long *Undo* is offered; after that the secrets are deleted for good.
pub const UNDO: SignedDuration = SignedDuration::from_secs(30);

#[derive(Debug)]
pub struct Removal {
    /// Names this removal, for the message that offers its undo.
    pub number: u64,
    pub ids: Vec<ConnectionId>,
    /// Filled when the engine has taken them off the list.
    pub entries: Vec<Entry>,
    /// Unsaved edits come back, too.
    pub forms: Vec<Editing>,
    pub until: Timestamp,
    /// Their profiles are taken out of `.databrickscfg` once it is over.
    pub unpublish: bool,
    /// The tokens of these are revoked at Databricks once it is over.
    pub revoke: Vec<ConnectionId>,
    /// Undo was asked for before the engine had answered.
    pub undo_when_removed: bool,
}

impl Removal {
    pub fn is_over(&self, now: Timestamp) -> bool {
        now >= self.until
    }
}
