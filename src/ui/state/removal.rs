//! Deletions that can still be undone.

use jiff::{SignedDuration, Timestamp};

use super::editing::Editing;
use brickpass_core::connection::ConnectionId;
use brickpass_storage::Entry;

/// How long *Undo* is offered; after that the secrets are deleted for good.
pub const UNDO: SignedDuration = SignedDuration::from_secs(30);

#[derive(Debug)]
pub struct Removal {
    /// The ID of this removal, for the message that offers its undo.
    pub number: u64,
    pub ids: Vec<ConnectionId>,
    /// Set when the engine has removed them from the list.
    pub entries: Vec<Entry>,
    /// Unsaved edits are restored, too.
    pub forms: Vec<Editing>,
    pub until: Timestamp,
    /// Their profiles are removed from `.databrickscfg` once the removal can no longer be undone.
    pub unpublish: bool,
    /// Their tokens are revoked in Databricks once the removal can no longer be undone.
    pub revoke: Vec<ConnectionId>,
    /// The person chose *Undo* before the engine had answered.
    pub undo_when_removed: bool,
}

impl Removal {
    pub fn is_over(&self, now: Timestamp) -> bool {
        now >= self.until
    }
}
