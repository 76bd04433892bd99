//! What goes into one export: a connection, and what a person can type besides.

use brickpass_core::{
    connection::{AuthKind, Connection, ConnectionId, ConnectionName, Draft},
    failure::Failure,
};
use brickpass_interchange::{
    export,
    format::{Answers, Document, Subject},
};
use secrecy::SecretString;

pub const URL: &str = "https://adb-1234567890123456.7.azuredatabricks.net";
pub const HOST: &str = "adb-1234567890123456.7.azuredatabricks.net";
pub const PATH: &str = "/sql/1.0/warehouses/abc123def4567890";
pub const CLUSTER: &str = "0101-120000-abcd1234";
pub const CLIENT_ID: &str = "12345678-90ab-cdef-1234-567890abcdef";
pub const HELPER: &str = "/opt/brickpass/brickpass-credential";

pub fn connection(auth: AuthKind, base_url: &str) -> Connection {
    let mut draft = Draft::new(ConnectionId::random());
    "Sales".clone_into(&mut draft.name);
    base_url.clone_into(&mut draft.base_url);
    draft.auth = auth;
    draft.confirmed_origin = Some(base_url.to_owned());
    if auth == AuthKind::ServicePrincipal {
        CLIENT_ID.clone_into(&mut draft.client_id);
    }
    if auth != AuthKind::Browser {
        draft.secret = "dose0123456789".into();
    }
    draft.review(&|_| false).result.expect("a valid form").connection
}

#[derive(Clone)]
pub struct Asked {
    pub connection: Connection,
    pub profile: String,
    pub secret: Option<String>,
    pub answers: Answers,
}

impl Asked {
    pub fn of(auth: AuthKind) -> Self {
        Self { connection: connection(auth, URL), profile: "sales".to_owned(), secret: None, answers: Answers::default() }
    }

    /// Of a personal access token, with these answers.
    pub fn pat(answers: &[(&str, &str)]) -> Self {
        answers.iter().fold(Self::of(AuthKind::PersonalAccessToken), |asked, (field, value)| asked.set(field, value))
    }

    pub fn set(mut self, field: &str, value: &str) -> Self {
        self.answers.set(field, value);
        self
    }

    pub fn secret(self, secret: &str) -> Self {
        Self { secret: Some(secret.to_owned()), ..self }
    }

    pub fn profile(self, profile: &str) -> Self {
        Self { profile: profile.to_owned(), ..self }
    }

    /// `None`: no connection can be called so.
    pub fn name(mut self, name: &str) -> Option<Self> {
        self.connection.name = ConnectionName::parse(name).ok()?;
        Some(self)
    }

    /// Puts a value into a place: one of the connection's own, or a field of the format. `None`: no connection can have it there.
    pub fn put(mut self, place: &str, value: &str) -> Option<Self> {
        match place {
            "name of connection" => return self.name(value),
            "description" => value.clone_into(&mut self.connection.description),
            "folder" => value.clone_into(&mut self.connection.folder),
            "token" | "client secret" => return Some(self.secret(value)),
            "profile" => return Some(self.profile(value)),
            field => self.answers.set(field, value),
        }
        Some(self)
    }

    /// What is meant by a value in a place. `None`: nothing, or what stands there by default.
    pub fn meant(&self, place: &str, value: &str) -> Option<String> {
        match place {
            "name of connection" => Some(self.connection.name.as_str().to_owned()),
            "description" | "folder" | "token" | "client secret" | "profile" => Some(value.to_owned()),
            // Blanks around what is typed are the person's mistake.
            _ => Some(value.trim()).filter(|value| !value.is_empty()).map(str::to_owned),
        }
    }

    pub fn write(&self, format: &str) -> Result<Document, Failure> {
        let secret = self.secret.clone().map(SecretString::from);
        let subject = Subject { connection: &self.connection, secret: secret.as_ref(), profile: &self.profile, helper: HELPER };
        export::find(format).unwrap().write(&subject, &self.answers)
    }
}
