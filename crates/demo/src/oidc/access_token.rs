//! How an access token looks: a JSON Web Token (RFC 9068) whose signature is noise. What it says is for people who look into it, the demo
//! knows its tokens by heart.

use std::time::Duration;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use jiff::Timestamp;
use serde_json::json;
use uuid::Uuid;

use super::{Realm, grants::Grant};
use crate::catalogue::ACCOUNT_ID;

pub(super) fn shaped(grant: &Grant, issuer: &str, lifetime: Duration, now: Timestamp) -> String {
    let header = json!({ "kid": "demo", "typ": "at+jwt", "alg": "RS256" });
    let audience = match grant.realm {
        Realm::Workspace(id) => id.to_string(),
        Realm::Account | Realm::Unified => ACCOUNT_ID.to_owned(),
    };
    let payload = json!({
        "client_id": grant.client_id,
        "scope": grant.scopes.join(" "),
        "iss": issuer,
        "aud": audience,
        "sub": grant.principal.name(),
        "iat": now.as_second(),
        "exp": now.as_second().saturating_add_unsigned(lifetime.as_secs()),
        "jti": Uuid::new_v4(),
    });
    let signature: Vec<u8> = (0..16).flat_map(|_| Uuid::new_v4().into_bytes()).collect();
    [header.to_string().as_bytes(), payload.to_string().as_bytes(), &signature].map(|part| URL_SAFE_NO_PAD.encode(part)).join(".")
}
