//! Profiles of `.databrickscfg`: which there are, what publishing a connection would change, and the change itself. The file belongs to other
//! programs: it is read again under its lock before every change, backed up, replaced whole, and keeps every byte that was not asked about.

use std::path::PathBuf;

use crate::{
    connection::ConnectionId,
    interchange::databrickscfg::{DiffLine, Edit, Remark},
};

/// The file as it is now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProfilesFile {
    pub path: PathBuf,
    /// Behind a link (a folder of dotfiles): the file that is really written.
    pub target: Option<PathBuf>,
    pub profiles: Vec<ProfileLine>,
    pub remarks: Vec<Remark>,
    /// Others than its owner may read it.
    pub exposed: bool,
    /// There is a backup to go back to.
    pub backup: bool,
}

/// A profile in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProfileLine {
    pub name: String,
    pub host: Option<String>,
    pub auth_type: Option<String>,
    pub is_default: bool,
    /// The keys that hold secrets in plain text.
    pub secrets: Vec<String>,
    /// The connection that was published as it.
    pub published: Option<(ConnectionId, Drift)>,
}

/// Whether a section is as it was published.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Drift {
    Same,
    /// Somebody changed it in the file.
    ChangedThere,
    /// The connection was changed here since.
    ChangedHere,
    Both,
    /// The section is gone.
    Gone,
}

/// A change that was looked at and is agreed to. Made for exactly the file that was shown: one that changed since is shown again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    pub path: PathBuf,
    pub edit: Edit,
    /// Of the bytes that the diff was made from.
    pub digest: [u8; 32],
    pub diff: Vec<DiffLine>,
    /// Whose publication is remembered, so that drift is seen later.
    pub connection: Option<ConnectionId>,
}
