//! The expiry dates of all connections' tokens, and the reminders about them.

mod asking;
mod calendar;

use jiff::{Timestamp, tz::TimeZone};

pub use asking::{Asked, Asking};
pub use calendar::{Calendar, Month, Span, Summary};

use super::{Connections, Go, Notice, Output, Page, Tokens};
use crate::ui::{text::expiry as words, widgets::TableRows};
use brickpass_core::connection::ConnectionId;
use brickpass_engine::{ExpiringToken, Reminder, ReminderChoice, expiring_tokens};

#[derive(Debug, Default)]
pub struct Expiry {
    tokens: Vec<ExpiringToken>,
    calendar: Calendar,
    /// The minute in which the calendar was computed; `None`: its input has changed.
    made: Option<i64>,
    open: bool,
    /// The row at the cursor.
    cursor: usize,
    /// A row to scroll to.
    pub reveal: Option<usize>,
    /// The rows should get the focus.
    pub focus: bool,
    /// The window should come to the front.
    pub raise: bool,
    asking: Option<Asking>,
    asked: Option<Asked>,
}

impl Expiry {
    /// Soonest first.
    pub fn tokens(&self) -> &[ExpiringToken] {
        &self.tokens
    }

    pub fn calendar(&self) -> &Calendar {
        &self.calendar
    }

    pub fn is_open(&self) -> bool {
        self.open
    }

    pub fn close(&mut self) {
        self.open = false;
    }

    pub fn cursor(&self) -> usize {
        self.cursor
    }

    /// Arrow keys, or a click.
    pub fn move_cursor(&mut self, to: usize) {
        self.cursor = to.min(self.tokens.len().saturating_sub(1));
        self.reveal = Some(self.cursor);
    }

    pub(super) fn changed(&mut self) {
        self.made = None;
    }

    /// Called each frame: computed again if something changed or a minute has passed.
    pub fn keep_current(&mut self, connections: &Connections, tokens: &Tokens, zone: &TimeZone, now: Timestamp) {
        let minute = now.as_second().div_euclid(60);
        if self.made == Some(minute) {
            return;
        }
        if self.made.is_none() {
            let entries = connections.library.value().map(|snapshot| snapshot.entries.as_slice()).unwrap_or_default();
            let list = |id| tokens.table(id)?.list().value();
            self.tokens = expiring_tokens(entries.iter().map(|entry| &entry.connection), tokens.notes(), &list, now);
            self.cursor = self.cursor.min(self.tokens.len().saturating_sub(1));
        }
        self.calendar = calendar::calendar(self.tokens.iter().map(|token| token.expires_at), now, zone);
        self.made = Some(minute);
    }

    pub fn toggle(&mut self, connections: &Connections) {
        if self.open {
            self.close();
        } else {
            self.open(connections);
        }
    }

    fn open(&mut self, connections: &Connections) {
        self.open = connections.can_open_overview();
        self.focus = self.open;
        self.cursor = 0;
    }

    /// *Open* in a row: the tokens of its connection.
    pub fn open_row(&self, row: usize) -> Output {
        let Some(token) = self.tokens.get(row) else { return Output::none() };
        Output::from(Go::Select(token.id)).and(Go::Page(Page::Tokens))
    }

    /// The connection of the row uses this token, which is still valid, and nothing is replacing it yet.
    pub fn can_rotate(&self, row: usize, tokens: &Tokens, connections: &Connections) -> bool {
        let expired = row < self.calendar.summary.expired;
        !expired && self.tokens.get(row).is_some_and(|token| token.in_use && tokens.can_rotate_of(token.id, connections))
    }

    /// *Rotate* in a row: asks as usual.
    pub fn rotate(&self, row: usize, tokens: &Tokens, connections: &Connections) -> Output {
        let token = self.tokens.get(row).filter(|_| self.can_rotate(row, tokens, connections));
        token.map(|token| Output::from(Go::Select(token.id)).and(tokens.ask_to_rotate_of(token.id, connections))).into()
    }

    /// The person has answered a notification. `in_front`: a dialog is open.
    pub(super) fn reminder_answered(
        &mut self,
        id: Option<ConnectionId>,
        choice: ReminderChoice,
        in_front: bool,
        tokens: &Tokens,
        connections: &Connections,
    ) -> Output {
        self.raise = true;
        if in_front {
            // The dialog stays: it may contain input, or a value that cannot be loaded again.
            return Notice::Info(words::BUSY.to_owned()).into();
        }
        let Some(id) = id else {
            self.open(connections);
            return Output::none();
        };
        if connections.entry(id).is_none() {
            return Output::none();
        }
        let selected = Output::from(Go::Select(id));
        if choice == ReminderChoice::Rotate { selected.and(tokens.ask_to_rotate_of(id, connections)) } else { selected }
    }
}

/// In the window, if the desktop shows no notifications.
pub(super) fn remind(due: &[Reminder]) -> Notice {
    let named: Vec<(&str, i64)> = due.iter().map(|reminder| (reminder.name.as_str(), reminder.days_left)).collect();
    Notice::Warning(words::reminder(&named))
}

/// Nothing is ticked here.
impl TableRows for Expiry {
    fn row_count(&self) -> usize {
        self.tokens.len()
    }

    fn ticked_count(&self) -> usize {
        0
    }

    fn cursor_row(&self) -> usize {
        self.cursor
    }

    fn step(&mut self, steps: isize, _extend: bool) {
        self.move_cursor(self.cursor.saturating_add_signed(steps));
    }

    fn tick(&mut self, _row: usize) {}

    fn tick_all(&mut self) {}

    fn tick_none(&mut self) {}

    fn take_reveal(&mut self) -> bool {
        self.reveal.take().is_some()
    }
}

impl Connections {
    pub fn can_open_overview(&self) -> bool {
        self.library.value().is_some_and(|snapshot| !snapshot.entries.is_empty())
    }
}
