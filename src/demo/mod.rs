//! An embedded Databricks to try everything on and to test against: a real HTTP server on loopback.
//!
//! A room is a file with its own `routes()`: [`discovery`], [`identity`], [`clusters`], [`pages`]. [`server`] listens, [`workspace`] is what the
//! rooms share, [`catalogue`] says which workspaces there are, [`faults`] what they can be told to get wrong, [`errors`] how Databricks refuses.

mod catalogue;
mod clusters;
mod compute;
mod discovery;
mod errors;
mod faults;
mod gate;
mod identity;
mod pages;
mod server;
mod workspace;

use std::{sync::Arc, time::Duration};

use serde_json::{Value, json};

use crate::connection::{AuthMethod, BaseUrl, Connection, ConnectionId, ConnectionName, Level, Timeout};

use catalogue::Entry;
pub use faults::{Fault, OAuthFault};
use server::Server;
use workspace::Workspace;

#[derive(Debug, Clone)]
pub struct DemoOptions {
    /// The first workspace's port, the next ones follow; 0 lets the system choose each.
    pub port: u16,
    /// Added to every answer.
    pub latency: Duration,
    /// How many healthy workspaces besides the faulty ones.
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

/// A service principal of the account, assigned to every workspace.
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
        let listeners = server::bind(options.port, entries.len())?;
        let mut rooms = Vec::with_capacity(entries.len());
        let mut announced = Vec::with_capacity(entries.len());
        let mut served = Vec::with_capacity(entries.len());
        for (entry, listener) in entries.into_iter().zip(listeners) {
            let origin = format!("http://{}", listener.local_addr()?);
            let workspace = Arc::new(Workspace::new(&entry, origin.clone(), options.latency, now));
            announced.push(DemoWorkspace {
                name: entry.name.clone(),
                base_url: origin,
                token: workspace.token().to_owned(),
                user: entry.user.user_name(),
            });
            served.push((listener, Arc::clone(&workspace)));
            rooms.push(Room { entry, connection: ConnectionId::random(), workspace });
        }
        Ok(Self { rooms, announced, _server: Server::start(served)? })
    }

    /// All workspaces, also those that are in no connection yet.
    #[must_use]
    pub fn workspaces(&self) -> &[DemoWorkspace] {
        &self.announced
    }

    /// The workspace of that name, to look at and to switch faults on.
    #[must_use]
    pub fn workspace(&self, name: &str) -> Option<DemoHandle> {
        self.rooms.iter().find(|room| room.entry.name == name).map(|room| DemoHandle { workspace: Arc::clone(&room.workspace) })
    }

    /// The connections that `brickpass --demo` shows, with their tokens: a choice of workspaces in every state.
    /// "Finance lakehouse" is not among them: it is there for the person to add.
    #[must_use]
    pub fn connections(&self) -> Vec<(Connection, String)> {
        let placed = self.rooms.iter().zip(&self.announced).filter_map(|(room, announced)| {
            let place = room.entry.place.as_ref()?;
            let connection = Connection {
                id: room.connection,
                name: ConnectionName::parse(&room.entry.name).ok()?,
                description: place.description.to_owned(),
                base_url: BaseUrl::read(&announced.base_url).ok()?.base_url,
                address_confirmed: true,
                workspace_id: Some(room.entry.workspace_id.to_string()),
                timeout: Timeout::DEFAULT,
                auth: AuthMethod::PersonalAccessToken,
                level: Level::Workspace,
                sign_in_of: None,
                environment: place.environment.clone(),
                tags: place.tags.iter().map(|&tag| tag.to_owned()).collect(),
                folder: place.folder.to_owned(),
                pinned: false,
            };
            Some((connection, announced.token.clone()))
        });
        placed.enumerate().map(|(index, (connection, token))| (Connection { pinned: index < 2, ..connection }, token)).collect()
    }

    #[must_use]
    pub fn account(&self) -> DemoAccount {
        todo!()
    }

    /// The users that can sign in: the first one is in every workspace; the others are other people.
    #[must_use]
    pub fn users(&self) -> Vec<DemoUser> {
        todo!()
    }

    #[must_use]
    pub fn service_principal(&self) -> DemoServicePrincipal {
        todo!()
    }

    /// The authorization server of the account and its workspaces.
    #[must_use]
    pub fn authorization(&self) -> DemoAuthorization {
        todo!()
    }

    /// The first line that `brickpass demo` prints.
    #[must_use]
    pub fn announcement(&self) -> Value {
        json!({ "workspaces": self.announced })
    }
}

/// The authorization server: what it was asked, and what it shall get wrong. One for the account and all its workspaces.
#[derive(Clone)]
pub struct DemoAuthorization {}

impl DemoAuthorization {
    /// From the next request on; replaces the fault that was there.
    pub fn set_fault(&self, fault: OAuthFault) {
        let _ = fault;
        todo!()
    }

    pub fn clear_fault(&self) {
        todo!()
    }

    /// Registers `http://localhost:<port>` for the public client `databricks-cli`, besides 8020 to 8040.
    pub fn register_redirect_port(&self, port: u16) {
        let _ = port;
        todo!()
    }

    /// Of the access tokens that are issued from now on; an hour at first.
    pub fn set_access_token_lifetime(&self, lifetime: Duration) {
        let _ = lifetime;
        todo!()
    }

    /// Ends every access token that was issued so far, as if its time were over. Refresh tokens stay.
    pub fn expire_access_tokens(&self) {
        todo!()
    }

    /// Revokes every refresh token.
    pub fn revoke_all(&self) {
        todo!()
    }

    /// How many refresh requests were answered with new tokens.
    #[must_use]
    pub fn refreshes(&self) -> usize {
        todo!()
    }

    /// How often a used refresh token came again (which revokes its whole family).
    #[must_use]
    pub fn reuses(&self) -> usize {
        todo!()
    }

    /// How many codes were exchanged for tokens.
    #[must_use]
    pub fn exchanges(&self) -> usize {
        todo!()
    }

    /// The last thousand requests to the authorization server and the account, oldest first; no secrets in them.
    #[must_use]
    pub fn requests(&self) -> Vec<String> {
        todo!()
    }
}

/// One running workspace: what it was asked, and what it shall get wrong.
#[derive(Clone)]
pub struct DemoHandle {
    workspace: Arc<Workspace>,
}

impl DemoHandle {
    /// From the next request on; replaces the fault that was there.
    pub fn set_fault(&self, fault: Fault) {
        self.workspace.set_fault(Some(fault));
    }

    pub fn clear_fault(&self) {
        self.workspace.set_fault(None);
    }

    /// The ids of all its clusters, in the order in which the API lists them.
    #[must_use]
    pub fn cluster_ids(&self) -> Vec<String> {
        self.workspace.clusters.iter().map(|cluster| cluster.id.clone()).collect()
    }

    /// As `X-Databricks-Org-Id` says it.
    #[must_use]
    pub fn workspace_id(&self) -> String {
        self.workspace.id.to_string()
    }

    /// The last thousand requests, `GET /api/2.1/clusters/list?page_size=20`, oldest first.
    #[must_use]
    pub fn requests(&self) -> Vec<String> {
        self.workspace.requests()
    }
}
