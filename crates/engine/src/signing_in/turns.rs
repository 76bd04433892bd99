//! Sign-ins of one connection replace each other.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use tokio_util::sync::CancellationToken;

use brickpass_core::connection::ConnectionId;

/// By the connection that holds the sign-in.
#[derive(Default)]
pub(crate) struct SignInTurns(Mutex<HashMap<ConnectionId, Turn>>);

/// One attempt's.
#[derive(Clone, Default)]
pub(super) struct Turn {
    /// Cancelled by the next attempt.
    pub(super) replaced: CancellationToken,
    /// Held while an attempt works: its port may be the only one, and is free after that attempt.
    pub(super) alone: Arc<tokio::sync::Mutex<()>>,
}

impl SignInTurns {
    /// Cancels the attempt that runs, if one does.
    pub(super) fn next(&self, owner: ConnectionId) -> Turn {
        let mut turns = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let turn = turns.entry(owner).or_default();
        turn.replaced.cancel();
        turn.replaced = CancellationToken::new();
        turn.clone()
    }
}
