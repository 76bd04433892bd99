//! The engine, asked for exports as the window asks it.

use brickpass_core::{
    connection::{AuthKind, AuthMethod, Connection, ConnectionId, Reviewed, Scopes, SecretKind},
    failure::Failure,
};
use brickpass_engine::{Export, ExportOf, ExportPlace, ExportRequest, Places, SaveExport};
use brickpass_interchange::{
    export,
    format::{Answers, Document, Format},
};
use brickpass_storage::{SecretId, Vault};

use super::{CLIENT_ID, HELPER};
use crate::support::{
    Home,
    desk::{self, World, form, memory_vault, with_vault},
};

/// What the engine keeps secrets in.
pub struct Kept(Vault);

impl World for Kept {}

pub type Desk = desk::Desk<Kept>;

impl Desk {
    pub fn new() -> Self {
        let home = Home::new();
        let vault = memory_vault(&home);
        Self::start(home, Kept(vault.clone()), |home| Places { helper: HELPER.to_owned(), ..with_vault(home, vault) })
    }

    /// `secret` counts for what has one.
    pub fn add(&mut self, name: &str, auth: AuthKind, base_url: &str, secret: &str) -> Connection {
        let reviewed = reviewed(name, auth, base_url, secret);
        self.save(reviewed)
    }

    /// A service principal that signs in with these scopes only.
    pub fn add_limited(&mut self, name: &str, scopes: &str, base_url: &str, secret: &str) -> Connection {
        let mut reviewed = reviewed(name, AuthKind::ServicePrincipal, base_url, secret);
        let AuthMethod::ServicePrincipal { scopes: limit, .. } = &mut reviewed.connection.auth else { unreachable!("made as one") };
        *limit = Some(Scopes::parse(scopes).unwrap());
        self.save(reviewed)
    }

    /// As a file that was edited by hand may have it.
    pub fn add_unconfirmed(&mut self, name: &str, base_url: &str, secret: &str) -> ConnectionId {
        let mut reviewed = reviewed(name, AuthKind::PersonalAccessToken, base_url, secret);
        reviewed.connection.address_confirmed = false;
        let id = reviewed.connection.id;
        self.save(reviewed);
        id
    }

    /// As another program, or the person, takes it out of the keyring.
    pub fn lose_secret_of(&self, connection: ConnectionId, auth: AuthKind) {
        let kind = if auth == AuthKind::ServicePrincipal { SecretKind::ClientSecret } else { SecretKind::PersonalAccessToken };
        self.0.delete(SecretId { connection, kind }).unwrap();
    }

    pub fn export(&mut self, id: ConnectionId, format: &Format, answers: &Answers, include_secret: bool) -> Result<Document, Failure> {
        self.exported(id, ExportRequest { format: format.id.to_owned(), answers: answers.clone(), include_secret })
    }

    pub fn exported(&mut self, id: ConnectionId, request: ExportRequest) -> Result<Document, Failure> {
        let lists = export::find(&request.format).is_some_and(|format| export::of_all(format).is_some());
        let of = if lists { ExportOf::All { at: Some(id) } } else { ExportOf::One(id) };
        self.ask(Export { of, request })
    }

    pub fn write(&mut self, document: Document, place: ExportPlace) -> Result<Vec<std::path::PathBuf>, Failure> {
        self.ask(SaveExport { of: ExportOf::All { at: None }, document: Box::new(document), place })
    }
}

fn reviewed(name: &str, auth: AuthKind, base_url: &str, secret: &str) -> Reviewed {
    form(name, |draft| {
        base_url.clone_into(&mut draft.base_url);
        draft.confirmed_origin = Some(base_url.to_owned());
        draft.auth = auth;
        if auth != AuthKind::Browser {
            draft.secret = secret.into();
        }
        if auth == AuthKind::ServicePrincipal {
            CLIENT_ID.clone_into(&mut draft.client_id);
        }
    })
}
