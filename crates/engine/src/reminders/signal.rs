//! Wakes the watch over tokens that expire.

use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::Notify;

use crate::event::Event;
use brickpass_storage::Snapshot;

/// Raised by everything that may make a reminder due.
#[derive(Clone, Default)]
pub(crate) struct RemindersSignal(Arc<Inner>);

#[derive(Default)]
struct Inner {
    raised: Notify,
    library: Mutex<Option<Arc<Snapshot>>>,
}

impl RemindersSignal {
    /// Never blocks.
    pub(crate) fn observe(&self, event: &Event) {
        match event {
            Event::Library(snapshot) => *self.0.library.lock().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(snapshot)),
            Event::TokenNotes(_) => {}
            _ => return,
        }
        self.raise();
    }

    pub(crate) fn raise(&self) {
        self.0.raised.notify_one();
    }

    pub(super) async fn raised(&self) {
        self.0.raised.notified().await;
    }

    /// As it was broadcast last.
    pub(super) fn library(&self) -> Option<Arc<Snapshot>> {
        self.0.library.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
