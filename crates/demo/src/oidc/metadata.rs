//! `/.well-known/oauth-authorization-server` below the issuer: where what is (RFC 8414).

use axum::{
    Json,
    extract::State,
    http::{Method, StatusCode, Uri},
    response::{IntoResponse, Response},
};
use serde_json::json;

use super::{OidcState, request::scope_names};
use crate::{OAuthFault, errors};

pub(super) async fn show(State(oidc): State<OidcState>, method: Method, uri: Uri) -> Response {
    let fault = oidc.authority.fault();
    if fault == Some(OAuthFault::NoMetadata) {
        let mut response = errors::no_such_endpoint(method, uri).await;
        *response.status_mut() = StatusCode::NOT_FOUND;
        return response;
    }
    let own = oidc.authority.issuer(oidc.realm);
    let issuer = match &fault {
        Some(OAuthFault::OtherIssuer(other)) => other.clone(),
        _ => own.clone(),
    };
    let token_endpoint = match &fault {
        Some(OAuthFault::TokenEndpointAt(host)) if host.contains("://") => format!("{host}{}/v1/token", oidc.realm.prefix()),
        Some(OAuthFault::TokenEndpointAt(host)) => format!("https://{host}{}/v1/token", oidc.realm.prefix()),
        _ => format!("{own}/v1/token"),
    };
    let methods = if fault == Some(OAuthFault::NoS256) { json!(["plain"]) } else { json!(["S256"]) };
    Json(json!({
        "authorization_endpoint": format!("{own}/v1/authorize"),
        "token_endpoint": token_endpoint,
        "revocation_endpoint": format!("{own}/v1/revoke"),
        "issuer": issuer,
        "scopes_supported": scope_names(),
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": ["client_credentials", "authorization_code", "refresh_token"],
        "code_challenge_methods_supported": methods,
        "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post", "none"],
        "authorization_response_iss_parameter_supported": fault != Some(OAuthFault::NoIss),
    }))
    .into_response()
}
