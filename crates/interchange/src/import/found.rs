//! What was found, and how a connection is put together from the words of another tool.

use std::collections::HashSet;

use secrecy::{ExposeSecret as _, SecretString};

use super::{Kind, reference::reference, text::shown};
use brickpass_core::connection::{
    AuthKind, BaseUrl, BaseUrlError, ConnectionId, ConnectionName, Draft, Field, HostKind, LevelKind, SecretKind, TypedSecret,
    is_example_host, looks_like_a_secret, read_secret, without_secrets,
};

/// What was found, in the order of the file.
#[derive(Debug)]
pub struct Found {
    pub kind: Kind,
    pub connections: Vec<FoundConnection>,
    /// What stands there and is not taken, and belongs to none of the connections: the key as written (never its value) and why, in words.
    pub ignored: Vec<(String, String)>,
    /// The places that are asked for; all of them when this is empty.
    only: HashSet<String>,
}

#[derive(Debug)]
pub struct FoundConnection {
    /// What it is called there: a profile, a target, a section.
    pub place: String,
    pub draft: Draft,
    pub secret: Option<(SecretKind, SecretString)>,
    /// In words: a secret that was masked and has to be typed, an insecure setting that was not taken over.
    pub remarks: Vec<String>,
    /// It cannot become a connection: why.
    pub refused: Option<String>,
    /// Keys of this connection that are not taken, as in [`Found::ignored`].
    pub ignored: Vec<(String, String)>,
}

/// A value as it stands there.
#[derive(Clone)]
pub(super) enum Given {
    Text(SecretString),
    /// It stands somewhere else, or is made when it is used. Where, in words.
    Elsewhere(String),
}

impl Given {
    pub(super) fn text(text: &str) -> Self {
        Self::Text(SecretString::from(text.to_owned()))
    }

    /// What only refers to the value is no value.
    pub(super) fn resolved(&self) -> Self {
        self.literal().and_then(reference).map_or_else(|| self.clone(), Self::Elsewhere)
    }

    /// `None`: empty, or not there.
    pub(super) fn literal(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text.expose_secret().trim()).filter(|text| !text.is_empty()),
            Self::Elsewhere(_) => None,
        }
    }
}

impl Found {
    pub(crate) fn new(kind: Kind) -> Self {
        Self { kind, connections: Vec::new(), ignored: Vec::new(), only: HashSet::new() }
    }

    /// As `new`, and readers may pass over what is not asked for.
    pub(super) fn of(kind: Kind, only: &[String]) -> Self {
        Self { only: only.iter().cloned().collect(), ..Self::new(kind) }
    }

    /// Whether what is called so there is asked for, and there is room for it: of too many, one more than fits is read.
    pub(super) fn wants(&self, place: &str) -> bool {
        (self.only.is_empty() || self.only.contains(&shown(place))) && self.connections.len() <= super::MAX_CONNECTIONS
    }

    /// Only what is asked for.
    pub(super) fn keep_only(&mut self, only: &[String]) {
        let only: HashSet<&str> = only.iter().map(String::as_str).collect();
        self.connections.retain(|made| only.is_empty() || only.contains(made.place.as_str()));
    }

    /// A row without a name cannot be told from others: it is called after its host, or by its number.
    pub(super) fn name_places(&mut self) {
        for (at, made) in self.connections.iter_mut().enumerate().filter(|(_, made)| made.place.trim().is_empty()) {
            made.place = if made.draft.name.is_empty() { format!("Connection {}", at + 1) } else { shown(&made.draft.name) };
        }
    }

    pub(super) fn push(&mut self, connection: FoundConnection) {
        self.connections.push(connection);
    }

    /// What nobody may find in plain text is taken out of every row.
    pub(super) fn without_open_secrets(mut self) -> Self {
        for connection in &mut self.connections {
            connection.drop_open_secrets();
        }
        self
    }

    /// Once for each key and reason.
    pub(crate) fn ignore(&mut self, key: &str, why: impl Into<String>) {
        ignore(&mut self.ignored, key, why.into());
    }
}

