//! The table of fields, one entry per field: the source of the form's rows, the options of `add` and `edit`, the columns of tables, the keys
//! of `list --json`, and what is compared, searched and exported.

use super::{Access, CliOption, FieldKind, FieldSpec, PlainText};

/// A field of the form. [`Field::spec`] says everything else about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the table says what each is")]
pub enum Field {
    Name,
    BaseUrl,
    Auth,
    AccountId,
    ClientId,
    Scopes,
    RedirectPort,
    WorkspaceId,
    Timeout,
    Secret,
    Environment,
    Tags,
    Folder,
    Description,
}

macro_rules! text_of {
    ($name:ident) => {
        Access { get: |all| all.$name.as_str(), get_mut: |all| &mut all.$name }
    };
}

impl Field {
    /// In the order of a help text; the plain ones follow each other in the order of the form and of a table, too.
    pub const ALL: [Self; 14] = [
        Self::Name,
        Self::BaseUrl,
        Self::Auth,
        Self::AccountId,
        Self::ClientId,
        Self::Scopes,
        Self::RedirectPort,
        Self::WorkspaceId,
        Self::Timeout,
        Self::Secret,
        Self::Environment,
        Self::Tags,
        Self::Folder,
        Self::Description,
    ];

    /// Its entry in the table.
    #[must_use]
    pub const fn spec(self) -> &'static FieldSpec {
        match self {
            Self::Name => &NAME,
            Self::BaseUrl => &BASE_URL,
            Self::Auth => &AUTH,
            Self::AccountId => &ACCOUNT_ID,
            Self::ClientId => &CLIENT_ID,
            Self::Scopes => &SCOPES,
            Self::RedirectPort => &REDIRECT_PORT,
            Self::WorkspaceId => &WORKSPACE_ID,
            Self::Timeout => &TIMEOUT,
            Self::Secret => &SECRET,
            Self::Environment => &ENVIRONMENT,
            Self::Tags => &TAGS,
            Self::Folder => &FOLDER,
            Self::Description => &DESCRIPTION,
        }
    }
}

const NAME: FieldSpec = FieldSpec {
    field: Field::Name,
    key: Some("name"),
    label: "Name",
    word: "name",
    hint: "For example Sales lakehouse",
    titles: &["name", "connection"],
    option: None,
    kind: FieldKind::Typed(text_of!(name)),
};

const BASE_URL: FieldSpec = FieldSpec {
    field: Field::BaseUrl,
    key: Some("base_url"),
    label: "Base URL",
    word: "base URL",
    hint: "Workspace URL, as in the browser",
    titles: &["base_url", "url", "host", "address", "workspace_url", "workspace", "databricks_host"],
    option: None,
    kind: FieldKind::Typed(text_of!(base_url)),
};

const AUTH: FieldSpec = FieldSpec {
    field: Field::Auth,
    key: Some("auth"),
    label: "Authentication type",
    word: "authentication type",
    hint: "",
    titles: &["auth_type", "auth", "authentication", "authentication type"],
    option: None,
    kind: FieldKind::Other,
};

const ACCOUNT_ID: FieldSpec = FieldSpec {
    field: Field::AccountId,
    key: Some("level"),
    label: "Account ID",
    word: "account ID",
    hint: "Shown in the account console's user menu",
    titles: &["account_id"],
    option: Some(CliOption::once("account-id", "ID", "Connect to this account instead of a workspace")),
    kind: FieldKind::Typed(text_of!(account_id)),
};

const CLIENT_ID: FieldSpec = FieldSpec {
    field: Field::ClientId,
    key: Some("auth"),
    label: "Client ID",
    word: "client ID",
    hint: "The service principal's application ID",
    titles: &["client_id"],
    option: Some(CliOption::once("client-id", "ID", "The client ID of the service principal or of a custom OAuth application")),
    kind: FieldKind::Typed(text_of!(client_id)),
};

const SCOPES: FieldSpec = FieldSpec {
    field: Field::Scopes,
    key: Some("auth"),
    label: "Scopes",
    word: "scopes",
    hint: "all-apis offline_access",
    titles: &[],
    option: Some(CliOption::once(
        "scopes",
        "SCOPES",
        "OAuth scopes, separated by spaces; default: `all-apis offline_access`, for a service principal `all-apis`",
    )),
    kind: FieldKind::Typed(text_of!(scopes)),
};

