//! OAuth secrets of a service principal: `/api/2.0/accounts/{account_id}/servicePrincipals/{id}/credentials/secrets`, and without the account's
//! id on a workspace's host. Source: Databricks SDK for Python, `service/oauth2`.

use std::time::Duration;

use jiff::Timestamp;
use reqwest::Method;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};

use super::{
    ApiError, Call, Client,
    admin_words::{Asked, Directory},
    answer::Answer,
    client::NO_BODY,
    paging::{pages, segment},
    tokens::{fits_header, secret},
};

/// Far more than a service principal may have.
const MAX_ITEMS: usize = 1000;

/// Words are shown on one line.
const WORD_LIMIT: usize = 40;

/// What the service says of a secret; never its value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OAuthSecret {
    pub id: String,
    pub created_at: Option<Timestamp>,
    /// `None`: it does not expire.
    pub expires_at: Option<Timestamp>,
    /// `ACTIVE`, or another word of the service's.
    pub status: String,
}

/// A secret that was made a moment ago. The service gives its value once.
#[derive(Clone)]
pub struct NewOAuthSecret {
    pub value: SecretString,
    pub secret: OAuthSecret,
}

impl std::fmt::Debug for NewOAuthSecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NewOAuthSecret").field("secret", &self.secret).finish_non_exhaustive()
    }
}

/// Times as RFC 3339 writes them.
#[derive(Deserialize)]
struct Wire {
    id: String,
    status: Option<String>,
    create_time: Option<String>,
    /// Left out: it does not expire.
    expire_time: Option<String>,
}

/// What is flattened passes through a buffer; the fields beside it, and so the value, do not.
#[derive(Deserialize)]
struct Created {
    #[serde(deserialize_with = "secret")]
    secret: SecretString,
    #[serde(flatten)]
    info: Wire,
}

#[derive(Serialize)]
struct Create {
    /// `7776000s`
    #[serde(skip_serializing_if = "Option::is_none")]
    lifetime: Option<String>,
}

pages!(Listed.secrets: Wire);

impl Client {
    /// All, page after page, newest first. `id` is the principal's number in SCIM.
    ///
    /// # Errors
    /// See [`ApiError`].
    pub async fn oauth_secrets(&self, directory: Directory<'_>, id: &str, call: &Call<'_>) -> Result<Vec<OAuthSecret>, ApiError> {
        let wire = self.pages::<Listed>(&path(directory, id)?, &[], MAX_ITEMS, call).await;
        let wire = wire.map_err(|error| error.about(Asked::Secrets(directory)))?;
        let mut secrets: Vec<_> = wire.into_iter().filter_map(|wire| self.oauth_secret(wire)).collect();
        secrets.sort_by(|a, b| b.created_at.cmp(&a.created_at).then_with(|| a.id.cmp(&b.id)));
        Ok(secrets)
    }

    /// Made once. `lifetime` in whole seconds; `None`: as long as the service allows (730 days).
    ///
    /// # Errors
    /// See [`ApiError`].
    pub async fn create_oauth_secret(
        &self,
        directory: Directory<'_>,
        id: &str,
        lifetime: Option<Duration>,
        call: &Call<'_>,
    ) -> Result<NewOAuthSecret, ApiError> {
        let body = Create { lifetime: lifetime.map(|lifetime| format!("{}s", lifetime.as_secs())) };
        let answer = self.change(Method::POST, &path(directory, id)?, Some(&body), call).await;
        let answer = answer.map_err(|error| error.about(Asked::Secrets(directory)))?;
        self.new_oauth_secret(&answer).ok_or_else(|| self.unread(&answer))
    }

    /// A secret that is gone already is no error.
    ///
    /// # Errors
    /// See [`ApiError`].
    pub async fn delete_oauth_secret(&self, directory: Directory<'_>, id: &str, secret_id: &str, call: &Call<'_>) -> Result<(), ApiError> {
        let path = format!("{}/{}", path(directory, id)?, segment(secret_id)?);
        match self.change(Method::DELETE, &path, NO_BODY, call).await {
            Ok(_) => Ok(()),
            Err(error) if error.is_gone() => Ok(()),
            Err(error) => Err(error.about(Asked::Secrets(directory))),
        }
    }

    fn new_oauth_secret(&self, answer: &Answer) -> Option<NewOAuthSecret> {
        let created: Created = serde_json::from_slice(&answer.body).ok()?;
        let secret = self.oauth_secret(created.info)?;
        fits_header(&created.secret).then_some(NewOAuthSecret { value: created.secret, secret })
    }

    /// `None` for an id that no request could name.
    fn oauth_secret(&self, wire: Wire) -> Option<OAuthSecret> {
        let status = Some(self.shown(wire.status, WORD_LIMIT)).filter(|status| !status.is_empty());
        segment(&wire.id).ok()?;
        Some(OAuthSecret {
            id: wire.id,
            created_at: wire.create_time.and_then(|time| time.parse().ok()),
            expires_at: wire.expire_time.and_then(|time| time.parse().ok()),
            status: status.unwrap_or_else(|| "UNKNOWN".to_owned()),
        })
    }
}

fn path(directory: Directory<'_>, id: &str) -> Result<String, ApiError> {
    let id = segment(id)?;
    Ok(match directory {
        Directory::Workspace => format!("/api/2.0/accounts/servicePrincipals/{id}/credentials/secrets"),
        Directory::Account(account) => format!("/api/2.0/accounts/{}/servicePrincipals/{id}/credentials/secrets", account.as_str()),
    })
}
