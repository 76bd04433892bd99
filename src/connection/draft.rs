//! The form as typed: what is wrong with it, and the connection that it makes.

use secrecy::SecretString;

use super::{
    AccountId, AuthKind, AuthMethod, BaseUrl, Caution, ClientId, Connection, ConnectionId, ConnectionName, Environment, EnvironmentKind,
    HostKind, Level, LevelKind, Pasted, SecretKind, Timeout, TypedSecret, text,
    token::{self, Shape},
};

/// Every field as the person typed it. Nothing typed is ever lost by validation.
#[derive(Debug, Clone, PartialEq)]
pub struct Draft {
    pub id: ConnectionId,
    pub name: String,
    pub description: String,
    pub base_url: String,
    /// The origin that the person confirmed although it is not a Databricks domain. Another origin needs its own confirmation.
    pub confirmed_origin: Option<String>,
    /// Workspace id when known; suggested from a pasted address.
    pub workspace_id: String,
    pub timeout: String,
    pub auth: AuthKind,
    pub level: LevelKind,
    pub account_id: String,
    pub client_id: String,
    /// Personal access token or client secret, by `auth`. Empty: keep what the vault holds.
    pub secret: TypedSecret,
    pub environment: EnvironmentKind,
    /// The word when `environment` is `Own`.
    pub own_environment: String,
    pub tags: Vec<String>,
    pub folder: String,
    pub pinned: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Field {
    Name,
    Description,
    BaseUrl,
    WorkspaceId,
    Timeout,
    Auth,
    AccountId,
    ClientId,
    Secret,
    Environment,
    Tags,
    Folder,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// For information: what was cleaned, what was recognised.
    Note,
    /// Saves, but look at it.
    Warning,
    /// Does not save.
    Error,
}

/// What stands beside a field while typing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remark {
    pub field: Field,
    pub severity: Severity,
    pub text: String,
}

/// A valid form.
#[derive(Debug, Clone)]
pub struct Reviewed {
    pub connection: Connection,
    /// The secret that was typed, cleaned; `None` keeps the stored one.
    pub secret: Option<(SecretKind, SecretString)>,
}

#[derive(Debug, Clone)]
pub struct Review {
    pub remarks: Vec<Remark>,
    /// `None` while there is an error.
    pub result: Option<Reviewed>,
    /// The address needs the person's confirmation (a tick beside it): this origin.
    pub confirm_origin: Option<String>,
}

impl Draft {
    /// An empty form: timeout 30, personal access token, workspace level, development.
    #[must_use]
    pub fn new(id: ConnectionId) -> Self {
        Self {
            id,
            name: String::new(),
            description: String::new(),
            base_url: String::new(),
            confirmed_origin: None,
            workspace_id: String::new(),
            timeout: Timeout::DEFAULT.seconds().to_string(),
            auth: AuthKind::PersonalAccessToken,
            level: LevelKind::Workspace,
            account_id: String::new(),
            client_id: String::new(),
            secret: TypedSecret::default(),
            environment: EnvironmentKind::Development,
            own_environment: String::new(),
            tags: Vec::new(),
            folder: String::new(),
            pinned: false,
        }
    }

    #[must_use]
    pub fn from_connection(connection: &Connection) -> Self {
        let (level, account_id) = match &connection.level {
            Level::Workspace => (LevelKind::Workspace, String::new()),
            Level::Account { account_id } => (LevelKind::Account, account_id.as_str().to_owned()),
        };
        let client_id = match &connection.auth {
            AuthMethod::PersonalAccessToken => None,
            AuthMethod::Browser { client_id } => client_id.as_ref(),
            AuthMethod::ServicePrincipal { client_id } => Some(client_id),
        };
        Self {
            id: connection.id,
            name: connection.name.as_str().to_owned(),
            description: connection.description.clone(),
            base_url: connection.base_url.origin(),
            confirmed_origin: connection.address_confirmed.then(|| connection.base_url.origin()),
            workspace_id: connection.workspace_id.clone().unwrap_or_default(),
            timeout: connection.timeout.seconds().to_string(),
            auth: connection.auth.kind(),
            level,
            account_id,
            client_id: client_id.map(|id| id.as_str().to_owned()).unwrap_or_default(),
            secret: TypedSecret::default(),
            environment: connection.environment.kind(),
            own_environment: if let Environment::Own(word) = &connection.environment { word.clone() } else { String::new() },
            tags: connection.tags.clone(),
            folder: connection.folder.clone(),
            pinned: connection.pinned,
        }
    }

