//! OAuth secrets of service principals, at account level and through a workspace. For admins of either.

use std::sync::Arc;

use axum::{
    Extension, Json, Router,
    body::Bytes,
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::{delete, get},
};
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{
    Workspace,
    account::Account,
    catalogue::ACCOUNT_ID,
    errors,
    input::{self, number},
    oidc::{Authority, Caller},
    principals::{MOST_SECRETS, Refused, Secret},
};

pub(super) fn routes() -> Router {
    let all = "/api/2.0/accounts/servicePrincipals/{id}/credentials/secrets";
    Router::new()
        .route(all, get(of_workspace::list).post(of_workspace::create))
        .route(&format!("{all}/{{secret}}"), delete(of_workspace::remove))
}

pub(super) fn account_routes() -> Router<Arc<Account>> {
    let all = format!("/api/2.0/accounts/{ACCOUNT_ID}/servicePrincipals/{{id}}/credentials/secrets");
    Router::new()
        .route(&all, get(of_account::list).post(of_account::create))
        .route(&format!("{all}/{{secret}}"), delete(of_account::remove))
}

#[derive(Deserialize)]
struct Create {
    /// `7776000s`
    lifetime: Option<String>,
}

/// The same three deeds for each place.
macro_rules! deeds {
    ($who:ty, $place:expr) => {
        pub(super) async fn list(who: $who, caller: Extension<Caller>, Path(id): Path<String>) -> Response {
            answer($place(who, &caller).and_then(|(authority, workspace)| show(&authority, number(&id), workspace)))
        }

        pub(super) async fn create(who: $who, caller: Extension<Caller>, Path(id): Path<String>, body: Bytes) -> Response {
            answer($place(who, &caller).and_then(|(authority, workspace)| make(&authority, number(&id), workspace, &body)))
        }

        pub(super) async fn remove(who: $who, caller: Extension<Caller>, Path((id, secret)): Path<(String, String)>) -> Response {
            let removed = $place(who, &caller)
                .and_then(|(authority, workspace)| authority.principals().delete_secret(number(&id), workspace, &secret).map_err(refusal));
            answer(removed.map(|()| json!({})))
        }
    };
}

mod of_workspace {
    use super::*;

    fn place(Extension(workspace): Extension<Arc<Workspace>>, caller: &Caller) -> Result<(Arc<Authority>, Option<u64>), Response> {
        let admin = workspace.has_admin(&caller.principal);
        if admin { Ok((Arc::clone(&workspace.authority), Some(workspace.id))) } else { Err(not_allowed()) }
    }

    deeds!(Extension<Arc<Workspace>>, place);
}

mod of_account {
    use super::*;

    fn place(State(account): State<Arc<Account>>, caller: &Caller) -> Result<(Arc<Authority>, Option<u64>), Response> {
        if caller.principal.is_account_admin() { Ok((Arc::clone(&account.authority), None)) } else { Err(not_allowed()) }
    }

    deeds!(State<Arc<Account>>, place);
}

fn show(authority: &Authority, id: u64, workspace: Option<u64>) -> Result<Value, Response> {
    let principals = authority.principals();
    let infos: Vec<_> = principals.get(id, workspace).map_err(refusal)?.secrets().map(info).collect();
    Ok(if infos.is_empty() { json!({}) } else { json!({ "secrets": infos }) })
}

fn make(authority: &Authority, id: u64, workspace: Option<u64>, body: &[u8]) -> Result<Value, Response> {
    let asked: Create = input::read(body).map_err(IntoResponse::into_response)?;
    let lifetime = match asked.lifetime.as_deref() {
        None => None,
        Some(text) => Some(seconds(text).ok_or_else(|| errors::invalid_parameter(&format!("Invalid duration for lifetime: {text}")))?),
    };
    let made = authority.principals().create_secret(id, workspace, lifetime, Timestamp::now()).map_err(refusal)?;
    let mut shown = info(&made);
    shown.insert("secret".to_owned(), json!(made.value));
    Ok(Value::Object(shown))
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

fn answer(outcome: Result<Value, Response>) -> Response {
    outcome.map_or_else(|refused| refused, |value| Json(value).into_response())
}

fn not_allowed() -> Response {
    errors::api_error(StatusCode::FORBIDDEN, "PERMISSION_DENIED", "User is not authorized to manage the secrets of this service principal.")
}

fn refusal(refused: Refused) -> Response {
    match refused {
        Refused::TooManySecrets => errors::api_error(
            StatusCode::BAD_REQUEST,
            "QUOTA_EXCEEDED",
            &format!("A service principal can have at most {MOST_SECRETS} secrets. Delete one before creating another."),
        ),
        Refused::NoLifetime => errors::invalid_parameter("The lifetime of a secret must be positive."),
        Refused::LifetimeTooLong => errors::invalid_parameter("The lifetime of a secret exceeds the maximum of 730 days (63072000s)."),
        Refused::NoSuchSecret(id) => {
            errors::api_error(StatusCode::NOT_FOUND, "RESOURCE_DOES_NOT_EXIST", &format!("Secret {id} does not exist."))
        }
        _ => errors::api_error(StatusCode::NOT_FOUND, "RESOURCE_DOES_NOT_EXIST", "Service principal does not exist."),
    }
}
