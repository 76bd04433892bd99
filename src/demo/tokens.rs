//! `/api/2.0/token`: personal access tokens of the caller, and `workspace-conf`, which says how long they may live.

use std::sync::Arc;

use axum::{
    Extension, Json, Router,
    body::Bytes,
    extract::Query,
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::{get, post},
};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::{Workspace, catalogue::Principal, errors, oidc::Caller};

/// Of one user in one workspace.
pub(super) const QUOTA: usize = 600;

/// What a workspace allows where its admins have set nothing.
const DEFAULT_MAXIMUM_DAYS: u32 = 730;

const LONGEST_COMMENT: usize = 1000;

/// The personal access tokens of one workspace.
pub(super) struct Tokens {
    all: Vec<Token>,
    pub(super) quota: usize,
    /// Switched off, no token opens the API and none is made.
    pub(super) enabled: bool,
    /// Whether people have the permission to use tokens (`CAN_USE`).
    pub(super) permitted: bool,
    maximum_days: Option<u32>,
}

#[derive(Clone)]
struct Token {
    id: String,
    value: String,
    comment: String,
    owner: Principal,
    created_at: Timestamp,
    /// `None`: never.
    expires_at: Option<Timestamp>,
}

/// Why a token is not made or not revoked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Refused {
    Disabled,
    NotPermitted,
    Quota(usize),
    TooLong { maximum_days: u32 },
    NoTime(i64),
    CommentTooLong,
    Unknown(String),
    NoId,
    Malformed(String),
}

impl Tokens {
    pub(super) fn new(maximum_days: Option<u32>) -> Self {
        Self { all: Vec::new(), quota: QUOTA, enabled: true, permitted: true, maximum_days }
    }

    /// Without any rule: also a token from before the maximum lifetime was set. Its value.
    pub(super) fn put(&mut self, owner: Principal, comment: &str, created_at: Timestamp, expires_at: Option<Timestamp>) -> String {
        let token = Token::new(owner, comment, created_at, expires_at);
        let value = token.value.clone();
        self.all.push(token);
        value
    }

    fn valid(&self, now: Timestamp) -> impl Iterator<Item = &Token> {
        self.all.iter().filter(move |token| token.is_valid(now))
    }

    /// Whose token this is, while it is valid.
    pub(super) fn owner(&self, value: &str, now: Timestamp) -> Option<Principal> {
        let token = self.valid(now).find(|token| token.value == value)?;
        self.open().ok().map(|()| token.owner.clone())
    }

    /// Whether there is anything to be had here at all.
    fn open(&self) -> Result<(), Refused> {
        match (self.enabled, self.permitted) {
            (false, _) => Err(Refused::Disabled),
            (true, false) => Err(Refused::NotPermitted),
            (true, true) => Ok(()),
        }
    }

    /// Id and comment of every valid token, oldest first.
    pub(super) fn list(&self, now: Timestamp) -> Vec<(String, String)> {
        self.valid(now).map(|token| (token.id.clone(), token.comment.clone())).collect()
    }

    /// As if the time of this token were over.
    pub(super) fn expire(&mut self, id: &str, now: Timestamp) {
        for token in self.all.iter_mut().filter(|token| token.id == id) {
            token.expires_at = Some(now);
        }
    }

    fn create(&mut self, owner: &Principal, request: Create, now: Timestamp) -> Result<Token, Refused> {
        self.open()?;
        let comment = request.comment.unwrap_or_default();
        if comment.chars().count() > LONGEST_COMMENT {
            return Err(Refused::CommentTooLong);
        }
        let maximum_days = self.maximum_days.unwrap_or(DEFAULT_MAXIMUM_DAYS);
        let longest = i64::from(maximum_days) * 24 * 60 * 60;
        let seconds = request.lifetime_seconds.unwrap_or(longest);
        if seconds <= 0 {
            return Err(Refused::NoTime(seconds));
        }
        if seconds > longest {
            return Err(Refused::TooLong { maximum_days });
        }
        if self.valid(now).filter(|token| token.owner == *owner).count() >= self.quota {
            return Err(Refused::Quota(self.quota));
        }
        let expires_at = now.checked_add(SignedDuration::from_secs(seconds)).unwrap_or(Timestamp::MAX);
        let token = Token::new(owner.clone(), &comment, now, Some(expires_at));
        self.all.push(token.clone());
        Ok(token)
    }

    /// Nobody revokes, or learns of, the token of another.
    fn delete(&mut self, owner: &Principal, id: &str, now: Timestamp) -> Result<(), Refused> {
        self.open()?;
        let found = self.all.iter().position(|token| token.id == id && token.owner == *owner && token.is_valid(now));
        self.all.remove(found.ok_or_else(|| Refused::Unknown(id.to_owned()))?);
        Ok(())
    }
}

impl Token {
    fn new(owner: Principal, comment: &str, created_at: Timestamp, expires_at: Option<Timestamp>) -> Self {
        let value = format!("dapi{}", Uuid::new_v4().simple());
        let id = format!("{}{}", Uuid::new_v4().simple(), Uuid::new_v4().simple());
        Self { id, value, comment: comment.to_owned(), owner, created_at, expires_at }
    }

    fn is_valid(&self, now: Timestamp) -> bool {
        self.expires_at.is_none_or(|end| now < end)
    }

