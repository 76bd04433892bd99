//! What was chosen of an import is saved: the secrets first, then all entries with one write. And it is taken back as a whole.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use secrecy::SecretString;

use super::{interrupted, list::broadcast, not_stored::NotStored, remove::purge_unasked, test_result::keep_result, token};
use crate::{
    activity::Done,
    blocking::blocking,
    importing::{Chosen, ImportId, NotImported, Undo, Undone, replacement},
    request::{Context, Order, Recorder, Request},
    shared::Shared,
    testing::Subject,
    vault,
};
use brickpass_core::{
    connection::{Connection, ConnectionId, Reviewed, SecretKind},
    failure::{Code, Failure},
};
use brickpass_storage::{AuditAction, Entry, Former, LibraryError, Revision, SecretKey, TokenNote, Unfinished};

/// A row on its way.
struct Row {
    /// Its place among those that were chosen.
    at: usize,
    connection: Connection,
    /// What it replaces.
    before: Option<Entry>,
    secret: Option<(SecretKind, SecretString)>,
    put: Option<Put>,
}

/// Where its secret goes, and what was there before.
struct Put {
    key: SecretKey,
    former: Former,
    noted: Option<TokenNote>,
}

/// Saves what was chosen.
#[derive(Debug)]
pub struct Import {
    pub chosen: Vec<Chosen>,
}

/// Each by itself: an error for each that could not be saved; the rest is saved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Imported {
    pub import: ImportId,
    pub saved: Vec<ConnectionId>,
    pub failed: Vec<NotImported>,
}

impl Request for Import {
    type Answer = Imported;

    const ORDER: Order = Order::Write;

    fn recorder(&self) -> Recorder<Imported> {
        let chosen: Vec<ConnectionId> = self.chosen.iter().map(|chosen| chosen.connection.connection.id).collect();
        let saved = |id: &ConnectionId| Done::new(*id, AuditAction::Save);
        Box::new(move |outcome| match outcome {
            Ok(imported) => imported.saved.iter().map(saved).collect(),
            Err(failure) => chosen.iter().map(|id| saved(id).failed(failure)).collect(),
        })
    }

    async fn run(self, context: Context) -> Result<Imported, Failure> {
        let worker = Arc::clone(&context.shared);
        let imported = blocking(move || import(&worker, self.chosen)).await?;
        context.shared.outbox.wake_cli_tokens();
        Ok(imported)
    }
}

fn import(shared: &Shared, chosen: Vec<Chosen>) -> Imported {
    let id = ImportId::random();
    let mut failed = Vec::new();
    let alone = match shared.library.lock_secrets() {
        Ok(alone) => alone,
        Err(error) => return Imported { import: id, saved: Vec::new(), failed: all_failed(&chosen, &error) },
    };
    let (rows, saving) = prepare(shared, chosen, &mut failed);
    let saved = save(shared, id, rows, &mut failed);
    interrupted::saved(saving, false);
    drop(alone);
    Imported { import: id, saved, failed }
}

/// The file as a whole cannot be written, or read.
fn all_failed(chosen: &[Chosen], error: &LibraryError) -> Vec<NotImported> {
    chosen.iter().enumerate().map(|(row, chosen)| not_imported(row, &chosen.connection.connection, error.failure())).collect()
}

/// Judges each and stores the secrets. What cannot be saved is told and left out.
fn prepare(shared: &Shared, chosen: Vec<Chosen>, failed: &mut Vec<NotImported>) -> (Vec<Row>, Option<Unfinished>) {
    let entries = match shared.library.load() {
        Ok(snapshot) => snapshot.entries,
        Err(error) => {
            failed.extend(all_failed(&chosen, &error));
            return (Vec::new(), None);
        }
    };
    let known: HashMap<ConnectionId, Entry> = entries.into_iter().map(|entry| (entry.connection.id, entry)).collect();
    let mut rows = Vec::new();
    let mut replaced = HashSet::new();
    for (at, Chosen { connection: reviewed, replaces }) in chosen.into_iter().enumerate() {
        let named = reviewed.connection.clone();
        let made = match replaces.filter(|id| !replaced.insert(*id)) {
            // Before its secret is stored: it would be in the place of the first one's.
            Some(_) => Err(NotStored::from(replaced_already())),
            None => row(shared, at, *reviewed, replaces, &known),
        };
        match made {
            Ok(row) => rows.push(row),
            Err(not_stored) => failed.push(not_imported(at, &named, not_stored.failure)),
        }
    }
    let secret = rows.iter().filter(|row| row.put.is_some());
    let saving = interrupted::saving(shared, secret.map(|row| (row.connection.id, row.before.is_none())));
    (store(shared, rows, failed), saving)
}

