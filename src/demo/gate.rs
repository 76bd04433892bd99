//! What every request passes before a room answers it: the log, latency, faults, the credential.

use std::sync::Arc;

use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderName, Uri, header},
    middleware::Next,
    response::{Html, IntoResponse, Response},
};
use uuid::Uuid;

use super::{Workspace, errors, faults::Refusal, pages};

const ORG_ID: HeaderName = HeaderName::from_static("x-databricks-org-id");

pub(super) async fn pass(State(workspace): State<Arc<Workspace>>, request: Request, next: Next) -> Response {
    let path = request.uri().path_and_query().map_or("/", |path| path.as_str());
    workspace.remember(format!("{} {path}", request.method()));
    tokio::time::sleep(workspace.latency).await;
    let mut response = if path.starts_with("/api/") {
        if let Some(refused) = refusal(&workspace, request.uri(), request.headers()).await {
            refused
        } else {
            let mut answered = next.run(request).await;
            errors::set(&mut answered, ORG_ID, &workspace.id.to_string());
            answered
        }
    } else {
        next.run(request).await
    };
    if !response.headers().contains_key(errors::REQUEST_ID) {
        errors::set(&mut response, errors::REQUEST_ID, &Uuid::new_v4().to_string());
    }
    errors::set(&mut response, header::SERVER, "databricks");
    errors::set(&mut response, header::CACHE_CONTROL, "no-cache, no-store, must-revalidate");
    errors::set(&mut response, header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    response
}

/// Faults come first, so that a test sees them whatever it sends.
async fn refusal(workspace: &Workspace, uri: &Uri, headers: &HeaderMap) -> Option<Response> {
    match workspace.next_refusal() {
        None | Some(Refusal::None) => {}
        Some(Refusal::Late(late)) => tokio::time::sleep(late).await,
        Some(Refusal::Unauthorized) => return Some(errors::missing_credential()),
        Some(Refusal::InvalidToken) => return Some(errors::invalid_token()),
        Some(Refusal::NoPermission) => return Some(errors::no_permission()),
        Some(Refusal::IpAccessList) => return Some(errors::blocked_by_ip_access_list(workspace.id)),
        Some(Refusal::RateLimited { retry_after }) => return Some(errors::rate_limited(retry_after)),
        Some(Refusal::Unavailable) => return Some(errors::unavailable(uri.path())),
        Some(Refusal::HtmlLogin) => return Some(Html(pages::login(&workspace.name)).into_response()),
    }
    match bearer(headers) {
        None => Some(errors::missing_credential()),
        Some(token) if workspace.accepts(token) => None,
        Some(_) => Some(errors::invalid_token()),
    }
}

/// RFC 6750, section 2.1; the scheme's case does not matter (RFC 9110, section 11.1).
fn bearer(headers: &HeaderMap) -> Option<&str> {
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