    /// Does the form hold anything that the saved connection does not?
    #[must_use]
    pub fn differs_from(&self, connection: &Connection) -> bool {
        *self != Self::from_connection(connection)
    }

    /// Takes over what a pasted address says, when the field is left: the origin into the field, the ids into theirs. An id that the address
    /// spells out (`?o=`) replaces an older one, which belonged to another address; one that the host name merely suggests fills an empty field.
    /// Doing it twice changes nothing more; an address that cannot be read stays as it was typed.
    pub fn accept_pasted(&mut self) {
        let Ok(pasted) = BaseUrl::read(&self.base_url) else { return };
        if pasted.base_url.kind() == HostKind::AccountConsole {
            self.level = LevelKind::Account;
        }
        let empty_takes = |field: &mut String, found: Option<String>| {
            if let Some(found) = found.filter(|_| field.trim().is_empty()) {
                *field = found;
            }
        };
        if pasted.workspace_id.as_deref() != pasted.base_url.workspace_id_of_host() {
            self.workspace_id.clear();
        }
        empty_takes(&mut self.workspace_id, pasted.workspace_id);
        empty_takes(&mut self.account_id, pasted.account_id);
        self.base_url = pasted.base_url.origin();
    }

    /// The secret that this form asks for.
    #[must_use]
    pub fn secret_kind(&self) -> Option<SecretKind> {
        match self.auth {
            AuthKind::PersonalAccessToken => Some(SecretKind::PersonalAccessToken),
            AuthKind::ServicePrincipal => Some(SecretKind::ClientSecret),
            AuthKind::Browser => None,
        }
    }

    /// Judges the form. `name_taken` says whether another connection bears that name (compared without case).
    /// Cheap enough to be called whenever the form changes.
    #[must_use]
    pub fn review(&self, name_taken: &dyn Fn(&str) -> bool) -> Review {
        let mut judge = Judge { draft: self, remarks: Vec::new(), confirm_origin: None };
        let connection = judge.connection(name_taken);
        let secret = judge.secret();
        let Judge { remarks, confirm_origin, .. } = judge;
        let valid = remarks.iter().all(|remark| remark.severity < Severity::Error);
        let result = connection.filter(|_| valid).map(|connection| Reviewed { connection, secret });
        Review { remarks, result, confirm_origin }
    }
}

/// Walks over the fields; each error is a remark, and a field that has one yields nothing.
struct Judge<'a> {
    draft: &'a Draft,
    remarks: Vec<Remark>,
    confirm_origin: Option<String>,
}

