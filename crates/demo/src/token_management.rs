//! `/api/2.0/token-management`: everybody's tokens, for admins.

use std::sync::Arc;

use axum::{
    Extension, Json, Router,
    body::Bytes,
    extract::{Path, Query},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::json;

use super::{
    Workspace,
    oidc::Caller,
    token_store::{Refused, Wanted},
    tokens::{listed, read},
};

#[derive(Deserialize)]
struct Filter {
    created_by_id: Option<u64>,
    created_by_username: Option<String>,
}

#[derive(Deserialize)]
struct OnBehalfOf {
    application_id: Option<String>,
    comment: Option<String>,
    lifetime_seconds: Option<i64>,
    scopes: Option<Vec<String>>,
}

pub(super) fn routes() -> Router {
    Router::new()
        .route("/api/2.0/token-management/tokens", get(list))
        .route("/api/2.0/token-management/tokens/{id}", get(show).delete(delete))
        .route("/api/2.0/token-management/on-behalf-of/tokens", post(create))
}

fn admins_only(workspace: &Workspace, caller: &Caller) -> Result<(), Refused> {
    if workspace.has_admin(&caller.principal) { Ok(()) } else { Err(Refused::NotAnAdmin) }
}

async fn list(
    Extension(workspace): Extension<Arc<Workspace>>,
    Extension(caller): Extension<Caller>,
    Query(filter): Query<Filter>,
) -> Response {
    if let Err(refused) = admins_only(&workspace, &caller) {
        return refused.into_response();
    }
    let tokens = workspace.tokens();
    let by_id = tokens.valid(Timestamp::now()).filter(|token| filter.created_by_id.is_none_or(|id| token.creator.id() == id));
    let by_name = by_id.filter(|token| filter.created_by_username.as_ref().is_none_or(|name| token.creator.name() == *name));
    let infos: Vec<_> = by_name.map(|token| token.info_for_admins(workspace.id)).collect();
    listed(&infos)
}

async fn show(Extension(workspace): Extension<Arc<Workspace>>, Extension(caller): Extension<Caller>, Path(id): Path<String>) -> Response {
    let info = admins_only(&workspace, &caller).and_then(|()| {
        let tokens = workspace.tokens();
        let found = tokens.valid(Timestamp::now()).find(|token| token.id == id).map(|token| token.info_for_admins(workspace.id));
        found.ok_or(Refused::Unknown(id))
    });
    match info {
        Ok(info) => Json(json!({ "token_info": info })).into_response(),
        Err(refused) => refused.into_response(),
    }
}

async fn delete(Extension(workspace): Extension<Arc<Workspace>>, Extension(caller): Extension<Caller>, Path(id): Path<String>) -> Response {
    match admins_only(&workspace, &caller).and_then(|()| workspace.tokens().delete_any(&id, Timestamp::now())) {
        Ok(()) => Json(json!({})).into_response(),
        Err(refused) => refused.into_response(),
    }
}

/// For a service principal, which cannot sign in to make one itself.
async fn create(Extension(workspace): Extension<Arc<Workspace>>, Extension(caller): Extension<Caller>, body: Bytes) -> Response {
    let made = admins_only(&workspace, &caller).and_then(|()| read(&body)).and_then(|request: OnBehalfOf| {
        let application_id = request.application_id.unwrap_or_default();
        let owner = workspace.service_principal(&application_id).ok_or(Refused::NoSuchServicePrincipal(application_id))?;
        let wanted = Wanted { comment: request.comment, lifetime_seconds: request.lifetime_seconds, scopes: request.scopes };
        workspace.tokens().create(&owner, &caller.principal, wanted, Timestamp::now())
    });
    match made {
        Ok(token) => Json(json!({ "token_value": token.value, "token_info": token.info_for_admins(workspace.id) })).into_response(),
        Err(refused) => refused.into_response(),
    }
}
