//! The one error type of OAuth: the failure to show, and what the session can do about it.

use std::time::Duration;

use crate::rest::ApiError;
use brickpass_core::failure::{Code, Failure, Remedy};
use brickpass_logging::Loggable;

/// What a failed request to the authorization server means for the next step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// `invalid_grant` (or Databricks' "Refresh token is invalid"): this code or refresh token is no longer valid.
    InvalidGrant,
    /// `invalid_client`: wrong client id or secret.
    InvalidClient,
    /// 429 or 503: the server asks to wait this long.
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

/// The code alone: the details may quote the server.
impl Loggable for OAuthError {
    fn log(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.failure.log(f)
    }
}

impl OAuthError {
    pub(super) fn refused(failure: Failure) -> Self {
        Self { trouble: Trouble::Refused, failure }
    }

    pub(super) fn unknown(failure: Failure) -> Self {
        Self { trouble: Trouble::Unknown, failure }
    }

    /// Converts the REST client's error for an unsuccessful request.
    pub(super) fn lost(mut error: ApiError) -> Self {
        if error.failure.remedy == Some(Remedy::EditTimeout) {
            // The connection's timeout only applies to API calls.
            error.failure.fix = String::from("Try again. If it keeps happening, ask your network team.");
            error.failure.remedy = Some(Remedy::TryAgain);
        }
        match (error.status, error.failure.code) {
            (None, Code::Internal | Code::CaFile) | (Some(300..=499), _) => Self::refused(error.failure),
            _ => Self::unknown(error.failure),
        }
    }

    /// Whether the same request may succeed in a moment: the network failed, not the server's decision.
    pub(super) fn may_pass(&self) -> bool {
        let way = matches!(
            self.failure.code,
            Code::Refused | Code::Reset | Code::Unreachable | Code::ConnectTimeout | Code::ReadTimeout | Code::Protocol | Code::ServerError
        );
        self.trouble == Trouble::Unknown && way
    }

    /// An address to which no secret may be sent.
    pub(super) fn unsafe_address() -> Self {
        Self::refused(
            Failure::new(
                Code::OauthProtocol,
                "The sign-in was stopped for your safety.",
                "The server gave a sign-in address that is not encrypted, or that is not its own.",
                "Check that the base URL is your workspace or account URL.",
            )
            .with_remedy(Remedy::EditBaseUrl),
        )
    }
}