impl Judge<'_> {
    fn remark(&mut self, field: Field, severity: Severity, text: impl Into<String>) {
        self.remarks.push(Remark { field, severity, text: text.into() });
    }

    fn take<T>(&mut self, field: Field, parsed: Result<T, impl std::fmt::Display>) -> Option<T> {
        parsed.map_err(|error| self.remark(field, Severity::Error, error.to_string())).ok()
    }

    fn connection(&mut self, name_taken: &dyn Fn(&str) -> bool) -> Option<Connection> {
        // Every field is judged, also behind one that is wrong.
        let name = self.name(name_taken);
        let pasted = self.base_url();
        let timeout = self.take(Field::Timeout, Timeout::parse(&self.draft.timeout));
        let level = self.level(pasted.as_ref().map(|pasted| &pasted.base_url));
        let auth = self.auth();
        let workspace_id = self.workspace_id(pasted.as_ref());
        let environment = self.environment();
        let tags = self.tags();
        let folder = self.folder();
        let description = self.description();
        let base_url = pasted?.base_url;
        Some(Connection {
            id: self.draft.id,
            name: name?,
            description: description?,
            address_confirmed: self.draft.confirmed_origin.as_deref() == Some(base_url.as_str()) && !base_url.cautions().is_empty(),
            base_url,
            workspace_id: workspace_id?,
            timeout: timeout?,
            auth: auth?,
            level: level?,
            environment: environment?,
            tags: tags?,
            folder: folder?,
            pinned: self.draft.pinned,
        })
    }

    fn name(&mut self, name_taken: &dyn Fn(&str) -> bool) -> Option<ConnectionName> {
        let name = self.take(Field::Name, ConnectionName::parse(&self.draft.name))?;
        if name_taken(name.as_str()) {
            self.remark(Field::Name, Severity::Error, "Another connection has this name; choose a different one");
            return None;
        }
        Some(name)
    }

    fn base_url(&mut self) -> Option<Pasted> {
        let pasted = self.take(Field::BaseUrl, BaseUrl::read(&self.draft.base_url))?;
        for note in &pasted.notes {
            self.remark(Field::BaseUrl, Severity::Note, note.clone());
        }
        let base_url = &pasted.base_url;
        let cautions = base_url.cautions();
        if cautions.is_empty() {
            return Some(pasted);
        }
        let origin = base_url.origin();
        let confirmed = self.draft.confirmed_origin.as_deref() == Some(origin.as_str());
        let severity = if confirmed { Severity::Warning } else { Severity::Error };
        for caution in cautions {
            let text = match caution {
                // The line about its letters says it all.
                Caution::NotDatabricks if base_url.cautions().contains(&Caution::NotAscii) => continue,
                Caution::NotDatabricks => format!("{} is not a Databricks domain; your token would be sent there", base_url.host()),
                Caution::UnusualPort(port) => format!("Port {port} is unusual for Databricks; your token would be sent there"),
                Caution::NotAscii => format!("This host is really {}; letters of other scripts can look alike", base_url.host()),
            };
            self.remark(Field::BaseUrl, severity, text);
        }
        self.confirm_origin = Some(origin);
        Some(pasted)
    }

    fn level(&mut self, base_url: Option<&BaseUrl>) -> Option<Level> {
        match (self.draft.level, base_url.map(BaseUrl::kind)) {
            (LevelKind::Workspace, Some(HostKind::AccountConsole)) => {
                self.remark(
                    Field::BaseUrl,
                    Severity::Error,
                    "This is the account console; enter a workspace's address, or choose the account level",
                );
            }
            (LevelKind::Account, Some(HostKind::Workspace)) => {
                let console = base_url.and_then(BaseUrl::account_console).unwrap_or_default();
                self.remark(Field::BaseUrl, Severity::Error, format!("This is a workspace; the account level needs {console}"));
            }
            _ => {}
        }
        match self.draft.level {
            LevelKind::Workspace => Some(Level::Workspace),
            LevelKind::Account => {
                let account_id = self.take(Field::AccountId, AccountId::parse(&self.draft.account_id))?;
                Some(Level::Account { account_id })
            }
        }
    }

    fn auth(&mut self) -> Option<AuthMethod> {
        let typed = self.draft.client_id.as_str();
        match self.draft.auth {
            AuthKind::PersonalAccessToken => {
                if self.draft.level == LevelKind::Account {
                    self.remark(Field::Auth, Severity::Error, "The account console takes no personal access tokens; choose another type");
                }
                Some(AuthMethod::PersonalAccessToken)
            }
            AuthKind::Browser if typed.trim().is_empty() => Some(AuthMethod::Browser { client_id: None }),
            AuthKind::Browser => {
                let client_id = self.take(Field::ClientId, ClientId::parse(typed))?;
                Some(AuthMethod::Browser { client_id: Some(client_id) })
            }
            AuthKind::ServicePrincipal => {
                let client_id = self.take(Field::ClientId, ClientId::parse(typed))?;
                if !client_id.is_uuid() {
                    self.remark(
                        Field::ClientId,
                        Severity::Warning,
                        "A service principal's client ID is usually a UUID (its application ID)",
                    );
                }
                Some(AuthMethod::ServicePrincipal { client_id })
            }
        }
    }

    #[expect(clippy::option_option, reason = "outer: is the field right; inner: is there an id")]
    fn workspace_id(&mut self, pasted: Option<&Pasted>) -> Option<Option<String>> {
        let typed = self.draft.workspace_id.trim();
        // A request at account level must not be routed to a workspace.
        let reaches_workspace = self.draft.level == LevelKind::Workspace;
        if typed.is_empty() {
            let found = pasted.and_then(|pasted| pasted.workspace_id.clone());
            let unified = pasted.is_some_and(|pasted| pasted.base_url.kind() == HostKind::Unified);
            if found.is_none() && unified && reaches_workspace {
                self.remark(
                    Field::WorkspaceId,
                    Severity::Warning,
                    "This host serves several workspaces; enter the workspace ID (the number after ?o= in the browser)",
                );
            }
            return Some(found.filter(|_| reaches_workspace));
        }
        if typed.len() <= 64 && typed.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-') {
            if let Some(host_says) =
                pasted.and_then(|pasted| pasted.base_url.workspace_id_of_host()).filter(|id| reaches_workspace && *id != typed)
            {
                let text = format!("The address belongs to workspace {host_says}; check which one is meant");
                self.remark(Field::WorkspaceId, Severity::Warning, text);
            }
            return Some(reaches_workspace.then(|| typed.to_owned()));
        }
        self.remark(Field::WorkspaceId, Severity::Error, "A workspace ID is a number such as 1234567890123456");
        None
    }

    fn environment(&mut self) -> Option<Environment> {
        let own = match self.draft.environment {
            EnvironmentKind::Development => return Some(Environment::Development),
            EnvironmentKind::Test => return Some(Environment::Test),
            EnvironmentKind::Production => return Some(Environment::Production),
            EnvironmentKind::Own => self.draft.own_environment.trim(),
        };
        let wrong = if own.is_empty() {
            Some("Name the environment, or choose another".to_owned())
        } else if own.chars().count() > Environment::LONGEST {
            Some(format!("Use at most {} characters", Environment::LONGEST))
        } else {
            text::unfit(own).map(|unfit| format!("The word contains {unfit}; remove it"))
        };
        match wrong {
            Some(wrong) => {
                self.remark(Field::Environment, Severity::Error, wrong);
                None
            }
            None => Some(Environment::from(own.to_owned())),
        }
    }

    fn tags(&mut self) -> Option<Vec<String>> {
        let mut tags: Vec<String> = Vec::new();
        for tag in self.draft.tags.iter().map(|tag| tag.trim()).filter(|tag| !tag.is_empty()) {
            if tag.chars().count() > 40 || tag.contains(',') || text::unfit(tag).is_some() {
                self.remark(Field::Tags, Severity::Error, "A tag has at most 40 characters and no commas");
                return None;
            }
            if !tags.iter().any(|known| known.to_lowercase() == tag.to_lowercase()) {
                tags.push(tag.to_owned());
            }
        }
        if tags.len() > 20 {
            self.remark(Field::Tags, Severity::Error, "Use at most 20 tags");
            return None;
        }
        Some(tags)
    }

    fn folder(&mut self) -> Option<String> {
        let path: Vec<&str> = self.draft.folder.split('/').map(str::trim).filter(|name| !name.is_empty()).collect();
        let path = path.join("/");
        if path.chars().count() > 200 || text::unfit(&path).is_some() {
            self.remark(Field::Folder, Severity::Error, "A folder has at most 200 characters, such as Sales/Nightly");
            return None;
        }
        Some(path)
    }

    fn description(&mut self) -> Option<String> {
        let description = self.draft.description.trim().replace("\r\n", "\n");
        if description.chars().count() > 2000 {
            self.remark(Field::Description, Severity::Error, "Use at most 2,000 characters");
            return None;
        }
        if let Some(unfit) = text::unfit(&description.replace(['\n', '\t'], " ")) {
            self.remark(Field::Description, Severity::Error, format!("The description contains {unfit}; remove it"));
            return None;
        }
        Some(description)
    }

    fn secret(&mut self) -> Option<(SecretKind, SecretString)> {
        let kind = self.draft.secret_kind()?;
        let read = self.take(Field::Secret, token::read_secret(self.draft.secret.expose()))??;
        for note in read.notes {
            self.remark(Field::Secret, Severity::Note, note);
        }
        let warning = match (kind, read.shape) {
            (SecretKind::ClientSecret, Shape::PersonalAccessToken) => Some("This looks like a personal access token, not a client secret"),
            (SecretKind::PersonalAccessToken, Shape::OAuthSecret) => {
                Some("This looks like the secret of a service principal, not an access token")
            }
            (SecretKind::PersonalAccessToken, Shape::Jwt) => Some("This looks like an OAuth access token, which expires within the hour"),
            _ => None,
        };
        if let Some(warning) = warning {
            self.remark(Field::Secret, Severity::Warning, warning);
        }
        Some((kind, read.secret))
    }
}

impl Review {
    /// The worst remark on a field.
    pub fn worst(&self, field: Field) -> Option<&Remark> {
        self.remarks.iter().filter(|remark| remark.field == field).max_by_key(|remark| remark.severity)
    }
}
