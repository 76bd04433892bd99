//! Other uses of a sign-in: a token for the command line, the workspaces of an account, and signing out.

use std::{collections::HashSet, sync::Arc};

use super::{
    activity::Done,
    api_context::ApiContext,
    blocking::blocking,
    connections,
    event::Event,
    owner::{self, Owned, may_use, owned},
    request::{Context, Order, Recorder, Request},
    shared::Shared,
};
use brickpass_core::{
    connection::{AuthKind, Connection, ConnectionId, Level},
    failure::{Code, Failure, Remedy},
};
use brickpass_databricks::{oauth::AccessToken, rest::AccountWorkspace, session::Revocation};
use brickpass_storage::AuditAction;

/// Gets a valid access token, for the command line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GetAccessToken {
    pub id: ConnectionId,
    /// Another one than is stored, where there are others.
    pub anew: bool,
}

impl Request for GetAccessToken {
    type Answer = AccessToken;

    const ORDER: Order = Order::Question;

    fn recorder(&self) -> Recorder<AccessToken> {
        let done = Done::new(self.id, AuditAction::AccessToken);
        Box::new(|outcome| vec![done.ended(outcome)])
    }

    async fn run(self, context: Context) -> Result<AccessToken, Failure> {
        let token = access_token(&context.shared, self.id, self.anew).await;
        // Before the answer, because the program may exit after it.
        context.shared.tell_of_vault();
        token
    }
}

async fn access_token(shared: &Arc<Shared>, id: ConnectionId, anew: bool) -> Result<AccessToken, Failure> {
    let Owned { owner, .. } = may_use(shared, id).await?;
    if anew { shared.sessions.renew(&owner).await } else { shared.sessions.access_token(&owner).await }
}

/// Lists the workspaces of the connection's account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ListWorkspaces {
    pub id: ConnectionId,
}

impl Request for ListWorkspaces {
    type Answer = Vec<AccountWorkspace>;

    const ORDER: Order = Order::Question;

    async fn run(self, context: Context) -> Result<Vec<AccountWorkspace>, Failure> {
        let workspaces = workspaces(&context.shared, self.id).await;
        context.shared.tell_of_vault();
        workspaces
    }
}

/// Adds connections that use the sign-in of an account connection: all or none.
#[derive(Debug, Clone, PartialEq)]
pub struct AddWorkspaces {
    pub connections: Vec<Connection>,
}

impl AddWorkspaces {
    fn ids(&self) -> Vec<ConnectionId> {
        self.connections.iter().map(|connection| connection.id).collect()
    }
}

impl Request for AddWorkspaces {
    type Answer = Vec<ConnectionId>;

    const ORDER: Order = Order::Write;

    fn recorder(&self) -> Recorder<Vec<ConnectionId>> {
        let ids = self.ids();
        Box::new(move |outcome| ids.into_iter().map(|id| Done::new(id, AuditAction::WorkspacesAdded).ended(outcome)).collect())
    }

    async fn run(self, context: Context) -> Result<Vec<ConnectionId>, Failure> {
        let ids = self.ids();
        blocking(move || add_workspaces(&context.shared, self.connections)).await??;
        Ok(ids)
    }
}

/// A number is added to a name that is already in use.
fn add_workspaces(shared: &Shared, connections: Vec<Connection>) -> Result<(), Failure> {
    let added = shared.library.load().and_then(|now| {
        let mut taken: HashSet<String> = now.entries.iter().map(|entry| entry.connection.name.as_str().to_lowercase()).collect();
        let renamed = connections.into_iter().map(|connection| {
            let is_taken = |name: &str| taken.contains(&name.to_lowercase());
            let name = if is_taken(connection.name.as_str()) { connection.name.copy_of(&is_taken) } else { connection.name.clone() };
            taken.insert(name.as_str().to_lowercase());
            Connection { name, ..connection }
        });
        shared.library.add_all(renamed.collect())
    });
    connections::broadcast(shared, added.map_err(|error| error.failure())?);
    Ok(())
}

/// Tries again to store sign-ins that the vault did not take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StoreSignIns;

/// Sign-ins that are still not stored, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnsavedSignIns {
    pub ids: Vec<ConnectionId>,
    pub failure: Option<Failure>,
}

impl Request for StoreSignIns {
    type Answer = UnsavedSignIns;

    const ORDER: Order = Order::Change;

    async fn run(self, context: Context) -> Result<UnsavedSignIns, Failure> {
        let sessions = &context.shared.sessions;
        let failure = sessions.store_unsaved(None).await.err();
        Ok(UnsavedSignIns { ids: sessions.unsaved(), failure })
    }
}

/// Signs out this connection and all others that use the sign-in: revoked if possible, deleted here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SignOut {
    pub id: ConnectionId,
}

/// The result of signing out: the user, and the server's answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedOut {
    pub users: Vec<ConnectionId>,
    pub revocation: Revocation,
}

impl Request for SignOut {
    type Answer = SignedOut;

    const ORDER: Order = Order::Change;

    fn recorder(&self) -> Recorder<SignedOut> {
        let id = self.id;
        let one = |id| Done::new(id, AuditAction::SignOut);
        Box::new(move |outcome| match outcome {
            Ok(signed_out) => signed_out.users.iter().copied().map(one).collect(),
            Err(failure) => vec![one(id).failed(failure)],
        })
    }

    async fn run(self, context: Context) -> Result<SignedOut, Failure> {
        let shared = &context.shared;
        let Owned { owner, users, .. } = context.unless_cancelled(owned(shared, self.id)).await?;
        let revocation = shared.sessions.sign_out(&owner).await?;
        if owner.auth.kind() == AuthKind::Browser {
            owner::everybody_has_to_sign_in(shared, users.clone()).await;
        }
        for &id in &users {
            shared.outbox.send(Event::SignInDescribed { id, outcome: Ok(None) });
        }
        shared.outbox.wake_cli_tokens();
        Ok(SignedOut { users, revocation })
    }
}

async fn workspaces(shared: &Arc<Shared>, id: ConnectionId) -> Result<Vec<AccountWorkspace>, Failure> {
    let owner = may_use(shared, id).await?.owner.id;
    let allowed = |level: &Level| if matches!(level, Level::Account { .. }) { Ok(()) } else { Err(no_account()) };
    let mut api = ApiContext::of(shared, owner, allowed).await?;
    let Some(account) = api.account_id() else { return Err(no_account()) };
    let account = &account;
    let listed = api.ask(|client, call| async move { client.account_workspaces(account, &call).await }).await;
    listed.map_err(|error| api.explained(error.failure))
}

fn no_account() -> Failure {
    Failure::new(
        Code::Unsupported,
        "This connection has no access to an account.",
        "It connects to a single workspace with its own sign-in.",
        "Add a connection at the account level first, then list its workspaces.",
    )
    .with_remedy(Remedy::EditBaseUrl)
}
