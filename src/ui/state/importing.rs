//! Connections that would come in: the preview and what is chosen of it.

use super::State;
use crate::engine::{Command, Event};

impl State {
    pub(super) fn import_event(&mut self, event: Event) -> Vec<Command> {
        let _ = (&self, event);
        todo!()
    }
}
