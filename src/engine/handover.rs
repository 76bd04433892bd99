//! What is handed to other tools: exports, and whether the receiving tool sees the same user.

mod export;

use std::path::PathBuf;

pub(super) use export::{export, save};

use crate::interchange::format::Answers;

/// An export that is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExportRequest {
    /// The id of a format of the registry.
    pub format: String,
    pub answers: Answers,
    /// The person has ticked it, after the warning.
    pub include_secret: bool,
    /// Of a format that lists all connections: only the one it is asked of.
    pub only: bool,
}

/// A choice that the live workspace offers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    /// What stands in the export.
    pub value: String,
    pub label: String,
}

/// Where an export goes. A file that does not exist yet; of several files, a folder that they are put in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExportPlace {
    pub to: PathBuf,
    /// The person knows that it lies in a git work tree and holds a secret.
    pub in_work_tree: bool,
}

/// A program that is installed here and can say whom it would sign in as.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proof {
    /// `Databricks CLI 1.13.0`, `databricks-sdk 0.156.0 (Python)`.
    pub tool: String,
    /// Whom it sees; it is the same user that Brickpass sees.
    pub user: String,
}
