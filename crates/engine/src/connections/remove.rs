//! Connections are removed: off the list at once, their secrets when that can no longer be undone.

use std::{collections::HashMap, sync::Arc, time::Duration};

use secrecy::SecretString;
use tokio::runtime::Handle;

use super::{list::broadcast, token};
use crate::{
    activity::{self, Done},
    blocking::blocking,
    request::{Context, Order, Recorder, Request},
    shared::Shared,
    tokens::{Parting, RemovedTokens, revoke_removed},
};
use brickpass_core::{
    connection::{Connection, ConnectionId},
    failure::Failure,
};
use brickpass_databricks::session::Revocation;
use brickpass_storage::{AuditAction, Entry, SecretId, SecretKey};

/// A removal that another window may still undo is left alone for this long.
const OTHERS_UNDO: Duration = Duration::from_mins(1);

/// Takes connections off the list; their secrets stay until [`Purge`]. The answer: what was removed, for [`Restore`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remove {
    pub ids: Vec<ConnectionId>,
}

impl Request for Remove {
    type Answer = Vec<Entry>;

    const ORDER: Order = Order::Write;

    fn recorder(&self) -> Recorder<Vec<Entry>> {
        let ids = self.ids.clone();
        let one = |id| Done::new(id, AuditAction::Remove);
        Box::new(move |outcome| match outcome {
            Ok(entries) => entries.iter().map(|entry| one(entry.connection.id)).collect(),
            Err(failure) => ids.into_iter().map(|id| one(id).failed(failure)).collect(),
        })
    }

    async fn run(self, context: Context) -> Result<Vec<Entry>, Failure> {
        let shared = Arc::clone(&context.shared);
        let removed = blocking(move || remove(&shared, &self.ids)).await?;
        context.shared.outbox.wake_cli_tokens();
        removed
    }
}

fn remove(shared: &Shared, ids: &[ConnectionId]) -> Result<Vec<Entry>, Failure> {
    let before = shared.library.load().map_err(|error| error.failure())?.entries;
    let snapshot = shared.library.remove(ids).map_err(|error| error.failure())?;
    broadcast(shared, snapshot);
    Ok(before.into_iter().filter(|entry| ids.contains(&entry.connection.id)).collect())
}

/// Undoes [`Remove`].
#[derive(Debug, Clone, PartialEq)]
pub struct Restore {
    pub entries: Vec<Entry>,
}

impl Request for Restore {
    type Answer = ();

    const ORDER: Order = Order::Write;

    fn recorder(&self) -> Recorder<()> {
        let ids: Vec<ConnectionId> = self.entries.iter().map(|entry| entry.connection.id).collect();
        Box::new(move |outcome| ids.into_iter().map(|id| Done::new(id, AuditAction::Restore).ended(outcome)).collect())
    }

    async fn run(self, context: Context) -> Result<(), Failure> {
        let shared = Arc::clone(&context.shared);
        let restored = blocking(move || {
            let snapshot = shared.library.restore(self.entries).map_err(|error| error.failure())?;
            broadcast(&shared, snapshot);
            Ok(())
        });
        let restored = restored.await?;
        context.shared.outbox.wake_cli_tokens();
        restored
    }
}

/// Deletes the secrets of removed connections, and ends their sign-ins at the servers.
#[derive(Debug, Clone)]
pub struct Purge {
    pub ids: Vec<ConnectionId>,
    /// Those of them, as they were saved, whose tokens are then revoked at Databricks.
    pub revoke: Vec<Connection>,
}

/// What [`Purge`] came to.
#[derive(Debug, Clone)]
pub struct Purged {
    /// Their secrets are deleted.
    pub ids: Vec<ConnectionId>,
    /// How the servers took the end of their sign-ins.
    pub revocation: Revocation,
    /// What became of the tokens that were to be revoked.
    pub tokens: RemovedTokens,
    /// Some secrets could not be deleted; the next start tries again.
    pub failure: Option<Failure>,
}

impl Purged {
    /// What a person should read: secrets that could not be deleted, else sign-ins that could not be ended.
    #[must_use]
    pub fn problem(self) -> Option<Failure> {
        self.failure.or(if let Revocation::Failed(failure) = self.revocation { Some(failure) } else { None })
    }
}

impl Request for Purge {
    type Answer = Purged;

    const ORDER: Order = Order::Write;

