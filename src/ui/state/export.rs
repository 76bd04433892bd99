//! What is handed over: the chosen format, its answers, what it would be.

use super::State;
use crate::engine::{Command, Event};

impl State {
    /// Also *Refresh*.
    pub fn ask_for_export(&mut self) -> Vec<Command> {
        todo!()
    }

    pub(super) fn export_event(&mut self, event: Event) -> Vec<Command> {
        let _ = (&self, event);
        todo!()
    }
}
