//! Where a host lets people sign in: authorization server metadata (RFC 8414), every endpoint checked before it is used.

use tokio::time::Instant;
use url::Url;

use super::OAuthError;
use crate::{
    connection::{AccountId, BaseUrl, Connection},
    databricks::Http,
};

/// Whose authorization server is meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    pub base_url: BaseUrl,
    /// The account level: tokens of the account.
    pub account_id: Option<AccountId>,
}

impl Target {
    #[must_use]
    pub fn of(connection: &Connection) -> Self {
        let _ = connection;
        todo!()
    }
}

/// What was found, and may be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoints {
    /// Compared with `iss` of the browser's answer (RFC 9207).
    pub issuer: String,
    pub authorization: Url,
    pub token: Url,
    pub revocation: Option<Url>,
    /// The server promises `iss` in every answer (`authorization_response_iss_parameter_supported`).
    pub iss_promised: bool,
}

/// # Errors
/// The host cannot be reached, has no OAuth, or names endpoints that must not be used.
pub async fn discover(http: &Http, target: &Target, deadline: Instant) -> Result<Endpoints, OAuthError> {
    let _ = (http, target, deadline);
    todo!()
}
