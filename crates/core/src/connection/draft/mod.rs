//! The form as typed: what is wrong with it, and the connection that it makes.

use jiff::{SignedDuration, Timestamp};
use secrecy::SecretString;

use super::{
    AuthKind, AuthMethod, BaseUrl, Connection, ConnectionId, Environment, EnvironmentKind, Field, HostKind, Level, LevelKind, Scopes,
    SecretKind, Timeout, TypedSecret, contains_secret, end_of,
};

mod review;

/// Every field as the person typed it. Nothing typed is ever lost by validation.
#[derive(Debug, Clone, PartialEq)]
pub struct Draft {
    /// The connection that it becomes or changes.
    pub id: ConnectionId,
    /// Unique without regard to case.
    pub name: String,
    /// Any text.
    pub description: String,
    /// The address, perhaps a whole one out of the browser.
    pub base_url: String,
    /// The origin that the person confirmed although it is not a Databricks domain. Another origin needs its own confirmation.
    pub confirmed_origin: Option<String>,
    /// Workspace id when known; suggested from a pasted address.
    pub workspace_id: String,
    /// The saved ID and the origin that it belongs to: it does not go along to another address.
    pub saved_workspace: Option<(String, String)>,
    /// Seconds, 1 to 600.
    pub timeout: String,
    /// The way to sign in.
    pub auth: AuthKind,
    /// Workspace or account.
    pub level: LevelKind,
    /// A UUID, at account level.
    pub account_id: String,
    /// Uses the sign-in of this account connection.
    pub sign_in_of: Option<ConnectionId>,
    /// Of the service principal or the OAuth application. Empty for an application: `databricks-cli`.
    pub client_id: String,
    /// Empty: `all-apis offline_access`.
    pub scopes: String,
    /// Empty: the first free port of 8020 to 8040.
    pub redirect_port: String,
    /// Personal access token or client secret, by `auth`. Empty: keep what the vault holds.
    pub secret: TypedSecret,
    /// What the connection is for.
    pub environment: EnvironmentKind,
    /// The word when `environment` is `Own`.
    pub own_environment: String,
    /// One word or phrase each.
    pub tags: Vec<String>,
    /// Names with `/` between them.
    pub folder: String,
    /// Shown above the others.
    pub pinned: bool,
}

/// What a remark means for the save.
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
    /// The field it is about.
    pub field: Field,
    /// Whether it prevents the save.
    pub severity: Severity,
    /// One line.
    pub text: String,
}

/// A valid form.
#[derive(Debug, Clone)]
pub struct Reviewed {
    /// The connection as it would be saved.
    pub connection: Connection,
    /// The secret that was typed, cleaned; `None` keeps the stored one.
    pub secret: Option<(SecretKind, SecretString)>,
}

impl Reviewed {
    /// When the signed token that was typed ended by its own word, if that is past. Five minutes are left to clocks that differ.
    #[must_use]
    pub fn secret_ended(&self, now: Timestamp) -> Option<Timestamp> {
        let (_, secret) = self.secret.as_ref()?;
        end_of(secret).filter(|end| now.duration_since(*end) > SignedDuration::from_mins(5))
    }
}

/// What validation says of a form.
#[derive(Debug, Clone)]
pub struct Review {
    /// In the order of the fields; several for one field are possible.
    pub remarks: Vec<Remark>,
    /// `None` while there is an error.
    pub result: Option<Reviewed>,
    /// The address needs the person's confirmation (a tick beside it): this origin.
    pub confirm_origin: Option<String>,
}

impl Draft {
    /// An empty form: timeout 30, personal access token, workspace level, environment not set.
    #[must_use]
    pub fn new(id: ConnectionId) -> Self {
        Self {
            id,
            name: String::new(),
            description: String::new(),
            base_url: String::new(),
            confirmed_origin: None,
            workspace_id: String::new(),
            saved_workspace: None,
            timeout: Timeout::DEFAULT.seconds().to_string(),
            auth: AuthKind::PersonalAccessToken,
            level: LevelKind::Workspace,
            account_id: String::new(),
            sign_in_of: None,
            client_id: String::new(),
            scopes: String::new(),
            redirect_port: String::new(),
            secret: TypedSecret::default(),
            environment: EnvironmentKind::NotSet,
            own_environment: String::new(),
            tags: Vec::new(),
            folder: String::new(),
            pinned: false,
        }
    }

