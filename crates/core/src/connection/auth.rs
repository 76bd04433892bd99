//! How a connection signs in, and at which level.

use serde::{Deserialize, Serialize};

use super::Cloud;

/// A Databricks account id (a UUID as the account console shows it). Parsed once, in the form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct AccountId(pub(super) String);

/// An OAuth client id: of a service principal, or of a custom OAuth application.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ClientId(pub(super) String);

/// A UUID, as the account console shows it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("An account ID looks like 12345678-90ab-cdef-1234-567890abcdef; the account console shows it at the top right")]
pub struct AccountIdError;

/// Why a client ID is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ClientIdError {
    /// Nothing but spaces.
    #[error("Enter the client ID of the service principal")]
    Empty,
    /// Another character than those that it lists, or more than 200 of them.
    #[error("A client ID contains only letters, digits, - and _")]
    Unfit,
}

/// Letters, digits, `-` and `_`, at most 200: what goes unquoted into a file, a variable or onto the screen. Anybody may have written the file of
/// connections.
fn is_id(id: &str) -> bool {
    !id.is_empty() && id.len() <= 200 && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
}

impl TryFrom<String> for AccountId {
    type Error = AccountIdError;
    fn try_from(id: String) -> Result<Self, AccountIdError> {
        if is_id(&id) { Ok(Self(id)) } else { Err(AccountIdError) }
    }
}

impl From<AccountId> for String {
    fn from(id: AccountId) -> Self {
        id.0
    }
}

impl TryFrom<String> for ClientId {
    type Error = ClientIdError;
    fn try_from(id: String) -> Result<Self, ClientIdError> {
        if is_id(&id) { Ok(Self(id)) } else { Err(ClientIdError::Unfit) }
    }
}

impl From<ClientId> for String {
    fn from(id: ClientId) -> Self {
        id.0
    }
}

impl AccountId {
    /// # Errors
    /// Anything but a UUID.
    pub fn parse(typed: &str) -> Result<Self, AccountIdError> {
        uuid::Uuid::try_parse(typed.trim()).map(|id| Self(id.hyphenated().to_string())).map_err(|_| AccountIdError)
    }

    /// In lower case with hyphens, if it was read from a form.
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
        Self::try_from(id.to_owned())
    }

    /// Whether it is a UUID, as the ID of a service principal is.
    #[must_use]
    pub fn is_uuid(&self) -> bool {
        uuid::Uuid::try_parse(&self.0).is_ok()
    }

    /// As it was entered, trimmed.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What the person picks in the form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum AuthKind {
    /// A long-lived token of a user, in one workspace.
    #[default]
    PersonalAccessToken,
    /// OAuth in the browser (U2M).
    Browser,
    /// OAuth client credentials (M2M).
    ServicePrincipal,
}

/// How a connection signs in; what is secret about it lies in the vault.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
pub enum AuthMethod {
    /// A long-lived token of a user, in one workspace.
    #[serde(rename = "pat")]
    PersonalAccessToken,
    /// OAuth in the browser (U2M).
    Browser(OAuthApp),
    /// OAuth client credentials (M2M).
    ServicePrincipal {
        /// The application ID of the service principal.
        client_id: ClientId,
        /// `None`: `all-apis`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        scopes: Option<Scopes>,
    },
}

impl AuthMethod {
    /// The scopes that the connection names. `None`: the default of its way to sign in.
    #[must_use]
    pub fn own_scopes(&self) -> Option<&Scopes> {
        match self {
            Self::PersonalAccessToken => None,
            Self::Browser(app) => app.scopes.as_ref(),
            Self::ServicePrincipal { scopes, .. } => scopes.as_ref(),
        }
    }
}

/// What a connection reaches, as the form offers it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum LevelKind {
    /// One workspace.
    #[default]
    Workspace,
    /// The account above the workspaces.
    Account,
}

/// The OAuth application that signs a person in, and how. The default is Databricks' own public client.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct OAuthApp {
    /// `None`: the public client `databricks-cli`, which every account has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_id: Option<ClientId>,
    /// `None`: `all-apis offline_access`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scopes: Option<Scopes>,
    /// The redirect URI is `http://localhost:<port>`. `None`: the first free port of 8020 to 8040, which Databricks' own client has registered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub redirect_port: Option<u16>,
}

impl OAuthApp {
    /// Source: the public client that the Databricks CLI and SDKs use.
    pub const DATABRICKS_CLI: &str = "databricks-cli";

