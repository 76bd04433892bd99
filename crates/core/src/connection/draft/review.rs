//! The judgement of a form: what stands beside each field, and the connection that a valid form makes.

use secrecy::SecretString;

use super::{Draft, Field, Remark, Review, Reviewed, Severity};
use crate::connection::{
    AccountId, AuthKind, AuthMethod, BaseUrl, Caution, ClientId, Connection, ConnectionName, Environment, EnvironmentKind, FieldSpec,
    HostKind, Level, LevelKind, OAuthApp, Pasted, PlainText, Scopes, SecretKind, Timeout, contains_secret, is_example_host,
    is_workspace_id, read_secret, text,
};

pub(super) fn review(draft: &Draft, name_taken: &dyn Fn(&str) -> bool) -> Review {
    let mut judge = Judge { draft, remarks: Vec::new(), confirm_origin: None };
    let connection = judge.connection(name_taken);
    let secret = judge.secret();
    judge.open_secrets();
    let Judge { remarks, confirm_origin, .. } = judge;
    let valid = remarks.iter().all(|remark| remark.severity < Severity::Error);
    let result = connection.filter(|_| valid).map(|connection| Reviewed { connection, secret });
    Review { remarks, result, confirm_origin }
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
        let texts: Vec<_> = Field::plain().map(|(spec, text)| (&text.kept, self.plain(spec, text))).collect();
        let base_url = pasted?.base_url;
        let mut connection = Connection {
            id: self.draft.id,
            address_confirmed: self.draft.confirmed_origin.as_deref() == Some(base_url.as_str()) && !base_url.cautions().is_empty(),
            workspace_id: workspace_id?,
            timeout: timeout?,
            sign_in_of: self.draft.shared_sign_in(),
            environment: environment?,
            tags: tags?,
            pinned: self.draft.pinned,
            ..Connection::new(name?, base_url, auth?, level?)
        };
        for (kept, text) in texts {
            *(kept.get_mut)(&mut connection) = text?;
        }
        Some(connection)
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
        // What the address itself says of it would repeat the secret.
        if contains_secret(&self.draft.base_url) {
            return None;
        }
        let pasted = self.take(Field::BaseUrl, BaseUrl::read(&self.draft.base_url))?;
        if is_example_host(pasted.base_url.host()) {
            self.remark(Field::BaseUrl, Severity::Warning, "This looks like an example address; enter your workspace URL");
        }
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
                Caution::NotAscii => format!("The real host is {}; letters from other scripts can look alike", base_url.host()),
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
                    "This is the account console; enter a workspace URL, or choose the account level",
                );
            }
            (LevelKind::Account, Some(HostKind::Workspace)) => {
                let console = base_url.and_then(BaseUrl::account_console).unwrap_or_default();
                self.remark(Field::BaseUrl, Severity::Error, format!("This is a workspace URL; the account level needs {console}"));
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
                    self.remark(
                        Field::Auth,
                        Severity::Error,
                        "The account console does not accept personal access tokens; choose another type",
                    );
                }
                Some(AuthMethod::PersonalAccessToken)
            }
            AuthKind::Browser => self.app().map(AuthMethod::Browser),
            AuthKind::ServicePrincipal => {
                let client_id = self.take(Field::ClientId, ClientId::parse(typed))?;
                if !client_id.is_uuid() {
                    self.remark(
                        Field::ClientId,
                        Severity::Warning,
                        "A service principal's client ID is usually a UUID (its application ID)",
                    );
                }
                let scopes = self.unless_empty(Field::Scopes, &self.draft.scopes, Scopes::parse)?;
                Some(AuthMethod::ServicePrincipal { client_id, scopes: scopes.and_then(Scopes::of_a_principal) })
            }
        }
    }

    fn app(&mut self) -> Option<OAuthApp> {
        let client_id = self.unless_empty(Field::ClientId, &self.draft.client_id, ClientId::parse);
        let scopes = self.unless_empty(Field::Scopes, &self.draft.scopes, Scopes::parse);
        let redirect_port = self.unless_empty(Field::RedirectPort, &self.draft.redirect_port, redirect_port);
        let app = OAuthApp { client_id: client_id?, scopes: scopes?, redirect_port: redirect_port? };
        if !app.scopes().stays_signed_in() {
            self.remark(Field::Scopes, Severity::Warning, "Without offline_access you have to sign in again every hour");
        }
        Some(app)
    }

    #[expect(clippy::option_option, reason = "outer: is the field right; inner: is there anything in it")]
    fn unless_empty<T, E: std::fmt::Display>(&mut self, field: Field, typed: &str, parse: fn(&str) -> Result<T, E>) -> Option<Option<T>> {
        if typed.trim().is_empty() { Some(None) } else { self.take(field, parse(typed)).map(Some) }
    }

    #[expect(clippy::option_option, reason = "outer: is the field right; inner: is there an id")]
    fn workspace_id(&mut self, pasted: Option<&Pasted>) -> Option<Option<String>> {
        let typed = self.draft.workspace_id.trim();
        let saved = self.draft.saved_workspace.as_ref().filter(|(id, _)| id == typed);
        let elsewhere = saved.filter(|(_, origin)| pasted.is_some_and(|pasted| pasted.base_url.as_str() != origin));
        let typed = if elsewhere.is_some() { "" } else { typed };
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
        if is_workspace_id(typed) {
            if let Some(host_says) =
                pasted.and_then(|pasted| pasted.base_url.workspace_id_of_host()).filter(|id| reaches_workspace && *id != typed)
            {
                let text = format!("This address belongs to workspace {host_says}; check which one you mean");
                self.remark(Field::WorkspaceId, Severity::Warning, text);
            }
            return Some(reaches_workspace.then(|| typed.to_owned()));
        }
        self.remark(Field::WorkspaceId, Severity::Error, "A workspace ID is a number, for example 1234567890123456");
        None
    }

    fn environment(&mut self) -> Option<Environment> {
        let own = match self.draft.environment {
            EnvironmentKind::NotSet => return Some(Environment::NotSet),
            EnvironmentKind::Development => return Some(Environment::Development),
            EnvironmentKind::Test => return Some(Environment::Test),
            EnvironmentKind::Production => return Some(Environment::Production),
            EnvironmentKind::Own => self.draft.own_environment.trim(),
        };
        let wrong = if own.is_empty() {
            Some("Name the environment, or choose another".to_owned())
        } else if own.chars().count() > Environment::MAX_CHARS {
            Some(format!("Use at most {} characters", Environment::MAX_CHARS))
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
                self.remark(Field::Tags, Severity::Error, "A tag can have at most 40 characters and no commas");
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

    fn plain(&mut self, spec: &FieldSpec, text: &PlainText) -> Option<String> {
        self.take(spec.field, text.read(spec.word, (text.typed.get)(self.draft)))
    }

    fn secret(&mut self) -> Option<(SecretKind, SecretString)> {
        let kind = self.draft.secret_kind()?;
        let read = self.take(Field::Secret, read_secret(kind, self.draft.secret.expose()))??;
        for note in read.notes {
            self.remark(Field::Secret, Severity::Note, note);
        }
        for doubt in read.doubts {
            self.remark(Field::Secret, Severity::Warning, doubt);
        }
        Some((kind, read.secret))
    }

    /// What is kept in plain text, and may be exported, must not contain a secret.
    fn open_secrets(&mut self) {
        for field in self.draft.fields_with_secret() {
            let text = format!(
                "The {} {} what looks like a token and is stored in plain text. Remove the token; enter it only in the secret's field",
                field.word(),
                field.contains()
            );
            self.remark(field, Severity::Error, text);
        }
    }
}

fn redirect_port(typed: &str) -> Result<u16, &'static str> {
    typed.trim().parse().ok().filter(|port| *port >= 1024).ok_or("Enter a port from 1024 to 65535, for example 8020")
}