/// All secrets with one write where the vault can do that; where not, each by itself, so that one that is refused costs its own row alone.
fn store(shared: &Shared, rows: Vec<Row>, failed: &mut Vec<NotImported>) -> Vec<Row> {
    let vault = shared.vault();
    let secrets: Vec<(SecretKey, SecretString)> = rows.iter().filter_map(Row::secret).collect();
    if secrets.is_empty() || vault.put_all(&secrets).is_ok() {
        shared.tell_of_vault();
        return rows;
    }
    let mut stored = Vec::new();
    for row in rows {
        let Some((key, secret)) = row.secret() else {
            stored.push(row);
            continue;
        };
        match vault.put(&key, &secret) {
            Ok(()) => stored.push(row),
            Err(error) => {
                let not_stored = NotStored::from(error);
                token::put_back_note(shared, key.id(), row.put.and_then(|put| put.noted), &not_stored);
                failed.push(not_imported(row.at, &row.connection, not_stored.failure));
            }
        }
    }
    stored
}

impl Row {
    fn secret(&self) -> Option<(SecretKey, SecretString)> {
        let (put, (_, secret)) = self.put.as_ref().zip(self.secret.as_ref())?;
        Some((put.key.clone(), secret.clone()))
    }
}

fn row(
    shared: &Shared,
    at: usize,
    reviewed: Reviewed,
    replaces: Option<ConnectionId>,
    known: &HashMap<ConnectionId, Entry>,
) -> Result<Row, NotStored> {
    let Reviewed { mut connection, mut secret } = reviewed;
    let before = replaces.map(|id| known.get(&id).cloned().ok_or_else(gone)).transpose()?;
    match &before {
        Some(entry) => connection = replacement(connection, &entry.connection),
        // Beside the one that has this id, not in its place.
        None if known.contains_key(&connection.id) => connection.id = ConnectionId::random(),
        None => {}
    }
    let base = before.as_ref().map(|entry| entry.revision);
    shared.library.may_save(&connection, base)?;
    let secret = secret.take();
    let put = secret.as_ref().map(|(kind, _)| instead_of(shared, SecretKey::of(&connection, *kind))).transpose()?;
    Ok(Row { at, connection, before, secret, put })
}

/// What is there before it.
fn instead_of(shared: &Shared, key: SecretKey) -> Result<Put, NotStored> {
    let former = shared.vault().former(key.id())?;
    let noted = token::take_note(shared, key.id())?;
    Ok(Put { key, former, noted })
}

fn save(shared: &Shared, import: ImportId, rows: Vec<Row>, failed: &mut Vec<NotImported>) -> Vec<ConnectionId> {
    if rows.is_empty() {
        return Vec::new();
    }
    let wanted = rows.iter().map(|row| (row.connection.clone(), row.before.as_ref().map(|entry| entry.revision))).collect();
    let (snapshot, outcomes) = match shared.library.save_each(wanted) {
        Ok(saved) => saved,
        Err(error) => {
            for row in rows {
                let (at, named) = (row.at, row.connection.clone());
                failed.push(not_imported(at, &named, take_back(shared, row, NotStored::from(error.failure()))));
            }
            return Vec::new();
        }
    };
    let mut saved = Vec::new();
    let mut undo = Undo { import, added: Vec::new(), replaced: Vec::new() };
    for (row, outcome) in rows.into_iter().zip(outcomes) {
        match outcome {
            Ok(()) => {
                let id = row.connection.id;
                settle(shared, &row);
                saved.push(id);
                remember(row, &mut undo);
            }
            Err(error) => {
                let (at, named) = (row.at, row.connection.clone());
                failed.push(not_imported(at, &named, take_back(shared, row, NotStored::from(error))));
            }
        }
    }
    *shared.imported.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = Some(undo);
    broadcast(shared, snapshot);
    saved
}

