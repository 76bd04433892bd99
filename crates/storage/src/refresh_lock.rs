//! One process at a time renews a sign-in: a refresh token that two of them send makes the server revoke it for both.

use std::{path::Path, time::Duration};

use super::atomic_file::{FileError, Lock};
use brickpass_core::{connection::ConnectionId, failure::Failure};

/// Held until dropped; the kernel lets go of it if the process dies.
#[derive(Debug)]
pub struct RefreshLock {
    _lock: Lock,
}

impl RefreshLock {
    /// Blocks for `patience` at most; `None`: another process still holds it.
    ///
    /// # Errors
    /// The lock file cannot be made, or is not safe to use.
    pub fn acquire(state_dir: &Path, of: ConnectionId, patience: Duration) -> Result<Option<Self>, Failure> {
        match Lock::acquire(&state_dir.join("locks").join(format!("refresh-{of}")), patience) {
            Ok(lock) => Ok(Some(Self { _lock: lock })),
            Err(FileError::Busy { .. }) => Ok(None),
            Err(error) => Err(error.failure()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_sign_ins_do_not_wait_for_each_other_and_one_does() {
        let dir = tempfile::tempdir().unwrap();
        let [one, other] = [ConnectionId::random(), ConnectionId::random()];
        let acquire = |id| RefreshLock::acquire(dir.path(), id, Duration::ZERO).unwrap();
        let held = acquire(one).unwrap();
        assert!(acquire(one).is_none() && acquire(other).is_some());
        drop(held);
        assert!(acquire(one).is_some());
    }

    #[test]
    fn a_lock_that_cannot_be_made_is_told() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("state");
        std::fs::File::create(&file).unwrap();
        assert!(RefreshLock::acquire(&file, ConnectionId::random(), Duration::ZERO).is_err());
    }
}
