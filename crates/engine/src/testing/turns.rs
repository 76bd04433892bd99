//! How many tests run at a time: at most 64, and eight at one host.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Courtesy towards one host: more tests of it wait for their turn.
const AT_ONE_HOST: usize = 8;

/// A test mostly waits for its host, so many hosts are tested side by side. The rest is a matter of sockets and memory.
const AT_ONCE: usize = 64;

pub(crate) struct TestTurns {
    all: Arc<Semaphore>,
    /// By origin.
    of_hosts: Mutex<HashMap<String, Arc<Semaphore>>>,
}

/// A test may run while it is kept.
pub(super) struct Turn {
    _of_host: Option<OwnedSemaphorePermit>,
    _of_all: Option<OwnedSemaphorePermit>,
}

impl Default for TestTurns {
    fn default() -> Self {
        Self { all: Arc::new(Semaphore::new(AT_ONCE)), of_hosts: Mutex::default() }
    }
}

impl TestTurns {
    /// Waits for a turn at this origin. The host's comes first: a test that waits for its host takes no place from another.
    pub(super) async fn next(&self, origin: String) -> Turn {
        let of_host = {
            let mut of_hosts = self.of_hosts.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(of_hosts.entry(origin).or_insert_with(|| Arc::new(Semaphore::new(AT_ONE_HOST))))
        };
        // They are never closed, so each gives its permit.
        Turn { _of_host: of_host.acquire_owned().await.ok(), _of_all: Arc::clone(&self.all).acquire_owned().await.ok() }
    }
}
