//! What writes to disk or to the vault, one after the other, so that no two of our own writes cross and the order of clicks is kept.

mod import;
pub(super) mod interrupted;
mod token;

use std::{collections::HashMap, pin::Pin, sync::Arc, time::Duration};

use jiff::Timestamp;
use secrecy::SecretString;
use tokio::{
    runtime::Handle,
    sync::{mpsc, oneshot},
};

pub use self::import::{Import, ImportUndone, Imported, UndoImport};
pub(super) use self::token::{Former, StoreToken};
use super::{
    Command, Event, publish, saves,
    shared::{Current, Shared, blocking, crashed},
    testing::{Subject, Tested},
    tokens::{self, Parting, interrupted_token_changes},
    vault,
};
use brickpass_core::{
    connection::{Connection, ConnectionId, LastTest, Reviewed, SecretKind},
    failure::{Code, Failure},
};
use brickpass_databricks::session::Farewell;
use brickpass_storage::{
    Activity, Deed, Entry, FirstAddresses, LibraryError, Revision, SecretId, SecretKey, SignInNotes, Snapshot, VaultError,
};

/// A removal that another window may still undo is left alone for this long.
const OTHERS_UNDO: Duration = Duration::from_mins(1);

pub(super) enum Job {
    Command(Command),
    /// Answered by itself.
    Request(Pin<Box<dyn Future<Output = ()> + Send>>),
    /// Answered by itself, not by an event: it may be a step of something larger.
    StoreToken(Box<StoreToken>, oneshot::Sender<Result<(), NotStored>>),
}

pub(super) async fn run(shared: Arc<Shared>, mut settings_problem: Option<Failure>, mut jobs: mpsc::UnboundedReceiver<Job>) {
    while let Some(job) = jobs.recv().await {
        let job = match job {
            Job::Command(command) => command,
            Job::Request(request) => {
                request.await;
                shared.tell_of_vault();
                continue;
            }
            Job::StoreToken(token, answer) => {
                let worker = Arc::clone(&shared);
                let stored = blocking(move || token::store(&worker, *token)).await.unwrap_or_else(|_| Err(NotStored::crashed()));
                // Who asked may have crashed.
                let _ = answer.send(stored);
                continue;
            }
        };
        let starts = matches!(job, Command::Start);
        let about = about(&job);
        let saving = if let Command::Save { reviewed, .. } = &job { Some(reviewed.connection.id) } else { None };
        let problem = if starts { settings_problem.take() } else { None };
        let worker = Arc::clone(&shared);
        let done = blocking(move || work(&worker, job, problem)).await;
        if let Some(id) = saving {
            shared.saves.end(id);
        }
        if let Err(failure) = done {
            shared.outbox.send(Event::Failed { about, failure });
        }
        shared.tell_of_vault();
        if starts {
            let worker = Arc::clone(&shared);
            // It crashes like any other job: what is left is looked at again at the next start.
            if let Err(failure) = blocking(move || interrupted::finish(&worker)).await {
                shared.fail(failure);
            }
            purge_what_was_left(&shared);
        }
    }
}

/// What is to be done to which connections: it is recorded even if it crashes.
fn about(job: &Command) -> Option<(Deed, Vec<ConnectionId>)> {
    match job {
        Command::Save { reviewed, .. } => Some((Deed::Save, vec![reviewed.connection.id])),
        Command::Duplicate { copy, .. } => Some((Deed::Save, vec![copy.id])),
        Command::Remove { ids } => Some((Deed::Remove, ids.clone())),
        Command::Restore { entries } => Some((Deed::Restore, entries.iter().map(|entry| entry.connection.id).collect())),
        _ => None,
    }
}

fn work(shared: &Arc<Shared>, job: Command, settings_problem: Option<Failure>) {
    match job {
        Command::Start => start(shared, settings_problem),
        Command::Refresh => refresh(shared),
        Command::Save { reviewed, base } => save(shared, *reviewed, base),
        Command::Duplicate { source, copy } => duplicate(shared, source, *copy),
        Command::Remove { ids } => remove(shared, &ids),
        Command::Restore { entries } => restore(shared, entries),
        Command::Purge { ids, revoke } => purge(shared, &ids, revoke),
        // The loop keeps these for itself.
        Command::Test { .. }
        | Command::CancelSave { .. }
        | Command::Cancel { .. }
        | Command::SignIn { .. }
        | Command::AnswerSignIn { .. }
        | Command::CancelSignIn { .. }
        | Command::PasteSignIn { .. }
        | Command::Ask(_)
        | Command::Stop => {}
    }
}

