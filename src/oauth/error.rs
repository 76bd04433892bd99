//! The one error of OAuth: what a person is told, and what the session may do about it.

use std::time::Duration;

use crate::failure::Failure;

/// What a failed request to the authorization server means for what comes next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// `invalid_grant` (or Databricks' "Refresh token is invalid"): this code or refresh token is worth nothing any more.
    InvalidGrant,
    /// `invalid_client`: wrong client id or secret.
    InvalidClient,
    /// 429 or 503: the server asks not to come back for this long.
    NotNow { retry_after: Option<Duration> },
    /// No answer, or a broken one: whether the server acted on the request is unknown.
    Unknown,
    /// The server did not act on the request, and will not act on the same one again.
    Refused,
}

#[derive(Debug, Clone, thiserror::Error)]
#[error("{failure}")]
pub struct OAuthError {
    pub trouble: Trouble,
    pub failure: Failure,
}
