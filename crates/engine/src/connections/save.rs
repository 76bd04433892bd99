//! A connection is saved, with its secret first; or a copy of one.

use std::sync::Arc;

use jiff::Timestamp;
use secrecy::SecretString;

use super::{interrupted, list::broadcast, not_stored::NotStored, test_result::keep_result, token};
use crate::{
    activity::Done,
    blocking::blocking,
    request::{Context, Order, Recorder, Request},
    shared::Shared,
    testing::Subject,
    vault,
};
use brickpass_core::{
    connection::{Connection, ConnectionId, Reviewed, SecretKind},
    failure::{Code, Failure},
};
use brickpass_storage::{AuditAction, Entry, Revision, SecretId, SecretKey, Snapshot};

/// Saves a connection as the form has read it. When it is cancelled, what it has stored by then is taken back as soon as the vault answers;
/// an answer of code `Cancelled` without details: nothing was changed.
#[derive(Debug)]
pub struct Save {
    pub reviewed: Box<Reviewed>,
    /// `None` for a new connection.
    pub base: Option<Revision>,
}

/// What [`Save`] and [`Duplicate`] came to.
#[derive(Debug, Clone, PartialEq)]
pub enum SaveOutcome {
    /// The list with the connection was broadcast before.
    Saved,
    /// Another window or program changed or removed the connection meanwhile; nothing was stored. `theirs`: as it is now.
    Conflict { failure: Failure, theirs: Option<Box<Entry>> },
}

/// The failure, if it was not saved.
impl From<SaveOutcome> for Result<(), Failure> {
    fn from(outcome: SaveOutcome) -> Self {
        match outcome {
            SaveOutcome::Saved => Ok(()),
            SaveOutcome::Conflict { failure, .. } => Err(failure),
        }
    }
}

fn recorder(id: ConnectionId) -> Recorder<SaveOutcome> {
    let save = Done::new(id, AuditAction::Save);
    Box::new(|outcome| match outcome {
        Ok(SaveOutcome::Saved) => vec![save],
        Ok(SaveOutcome::Conflict { failure, .. }) | Err(failure) => vec![save.failed(failure)],
    })
}

impl Request for Save {
    type Answer = SaveOutcome;

    const ORDER: Order = Order::Write;

    fn recorder(&self) -> Recorder<SaveOutcome> {
        recorder(self.reviewed.connection.id)
    }

    async fn run(self, context: Context) -> Result<SaveOutcome, Failure> {
        let (shared, cancelled) = (Arc::clone(&context.shared), context.is_cancelled());
        let outcome = blocking(move || save(&shared, *self.reviewed, self.base, &cancelled)).await?;
        context.shared.outbox.wake_cli_tokens();
        outcome
    }
}

fn save(shared: &Shared, reviewed: Reviewed, base: Option<Revision>, cancelled: &dyn Fn() -> bool) -> Result<SaveOutcome, Failure> {
    if cancelled() {
        return Err(save_cancelled());
    }
    let id = reviewed.connection.id;
    let subject = Subject::new(&reviewed.connection, reviewed.secret.as_ref().map(|(_, secret)| secret));
    let another_secret = reviewed.secret.is_some();
    let place = (reviewed.connection.auth.kind(), reviewed.connection.base_url.clone());
    match store(shared, reviewed, base, cancelled) {
        Ok(snapshot) => {
            vault::store_sign_in(shared, id, another_secret);
            token::drop_unfit_note(shared, id, place.0, &place.1);
            keep_result(shared, id, &subject);
            broadcast(shared, snapshot);
            Ok(SaveOutcome::Saved)
        }
        // More is said only when a secret could not be put back.
        Err(NotStored { failure, .. }) if failure.details.is_none() && cancelled() => Err(save_cancelled()),
        Err(not_stored) => refused(not_stored),
    }
}

fn refused(NotStored { failure, theirs, .. }: NotStored) -> Result<SaveOutcome, Failure> {
    if failure.code == Code::Conflict { Ok(SaveOutcome::Conflict { failure, theirs }) } else { Err(failure) }
}

fn save_cancelled() -> Failure {
    Failure::new(Code::Cancelled, "Saving was cancelled.", "You cancelled it.", "Nothing was changed. Save again.")
}

