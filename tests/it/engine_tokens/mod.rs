//! Personal access tokens, through the engine, against the demo: with a vault that can refuse, and a network that can lose what it carries.

mod known;
mod making;
mod rotation;

use std::{collections::BTreeSet, fs, path::PathBuf, time::Duration};

use brickpass_core::{
    connection::{Connection, ConnectionId, Draft, LastTest, Status},
    failure::Failure,
};
use brickpass_databricks::rest::{NewToken, TokenRequest};
use brickpass_demo::{Demo, DemoHandle, DemoWorkspace};
use brickpass_engine::{
    Event, GenerateToken, ListTokens, Refresh, RevokeTokens, RevokedTokens, RotateToken, Rotated, TokenList, TokenNote, UseToken,
};
use brickpass_storage::Vault;
use secrecy::ExposeSecret as _;

use crate::support::{
    Home,
    between::Between,
    desk::{self, World, file_vault, form, with_vault},
    on_demo::OnDemo,
};

const CREATE: &str = "POST /api/2.0/token/create";
const DELETE: &str = "POST /api/2.0/token/delete";
const ME: &str = "GET /api/2.0/preview/scim/v2/Me";
const LIST: &str = "GET /api/2.0/token/list";
const DAY: Duration = Duration::from_hours(24);

/// A workspace behind a network, and a vault that can refuse.
struct Service {
    handle: DemoHandle,
    workspace: DemoWorkspace,
    vault: Vault,
    net: Between,
    _demo: Demo,
}

impl World for Service {
    fn secrets(&self) -> Vec<String> {
        vec![self.workspace.token.clone()]
    }
}

type Desk = desk::Desk<Service>;

impl Desk {
    fn new() -> Self {
        let (OnDemo { demo, workspace, handle }, home) = (OnDemo::new(), Home::new());
        let net = Between::through(&workspace.base_url);
        let vault = file_vault(&home);
        let service = Service { handle, workspace, vault: vault.clone(), net, _demo: demo };
        Self::start(home, service, |home| with_vault(home, vault))
    }

    /// A saved connection with the token that the demo hands out.
    fn connection(&mut self) -> Connection {
        let token = self.workspace.token.clone();
        self.saved("Sales", |draft| draft.secret.expose_mut().push_str(&token))
    }

    fn saved(&mut self, name: &str, change: impl FnOnce(&mut Draft)) -> Connection {
        let base_url = self.net.base_url();
        self.save(form(name, |draft| {
            draft.base_url = base_url;
            change(draft);
        }))
    }

    fn edit(&mut self, connection: &Connection, change: impl FnOnce(&mut Draft)) {
        let mut draft = Draft::from_connection(connection);
        change(&mut draft);
        self.save(draft.review(&|_| false).result.unwrap());
    }

    /// The same, with a token that Brickpass has made.
    fn known(&mut self) -> (Connection, NewToken) {
        let connection = self.connection();
        let new = self.generate(connection.id, "CI", 90).unwrap();
        self.adopt(connection.id, &new).unwrap();
        (connection, new)
    }

    fn generate(&mut self, id: ConnectionId, comment: &str, days: u32) -> Result<NewToken, Failure> {
        self.ask(GenerateToken { id, token: request(comment, days) })
    }

    fn adopt(&mut self, id: ConnectionId, new: &NewToken) -> Result<(), Failure> {
        self.ask(UseToken { id, new: Box::new(new.clone()) })
    }

    fn rotate(&mut self, id: ConnectionId, days: u32) -> Result<Rotated, Failure> {
        self.ask(RotateToken { id, token: request("", days) })
    }

    fn revoke(&mut self, id: ConnectionId, token_ids: &[&str]) -> (Vec<String>, Vec<(String, Failure)>) {
        let token_ids = token_ids.iter().map(|id| (*id).to_owned()).collect();
        let RevokedTokens { revoked, failed } = self.ask(RevokeTokens { id, token_ids }).unwrap();
        (revoked, failed)
    }

    fn list(&mut self, id: ConnectionId) -> TokenList {
        self.ask(ListTokens { id }).unwrap()
    }

    fn test(&mut self, connection: &Connection) -> (Status, Vec<String>) {
        let report = self.test_with(connection, None);
        (report.state, report.hints)
    }

    /// As another window reads it.
    fn remembered(&mut self, id: ConnectionId) -> (Option<LastTest>, Option<TokenNote>) {
        let (mut history, mut note) = (None, None);
        // What was told before is older.
        while self.try_next_event().is_some() {}
        let _reading = self.pending(Refresh);
        self.until(|event| {
            match event {
                Event::TokenNotes(notes) => note = notes.iter().find(|it| it.0 == id).and_then(|it| it.1.clone()),
                Event::History(tests) => history = Some(tests.iter().find(|it| it.0 == id).and_then(|it| it.1.clone())),
                _ => {}
            }
            history.clone()
        });
        (history.flatten(), note)
    }

    fn stored(&self, id: ConnectionId) -> Option<String> {
        self.vault.get(&crate::support::token_key(id, &self.net.base_url())).unwrap().map(|secret| secret.expose_secret().to_owned())
    }

    fn ids(&self) -> BTreeSet<String> {
        self.handle.tokens().into_iter().map(|(id, _)| id).collect()
    }

    /// The vault can be read from now on, and not written.
    fn vault_refuses(&self) {
        refuse(&self.lock());
    }

    fn lock(&self) -> PathBuf {
        self.home.config_dir().join("vault.age.lock")
    }
}

fn request(comment: &str, days: u32) -> TokenRequest {
    TokenRequest { comment: comment.to_owned(), lifetime: Some(DAY * days), scopes: Vec::new() }
}

/// A folder where the lock should be.
fn refuse(lock: &std::path::Path) {
    let _ = fs::remove_file(lock);
    fs::create_dir(lock).unwrap();
}
