//! The window closes: unsaved edits, sign-ins that are not saved, and values that are shown only once keep it open.

use super::{Closing, Output, SignInsUnsaved, State};
use brickpass_core::connection::ConnectionId;

/// The window is about to close while these have unsaved edits.
#[derive(Debug)]
pub struct CloseWindow {
    pub unsaved: Vec<(ConnectionId, String)>,
}

impl State {
    /// The person closes the window. Returns whether it may close.
    pub fn ask_to_close(&mut self) -> bool {
        if self.view.closing == Closing::Now {
            return true;
        }
        if self.held_up_by_token() || self.held_up_by_secret() {
            return false;
        }
        let unsaved = self.connections.unsaved();
        if unsaved.is_empty() {
            return self.close_unless_held_up();
        }
        self.dialogs.show(CloseWindow { unsaved });
        false
    }

    pub fn save_all_and_close(&mut self, CloseWindow { unsaved }: &CloseWindow) -> Output {
        self.view.closing = Closing::WhenSaved;
        let mut output = Output::none();
        for (id, _) in unsaved {
            if self.view.closing == Closing::No {
                break;
            }
            output.extend(self.save_of(*id));
        }
        output
    }

    /// Keeps the window open if a renewed sign-in is not saved, since the old one is no longer valid. Returns whether it may close.
    pub fn close_unless_held_up(&mut self) -> bool {
        let held_up = !self.sign_ins.unsaved().is_empty();
        if held_up {
            self.view.closing = Closing::No;
            self.dialogs.show(SignInsUnsaved { waiting: false });
        } else {
            self.view.closing = Closing::Now;
        }
        !held_up
    }

    /// The window closes: removals can no longer be undone, running tests end.
    pub fn leave(&mut self) -> Output {
        self.tests.cancel_all();
        self.sign_ins.cancel_all();
        super::deleting::gone_for_good(std::mem::take(&mut self.connections.removals))
    }
}
