//! Who may enter a workspace: `/api/2.0/accounts/{account_id}/workspaces/{workspace_id}/permissionassignments`. Account admins only.

use std::sync::Arc;

use axum::{
    Json, Router,
    body::Bytes,
    extract::{Path, State},
    http::StatusCode,
    routing::{get, put},
};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    Workspace,
    account::Account,
    catalogue::{ACCOUNT_ID, Principal, USERS, User},
    errors::ApiRefusal,
    input::{self, number},
    place::Place,
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

type Answer = Result<Json<Value>, ApiRefusal>;

async fn list(_: Place, State(account): State<Arc<Account>>, Path(workspace): Path<String>) -> Answer {
    let workspace = known(&account, &workspace)?;
    let users = USERS.iter().map(|user| {
        let admin = workspace.has_admin(&Principal::User(*user));
        json!({ "principal": user_output(user), "permissions": [if admin { "ADMIN" } else { "USER" }] })
    });
    let mut all: Vec<_> = users.collect();
    let principals = account.authority.principals();
    all.extend(principals.list(Some(workspace.id)).filter_map(|it| Some(assignment(it, it.role(workspace.id)?))));
    Ok(Json(json!({ "permission_assignments": all })))
}

async fn update(
    _: Place,
    State(account): State<Arc<Account>>,
    Path((workspace, principal)): Path<(String, String)>,
    body: Bytes,
) -> Answer {
    let asked: Update = input::read(&body)?;
    let mut role = None;
    for word in &asked.permissions {
        role = match word.as_str() {
            "ADMIN" => Some(Role::Admin),
            "USER" => role.or(Some(Role::User)),
            other => return Err(ApiRefusal::invalid_parameter(format!("Unknown workspace permission: {other}"))),
        };
    }
    assign(&account, &workspace, &principal, role)
}

async fn remove(_: Place, State(account): State<Arc<Account>>, Path((workspace, principal)): Path<(String, String)>) -> Answer {
    assign(&account, &workspace, &principal, None)
}

fn assign(account: &Account, workspace: &str, principal: &str, role: Option<Role>) -> Answer {
    let (workspace, principal) = (known(account, workspace)?.id, number(principal));
    let mut principals = account.authority.principals();
    match (principals.assign(principal, workspace, role), principals.get(principal, None), role) {
        (Ok(()), Ok(known), Some(role)) => Ok(Json(assignment(known, role))),
        (Ok(()), Ok(_), None) => Ok(Json(json!({}))),
        // As the service words it.
        _ => Err(ApiRefusal::new(StatusCode::NOT_FOUND, "NOT_FOUND", "Principal not found in account.")),
    }
}

fn known<'a>(account: &'a Account, id: &str) -> Result<&'a Arc<Workspace>, ApiRefusal> {
    let known = account.workspaces.iter().find(|it| it.id == number(id));
    known.ok_or_else(|| ApiRefusal::new(StatusCode::NOT_FOUND, "NOT_FOUND", format!("Workspace {id} not found.")))
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
