//! What every request passes before a room answers it: the log, latency, faults, the credential.

use std::sync::Arc;

use axum::{
    body::Body,
    extract::{Request, State},
    http::{HeaderMap, HeaderName, Uri, header},
    middleware::Next,
    response::{Html, IntoResponse, Response},
};
use jiff::Timestamp;
use uuid::Uuid;

use super::{Workspace, cut::Cut, errors, faults::Refusal, oidc::Caller, pages};

const ORG_ID: HeaderName = HeaderName::from_static("x-databricks-org-id");

/// On a workspace's own host.
pub(super) async fn pass(State(workspace): State<Arc<Workspace>>, request: Request, next: Next) -> Response {
    answer(workspace, request, next).await
}

/// On whatever host this workspace was asked for.
pub(super) async fn answer(workspace: Arc<Workspace>, mut request: Request, next: Next) -> Response {
    request.extensions_mut().insert(Arc::clone(&workspace));
    let uri = request.uri().clone();
    let shown = if uri.path().starts_with("/oidc/") { None } else { uri.path_and_query() };
    workspace.remember(format!("{} {}", request.method(), shown.map_or(uri.path(), |shown| shown.as_str())));
    tokio::time::sleep(workspace.latency).await;
    let mut response = if uri.path().starts_with("/api/") {
        match admit(&workspace, &uri, request.headers()).await {
            Err(refused) => refused,
            Ok(caller) => {
                request.extensions_mut().insert(caller);
                let changes = !request.method().is_safe();
                let mut answered = next.run(request).await;
                if changes && workspace.loses_this_answer() {
                    answered = cut_short(answered).await;
                }
                errors::set(&mut answered, ORG_ID, &workspace.id.to_string());
                answered
            }
        }
    } else {
        next.run(request).await
    };
    sign(&mut response);
    response
}

/// The head and half of the body arrive, then the connection is reset.
pub(super) async fn cut_short(answered: Response) -> Response {
    let (head, body) = answered.into_parts();
    let whole = axum::body::to_bytes(body, usize::MAX).await.unwrap_or_default();
    Response::from_parts(head, Body::new(Cut::of(&whole)))
}

/// The headers that every answer has.
pub(super) fn sign(response: &mut Response) {
    if !response.headers().contains_key(errors::REQUEST_ID) {
        errors::set(response, errors::REQUEST_ID, &Uuid::new_v4().to_string());
    }
    errors::set(response, header::SERVER, "databricks");
    errors::set(response, header::CACHE_CONTROL, "no-cache, no-store, must-revalidate");
    errors::set(response, header::X_CONTENT_TYPE_OPTIONS, "nosniff");
}

/// Faults come first, so that a test sees them whatever it sends.
async fn admit(workspace: &Workspace, uri: &Uri, headers: &HeaderMap) -> Result<Caller, Response> {
    match workspace.next_refusal() {
        None | Some(Refusal::None) => {}
        Some(Refusal::Late(late)) => tokio::time::sleep(late).await,
        Some(Refusal::Unauthorized) => return Err(errors::missing_credential()),
        Some(Refusal::InvalidToken) => return Err(errors::invalid_token()),
        Some(Refusal::NoPermission) => return Err(errors::no_permission()),
        Some(Refusal::IpAccessList) => return Err(errors::blocked_by_ip_access_list(workspace.id)),
        Some(Refusal::RateLimited { retry_after }) => return Err(errors::rate_limited(retry_after)),
        Some(Refusal::Unavailable) => return Err(errors::unavailable(uri.path())),
        Some(Refusal::HtmlLogin) => return Err(Html(pages::login(&workspace.name)).into_response()),
    }
    let token = bearer(headers).ok_or_else(errors::missing_credential)?;
    let caller = workspace.caller(token).ok_or_else(errors::invalid_token)?;
    workspace.tokens().used(token, Timestamp::now());
    match missing_scope(&caller, uri.path()) {
        Some(scope) => Err(errors::missing_scope(scope)),
        None => Ok(caller),
    }
}

/// A token without `all-apis` opens the APIs that its scopes name; whose it is, it may always ask.
fn missing_scope(caller: &Caller, path: &str) -> Option<&'static str> {
    let needed = match path {
        _ if path.starts_with("/api/2.0/permissions/") => "access-management",
        _ if path.contains("/ServicePrincipals") => "scim",
        _ if path.contains("/servicePrincipals/") => "access-management",
        _ if path.starts_with("/api/2.1/unity-catalog/") => "unity-catalog",
        _ if path.contains("/sql/") => "sql",
        _ if path.contains("/jobs/") => "jobs",
        _ if path.contains("/clusters/") => "clusters",
        _ if path.contains("/token/") || path.contains("/token-management/") => "authentication",
        _ if path.ends_with("/workspace-conf") => "settings",
        _ => return None,
    };
    (!caller.scopes.iter().any(|scope| scope == "all-apis" || scope == needed)).then_some(needed)
}

/// RFC 6750, section 2.1; the scheme's case does not matter (RFC 9110, section 11.1).
pub(super) fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(value: &'static str) -> Option<String> {
        let headers = HeaderMap::from_iter([(header::AUTHORIZATION, value.parse().unwrap())]);
        bearer(&headers).map(str::to_owned)
    }

    #[test]
    fn only_the_bearer_scheme_is_read() {
        assert_eq!(read("Bearer abc").as_deref(), Some("abc"));
        assert_eq!(read("bearer abc").as_deref(), Some("abc"));
        assert_eq!(read("Basic abc"), None);
        assert_eq!(read("abc"), None);
        assert_eq!(bearer(&HeaderMap::new()), None);
    }
}