    fn recorder(&self) -> Recorder<Purged> {
        Box::new(|outcome| {
            let Ok(Purged { tokens: RemovedTokens { revoked, left, failure }, .. }) = outcome else { return Vec::new() };
            let one = |id: &ConnectionId| Done::new(*id, AuditAction::TokenRevoked);
            let gone = revoked.iter().map(|(id, token)| one(id).with(activity::token_id(token)));
            let failed = left.iter().zip(std::iter::repeat(failure)).filter_map(|(id, failure)| Some(one(id).failed(failure.as_ref()?)));
            gone.chain(failed).collect()
        })
    }

    async fn run(self, context: Context) -> Result<Purged, Failure> {
        let shared = Arc::clone(&context.shared);
        let purged = blocking(move || purge(&shared, &self.ids, self.revoke)).await?;
        context.shared.outbox.wake_cli_tokens();
        purged
    }
}

/// Only what is still off the list: a removal that was undone in the meantime keeps its secrets.
fn purge(shared: &Arc<Shared>, ids: &[ConnectionId], revoke: Vec<Connection>) -> Result<Purged, Failure> {
    let snapshot = shared.library.load().map_err(|error| error.failure())?;
    let gone: Vec<ConnectionId> = snapshot.tombstones.into_iter().filter(|id| ids.contains(id)).collect();
    let stay = snapshot.entries;
    let stay = || stay.iter().map(|entry| &entry.connection);
    let parting = revoke.into_iter().filter(|connection| gone.contains(&connection.id));
    let partings: Vec<Parting> = parting.map(|connection| Parting::of(shared, connection, stay())).collect();
    let vault = shared.vault();
    let mut deleted = Vec::new();
    let mut failure = None;
    // What is needed to end them at their servers, read before it is deleted.
    let sign_in = |&connection: &ConnectionId| vault.get(&SecretKey::sign_in(connection)).ok().flatten();
    let sign_ins: HashMap<ConnectionId, SecretString> = gone.iter().filter_map(|id| Some((*id, sign_in(id)?))).collect();
    if vault.delete_all(&gone.iter().copied().flat_map(SecretId::all_of).collect::<Vec<_>>()).is_ok() {
        deleted.extend(&gone);
    } else {
        for &connection in &gone {
            match vault.delete_all(&SecretId::all_of(connection)) {
                Ok(()) => deleted.push(connection),
                Err(error) => failure = Some(error.failure()),
            }
        }
    }
    for connection in &deleted {
        shared.sessions.remove(*connection);
    }
    if !deleted.is_empty() {
        let forgotten: Vec<_> = deleted.iter().map(|id| (*id, None)).collect();
        shared.history.record(&forgotten);
        token::forget_notes(shared, &deleted);
        if let Err(error) = shared.library.drop_tombstones(&deleted) {
            failure = Some(error.failure());
        }
    }
    let ended: Vec<SecretString> = sign_ins.into_iter().filter(|(id, _)| deleted.contains(id)).map(|(_, stored)| stored).collect();
    let sign_ins_end = async { if ended.is_empty() { Revocation::Revoked } else { shared.sessions.revoke_removed(ended).await } };
    let token_revocation = revoke_removed(shared, partings, &deleted);
    let (revocation, tokens) = Handle::current().block_on(async { tokio::join!(sign_ins_end, token_revocation) });
    Ok(Purged { ids: deleted, revocation, tokens, failure })
}

/// As [`Purge`], where no request waits for it: what went wrong is broadcast.
pub(super) fn purge_unasked(shared: &Arc<Shared>, ids: &[ConnectionId]) {
    match purge(shared, ids, Vec::new()).map(Purged::problem) {
        Ok(None) => {}
        Ok(Some(failure)) | Err(failure) => shared.fail(failure),
    }
}

/// Removals whose secrets could not be deleted, or whose window was killed: tried again, once no other window can still undo them.
pub(super) fn purge_what_was_left(shared: &Arc<Shared>) {
    let shared = Arc::clone(shared);
    tokio::spawn(async move {
        let reader = Arc::clone(&shared);
        let Ok(Ok(at_start)) = blocking(move || reader.library.load()).await else { return };
        if at_start.tombstones.is_empty() {
            return;
        }
        tokio::time::sleep(OTHERS_UNDO).await;
        let worker = Arc::clone(&shared);
        if let Err(failure) = blocking(move || purge_unasked(&worker, &at_start.tombstones)).await {
            shared.fail(failure);
        }
    });
}
