//! OAuth secrets of service principals, at account level and through a workspace. For admins of either.

use std::sync::Arc;

use axum::{
    Json, Router,
    body::Bytes,
    extract::{FromRequestParts, Path},
    http::StatusCode,
    response::Response,
    routing::{delete, get},
};
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{
    account::Account,
    catalogue::ACCOUNT_ID,
    errors::ApiRefusal,
    input::{self, number},
    oauth_secret::{MAX_SECRETS, Secret},
    place::Place,
    principals::Refused,
};

pub(super) fn routes() -> Router {
    below("/api/2.0/accounts")
}

pub(super) fn account_routes() -> Router<Arc<Account>> {
    below(&format!("/api/2.0/accounts/{ACCOUNT_ID}"))
}

fn below<S: Clone + Send + Sync + 'static>(root: &str) -> Router<S>
where
    Place: FromRequestParts<S, Rejection = Response>,
{
    let all = format!("{root}/servicePrincipals/{{id}}/credentials/secrets");
    Router::new().route(&all, get(list).post(create)).route(&format!("{all}/{{secret}}"), delete(remove))
}

#[derive(Deserialize)]
struct Create {
    /// `7776000s`
    lifetime: Option<String>,
}

async fn list(place: Place, Path(id): Path<String>) -> Result<Json<Value>, ApiRefusal> {
    let principals = place.authority.principals();
    let infos: Vec<_> = principals.get(number(&id), place.workspace)?.secrets().map(info).collect();
    Ok(Json(if infos.is_empty() { json!({}) } else { json!({ "secrets": infos }) }))
}

async fn create(place: Place, Path(id): Path<String>, body: Bytes) -> Result<Json<Value>, ApiRefusal> {
    let asked: Create = input::read(&body)?;
    let invalid = |text| ApiRefusal::invalid_parameter(format!("Invalid duration for lifetime: {text}"));
    let lifetime = asked.lifetime.map(|text| seconds(&text).ok_or_else(|| invalid(text))).transpose()?;
    let made = place.authority.principals().create_secret(number(&id), place.workspace, lifetime, Timestamp::now())?;
    let mut shown = info(&made);
    shown.insert("secret".to_owned(), json!(made.value));
    Ok(Json(Value::Object(shown)))
}

async fn remove(place: Place, Path((id, secret)): Path<(String, String)>) -> Result<Json<Value>, ApiRefusal> {
    place.authority.principals().delete_secret(number(&id), place.workspace, &secret)?;
    Ok(Json(json!({})))
}

/// A duration of protocol buffers in JSON: `7776000s`.
fn seconds(text: &str) -> Option<SignedDuration> {
    text.strip_suffix('s')?.parse().ok().map(SignedDuration::from_secs)
}

fn info(secret: &Secret) -> Map<String, Value> {
    let mut info = Map::from_iter([
        ("id".to_owned(), json!(secret.id)),
        ("secret_hash".to_owned(), json!(secret.hash())),
        ("status".to_owned(), json!("ACTIVE")),
        ("create_time".to_owned(), json!(secret.created_at.to_string())),
        ("update_time".to_owned(), json!(secret.created_at.to_string())),
    ]);
    if let Some(end) = secret.expires_at {
        info.insert("expire_time".to_owned(), json!(end.to_string()));
    }
    info
}

impl From<Refused> for ApiRefusal {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::TooManySecrets => Self::new(
                StatusCode::BAD_REQUEST,
                "QUOTA_EXCEEDED",
                format!("A service principal can have at most {MAX_SECRETS} secrets. Delete one before creating another."),
            ),
            Refused::NoLifetime => Self::invalid_parameter("The lifetime of a secret must be positive."),
            Refused::LifetimeTooLong => Self::invalid_parameter("The lifetime of a secret exceeds the maximum of 730 days (63072000s)."),
            Refused::NoSuchSecret(id) => Self::unknown(format!("Secret {id} does not exist.")),
            _ => Self::unknown("Service principal does not exist."),
        }
    }
}
