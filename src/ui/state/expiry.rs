//! The expiry dates of all connections' tokens, and the reminders about them.

mod asking;
mod calendar;

use jiff::Timestamp;

pub use asking::{Asked, Asking};
pub use calendar::{Calendar, Month, Span, Summary};

use super::{Notice, Page, State};
use crate::ui::{text::expiry as words, widgets::TableRows};
use brickpass_core::connection::ConnectionId;
use brickpass_engine::{Ask, Event, ExpiringToken, Reminder, ReminderChoice, expiring_tokens};

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

impl State {
    /// Called each frame: computed again if something changed or a minute has passed.
    pub fn keep_expiry(&mut self, now: Timestamp) {
        let minute = now.as_second().div_euclid(60);
        if self.expiry.made == Some(minute) {
            return;
        }
        if self.expiry.made.is_none() {
            let entries = self.library.value().map(|snapshot| snapshot.entries.as_slice()).unwrap_or_default();
            let list = |id| self.tokens.table(id)?.list().value();
            self.expiry.tokens = expiring_tokens(entries.iter().map(|entry| &entry.connection), self.tokens.notes(), &list, now);
            self.expiry.cursor = self.expiry.cursor.min(self.expiry.tokens.len().saturating_sub(1));
        }
        self.expiry.calendar = calendar::calendar(self.expiry.tokens.iter().map(|token| token.expires_at), now, &self.zone.0);
        self.expiry.made = Some(minute);
    }

    pub fn toggle_overview(&mut self) {
        if self.expiry.open {
            self.expiry.close();
        } else {
            self.open_overview();
        }
    }

    fn open_overview(&mut self) {
        self.expiry.open = self.can_open_overview();
        self.expiry.focus = self.expiry.open;
        self.expiry.cursor = 0;
    }

    pub fn can_open_overview(&self) -> bool {
        self.library.value().is_some_and(|snapshot| !snapshot.entries.is_empty())
    }

    /// *Open* in a row: the tokens of its connection.
    pub fn open_expiring(&mut self, row: usize) -> Vec<Ask> {
        let Some(id) = self.expiry.tokens.get(row).map(|token| token.id) else { return Vec::new() };
        let mut commands = self.go_to(id);
        commands.extend(self.show_page(Page::Tokens));
        commands
    }

    /// The connection of the row uses this token, which is still valid, and nothing is replacing it yet.
    pub fn can_rotate_expiring(&self, row: usize) -> bool {
        let expired = row < self.expiry.calendar.summary.expired;
        !expired && self.expiry.tokens.get(row).is_some_and(|token| token.in_use && self.can_rotate_of(token.id))
    }

    /// *Rotate* in a row: asks as usual.
    pub fn rotate_expiring(&mut self, row: usize) -> Vec<Ask> {
        let Some(id) = self.expiry.tokens.get(row).map(|token| token.id).filter(|_| self.can_rotate_expiring(row)) else {
            return Vec::new();
        };
        let mut commands = self.go_to(id);
        commands.extend(self.ask_to_rotate());
        commands
    }

    /// Even if the filter hides it.
    fn go_to(&mut self, id: ConnectionId) -> Vec<Ask> {
        self.list.set_filter("");
        self.select(id)
    }

    pub(super) fn reminder_event(&mut self, event: Event) -> Vec<Ask> {
        match event {
            Event::Reminders { due, shown: false } => self.remind(&due),
            Event::ReminderAnswered { id, choice } => return self.reminder_answered(id, choice),
            _ => {}
        }
        Vec::new()
    }

    /// In the window, if the desktop shows no notifications.
    fn remind(&mut self, due: &[Reminder]) {
        let named: Vec<(&str, i64)> = due.iter().map(|reminder| (reminder.name.as_str(), reminder.days_left)).collect();
        self.notices.push(Notice::Warning(words::reminder(&named)));
    }

    fn reminder_answered(&mut self, id: Option<ConnectionId>, choice: ReminderChoice) -> Vec<Ask> {
        self.expiry.raise = true;
        if self.dialog.is_some() || self.tokens.fresh().is_some() {
            // A dialog in front stays: it may contain input, or a value that cannot be loaded again.
            self.notices.push(Notice::Info(words::BUSY.to_owned()));
            return Vec::new();
        }
        let Some(id) = id else {
            self.open_overview();
            return Vec::new();
        };
        if self.entry(id).is_none() {
            return Vec::new();
        }
        let mut commands = self.go_to(id);
        if choice == ReminderChoice::Rotate {
            commands.extend(self.ask_to_rotate());
        }
        commands
    }
}
