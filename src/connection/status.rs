//! The state of a connection as the list shows it.

use serde::{Deserialize, Serialize};

/// In JSON: `untested`, `ok`, `expiring`, `sign-in`, `no-permission`, `unreachable`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    /// Never tested, or edited since.
    #[default]
    Untested,
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
    pub state: Status,
    pub tested_at: jiff::Timestamp,
    pub duration_ms: u64,
}

impl Status {
    /// As the list names it.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Untested => "Not tested",
            Self::Ok => "OK",
            Self::Expiring => "Expires soon",
            Self::SignIn => "Sign in",
            Self::NoPermission => "No permission",
            Self::Unreachable => "Unreachable",
        }
    }
}
