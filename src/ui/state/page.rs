//! The tabs of a connection, and what is loaded when one is opened.

use super::State;
use crate::ui::text::{TAB_ACTIVITY, TAB_ADMINISTRATION, TAB_CONNECTION, TAB_EXPORT, tokens};
use brickpass_engine::Ask;

/// What is shown of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Page {
    #[default]
    Connection,
    Tokens,
    Export,
    Administration,
    Activity,
}

impl Page {
    /// In the order of the tabs.
    pub const ALL: [Self; 5] = [Self::Connection, Self::Tokens, Self::Export, Self::Administration, Self::Activity];

    pub fn title(self) -> &'static str {
        match self {
            Self::Connection => TAB_CONNECTION,
            Self::Tokens => tokens::TAB,
            Self::Export => TAB_EXPORT,
            Self::Administration => TAB_ADMINISTRATION,
            Self::Activity => TAB_ACTIVITY,
        }
    }
}

impl State {
    pub fn page(&self) -> Page {
        self.page
    }

    /// Shows a tab; its content is loaded each time that it is opened.
    pub fn show_page(&mut self, page: Page) -> Vec<Ask> {
        self.expiry.close();
        if std::mem::replace(&mut self.page, page) == page {
            return Vec::new();
        }
        self.leave_export();
        match page {
            Page::Connection => Vec::new(),
            Page::Export => {
                // Not while the list is in use: it would jump.
                self.export.put_first(&self.window.recent_tools);
                self.ask_for_export()
            }
            Page::Tokens => self.ask_for_tokens(),
            Page::Administration => self.ask_for_administration(),
            Page::Activity => self.ask_for_activity(),
        }
    }
}
