//! What is in view, and what the next frame shows, focuses or wipes.

use super::Page;
use brickpass_core::{
    connection::{ConnectionId, Field},
    failure::Failure,
};

#[derive(Debug, Default)]
pub struct View {
    pub(super) page: Page,
    pub notices: Vec<Notice>,
    /// Scroll to the test result: because it was requested (`true`), or because it grew while it may be visible (`false`).
    pub show_test: Option<bool>,
    /// The field that the form should show and focus.
    pub focus: Option<Field>,
    /// Pressed in the test panel, and done after it is drawn.
    pub later: Option<Later>,
    /// The list should scroll to the selected row.
    pub reveal_selected: bool,
    /// Their secrets are saved: the fields must wipe what they still contain of them.
    pub wipe: Vec<ConnectionId>,
    pub(super) closing: Closing,
}

impl View {
    /// A remedy leads to the form or the test panel behind the dialogs.
    pub fn leads_elsewhere(&self) -> bool {
        self.focus.is_some() || self.later.is_some()
    }

    /// The window may close now.
    pub fn may_close(&self) -> bool {
        self.closing == Closing::Now
    }

    /// Closes the window, whatever is not saved.
    pub fn close_now(&mut self) {
        self.closing = Closing::Now;
    }
}

/// A short message, which the window shows as a toast.
#[derive(Debug, Clone, PartialEq)]
pub enum Notice {
    Done(String),
    Info(String),
    /// Something will stop working.
    Warning(String),
    Failure(Failure),
    /// Offers *Undo* while the removal of this number can be undone.
    Removed {
        words: String,
        removal: u64,
    },
}

/// A button in the test panel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Later {
    TryAgain,
    SignIn,
    AddWorkspaces,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Closing {
    #[default]
    No,
    /// As soon as everything is saved.
    WhenSaved,
    Now,
}
