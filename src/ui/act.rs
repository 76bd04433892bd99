//! What drawing a frame returns besides pixels.

use jiff::Timestamp;

use super::{
    state::{Notice, State},
    text,
};
use brickpass_engine::Ask;

/// One frame: the time at which it is drawn, and the commands that it produces.
pub struct Act {
    pub now: Timestamp,
    commands: Vec<Ask>,
}

impl Act {
    pub fn new(now: Timestamp) -> Self {
        Self { now, commands: Vec::new() }
    }

    pub fn send(&mut self, commands: impl IntoIterator<Item = Ask>) {
        self.commands.extend(commands);
    }

    pub fn into_commands(self) -> Vec<Ask> {
        self.commands
    }

    /// Copies text to the clipboard and says so.
    pub fn copy(ctx: &egui::Context, state: &mut State, words: String) {
        ctx.copy_text(words);
        state.notices.push(Notice::Done(text::COPIED.to_owned()));
    }

    /// For widgets that count seconds from any fixed moment.
    pub fn seconds(&self) -> f64 {
        self.now.as_millisecond() as f64 / 1000.0
    }
}
