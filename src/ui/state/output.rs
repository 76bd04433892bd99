//! What follows from an intent, an answer or an event.

use super::{Dialog, Notice, Page, State};
use brickpass_core::connection::{ConnectionId, Draft, Field};
use brickpass_engine::Ask;

/// What a model asks the rest of the window for: requests for the engine, notices for the person, and where to go next.
#[must_use]
#[derive(Default)]
pub struct Output {
    requests: Vec<Ask>,
    notices: Vec<Notice>,
    navigation: Vec<Go>,
}

/// A step of navigation, which belongs to no single model.
pub enum Go {
    /// Shows a tab of the connection.
    Page(Page),
    /// The shown connection was chosen again, or (`changed`) another one is shown or others are selected. `reveal`: its row is to be visible.
    Shown { changed: bool, reveal: bool },
    /// Shows and focuses a field of the form.
    Focus(Option<Field>),
    /// Scrolls to the test result: because it was requested (`true`), or because it grew while it may be visible (`false`).
    ShowTest(bool),
    /// Selects a connection, even if the filter hides it now.
    Select(ConnectionId),
    /// Loads once what the vault stores for the connection.
    Describe(ConnectionId),
    /// Opens a dialog.
    Open(Box<dyn Dialog>),
    /// Opens a form with input, as if the person had typed it.
    Edit(Box<Draft>),
    /// Closes the window unless something keeps it open.
    CloseWindow,
}

impl Output {
    pub fn none() -> Self {
        Self::default()
    }

    pub fn request(&mut self, request: Ask) {
        self.requests.push(request);
    }

    pub fn is_empty(&self) -> bool {
        self.requests.is_empty() && self.notices.is_empty() && self.navigation.is_empty()
    }

    pub fn requests(&self) -> &[Ask] {
        &self.requests
    }

    pub fn notice(&mut self, notice: Notice) {
        self.notices.push(notice);
    }

    pub fn go(&mut self, to: Go) {
        self.navigation.push(to);
    }

    pub fn open(&mut self, dialog: impl Dialog) {
        self.go(Go::Open(Box::new(dialog)));
    }

    /// Adds what follows from something else, after this.
    pub fn extend(&mut self, more: impl Into<Self>) {
        let Self { requests, notices, navigation } = more.into();
        self.requests.extend(requests);
        self.notices.extend(notices);
        self.navigation.extend(navigation);
    }

    /// Like [`Self::extend`], for the end of a function.
    pub fn and(mut self, more: impl Into<Self>) -> Self {
        self.extend(more);
        self
    }
}

impl From<()> for Output {
    fn from((): ()) -> Self {
        Self::default()
    }
}

impl From<Ask> for Output {
    fn from(request: Ask) -> Self {
        Self { requests: vec![request], ..Self::default() }
    }
}

impl From<Notice> for Output {
    fn from(notice: Notice) -> Self {
        Self { notices: vec![notice], ..Self::default() }
    }
}

impl From<Go> for Output {
    fn from(to: Go) -> Self {
        Self { navigation: vec![to], ..Self::default() }
    }
}

impl<T: Into<Self>> From<Option<T>> for Output {
    fn from(maybe: Option<T>) -> Self {
        maybe.map(Into::into).unwrap_or_default()
    }
}

impl<T: Into<Self>> FromIterator<T> for Output {
    fn from_iter<I: IntoIterator<Item = T>>(all: I) -> Self {
        all.into_iter().fold(Self::default(), Self::and)
    }
}

impl State {
    /// Shows the notices, goes where the output leads, and returns the requests for the engine.
    pub fn follow(&mut self, Output { mut requests, notices, navigation }: Output) -> Vec<Ask> {
        self.view.notices.extend(notices);
        for to in navigation {
            let more = self.go(to);
            requests.extend(self.follow(more));
        }
        requests
    }

    fn go(&mut self, to: Go) -> Output {
        match to {
            Go::Page(page) => self.show_page(page),
            Go::Shown { changed, reveal } => {
                self.expiry.close();
                self.view.reveal_selected |= reveal;
                if changed { self.shown_changed() } else { self.open_shown() }
            }
            Go::Focus(field) => {
                self.view.focus = field;
                Output::none()
            }
            Go::ShowTest(requested) => {
                self.view.show_test = Some(requested || self.view.show_test == Some(true));
                Output::none()
            }
            Go::Select(id) => {
                self.connections.list.set_filter("");
                self.connections.select(id)
            }
            Go::Describe(id) => self.describe(id),
            Go::Open(dialog) => {
                self.dialogs.open(dialog);
                Output::none()
            }
            Go::Edit(draft) => self.connections.add_prepared(*draft),
            Go::CloseWindow => {
                self.ask_to_close();
                Output::none()
            }
        }
    }
}
