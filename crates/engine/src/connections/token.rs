//! A token that was made takes its place: stored, the connection saved with it, and noted. And notes go with the tokens that they are about.

use std::sync::Arc;

use jiff::Timestamp;
use secrecy::{ExposeSecret as _, SecretString};

use super::{list::broadcast, not_stored::NotStored, save::store as store_reviewed, test_result::keep_result};
use crate::{
    event::Event,
    owner::no_such_connection,
    request::Context,
    shared::Shared,
    testing::Subject,
    tokens::{accounts_have_none, expiring},
    vault,
};
use brickpass_core::{
    connection::{AuthKind, AuthMethod, BaseUrl, Connection, ConnectionId, Level, Reviewed, SecretKind, Status},
    failure::{Code, Failure},
};
use brickpass_databricks::rest::NewToken;
use brickpass_storage::{Entry, SecretId, SecretKey, TokenNote};

pub(crate) struct StoreToken {
    pub(crate) id: ConnectionId,
    pub(crate) new: NewToken,
    /// What it takes the place of; `None`: whatever is there.
    pub(crate) former: Option<Former>,
}

impl StoreToken {
    /// In its turn among everything else that is stored.
    pub(crate) fn store(self, context: &Context) -> impl Future<Output = Result<(), NotStored>> + Send + use<> {
        let shared = Arc::clone(&context.shared);
        let stored = context.writer.write(move || store(&shared, self));
        async move { stored.await.unwrap_or_else(|_| Err(NotStored::crashed())) }
    }
}

/// Replaced by nobody else in the meantime, or the one that is to be stored is for nothing.
pub(crate) struct Former {
    pub(crate) secret: SecretString,
    pub(crate) origin: String,
}

/// On failure everything is as it was, as far as is known.
fn store(shared: &Shared, token: StoreToken) -> Result<(), NotStored> {
    let StoreToken { id, new, former } = token;
    let entries = shared.library.load()?.entries;
    let found = entries.into_iter().find(|entry| entry.connection.id == id);
    let Entry { connection, revision, .. } = found.ok_or_else(|| NotStored::from(no_such_connection()))?;
    if matches!(connection.level, Level::Account { .. }) {
        return Err(accounts_have_none().into());
    }
    let key = SecretKey::of(&connection, SecretKind::PersonalAccessToken);
    // A connection that signs in otherwise is saved together with the token, which takes the lock by itself.
    let by_token = connection.auth.kind() == AuthKind::PersonalAccessToken;
    let alone = by_token.then(|| shared.library.lock_secrets()).transpose()?;
    if let Some(former) = &former {
        unchanged(shared, &connection, &key, former)?;
    }
    let origin = connection.base_url.origin();
    let subject = if by_token {
        // The entry says so already: whoever is editing it is not disturbed.
        put(shared, &key, &new.value)?;
        Subject::new(&connection, Some(&new.value))
    } else {
        let connection = Connection { auth: AuthMethod::PersonalAccessToken, sign_in_of: None, ..connection };
        let subject = Subject::new(&connection, Some(&new.value));
        let secret = Some((SecretKind::PersonalAccessToken, new.value));
        let snapshot = store_reviewed(shared, Reviewed { connection, secret }, Some(revision), &|| false)?;
        vault::store_sign_in(shared, id, true);
        broadcast(shared, snapshot);
        subject
    };
    drop(alone);
    let note = TokenNote { token_id: new.token.id, origin, comment: new.token.comment, expires_at: new.token.expires_at };
    if former.is_some() {
        renew_result(shared, id, &note);
    } else {
        keep_result(shared, id, &subject);
    }
    write_note(shared, id, Some(note));
    Ok(())
}

