//! The queue of everything that writes to disk or to the vault: one after the other, so that no two of our own writes cross and the order of
//! clicks is kept.

use std::pin::Pin;

use tokio::sync::{mpsc, oneshot};

use super::blocking::{blocking, crashed};
use brickpass_core::failure::Failure;

pub(super) type Job = Pin<Box<dyn Future<Output = ()> + Send>>;

/// Puts work into the queue, for as long as the engine keeps it open.
#[derive(Clone)]
pub(super) struct Writer(mpsc::WeakUnboundedSender<Job>);

/// The queue ends when this is dropped and all that was put into it is done.
pub(super) struct OpenQueue {
    _jobs: mpsc::UnboundedSender<Job>,
}

/// An open queue, what puts work into it, and what works it off.
pub(super) fn queue(after_each: impl Fn() + Send + 'static) -> (OpenQueue, Writer, impl Future<Output = ()> + Send) {
    let (jobs, mut waiting) = mpsc::unbounded_channel::<Job>();
    let writer = Writer(jobs.downgrade());
    let work = async move {
        while let Some(job) = waiting.recv().await {
            // In a task of its own: whatever crashes there, the queue goes on.
            let _ = tokio::spawn(job).await;
            after_each();
        }
    };
    (OpenQueue { _jobs: jobs }, writer, work)
}

impl Writer {
    /// After the end of the queue the job is dropped.
    pub(super) fn put(&self, job: Job) {
        if let Some(jobs) = self.0.upgrade() {
            // The queue works off what was put into it while it was open.
            let _ = jobs.send(job);
        }
    }

    /// Work that blocks, in its turn. It is put into the queue at once; the future only waits for it.
    pub(super) fn write<T: Send + 'static, W: FnOnce() -> T + Send + 'static>(
        &self,
        work: W,
    ) -> impl Future<Output = Result<T, Failure>> + Send + use<T, W> {
        let (answer, answered) = oneshot::channel();
        self.put(Box::pin(async move {
            // The part that waits for it may have crashed.
            let _ = answer.send(blocking(work).await);
        }));
        async move { answered.await.unwrap_or_else(|_| Err(crashed())) }
    }
}
