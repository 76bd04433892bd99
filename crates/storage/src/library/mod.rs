//! The file of connections: versioned, human-readable, unknown keys kept, backed up, replaced atomically under a lock.

mod backups;
mod damage;
mod document;
mod error;
mod record;
mod recovery;

pub use backups::Backup;
pub use damage::Damage;
pub(crate) use error::FileProblem;
pub use error::LibraryError;

use std::{
    collections::{HashMap, HashSet},
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::SystemTime,
};

use backups::Backups;
use document::Document;
use record::Record;

use super::atomic_file::{self, Contents, Disk, FileError, LOCK_TIMEOUT, Lock, RealDisk, Stamp};
use brickpass_core::connection::{Connection, ConnectionId, contains_secret};

/// The largest connections file that is read or written, in bytes. Ten thousand connections weigh about half of it.
pub(crate) const LIMIT: u64 = 5 * 1024 * 1024;

/// Grows by one with every save of a connection: two windows that edit the same one notice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Revision(pub u64);

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    pub connection: Connection,
    pub revision: Revision,
}

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Mode {
    #[default]
    Writable,
    /// Made by a newer Brickpass, or on a read-only disk: shown, never written. The reason in words.
    ReadOnly(String),
}

/// The library as it was at one moment.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Snapshot {
    pub entries: Vec<Entry>,
    /// Connections that are gone from the list while a secret of theirs may still be in the vault.
    pub tombstones: Vec<ConnectionId>,
    pub mode: Mode,
    /// What was found and mended on opening (duplicate names, a corrupt file set aside...), in words for the person.
    pub notices: Vec<String>,
}

/// Held while a secret and its connection are stored. The kernel lets go of it if the process dies.
#[derive(Debug)]
pub struct SecretsLock {
    _lock: Lock,
}

/// The file as a `Library` last saw it.
#[derive(Debug, Default, PartialEq, Eq)]
enum Seen {
    #[default]
    Never,
    Missing,
    File(Stamp),
}

impl From<Option<Stamp>> for Seen {
    fn from(stamp: Option<Stamp>) -> Self {
        stamp.map_or(Self::Missing, Self::File)
    }
}

pub struct Library {
    path: PathBuf,
    backups: Backups,
    disk: Arc<dyn Disk>,
    seen: Mutex<Seen>,
    /// A secret that stood in an open field has left the file since this was asked last.
    took_secret_out: AtomicBool,
    /// The text of what was removed through this value: undo brings back also the keys that this version does not know.
    removed: Mutex<HashMap<ConnectionId, String>>,
}

impl Library {
    /// `connections.json` in `config_dir`; backups in `state_dir`.
    #[must_use]
    pub fn new(config_dir: &Path, state_dir: &Path) -> Self {
        Self::on_disk(config_dir, state_dir, Arc::new(RealDisk))
    }

    pub(super) fn on_disk(config_dir: &Path, state_dir: &Path, disk: Arc<dyn Disk>) -> Self {
        Self {
            path: config_dir.join("connections.json"),
            backups: Backups::new(state_dir),
            disk,
            seen: Mutex::default(),
            removed: Mutex::default(),
            took_secret_out: AtomicBool::new(false),
        }
    }

    /// Has a save since the last call taken a secret out of an open field? Its former backups have stars in its place already.
    pub fn took_secret_out(&self) -> bool {
        self.took_secret_out.swap(false, Ordering::Relaxed)
    }

    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Reads the file. A damaged one is replaced by the latest good backup and kept beside it as `connections.corrupt-<time>.json`.
    ///
    /// # Errors
    /// The file cannot be read or is not safe to read, or it is damaged and there is no good backup. A missing file is an empty library.
    pub fn load(&self) -> Result<Snapshot, LibraryError> {
        self.load_after(Vec::new())
    }

    fn load_after(&self, recovered: Vec<String>) -> Result<Snapshot, LibraryError> {
        let Some(contents) = atomic_file::read(&self.path, LIMIT)? else {
            self.remember(None);
            let mode = self.mode(false);
            let lost = self.tell_of_backup();
            let notices = recovered.into_iter().chain(lost).collect();
            return Ok(Snapshot { mode, notices, ..Document::empty().into_snapshot() });
        };
        match read_document(&contents, |document| Ok(document.into_snapshot())) {
            Ok(mut snapshot) => {
                if snapshot.mode == Mode::Writable {
                    snapshot.mode = self.mode(true);
                }
                snapshot.notices.splice(0..0, recovered);
                self.remember(Some(contents.stamp));
                Ok(snapshot)
            }
            Err(LibraryError::Damaged { why, .. }) if recovered.is_empty() => self.load_recovered(why),
            Err(LibraryError::Damaged { why, .. }) => Err(self.damaged(why)),
            Err(error) => Err(error),
        }
    }

