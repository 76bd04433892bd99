//! Wakes the watch over the entries of the Databricks CLI.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use tokio::sync::{Mutex, MutexGuard, Notify};

/// Raised when something has changed that decides about the entries.
#[derive(Clone, Default)]
pub(crate) struct CliTokensSignal(Arc<Inner>);

#[derive(Default)]
struct Inner {
    raised: Notify,
    due: AtomicBool,
    /// One at a time.
    busy: Mutex<()>,
}

impl CliTokensSignal {
    /// Never blocks.
    pub(crate) fn raise(&self) {
        self.0.due.store(true, Ordering::SeqCst);
        self.0.raised.notify_one();
    }

    pub(super) async fn raised(&self) {
        self.0.raised.notified().await;
    }

    /// Whether the entries have to be settled since it was raised. It is lowered by this.
    pub(super) fn take_due(&self) -> bool {
        self.0.due.swap(false, Ordering::SeqCst)
    }

    pub(super) async fn alone(&self) -> MutexGuard<'_, ()> {
        self.0.busy.lock().await
    }
}
