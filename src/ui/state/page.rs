//! The tabs of a connection, and what is loaded when one is opened.

use super::{Output, State, View};
use crate::ui::text::{TAB_ACTIVITY, TAB_ADMINISTRATION, TAB_CONNECTION, TAB_EXPORT, tokens};

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

impl View {
    pub fn page(&self) -> Page {
        self.page
    }
}

impl State {
    /// Shows a tab; its content is loaded each time that it is opened.
    pub fn show_page(&mut self, page: Page) -> Output {
        self.expiry.close();
        if std::mem::replace(&mut self.view.page, page) == page {
            return Output::none();
        }
        self.export.leave();
        match page {
            Page::Connection => Output::none(),
            Page::Export => {
                // Not while the list is in use: it would jump.
                self.export.put_first(&self.preferences.window.recent_tools);
                self.export.load(&self.connections)
            }
            Page::Tokens => self.tokens.ask_for_tokens(&self.connections),
            Page::Administration => self.admin.load(&self.connections),
            Page::Activity => self.activity.load(),
        }
    }
}
