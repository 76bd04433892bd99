//! How a connection signs in, and at which level.

use serde::{Deserialize, Serialize};

use super::Cloud;

/// A Databricks account id (a UUID as the account console shows it). Parsed once, in the form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct AccountId(pub(super) String);

/// An OAuth client id: of a service principal, or of a custom OAuth application.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ClientId(pub(super) String);

/// A UUID, as the account console shows it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("An account ID looks like 12345678-90ab-cdef-1234-567890abcdef; the account console shows it at the top right")]
pub struct AccountIdError;

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ClientIdError {
    #[error("Enter the client ID of the service principal")]
    Empty,
    #[error("A client ID has only letters, digits, - and _")]
    Unfit,
}

impl AccountId {
    /// # Errors
    /// Anything but a UUID.
    pub fn parse(typed: &str) -> Result<Self, AccountIdError> {
        uuid::Uuid::try_parse(typed.trim()).map(|id| Self(id.hyphenated().to_string())).map_err(|_| AccountIdError)
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl ClientId {
    /// Trimmed; a UUID for service principals, a word such as `databricks-cli` for OAuth applications.
    ///
    /// # Errors
    /// Empty, over 200 characters, or with other than letters, digits, `-` and `_`.
    pub fn parse(typed: &str) -> Result<Self, ClientIdError> {
        let id = typed.trim();
        if id.is_empty() {
            return Err(ClientIdError::Empty);
        }
        let fits = id.len() <= 200 && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
        if fits { Ok(Self(id.to_owned())) } else { Err(ClientIdError::Unfit) }
    }

    #[must_use]
    pub fn is_uuid(&self) -> bool {
        uuid::Uuid::try_parse(&self.0).is_ok()
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What the person picks in the form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum AuthKind {
    #[default]
    PersonalAccessToken,
    Browser,
    ServicePrincipal,
}

/// How a connection signs in; what is secret about it lies in the vault.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
pub enum AuthMethod {
    #[serde(rename = "pat")]
    PersonalAccessToken,
    /// OAuth in the browser (U2M). Without a client id: the public client `databricks-cli`.
    Browser {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        client_id: Option<ClientId>,
    },
    /// OAuth client credentials (M2M).
    ServicePrincipal { client_id: ClientId },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum LevelKind {
    #[default]
    Workspace,
    Account,
}

/// A connection reaches one workspace, or the account above all workspaces.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Level {
    Workspace,
    Account { account_id: AccountId },
}

impl AuthMethod {
    #[must_use]
    pub fn kind(&self) -> AuthKind {
        match self {
            Self::PersonalAccessToken => AuthKind::PersonalAccessToken,
            Self::Browser { .. } => AuthKind::Browser,
            Self::ServicePrincipal { .. } => AuthKind::ServicePrincipal,
        }
    }
}

impl AuthKind {
    pub const ALL: [Self; 3] = [Self::PersonalAccessToken, Self::Browser, Self::ServicePrincipal];

    /// The word on the command line and in JSON: `pat`, `browser`, `service-principal`.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::PersonalAccessToken => "pat",
            Self::Browser => "browser",
            Self::ServicePrincipal => "service-principal",
        }
    }

    /// The kinds that work at this level on this cloud, the recommended one first, each with a line of explanation.
    #[must_use]
    pub fn choices(level: LevelKind, cloud: Option<Cloud>) -> Vec<(Self, &'static str)> {
        let browser = (Self::Browser, "You sign in as yourself; no secret to keep, tokens renew by themselves");
        let principal = match cloud {
            Some(Cloud::Azure) => {
                (Self::ServicePrincipal, "For jobs and integrations: a client ID and an OAuth secret made in Databricks, not in Entra ID")
            }
            _ => (Self::ServicePrincipal, "For jobs and integrations: a client ID and an OAuth secret"),
        };
        let token = (Self::PersonalAccessToken, "One long-lived secret that acts as you; renew it before it expires");
        match level {
            LevelKind::Workspace => vec![browser, principal, token],
            LevelKind::Account => vec![browser, principal],
        }
    }

    /// As the form names it.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::PersonalAccessToken => "Personal access token",
            Self::Browser => "OAuth in the browser",
            Self::ServicePrincipal => "Service principal",
        }
    }
}
