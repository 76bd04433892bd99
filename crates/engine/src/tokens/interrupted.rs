//! Notes about token replacements in progress, and what a killed process left behind.

use std::{path::Path, sync::Arc};

use jiff::Timestamp;

use super::{account::Account, mark::Mark};
use crate::{blocking::blocking, shared::Shared};
use brickpass_core::{
    connection::{Connection, ConnectionId, SecretKind},
    failure::Failure,
};
use brickpass_databricks::rest::{NewToken, Token};
use brickpass_storage::{Begun, Fingerprint, Journal, LeftOver, SecretKey, Snapshot, TokenChange, Unfinished};

/// A replacement in progress. If dropped without `end`, it is reported at the next start.
pub(super) struct UnderWay {
    note: Unfinished,
    change: TokenChange,
}

impl UnderWay {
    /// Before the first request that changes something.
    pub(super) async fn begin(shared: &Arc<Shared>, connection: ConnectionId, mark: &Mark, old: Option<String>) -> Result<Self, Failure> {
        let change = TokenChange { connection, mark: mark.to_string(), old, new: None, fingerprint: None, stored: false };
        Self::note(shared, change).await
    }

    /// Of a token that is there already and is to be stored.
    pub(super) async fn adopting(shared: &Arc<Shared>, connection: ConnectionId, new: &NewToken) -> Result<Self, Failure> {
        let mark = Mark::of(&new.token.comment).map(|mark| mark.to_string()).unwrap_or_default();
        let (new, fingerprint) = (Some(new.token.id.clone()), Some(Fingerprint::of(&new.value)));
        Self::note(shared, TokenChange { connection, mark, old: None, new, fingerprint, stored: false }).await
    }

    async fn note(shared: &Arc<Shared>, change: TokenChange) -> Result<Self, Failure> {
        let keeper = Arc::clone(shared);
        blocking(move || {
            let note = keeper.journal.begin(Timestamp::now(), &Begun::Token(change.clone()))?;
            Ok(Self { note, change })
        })
        .await?
    }

    /// There is a new one.
    pub(super) async fn made(self, new: &NewToken) -> Result<Self, Failure> {
        let (id, fingerprint) = (new.token.id.clone(), Fingerprint::of(&new.value));
        self.further(|change| {
            change.new = Some(id);
            change.fingerprint = Some(fingerprint);
        })
        .await
    }

    /// The connection signs in with it.
    pub(super) async fn stored(self) -> Result<Self, Failure> {
        self.further(|change| change.stored = true).await
    }

    async fn further(mut self, step: impl FnOnce(&mut TokenChange)) -> Result<Self, Failure> {
        step(&mut self.change);
        blocking(move || {
            // The previous note is less specific, but correct.
            let _ = self.note.note(&Begun::Token(self.change.clone()));
            self
        })
        .await
    }

    pub(super) async fn end(self) {
        // A remaining note is reported once more and does no harm.
        let _ = blocking(move || self.note.end()).await;
    }
}

/// The tokens that interrupted changes of this connection left, among those that it has: their ids. Changes that left none are settled.
pub(super) async fn left_among(shared: &Arc<Shared>, connection: ConnectionId, tokens: &[Token]) -> Vec<String> {
    let (reader, tokens) = (Arc::clone(shared), tokens.to_vec());
    let found = blocking(move || {
        let mut all = Vec::new();
        for (left, change) in changes(&reader.journal, connection) {
            let change = with_its_id(&reader, &left, change, &tokens);
            let unused = unused(&reader, &change);
            match unused.filter(|id| tokens.iter().any(|token| token.id == *id)) {
                Some(still) => all.push(still),
                None => reader.journal.settle(&left),
            }
        }
        all
    });
    found.await.unwrap_or_default()
}

/// If the answer was lost with the process, the token is found by its mark.
fn with_its_id(shared: &Shared, left: &LeftOver, mut change: TokenChange, tokens: &[Token]) -> TokenChange {
    let Some(mark) = Mark::of(&change.mark).filter(|_| change.new.is_none()) else { return change };
    change.new = tokens.iter().find(|token| mark.is_on(&token.comment)).map(|token| token.id.clone());
    if change.new.is_some() {
        shared.journal.learn(left, &Begun::Token(change.clone()));
    }
    change
}

