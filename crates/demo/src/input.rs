//! What a request brings: its query and its JSON body.

use axum::{extract::Query, http::StatusCode};
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::errors::ApiRefusal;

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
pub(super) struct Malformed(pub(super) String);

impl From<Malformed> for ApiRefusal {
    fn from(Malformed(message): Malformed) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "MALFORMED_REQUEST", message)
    }
}

/// Whatever its content type says, as the service does; fields that it does not know are ignored.
pub(super) fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, Malformed> {
    let no_json = |why: &str| Malformed(format!("Invalid JSON given in the body of the request - {why}"));
    let value: Value = serde_json::from_slice(body).map_err(|_| no_json("failed to parse given JSON"))?;
    if !value.is_object() {
        return Err(no_json("expected a map"));
    }
    serde_json::from_value(value).map_err(|error| Malformed(format!("Could not parse request object: {error}")))
}