    /// The form of a saved connection; its secret is not in it.
    #[must_use]
    pub fn from_connection(connection: &Connection) -> Self {
        let (level, account_id) = match &connection.level {
            Level::Workspace => (LevelKind::Workspace, String::new()),
            Level::Account { account_id } => (LevelKind::Account, account_id.as_str().to_owned()),
        };
        let app = if let AuthMethod::Browser(app) = &connection.auth { Some(app) } else { None };
        let client_id = match &connection.auth {
            AuthMethod::PersonalAccessToken => None,
            AuthMethod::Browser(app) => app.client_id.as_ref(),
            AuthMethod::ServicePrincipal { client_id, .. } => Some(client_id),
        };
        let mut draft = Self {
            name: connection.name.as_str().to_owned(),
            base_url: connection.base_url.origin(),
            confirmed_origin: connection.address_confirmed.then(|| connection.base_url.origin()),
            workspace_id: connection.workspace_id.clone().unwrap_or_default(),
            saved_workspace: connection.workspace_id.clone().map(|id| (id, connection.base_url.origin())),
            timeout: connection.timeout.seconds().to_string(),
            auth: connection.auth.kind(),
            level,
            account_id,
            sign_in_of: connection.sign_in_of,
            scopes: connection.auth.own_scopes().map(Scopes::spelled).unwrap_or_default(),
            redirect_port: app.and_then(|app| app.redirect_port).map(|port| port.to_string()).unwrap_or_default(),
            client_id: client_id.map(|id| id.as_str().to_owned()).unwrap_or_default(),
            secret: TypedSecret::default(),
            environment: connection.environment.kind(),
            own_environment: if let Environment::Own(word) = &connection.environment { word.clone() } else { String::new() },
            tags: connection.tags.clone(),
            pinned: connection.pinned,
            ..Self::new(connection.id)
        };
        for (_, text) in Field::plain() {
            (text.kept.get)(connection).clone_into((text.typed.get_mut)(&mut draft));
        }
        draft
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
        if self.saved_workspace.as_ref().is_some_and(|(id, origin)| *id == self.workspace_id && *origin != pasted.base_url.origin()) {
            self.workspace_id.clear();
        }
        empty_takes(&mut self.workspace_id, pasted.workspace_id);
        empty_takes(&mut self.account_id, pasted.account_id);
        self.base_url = pasted.base_url.origin();
    }

    /// The environment that this form would save. A word of one's own that is not typed yet is called *Other*; a long one is cut.
    #[must_use]
    pub fn environment_as_typed(&self) -> Environment {
        match self.environment {
            EnvironmentKind::NotSet => Environment::NotSet,
            EnvironmentKind::Development => Environment::Development,
            EnvironmentKind::Test => Environment::Test,
            EnvironmentKind::Production => Environment::Production,
            EnvironmentKind::Own => {
                let word = self.own_environment.trim();
                let word = if word.is_empty() { EnvironmentKind::Own.label() } else { word };
                Environment::Own(word.chars().take(Environment::MAX_CHARS).collect())
            }
        }
    }

    /// The account's connection whose sign-in this form uses; a token of one's own, and the account level, know no other's.
    #[must_use]
    pub fn shared_sign_in(&self) -> Option<ConnectionId> {
        self.sign_in_of.filter(|_| self.auth != AuthKind::PersonalAccessToken && self.level == LevelKind::Workspace)
    }

    /// The secret that this form asks for.
    #[must_use]
    pub fn secret_kind(&self) -> Option<SecretKind> {
        match self.auth {
            _ if self.shared_sign_in().is_some() => None,
            AuthKind::PersonalAccessToken => Some(SecretKind::PersonalAccessToken),
            AuthKind::ServicePrincipal => Some(SecretKind::ClientSecret),
            AuthKind::Browser => None,
        }
    }

    /// Everything in it that is kept in the open, with its field. A number is not: it would be refused with anything else in it.
    fn open_texts(&self) -> impl Iterator<Item = (Field, &str)> {
        let texts = Field::ALL.into_iter().filter(|field| !matches!(field, Field::Timeout | Field::RedirectPort));
        let single = texts.filter_map(|field| Some((field, (field.spec().typed()?.get)(self))));
        single.chain(self.tags.iter().map(|tag| (Field::Tags, tag.as_str())))
    }

    /// Empties a field, except for the authentication type.
    pub fn clear(&mut self, field: Field) {
        match field {
            Field::Tags => self.tags.clear(),
            Field::Secret => self.secret = TypedSecret::default(),
            Field::Environment => self.environment = EnvironmentKind::Development,
            _ => {}
        }
        if let Some(typed) = field.spec().typed() {
            (typed.get_mut)(self).clear();
        }
    }

    /// Empties what a connection made after another one does not get from it.
    pub fn clear_not_inherited(&mut self) {
        for (_, text) in Field::plain().filter(|(_, text)| !text.inherited) {
            (text.typed.get_mut)(self).clear();
        }
    }

    /// The fields other than the secret's that contain a secret: one of Databricks, or the very secret that was typed.
    #[must_use]
    pub fn fields_with_secret(&self) -> Vec<Field> {
        /// Characters; a shorter one may be a word that stands elsewhere with good reason.
        const LEAST: usize = 12;
        /// Bytes; every field is refused as too long far below that.
        const MAX_BYTES: usize = 16 * 1024;
        let typed = Some(self.secret.expose().trim()).filter(|typed| typed.len() >= LEAST);
        let mut fields: Vec<Field> = Vec::new();
        for (field, text) in self.open_texts().filter(|(_, text)| text.len() <= MAX_BYTES) {
            let contains = contains_secret(text) || typed.is_some_and(|typed| text.contains(typed));
            if contains && !fields.contains(&field) {
                fields.push(field);
            }
        }
        fields
    }

    /// Judges the form. `name_taken` says whether another connection bears that name (compared without case).
    /// Cheap enough to be called whenever the form changes.
    #[must_use]
    pub fn review(&self, name_taken: &dyn Fn(&str) -> bool) -> Review {
        review::review(self, name_taken)
    }
}

impl Review {
    /// The worst remark on a field.
    pub fn worst(&self, field: Field) -> Option<&Remark> {
        self.remarks.iter().filter(|remark| remark.field == field).max_by_key(|remark| remark.severity)
    }
}
