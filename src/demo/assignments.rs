//! Who may enter a workspace: `/api/2.0/accounts/{account_id}/workspaces/{workspace_id}/permissionassignments`. Account admins only.

use std::sync::Arc;

use axum::{
    Extension, Json, Router,
    body::Bytes,
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::{get, put},
};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    account::Account,
    catalogue::{ACCOUNT_ID, Principal, USERS, User},
    errors,
    input::{self, number},
    oidc::Caller,
    principals::{Role, ServicePrincipal},
};

#[derive(Deserialize)]
struct Update {
    #[serde(default)]
    permissions: Vec<String>,
}

pub(super) fn account_routes() -> Router<Arc<Account>> {
    let all = format!("/api/2.0/accounts/{ACCOUNT_ID}/workspaces/{{workspace}}/permissionassignments");
    Router::new().route(&all, get(list)).route(&format!("{all}/principals/{{principal}}"), put(update).delete(remove))
}

async fn list(State(account): State<Arc<Account>>, Extension(caller): Extension<Caller>, Path(workspace): Path<String>) -> Response {
    let workspace = number(&workspace);
    let Some(found) = account.workspaces.iter().find(|it| it.id == workspace) else { return no_such_workspace(workspace) };
    if !caller.principal.is_account_admin() {
        return not_allowed();
    }
    let users = USERS.iter().map(|user| {
        let admin = found.has_admin(&Principal::User(*user));
        json!({ "principal": user_output(user), "permissions": [if admin { "ADMIN" } else { "USER" }] })
    });
    let mut all: Vec<_> = users.collect();
    let principals = account.authority.principals();
    all.extend(principals.list(Some(workspace)).filter_map(|it| Some(assignment(it, it.role(workspace)?))));
    Json(json!({ "permission_assignments": all })).into_response()
}

async fn update(
    State(account): State<Arc<Account>>,
    Extension(caller): Extension<Caller>,
    Path(which): Path<(String, String)>,
    body: Bytes,
) -> Response {
    let asked: Update = match input::read(&body) {
        Ok(asked) => asked,
        Err(malformed) => return malformed.into_response(),
    };
    let mut role = None;
    for word in &asked.permissions {
        role = match word.as_str() {
            "ADMIN" => Some(Role::Admin),
            "USER" => role.or(Some(Role::User)),
            other => return errors::invalid_parameter(&format!("Unknown workspace permission: {other}")),
        };
    }
    assign(&account, &caller, &which, role)
}

async fn remove(
    State(account): State<Arc<Account>>,
    Extension(caller): Extension<Caller>,
    Path(which): Path<(String, String)>,
) -> Response {
    assign(&account, &caller, &which, None)
}

fn assign(account: &Account, caller: &Caller, (workspace, principal): &(String, String), role: Option<Role>) -> Response {
    let (workspace, principal) = (number(workspace), number(principal));
    if !caller.principal.is_account_admin() {
        return not_allowed();
    }
    if !account.workspaces.iter().any(|it| it.id == workspace) {
        return no_such_workspace(workspace);
    }
    let mut principals = account.authority.principals();
    match (principals.assign(principal, workspace, role), principals.get(principal, None), role) {
        (Ok(()), Ok(known), Some(role)) => Json(assignment(known, role)).into_response(),
        (Ok(()), Ok(_), None) => Json(json!({})).into_response(),
        // As the service words it.
        _ => errors::api_error(StatusCode::NOT_FOUND, "NOT_FOUND", "Principal not found in account."),
    }
}

fn assignment(it: &ServicePrincipal, role: Role) -> Value {
    json!({
        "principal": { "principal_id": it.id, "service_principal_name": it.client_id, "display_name": it.name },
        "permissions": [match role { Role::User => "USER", Role::Admin => "ADMIN" }],
    })
}

fn user_output(user: &User) -> Value {
    json!({ "principal_id": user.id, "user_name": user.user_name(), "display_name": format!("{} {}", user.given_name, user.family_name) })
}

fn not_allowed() -> Response {
    errors::api_error(StatusCode::FORBIDDEN, "PERMISSION_DENIED", "Only account admins can assign principals to workspaces.")
}

fn no_such_workspace(id: u64) -> Response {
    errors::api_error(StatusCode::NOT_FOUND, "NOT_FOUND", &format!("Workspace {id} not found."))
}
