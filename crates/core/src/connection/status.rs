//! The state of a connection as the list shows it.

use serde::{Deserialize, Serialize};

/// In seconds.
const DAY: i64 = 86_400;

/// In JSON: `untested`, `ok`, `expiring`, `sign-in`, `no-permission`, `unreachable`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    /// Never tested, or edited since.
    #[default]
    Untested,
    /// The last test passed.
    Ok,
    /// A personal access token within 14 days of its end.
    Expiring,
    /// The secret is missing, expired or revoked.
    SignIn,
    /// 403: signed in, lacks the entitlement.
    NoPermission,
    /// DNS, TCP, TLS, proxy, timeout, 5xx.
    Unreachable,
}

/// What the last test of a connection found; a cache, not configuration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LastTest {
    /// How it ended.
    pub state: Status,
    /// When it ended.
    pub tested_at: jiff::Timestamp,
    /// Milliseconds from its first step to its last.
    pub duration_ms: u64,
}

impl Status {
    /// So many days before its end, a token is worth a warning.
    pub const WARNED_DAYS: i64 = 14;

    /// Whole days until `end` when they are few enough for [`Status::Expiring`]; 0 on the last day and after it.
    #[must_use]
    pub fn days_before_warning(end: jiff::Timestamp, now: jiff::Timestamp) -> Option<i64> {
        let left = end.as_second().saturating_sub(now.as_second());
        (left <= Self::WARNED_DAYS * DAY).then_some((left / DAY).max(0))
    }

    /// As the list names it.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Untested => "Not tested",
            Self::Ok => "OK",
            Self::Expiring => "Expires soon",
            Self::SignIn => "Not signed in",
            Self::NoPermission => "No permission",
            Self::Unreachable => "Unreachable",
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::{SignedDuration, Timestamp};

    use super::*;

    #[test]
    fn the_end_of_a_token_is_told_fourteen_days_ahead() {
        let now = Timestamp::UNIX_EPOCH;
        let left = |hours| Status::days_before_warning(now + SignedDuration::from_hours(hours), now);
        assert_eq!([left(14 * 24 + 1), left(14 * 24), left(25), left(23), left(-48)], [None, Some(14), Some(1), Some(0), Some(0)]);
    }
}