/// Once for each key and reason.
fn ignore(ignored: &mut Vec<(String, String)>, key: &str, why: String) {
    let row = (shown(key), why);
    if ignored.len() < super::MAX_CONNECTIONS && !ignored.contains(&row) {
        ignored.push(row);
    }
}

/// Places that name a kind of file and no connection: what they hold is named after its host.
const NAMELESS: [&str; 5] = ["Environment", "databricks", "terraform", "Airflow", "Linked service"];

impl FoundConnection {
    /// `place`: what it is called there. The name is made from it.
    pub(crate) fn at(place: &str) -> Self {
        let mut draft = Draft::new(ConnectionId::random());
        draft.name = ConnectionName::tamed(place).filter(|_| !NAMELESS.contains(&place)).map(String::from).unwrap_or_default();
        draft.auth = AuthKind::Browser;
        Self { place: shown(place), draft, secret: None, remarks: Vec::new(), refused: None, ignored: Vec::new() }
    }

    pub(crate) fn remark(&mut self, words: impl Into<String>) {
        let words = words.into();
        if !self.remarks.contains(&words) {
            self.remarks.push(words);
        }
    }

    /// Once for each key and reason.
    pub(super) fn ignore(&mut self, key: &str, why: impl Into<String>) {
        ignore(&mut self.ignored, key, why.into());
    }

    /// A secret of Databricks outside of the secret's own field is not taken: such a field is kept in plain text. The row says so and does not repeat it.
    pub(super) fn drop_open_secrets(&mut self) {
        // Only a secret that comes along as one may be looked for elsewhere, too.
        if let Some((_, secret)) = &self.secret {
            self.draft.secret = TypedSecret::from(secret.expose_secret());
        }
        for field in self.draft.fields_with_secret() {
            let (word, contains) = (field.word(), field.contains());
            match field {
                Field::BaseUrl | Field::AccountId | Field::ClientId | Field::WorkspaceId | Field::Scopes => {
                    self.draft.clear(field);
                    self.refuse(format!("Its {word} {contains} what looks like a token."));
                }
                _ => {
                    self.draft.clear(field);
                    self.remark(format!("Its {word} in the file {contains} what looks like a token and was not imported."));
                }
            }
        }
        self.draft.secret = TypedSecret::default();
        self.place = without_secrets(&self.place);
    }

    /// The first reason counts.
    pub(crate) fn refuse(&mut self, why: impl Into<String>) {
        self.refused.get_or_insert(why.into());
    }

    /// The address, with or without a scheme. The name follows it when there is none.
    pub(super) fn host(&mut self, host: Option<&Given>, key: &str) {
        match host.map(Given::resolved).as_ref() {
            Some(Given::Elsewhere(place)) => self.refuse(format!("Its address ({key}) is not in the file: {place}.")),
            host => match host.and_then(Given::literal) {
                None if host.is_some() => self.refuse(format!("Its address ({key}) is empty.")),
                None => self.refuse(format!("It has no address ({key}).")),
                Some(written) => {
                    written.clone_into(&mut self.draft.base_url);
                    self.draft.accept_pasted();
                    match BaseUrl::read(&self.draft.base_url) {
                        Ok(pasted) if is_example_host(pasted.base_url.host()) => {
                            self.refuse("Its address is an example. Enter your workspace URL.");
                        }
                        Ok(pasted) if self.draft.name.is_empty() => pasted.base_url.host().clone_into(&mut self.draft.name),
                        Ok(_) => {}
                        Err(error) => self.refuse(unfit_address(&error)),
                    }
                }
            },
        }
    }

    /// What the address says about the level, together with the ids. Source: the Go SDK's `HostType`; a workspace's host with the id of an
    /// account beside it stays a workspace.
    pub(super) fn settle_level(&mut self) {
        let Ok(pasted) = BaseUrl::read(&self.draft.base_url) else { return };
        let named = !self.draft.account_id.is_empty();
        let account = match pasted.base_url.kind() {
            HostKind::AccountConsole => true,
            HostKind::Workspace => false,
            HostKind::Unified | HostKind::Custom | HostKind::Loopback => {
                !self.draft.account_id.is_empty() && self.draft.workspace_id.is_empty()
            }
        };
        self.draft.level = if account { LevelKind::Account } else { LevelKind::Workspace };
        if account {
            self.draft.workspace_id.clear();
        } else {
            if named {
                self.remark("Its account ID was not imported, because the address is for a single workspace.");
            }
            self.draft.account_id.clear();
        }
    }