/// Which of the two is not what the connection signs in with.
fn unused(shared: &Shared, change: &TokenChange) -> Option<String> {
    let stored = || {
        let entries = shared.library.load().ok()?.entries;
        let entry = entries.into_iter().find(|entry| entry.connection.id == change.connection)?;
        shared.vault().get(&SecretKey::of(&entry.connection, SecretKind::PersonalAccessToken)).ok().flatten()
    };
    let is_new =
        change.stored || change.fingerprint.as_ref().is_some_and(|fingerprint| stored().is_some_and(|stored| fingerprint.fits(&stored)));
    let unused = if is_new { change.old.clone() } else { change.new.clone() };
    // The notes may have changed since: a token in use is not left over.
    let in_use = shared.token_notes.load().remove(&change.connection).map(|note| note.token_id);
    unused.filter(|id| in_use.as_ref() != Some(id))
}

/// They are revoked: the interrupted change no longer needs to be finished.
pub(super) async fn revoked(shared: &Arc<Shared>, connection: ConnectionId, token_ids: &[String]) {
    let (keeper, token_ids) = (Arc::clone(shared), token_ids.to_vec());
    let settled = blocking(move || {
        for (left, change) in changes(&keeper.journal, connection) {
            let named = [&change.old, &change.new].into_iter().flatten().any(|id| token_ids.contains(id));
            if named {
                keeper.journal.settle(&left);
            }
        }
    });
    // The rest is handled at the next list.
    let _ = settled.await;
}

/// Before another change of this connection: revokes its leftover tokens from earlier changes. Returns the messages to show.
pub(super) async fn finish(account: &mut Account) -> Vec<String> {
    let (shared, connection) = (Arc::clone(account.shared()), account.connection().clone());
    let reader = Arc::clone(&shared);
    let id = connection.id;
    let any = blocking(move || !changes(&reader.journal, id).is_empty()).await.unwrap_or_default();
    if !any {
        return Vec::new();
    }
    let Ok(tokens) = account.list().await else { return Vec::new() };
    let mut gone = Vec::new();
    for token_id in left_among(&shared, id, &tokens).await {
        if account.revoke(&token_id).await.is_ok() {
            gone.push(token_id);
        }
    }
    revoked(&shared, id, &gone).await;
    let name = connection.name.as_str();
    gone.into_iter().map(|id| format!("Token {id} was left over from an interrupted rotation of {name}. It has been revoked.")).collect()
}

fn changes(journal: &Journal, connection: ConnectionId) -> Vec<(LeftOver, TokenChange)> {
    let of_it = |left: LeftOver| match left.begun.clone() {
        Begun::Token(change) if change.connection == connection => Some((left, change)),
        _ => None,
    };
    journal.left_over().into_iter().filter_map(of_it).collect()
}

/// What interrupted changes of tokens have left, a sentence or more each.
#[must_use]
pub fn interrupted_token_changes(state_dir: &Path, snapshot: &Snapshot) -> Vec<String> {
    let words = |left: LeftOver| match &left.begun {
        Begun::Token(change) => {
            let connection = snapshot.entries.iter().map(|entry| &entry.connection).find(|it| it.id == change.connection);
            connection.map(|connection| words(left.since, change, connection))
        }
        Begun::Save { .. } => None,
    };
    Journal::new(state_dir).left_over().into_iter().filter_map(words).collect()
}

fn words(since: Timestamp, change: &TokenChange, connection: &Connection) -> String {
    let name = format!("\"{}\"", connection.name.as_str());
    let day = since.strftime("%Y-%m-%d %H:%M UTC");
    let (what, revoke) = match change.old {
        Some(_) => ("rotation", format!("To revoke what is left over: brickpass pat list {name}, then brickpass pat revoke {name} ID")),
        None => ("change", format!("To find what is left over: brickpass pat list {name}")),
    };
    let began = format!("A {what} of the token of {name} was interrupted on {day}");
    match (&change.old, &change.new) {
        (Some(old), _) if change.stored => {
            format!("{began}: token {old} may still be valid. To revoke it: brickpass pat revoke {name} {old}")
        }
        (Some(old), Some(new)) => format!("{began}: tokens {old} and {new} may both be valid. {revoke}"),
        (None, Some(new)) if !change.stored => format!("{began}: token {new} may be valid and unused. {revoke}"),
        (_, Some(_)) => format!("{began}. {revoke}"),
        (_, None) => format!("{began}: a token whose comment ends in{} may be valid, and its value is lost. {revoke}", change.mark),
    }
}
