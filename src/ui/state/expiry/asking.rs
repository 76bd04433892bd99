//! *Refresh from all workspaces*: lists the tokens of every connection, a few at a time.

use std::collections::VecDeque;

use super::Event;
use crate::ui::state::State;
use brickpass_core::connection::{ConnectionId, Level};
use brickpass_engine::Ask;

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

impl State {
    pub fn asking_for_expiry(&self) -> Option<&Asking> {
        self.expiry.asking.as_ref()
    }

    pub fn asked_for_expiry(&self) -> Option<Asked> {
        self.expiry.asked
    }

    /// Every workspace with a connection, so that tokens that Brickpass did not create are included.
    pub fn ask_all_for_tokens(&mut self) -> Vec<Ask> {
        if self.expiry.asking.is_some() {
            return Vec::new();
        }
        let entries = self.library.value().map(|snapshot| snapshot.entries.as_slice()).unwrap_or_default();
        let workspaces = entries.iter().map(|entry| &entry.connection).filter(|connection| connection.level == Level::Workspace);
        let waiting: VecDeque<ConnectionId> = workspaces.map(|connection| connection.id).collect();
        self.expiry.asked = None;
        self.expiry.asking = Some(Asking { all: waiting.len(), waiting, ..Asking::default() });
        self.ask_more()
    }

    /// Answers that are still on their way are used.
    pub fn stop_asking_for_tokens(&mut self) {
        let Some(asking) = self.expiry.asking.take() else { return };
        let (answered, failed, left) = (asking.answered, asking.failed, asking.waiting.len());
        self.expiry.asked = Some(Asked { answered, failed, left });
    }

    fn ask_more(&mut self) -> Vec<Ask> {
        let Some(asking) = &mut self.expiry.asking else { return Vec::new() };
        let next = asking.next();
        if asking.running.is_empty() {
            let (answered, failed) = (asking.answered, asking.failed);
            self.expiry.asked = Some(Asked { answered, failed, left: 0 });
            self.expiry.asking = None;
        }
        next.into_iter().map(|id| self.ask_for_tokens_of(id)).collect()
    }

    /// The tokens of one connection were listed, or could not be.
    pub(in crate::ui::state) fn expiry_asked(&mut self, id: ConnectionId, listed: bool) -> Vec<Ask> {
        self.expiry.changed();
        let Some(asking) = &mut self.expiry.asking else { return Vec::new() };
        let Some(at) = asking.running.iter().position(|running| *running == id) else { return Vec::new() };
        asking.running.swap_remove(at);
        if listed {
            asking.answered += 1;
        } else {
            asking.failed += 1;
        }
        self.ask_more()
    }

    /// Called for every event, before any other handler.
    pub(in crate::ui::state) fn expiry_hears(&mut self, event: &Event) -> Vec<Ask> {
        match event {
            Event::Library(_) | Event::TokenNotes(_) => {
                self.expiry.changed();
                Vec::new()
            }
            _ => Vec::new(),
        }
    }
}

impl Asking {
    /// The number of connections that have answered, whether it succeeded or not.
    pub fn ended(&self) -> usize {
        self.answered + self.failed
    }
}