    pub(super) fn token(&mut self, token: Option<&Given>) {
        self.draft.auth = AuthKind::PersonalAccessToken;
        self.take_secret(SecretKind::PersonalAccessToken, "access token", token);
    }

    pub(super) fn principal(&mut self, client_id: Option<&Given>, secret: Option<&Given>) {
        self.draft.auth = AuthKind::ServicePrincipal;
        match client_id.map(Given::resolved).as_ref() {
            Some(Given::Elsewhere(place)) => self.refuse(format!("The client ID of its service principal is not in the file: {place}.")),
            client_id => match client_id.and_then(Given::literal) {
                Some(id) => id.clone_into(&mut self.draft.client_id),
                None => self.refuse("It signs in as a service principal, but has no client ID."),
            },
        }
        self.take_secret(SecretKind::ClientSecret, "client secret", secret);
    }

    pub(super) fn browser(&mut self) {
        self.draft.auth = AuthKind::Browser;
    }

    /// The source signs in with an identity that Brickpass does not support yet: the address is imported, with browser sign-in instead.
    pub(super) fn through_browser(&mut self, identity: &str) {
        self.browser();
        self.remark(format!("It uses {identity}; in Brickpass, browser sign-in is used."));
    }

    /// Databricks no longer accepts passwords. The value is a personal access token, as the password of any user or as the user.
    pub(super) fn user_and_password(&mut self, user: Option<&Given>, password: Option<&Given>) {
        let is_token = |given: &&Given| given.literal().is_some_and(is_access_token);
        let is_password = |given: &&Given| {
            let literal = given.literal();
            literal.is_some_and(|text| reference(text).is_none() && read_secret(SecretKind::PersonalAccessToken, text).is_ok())
        };
        let names_token = user.and_then(Given::literal).is_none_or(|user| user.eq_ignore_ascii_case("token"));
        match (user.filter(is_token), password.filter(is_token)) {
            (Some(token), None) => self.token(Some(token)),
            (None, None) if !names_token && password.as_ref().is_some_and(is_password) => {
                self.refuse("It signs in with a user name and password, which Databricks no longer accepts.");
            }
            _ => self.token(password),
        }
    }

    fn take_secret(&mut self, kind: SecretKind, what: &str, secret: Option<&Given>) {
        match secret.map(Given::resolved).as_ref() {
            Some(Given::Elsewhere(place)) => self.remark(format!("The {what} is not in the file: {place}. {TO_BE_TYPED}")),
            secret => match secret.and_then(Given::literal) {
                None => self.remark(format!("No {what} in the file. {TO_BE_TYPED}")),
                Some(text) => match read_secret(kind, text) {
                    Err(why) => self.remark(format!("The {what} in the file {}. {TO_BE_TYPED}", why.what())),
                    Ok(read) => self.secret = read.map(|read| (kind, read.secret)),
                },
            },
        }
    }
}

/// How a remark ends on a secret that does not come along, unless a stored one stays.
pub const TO_BE_TYPED: &str = "Enter it after the import.";

/// Without what stands there: in a damaged file that may be anything, also a secret.
fn unfit_address(error: &BaseUrlError) -> String {
    match error {
        BaseUrlError::Host(_) => "Its address has no valid host name.".to_owned(),
        BaseUrlError::Scheme(_) | BaseUrlError::Slashes(_) => "Its address does not start with https://.".to_owned(),
        BaseUrlError::NotEncrypted(_) => "Its address starts with http://, which would send your token unencrypted.".to_owned(),
        BaseUrlError::NotAWorkspace(host) => format!("{}.", BaseUrlError::NotAWorkspace(shown(host))),
        told => format!("{}.", told.to_string().trim_end_matches('.')),
    }
}

/// `dapi...`, also where it stands for a password.
fn is_access_token(text: &str) -> bool {
    ["dapi", "dkea"].iter().any(|mark| text.starts_with(mark)) && looks_like_a_secret(text)
}
