//! The file of connections: versioned, human-readable, unknown keys kept, backed up, replaced atomically under a lock.

use std::path::{Path, PathBuf};

use crate::{
    connection::{Connection, ConnectionId},
    failure::Failure,
};

/// Grows by one with every save of a connection: two windows that edit the same one notice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Revision(pub u64);

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    pub connection: Connection,
    pub revision: Revision,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Mode {
    Writable,
    /// Made by a newer Brickpass, or on a read-only disk: shown, never written. The reason in words.
    ReadOnly(String),
}

/// The library as it was at one moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snapshot {
    pub entries: Vec<Entry>,
    /// Connections that are gone from the list while a secret of theirs may still be in the vault.
    pub tombstones: Vec<ConnectionId>,
    pub mode: Mode,
    /// What was found and mended on opening (duplicate names, a corrupt file set aside...), in words for the person.
    pub notices: Vec<String>,
}

#[derive(Debug, thiserror::Error)]
pub enum LibraryError {
    #[error("the connections file was changed elsewhere")]
    Conflict { theirs: Option<Box<Entry>> },
}

impl LibraryError {
    #[must_use]
    pub fn failure(&self) -> Failure {
        todo!()
    }
}

pub struct Library {
    _path: PathBuf,
}

impl Library {
    /// `connections.json` in `config_dir`; backups in `state_dir`.
    #[must_use]
    pub fn new(_config_dir: &Path, _state_dir: &Path) -> Self {
        todo!()
    }

    #[must_use]
    pub fn path(&self) -> &Path {
        todo!()
    }

    /// # Errors
    /// The file cannot be read or is not safe to read. A missing file is an empty library.
    pub fn load(&self) -> Result<Snapshot, LibraryError> {
        todo!()
    }

    /// Has the file changed since the last `load` or write through this value? One `stat`.
    #[must_use]
    pub fn changed_outside(&self) -> bool {
        todo!()
    }

    /// Adds (`base` = `None`) or replaces (`base` = the revision that was edited), re-reading under the lock, so that nobody's other edits are lost.
    ///
    /// # Errors
    /// `Conflict` when the connection was changed since `base`; a name that is taken; disk errors with the path.
    pub fn save(&self, _connection: Connection, _base: Option<Revision>) -> Result<Snapshot, LibraryError> {
        todo!()
    }

    /// Would `save` be taken now? Asked before the secret is stored.
    ///
    /// # Errors
    /// As `save`, without writing.
    pub fn may_save(&self, _connection: &Connection, _base: Option<Revision>) -> Result<(), LibraryError> {
        todo!()
    }

    /// Adds many at once, all or nothing (import, demo).
    ///
    /// # Errors
    /// As `save`.
    pub fn add_all(&self, _connections: Vec<Connection>) -> Result<Snapshot, LibraryError> {
        todo!()
    }

    /// Takes connections off the list and leaves tombstones until their secrets are purged.
    ///
    /// # Errors
    /// As `save`.
    pub fn remove(&self, _ids: &[ConnectionId]) -> Result<Snapshot, LibraryError> {
        todo!()
    }

    /// Undo of `remove`.
    ///
    /// # Errors
    /// As `save`.
    pub fn restore(&self, _entries: Vec<Entry>) -> Result<Snapshot, LibraryError> {
        todo!()
    }

    /// Their secrets are gone from the vault: drop the tombstones.
    ///
    /// # Errors
    /// As `save`.
    pub fn bury(&self, _ids: &[ConnectionId]) -> Result<Snapshot, LibraryError> {
        todo!()
    }
}