    fn info(&self) -> Value {
        json!({
            "token_id": self.id,
            "creation_time": self.created_at.as_millisecond(),
            "expiry_time": self.expires_at.map_or(-1, Timestamp::as_millisecond),
            "comment": self.comment,
        })
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        match self {
            Self::Disabled => errors::api_error(
                StatusCode::NOT_FOUND,
                "FEATURE_DISABLED",
                "Personal access tokens are disabled in this workspace. Contact a workspace admin.",
            ),
            Self::Quota(quota) => errors::api_error(
                StatusCode::BAD_REQUEST,
                "QUOTA_EXCEEDED",
                &format!("The token quota of {quota} for this user is reached."),
            ),
            Self::TooLong { maximum_days } => {
                errors::invalid_parameter(&format!("The token lifetime exceeds the maximum of {maximum_days} days in this workspace."))
            }
            // This wording and the next are the service's own.
            Self::NotPermitted => {
                errors::api_error(StatusCode::FORBIDDEN, "PERMISSION_DENIED", "User does not have permission to use tokens.")
            }
            Self::NoTime(seconds) => errors::invalid_parameter(&format!("requirement failed: Invalid timeout: {seconds}")),
            Self::NoId => errors::invalid_parameter("Missing required field: token_id"),
            Self::Malformed(message) => errors::api_error(StatusCode::BAD_REQUEST, "MALFORMED_REQUEST", &message),
            Self::CommentTooLong => errors::invalid_parameter(&format!("The comment may have {LONGEST_COMMENT} characters at most.")),
            Self::Unknown(id) => {
                errors::api_error(StatusCode::NOT_FOUND, "RESOURCE_DOES_NOT_EXIST", &format!("Token with ID {id} does not exist."))
            }
        }
    }
}

#[derive(Deserialize)]
struct Create {
    comment: Option<String>,
    lifetime_seconds: Option<i64>,
}

#[derive(Deserialize)]
struct Delete {
    token_id: Option<String>,
}

pub(super) fn routes() -> Router {
    Router::new()
        .route("/api/2.0/token/list", get(list))
        .route("/api/2.0/token/create", post(create))
        .route("/api/2.0/token/delete", post(delete))
        .route("/api/2.0/workspace-conf", get(workspace_conf))
}

async fn list(Extension(workspace): Extension<Arc<Workspace>>, Extension(caller): Extension<Caller>) -> Response {
    let now = Timestamp::now();
    let tokens = workspace.tokens();
    if let Err(refused) = tokens.open() {
        return refused.into_response();
    }
    let infos: Vec<_> = tokens.valid(now).filter(|token| token.owner == caller.principal).map(Token::info).collect();
    // An empty list is left out, as everywhere in this API.
    Json(if infos.is_empty() { json!({}) } else { json!({ "token_infos": infos }) }).into_response()
}

async fn create(Extension(workspace): Extension<Arc<Workspace>>, Extension(caller): Extension<Caller>, body: Bytes) -> Response {
    match read(&body).and_then(|request| workspace.tokens().create(&caller.principal, request, Timestamp::now())) {
        Ok(token) => Json(json!({ "token_value": token.value, "token_info": token.info() })).into_response(),
        Err(refused) => refused.into_response(),
    }
}

async fn delete(Extension(workspace): Extension<Arc<Workspace>>, Extension(caller): Extension<Caller>, body: Bytes) -> Response {
    let id = read::<Delete>(&body).and_then(|request| request.token_id.ok_or(Refused::NoId));
    match id.and_then(|id| workspace.tokens().delete(&caller.principal, &id, Timestamp::now())) {
        Ok(()) => Json(json!({})).into_response(),
        Err(refused) => refused.into_response(),
    }
}

/// Values are text, or null where nothing was set.
async fn workspace_conf(
    Extension(workspace): Extension<Arc<Workspace>>,
    Extension(caller): Extension<Caller>,
    Query(query): Query<Vec<(String, String)>>,
) -> Response {
    if !workspace.has_admin(&caller.principal) {
        return errors::api_error(StatusCode::FORBIDDEN, "PERMISSION_DENIED", "Only admin users can access the workspace configuration.");
    }
    let keys = query.iter().find(|(key, _)| key == "keys").map(|(_, keys)| keys.as_str()).unwrap_or_default();
    let tokens = workspace.tokens();
    let mut conf = Map::new();
    for key in keys.split(',') {
        let value = match key {
            "enableTokensConfig" => json!(tokens.enabled.to_string()),
            "maxTokenLifetimeDays" => json!(tokens.maximum_days.map(|days| days.to_string())),
            other => return errors::invalid_parameter(&format!("Invalid keys: [\"{other}\"]")),
        };
        conf.insert(key.to_owned(), value);
    }
    Json(conf).into_response()
}

/// Whatever its content type says, as the service does; fields that it does not know are ignored.
fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, Refused> {
    const NO_JSON: &str = "Invalid JSON given in the body of the request - failed to parse given JSON";
    const NO_MAP: &str = "Invalid JSON given in the body of the request - expected a map";
    let value: Value = serde_json::from_slice(body).map_err(|_| Refused::Malformed(NO_JSON.to_owned()))?;
    if !value.is_object() {
        return Err(Refused::Malformed(NO_MAP.to_owned()));
    }
    serde_json::from_value(value).map_err(|error| Refused::Malformed(format!("Could not parse request object: {error}")))
}
