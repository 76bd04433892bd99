//! The authorization endpoint and the steps behind it: sign in, allow or decline, back to the application.

use axum::{
    body::Bytes,
    extract::{RawQuery, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};

use super::{
    OidcState,
    logins::{Destination, Flow, Stage},
    params::Params,
    request::{AuthorizationRequest, Fault},
    screens,
};
use crate::{catalogue::Principal, errors};

/// `GET /v1/authorize`
pub(super) async fn begin(State(oidc): State<OidcState>, RawQuery(query): RawQuery) -> Response {
    match AuthorizationRequest::read(&oidc.authority, oidc.realm, &query.unwrap_or_default()) {
        Ok(request) => ask_who(&oidc, Flow { request, stage: Stage::Login { to: Destination::At(oidc.realm) } }, None),
        Err(fault) => refuse(fault),
    }
}

pub(super) fn refuse(fault: Fault) -> Response {
    match fault {
        Fault::Told(message) => screens::refused(&message),
        Fault::Returned(address) => send_to(&address),
    }
}

/// `wrong` is the user name that was tried in vain.
pub(super) fn ask_who(oidc: &OidcState, flow: Flow, wrong: Option<&str>) -> Response {
    let to = match &flow.stage {
        Stage::Login { to: Destination::At(realm) } => oidc.authority.host(*realm).map(|host| host.name.clone()),
        _ => None,
    };
    let ticket = oidc.authority.keep(flow);
    screens::login(&ticket, to.as_deref(), oidc.authority.users().first(), wrong)
}

/// The login page's form.
pub(super) async fn log_in(State(oidc): State<OidcState>, headers: HeaderMap, body: Bytes) -> Response {
    let Some((params, flow)) = step(&oidc, &headers, &body) else { return screens::too_late() };
    let Stage::Login { to } = flow.stage else { return screens::too_late() };
    let name = params.get("username").unwrap_or_default();
    let Some(user) = oidc.authority.user(name, params.get("password").unwrap_or_default()) else {
        return ask_who(&oidc, flow, Some(name));
    };
    match to {
        Destination::At(realm) => ask_consent(&oidc, Flow { stage: Stage::Consent { user, realm }, ..flow }),
        Destination::Chosen { account } => {
            let hosts = oidc.authority.hosts();
            let ticket = oidc.authority.keep(Flow { stage: Stage::Choose { user, account }, ..flow });
            screens::choose(&ticket, hosts, account)
        }
    }
}

pub(super) fn ask_consent(oidc: &OidcState, flow: Flow) -> Response {
    let Stage::Consent { user, realm } = flow.stage else { return screens::too_late() };
    let Some(host) = oidc.authority.host(realm) else { return screens::too_late() };
    let (client_id, scopes) = (flow.request.client_id.clone(), flow.request.scopes.clone());
    let ticket = oidc.authority.keep(flow);
    screens::consent(&ticket, &client_id, &scopes, &host.name, &user.user_name())
}

/// The consent page's form.
pub(super) async fn decide(State(oidc): State<OidcState>, headers: HeaderMap, body: Bytes) -> Response {
    let Some((params, flow)) = step(&oidc, &headers, &body) else { return screens::too_late() };
    let Stage::Consent { user, realm } = flow.stage else { return screens::too_late() };
    let address = if params.get("decision") == Some("allow") {
        flow.request.granted(&oidc.authority, realm, Principal::User(user))
    } else {
        flow.request.refused(&oidc.authority, realm, "access_denied", "The resource owner denied the request")
    };
    send_to(&address)
}

/// What a form says, and the login that its ticket belongs to.
pub(super) fn step(oidc: &OidcState, headers: &HeaderMap, body: &Bytes) -> Option<(Params, Flow)> {
    let params = Params::form(headers, body).ok()?;
    let flow = oidc.authority.take(params.get("ticket")?)?;
    Some((params, flow))
}

fn send_to(address: &str) -> Response {
    let mut response = StatusCode::FOUND.into_response();
    errors::set(&mut response, header::LOCATION, address);
    screens::guard(&mut response);
    response
}
