//! The authorization server of the account and its workspaces (RFC 6749, RFC 7636, RFC 7009, RFC 8414, RFC 9207).
//!
//! One server behind every host: a workspace gives tokens for itself, the account gives tokens for itself and every workspace.
//! [`authority`] is what all of it shares, [`grants`] the life of codes and tokens, [`metadata`], [`authorize`], [`token`] and [`revoke`] the
//! endpoints, [`screens`] what a person sees on the way.

mod access_token;
mod authority;
mod authorize;
mod discovery_login;
mod faults;
mod grants;
mod logins;
mod metadata;
mod params;
mod request;
mod revoke;
mod screens;
mod token;

use std::sync::Arc;

use axum::{
    Router,
    extract::{Request, State},
    middleware::{self, Next},
    response::Response,
    routing::{get, post},
};

pub(super) use authority::{Authority, Host, redirect_uri};
pub(super) use grants::Caller;

use super::catalogue::ACCOUNT_ID;

/// What a token is good for: one workspace, or the account with every workspace.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Realm {
    Workspace(u64),
    Account,
    /// The account, through the host that also serves its workspaces.
    Unified,
}

impl Realm {
    /// Where its authorization server lies on its host.
    fn prefix(self) -> String {
        match self {
            Self::Workspace(_) => "/oidc".to_owned(),
            Self::Account | Self::Unified => format!("/oidc/accounts/{ACCOUNT_ID}"),
        }
    }

    /// The id of the one workspace that it is.
    fn workspace(self) -> Option<u64> {
        match self {
            Self::Workspace(id) => Some(id),
            Self::Account | Self::Unified => None,
        }
    }

    /// Whether a token of this realm opens `other`.
    fn covers(self, other: Self) -> bool {
        matches!(self, Self::Account | Self::Unified) || self == other
    }
}

/// The authorization server as one host shows it.
#[derive(Clone)]
struct OidcState {
    authority: Arc<Authority>,
    realm: Realm,
}

pub(super) fn routes<S: Clone + Send + Sync + 'static>(authority: Arc<Authority>, realm: Realm) -> Router<S> {
    let prefix = realm.prefix();
    let mut router = Router::new()
        .route(&format!("{prefix}/.well-known/oauth-authorization-server"), get(metadata::show))
        .route(&format!("{prefix}/v1/authorize"), get(authorize::begin))
        .route(&format!("{prefix}/v1/token"), post(token::answer))
        .route(&format!("{prefix}/v1/revoke"), post(revoke::answer))
        .route(screens::LOGIN, post(authorize::log_in))
        .route(screens::CONSENT, post(authorize::decide));
    if realm == Realm::Account {
        router = router.route("/", get(discovery_login::begin)).route(screens::CHOOSE, post(discovery_login::choose));
    }
    let oidc = OidcState { authority, realm };
    router.layer(middleware::from_fn_with_state(oidc.clone(), remember)).with_state(oidc)
}

/// Without the query, which holds `state`. The token endpoint says itself what it was asked for.
async fn remember(State(oidc): State<OidcState>, request: Request, next: Next) -> Response {
    let path = request.uri().path();
    if !path.ends_with("/v1/token") {
        oidc.authority.remember(format!("{} {path}", request.method()));
    }
    next.run(request).await
}