const REDIRECT_PORT: FieldSpec = FieldSpec {
    field: Field::RedirectPort,
    key: Some("auth"),
    label: "Redirect port",
    word: "redirect port",
    hint: "8020",
    titles: &[],
    option: Some(CliOption::once(
        "redirect-port",
        "PORT",
        "The port of the redirect URI http://localhost:PORT; default: the first free port from 8020 to 8040",
    )),
    kind: FieldKind::Typed(text_of!(redirect_port)),
};

const WORKSPACE_ID: FieldSpec = FieldSpec {
    field: Field::WorkspaceId,
    key: Some("workspace_id"),
    label: "Workspace ID",
    word: "workspace ID",
    hint: "The number after ?o= in the browser",
    titles: &["workspace_id"],
    option: Some(CliOption::once("workspace-id", "ID", "The workspace's numeric ID; read from the address if it contains one")),
    kind: FieldKind::Typed(text_of!(workspace_id)),
};

const TIMEOUT: FieldSpec = FieldSpec {
    field: Field::Timeout,
    key: Some("timeout_seconds"),
    label: "Timeout",
    word: "timeout",
    hint: "30",
    titles: &["timeout_seconds", "timeout", "timeout (s)"],
    option: Some(CliOption::once("timeout", "S", "The time limit for a test in seconds, 1 to 600")),
    kind: FieldKind::Typed(text_of!(timeout)),
};

const SECRET: FieldSpec = FieldSpec {
    field: Field::Secret,
    key: None,
    label: "Secret",
    word: "secret",
    hint: "",
    titles: &["secret", "token", "access token", "pat", "client_secret"],
    option: None,
    kind: FieldKind::Other,
};

const ENVIRONMENT: FieldSpec = FieldSpec {
    field: Field::Environment,
    key: Some("environment"),
    label: "Environment",
    word: "environment",
    hint: "For example staging",
    titles: &["environment"],
    option: Some(CliOption::once("environment", "E", "dev, test, prod, a custom word, or not-set, which is treated as carefully as prod")),
    kind: FieldKind::Typed(text_of!(own_environment)),
};

const TAGS: FieldSpec = FieldSpec {
    field: Field::Tags,
    key: Some("tags"),
    label: "Tags",
    word: "tags",
    hint: "",
    titles: &["tags"],
    option: Some(CliOption {
        long: "tag",
        value: "T",
        help: "A tag; repeat for several. On edit they replace the old ones",
        repeats: true,
    }),
    kind: FieldKind::Other,
};

const FOLDER: FieldSpec = FieldSpec {
    field: Field::Folder,
    key: Some("folder"),
    label: "Folder",
    word: "folder",
    hint: "Folder/Subfolder",
    titles: &["folder"],
    option: Some(CliOption::once("folder", "F", "A folder path, for example Sales/Nightly")),
    kind: FieldKind::Plain(PlainText {
        typed: text_of!(folder),
        kept: text_of!(folder),
        most: 200,
        rows: 1,
        tidy: path,
        refusal: Some("A folder can have at most 200 characters, for example Sales/Nightly"),
        searched: true,
        inherited: true,
    }),
};

const DESCRIPTION: FieldSpec = FieldSpec {
    field: Field::Description,
    key: Some("description"),
    label: "Description",
    word: "description",
    hint: "What it is for, who owns it",
    titles: &["description"],
    option: Some(CliOption::once("description", "D", "What it is for and who owns it")),
    kind: FieldKind::Plain(PlainText {
        typed: text_of!(description),
        kept: text_of!(description),
        most: 2_000,
        rows: 3,
        tidy: trimmed,
        refusal: None,
        searched: true,
        inherited: false,
    }),
};

fn trimmed(typed: &str) -> String {
    typed.trim().replace("\r\n", "\n")
}

/// Names of folders, without empty ones: ` Sales // Nightly ` is `Sales/Nightly`.
fn path(typed: &str) -> String {
    typed.split('/').map(str::trim).filter(|name| !name.is_empty()).collect::<Vec<_>>().join("/")
}
