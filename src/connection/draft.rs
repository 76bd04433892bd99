//! The form as typed: what is wrong with it, and the connection that it makes.

use secrecy::SecretString;

use super::{AuthKind, Connection, ConnectionId, EnvironmentKind, LevelKind, SecretKind, TypedSecret};

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
    pub fn new(_id: ConnectionId) -> Self {
        todo!()
    }

    #[must_use]
    pub fn from_connection(_connection: &Connection) -> Self {
        todo!()
    }

    /// Judges the form. `name_taken` says whether another connection bears that name (compared without case).
    /// Cheap enough to be called whenever the form changes.
    #[must_use]
    pub fn review(&self, _name_taken: &dyn Fn(&str) -> bool) -> Review {
        todo!()
    }
}

impl Review {
    /// The worst remark on a field.
    pub fn worst(&self, field: Field) -> Option<&Remark> {
        self.remarks.iter().filter(|remark| remark.field == field).max_by_key(|remark| remark.severity)
    }
}