    /// Every connection that the file knows: shown, not understood by this version, or removed with its secrets still to be deleted.
    ///
    /// # Errors
    /// As `load`, also for a missing file and for a record without an id: what is not named here may still be somebody's.
    pub fn ids(&self) -> Result<HashSet<ConnectionId>, LibraryError> {
        let contents = atomic_file::read(&self.path, LIMIT)?.ok_or(LibraryError::NoBackup)?;
        read_document(&contents, |document| {
            document.refuse_newer()?;
            let ids = document.records.iter().map(|record| record.id().ok_or(LibraryError::Newer));
            ids.chain(document.tombstones().into_iter().map(Ok)).collect()
        })
    }

    /// Has the file changed since the last `load` or write through this value? One `stat`.
    #[must_use]
    pub fn changed_outside(&self) -> bool {
        let now = Seen::from(Stamp::at(&self.path));
        *self.seen.lock().unwrap_or_else(PoisonError::into_inner) != now
    }

    /// Adds (`base` = `None`) or replaces (`base` = the revision that was edited), re-reading under the lock, so that nobody's other edits are lost.
    ///
    /// # Errors
    /// `Conflict` when the connection was changed since `base`; a name that is taken; disk errors with the path.
    pub fn save(&self, connection: Connection, base: Option<Revision>) -> Result<Snapshot, LibraryError> {
        self.edit(move |document| {
            document.judge(&connection, base)?;
            document.drop_tombstone(connection.id);
            document.put(connection, base.map_or(Revision(1), Revision::next), None)
        })
    }

    /// Waits until no other process stores a secret together with its connection. What is put back when the connection cannot be saved is then
    /// what was there before, and nothing that another window has stored meanwhile. Blocks for 30 s at most.
    ///
    /// # Errors
    /// Another process still does; the lock file cannot be made.
    pub fn lock_secrets(&self) -> Result<SecretsLock, LibraryError> {
        let locked = Lock::acquire(&self.path.with_file_name("secrets"), LOCK_TIMEOUT).map_err(|error| match error {
            FileError::Busy { waited, .. } => FileError::Busy { path: self.path.clone(), waited },
            error => error,
        });
        Ok(SecretsLock { _lock: locked? })
    }

    /// Would `save` be taken now? Asked before the secret is stored.
    ///
    /// # Errors
    /// As `save`, without writing.
    pub fn may_save(&self, connection: &Connection, base: Option<Revision>) -> Result<(), LibraryError> {
        let folder = atomic_file::parent(&self.path);
        if folder.exists() {
            atomic_file::writable(folder)?;
        }
        match atomic_file::read(&self.path, LIMIT)? {
            None => Document::empty().judge(connection, base),
            Some(contents) => match read_document(&contents, |document| document.judge(connection, base)) {
                // The save itself mends the file, if it can be mended.
                Err(LibraryError::Damaged { why, .. }) if self.backups.good().next().is_none() => Err(self.damaged(why)),
                Err(LibraryError::Damaged { .. }) => Ok(()),
                other => other,
            },
        }
    }

    /// As `save`, many with one write, each judged by itself: what is refused does not hold up the rest. Also one backup for all of them, so
    /// that the state before stays among the backups.
    ///
    /// # Errors
    /// Of the file as a whole; then nothing was saved.
    pub fn save_each(
        &self,
        connections: Vec<(Connection, Option<Revision>)>,
    ) -> Result<(Snapshot, Vec<Result<(), LibraryError>>), LibraryError> {
        let mut outcomes = Vec::with_capacity(connections.len());
        let snapshot = self.edit(|document| {
            for (connection, base) in connections {
                outcomes.push(document.judge(&connection, base).and_then(|()| {
                    document.drop_tombstone(connection.id);
                    document.put(connection, base.map_or(Revision(1), Revision::next), None)
                }));
            }
            if outcomes.iter().all(Result::is_err) { Err(LibraryError::Conflict { theirs: None }) } else { Ok(()) }
        });
        match snapshot {
            Ok(snapshot) => Ok((snapshot, outcomes)),
            // None was taken: each says why, and the file was not written.
            Err(LibraryError::Conflict { .. }) if !outcomes.is_empty() => Ok((self.load()?, outcomes)),
            Err(error) => Err(error),
        }
    }

