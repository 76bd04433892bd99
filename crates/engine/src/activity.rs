//! The activity log, read and exported.

mod log;

use std::path::PathBuf;

pub(super) use self::log::{ActivityLog, Done, id_of, ids, token_id, user};
use super::request::{Context, Order, Request};
use brickpass_core::{connection::ConnectionId, failure::Failure};
use brickpass_storage::ActivityEntry;

/// Reads the activity log. From then on, what is recorded is broadcast as it happens. The answer: the newest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReadActivity;

impl Request for ReadActivity {
    type Answer = Vec<ActivityEntry>;

    const ORDER: Order = Order::Question;

    async fn run(self, context: Context) -> Result<Vec<ActivityEntry>, Failure> {
        context.shared.outbox.log().read().await
    }
}

/// Writes the activity log to a new file, in its own format.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExportActivity {
    /// `None`: of all connections.
    pub id: Option<ConnectionId>,
    pub to: PathBuf,
}

/// The log records it.
impl Request for ExportActivity {
    type Answer = ();

    const ORDER: Order = Order::Change;

    async fn run(self, context: Context) -> Result<(), Failure> {
        context.shared.outbox.log().export(self.id, self.to).await
    }
}
