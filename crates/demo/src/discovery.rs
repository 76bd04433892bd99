//! `GET /.well-known/databricks-config`: what a host says of itself to anybody who asks.

use std::sync::Arc;

use axum::{Extension, Json, Router, routing::get};
use serde_json::{Value, json};

use super::{Workspace, catalogue::ACCOUNT_ID};

pub(super) fn routes() -> Router {
    Router::new().route("/.well-known/databricks-config", get(config))
}

async fn config(Extension(workspace): Extension<Arc<Workspace>>) -> Json<Value> {
    Json(json!({
        "oidc_endpoint": format!("{}/oidc", workspace.origin),
        "account_id": ACCOUNT_ID,
        "workspace_id": workspace.id.to_string(),
        "cloud": workspace.cloud.word(),
        "host_type": "workspace",
    }))
}
