//! `/api/2.0/token`: personal access tokens of the caller, and how long they may live. Source: Databricks SDK for Go, `service/settings`.

use std::{collections::HashMap, time::Duration};

use jiff::{Timestamp, civil::Date};
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

const MAX_LIFETIME: &str = "maxTokenLifetimeDays";

/// What the service says of a token; never its value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    pub id: String,
    /// As it may be shown: one line, without anything that looks like a secret.
    pub comment: String,
    pub created_at: Option<Timestamp>,
    /// `None`: it does not expire.
    pub expires_at: Option<Timestamp>,
    /// The day of its last use, where the service tells (its admins alone may know).
    pub last_used: Option<Date>,
    /// What it is limited to; empty: everything, or nobody told.
    pub scopes: Vec<String>,
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
struct Info {
    token_id: String,
    comment: Option<String>,
    creation_time: Option<i64>,
    /// -1: never.
    expiry_time: Option<i64>,
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
        let body = Create { comment: &request.comment, lifetime_seconds: request.lifetime.map(|lifetime| lifetime.as_secs()) };
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

    /// The longest lifetime that this workspace allows, in days; `None` when the caller may not know (only admins may) or none is set.
    pub async fn maximum_token_lifetime_days(&self, call: &Call<'_>) -> Option<u32> {
        let (mut conf, _): (HashMap<String, Option<String>>, _) =
            self.get(&format!("/api/2.0/workspace-conf?keys={MAX_LIFETIME}"), call).await.ok()?;
        conf.remove(MAX_LIFETIME)??.trim().parse().ok().filter(|&days| days > 0)
    }

    fn created(&self, answer: &Answer) -> Option<NewToken> {
        let created: Created = serde_json::from_slice(&answer.body).ok()?;
        let token = self.token_of(created.token_info, &[&created.token_value])?;
        fits_header(&created.token_value).then_some(NewToken { value: created.token_value, token })
    }

    /// `None` for an id that no request could name.
    fn token_of(&self, info: Info, secrets: &[&SecretString]) -> Option<Token> {
        let fits = |id: &str| {
            !id.is_empty() && id.len() <= ID_LIMIT && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
        };
        let comment = shown(&self.shown(info.comment, COMMENT_LIMIT), secrets);
        fits(&info.token_id).then(|| Token {
            id: info.token_id,
            comment: capped(&comment, COMMENT_LIMIT),
            created_at: info.creation_time.filter(|&time| time > 0).map(time),
            expires_at: info.expiry_time.filter(|&time| time >= 0).map(time),
            last_used: None,
            scopes: Vec::new(),
        })
    }
}

/// Moved into its place, not copied.
fn secret<'de, D: Deserializer<'de>>(from: D) -> Result<SecretString, D::Error> {
    String::deserialize(from).map(SecretString::from)
}

fn time(milliseconds: i64) -> Timestamp {
    // Only what lies beyond the year 9999 does not fit.
    Timestamp::from_millisecond(milliseconds).unwrap_or(Timestamp::MAX)
}

/// Visible ASCII, so that it can stand in a header and on one line of any file.
fn fits_header(value: &SecretString) -> bool {
    let value = value.expose_secret();
    !value.is_empty() && value.len() <= VALUE_LIMIT && value.bytes().all(|byte| byte.is_ascii_graphic())
}
