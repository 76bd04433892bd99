//! Work that was asked for and is under way: it can be called off until its first request that changes something, and from then on it is
//! brought to its end, whatever becomes of the window.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use tokio::{sync::oneshot, task::JoinHandle};

use super::{
    Event, RunId,
    shared::{Shared, crashed},
};
use brickpass_core::failure::{Code, Failure};

pub(super) struct Running {
    shared: Arc<Shared>,
    works: Vec<Work>,
}

struct Work {
    run: Option<RunId>,
    cancel: Option<oneshot::Sender<()>>,
    ended: JoinHandle<()>,
}

/// Resolves when the person has called it off. Asked for until the first request that changes something is sent, and never after.
pub(super) struct Cancelled(oneshot::Receiver<()>);

/// The window is closed: nobody takes a secret's value any more.
#[derive(Clone, Default)]
pub(super) struct Deserted(Arc<AtomicBool>);

impl Running {
    pub(super) fn new(shared: Arc<Shared>) -> Self {
        Self { shared, works: Vec::new() }
    }

    /// Work that is brought to its end; for as long as it asks `Cancelled` it can be called off.
    pub(super) fn start<T: Send + 'static, W: Future<Output = Result<T, Failure>> + Send + 'static>(
        &mut self,
        run: RunId,
        work: impl FnOnce(Cancelled) -> W,
        event: impl FnOnce(Result<T, Failure>) -> Event + Send + 'static,
    ) {
        let (cancel, cancelled) = oneshot::channel();
        let ended = self.spawn(work(Cancelled(cancelled)), event);
        self.works.push(Work { run: Some(run), cancel: Some(cancel), ended });
    }

    /// Runs `work` in a task of its own and tells its end, also if it crashes.
    fn spawn<T: Send + 'static>(
        &mut self,
        work: impl Future<Output = Result<T, Failure>> + Send + 'static,
        event: impl FnOnce(Result<T, Failure>) -> Event + Send + 'static,
    ) -> JoinHandle<()> {
        self.works.retain(|it| !it.ended.is_finished());
        let shared = Arc::clone(&self.shared);
        tokio::spawn(async move {
            let outcome = tokio::spawn(work).await.unwrap_or_else(|_| Err(crashed()));
            super::owner::tell_unsaved(&shared);
            shared.outbox.send(event(outcome));
        })
    }

    /// Nothing happens to what has sent its first request.
    pub(super) fn cancel(&mut self, run: RunId) {
        for work in self.works.iter_mut().filter(|it| it.run == Some(run)) {
            work.stop();
        }
    }
}

impl Work {
    fn stop(&mut self) {
        if let Some(cancel) = self.cancel.take() {
            // It may have ended.
            let _ = cancel.send(());
        }
    }
}

impl Cancelled {
    /// What `work` comes to, unless it is called off before.
    pub(super) async fn or<T>(self, work: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
        tokio::select! {
            biased;
            Ok(()) = self.0 => Err(called_off()),
            outcome = work => outcome,
        }
    }
}

impl Deserted {
    pub(super) fn set(&self, deserted: bool) {
        self.0.store(deserted, Ordering::Relaxed);
    }

    pub(super) fn yes(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// Also what is told, if anybody hears it, when a value was made that nobody takes any more: it is gone again.
pub(super) fn called_off() -> Failure {
    Failure::new(
        Code::Cancelled,
        "Nothing was done.",
        "You stopped it before anything was asked of the workspace.",
        "Begin again when you like.",
    )
}
