//! What a request brings: its query and its JSON body.

use axum::{
    extract::Query,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::errors;

/// In order and with repetitions.
pub(super) type Pairs = Query<Vec<(String, String)>>;

pub(super) fn value<'a>(query: &'a [(String, String)], key: &str) -> Option<&'a str> {
    query.iter().find(|(found, _)| found == key).map(|(_, value)| value.as_str())
}

/// An id in a path; 0, which is nobody's, for one that is no number.
pub(super) fn number(id: &str) -> u64 {
    id.parse().unwrap_or_default()
}

/// Why a body cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Malformed(String);

/// Whatever its content type says, as the service does; fields that it does not know are ignored, and no body is an empty one.
pub(super) fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, Malformed> {
    let malformed = |why: &str| Malformed(format!("Invalid JSON given in the body of the request - {why}"));
    let body = if body.is_empty() { b"{}" } else { body };
    let value: Value = serde_json::from_slice(body).map_err(|_| malformed("failed to parse given JSON"))?;
    if !value.is_object() {
        return Err(malformed("expected a map"));
    }
    serde_json::from_value(value).map_err(|error| Malformed(format!("Could not parse request object: {error}")))
}

impl IntoResponse for Malformed {
    fn into_response(self) -> Response {
        errors::api_error(StatusCode::BAD_REQUEST, "MALFORMED_REQUEST", &self.0)
    }
}
