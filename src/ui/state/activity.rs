//! Who did what when, as far as it was asked for; and what goes to somebody who helps.

use super::State;
use crate::engine::{Command, Event};

impl State {
    /// Also *Refresh*.
    pub fn ask_for_activity(&mut self) -> Vec<Command> {
        todo!()
    }

    pub(super) fn activity_event(&mut self, event: Event) -> Vec<Command> {
        let _ = (&self, event);
        todo!()
    }
}
