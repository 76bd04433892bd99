//! What the last test of each connection found: a cache in the state directory, whose loss harms nothing.

use std::{collections::HashMap, path::Path};

use crate::connection::{ConnectionId, LastTest};

pub struct History {}

impl History {
    #[must_use]
    pub fn new(_state_dir: &Path) -> Self {
        todo!()
    }

    /// An unreadable file is an empty history.
    #[must_use]
    pub fn load(&self) -> HashMap<ConnectionId, LastTest> {
        todo!()
    }

    /// Merges under a lock; `None` forgets. Failure to write is not worth an error: the next test writes again.
    pub fn record(&self, _changes: &[(ConnectionId, Option<LastTest>)]) {
        todo!()
    }
}
