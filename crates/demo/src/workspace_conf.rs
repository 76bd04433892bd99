//! `/api/2.0/workspace-conf`: what admins have decided about tokens. Values are text, or null where nothing was set.

use std::{collections::BTreeMap, sync::Arc};

use axum::{
    Extension, Json, Router,
    body::Bytes,
    extract::Query,
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::get,
};
use serde_json::{Map, json};

use super::{Workspace, errors, oidc::Caller, token_store::Tokens, tokens::read};

const ENABLED: &str = "enableTokensConfig";
const MAXIMUM_DAYS: &str = "maxTokenLifetimeDays";

pub(super) fn routes() -> Router {
    Router::new().route("/api/2.0/workspace-conf", get(show).patch(change))
}

fn not_an_admin() -> Response {
    errors::api_error(StatusCode::FORBIDDEN, "PERMISSION_DENIED", "Only admin users can access the workspace configuration.")
}

fn unknown(key: &str) -> Response {
    errors::invalid_parameter(&format!("Invalid keys: [\"{key}\"]"))
}

async fn show(
    Extension(workspace): Extension<Arc<Workspace>>,
    Extension(caller): Extension<Caller>,
    Query(query): Query<Vec<(String, String)>>,
) -> Response {
    if !workspace.has_admin(&caller.principal) {
        return not_an_admin();
    }
    let keys = query.iter().find(|(key, _)| key == "keys").map(|(_, keys)| keys.as_str()).unwrap_or_default();
    let tokens = workspace.tokens();
    let mut conf = Map::new();
    for key in keys.split(',') {
        let value = match key {
            ENABLED => json!(tokens.enabled.to_string()),
            MAXIMUM_DAYS => json!(tokens.maximum_days.map(|days| days.to_string())),
            other => return unknown(other),
        };
        conf.insert(key.to_owned(), value);
    }
    Json(conf).into_response()
}

async fn change(Extension(workspace): Extension<Arc<Workspace>>, Extension(caller): Extension<Caller>, body: Bytes) -> Response {
    if !workspace.has_admin(&caller.principal) {
        return not_an_admin();
    }
    let wanted: BTreeMap<String, String> = match read(&body) {
        Ok(wanted) => wanted,
        Err(refused) => return refused.into_response(),
    };
    let mut changes: Vec<Change> = Vec::new();
    for (key, value) in &wanted {
        match Change::of(key, value) {
            Ok(change) => changes.push(change),
            Err(refused) => return refused,
        }
    }
    // All or nothing.
    let mut tokens = workspace.tokens();
    for change in changes {
        change.make(&mut tokens);
    }
    StatusCode::NO_CONTENT.into_response()
}

enum Change {
    Enabled(bool),
    MaximumDays(Option<u32>),
}

impl Change {
    #[expect(clippy::result_large_err, reason = "an answer, made once a request")]
    fn of(key: &str, value: &str) -> Result<Self, Response> {
        match key {
            ENABLED => value.parse().map(Self::Enabled).map_err(|_| errors::invalid_parameter("enableTokensConfig must be true or false.")),
            MAXIMUM_DAYS if value.is_empty() || value == "0" => Ok(Self::MaximumDays(None)),
            MAXIMUM_DAYS => match value.parse() {
                Ok(days @ 1..=730) => Ok(Self::MaximumDays(Some(days))),
                _ => Err(errors::invalid_parameter("maxTokenLifetimeDays must be a whole number from 0 to 730.")),
            },
            other => Err(unknown(other)),
        }
    }

    fn make(self, tokens: &mut Tokens) {
        match self {
            Self::Enabled(enabled) => tokens.enabled = enabled,
            Self::MaximumDays(days) => tokens.maximum_days = days,
        }
    }
}