    /// The connection's own client, or [`Self::DATABRICKS_CLI`].
    #[must_use]
    pub fn client_id(&self) -> &str {
        self.client_id.as_ref().map_or(Self::DATABRICKS_CLI, ClientId::as_str)
    }

    /// The connection's own scopes, or the default.
    #[must_use]
    pub fn scopes(&self) -> Scopes {
        self.scopes.clone().unwrap_or_default()
    }
}

/// OAuth scopes (RFC 6749, section 3.3), at least one, in the order of the person's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Vec<String>", into = "Vec<String>")]
pub struct Scopes(Vec<String>);

/// Why scopes are refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ScopesError {
    /// There is no word in the text.
    #[error("Enter at least one scope, for example all-apis offline_access")]
    Empty,
    /// A character that no scope has, or more than 1,000 characters.
    #[error("A scope contains only letters, digits and . : / - _; separate scopes with spaces")]
    Unfit,
}

impl Scopes {
    /// With it, the sign-in renews itself; without it, it ends with the first access token.
    pub const OFFLINE_ACCESS: &str = "offline_access";

    /// No limit: what the SDKs ask for where no scopes are named.
    pub const ALL_APIS: &str = "all-apis";

    /// Separated by spaces or commas; repeated ones once.
    ///
    /// # Errors
    /// None at all, over 1,000 characters, or characters that no scope of Databricks has.
    pub fn parse(typed: &str) -> Result<Self, ScopesError> {
        let mut scopes: Vec<String> = Vec::new();
        for word in typed.split([' ', ',', '\t', '\n']).filter(|word| !word.is_empty()) {
            let fits = word.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".:/-_".contains(&byte));
            if !fits || typed.len() > 1_000 {
                return Err(ScopesError::Unfit);
            }
            if !scopes.iter().any(|known| known == word) {
                scopes.push(word.to_owned());
            }
        }
        if scopes.is_empty() { Err(ScopesError::Empty) } else { Ok(Self(scopes)) }
    }

    /// Each scope, in the order in which they were entered.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }

    /// As a request spells them: separated by one space.
    #[must_use]
    pub fn spelled(&self) -> String {
        self.0.join(" ")
    }

    /// What a service principal asks for: these without `offline_access`, since it has no sign-in that lasts. `None`: no limit remains.
    #[must_use]
    pub fn of_a_principal(mut self) -> Option<Self> {
        self.0.retain(|scope| scope != Self::OFFLINE_ACCESS);
        (!self.0.is_empty() && self.0 != [Self::ALL_APIS]).then_some(self)
    }

    /// They include [`Self::OFFLINE_ACCESS`].
    #[must_use]
    pub fn stays_signed_in(&self) -> bool {
        self.iter().any(|scope| scope == Self::OFFLINE_ACCESS)
    }
}

impl TryFrom<Vec<String>> for Scopes {
    type Error = ScopesError;
    fn try_from(scopes: Vec<String>) -> Result<Self, ScopesError> {
        Self::parse(&scopes.join(" "))
    }
}

impl From<Scopes> for Vec<String> {
    fn from(scopes: Scopes) -> Self {
        scopes.0
    }
}

impl Default for Scopes {
    fn default() -> Self {
        Self(vec!["all-apis".to_owned(), Self::OFFLINE_ACCESS.to_owned()])
    }
}

/// A connection reaches one workspace, or the account above all workspaces.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Level {
    /// One workspace.
    Workspace,
    /// The account above the workspaces.
    Account {
        /// As the account console shows it.
        account_id: AccountId,
    },
}

impl AuthMethod {
    /// The same without its details.
    #[must_use]
    pub fn kind(&self) -> AuthKind {
        match self {
            Self::PersonalAccessToken => AuthKind::PersonalAccessToken,
            Self::Browser(_) => AuthKind::Browser,
            Self::ServicePrincipal { .. } => AuthKind::ServicePrincipal,
        }
    }
}

impl AuthKind {
    /// In the order of the form.
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
        let browser = (Self::Browser, "You sign in as yourself; no secret to manage, and tokens renew automatically");
        let principal = match cloud {
            Some(Cloud::Azure) => (
                Self::ServicePrincipal,
                "For jobs and integrations: a client ID and an OAuth secret created in Databricks, not in Entra ID",
            ),
            _ => (Self::ServicePrincipal, "For jobs and integrations: a client ID and an OAuth secret"),
        };
        let token = (Self::PersonalAccessToken, "One long-lived secret that acts as you; replace it before it expires");
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
