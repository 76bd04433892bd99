//! The list of connections, broadcast.

use std::sync::Arc;

use crate::{event::Event, shared::Shared};
use brickpass_storage::{Activity, Snapshot};

/// The list as it was just read or written.
pub(crate) fn broadcast(shared: &Shared, snapshot: Snapshot) {
    if shared.library.took_secret_out() {
        // Best effort: the log is of no use to sign in, and the next save tries again.
        let _ = Activity::new(&shared.places.state_dir).star_secrets();
    }
    shared.outbox.send(Event::Library(Arc::new(snapshot)));
}
