//! What drawing a frame gives back besides pixels.

use jiff::Timestamp;

use crate::engine::Command;

/// One frame: the time it is drawn at, and the commands that it leads to.
pub struct Act {
    pub now: Timestamp,
    commands: Vec<Command>,
}

impl Act {
    pub fn new(now: Timestamp) -> Self {
        Self { now, commands: Vec::new() }
    }

    pub fn send(&mut self, commands: impl IntoIterator<Item = Command>) {
        self.commands.extend(commands);
    }

    pub fn into_commands(self) -> Vec<Command> {
        self.commands
    }

    /// For widgets that count seconds from any fixed moment.
    pub fn seconds(&self) -> f64 {
        self.now.as_millisecond() as f64 / 1000.0
    }
}
