//! *Refresh from all workspaces*: lists the tokens of every connection, a few at a time.

use std::collections::VecDeque;

use super::{Connections, Expiry, Output, Tokens};
use brickpass_core::connection::{ConnectionId, Level};

/// The maximum number of requests at a time.
const AT_ONCE: usize = 8;

#[derive(Debug, Default)]
pub struct Asking {
    waiting: VecDeque<ConnectionId>,
    running: Vec<ConnectionId>,
    pub answered: usize,
    pub all: usize,
    failed: usize,
}

/// The result.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Asked {
    pub answered: usize,
    pub failed: usize,
    /// The person stopped it before the rest was loaded.
    pub left: usize,
}

impl Asking {
    fn next(&mut self) -> Vec<ConnectionId> {
        let room = AT_ONCE.saturating_sub(self.running.len()).min(self.waiting.len());
        let next: Vec<ConnectionId> = self.waiting.drain(..room).collect();
        self.running.extend(&next);
        next
    }
}

impl Expiry {
    /// Every workspace with a connection, so that tokens that Brickpass did not create are included.
    pub fn ask_all_for_tokens(&mut self, connections: &Connections, tokens: &mut Tokens) -> Output {
        if self.asking.is_some() {
            return Output::none();
        }
        let entries = connections.library.value().map(|snapshot| snapshot.entries.as_slice()).unwrap_or_default();
        let workspaces = entries.iter().map(|entry| &entry.connection).filter(|connection| connection.level == Level::Workspace);
        let waiting: VecDeque<ConnectionId> = workspaces.map(|connection| connection.id).collect();
        self.asked = None;
        self.asking = Some(Asking { all: waiting.len(), waiting, ..Asking::default() });
        self.ask_more(tokens)
    }

    fn ask_more(&mut self, tokens: &mut Tokens) -> Output {
        let Some(asking) = &mut self.asking else { return Output::none() };
        let next = asking.next();
        if asking.running.is_empty() {
            let (answered, failed) = (asking.answered, asking.failed);
            self.asked = Some(Asked { answered, failed, left: 0 });
            self.asking = None;
        }
        next.into_iter().map(|id| tokens.ask_for_tokens_of(id)).collect()
    }

    /// The tokens of one connection were listed, or could not be.
    pub(in crate::ui::state) fn listed(&mut self, id: ConnectionId, succeeded: bool, tokens: &mut Tokens) -> Output {
        self.changed();
        let Some(asking) = &mut self.asking else { return Output::none() };
        let Some(at) = asking.running.iter().position(|running| *running == id) else { return Output::none() };
        asking.running.swap_remove(at);
        if succeeded {
            asking.answered += 1;
        } else {
            asking.failed += 1;
        }
        self.ask_more(tokens)
    }

    pub fn asking_for_expiry(&self) -> Option<&Asking> {
        self.asking.as_ref()
    }

    pub fn asked_for_expiry(&self) -> Option<Asked> {
        self.asked
    }

    /// Answers that are still on their way are used.
    pub fn stop_asking_for_tokens(&mut self) {
        let Some(asking) = self.asking.take() else { return };
        let (answered, failed, left) = (asking.answered, asking.failed, asking.waiting.len());
        self.asked = Some(Asked { answered, failed, left });
    }
}

impl Asking {
    /// The number of connections that have answered, whether it succeeded or not.
    pub fn ended(&self) -> usize {
        self.answered + self.failed
    }
}