    /// Adds many at once, all or nothing (import, demo).
    ///
    /// # Errors
    /// As `save`.
    pub fn add_all(&self, connections: Vec<Connection>) -> Result<Snapshot, LibraryError> {
        self.edit(move |document| {
            let mut names = document.names();
            let mut ids: std::collections::HashSet<_> = document.records.iter().filter_map(Record::id).collect();
            for connection in connections {
                if !ids.insert(connection.id) {
                    return Err(LibraryError::Conflict { theirs: None });
                }
                if !names.insert(connection.name.as_str().to_lowercase()) {
                    return Err(LibraryError::NameTaken { name: connection.name.as_str().to_owned() });
                }
                document.drop_tombstone(connection.id);
                document.push_new(connection)?;
            }
            Ok(())
        })
    }

    /// Takes connections off the list and leaves tombstones until their secrets are purged.
    ///
    /// # Errors
    /// As `save`.
    pub fn remove(&self, ids: &[ConnectionId]) -> Result<Snapshot, LibraryError> {
        let mut gone = Vec::new();
        let snapshot = self.edit(|document| {
            for id in ids {
                if let Some(at) = document.find(*id) {
                    let record = document.records.remove(at);
                    gone.push((*id, record.raw().to_owned()));
                    document.add_tombstone(*id);
                }
            }
            Ok(())
        })?;
        self.removed.lock().unwrap_or_else(PoisonError::into_inner).extend(gone);
        Ok(snapshot)
    }

    /// Undo of `remove`. A name that was taken meanwhile gets a number behind it; an id that is back already is left as it is.
    ///
    /// # Errors
    /// As `save`.
    pub fn restore(&self, entries: Vec<Entry>) -> Result<Snapshot, LibraryError> {
        let removed = self.removed.lock().unwrap_or_else(PoisonError::into_inner).clone();
        self.edit(move |document| {
            let mut names = document.names();
            for Entry { mut connection, revision } in entries {
                document.drop_tombstone(connection.id);
                if document.find(connection.id).is_some() {
                    continue;
                }
                if !names.insert(connection.name.as_str().to_lowercase()) {
                    let old = connection.name.as_str().to_owned();
                    record::rename_free(&mut connection, &mut names);
                    document.notices.push(format!(
                        "The name “{old}” is already in use. The connection was restored as “{}”.",
                        connection.name.as_str()
                    ));
                }
                let raw = removed.get(&connection.id).map(String::as_str);
                document.put(connection, revision.next(), raw)?;
            }
            Ok(())
        })
    }

    /// Their secrets are gone from the vault: drop the tombstones.
    ///
    /// # Errors
    /// As `save`.
    pub fn drop_tombstones(&self, ids: &[ConnectionId]) -> Result<Snapshot, LibraryError> {
        self.edit(|document| {
            for id in ids {
                document.drop_tombstone(*id);
            }
            Ok(())
        })
    }

    fn edit(&self, change: impl FnOnce(&mut Document<'_>) -> Result<(), LibraryError>) -> Result<Snapshot, LibraryError> {
        let _lock = Lock::acquire(&self.path, LOCK_TIMEOUT)?;
        let mut notices = Vec::new();
        let mut change = Some(change);
        let mut changed = |mut document: Document<'_>| {
            document.refuse_newer()?;
            if let Some(change) = change.take() {
                change(&mut document)?;
            }
            Ok((document.render()?, document.into_snapshot()))
        };
        let mut current = atomic_file::read(&self.path, LIMIT)?;
        let first = match &current {
            Some(contents) => read_document(contents, &mut changed),
            None => changed(Document::empty()),
        };
        let (text, mut snapshot) = match first {
            // Nothing was changed yet: a damaged file does not get as far as that.
            Err(LibraryError::Damaged { .. }) => {
                notices.push(self.recover()?);
                current = atomic_file::read(&self.path, LIMIT)?;
                read_document(current.as_ref().ok_or(LibraryError::NoBackup)?, &mut changed)?
            }
            other => other?,
        };
        if text.len() as u64 > LIMIT {
            return Err(FileError::TooLarge { path: self.path.clone(), limit: LIMIT }.into());
        }
        if let Some(contents) = &current
            && let Err(error) = self.backups.keep(&*self.disk, &contents.bytes)
        {
            let failure = error.failure();
            notices.push(format!("Saved, but without a backup of the previous version. {} {}", failure.what, failure.why));
        }
        let stamp = atomic_file::write(&*self.disk, &self.path, text.as_bytes())?;
        self.remember(Some(stamp));
        // Best effort: it is saved, and the state before is among the backups.
        let _ = self.backups.keep_latest(&*self.disk, current.as_ref().map(|current| &*current.bytes), text.as_bytes());
        let had_secret =
            current.as_ref().is_some_and(|contents| damage::decode(&contents.bytes).is_ok_and(|(text, _)| contains_secret(&text)));
        if had_secret && !contains_secret(&text) {
            self.backups.star_secrets(&*self.disk);
            self.took_secret_out.store(true, Ordering::Relaxed);
        }
        snapshot.notices.splice(0..0, notices);
        Ok(snapshot)
    }

