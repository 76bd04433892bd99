//! Which sign-in a connection uses, and notifications to all its users when it changes.

use std::{collections::HashMap, sync::Arc};

use jiff::Timestamp;
use tokio::sync::mpsc;

use super::{
    blocking::blocking,
    cli_tokens::CliTokensSignal,
    event::Event,
    request::{Context, Order, Request},
    shared::Shared,
};
use brickpass_core::{
    connection::{AuthKind, Connection, ConnectionId, LastTest, Status},
    failure::{Code, Failure, Remedy},
};
use brickpass_databricks::session::SignIn;

/// A saved connection, the owner of its sign-in (often itself), and all connections that use that sign-in.
pub(super) struct Owned {
    pub(super) connection: Connection,
    pub(super) owner: Connection,
    pub(super) users: Vec<ConnectionId>,
}

async fn saved(shared: &Arc<Shared>) -> Result<Vec<Connection>, Failure> {
    let reader = Arc::clone(shared);
    let snapshot = blocking(move || reader.library.load()).await?.map_err(|error| error.failure())?;
    Ok(snapshot.entries.into_iter().map(|entry| entry.connection).collect())
}

/// The owner of the sign-in of this connection, which may be unsaved or edited: the account's connection if it uses one, or else itself.
pub(super) async fn owner_of(shared: &Arc<Shared>, connection: &Connection) -> Result<Connection, Failure> {
    if connection.sign_in_of.is_none() {
        return Ok(connection.clone());
    }
    let all = saved(shared).await?;
    Ok(connection.owner_among(&all).clone())
}

/// As [`owner_of`], for a saved connection.
pub(super) async fn owned(shared: &Arc<Shared>, id: ConnectionId) -> Result<Owned, Failure> {
    let all = saved(shared).await?;
    let connection = all.iter().find(|connection| connection.id == id).ok_or_else(no_such_connection)?;
    let (connection, owner) = (connection.clone(), connection.owner_among(&all).clone());
    let users = users_of(owner.id, &all);
    Ok(Owned { connection, owner, users })
}

/// What the saved ones among these are called.
pub(super) async fn names(shared: &Arc<Shared>, of: &[ConnectionId]) -> Result<Vec<String>, Failure> {
    let all = saved(shared).await?;
    Ok(all.iter().filter(|connection| of.contains(&connection.id)).map(|connection| format!("\"{}\"", connection.name.as_str())).collect())
}

/// All connections that use the sign-in of `owner`, including itself.
fn users_of(owner: ConnectionId, all: &[Connection]) -> Vec<ConnectionId> {
    all.iter().filter(|connection| connection.owner_among(all).id == owner).map(|connection| connection.id).collect()
}

/// No token, and nothing by which one is had, goes to an address that nobody confirmed. The form asks; a file that was edited by hand or
/// handed over may name any host.
pub(super) fn confirmed(connection: &Connection) -> Result<(), Failure> {
    if connection.unconfirmed().is_empty() {
        return Ok(());
    }
    let (what, why) = match connection.auth.kind() {
        AuthKind::Browser => ("The sign-in was not started at", "a sign-in would send your tokens there"),
        AuthKind::PersonalAccessToken => ("Your token was not sent to", "your token would be sent there"),
        AuthKind::ServicePrincipal => ("The client secret was not sent to", "the secret would be sent there"),
    };
    Err(Failure::new(
        Code::InvalidInput,
        format!("{what} {}.", connection.base_url),
        format!("This is not a Databricks address, it has not been confirmed, and {why}."),
        "If you trust it, confirm it in the form or with: brickpass edit --trust-address",
    )
    .with_remedy(Remedy::EditBaseUrl))
}

pub(super) fn no_such_connection() -> Failure {
    Failure::new(
        Code::NoSuchConnection,
        "This connection is no longer in the list.",
        "It was removed, perhaps in another window.",
        "Reload the list.",
    )
    .with_remedy(Remedy::Reload)
}

/// Reports who is signed in whenever a sign-in was started, renewed, ended, or could not be stored; ends with the sessions.
pub(super) async fn watch(shared: Arc<Shared>, mut changes: mpsc::UnboundedReceiver<ConnectionId>, cli_tokens: CliTokensSignal) {
    while let Some(owner) = changes.recv().await {
        shared.tell_unsaved();
        cli_tokens.raise();
        let told = Arc::clone(&shared);
        // A failure for one sign-in must not end the watch over the others.
        let _ = tokio::spawn(async move { describe(&told, owner).await }).await;
    }
}

async fn describe(shared: &Arc<Shared>, owner: ConnectionId) {
    let Ok(Owned { owner, users, .. }) = owned(shared, owner).await else { return };
    let outcome = shared.sessions.signed_in_as(&owner).await;
    for id in users {
        shared.outbox.send(Event::SignInDescribed { id, outcome: outcome.clone() });
    }
}

/// Gets who is signed in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DescribeSignIn {
    pub id: ConnectionId,
}

impl Request for DescribeSignIn {
    /// `None`: no user.
    type Answer = Option<SignIn>;

    const ORDER: Order = Order::Question;

    async fn run(self, context: Context) -> Result<Option<SignIn>, Failure> {
        match owned(&context.shared, self.id).await {
            Ok(Owned { owner, .. }) => context.shared.sessions.signed_in_as(&owner).await,
            // Not saved yet: no user is signed in.
            Err(failure) if failure.code == Code::NoSuchConnection => Ok(None),
            Err(failure) => Err(failure),
        }
    }
}

/// A saved connection with a token that may be used and may be sent to its address.
pub(super) async fn may_use(shared: &Arc<Shared>, id: ConnectionId) -> Result<Owned, Failure> {
    let found = owned(shared, id).await?;
    confirmed(&found.connection)?;
    confirmed(&found.owner)?;
    Ok(found)
}

/// After a sign-in, the state "not signed in" is removed. The next test sets the new state.
pub(super) async fn nobody_has_to_sign_in(shared: &Arc<Shared>, users: Vec<ConnectionId>) {
    let concerned = |known: &History, id: &ConnectionId| known.get(id).is_some_and(|last| last.state == Status::SignIn);
    note(shared, move |known| users.into_iter().filter(|id| concerned(known, id)).map(|id| (id, None)).collect()).await;
}

/// After a sign-out, all its connections need a sign-in, whatever the last test found.
pub(super) async fn everybody_has_to_sign_in(shared: &Arc<Shared>, users: Vec<ConnectionId>) {
    let needed = LastTest { state: Status::SignIn, tested_at: Timestamp::now(), duration_ms: 0 };
    note(shared, move |_| users.into_iter().map(|id| (id, Some(needed.clone()))).collect()).await;
}

type History = HashMap<ConnectionId, LastTest>;

/// Updates the stored results of the last tests.
async fn note(shared: &Arc<Shared>, change: impl FnOnce(&History) -> Vec<(ConnectionId, Option<LastTest>)> + Send + 'static) {
    let keeper = Arc::clone(shared);
    let noted = blocking(move || {
        let changes = change(&keeper.history.load());
        keeper.tested().retain(|id, _| !changes.iter().any(|(changed, _)| changed == id));
        if !changes.is_empty() {
            keeper.history.record(&changes);
        }
        changes
    });
    // A cache: when it cannot be written, the next test does it.
    if let Ok(changes) = noted.await
        && !changes.is_empty()
    {
        shared.outbox.send(Event::History(changes));
    }
}