fn unchanged(shared: &Shared, connection: &Connection, key: &SecretKey, former: &Former) -> Result<(), NotStored> {
    let same_place = connection.auth.kind() == AuthKind::PersonalAccessToken && connection.base_url.origin() == former.origin;
    let stored = shared.vault().get(key)?;
    if same_place && stored.is_some_and(|stored| stored.expose_secret() == former.secret.expose_secret()) {
        return Ok(());
    }
    Err(NotStored::from(Failure::new(
        Code::Conflict,
        "This connection was changed in the meantime.",
        "Its token or address is no longer the one to replace; perhaps another window changed it.",
        "Check the connection, and try again if you still want to replace the token.",
    )))
}

fn put(shared: &Shared, key: &SecretKey, secret: &SecretString) -> Result<(), NotStored> {
    let vault = shared.vault();
    let noted = take_note(shared, key.id())?;
    vault.put(key, secret).map_err(NotStored::from).or_else(|not_stored| {
        // A write that was reported as failed may have come through.
        match vault.get(key) {
            Ok(Some(stored)) if stored.expose_secret() == secret.expose_secret() => Ok(()),
            _ => {
                put_back_note(shared, key.id(), noted, &not_stored);
                Err(not_stored)
            }
        }
    })
}

/// Its token was tried with a real call: what the last test found still holds, but for the end of the token.
fn renew_result(shared: &Shared, id: ConnectionId, note: &TokenNote) {
    let Some(mut last) = shared.history.load().remove(&id) else { return };
    if !matches!(last.state, Status::Ok | Status::Expiring) {
        return;
    }
    last.state = if expiring(note, Timestamp::now()).is_some() { Status::Expiring } else { Status::Ok };
    if let Some(tested) = shared.tested().get_mut(&id) {
        tested.last = last.clone();
    }
    shared.history.record(&[(id, Some(last.clone()))]);
    shared.outbox.send(Event::History(vec![(id, Some(last))]));
}

/// Before a token is replaced: a note never outlives the token that it is about.
pub(super) fn take_note(shared: &Shared, key: SecretId) -> Result<Option<TokenNote>, Failure> {
    if key.kind != SecretKind::PersonalAccessToken {
        return Ok(None);
    }
    let noted = shared.token_notes.load().remove(&key.connection);
    if noted.is_some() {
        let changes = [(key.connection, None)];
        shared.token_notes.record(&changes)?;
        shared.outbox.send(Event::TokenNotes(changes.into()));
    }
    Ok(noted)
}

/// The token was not replaced after all.
pub(super) fn put_back_note(shared: &Shared, key: SecretId, noted: Option<TokenNote>, not_stored: &NotStored) {
    if !not_stored.uncertain && noted.is_some() {
        write_note(shared, key.connection, noted);
    }
}

/// A connection that signs in otherwise, or elsewhere, does not use the token any more.
pub(super) fn drop_unfit_note(shared: &Shared, id: ConnectionId, auth: AuthKind, base_url: &BaseUrl) {
    let fits = |note: &TokenNote| auth == AuthKind::PersonalAccessToken && note.is_for(base_url);
    if shared.token_notes.load().get(&id).is_some_and(|note| !fits(note)) {
        write_note(shared, id, None);
    }
}

/// A copy signs in with the same token.
pub(super) fn copy_note(shared: &Shared, source: ConnectionId, copy: ConnectionId) {
    if let Some(note) = shared.token_notes.load().remove(&source) {
        write_note(shared, copy, Some(note));
    }
}

pub(super) fn forget_notes(shared: &Shared, ids: &[ConnectionId]) {
    let noted = shared.token_notes.load();
    for id in ids.iter().filter(|id| noted.contains_key(id)) {
        write_note(shared, *id, None);
    }
}

fn write_note(shared: &Shared, id: ConnectionId, note: Option<TokenNote>) {
    let changes = vec![(id, note)];
    // What is not noted is not known: less is told of the token, and nothing wrong.
    if shared.token_notes.record(&changes).is_ok() {
        shared.outbox.send(Event::TokenNotes(changes));
    }
}