/// As after any save: what was known of another address or another secret is not known any more.
fn settle(shared: &Shared, row: &Row) {
    let connection = &row.connection;
    vault::store_sign_in(shared, connection.id, row.secret.is_some());
    token::drop_unfit_note(shared, connection.id, connection.auth.kind(), &connection.base_url);
    keep_result(shared, connection.id, &Subject::new(connection, row.secret.as_ref().map(|(_, secret)| secret)));
}

/// The entry could not be written: the previous secret is put back.
fn take_back(shared: &Shared, row: Row, mut not_stored: NotStored) -> Failure {
    if let Some(Put { key, former, noted }) = row.put {
        if let Err(error) = shared.vault().put_back(key.id(), &former) {
            not_stored.failure.details = Some(format!("The new secret is still in the vault: {}", error.failure()));
            not_stored.uncertain = true;
        }
        token::put_back_note(shared, key.id(), noted, &not_stored);
    }
    not_stored.failure
}

fn remember(row: Row, undo: &mut Undo) {
    let undone = Undone {
        id: row.connection.id,
        name: name_of(&row.connection),
        revision: row.before.as_ref().map_or(Revision(1), |entry| Revision(entry.revision.0.saturating_add(1))),
        secret: row.put.map(|put| (put.key.id(), put.former)),
    };
    match row.before {
        Some(entry) => undo.replaced.push((entry, undone)),
        None => undo.added.push(undone),
    }
}

/// Takes back that import: what it added goes, what it replaced is as before, secrets too. Only the last import of this program, and only
/// connections that have not been changed since.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UndoImport {
    pub import: ImportId,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportUndone {
    pub removed: Vec<ConnectionId>,
    pub restored: Vec<ConnectionId>,
    /// Names of those that stay as the import left them, and why.
    pub failed: Vec<(String, Failure)>,
}

impl Request for UndoImport {
    type Answer = ImportUndone;

    const ORDER: Order = Order::Write;

    fn recorder(&self) -> Recorder<ImportUndone> {
        Box::new(|outcome| {
            let Ok(ImportUndone { removed, restored, .. }) = outcome else { return Vec::new() };
            let removed = removed.iter().map(|id| Done::new(*id, AuditAction::Remove));
            removed.chain(restored.iter().map(|id| Done::new(*id, AuditAction::Save))).collect()
        })
    }

    async fn run(self, context: Context) -> Result<ImportUndone, Failure> {
        let worker = Arc::clone(&context.shared);
        let undone = blocking(move || undo(&worker, self.import)).await?;
        context.shared.outbox.wake_cli_tokens();
        Ok(undone)
    }
}

/// Only what is still as the import left it: what somebody has worked on since is theirs.
fn undo(shared: &Arc<Shared>, import: ImportId) -> ImportUndone {
    let mut last = shared.imported.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let Some(Undo { added, replaced, .. }) = last.take_if(|last| last.import == import) else {
        return ImportUndone { removed: Vec::new(), restored: Vec::new(), failed: vec![(String::new(), not_the_last())] };
    };
    drop(last);
    let mut failed = Vec::new();
    let removed = remove(shared, added, &mut failed);
    let restored = match shared.library.lock_secrets() {
        Ok(_alone) => restore(shared, replaced, &mut failed),
        Err(error) => {
            failed.extend(replaced.into_iter().map(|(_, undone)| (undone.name, error.failure())));
            Vec::new()
        }
    };
    if let Ok(snapshot) = shared.library.load() {
        broadcast(shared, snapshot);
    }
    ImportUndone { removed, restored, failed }
}

fn remove(shared: &Arc<Shared>, added: Vec<Undone>, failed: &mut Vec<(String, Failure)>) -> Vec<ConnectionId> {
    let entries = match shared.library.load() {
        Ok(snapshot) => snapshot.entries,
        Err(error) => {
            failed.extend(added.into_iter().map(|undone| (undone.name, error.failure())));
            return Vec::new();
        }
    };
    let unchanged = |undone: &Undone| entries.iter().any(|entry| entry.connection.id == undone.id && entry.revision == undone.revision);
    let (unchanged, changed): (Vec<_>, Vec<_>) = added.into_iter().partition(unchanged);
    failed.extend(changed.into_iter().map(|undone| (undone.name, changed_since())));
    let ids: Vec<ConnectionId> = unchanged.iter().map(|undone| undone.id).collect();
    if ids.is_empty() {
        return ids;
    }
    if let Err(error) = shared.library.remove(&ids) {
        failed.extend(unchanged.into_iter().map(|undone| (undone.name, error.failure())));
        return Vec::new();
    }
    // Secrets that cannot be deleted now keep their tombstone, and are deleted at the next start.
    purge_unasked(shared, &ids);
    ids
}

