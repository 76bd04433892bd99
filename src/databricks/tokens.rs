//! `/api/2.0/token`: personal access tokens of the caller. Source: Databricks SDK for Go, `service/settings`.

use std::time::Duration;

use jiff::Timestamp;
use secrecy::SecretString;

use super::{ApiError, Client, client::Call};

/// What the service says of a token; never its value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    pub id: String,
    pub comment: String,
    pub created_at: Option<Timestamp>,
    /// `None`: it does not expire.
    pub expires_at: Option<Timestamp>,
}

/// What is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenRequest {
    pub comment: String,
    /// Whole seconds are sent; `None`: as long as the workspace allows.
    pub lifetime: Option<Duration>,
}

/// A token that was made a moment ago. The service gives its value once.
#[derive(Clone)]
pub struct NewToken {
    pub value: SecretString,
    pub token: Token,
}

impl std::fmt::Debug for NewToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NewToken").field("token", &self.token).finish_non_exhaustive()
    }
}

impl Client {
    /// All tokens of the caller; the service does not page them.
    pub(crate) async fn tokens(&self, call: &Call<'_>) -> Result<Vec<Token>, ApiError> {
        let _ = call;
        todo!()
    }

    /// Never made again by itself: when no answer comes, a token may or may not have been made (`ApiError::status` is `None`, and the request
    /// may have been sent).
    pub(crate) async fn create_token(&self, request: &TokenRequest, call: &Call<'_>) -> Result<NewToken, ApiError> {
        let _ = (request, call);
        todo!()
    }

    /// A token that is gone already is no error.
    pub(crate) async fn revoke_token(&self, id: &str, call: &Call<'_>) -> Result<(), ApiError> {
        let _ = (id, call);
        todo!()
    }

    /// The longest lifetime that this workspace allows, in days; `None` when the caller may not know (only admins may) or none is set.
    pub(crate) async fn maximum_token_lifetime_days(&self, call: &Call<'_>) -> Option<u32> {
        let _ = call;
        todo!()
    }
}