/// The secret first, the entry second; when the entry cannot be written the previous secret is put back. `cancelled`: whether it was cancelled meanwhile.
pub(super) fn store(
    shared: &Shared,
    reviewed: Reviewed,
    base: Option<Revision>,
    cancelled: &dyn Fn() -> bool,
) -> Result<Snapshot, NotStored> {
    if let Some(end) = reviewed.secret_ended(Timestamp::now()) {
        return Err(token_ended(end).into());
    }
    let Reviewed { connection, secret } = reviewed;
    let Some((kind, secret)) = secret else {
        return Ok(shared.library.save(connection, base)?);
    };
    let key = SecretKey::of(&connection, kind);
    shared.library.may_save(&connection, base)?;
    let _alone = shared.library.lock_secrets()?;
    // Another process may have saved it while this one waited.
    shared.library.may_save(&connection, base)?;
    let noted = token::take_note(shared, key.id())?;
    let saving = interrupted::saving(shared, [(connection.id, base.is_none())]);
    let stored = put_and_save(shared, connection, base, (&key, &secret), cancelled);
    interrupted::saved(saving, stored.as_ref().err().is_some_and(|not_stored| not_stored.uncertain));
    if let Err(not_stored) = &stored {
        token::put_back_note(shared, key.id(), noted, not_stored);
    }
    stored
}

fn token_ended(end: Timestamp) -> Failure {
    Failure::new(
        Code::InvalidInput,
        "The connection was not saved.",
        format!("According to the token itself, it expired at {}.", end.strftime("%Y-%m-%d %H:%M UTC")),
        "Get a new token and enter it. If this is wrong, check this computer's clock.",
    )
}

fn put_and_save(
    shared: &Shared,
    connection: Connection,
    base: Option<Revision>,
    (key, secret): (&SecretKey, &SecretString),
    cancelled: &dyn Fn() -> bool,
) -> Result<Snapshot, NotStored> {
    let vault = shared.vault();
    let former = vault.former(key.id())?;
    if cancelled() {
        return Err(NotStored::from(save_cancelled()));
    }
    vault.put(key, secret)?;
    shared.tell_of_vault();
    let saved =
        if cancelled() { Err(NotStored::from(save_cancelled())) } else { shared.library.save(connection, base).map_err(NotStored::from) };
    saved.map_err(|mut not_stored| {
        if let Err(undo) = vault.put_back(key.id(), &former) {
            not_stored.failure.details = Some(format!("The new secret is still in the vault: {}", undo.failure()));
            not_stored.uncertain = true;
        }
        not_stored
    })
}

/// Saves a copy under a new id, with a copy of its secrets.
#[derive(Debug)]
pub struct Duplicate {
    pub source: ConnectionId,
    pub copy: Box<Connection>,
}

impl Request for Duplicate {
    type Answer = SaveOutcome;

    const ORDER: Order = Order::Write;

    fn recorder(&self) -> Recorder<SaveOutcome> {
        recorder(self.copy.id)
    }

    async fn run(self, context: Context) -> Result<SaveOutcome, Failure> {
        let shared = Arc::clone(&context.shared);
        let outcome = blocking(move || duplicate(&shared, self.source, *self.copy)).await?;
        context.shared.outbox.wake_cli_tokens();
        outcome
    }
}

fn duplicate(shared: &Shared, source: ConnectionId, copy: Connection) -> Result<SaveOutcome, Failure> {
    let id = copy.id;
    let _alone = shared.library.lock_secrets().map_err(|error| error.failure())?;
    let saving = interrupted::saving(shared, [(id, true)]);
    let vault = shared.vault();
    // A rotating refresh token must never have two owners; what it or a client secret has opened, a copy fetches by itself.
    let copied = [SecretKind::PersonalAccessToken, SecretKind::ClientSecret]
        .into_iter()
        .try_for_each(|kind| vault.copy(SecretId { connection: source, kind }, SecretId { connection: id, kind }));
    let saved = copied.map_err(NotStored::from).and_then(|()| Ok(shared.library.save(copy, None)?));
    let outcome = match saved {
        Ok(snapshot) => {
            token::copy_note(shared, source, id);
            broadcast(shared, snapshot);
            Ok(SaveOutcome::Saved)
        }
        Err(not_stored) => {
            // Best effort: the copy does not exist, and the failure that is reported is the first one.
            let _ = vault.delete_all(&SecretId::all_of(id));
            refused(not_stored)
        }
    };
    interrupted::saved(saving, false);
    outcome
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{blocking::crashed, fixtures::connection};

    #[test]
    fn a_save_is_recorded_however_it_ends() {
        let connection = connection("Sales", |_| {});
        let id = connection.id;
        let recorded = |outcome| {
            let reviewed = Box::new(Reviewed { connection: connection.clone(), secret: None });
            Save { reviewed, base: None }.recorder()(&outcome)
        };
        let conflict = Failure::new(Code::Conflict, "", "", "");
        let done = Done::new(id, AuditAction::Save);
        assert_eq!(recorded(Ok(SaveOutcome::Saved)), std::slice::from_ref(&done));
        assert_eq!(recorded(Ok(SaveOutcome::Conflict { failure: conflict.clone(), theirs: None })), [done.clone().failed(&conflict)]);
        assert_eq!(recorded(Err(crashed())), [done.failed(&crashed())]);
    }
}
