//! What a connection is: pure data and rules. No I/O, no async, no clock, no egui.

mod auth;
mod base_url;
mod draft;
mod environment;
mod name;
mod secret;
mod status;
mod text;
mod timeout;
mod token;

pub use auth::{AccountId, AccountIdError, AuthKind, AuthMethod, ClientId, ClientIdError, Level, LevelKind};
pub use base_url::{BaseUrl, BaseUrlError, Caution, Cloud, HostKind, Pasted};
pub use draft::{Draft, Field, Remark, Review, Reviewed, Severity};
pub use environment::{Environment, EnvironmentKind};
pub use name::{ConnectionName, NameError};
pub use secret::{SecretKind, TypedSecret};
pub use status::{LastTest, Status};
pub use text::Unfit;
pub use timeout::{Timeout, TimeoutError};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Names a connection for good: it survives renames, and the vault files secrets under it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ConnectionId(Uuid);

impl ConnectionId {
    #[must_use]
    pub fn random() -> Self {
        Self(Uuid::new_v4())
    }
}

impl std::str::FromStr for ConnectionId {
    type Err = uuid::Error;
    fn from_str(text: &str) -> Result<Self, uuid::Error> {
        Uuid::try_parse(text).map(Self)
    }
}

impl std::fmt::Display for ConnectionId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

/// Everything about a connection except its secrets, which the vault keeps.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Connection {
    pub id: ConnectionId,
    pub name: ConnectionName,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub description: String,
    pub base_url: BaseUrl,
    /// The person has said that they know this address although it is not a Databricks domain (or has an unusual port).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub address_confirmed: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub workspace_id: Option<String>,
    #[serde(rename = "timeout_seconds")]
    pub timeout: Timeout,
    pub auth: AuthMethod,
    pub level: Level,
    #[serde(default)]
    pub environment: Environment,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// A path of folder names, `Sales/Nightly`; empty at the top.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub folder: String,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub pinned: bool,
}
