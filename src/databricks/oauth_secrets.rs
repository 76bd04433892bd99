//! OAuth secrets of a service principal: `/api/2.0/accounts/{account_id}/servicePrincipals/{id}/credentials/secrets`, and without the account's
//! id on a workspace's host. Source: Databricks SDK for Python, `service/oauth2`.

use std::time::Duration;

use jiff::Timestamp;
use secrecy::SecretString;

use super::{ApiError, Client, client::Call, service_principals::Directory};

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

impl Client {
    /// All, page after page, newest first. `id` is the principal's number in SCIM.
    ///
    /// # Errors
    /// See [`ApiError`].
    pub async fn oauth_secrets(&self, directory: Directory<'_>, id: &str, call: &Call<'_>) -> Result<Vec<OAuthSecret>, ApiError> {
        let _ = (directory, id, call);
        todo!()
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
        let _ = (directory, id, lifetime, call);
        todo!()
    }

    /// A secret that is gone already is no error.
    ///
    /// # Errors
    /// See [`ApiError`].
    pub async fn delete_oauth_secret(&self, directory: Directory<'_>, id: &str, secret_id: &str, call: &Call<'_>) -> Result<(), ApiError> {
        let _ = (directory, id, secret_id, call);
        todo!()
    }
}
