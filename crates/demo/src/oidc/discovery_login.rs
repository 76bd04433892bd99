//! What login.databricks.com does: a person signs in first and says then which workspace (or account) the application may use.

use axum::{
    body::Bytes,
    extract::{RawQuery, State},
    http::HeaderMap,
    response::{Html, IntoResponse, Response},
};

use super::{
    OidcState, Realm, authorize,
    logins::{Destination, Flow, Stage},
    params::Params,
    request::AuthorizationRequest,
    screens,
};
use crate::pages;

/// `GET /?destination_url=/oidc/v1/authorize?…`, `&target=ACCOUNT` for the account; without a destination a page that says where one is.
pub(super) async fn begin(State(oidc): State<OidcState>, RawQuery(query): RawQuery) -> Response {
    let Ok(params) = Params::read(query.unwrap_or_default().as_bytes()) else {
        return screens::refused("A parameter of the address comes twice");
    };
    let Some(destination) = params.get("destination_url") else { return Html(pages::account()).into_response() };
    let Some(query) = destination.strip_prefix("/oidc/v1/authorize?") else {
        return screens::refused("destination_url is not the authorization endpoint");
    };
    let account = params.get("target") == Some("ACCOUNT");
    match AuthorizationRequest::read(&oidc.authority, Realm::Account, query) {
        Ok(request) => authorize::ask_who(&oidc, Flow { request, stage: Stage::Login { to: Destination::Chosen { account } } }, None),
        Err(fault) => authorize::refuse(fault),
    }
}

/// The form of the page that lists workspaces.
pub(super) async fn choose(State(oidc): State<OidcState>, headers: HeaderMap, body: Bytes) -> Response {
    let Some((params, flow)) = authorize::step(&oidc, &headers, &body) else { return screens::too_late() };
    let Stage::Choose { user, account } = flow.stage else { return screens::too_late() };
    let chosen = params.get("at").unwrap_or_default();
    let host = oidc.authority.hosts().iter().find(|host| screens::is_choice(host, account) && screens::choice(host) == chosen);
    match host {
        Some(host) => authorize::ask_consent(&oidc, Flow { stage: Stage::Consent { user, realm: host.realm }, ..flow }),
        None => screens::too_late(),
    }
}
