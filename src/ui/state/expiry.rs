//! Which tokens expire when, over all connections, and what the person is told of it.

use super::State;
use crate::engine::{Command, Event};

impl State {
    pub(super) fn reminder_event(&mut self, event: Event) -> Vec<Command> {
        let _ = (&self, event);
        todo!()
    }
}
