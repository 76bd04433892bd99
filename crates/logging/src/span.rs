//! A span: what the events in it have in common.

use tracing::Instrument as _;

/// What the events in it have in common. Made by [`span!`](crate::span!). Costs nothing while the log is off.
#[derive(Debug, Clone)]
pub struct Span(tracing::Span);

impl Span {
    /// For [`span!`](crate::span!) alone.
    #[doc(hidden)]
    #[must_use]
    pub fn __new(span: tracing::Span) -> Self {
        Self(span)
    }

    /// The span of this thread at this moment, to carry it to another thread or task.
    #[must_use]
    pub fn current() -> Self {
        Self(tracing::Span::current())
    }

    /// Runs `work` in this span.
    pub fn run<T>(&self, work: impl FnOnce() -> T) -> T {
        self.0.in_scope(work)
    }

    /// The same future, which runs in this span whenever it is polled.
    pub fn around<F: Future>(&self, work: F) -> impl Future<Output = F::Output> + use<F> {
        work.instrument(self.0.clone())
    }
}
