//! `GET /api/2.0/preview/scim/v2/Me`: whose token this is (RFC 7644, section 3.11).

use std::sync::Arc;

use axum::{
    Json, Router,
    extract::State,
    http::header,
    response::{IntoResponse, Response},
    routing::get,
};
use serde_json::json;

use super::{Workspace, catalogue::Nature, errors};

pub(super) fn routes() -> Router<Arc<Workspace>> {
    Router::new().route("/api/2.0/preview/scim/v2/Me", get(me))
}

async fn me(State(workspace): State<Arc<Workspace>>) -> Response {
    let user = workspace.user;
    let groups = match workspace.nature {
        Nature::NoPermission => json!([]),
        _ => json!([{ "display": "users", "type": "direct", "value": "651002848913527", "$ref": "Groups/651002848913527" }]),
    };
    let mut response = Json(json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User", "urn:ietf:params:scim:schemas:extension:workspace:2.0:User"],
        "id": user.id.to_string(),
        "userName": user.user_name(),
        "displayName": format!("{} {}", user.given_name, user.family_name),
        "name": { "givenName": user.given_name, "familyName": user.family_name },
        "emails": [{ "type": "work", "value": user.user_name(), "primary": true }],
        "active": true,
        "groups": groups,
    }))
    .into_response();
    errors::set(&mut response, header::CONTENT_TYPE, "application/scim+json; charset=utf-8");
    response
}
