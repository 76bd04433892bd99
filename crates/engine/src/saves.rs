//! Saves that are under way, and which of them the person no longer waits for. A keyring that asks for its password may keep one for minutes.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use brickpass_core::{
    connection::ConnectionId,
    failure::{Code, Failure},
};

#[derive(Default)]
pub(super) struct Saves(Mutex<HashMap<ConnectionId, Waiting>>);

/// Of one connection. Saves come to their end in the order in which they were asked for, so the first `cancelled` are the cancelled ones.
#[derive(Default, Clone, Copy)]
struct Waiting {
    all: usize,
    cancelled: usize,
}

impl Saves {
    fn with<T>(&self, id: ConnectionId, work: impl FnOnce(&mut Waiting) -> T) -> T {
        let mut saves = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let waiting = saves.entry(id).or_default();
        let result = work(waiting);
        if waiting.all == 0 {
            saves.remove(&id);
        }
        result
    }

    pub(super) fn begin(&self, id: ConnectionId) {
        self.with(id, |waiting| waiting.all += 1);
    }

    /// The oldest one has come to its end.
    pub(super) fn end(&self, id: ConnectionId) {
        self.with(id, |waiting| {
            waiting.all = waiting.all.saturating_sub(1);
            waiting.cancelled = waiting.cancelled.saturating_sub(1);
        });
    }

    /// All that are under way. False: none is.
    pub(super) fn cancel(&self, id: ConnectionId) -> bool {
        self.with(id, |waiting| {
            let some = waiting.all > waiting.cancelled;
            waiting.cancelled = waiting.all;
            some
        })
    }

    /// Whether the oldest one is no longer waited for.
    pub(super) fn is_cancelled(&self, id: ConnectionId) -> bool {
        self.with(id, |waiting| waiting.cancelled > 0)
    }
}

pub(super) fn cancelled() -> Failure {
    Failure::new(
        Code::Cancelled,
        "Saving was cancelled.",
        "You did not wait for it any longer.",
        "Nothing was changed. Save again when you are ready.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wn_13_only_saves_that_are_under_way_are_cancelled() {
        let saves = Saves::default();
        let id = ConnectionId::random();
        assert!(!saves.cancel(id), "there is none");
        saves.begin(id);
        assert!(!saves.is_cancelled(id));
        assert!(saves.cancel(id) && saves.is_cancelled(id));
        assert!(!saves.cancel(id), "it is already");
        // Asked for again while the first one still hangs.
        saves.begin(id);
        assert!(saves.is_cancelled(id), "the first one");
        saves.end(id);
        assert!(!saves.is_cancelled(id), "the second one is wanted");
        saves.end(id);
        assert!(!saves.cancel(id));
        assert!(!saves.is_cancelled(ConnectionId::random()));
    }
}
