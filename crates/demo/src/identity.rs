//! Whose token this is: `GET /api/2.0/preview/scim/v2/Me` (RFC 7644, section 3.11), and where it is good.

use std::sync::Arc;

use axum::{
    Extension, Json, Router,
    http::header,
    response::{IntoResponse, Response},
    routing::get,
};
use serde_json::{Value, json};

use super::{
    Workspace,
    catalogue::{ACCOUNT_ID, Nature, Principal},
    errors,
    oidc::{Authority, Caller},
};

pub(super) fn routes() -> Router {
    Router::new().route("/api/2.0/preview/scim/v2/Me", get(me)).route("/api/2.0/tokens/introspect", get(introspect))
}

async fn me(Extension(workspace): Extension<Arc<Workspace>>, Extension(caller): Extension<Caller>) -> Response {
    let group = |name, id| json!({ "display": name, "type": "direct", "value": id, "$ref": format!("Groups/{id}") });
    let users = (workspace.nature != Nature::NoPermission).then(|| group("users", "651002848913527"));
    let admins = workspace.has_admin(&caller.principal).then(|| group("admins", "318840527719046"));
    scim(&workspace.authority, &caller.principal, &users.into_iter().chain(admins).collect())
}

/// A user or a service principal as SCIM shows it; the name of a service principal is its application id.
pub(super) fn scim(authority: &Authority, principal: &Principal, groups: &Value) -> Response {
    let schemas = ["urn:ietf:params:scim:schemas:core:2.0:User", "urn:ietf:params:scim:schemas:extension:workspace:2.0:User"];
    let answer = match principal {
        Principal::User(user) => json!({
            "schemas": schemas,
            "id": user.id.to_string(),
            "userName": user.user_name(),
            "displayName": format!("{} {}", user.given_name, user.family_name),
            "name": { "givenName": user.given_name, "familyName": user.family_name },
            "emails": [{ "type": "work", "value": user.user_name(), "primary": true }],
            "active": true,
            "groups": groups,
        }),
        Principal::ServicePrincipal { client_id } => {
            let principals = authority.principals();
            let known = principals.by_client_id(client_id);
            json!({
                "schemas": schemas,
                "id": known.map(|it| it.id.to_string()),
                "userName": client_id,
                "displayName": known.map(|it| it.name.as_str()),
                "active": known.is_some_and(|it| it.active),
                "groups": groups,
            })
        }
    };
    let mut response = Json(answer).into_response();
    errors::set(&mut response, header::CONTENT_TYPE, "application/scim+json; charset=utf-8");
    response
}

/// `GET /api/2.0/tokens/introspect`: where the token is good.
async fn introspect(Extension(workspace): Extension<Arc<Workspace>>) -> Json<Value> {
    Json(json!({
        "principal_context": { "authentication_scope": { "account_id": ACCOUNT_ID, "workspace_id": workspace.id } },
    }))
}
