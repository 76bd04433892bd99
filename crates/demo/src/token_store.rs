//! The personal access tokens of one workspace: who has which, and why one is not made.

use axum::{
    http::StatusCode,
    response::{IntoResponse, Response},
};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{catalogue::Principal, errors};

/// Of one user in one workspace.
const QUOTA: usize = 600;

/// What a workspace allows where its admins have set nothing.
const DEFAULT_MAXIMUM_DAYS: u32 = 730;

const LONGEST_COMMENT: usize = 1000;

/// What a token can be limited to: the names of APIs.
const SCOPES: [&str; 17] = [
    ALL_APIS,
    "access-management",
    "authentication",
    "clusters",
    "files",
    "jobs",
    "mlflow",
    "model-serving",
    "pipelines",
    "scim",
    "secrets",
    "settings",
    "sharing",
    "sql",
    "unity-catalog",
    "vector-search",
    "workspace",
];

const ALL_APIS: &str = "all-apis";

/// The personal access tokens of one workspace.
pub(super) struct Tokens {
    all: Vec<Token>,
    pub(super) quota: usize,
    /// Switched off, no token opens the API and none is made.
    pub(super) enabled: bool,
    /// Whether people have the permission to use tokens (`CAN_USE`).
    pub(super) permitted: bool,
    pub(super) maximum_days: Option<u32>,
}

#[derive(Clone)]
pub(super) struct Token {
    pub(super) id: String,
    pub(super) value: String,
    comment: String,
    pub(super) owner: Principal,
    /// Somebody else than the owner when an admin made it on behalf of a service principal.
    pub(super) creator: Principal,
    created_at: Timestamp,
    /// `None`: never.
    expires_at: Option<Timestamp>,
    last_used_at: Option<Timestamp>,
    /// Empty: no limit was asked for.
    scopes: Vec<String>,
    /// Of another person, and there from the start.
    of_others: bool,
}

/// A token as somebody asks for it.
#[derive(Debug, Default)]
pub(super) struct Wanted {
    pub(super) comment: Option<String>,
    pub(super) lifetime_seconds: Option<i64>,
    pub(super) scopes: Option<Vec<String>>,
}

/// How long ago, or how long from now; in days.
#[derive(Debug, Clone, Copy)]
pub(super) struct Days(pub(super) i64);

/// A token that somebody made before the demo began.
pub(super) struct Earlier {
    pub(super) owner: Principal,
    pub(super) comment: &'static str,
    pub(super) made: Days,
    /// `None`: never.
    pub(super) ends: Option<Days>,
    pub(super) used: Option<Days>,
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
    UnknownScope(String),
    Unknown(String),
    NoSuchServicePrincipal(String),
    NotAnAdmin,
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

    pub(super) fn put_of_others(&mut self, earlier: Earlier, now: Timestamp) {
        let on = |Days(days)| now.checked_add(SignedDuration::from_hours(24 * days)).unwrap_or(now);
        let token = Token::new(earlier.owner, earlier.comment, on(Days(-earlier.made.0)), earlier.ends.map(on));
        self.all.push(Token { last_used_at: earlier.used.map(|Days(ago)| on(Days(-ago))), of_others: true, ..token });
    }

    pub(super) fn valid(&self, now: Timestamp) -> impl Iterator<Item = &Token> {
        self.all.iter().filter(move |token| token.is_valid(now))
    }

    /// Whose token this is and what it opens, while it is valid.
    pub(super) fn opens(&self, value: &str, now: Timestamp) -> Option<(Principal, Vec<String>)> {
        let token = self.valid(now).find(|token| token.value == value)?;
        let scopes = if token.scopes.is_empty() { vec![ALL_APIS.to_owned()] } else { token.scopes.clone() };
        self.open().ok().map(|()| (token.owner.clone(), scopes))
    }

    pub(super) fn used(&mut self, value: &str, now: Timestamp) {
        for token in self.all.iter_mut().filter(|token| token.value == value) {
            token.last_used_at = Some(now);
        }
    }

    /// Whether there is anything to be had here at all.
    pub(super) fn open(&self) -> Result<(), Refused> {
        match (self.enabled, self.permitted) {
            (false, _) => Err(Refused::Disabled),
            (true, false) => Err(Refused::NotPermitted),
            (true, true) => Ok(()),
        }
    }

    /// Id and comment of every valid token but those of other people that were there from the start; oldest first.
    pub(super) fn list(&self, now: Timestamp) -> Vec<(String, String)> {
        self.valid(now).filter(|token| !token.of_others).map(|token| (token.id.clone(), token.comment.clone())).collect()
    }

    /// As if the time of this token were over.
    pub(super) fn expire(&mut self, id: &str, now: Timestamp) {
        for token in self.all.iter_mut().filter(|token| token.id == id) {
            token.expires_at = Some(now);
        }
    }

