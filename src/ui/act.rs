//! What drawing a frame returns besides pixels.

use jiff::Timestamp;

use super::{
    state::{Notice, Output, State},
    text,
};
use brickpass_engine::Ask;

/// One frame: the time at which it is drawn, and the output that it produces.
pub struct Act {
    pub now: Timestamp,
    output: Output,
    requests: Vec<Ask>,
    changed: bool,
}

impl Act {
    pub fn new(now: Timestamp) -> Self {
        Self { now, output: Output::none(), requests: Vec::new(), changed: false }
    }

    pub fn send(&mut self, output: impl Into<Output>) {
        self.output.extend(output);
    }

    /// Carries out what was sent so far, so that what is drawn next shows it. Requests wait for the end of the frame.
    pub fn settle(&mut self, state: &mut State) {
        let output = std::mem::take(&mut self.output);
        self.changed |= !output.is_empty();
        let requests = state.follow(output);
        self.requests.extend(requests);
    }

    /// Carries out the rest, and returns the requests of the whole frame. If anything was sent, it is shown by the next frame.
    pub fn finish(mut self, ctx: &egui::Context, state: &mut State) -> Vec<Ask> {
        self.settle(state);
        if self.changed {
            ctx.request_repaint();
        }
        self.requests
    }

    /// Copies text to the clipboard and says so.
    pub fn copy(ctx: &egui::Context, state: &mut State, words: String) {
        ctx.copy_text(words);
        state.view.notices.push(Notice::Done(text::COPIED.to_owned()));
    }

    /// For widgets that count seconds from any fixed moment.
    pub fn seconds(&self) -> f64 {
        self.now.as_millisecond() as f64 / 1000.0
    }
}