pub(super) fn tell(shared: &Shared, snapshot: Snapshot) {
    if shared.library.took_secret_out() {
        // Best effort: the log is of no use to sign in, and the next save tries again.
        let _ = Activity::new(&shared.places.state_dir).star_secrets();
    }
    shared.outbox.send(Event::Library(Arc::new(snapshot)));
}

fn start(shared: &Shared, problem: Option<Failure>) {
    shared.library.sweep(std::time::SystemTime::now());
    // Before anything is edited: secrets of older versions belong to the addresses that the connections have now.
    FirstAddresses::new(&shared.places.config_dir, &shared.places.state_dir).write_once();
    let Current { settings, .. } = shared.current();
    shared.outbox.send(Event::Settings {
        settings,
        window: shared.window_file.load(),
        vault_from_environment: shared.places.vault.is_some(),
        vault_file_exists: shared.places.vault_file().exists(),
        problem,
    });
    let lost = shared.vault().lost().map(|lost| lost.failure().to_string());
    let tokens = shared.library.load().map(|snapshot| interrupted_token_changes(&shared.places.state_dir, &snapshot)).unwrap_or_default();
    shared.tell_attention(lost.into_iter().chain(tokens).collect());
    publish::tell_published(shared);
    read(shared);
}

fn refresh(shared: &Shared) {
    if shared.library.changed_outside() {
        read(shared);
    } else {
        // `brickpass test` in a terminal changes this alone.
        tell_history(shared);
    }
}

fn read(shared: &Shared) {
    match shared.library.load() {
        Ok(snapshot) => {
            tell(shared, snapshot);
            tell_history(shared);
        }
        Err(error) => shared.outbox.send(Event::LibraryFailed(error.failure())),
    }
}

fn tell_history(shared: &Shared) {
    tokens::tell_notes(shared);
    shared.outbox.send(Event::SignInNotes(SignInNotes::new(&shared.places.state_dir).load_all()));
    let history = tokens::with_ends(shared, shared.history.load(), Timestamp::now());
    let history = history.into_iter().map(|(id, last)| (id, Some(last)));
    shared.outbox.send(Event::History(history.collect()));
}

fn save(shared: &Shared, reviewed: Reviewed, base: Option<Revision>) {
    let id = reviewed.connection.id;
    if shared.saves.is_cancelled(id) {
        // That has been told.
        return;
    }
    let subject = Subject::new(&reviewed.connection, reviewed.secret.as_ref().map(|(_, secret)| secret));
    let another_secret = reviewed.secret.is_some();
    let place = (reviewed.connection.auth.kind(), reviewed.connection.base_url.clone());
    match store(shared, reviewed, base, &|| shared.saves.is_cancelled(id)) {
        Ok(snapshot) => {
            vault::store_sign_in(shared, id, another_secret);
            token::drop_unfit_note(shared, id, place.0, &place.1);
            keep_result(shared, id, &subject);
            tell(shared, snapshot);
            shared.outbox.send(Event::Saved { id });
        }
        // The window knows that it was cancelled. It hears more only when a secret could not be put back.
        Err(NotStored { failure, .. }) if failure.details.is_none() && shared.saves.is_cancelled(id) => {}
        Err(NotStored { failure, theirs, .. }) => shared.outbox.send(Event::SaveFailed { id, failure, theirs }),
    }
}

/// Nothing was changed, as far as is known.
pub(super) struct NotStored {
    pub(super) failure: Failure,
    theirs: Option<Box<Entry>>,
    /// It may be stored all the same.
    pub(super) uncertain: bool,
}

impl NotStored {
    pub(super) fn crashed() -> Self {
        Self { uncertain: true, ..Self::from(crashed()) }
    }
}

impl From<Failure> for NotStored {
    fn from(failure: Failure) -> Self {
        Self { failure, theirs: None, uncertain: false }
    }
}

impl From<LibraryError> for NotStored {
    fn from(error: LibraryError) -> Self {
        let failure = error.failure();
        Self { theirs: if let LibraryError::Conflict { theirs } = error { theirs } else { None }, ..Self::from(failure) }
    }
}