    fn remember(&self, stamp: Option<Stamp>) {
        *self.seen.lock().unwrap_or_else(PoisonError::into_inner) = stamp.into();
    }

    /// Can a save succeed here? Asked of the operating system, so that the list says it before somebody types.
    fn mode(&self, exists: bool) -> Mode {
        let folder = atomic_file::parent(&self.path);
        if !exists && !folder.exists() {
            return Mode::Writable;
        }
        match atomic_file::writable(folder) {
            Ok(()) => Mode::Writable,
            Err(error) => {
                let failure = error.failure();
                Mode::ReadOnly(format!("{} {}", failure.what, failure.why))
            }
        }
    }

    /// Removes temporary files that a crash left behind. Once at the start.
    pub fn sweep(&self, now: SystemTime) {
        atomic_file::sweep(atomic_file::parent(&self.path), now);
        atomic_file::sweep(self.backups.folder(), now);
    }
}

fn read_document<T>(contents: &Contents, use_it: impl FnOnce(Document<'_>) -> Result<T, LibraryError>) -> Result<T, LibraryError> {
    let damaged = |why| LibraryError::Damaged { path: PathBuf::new(), why, backups: PathBuf::new() };
    let (text, foreign) = damage::decode(&contents.bytes).map_err(damaged)?;
    let mut document = Document::parse(&text).map_err(damaged)?;
    if foreign {
        document
            .notices
            .push("The connections file has a different text encoding, as some editors use. The next save writes UTF-8.".into());
    }
    use_it(document)
}

impl Revision {
    #[must_use]
    fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }
}

impl Document<'_> {
    fn refuse_newer(&self) -> Result<(), LibraryError> {
        if self.newer { Err(LibraryError::Newer) } else { Ok(()) }
    }

    /// May this connection take the place of the one that was edited at `base`?
    fn judge(&self, connection: &Connection, base: Option<Revision>) -> Result<(), LibraryError> {
        self.refuse_newer()?;
        let theirs = match self.find(connection.id).and_then(|at| self.records.get(at)) {
            Some(Record::Known { connection, revision, .. }) => Some(Entry { connection: connection.clone(), revision: *revision }),
            Some(Record::Unsupported { .. }) => return Err(LibraryError::Conflict { theirs: None }),
            None => None,
        };
        if theirs.as_ref().map(|theirs| theirs.revision) != base {
            return Err(LibraryError::Conflict { theirs: theirs.map(Box::new) });
        }
        if theirs.is_none_or(|theirs| theirs.connection.name != connection.name) && self.name_taken(connection) {
            return Err(LibraryError::NameTaken { name: connection.name.as_str().to_owned() });
        }
        Ok(())
    }

    fn into_snapshot(self) -> Snapshot {
        let tombstones = self.tombstones();
        let mode = if self.newer {
            Mode::ReadOnly("This file is from a newer version of Brickpass and is read-only here. Update Brickpass to edit it.".into())
        } else {
            Mode::Writable
        };
        let entries = self
            .records
            .into_iter()
            .filter_map(|record| match record {
                Record::Known { connection, revision, .. } => Some(Entry { connection, revision }),
                Record::Unsupported { .. } => None,
            })
            .collect();
        Snapshot { entries, tombstones, mode, notices: self.notices }
    }
}

#[cfg(test)]
mod tests;
