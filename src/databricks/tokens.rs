//! `/api/2.0/token`: personal access tokens of the caller. Source: Databricks SDK for Go, `service/settings`.

use std::time::Duration;

use jiff::{Timestamp, civil::Date, tz::TimeZone};
use reqwest::Method;
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Deserializer, Serialize};

use super::{
    ApiError, Client,
    answer::Answer,
    client::Call,
    error::Reason,
    redact::{capped, shown},
};

/// More than a user may have; a list that is longer is cut.
const MOST: usize = 10_000;

/// Comments are shown on one line.
const COMMENT_LIMIT: usize = 300;

/// Real ids are 64 hexadecimal digits.
const ID_LIMIT: usize = 128;

/// No token is as long: servers do not take headers of this size. Bytes.
const VALUE_LIMIT: usize = 64 * 1024;

/// There are fewer APIs than this.
const MOST_SCOPES: usize = 200;

const SCOPE_LIMIT: usize = 100;

/// A token with this scope is limited to nothing.
const ALL_APIS: &str = "all-apis";

/// What the service says of a token; never its value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    pub id: String,
    /// As it may be shown: one line, without anything that looks like a secret.
    pub comment: String,
    pub created_at: Option<Timestamp>,
    /// `None`: it does not expire.
    pub expires_at: Option<Timestamp>,
    /// The day of its last use in UTC, where the service tells (its admins alone may know).
    pub last_used: Option<Date>,
    /// As the service tells them; empty: everything, or nobody told.
    pub scopes: Vec<String>,
}

impl Token {
    /// The scopes that it is limited to; `None`: it may do all that its user may, as far as is known.
    #[must_use]
    pub fn limits(&self) -> Option<&[String]> {
        (!self.scopes.is_empty() && self.scopes.iter().all(|scope| scope != ALL_APIS)).then_some(self.scopes.as_slice())
    }
}

/// What is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenRequest {
    pub comment: String,
    /// Whole seconds are sent; `None`: as long as the workspace allows.
    pub lifetime: Option<Duration>,
    /// API scopes such as `sql` or `clusters`; empty: everything that its user may do.
    pub scopes: Vec<String>,
}

/// A token that was made a moment ago. The service gives its value once.
#[derive(Clone)]
pub struct NewToken {
    pub value: SecretString,
    pub token: Token,
}

impl std::fmt::Debug for NewToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NewToken").field("token", &self.token).finish_non_exhaustive()
    }
}

#[derive(Serialize)]
struct Create<'a> {
    comment: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    lifetime_seconds: Option<u64>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    scopes: &'a [String],
}

#[derive(Serialize)]
struct Delete<'a> {
    token_id: &'a str,
}

/// Left out when there is none.
#[derive(Deserialize)]
struct Listed {
    token_infos: Option<Vec<Info>>,
}

#[derive(Deserialize)]
struct Created {
    #[serde(deserialize_with = "secret")]
    token_value: SecretString,
    token_info: Info,
}

/// Times are milliseconds since 1970.
#[derive(Deserialize)]
pub(super) struct Info {
    token_id: String,
    comment: Option<String>,
    creation_time: Option<i64>,
    /// -1: never.
    expiry_time: Option<i64>,
    /// A time within the day. Told to admins only.
    last_used_day: Option<i64>,
    scopes: Option<Vec<String>>,
}

impl Client {
    /// All tokens of the caller that are valid; the service does not page them.
    ///
    /// # Errors
    /// See [`ApiError`].
    pub async fn tokens(&self, call: &Call<'_>) -> Result<Vec<Token>, ApiError> {
        let (listed, _): (Listed, _) = self.get("/api/2.0/token/list", call).await.map_err(ApiError::about_tokens)?;
        Ok(listed.token_infos.into_iter().flatten().filter_map(|info| self.token_of(info, &[])).take(MOST).collect())
    }

    /// Never made again by itself: when no answer comes, a token may or may not have been made, and
    /// [`ApiError::may_have_been_acted_on`] says so.
    ///
    /// # Errors
    /// See [`ApiError`].
    pub async fn create_token(&self, request: &TokenRequest, call: &Call<'_>) -> Result<NewToken, ApiError> {
        let lifetime_seconds = request.lifetime.map(|lifetime| lifetime.as_secs());
        let body = Create { comment: &request.comment, lifetime_seconds, scopes: &request.scopes };
        let answer = self.change(Method::POST, "/api/2.0/token/create", Some(&body), call).await.map_err(ApiError::about_tokens)?;
        self.created(&answer).ok_or_else(|| self.unread(&answer))
    }

    /// A token that is gone already is no error.
    ///
    /// # Errors
    /// See [`ApiError`].
    pub async fn revoke_token(&self, id: &str, call: &Call<'_>) -> Result<(), ApiError> {
        match self.change(Method::POST, "/api/2.0/token/delete", Some(&Delete { token_id: id }), call).await {
            Ok(_) => Ok(()),
            Err(error) if error.reason == Reason::ResourceDoesNotExist => Ok(()),
            Err(error) => Err(error.about_tokens()),
        }
    }

    fn created(&self, answer: &Answer) -> Option<NewToken> {
        let created: Created = serde_json::from_slice(&answer.body).ok()?;
        let token = self.token_of(created.token_info, &[&created.token_value])?;
        fits_header(&created.token_value).then_some(NewToken { value: created.token_value, token })
    }

    /// `None` for an id that no request could name.
    pub(super) fn token_of(&self, info: Info, secrets: &[&SecretString]) -> Option<Token> {
        let told = |text: String, limit| capped(&shown(&self.shown(Some(text), limit), secrets), limit);
        let scopes = info.scopes.into_iter().flatten().take(MOST_SCOPES).map(|scope| told(scope, SCOPE_LIMIT));
        names_a_token(&info.token_id).then(|| Token {
            id: info.token_id,
            comment: told(info.comment.unwrap_or_default(), COMMENT_LIMIT),
            created_at: info.creation_time.filter(|&time| time > 0).map(time),
            expires_at: info.expiry_time.filter(|&time| time >= 0).map(time),
            last_used: info.last_used_day.filter(|&time| time > 0).map(|at| time(at).to_zoned(TimeZone::UTC).date()),
            scopes: scopes.filter(|scope| !scope.is_empty()).collect(),
        })
    }
}

/// Whether this can stand in a path.
pub(super) fn names_a_token(id: &str) -> bool {
    !id.is_empty() && id.len() <= ID_LIMIT && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
}

/// Moved into its place, not copied.
pub(super) fn secret<'de, D: Deserializer<'de>>(from: D) -> Result<SecretString, D::Error> {
    String::deserialize(from).map(SecretString::from)
}

fn time(milliseconds: i64) -> Timestamp {
    // Only what lies beyond the year 9999 does not fit.
    Timestamp::from_millisecond(milliseconds).unwrap_or(Timestamp::MAX)
}

/// Visible ASCII, so that it can stand in a header and on one line of any file.
pub(super) fn fits_header(value: &SecretString) -> bool {
    let value = value.expose_secret();
    !value.is_empty() && value.len() <= VALUE_LIMIT && value.bytes().all(|byte| byte.is_ascii_graphic())
}