fn restore(shared: &Shared, replaced: Vec<(Entry, Undone)>, failed: &mut Vec<(String, Failure)>) -> Vec<ConnectionId> {
    let mut restored = Vec::new();
    for (before, undone) in replaced {
        match restore_one(shared, before, &undone) {
            Ok(()) => restored.push(undone.id),
            Err(failure) => failed.push((undone.name, failure)),
        }
    }
    restored
}

fn restore_one(shared: &Shared, before: Entry, undone: &Undone) -> Result<(), Failure> {
    let connection = before.connection;
    let told = |error: LibraryError| if matches!(error, LibraryError::Conflict { .. }) { changed_since() } else { error.failure() };
    shared.library.may_save(&connection, Some(undone.revision)).map_err(told)?;
    if let Some((id, former)) = &undone.secret {
        token::take_note(shared, *id)?;
        shared.vault().put_back(*id, former).map_err(|error| error.failure())?;
    }
    let subject = Subject::new(&connection, None);
    shared.library.save(connection, Some(undone.revision)).map_err(told)?;
    vault::store_sign_in(shared, undone.id, undone.secret.is_some());
    keep_result(shared, undone.id, &subject);
    Ok(())
}

fn not_imported(row: usize, connection: &Connection, failure: Failure) -> NotImported {
    NotImported { row, name: name_of(connection), failure }
}

fn replaced_already() -> Failure {
    Failure::new(
        Code::Conflict,
        "Another row of this import replaces the same connection.",
        "A connection can be replaced only once, and it is unclear which row to use.",
        "Import only one of them, or keep both.",
    )
}

fn name_of(connection: &Connection) -> String {
    connection.name.as_str().to_owned()
}

fn gone() -> NotStored {
    NotStored::from(Failure::new(
        Code::NoSuchConnection,
        "The connection to replace is no longer in the list.",
        "It was removed, perhaps in another window.",
        "Read the file again, and import it as a new connection.",
    ))
}

fn changed_since() -> Failure {
    Failure::new(
        Code::Conflict,
        "This connection was changed after the import.",
        "Undoing the import would lose that change.",
        "Change or remove it by hand.",
    )
}

fn not_the_last() -> Failure {
    Failure::new(
        Code::NotFound,
        "There is nothing to undo.",
        "Only the last import can be undone, once, and only until you quit Brickpass.",
        "Change or remove the connections by hand.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{blocking::crashed, fixtures::connection};

    #[test]
    fn an_import_is_recorded_for_what_was_saved_and_one_that_crashed_for_all_that_was_chosen() {
        let connections = [connection("Sales", |_| {}), connection("Finance", |_| {})];
        let ids = connections.each_ref().map(|connection| connection.id);
        let chosen = connections.map(|connection| Chosen { connection: Box::new(Reviewed { connection, secret: None }), replaces: None });
        let import = Import { chosen: chosen.into() };
        let imported = Imported { import: ImportId::random(), saved: vec![ids[1]], failed: Vec::new() };
        assert_eq!(import.recorder()(&Ok(imported)), [Done::new(ids[1], AuditAction::Save)]);
        let failed = ids.map(|id| Done::new(id, AuditAction::Save).failed(&crashed()));
        assert_eq!(import.recorder()(&Err(crashed())), failed);
    }

    #[test]
    fn an_import_that_was_taken_back_is_recorded_for_what_went_and_what_came_back() {
        let undo = UndoImport { import: ImportId::random() };
        let [added, replaced] = [ConnectionId::random(), ConnectionId::random()];
        let undone = ImportUndone { removed: vec![added], restored: vec![replaced], failed: Vec::new() };
        assert_eq!(undo.recorder()(&Ok(undone)), [Done::new(added, AuditAction::Remove), Done::new(replaced, AuditAction::Save)]);
        assert_eq!(undo.recorder()(&Err(crashed())), []);
    }
}
