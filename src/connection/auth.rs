//! How a connection signs in, and at which level.

use serde::{Deserialize, Serialize};

/// A Databricks account id (a UUID as the account console shows it). Parsed once, in the form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct AccountId(pub(super) String);

/// An OAuth client id: of a service principal, or of a custom OAuth application.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ClientId(pub(super) String);

impl AccountId {
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl ClientId {
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