    /// `creator`: the owner, or an admin on behalf of a service principal.
    pub(super) fn create(&mut self, owner: &Principal, creator: &Principal, wanted: Wanted, now: Timestamp) -> Result<Token, Refused> {
        self.open()?;
        let comment = wanted.comment.unwrap_or_default();
        if comment.chars().count() > LONGEST_COMMENT {
            return Err(Refused::CommentTooLong);
        }
        let scopes = wanted.scopes.unwrap_or_default();
        if let Some(unknown) = scopes.iter().find(|scope| !SCOPES.contains(&scope.as_str())) {
            return Err(Refused::UnknownScope(unknown.clone()));
        }
        let maximum_days = self.maximum_days.unwrap_or(DEFAULT_MAXIMUM_DAYS);
        let longest = i64::from(maximum_days) * 24 * 60 * 60;
        let seconds = wanted.lifetime_seconds.unwrap_or(longest);
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
        let token = Token { scopes, creator: creator.clone(), ..Token::new(owner.clone(), &comment, now, Some(expires_at)) };
        self.all.push(token.clone());
        Ok(token)
    }

    /// Nobody revokes, or learns of, the token of another.
    pub(super) fn delete(&mut self, owner: &Principal, id: &str, now: Timestamp) -> Result<(), Refused> {
        self.open()?;
        self.remove(|token| token.id == id && token.owner == *owner && token.is_valid(now)).ok_or_else(|| Refused::Unknown(id.to_owned()))
    }

    /// Whosever it is: for admins, and also where tokens are switched off.
    pub(super) fn delete_any(&mut self, id: &str, now: Timestamp) -> Result<(), Refused> {
        self.remove(|token| token.id == id && token.is_valid(now)).ok_or_else(|| Refused::Unknown(id.to_owned()))
    }

    fn remove(&mut self, which: impl FnMut(&Token) -> bool) -> Option<()> {
        let found = self.all.iter().position(which)?;
        self.all.remove(found);
        Some(())
    }
}

impl Token {
    fn new(owner: Principal, comment: &str, created_at: Timestamp, expires_at: Option<Timestamp>) -> Self {
        let value = format!("dapi{}", Uuid::new_v4().simple());
        let id = format!("{}{}", Uuid::new_v4().simple(), Uuid::new_v4().simple());
        Self {
            id,
            value,
            comment: comment.to_owned(),
            creator: owner.clone(),
            owner,
            created_at,
            expires_at,
            last_used_at: None,
            scopes: Vec::new(),
            of_others: false,
        }
    }

    fn is_valid(&self, now: Timestamp) -> bool {
        self.expires_at.is_none_or(|end| now < end)
    }

    /// As its owner sees it.
    pub(super) fn info(&self) -> Value {
        let mut info = json!({
            "token_id": self.id,
            "creation_time": self.created_at.as_millisecond(),
            "expiry_time": self.expires_at.map_or(-1, Timestamp::as_millisecond),
            "comment": self.comment,
        });
        if let Some(fields) = info.as_object_mut().filter(|_| !self.scopes.is_empty()) {
            fields.insert("scopes".to_owned(), json!(self.scopes));
        }
        info
    }

    /// As an admin sees it.
    pub(super) fn info_for_admins(&self, workspace_id: u64) -> Value {
        let mut info = self.info();
        if let Some(fields) = info.as_object_mut() {
            fields.insert("created_by_id".to_owned(), json!(self.creator.id()));
            fields.insert("created_by_username".to_owned(), json!(self.creator.name()));
            fields.insert("owner_id".to_owned(), json!(self.owner.id()));
            fields.insert("workspace_id".to_owned(), json!(workspace_id));
            fields.extend(self.last_used_day().map(|day| ("last_used_day".to_owned(), json!(day))));
        }
        info
    }

    /// The beginning of the day (UTC), in milliseconds.
    fn last_used_day(&self) -> Option<i64> {
        let day = self.last_used_at?.to_zoned(jiff::tz::TimeZone::UTC).start_of_day().ok()?;
        Some(day.timestamp().as_millisecond())
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
            Self::UnknownScope(scope) => errors::invalid_parameter(&format!("Invalid scopes: [{scope}].")),
            Self::NotAnAdmin => {
                errors::api_error(StatusCode::FORBIDDEN, "PERMISSION_DENIED", "Only workspace admins can manage the tokens of other users.")
            }
            Self::NoSuchServicePrincipal(id) => errors::api_error(
                StatusCode::NOT_FOUND,
                "RESOURCE_DOES_NOT_EXIST",
                &format!("Service principal with application ID {id} does not exist."),
            ),
            Self::Unknown(id) => {
                errors::api_error(StatusCode::NOT_FOUND, "RESOURCE_DOES_NOT_EXIST", &format!("Token with ID {id} does not exist."))
            }
        }
    }
}
