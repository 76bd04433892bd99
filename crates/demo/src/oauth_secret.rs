//! What a service principal signs in with.

use jiff::{SignedDuration, Timestamp};
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// Of one service principal. Source: the documentation of OAuth for service principals.
pub(super) const MAX_SECRETS: usize = 5;

/// 730 days. Source: `lifetime` in the Databricks SDK for Python, `service/oauth2`.
pub(super) const LONGEST_LIFETIME: SignedDuration = SignedDuration::from_hours(730 * 24);

#[derive(Debug, Clone)]
pub(super) struct Secret {
    pub(super) id: String,
    pub(super) value: String,
    pub(super) created_at: Timestamp,
    /// `None`: never, as those that were made before there was an end.
    pub(super) expires_at: Option<Timestamp>,
}

impl Secret {
    /// Made `age` days ago, to end in `left` days.
    pub(super) fn new(now: Timestamp, age: i64, left: Option<i64>) -> Self {
        let days = |days: i64| SignedDuration::from_hours(24 * days);
        Self {
            id: Uuid::new_v4().to_string(),
            value: format!("dose{}", Uuid::new_v4().simple()),
            created_at: now.saturating_sub(days(age)).unwrap_or(now),
            expires_at: left.map(|left| now.saturating_add(days(left)).unwrap_or(now)),
        }
    }

    pub(super) fn is_valid(&self, now: Timestamp) -> bool {
        self.expires_at.is_none_or(|end| now < end)
    }

    /// By which it is recognised without being known.
    pub(super) fn hash(&self) -> String {
        brickpass_core::hex(&Sha256::digest(&self.value))
    }
}
