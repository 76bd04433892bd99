//! `POST /v1/token` (RFC 6749, section 3.2).

use std::borrow::Cow;

use axum::{
    Json,
    body::Bytes,
    extract::{RawQuery, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use percent_encoding::percent_decode_str;
use serde_json::json;
use uuid::Uuid;

use super::{
    OidcState,
    authority::{Claim, Issued},
    faults,
    grants::{Grant, Invalid, Proof},
    params::Params,
    request::scopes_of,
};
use crate::{catalogue::Principal, errors};

pub(super) struct OAuthError {
    status: StatusCode,
    error: &'static str,
    description: String,
}

impl OAuthError {
    pub(super) fn new(error: &'static str, description: impl Into<String>) -> Self {
        Self { status: StatusCode::BAD_REQUEST, error, description: description.into() }
    }

    fn unauthorized(error: &'static str, description: &str) -> Self {
        Self { status: StatusCode::UNAUTHORIZED, ..Self::new(error, description) }
    }

    pub(super) fn invalid_client() -> Self {
        Self::unauthorized("invalid_client", "Client authentication failed")
    }
}

impl IntoResponse for OAuthError {
    fn into_response(self) -> Response {
        let body = json!({ "error": self.error, "error_id": Uuid::new_v4(), "error_description": self.description });
        let mut response = (self.status, Json(body)).into_response();
        if self.error == "invalid_client" {
            errors::set(&mut response, header::WWW_AUTHENTICATE, "Basic realm=\"databricks\"");
        }
        response
    }
}

pub(super) async fn answer(State(oidc): State<OidcState>, RawQuery(query): RawQuery, headers: HeaderMap, body: Bytes) -> Response {
    let params = match Params::form(&headers, &body) {
        Ok(params) if query.is_none() => params,
        Ok(_) => return OAuthError::new("invalid_request", "Parameters belong into the body").into_response(),
        Err(message) => return OAuthError::new("invalid_request", message).into_response(),
    };
    let grant_type =
        ["authorization_code", "refresh_token", "client_credentials"].into_iter().find(|it| params.get("grant_type") == Some(it));
    oidc.authority.remember(format!("POST {}/v1/token {}", oidc.realm.prefix(), grant_type.unwrap_or("?")));
    for secret in ["code", "code_verifier", "refresh_token"].into_iter().filter_map(|name| params.get(name)) {
        oidc.authority.remember_presented(secret);
    }
    let fault = oidc.authority.token_fault();
    if let Some(spoiled) = faults::instead(fault.as_ref()).await {
        return spoiled;
    }
    match give(&oidc, &headers, &params) {
        Ok(issued) => faults::answer(&issued, fault.as_ref()),
        Err(error) => error.into_response(),
    }
}

fn give(oidc: &OidcState, headers: &HeaderMap, params: &Params) -> Result<Issued, OAuthError> {
    let missing = |name: &str| OAuthError::new("invalid_request", format!("Missing parameter: {name}"));
    let client = Client::read(headers, params)?;
    match params.get("grant_type").ok_or_else(|| missing("grant_type"))? {
        "authorization_code" => {
            let client_id = client.public(oidc)?;
            let code = params.get("code").ok_or_else(|| missing("code"))?;
            let verifier = params.get("code_verifier").ok_or_else(|| missing("code_verifier"))?;
            if !is_verifier(verifier) {
                return Err(OAuthError::new("invalid_request", "code_verifier is malformed"));
            }
            let redirect_uri = params.get("redirect_uri").ok_or_else(|| missing("redirect_uri"))?;
            let proof = Proof { client_id: &client_id, realm: oidc.realm, redirect_uri, verifier };
            oidc.authority.issue(Claim::Code { code, proof }).map_err(|invalid| {
                OAuthError::new(
                    "invalid_grant",
                    match invalid {
                        Invalid::RedirectUri => "redirect_uri is not that of the authorization request",
                        Invalid::Verifier => "code_verifier does not match code_challenge",
                        _ => "The authorization code is invalid, expired or already used",
                    },
                )
            })
        }
        "refresh_token" => {
            let client_id = client.public(oidc)?;
            let token = params.get("refresh_token").ok_or_else(|| missing("refresh_token"))?;
            let scopes = match params.get("scope") {
                None => None,
                Some(asked) => Some(scopes_of(asked).ok_or_else(|| OAuthError::new("invalid_scope", "scope is not available"))?),
            };
            let claim = Claim::Refresh { token, client_id: &client_id, realm: oidc.realm, scopes };
            oidc.authority.issue(claim).map_err(|invalid| match invalid {
                Invalid::Scope => OAuthError::new("invalid_scope", "scope goes beyond what was granted"),
                // As Databricks words it, with its status and its code.
                _ => OAuthError::unauthorized("invalid_request", "Refresh token is invalid"),
            })
        }
        "client_credentials" => {
            let client_id = client.service_principal(oidc)?;
            let scopes = scopes_of(params.get("scope").unwrap_or_default())
                .ok_or_else(|| OAuthError::new("invalid_scope", "scope is missing or not available"))?;
            let principal = Principal::ServicePrincipal { client_id: client_id.clone() };
            let grant = Grant { principal, realm: oidc.realm, client_id, scopes };
            oidc.authority.issue(Claim::ClientCredentials(grant)).map_err(|_| OAuthError::invalid_client())
        }
        _ => Err(OAuthError::new("unsupported_grant_type", "grant_type is not supported")),
    }
}

/// RFC 7636, section 4.1.
fn is_verifier(verifier: &str) -> bool {
    (43..=128).contains(&verifier.len()) && verifier.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte))
}

