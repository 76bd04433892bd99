//! Exports to other tools: made, saved, and what the workspace offers for their fields.

mod make;
mod offers;
mod save;

use std::path::PathBuf;

pub use make::Export;
pub use offers::{ListOffers, Offer};
pub use save::SaveExport;

use brickpass_core::connection::ConnectionId;
use brickpass_interchange::format::Answers;

/// What an export is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExportOf {
    /// Also where the format could list all.
    One(ConnectionId),
    /// Of a format that lists all connections.
    All {
        /// In whose view it was asked for, and is answered.
        at: Option<ConnectionId>,
    },
}

impl ExportOf {
    /// The connection that it is about, and nothing else.
    #[must_use]
    pub fn only(self) -> Option<ConnectionId> {
        match self {
            Self::One(id) => Some(id),
            Self::All { .. } => None,
        }
    }

    /// In whose view it is answered.
    #[must_use]
    pub fn at(self) -> Option<ConnectionId> {
        match self {
            Self::One(id) => Some(id),
            Self::All { at } => at,
        }
    }
}

/// An export that is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExportRequest {
    /// The id of a format of the registry.
    pub format: String,
    pub answers: Answers,
    /// The person has ticked it, after the warning.
    pub include_secret: bool,
}

/// Where an export goes. A file that does not exist yet; of several files, a folder that they are put in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExportPlace {
    pub to: PathBuf,
    /// The person knows that it lies in a git work tree and holds a secret.
    pub in_work_tree: bool,
}
