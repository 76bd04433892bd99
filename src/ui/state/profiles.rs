//! `.databrickscfg` as the window knows it: profiles, drift, what a change would do.

use super::State;
use crate::engine::{Command, Event};

impl State {
    pub(super) fn profiles_event(&mut self, event: Event) -> Vec<Command> {
        let _ = (&self, event);
        todo!()
    }
}
