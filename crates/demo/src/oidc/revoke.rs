//! `POST /v1/revoke` (RFC 7009): 200 also for a token that is not known.

use axum::{
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
};

use super::{
    OidcState,
    params::Params,
    token::{Client, OAuthError},
};

pub(super) async fn answer(State(oidc): State<OidcState>, headers: HeaderMap, body: Bytes) -> Response {
    match revoke(&oidc, &headers, &body) {
        Ok(()) => StatusCode::OK.into_response(),
        Err(error) => error.into_response(),
    }
}

fn revoke(oidc: &OidcState, headers: &HeaderMap, body: &Bytes) -> Result<(), OAuthError> {
    let params = Params::form(headers, body).map_err(|message| OAuthError::new("invalid_request", message))?;
    let client_id = Client::read(headers, &params)?.any(oidc)?;
    let token = params.get("token").ok_or_else(|| OAuthError::new("invalid_request", "Missing parameter: token"))?;
    oidc.authority.revoke(token, &client_id);
    Ok(())
}
