//! Work that blocks, off the async threads.

use brickpass_core::failure::Failure;
use brickpass_logging::Span;

/// Runs work that blocks; a panic in it becomes a failure instead of silence.
pub(super) async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, Failure> {
    let span = Span::current();
    tokio::task::spawn_blocking(move || span.run(work)).await.map_err(|_| crashed())
}

pub(super) fn crashed() -> Failure {
    Failure::mistake("A part of Brickpass stopped unexpectedly. Your connections and secrets are unchanged.")
}
