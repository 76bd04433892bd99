//! An embedded Databricks to try everything on and to test against: a real HTTP server on loopback.
//!
//! Each group of endpoints is a file with its own `routes()`: `discovery`, `identity`, `clusters`, `tokens`, `token_management`,
//! `workspace_conf`, `scim` and `principal_secrets` (service principals), `objects` (what permissions are granted on, and the
//! permissions), `pages`. `server` listens, `workspace` is what they share, `catalogue` lists the workspaces, `faults` injects
//! failures, `errors` answers as Databricks refuses. `account` is the host above the workspaces with `principals`, `assignments`
//! who may enter them, `oidc` the authorization server of all of them.

mod access;
mod account;
mod assignments;
mod auth;
mod catalogue;
mod clusters;
mod compute;
mod compute_choices;
mod cut;
mod discovery;
mod errors;
mod faults;
mod handles;
mod identity;
mod input;
mod jobs;
mod oauth_secret;
mod objects;
mod oidc;
mod pages;
mod paging;
mod place;
mod principal_secrets;
mod principals;
mod privileges;
mod scim;
mod server;
mod token_management;
mod token_store;
mod tokens;
mod unity_catalog;
mod warehouses;
mod workspace;
mod workspace_conf;

use std::{sync::Arc, time::Duration};

use serde_json::{Value, json};

use brickpass_core::connection::{
    AccountId, AuthKind, AuthMethod, BaseUrl, ClientId, Connection, ConnectionId, ConnectionName, Environment, Level, OAuthApp, SecretKind,
};

use account::Account;
use catalogue::{ACCOUNT_ID, Entry};
pub use faults::{Fault, OAuthFault};
pub use handles::{DemoAuthorization, DemoHandle};
use oidc::{Authority, Host, Realm};
use server::Server;
use workspace::Workspace;

const ACCOUNT_NAME: &str = "Acme account";

#[derive(Debug, Clone)]
pub struct DemoOptions {
    /// The first workspace's port; the others follow. 0 lets the system choose each.
    pub port: u16,
    /// Added to every answer.
    pub latency: Duration,
    /// The number of healthy workspaces besides the faulty ones.
    pub workspaces: usize,
}

impl Default for DemoOptions {
    fn default() -> Self {
        Self { port: 0, latency: Duration::ZERO, workspaces: 1 }
    }
}

/// One workspace of the demo. Its token is made at start and is worth nothing outside this process.
#[derive(Clone, serde::Serialize)]
pub struct DemoWorkspace {
    pub name: String,
    pub base_url: String,
    pub token: String,
    pub user: String,
}

/// The account above all workspaces.
#[derive(Debug, Clone, serde::Serialize)]
pub struct DemoAccount {
    pub base_url: String,
    pub account_id: String,
}

/// Somebody who can sign in on the demo's login page.
#[derive(Clone, serde::Serialize)]
pub struct DemoUser {
    pub name: String,
    pub password: String,
}

/// A service principal of the account, assigned to every workspace; there are others, which nobody has a secret of yet.
#[derive(Clone, serde::Serialize)]
pub struct DemoServicePrincipal {
    pub client_id: String,
    pub client_secret: String,
}

impl std::fmt::Debug for DemoWorkspace {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("DemoWorkspace").field("name", &self.name).field("base_url", &self.base_url).finish_non_exhaustive()
    }
}

/// Serves until dropped.
pub struct Demo {
    rooms: Vec<Room>,
    announced: Vec<DemoWorkspace>,
    authority: Arc<Authority>,
    account_connection: ConnectionId,
    _server: Server,
}

struct Room {
    entry: Entry,
    connection: ConnectionId,
    workspace: Arc<Workspace>,
}

impl Demo {
    /// Starts a runtime thread of its own, so that windows, command line and tests can start it alike.
    ///
    /// # Errors
    /// A port is taken.
    pub fn start(options: &DemoOptions) -> std::io::Result<Self> {
        let now = jiff::Timestamp::now();
        let entries = catalogue::entries(options.workspaces);
        let mut listeners = server::bind(options.port, entries.len() + 2)?;
        let above = listeners.split_off(entries.len());
        let origin_of = |listener: &std::net::TcpListener| Ok::<_, std::io::Error>(format!("http://{}", listener.local_addr()?));
        let mut hosts = Vec::with_capacity(entries.len() + above.len());
        for ((realm, name), listener) in [(Realm::Account, ACCOUNT_NAME), (Realm::Unified, "Acme")].into_iter().zip(&above) {
            hosts.push(Host { realm, name: name.to_owned(), origin: origin_of(listener)? });
        }
        for (entry, listener) in entries.iter().zip(&listeners) {
            hosts.push(Host { realm: Realm::Workspace(entry.workspace_id), name: entry.name.clone(), origin: origin_of(listener)? });
        }
        let authority = Arc::new(Authority::new(hosts));
        let mut rooms = Vec::with_capacity(entries.len());
        let mut announced = Vec::with_capacity(entries.len());
        let mut served = Vec::with_capacity(entries.len() + above.len());
        for (entry, listener) in entries.into_iter().zip(listeners) {
            let origin = origin_of(&listener)?;
            let workspace = Arc::new(Workspace::new(&entry, origin.clone(), Arc::clone(&authority), options.latency, now));
            announced.push(DemoWorkspace {
                name: entry.name.clone(),
                base_url: origin,
                token: workspace.token().to_owned(),
                user: entry.user.user_name(),
            });
            served.push((listener, server::router(Arc::clone(&workspace))));
            rooms.push(Room { entry, connection: ConnectionId::random(), workspace });
        }
        let workspaces: Vec<_> = rooms.iter().map(|room| Arc::clone(&room.workspace)).collect();
        for (realm, listener) in [Realm::Account, Realm::Unified].into_iter().zip(above) {
            let (origin, authority, workspaces) = (origin_of(&listener)?, Arc::clone(&authority), workspaces.clone());
            served.push((listener, account::router(Arc::new(Account { realm, origin, latency: options.latency, authority, workspaces }))));
        }
        Ok(Self { rooms, announced, authority, account_connection: ConnectionId::random(), _server: Server::start(served)? })
    }

