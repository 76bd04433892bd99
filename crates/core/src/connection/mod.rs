//! What a connection is: pure data and rules. No I/O, no async, no clock, no egui.

mod auth;
mod base_url;
mod draft;
mod entered_for;
mod environment;
mod fields;
mod filing;
mod keys;
mod merge;
mod name;
mod owner;
mod secret;
mod status;
mod text;
mod timeout;
mod token;

pub use auth::{AccountId, AccountIdError, AuthKind, AuthMethod, ClientId, ClientIdError, Level, LevelKind, OAuthApp, Scopes, ScopesError};
pub use base_url::{BaseUrl, BaseUrlError, Caution, Cloud, HostKind, Pasted};
pub use draft::{Draft, Remark, Review, Reviewed, Severity};
pub use entered_for::EnteredFor;
pub use environment::{Care, Environment, EnvironmentKind};
pub use fields::{Access, CliOption, Field, FieldKind, FieldSpec, PlainText};
pub use filing::{Filed, Filing};
pub use merge::{Merge, Part, merge};
pub use name::{ConnectionName, NameError};
pub use secret::{SecretKind, TypedSecret};
pub use status::{LastTest, Status};
pub use text::Unfit;
pub use text::{presentable, quoted, replace_unfit, unfit};
pub use timeout::{Timeout, TimeoutError};
pub use token::{
    MASK, contains_secret, end_of, is_example_host, looks_like_a_secret, read_secret, secrets_starred, without_quotes, without_secrets,
};

use serde::{Deserialize, Deserializer, Serialize};
use uuid::Uuid;

/// Names a connection for good: it survives renames, and the vault files secrets under it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ConnectionId(Uuid);

impl ConnectionId {
    /// A new one (UUID version 4).
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
    /// Never changes.
    pub id: ConnectionId,
    /// Unique in the list without regard to case.
    pub name: ConnectionName,
    /// May be empty.
    #[serde(default, skip_serializing_if = "String::is_empty", deserialize_with = "visible")]
    pub description: String,
    /// Where requests go.
    pub base_url: BaseUrl,
    /// The person has said that they know this address although it is not a Databricks domain (or has an unusual port).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub address_confirmed: bool,
    /// If it is known; see [`is_workspace_id`].
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "workspace_id")]
    pub workspace_id: Option<String>,
    /// Of a test, and of each request.
    #[serde(rename = "timeout_seconds")]
    pub timeout: Timeout,
    /// The way to sign in.
    pub auth: AuthMethod,
    /// Workspace or account.
    pub level: Level,
    /// The account's connection whose sign-in (or client secret) this one uses: a token of the account opens its workspaces too.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sign_in_of: Option<ConnectionId>,
    /// What it is for.
    #[serde(default)]
    pub environment: Environment,
    /// May be empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty", deserialize_with = "all_visible")]
    pub tags: Vec<String>,
    /// A path of folder names, `Sales/Nightly`; empty at the top.
    #[serde(default, skip_serializing_if = "String::is_empty", deserialize_with = "visible")]
    pub folder: String,
    /// Shown above the others.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub pinned: bool,
}

impl Connection {
    /// A connection with a new ID and the defaults of an empty form.
    #[must_use]
    pub fn new(name: ConnectionName, base_url: BaseUrl, auth: AuthMethod, level: Level) -> Self {
        Self {
            id: ConnectionId::random(),
            name,
            description: String::new(),
            base_url,
            address_confirmed: false,
            workspace_id: None,
            timeout: Timeout::DEFAULT,
            auth,
            level,
            sign_in_of: None,
            environment: Environment::default(),
            tags: Vec::new(),
            folder: String::new(),
            pinned: false,
        }
    }

    /// The fields that contain a secret, although they are kept in plain text.
    #[must_use]
    pub fn fields_with_secret(&self) -> Vec<Field> {
        Draft::from_connection(self).fields_with_secret()
    }

    /// Why no secret may be sent to this address yet; empty for Databricks' own hosts, for loopback, and after the person's confirmation.
    #[must_use]
    pub fn unconfirmed(&self) -> Vec<Caution> {
        if self.address_confirmed { Vec::new() } else { self.base_url.cautions() }
    }
}

// The file may have been edited, or handed over, by anybody: what would lie on the screen stays out.

/// Letters, digits and `-`, at most 64: it goes into headers, variables and profiles.
pub fn is_workspace_id(id: &str) -> bool {
    !id.is_empty() && id.len() <= 64 && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

fn workspace_id<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    let id = Option::<String>::deserialize(deserializer)?;
    if id.as_deref().is_none_or(is_workspace_id) { Ok(id) } else { Err(serde::de::Error::custom("no workspace ID")) }
}

fn visible<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    String::deserialize(deserializer).map(|text| text::visible(&text))
}

fn all_visible<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    Vec::<String>::deserialize(deserializer).map(|texts| texts.iter().map(|text| text::visible(text)).collect())
}
