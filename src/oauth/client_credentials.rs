//! A service principal signs in by its id and secret (RFC 6749, section 4.4; HTTP Basic of section 2.3.1).

use jiff::Timestamp;
use secrecy::SecretString;
use tokio::time::Instant;

use super::{Endpoints, OAuthError, Tokens};
use crate::{connection::ClientId, databricks::Http};

/// # Errors
/// See [`OAuthError`]; `InvalidClient` for a wrong id or secret.
pub async fn client_credentials(
    http: &Http,
    endpoints: &Endpoints,
    client_id: &ClientId,
    secret: &SecretString,
    now: Timestamp,
    deadline: Instant,
) -> Result<Tokens, OAuthError> {
    let _ = (http, endpoints, client_id, secret, now, deadline);
    todo!()
}