/// Who asks, as they say.
pub(super) struct Client {
    id: String,
    secret: Option<String>,
}

impl Client {
    /// By HTTP Basic or in the body, never both (RFC 6749, section 2.3).
    pub(super) fn read(headers: &HeaderMap, params: &Params) -> Result<Self, OAuthError> {
        let Some(header) = headers.get(header::AUTHORIZATION) else {
            let id = params.get("client_id").ok_or_else(OAuthError::invalid_client)?.to_owned();
            return Ok(Self { id, secret: params.get("client_secret").map(str::to_owned) });
        };
        let (id, secret) = header.to_str().ok().and_then(basic).ok_or_else(OAuthError::invalid_client)?;
        if params.get("client_secret").is_some() || params.get("client_id").is_some_and(|other| other != id) {
            return Err(OAuthError::new("invalid_request", "The client may identify itself in one way only"));
        }
        Ok(Self { id, secret: Some(secret) })
    }

    /// A public client has no secret to show.
    pub(super) fn public(self, oidc: &OidcState) -> Result<String, OAuthError> {
        let known = oidc.authority.redirects_of(&self.id).is_some() && self.secret.is_none();
        known.then_some(self.id).ok_or_else(OAuthError::invalid_client)
    }

    fn service_principal(self, oidc: &OidcState) -> Result<String, OAuthError> {
        let known = oidc.authority.is_service_principal(&self.id, self.secret.as_deref().unwrap_or_default(), oidc.realm);
        known.then_some(self.id).ok_or_else(OAuthError::invalid_client)
    }

    /// Public client or service principal.
    pub(super) fn any(self, oidc: &OidcState) -> Result<String, OAuthError> {
        if self.secret.is_none() { self.public(oidc) } else { self.service_principal(oidc) }
    }
}

/// Both parts are form-encoded before they are joined (RFC 6749, section 2.3.1).
fn basic(header: &str) -> Option<(String, String)> {
    let (scheme, encoded) = header.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let joined = String::from_utf8(STANDARD.decode(encoded.trim()).ok()?).ok()?;
    let (id, secret) = joined.split_once(':')?;
    let decoded = |part: &str| percent_decode_str(&part.replace('+', " ")).decode_utf8().ok().map(Cow::into_owned);
    Some((decoded(id)?, decoded(secret)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn basic_is_form_decoded() {
        let header = format!("Basic {}", STANDARD.encode("my+id:p%3Aq%25"));
        assert_eq!(basic(&header), Some(("my id".into(), "p:q%".into())));
        assert_eq!(basic("Bearer abc"), None);
        assert_eq!(basic("Basic ***"), None);
    }

    #[test]
    fn a_verifier_has_43_to_128_unreserved_characters() {
        assert!(is_verifier(&"a".repeat(43)) && is_verifier(&"-._~".repeat(32)));
        assert!(!is_verifier(&"a".repeat(42)) && !is_verifier(&"a".repeat(129)) && !is_verifier(&"ä".repeat(43)));
    }
}
