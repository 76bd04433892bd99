//! The account above the workspaces, on two hosts of its own: the account console, and the unified host, which serves the workspaces too.

use std::{sync::Arc, time::Duration};

use axum::{
    Extension, Json, Router,
    extract::{Request, State},
    http::HeaderMap,
    middleware::{self, Next},
    response::{Html, IntoResponse, Response},
    routing::get,
};
use serde_json::{Value, json};

use super::{
    Workspace, assignments, auth,
    catalogue::{ACCOUNT_ID, CloudKind},
    clusters, errors, identity, objects,
    oidc::{self, Authority, Caller, Realm},
    pages, principal_secrets, scim, tokens,
};

/// Which workspace a request to the unified host is for.
const WORKSPACE_ID: &str = "x-databricks-workspace-id";

pub(super) struct Account {
    /// [`Realm::Account`] for the console, [`Realm::Unified`].
    pub(super) realm: Realm,
    /// `http://127.0.0.1:port`
    pub(super) origin: String,
    /// Added to every answer.
    pub(super) latency: Duration,
    pub(super) authority: Arc<Authority>,
    pub(super) workspaces: Vec<Arc<Workspace>>,
}

/// Everything that the host answers.
pub(super) fn router(account: Arc<Account>) -> Router {
    let own = if account.realm == Realm::Unified {
        Router::new()
            .merge(identity::routes())
            .merge(clusters::routes())
            .merge(tokens::routes())
            .merge(objects::routes())
            .merge(scim::routes())
            .merge(principal_secrets::routes())
    } else {
        Router::new()
            .route("/api/2.0/preview/scim/v2/Me", get(me))
            .route("/api/2.0/tokens/introspect", get(introspect))
            .with_state(Arc::clone(&account))
    };
    Router::new()
        .route("/.well-known/databricks-config", get(config))
        .route(&format!("/api/2.0/accounts/{ACCOUNT_ID}/workspaces"), get(workspaces))
        .route(&format!("/api/2.0/accounts/{ACCOUNT_ID}/scim/v2/Me"), get(me))
        .merge(scim::account_routes())
        .merge(principal_secrets::account_routes())
        .merge(assignments::account_routes())
        .merge(oidc::routes(Arc::clone(&account.authority), account.realm))
        .with_state(Arc::clone(&account))
        .merge(own)
        .fallback(errors::no_such_endpoint)
        .method_not_allowed_fallback(errors::no_such_endpoint)
        .layer(middleware::from_fn_with_state(account, pass))
}

/// What every request passes before it is answered; no query is kept, since those of logins hold `state`.
async fn pass(State(account): State<Arc<Account>>, mut request: Request, next: Next) -> Response {
    let path = request.uri().path().to_owned();
    if path.starts_with("/api/") || path.starts_with("/.well-known/") {
        account.authority.remember(format!("{} {path}", request.method()));
    }
    if account.realm == Realm::Unified && path.starts_with("/api/") && !is_accounts(&path) {
        return match account.wanted(request.headers()) {
            Some(workspace) => auth::answer(workspace, request, next).await,
            // Source: the Databricks SDKs say that such a host answers so without the header.
            None => Html(pages::login("Databricks")).into_response(),
        };
    }
    tokio::time::sleep(account.latency).await;
    let mut response = if path.starts_with("/api/") {
        match auth::bearer(request.headers()).map(|token| account.authority.caller(token, account.realm)) {
            None => errors::missing_credential(),
            Some(None) => errors::invalid_token(),
            Some(Some(caller)) => {
                request.extensions_mut().insert(caller);
                let changes = !request.method().is_safe();
                let answered = next.run(request).await;
                if changes && account.authority.loses_this_answer() { auth::cut_short(answered).await } else { answered }
            }
        }
    } else {
        next.run(request).await
    };
    auth::sign(&mut response);
    response
}

/// The secrets of a workspace's service principals lie beside what is the account's, without its id.
fn is_accounts(path: &str) -> bool {
    path.starts_with("/api/2.0/accounts/") && !path.starts_with("/api/2.0/accounts/servicePrincipals/")
}

impl Account {
    fn wanted(&self, headers: &HeaderMap) -> Option<Arc<Workspace>> {
        let id: u64 = headers.get(WORKSPACE_ID)?.to_str().ok()?.parse().ok()?;
        self.workspaces.iter().find(|workspace| workspace.id == id).cloned()
    }
}

/// The console serves every account, so its endpoint names the account as `{account_id}`, literally.
async fn config(State(account): State<Arc<Account>>) -> Json<Value> {
    let (origin, cloud) = (&account.origin, CloudKind::Aws.word());
    Json(if account.realm == Realm::Unified {
        json!({
            "oidc_endpoint": format!("{origin}/oidc/accounts/{ACCOUNT_ID}"),
            "account_id": ACCOUNT_ID,
            "cloud": cloud,
            "host_type": "unified",
        })
    } else {
        json!({
            "oidc_endpoint": format!("{origin}/oidc/accounts/{{account_id}}"),
            "cloud": cloud,
            "host_type": "account",
        })
    })
}

/// A bare list. A deployment name makes an address with the zone of the account console (`<name>.cloud.databricks.com`); loopback has no
/// zones, so here it is the address: `127.0.0.1:<port>`.
async fn workspaces(State(account): State<Arc<Account>>) -> Json<Value> {
    account
        .workspaces
        .iter()
        .map(|workspace| {
            let region = match workspace.cloud {
                CloudKind::Aws => ("aws_region", "eu-central-1"),
                CloudKind::Azure => ("location", "westeurope"),
                CloudKind::Gcp => ("location", "europe-west1"),
            };
            json!({
                "account_id": ACCOUNT_ID,
                "workspace_id": workspace.id,
                "workspace_name": workspace.name,
                "deployment_name": workspace.origin.trim_start_matches("http://"),
                (region.0): region.1,
                "cloud": workspace.cloud.word().to_lowercase(),
                "workspace_status": "RUNNING",
                "workspace_status_message": "Workspace is running.",
                "pricing_tier": "ENTERPRISE",
                "creation_time": 1_687_132_800_000_u64,
            })
        })
        .collect::<Value>()
        .into()
}

async fn me(State(account): State<Arc<Account>>, Extension(caller): Extension<Caller>) -> Response {
    identity::scim(&account.authority, &caller.principal, &json!([]))
}

async fn introspect() -> Json<Value> {
    Json(json!({ "principal_context": { "authentication_scope": { "account_id": ACCOUNT_ID } } }))
}
