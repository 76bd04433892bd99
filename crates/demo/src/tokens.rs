//! `/api/2.0/token`: personal access tokens of the caller.

use std::sync::Arc;

use axum::{
    Extension, Json, Router,
    body::Bytes,
    response::{IntoResponse, Response},
    routing::{get, post},
};
use jiff::Timestamp;
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Value, json};

use super::{
    Workspace,
    input::{self, Malformed},
    oidc::Caller,
    token_management,
    token_store::{Refused, Token, Wanted},
    workspace_conf,
};

#[derive(Deserialize)]
struct Create {
    comment: Option<String>,
    lifetime_seconds: Option<i64>,
    scopes: Option<Vec<String>>,
}

#[derive(Deserialize)]
struct Delete {
    token_id: Option<String>,
}

/// Everything about tokens, also what only admins may ask.
pub(super) fn routes() -> Router {
    Router::new()
        .route("/api/2.0/token/list", get(list))
        .route("/api/2.0/token/create", post(create))
        .route("/api/2.0/token/delete", post(delete))
        .merge(token_management::routes())
        .merge(workspace_conf::routes())
}

async fn list(Extension(workspace): Extension<Arc<Workspace>>, Extension(caller): Extension<Caller>) -> Response {
    let now = Timestamp::now();
    let tokens = workspace.tokens();
    if let Err(refused) = tokens.open() {
        return refused.into_response();
    }
    let infos: Vec<_> = tokens.valid(now).filter(|token| token.owner == caller.principal).map(Token::info).collect();
    listed(&infos)
}

/// An empty list is left out, as everywhere in this API.
pub(super) fn listed(infos: &[Value]) -> Response {
    Json(if infos.is_empty() { json!({}) } else { json!({ "token_infos": infos }) }).into_response()
}

async fn create(Extension(workspace): Extension<Arc<Workspace>>, Extension(caller): Extension<Caller>, body: Bytes) -> Response {
    let made = read(&body).and_then(|Create { comment, lifetime_seconds, scopes }| {
        let wanted = Wanted { comment, lifetime_seconds, scopes };
        workspace.tokens().create(&caller.principal, &caller.principal, wanted, Timestamp::now())
    });
    match made {
        Ok(token) => Json(json!({ "token_value": token.value, "token_info": token.info() })).into_response(),
        Err(refused) => refused.into_response(),
    }
}

async fn delete(Extension(workspace): Extension<Arc<Workspace>>, Extension(caller): Extension<Caller>, body: Bytes) -> Response {
    let id = read::<Delete>(&body).and_then(|request| request.token_id.ok_or(Refused::NoId));
    match id.and_then(|id| workspace.tokens().delete(&caller.principal, &id, Timestamp::now())) {
        Ok(()) => Json(json!({})).into_response(),
        Err(refused) => refused.into_response(),
    }
}

pub(super) fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, Refused> {
    input::read(body).map_err(|Malformed(message)| Refused::Malformed(message))
}