impl From<VaultError> for NotStored {
    fn from(error: VaultError) -> Self {
        // Without an answer in time it may still come through.
        Self { uncertain: matches!(error, VaultError::Busy), ..Self::from(error.failure()) }
    }
}

/// The secret first, the entry second; when the entry cannot be written the former secret is put back. `unwanted`: it was cancelled meanwhile.
fn store(shared: &Shared, reviewed: Reviewed, base: Option<Revision>, unwanted: &dyn Fn() -> bool) -> Result<Snapshot, NotStored> {
    if let Some(end) = reviewed.secret_ended(Timestamp::now()) {
        return Err(token_ended(end).into());
    }
    let Reviewed { connection, secret } = reviewed;
    let Some((kind, secret)) = secret else {
        return Ok(shared.library.save(connection, base)?);
    };
    let key = SecretKey::of(&connection, kind);
    shared.library.may_save(&connection, base)?;
    let noted = token::take_note(shared, key.id())?;
    let saving = interrupted::saving(shared, [(connection.id, base.is_none())]);
    let stored = put_and_save(shared, connection, base, (&key, &secret), unwanted);
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
        format!("This token ended at {} by its own word.", end.strftime("%Y-%m-%d %H:%M UTC")),
        "Get a new token and enter it. If this is wrong, check the clock of this computer.",
    )
}

fn put_and_save(
    shared: &Shared,
    connection: Connection,
    base: Option<Revision>,
    (key, secret): (&SecretKey, &SecretString),
    unwanted: &dyn Fn() -> bool,
) -> Result<Snapshot, NotStored> {
    let vault = shared.vault();
    let former = vault.former(key.id())?;
    if unwanted() {
        return Err(NotStored::from(saves::cancelled()));
    }
    vault.put(key, secret)?;
    shared.tell_of_vault();
    let saved =
        if unwanted() { Err(NotStored::from(saves::cancelled())) } else { shared.library.save(connection, base).map_err(NotStored::from) };
    saved.map_err(|mut not_stored| {
        if let Err(undo) = vault.put_back(key.id(), &former) {
            not_stored.failure.details = Some(format!("The new secret is in the vault all the same: {}", undo.failure()));
            not_stored.uncertain = true;
        }
        not_stored
    })
}

/// The result of a test stays with a connection that is saved as it was tested; any other edit makes it untested.
fn keep_result(shared: &Shared, id: ConnectionId, saved: &Subject) {
    let mut tested = shared.tested();
    let last: Option<LastTest> = match tested.get(&id) {
        Some(Tested { subject, last }) if subject == saved => Some(last.clone()),
        Some(Tested { subject, last }) if subject.clone().stored() == *saved => Some(last.clone()),
        _ => None,
    };
    if let Some(last) = &last {
        tested.insert(id, Tested { subject: saved.clone().stored(), last: last.clone() });
    }
    drop(tested);
    shared.history.record(&[(id, last.clone())]);
    shared.outbox.send(Event::History(vec![(id, last)]));
}

fn duplicate(shared: &Shared, source: ConnectionId, copy: Connection) {
    let id = copy.id;
    let saving = interrupted::saving(shared, [(id, true)]);
    let vault = shared.vault();
    // A rotating refresh token must never have two owners; what it or a client secret has opened, a copy fetches by itself.
    let copied = [SecretKind::PersonalAccessToken, SecretKind::ClientSecret]
        .into_iter()
        .try_for_each(|kind| vault.copy(SecretId { connection: source, kind }, SecretId { connection: id, kind }));
    let saved = copied.map_err(NotStored::from).and_then(|()| Ok(shared.library.save(copy, None)?));
    match saved {
        Ok(snapshot) => {
            token::copy_note(shared, source, id);
            tell(shared, snapshot);
            shared.outbox.send(Event::Saved { id });
        }
        Err(NotStored { failure, theirs, .. }) => {
            // Best effort: the copy does not exist, and the failure that is told is the first one.
            let _ = vault.delete_all(&SecretId::all_of(id));
            shared.outbox.send(Event::SaveFailed { id, failure, theirs });
        }
    }
    interrupted::saved(saving, false);
}

