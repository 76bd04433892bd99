//! Renewing (RFC 6749, section 6) and revoking (RFC 7009) a sign-in.

use jiff::Timestamp;
use oauth2::{
    AuthType, RefreshToken, TokenUrl,
    http::{Method, header},
};
use secrecy::{ExposeSecret as _, SecretString};
use tokio::time::Instant;
use url::form_urlencoded;

use super::{
    Endpoints, OAuthError, Tokens,
    again::repeated,
    refusal,
    refusal::Request,
    transport::{self, Messages, Post},
};
use crate::rest::Http;
use brickpass_core::connection::OAuthApp;

/// One request, repeated once with the same token if no answer came (servers that rotate usually allow this within ten seconds).
/// `Tokens::refresh` is `None` if the server keeps the old one valid.
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
    repeated(deadline, || once(http, endpoints, app, refresh_token, now, deadline)).await
}

async fn once(
    http: &Http,
    endpoints: &Endpoints,
    app: &OAuthApp,
    refresh_token: &SecretString,
    now: Timestamp,
    deadline: Instant,
) -> Result<Tokens, OAuthError> {
    let messages = Messages::new(oauth2::ClientId::new(app.client_id().to_owned()))
        .set_auth_type(AuthType::RequestBody)
        .set_token_uri(TokenUrl::from_url(endpoints.token.clone()));
    let refresh_token = RefreshToken::new(refresh_token.expose_secret().to_owned());
    let post = Post { http: http.clone(), asked: Request::Refresh, deadline };
    let outcome = messages.exchange_refresh_token(&refresh_token).request_async(&post).await;
    let granted = transport::granted(outcome)?;
    granted.judged(&app.scopes(), true, now).map_err(refusal::unfit)
}

/// `false`: the server does not support revocation.
///
/// # Errors
/// See [`OAuthError`].
pub async fn revoke(
    http: &Http,
    endpoints: &Endpoints,
    app: &OAuthApp,
    refresh_token: &SecretString,
    deadline: Instant,
) -> Result<bool, OAuthError> {
    let Some(revocation) = &endpoints.revocation else { return Ok(false) };
    // Not with the crate, which only accepts https: a demo on this computer has none.
    let form = form_urlencoded::Serializer::new(String::new())
        .append_pair("token", refresh_token.expose_secret())
        .append_pair("token_type_hint", "refresh_token")
        .append_pair("client_id", app.client_id())
        .finish();
    let request = oauth2::http::Request::builder()
        .method(Method::POST)
        .uri(revocation.as_str())
        .header(header::ACCEPT, "application/json")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(form.into_bytes())
        .map_err(|_| OAuthError::unsafe_address())?;
    transport::post(http, request, Request::Revocation, deadline).await.map(|_| true)
}
