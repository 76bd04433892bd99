//! Renewing (RFC 6749, section 6) and ending (RFC 7009) a sign-in.

use jiff::Timestamp;
use secrecy::SecretString;
use tokio::time::Instant;

use super::{Endpoints, OAuthError, Tokens};
use crate::{connection::OAuthApp, databricks::Http};

/// One request, made once more with the same token when no answer came (rule of thumb of rotating servers: within ten seconds).
/// `Tokens::refresh` is `None` when the server keeps the old one valid.
///
/// # Errors
/// See [`OAuthError`].
pub async fn refresh(
    http: &Http,
    endpoints: &Endpoints,
    app: &OAuthApp,
    refresh_token: &SecretString,
    now: Timestamp,
    deadline: Instant,
) -> Result<Tokens, OAuthError> {
    let _ = (http, endpoints, app, refresh_token, now, deadline);
    todo!()
}

/// Does nothing where the server offers no revocation.
///
/// # Errors
/// See [`OAuthError`].
pub async fn revoke(
    http: &Http,
    endpoints: &Endpoints,
    app: &OAuthApp,
    refresh_token: &SecretString,
    deadline: Instant,
) -> Result<(), OAuthError> {
    let _ = (http, endpoints, app, refresh_token, deadline);
    todo!()
}
