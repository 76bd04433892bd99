//! An engine with a vault in memory, asked for exports as the window asks it.

use brickpass::{
    connection::{AuthKind, Connection, ConnectionId, Draft, Reviewed, SecretKind},
    engine::{Command, Engine, Event, Events, ExportPlace, ExportRequest, Places, RunId},
    failure::Failure,
    interchange::format::{Answers, Document, Format},
    storage::{SecretKey, Vault, VaultConfig, VaultHome},
};

use super::{CLIENT_ID, HELPER};
use crate::support::Home;

pub struct Desk {
    pub home: Home,
    pub engine: Engine,
    vault: Vault,
    events: Events,
}

impl Desk {
    pub fn new() -> Self {
        let home = Home::new();
        let vault = Vault::new(VaultConfig { home: VaultHome::Memory, file: home.config_dir().join("vault.age"), passphrase: None });
        let places = Places { vault: Some(vault.clone()), helper: HELPER.to_owned(), ..Places::new(home.config_dir(), home.state_dir()) };
        let (engine, events) = Engine::start(places, || {}).unwrap();
        let mut desk = Self { home, engine, vault, events };
        desk.engine.send(Command::Start);
        desk.until(|event| matches!(event, Event::History(_)).then_some(()));
        desk
    }

    pub fn until<T>(&mut self, mut pick: impl FnMut(Event) -> Option<T>) -> T {
        loop {
            if let Some(found) = pick(self.events.wait().expect("the engine lives")) {
                return found;
            }
        }
    }

    /// `secret` counts for what has one.
    pub fn add(&mut self, name: &str, auth: AuthKind, base_url: &str, secret: &str) -> Connection {
        let reviewed = reviewed(name, auth, base_url, secret);
        let connection = reviewed.connection.clone();
        self.keep(reviewed);
        connection
    }

    /// As a file that was edited by hand may have it.
    pub fn add_unconfirmed(&mut self, name: &str, base_url: &str, secret: &str) -> ConnectionId {
        let mut reviewed = reviewed(name, AuthKind::PersonalAccessToken, base_url, secret);
        reviewed.connection.address_confirmed = false;
        let id = reviewed.connection.id;
        self.keep(reviewed);
        id
    }

    fn keep(&mut self, reviewed: Reviewed) {
        self.engine.send(Command::Save { reviewed: Box::new(reviewed), base: None });
        self.until(|event| matches!(event, Event::Saved { .. }).then_some(()));
    }

    /// As another program, or the person, takes it out of the keyring.
    pub fn lose_secret_of(&self, connection: ConnectionId, auth: AuthKind) {
        let kind = if auth == AuthKind::ServicePrincipal { SecretKind::ClientSecret } else { SecretKind::PersonalAccessToken };
        self.vault.delete(SecretKey { connection, kind }).unwrap();
    }

    pub fn export(&mut self, id: ConnectionId, format: &Format, answers: &Answers, include_secret: bool) -> Result<Document, Failure> {
        self.ask(id, ExportRequest { format: format.id.to_owned(), answers: answers.clone(), include_secret, only: false })
    }

    pub fn ask(&mut self, id: ConnectionId, request: ExportRequest) -> Result<Document, Failure> {
        self.engine.send(Command::Export { run: RunId(1), id, request });
        self.until(|event| if let Event::Exported { outcome, .. } = event { Some(outcome) } else { None })
    }

    pub fn save(&mut self, document: Document, place: ExportPlace) -> Result<Vec<std::path::PathBuf>, Failure> {
        self.engine.send(Command::SaveExport { run: RunId(1), id: ConnectionId::random(), document: Box::new(document), place });
        self.until(|event| if let Event::ExportSaved { outcome, .. } = event { Some(outcome) } else { None })
    }
}

fn reviewed(name: &str, auth: AuthKind, base_url: &str, secret: &str) -> Reviewed {
    let mut draft = Draft::new(ConnectionId::random());
    name.clone_into(&mut draft.name);
    base_url.clone_into(&mut draft.base_url);
    draft.confirmed_origin = Some(base_url.to_owned());
    draft.auth = auth;
    if auth != AuthKind::Browser {
        draft.secret = secret.into();
    }
    if auth == AuthKind::ServicePrincipal {
        CLIENT_ID.clone_into(&mut draft.client_id);
    }
    draft.review(&|_| false).result.expect("a valid form")
}