fn remove(shared: &Shared, ids: &[ConnectionId]) {
    let before = match shared.library.load() {
        Ok(snapshot) => snapshot.entries,
        Err(error) => return shared.fail_at(Deed::Remove, ids.to_vec(), error.failure()),
    };
    match shared.library.remove(ids) {
        Ok(snapshot) => {
            let entries = before.into_iter().filter(|entry| ids.contains(&entry.connection.id)).collect();
            tell(shared, snapshot);
            shared.outbox.send(Event::Removed { entries });
        }
        Err(error) => shared.fail_at(Deed::Remove, ids.to_vec(), error.failure()),
    }
}

fn restore(shared: &Shared, entries: Vec<Entry>) {
    let ids: Vec<ConnectionId> = entries.iter().map(|entry| entry.connection.id).collect();
    match shared.library.restore(entries) {
        Ok(snapshot) => {
            tell(shared, snapshot);
            shared.outbox.send(Event::Restored { ids });
        }
        Err(error) => shared.fail_at(Deed::Restore, ids, error.failure()),
    }
}

/// Only what is still off the list: a removal that was undone in the meantime keeps its secrets.
fn purge(shared: &Arc<Shared>, ids: &[ConnectionId], revoke: Vec<Connection>) {
    let (gone, stay): (Vec<ConnectionId>, Vec<Entry>) = match shared.library.load() {
        Ok(snapshot) => (snapshot.tombstones.into_iter().filter(|id| ids.contains(id)).collect(), snapshot.entries),
        Err(error) => return shared.outbox.send(Event::PurgeFailed { failure: error.failure() }),
    };
    let stay = || stay.iter().map(|entry| &entry.connection);
    let parting = revoke.into_iter().filter(|connection| gone.contains(&connection.id));
    let partings: Vec<Parting> = parting.map(|connection| Parting::of(shared, connection, stay())).collect();
    let vault = shared.vault();
    let mut buried = Vec::new();
    let mut problem = None;
    // What is needed to end them at their servers, read before it is deleted.
    let sign_in = |&connection: &ConnectionId| vault.get(&SecretKey::sign_in(connection)).ok().flatten();
    let sign_ins: HashMap<ConnectionId, SecretString> = gone.iter().filter_map(|id| Some((*id, sign_in(id)?))).collect();
    if vault.delete_all(&gone.iter().copied().flat_map(SecretId::all_of).collect::<Vec<_>>()).is_ok() {
        buried.extend(&gone);
    } else {
        for &connection in &gone {
            match vault.delete_all(&SecretId::all_of(connection)) {
                Ok(()) => buried.push(connection),
                Err(error) => problem = Some(error.failure()),
            }
        }
    }
    for connection in &buried {
        shared.sessions.remove(*connection);
    }
    if !buried.is_empty() {
        let forgotten: Vec<_> = buried.iter().map(|id| (*id, None)).collect();
        shared.history.record(&forgotten);
        token::forget_notes(shared, &buried);
        if let Err(error) = shared.library.bury(&buried) {
            problem = Some(error.failure());
        }
    }
    let ended: Vec<SecretString> = sign_ins.into_iter().filter(|(id, _)| buried.contains(id)).map(|(_, stored)| stored).collect();
    let sign_ins_end = async { if ended.is_empty() { Farewell::Revoked } else { shared.sessions.revoke_removed(ended).await } };
    let token_revocation = tokens::revoke_removed(shared, partings, &buried);
    let (farewell, ()) = Handle::current().block_on(async { tokio::join!(sign_ins_end, token_revocation) });
    shared.outbox.send(match problem {
        Some(failure) => Event::PurgeFailed { failure },
        None => Event::Purged { ids: buried, farewell },
    });
}

/// Removals whose secrets could not be deleted, or whose window was killed: tried again, once nobody can be undoing them any more.
fn purge_what_was_left(shared: &Arc<Shared>) {
    let shared = Arc::clone(shared);
    tokio::spawn(async move {
        let reader = Arc::clone(&shared);
        let Ok(Ok(at_start)) = blocking(move || reader.library.load()).await else { return };
        if at_start.tombstones.is_empty() {
            return;
        }
        tokio::time::sleep(OTHERS_UNDO).await;
        let worker = Arc::clone(&shared);
        // It crashes like any other job: told, and tried again at the next start.
        if let Err(failure) = blocking(move || purge(&worker, &at_start.tombstones, Vec::new())).await {
            shared.fail(failure);
        }
    });
}