    /// All workspaces, also those that are in no connection yet.
    #[must_use]
    pub fn workspaces(&self) -> &[DemoWorkspace] {
        &self.announced
    }

    /// The workspace of that name, to look at and to switch faults on.
    #[must_use]
    pub fn workspace(&self, name: &str) -> Option<DemoHandle> {
        self.rooms.iter().find(|room| room.entry.name == name).map(|room| DemoHandle::of(Arc::clone(&room.workspace)))
    }

    /// The connections that `brickpass --demo` shows, with their secrets: workspaces in every state and the account, each way to sign in.
    /// Nobody has signed in to the account yet. "Finance lakehouse" is not among them: it is there for the person to add.
    #[must_use]
    pub fn connections(&self) -> Vec<(Connection, Option<(SecretKind, String)>)> {
        let placed = self.rooms.iter().zip(&self.announced).filter_map(|(room, announced)| self.placed(room, announced));
        placed
            .chain(self.account_connection())
            .enumerate()
            .map(|(index, (it, secret))| (Connection { pinned: index < 2, ..it }, secret))
            .collect()
    }

    fn placed(&self, room: &Room, announced: &DemoWorkspace) -> Option<(Connection, Option<(SecretKind, String)>)> {
        let place = room.entry.place.as_ref()?;
        let (auth, secret) = match place.auth {
            AuthKind::PersonalAccessToken => {
                (AuthMethod::PersonalAccessToken, Some((SecretKind::PersonalAccessToken, announced.token.clone())))
            }
            AuthKind::Browser => (AuthMethod::Browser(OAuthApp::default()), None),
            AuthKind::ServicePrincipal => {
                let DemoServicePrincipal { client_id, client_secret } = self.service_principal();
                let client_id = ClientId::parse(&client_id).ok()?;
                (AuthMethod::ServicePrincipal { client_id, scopes: None }, Some((SecretKind::ClientSecret, client_secret)))
            }
        };
        let connection = Connection {
            id: room.connection,
            description: place.description.to_owned(),
            address_confirmed: true,
            workspace_id: Some(room.entry.workspace_id.to_string()),
            environment: place.environment.clone(),
            tags: place.tags.iter().map(|&tag| tag.to_owned()).collect(),
            folder: place.folder.to_owned(),
            ..Connection::new(
                ConnectionName::parse(&room.entry.name).ok()?,
                BaseUrl::read(&announced.base_url).ok()?.base_url,
                auth,
                Level::Workspace,
            )
        };
        Some((connection, secret))
    }

    fn account_connection(&self) -> Option<(Connection, Option<(SecretKind, String)>)> {
        let connection = Connection {
            id: self.account_connection,
            description: "All workspaces; sign in once to add them".to_owned(),
            address_confirmed: true,
            environment: Environment::Production,
            ..Connection::new(
                ConnectionName::parse(ACCOUNT_NAME).ok()?,
                BaseUrl::read(&self.account().base_url).ok()?.base_url,
                AuthMethod::Browser(OAuthApp::default()),
                Level::Account { account_id: AccountId::parse(ACCOUNT_ID).ok()? },
            )
        };
        Some((connection, None))
    }

    /// The account's own host; it also plays login.databricks.com (`/?destination_url=…`).
    #[must_use]
    pub fn account(&self) -> DemoAccount {
        self.account_at(Realm::Account)
    }

    /// One host for the account and all its workspaces: `X-Databricks-Workspace-Id` says which one a request is for.
    #[must_use]
    pub fn unified(&self) -> DemoAccount {
        self.account_at(Realm::Unified)
    }

    fn account_at(&self, realm: Realm) -> DemoAccount {
        DemoAccount { base_url: self.authority.origin(realm).to_owned(), account_id: ACCOUNT_ID.to_owned() }
    }

    /// The users that can sign in: the first one is in every workspace; the others are other people.
    #[must_use]
    pub fn users(&self) -> Vec<DemoUser> {
        self.authority.users()
    }

    #[must_use]
    pub fn service_principal(&self) -> DemoServicePrincipal {
        self.authority.service_principal().clone()
    }

    /// The authorization server of the account and its workspaces.
    #[must_use]
    pub fn authorization(&self) -> DemoAuthorization {
        DemoAuthorization::of(Arc::clone(&self.authority))
    }

    /// The first line that `brickpass demo` prints.
    #[must_use]
    pub fn announcement(&self) -> Value {
        json!({
            "workspaces": self.announced,
            "account": self.account(),
            "unified": self.unified(),
            "service_principal": self.service_principal(),
            "user": self.users().first(),
        })
    }
}
