//! `/api/2.0/token`: personal access tokens of the caller. Source: Databricks SDK for Go, `service/settings`.

use std::time::Duration;

use jiff::{Timestamp, ToSpan as _, civil::Date, tz::TimeZone};
use reqwest::Method;
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Deserializer, Serialize};

use super::{
    ApiError, Call, Client,
    answer::Answer,
    error::Reason,
    redact::{capped, shown},
};

/// More than a user may have; a list that is longer is cut.
const MAX_ITEMS: usize = 10_000;

/// Comments are shown on one line.
const COMMENT_LIMIT: usize = 300;

/// Real ids are 64 hexadecimal digits.
const ID_LIMIT: usize = 128;

/// The maximum length of a token in bytes: servers do not accept larger headers.
const VALUE_LIMIT: usize = 64 * 1024;

/// There are fewer APIs than this.
const MAX_SCOPES: usize = 200;

const SCOPE_LIMIT: usize = 100;

/// Databricks revokes a token that nobody has used for so long.
const REVOKED_UNUSED: i64 = 90;

/// From here on an unused token is told of: Databricks revokes it after 90 days.
const IDLE_DAYS: i64 = 60;

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

    /// For how many days nobody has used it, where the service tells last uses; from its making, when it was never used.
    #[must_use]
    pub fn unused_days(&self, now: Timestamp) -> Option<i64> {
        let day = |time: Timestamp| time.to_zoned(TimeZone::UTC).date();
        let since = self.last_used.or_else(|| self.created_at.map(day))?;
        Some(i64::from(since.until(day(now)).ok()?.get_days()).max(0))
    }

    /// When Databricks is going to revoke it because nobody uses it, once that is near (see [`Token::idle_days`]) and earlier than its end.
    #[must_use]
    pub fn lapses_at(&self, now: Timestamp) -> Option<Timestamp> {
        let left = REVOKED_UNUSED - self.idle_days(now)?;
        let today = now.to_zoned(TimeZone::UTC).date();
        let end = today.checked_add(left.days()).ok()?.to_zoned(TimeZone::UTC).ok()?.timestamp();
        Some(end).filter(|end| self.expires_at.is_none_or(|expires| *end < expires))
    }

    /// As [`Token::unused_days`], when Databricks is going to revoke it soon for that: it does so after 90 days.
    #[must_use]
    pub fn idle_days(&self, now: Timestamp) -> Option<i64> {
        self.unused_days(now).filter(|&days| days >= IDLE_DAYS)
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
        let (listed, _): (Listed, _) = self.get_whole("/api/2.0/token/list", call).await.map_err(ApiError::about_tokens)?;
        Ok(listed.token_infos.into_iter().flatten().filter_map(|info| self.token_of(info, &[])).take(MAX_ITEMS).collect())
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
        let scopes = info.scopes.into_iter().flatten().take(MAX_SCOPES).map(|scope| told(scope, SCOPE_LIMIT));
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_idle_from_its_last_use_on_or_from_its_making() {
        let at = |day: &str| format!("{day}T12:00:00Z").parse::<Timestamp>().unwrap();
        let token = |made: &str, used: Option<&str>| Token {
            id: "1".into(),
            comment: String::new(),
            created_at: Some(at(made)),
            expires_at: None,
            last_used: used.map(|day| day.parse().unwrap()),
            scopes: Vec::new(),
        };
        let now = at("2026-11-22");
        assert_eq!(token("2025-01-01", Some("2026-11-22")).unused_days(now), Some(0));
        assert_eq!(token("2025-01-01", Some("2026-09-24")).idle_days(now), None, "59 days");
        assert_eq!(token("2025-01-01", Some("2026-09-23")).idle_days(now), Some(60));
        assert_eq!(token("2026-08-24", None).idle_days(now), Some(90), "never used");
        assert_eq!(token("2026-11-23", None).unused_days(now), Some(0), "a clock that is behind");
    }

    #[test]
    fn a_token_for_all_apis_is_limited_to_nothing() {
        let with = |scopes: &[&str]| Token {
            id: "1".into(),
            comment: String::new(),
            created_at: None,
            expires_at: None,
            last_used: None,
            scopes: scopes.iter().map(|&scope| scope.to_owned()).collect(),
        };
        assert_eq!(with(&[]).limits(), None);
        assert_eq!(with(&["sql", "all-apis"]).limits(), None);
        assert_eq!(with(&["sql"]).limits(), Some(["sql".to_owned()].as_slice()));
    }
}
