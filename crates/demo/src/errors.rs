//! How Databricks refuses: statuses, error codes, messages and headers as they are seen on the wire.

use std::time::Duration;

use axum::{
    Json,
    http::{HeaderName, HeaderValue, Method, StatusCode, Uri, header},
    response::{Html, IntoResponse, Response},
};
use serde_json::{Value, json};
use uuid::Uuid;

use super::pages;

pub(super) const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const REASON_PHRASE: HeaderName = HeaderName::from_static("x-databricks-reason-phrase");

/// Refused by the API itself: `error_code` is a word.
pub(super) fn api_error(status: StatusCode, code: &str, message: &str) -> Response {
    answer(status, &json!({ "error_code": code, "message": message }))
}

/// The same, while it is on its way to become an answer.
#[derive(Debug)]
pub(super) struct ApiRefusal {
    status: StatusCode,
    code: &'static str,
    message: String,
}

impl ApiRefusal {
    pub(super) fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> Self {
        Self { status, code, message: message.into() }
    }

    pub(super) fn unknown(message: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, "RESOURCE_DOES_NOT_EXIST", message)
    }

    pub(super) fn invalid_parameter(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "INVALID_PARAMETER_VALUE", message)
    }
}

impl IntoResponse for ApiRefusal {
    fn into_response(self) -> Response {
        api_error(self.status, self.code, &self.message)
    }
}

pub(super) fn invalid_parameter(message: &str) -> Response {
    api_error(StatusCode::BAD_REQUEST, "INVALID_PARAMETER_VALUE", message)
}

pub(super) fn no_permission() -> Response {
    no_entitlement().into_response()
}

pub(super) fn no_entitlement() -> ApiRefusal {
    const MESSAGE: &str = "This API is disabled for users without the workspace-access entitlement.";
    ApiRefusal::new(StatusCode::FORBIDDEN, "PERMISSION_DENIED", MESSAGE)
}

/// Refused before the API is reached: `error_code` is the status as a number, the message ends in the request's id.
fn edge_error(status: StatusCode, reason: &str) -> Response {
    let id = Uuid::new_v4().to_string();
    let mut response = answer(status, &json!({ "error_code": status.as_u16(), "message": format!("{reason} [ReqId: {id}]") }));
    set(&mut response, REQUEST_ID, &id);
    set(&mut response, REASON_PHRASE, reason);
    response
}

pub(super) fn missing_credential() -> Response {
    let mut response = edge_error(StatusCode::UNAUTHORIZED, "Credential was not sent or was of an unsupported type for this API.");
    set(&mut response, header::WWW_AUTHENTICATE, "Bearer realm=\"DatabricksRealm\"");
    response
}

pub(super) fn missing_scope(scope: &str) -> Response {
    edge_error(StatusCode::FORBIDDEN, &format!("Provided OAuth token does not have required scopes: {scope}"))
}

/// An expired, a revoked and an invented token are refused alike, and with 403: personal access tokens, and those of OAuth too.
pub(super) fn invalid_token() -> Response {
    edge_error(StatusCode::FORBIDDEN, "Invalid access token.")
}

pub(super) fn blocked_by_ip_access_list(workspace: u64) -> Response {
    edge_error(StatusCode::FORBIDDEN, &format!("Source IP address: 203.0.113.7 is blocked by Databricks IP ACL for workspace: {workspace}"))
}

pub(super) fn rate_limited(retry_after: Duration) -> Response {
    let mut response = api_error(
        StatusCode::TOO_MANY_REQUESTS,
        "REQUEST_LIMIT_EXCEEDED",
        "Your request was rejected since your organization has exceeded the rate limit. Please retry your request later.",
    );
    set(&mut response, header::RETRY_AFTER, &retry_after.as_secs().to_string());
    response
}

pub(super) fn unavailable(path: &str) -> Response {
    let message = format!("The service at {path} is temporarily unavailable. Please try again later.");
    api_error(StatusCode::SERVICE_UNAVAILABLE, "TEMPORARILY_UNAVAILABLE", &message)
}

/// A path or a method that is not there: the API names what it looked for without its version; a version that no service has is a bad target.
pub(super) async fn no_such_endpoint(method: Method, uri: Uri) -> Response {
    let path = uri.path();
    let Some(versioned) = path.strip_prefix("/api/") else {
        return (StatusCode::NOT_FOUND, Html(pages::not_found())).into_response();
    };
    match ["2.0/", "2.1/", "2.2/"].into_iter().find_map(|version| versioned.strip_prefix(version)) {
        Some(rest) => api_error(StatusCode::NOT_FOUND, "ENDPOINT_NOT_FOUND", &format!("No API found for '{method} /{rest}'")),
        None => answer(StatusCode::NOT_FOUND, &json!({ "error": format!("Bad Target: {path}") })),
    }
}

fn answer(status: StatusCode, body: &Value) -> Response {
    let mut response = (status, Json(body)).into_response();
    set(&mut response, header::CONTENT_TYPE, "application/json; charset=utf-8");
    response
}

pub(super) fn set(response: &mut Response, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        response.headers_mut().insert(name, value);
    }
}
