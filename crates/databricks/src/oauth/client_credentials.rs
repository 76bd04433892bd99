//! The sign-in of a service principal with its ID and secret (RFC 6749, section 4.4; HTTP Basic of section 2.3.1).

use jiff::Timestamp;
use oauth2::{AuthType, ClientSecret, Scope, TokenUrl};
use secrecy::{ExposeSecret as _, SecretString};
use tokio::time::Instant;

use super::{
    Endpoints, OAuthError, Tokens,
    again::repeated,
    refusal::{self, Request},
    transport::{self, Messages, Post},
};
use crate::rest::Http;
use brickpass_core::connection::{ClientId, Scopes};

/// Requests these scopes; without any, `all-apis`, like the Databricks SDKs. One request, repeated once if no answer came or the server failed,
/// which does no harm here.
///
/// # Errors
/// See [`OAuthError`]; `InvalidClient` for a wrong id or secret.
pub async fn client_credentials(
    http: &Http,
    endpoints: &Endpoints,
    client_id: &ClientId,
    scopes: Option<&Scopes>,
    secret: &SecretString,
    now: Timestamp,
    deadline: Instant,
) -> Result<Tokens, OAuthError> {
    let messages = Messages::new(oauth2::ClientId::new(client_id.as_str().to_owned()))
        .set_client_secret(ClientSecret::new(secret.expose_secret().to_owned()))
        .set_auth_type(AuthType::BasicAuth)
        .set_token_uri(TokenUrl::from_url(endpoints.token.clone()));
    let post = Post { http: http.clone(), asked: Request::ClientCredentials, deadline };
    let all = Scopes::parse(Scopes::ALL_APIS).unwrap_or_default();
    let asked = scopes.unwrap_or(&all);
    let once = || async {
        let scopes = asked.iter().map(|scope| Scope::new(scope.to_owned()));
        let outcome = messages.exchange_client_credentials().add_scopes(scopes).request_async(&post).await;
        transport::granted(outcome)?.judged(asked, true, now).map_err(refusal::unfit)
    };
    repeated(deadline, once).await
}
