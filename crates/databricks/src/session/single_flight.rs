//! Single flight: work that many callers request at once is done once.

use std::sync::{Mutex, PoisonError};

use brickpass_logging::Span;
use tokio::sync::watch;

pub(super) struct SingleFlight<T> {
    current: Mutex<Option<watch::Receiver<Option<T>>>>,
}

impl<T> Default for SingleFlight<T> {
    fn default() -> Self {
        Self { current: Mutex::default() }
    }
}

impl<T: Clone + Send + Sync + 'static> SingleFlight<T> {
    /// The result of the work in flight; if there is none, `begin` starts it. It is a separate task: a caller that stops waiting does not cancel it
    /// for the others. `None`: it panicked.
    pub(super) async fn join<F: Future<Output = T> + Send + 'static>(&self, begin: impl FnOnce() -> F) -> Option<T> {
        let mut landing = {
            let mut current = self.current.lock().unwrap_or_else(PoisonError::into_inner);
            match current.as_ref().filter(|landing| is_flying(landing)) {
                Some(landing) => landing.clone(),
                None => current.insert(take_off(begin())).clone(),
            }
        };
        let drained = landing.wait_for(Option::is_some).await.ok()?;
        drained.clone()
    }

    /// Waits for the work in flight, if there is any.
    pub(super) async fn drained(&self) {
        let current = self.current.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(mut landing) = current {
            let _ = landing.wait_for(Option::is_some).await;
        }
    }
}

fn take_off<T: Send + Sync + 'static>(work: impl Future<Output = T> + Send + 'static) -> watch::Receiver<Option<T>> {
    let (drained, landing) = watch::channel(None);
    // The log shows it in the span of the first caller.
    tokio::spawn(Span::current().around(async move { drained.send_replace(Some(work.await)) }));
    landing
}

/// A channel that closes without a result means a panic.
fn is_flying<T>(landing: &watch::Receiver<Option<T>>) -> bool {
    landing.borrow().is_none() && landing.has_changed().is_ok()
}

#[cfg(test)]
mod tests {
    use std::sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    };

    use tokio::sync::Notify;

    use super::*;

    #[tokio::test]
    async fn everybody_gets_what_one_has_fetched() {
        let (single_flight, begun, gate) = (Arc::new(SingleFlight::default()), Arc::new(AtomicUsize::new(0)), Arc::new(Notify::new()));
        let join = || {
            let (single_flight, begun, gate) = (Arc::clone(&single_flight), Arc::clone(&begun), Arc::clone(&gate));
            tokio::spawn(async move {
                single_flight
                    .join(|| async move {
                        gate.notified().await;
                        begun.fetch_add(1, Ordering::SeqCst) + 1
                    })
                    .await
            })
        };
        let first = join();
        tokio::task::yield_now().await;
        let others: Vec<_> = (0..20).map(|_| join()).collect();
        tokio::task::yield_now().await;
        // The one who began does not wait for it any more.
        first.abort();
        gate.notify_one();
        for other in others {
            assert_eq!(other.await.unwrap(), Some(1));
        }
        gate.notify_one();
        assert_eq!(join().await.unwrap(), Some(2), "what has landed is not asked for again");
    }

    #[tokio::test]
    async fn work_that_panics_does_not_stop_the_next() {
        let single_flight = SingleFlight::default();
        let work = async |panics: bool| assert!(!panics, "on purpose");
        assert_eq!(single_flight.join(|| work(true)).await, None);
        assert_eq!(single_flight.join(|| work(false)).await, Some(()));
    }
}
