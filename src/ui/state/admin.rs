//! What an administrator sees and asks for.

use super::State;
use crate::engine::{Command, Event};

impl State {
    /// Also *Refresh*.
    pub fn ask_for_administration(&mut self) -> Vec<Command> {
        todo!()
    }

    pub(super) fn admin_event(&mut self, event: Event) -> Vec<Command> {
        let _ = (&self, event);
        todo!()
    }
}
