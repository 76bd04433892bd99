//! The activity as the window lists it: under the headings of its days, newest first. Computed when something changed, never while
//! drawing.

use std::collections::VecDeque;

use jiff::{Timestamp, civil::Date, tz::TimeZone};

use super::{Connections, Go, Output, Page, Remote, Selection, ask};
use crate::ui::text::activity as words;
use brickpass_core::{connection::ConnectionId, failure::Failure};
use brickpass_engine::{ActivityEntry, AuditAction, ReadActivity};

/// The maximum number of entries, newest kept; the file has about half as many.
const MAX_ENTRIES: usize = 20_000;

/// One line of the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Line {
    Day(Date),
    /// The entry with this number, as [`ActivityLog::entry`] counts.
    Entry(usize),
}

/// An entry, and the text that the filter searches, in lower case.
#[derive(Debug)]
struct Known {
    entry: ActivityEntry,
    sought: String,
}

#[derive(Debug, Default)]
pub struct ActivityLog {
    /// Newest first.
    list: Remote<VecDeque<Known>>,
    /// Entries that arrived while the log was loading, newest last: the loaded log may be older.
    meanwhile: Vec<ActivityEntry>,
    filter: String,
    /// The activity of all connections is shown until the selection changes.
    alone: Option<Vec<ConnectionId>>,
    /// Lists all connections, not only the shown one.
    all: bool,
    lines: Vec<Line>,
    /// For each line and one more: the number of day headings before it.
    days_before: Vec<usize>,
    entries_shown: usize,
    entries_of_connection: usize,
    /// The connection whose lines these are; `None`: all connections.
    of: Option<ConnectionId>,
    /// The lines must be computed again.
    stale: bool,
    /// The line at the cursor.
    cursor: usize,
    /// The number of the entry at the cursor, which stays the same when new entries arrive.
    held: Option<usize>,
    pub reveal_cursor: bool,
}

impl ActivityLog {
    /// Also *Refresh*.
    pub fn load(&mut self) -> Output {
        if self.is_loading() {
            return Output::none();
        }
        self.begin_loading();
        ask(ReadActivity, |state, outcome, _| state.activity.loaded(outcome)).into()
    }

    fn begin_loading(&mut self) {
        self.list.asked();
        self.meanwhile.clear();
    }

    fn loaded(&mut self, outcome: Result<Vec<ActivityEntry>, Failure>) {
        let meanwhile = std::mem::take(&mut self.meanwhile);
        match outcome {
            Ok(entries) => {
                let later: Vec<ActivityEntry> = meanwhile.into_iter().filter(|entry| !entries.contains(entry)).collect();
                let all = later.into_iter().rev().chain(entries);
                self.list = Remote::Ready(all.take(MAX_ENTRIES).map(known).collect());
            }
            Err(failure) => self.list.failed(failure),
        }
        self.stale = true;
    }

    /// New entries, newest last.
    pub(super) fn added(&mut self, entries: Vec<ActivityEntry>) {
        if self.is_loading() {
            self.meanwhile.extend(entries);
            return;
        }
        if self.held.is_none()
            && !self.stale
            && let Some(Line::Entry(at)) = self.lines.get(self.cursor)
        {
            self.held = Some(self.number(*at));
        }
        let Remote::Ready(list) = &mut self.list else { return };
        for entry in entries {
            list.push_front(known(entry));
        }
        list.truncate(MAX_ENTRIES);
        self.stale = true;
    }

    /// When this last happened to a connection; `None` if it never did or the log is not loaded.
    pub fn last(&self, id: ConnectionId, what: AuditAction) -> Option<Timestamp> {
        let done = |entry: &&Known| entry.entry.connection == Some(id) && entry.entry.what == what && entry.entry.failed.is_none();
        self.list.value()?.iter().find(done).map(|known| known.entry.at)
    }

    pub fn is_loading(&self) -> bool {
        matches!(self.list, Remote::Pending { .. })
    }

    /// The log is loaded, even if it is empty.
    pub fn is_known(&self) -> bool {
        self.list.value().is_some()
    }

    pub fn failure(&self) -> Option<&Failure> {
        self.list.failure()
    }

    pub fn filter(&self) -> &str {
        &self.filter
    }

    pub fn set_filter(&mut self, filter: String) {
        if filter != self.filter {
            self.filter = filter;
            (self.cursor, self.held) = (0, None);
            self.stale = true;
        }
    }

    pub fn of_all(&self) -> bool {
        self.all
    }

    pub fn show_all(&mut self, all: bool) {
        if all != self.all {
            self.all = all;
            self.cursor = 0;
            self.stale = true;
        }
    }

    /// Lists all connections: on the page of the shown one, or on a page of its own until the selection changes.
    pub fn show_all_connections(&mut self, connections: &Connections) -> Output {
        self.show_all(true);
        if connections.selection.count() != 1 || connections.shown_form().is_none() {
            self.alone = Some(connections.selection.all());
            return self.load();
        }
        Go::Page(Page::Activity).into()
    }

    /// Back from the page of all connections.
    pub fn leave(&mut self) {
        self.alone = None;
    }

    /// The activity of all connections has its own page.
    pub fn is_alone(&self, selection: &Selection) -> bool {
        self.alone.as_ref().is_some_and(|selected| *selected == selection.all())
    }

    /// The activity is visible.
    pub fn is_shown(&self, selection: &Selection, page: Page) -> bool {
        self.is_alone(selection) || page == Page::Activity && selection.shown().is_some()
    }

    /// The connection whose activity is listed; `None`: all connections.
    pub fn connection(&self, selection: &Selection) -> Option<ConnectionId> {
        selection.shown().filter(|_| !self.all && !self.is_alone(selection))
    }

    /// Updates the lines if something changed. `shown`: the shown connection.
    pub fn sift(&mut self, shown: Option<ConnectionId>, zone: &TimeZone) {
        let of = shown.filter(|_| !self.all);
        if !self.stale && self.of == of {
            return;
        }
        if self.of != of {
            (self.cursor, self.held) = (0, None);
        }
        (self.of, self.stale) = (of, false);
        self.lines.clear();
        self.days_before.clear();
        (self.entries_shown, self.entries_of_connection) = (0, 0);
        let filter = self.filter.to_lowercase();
        let looked_for: Vec<&str> = filter.split_whitespace().collect();
        let mut days = 0;
        let mut last = None;
        for (at, known) in self.list.value().into_iter().flatten().enumerate() {
            if of.is_some() && known.entry.connection != of {
                continue;
            }
            self.entries_of_connection += 1;
            if !looked_for.iter().all(|word| known.sought.contains(word)) {
                continue;
            }
            let day = known.entry.at.to_zoned(zone.clone()).date();
            if last != Some(day) {
                self.lines.push(Line::Day(day));
                self.days_before.push(days);
                days += 1;
                last = Some(day);
            }
            self.lines.push(Line::Entry(at));
            self.days_before.push(days);
            self.entries_shown += 1;
        }
        self.days_before.push(days);
        if let Some(number) = self.held.take() {
            let held = |line: &Line| matches!(line, Line::Entry(at) if self.number(*at) == number);
            self.cursor = self.lines.iter().position(held).unwrap_or_default();
        }
        self.cursor = self.cursor.min(self.lines.len().saturating_sub(1));
    }

    pub fn lines(&self) -> &[Line] {
        &self.lines
    }

    /// An entry keeps its number when newer ones arrive.
    pub fn number(&self, at: usize) -> usize {
        self.list.value().map_or(0, VecDeque::len).saturating_sub(at)
    }

    pub fn entry(&self, at: usize) -> Option<&ActivityEntry> {
        self.list.value()?.get(at).map(|known| &known.entry)
    }

    /// The number of entries that match the filter, and the number of all entries.
    pub fn counts(&self) -> (usize, usize) {
        (self.entries_shown, self.entries_of_connection)
    }

    /// Where a line begins (or, after the last one, where it ends), if days are `day` points high and entries `entry`.
    pub fn top(&self, line: usize, day: f32, entry: f32) -> f32 {
        let line = line.min(self.lines.len());
        let days = self.days_before.get(line).copied().unwrap_or_default();
        days as f32 * day + (line - days.min(line)) as f32 * entry
    }

    /// The first line that ends below `y`.
    pub fn line_at(&self, y: f32, day: f32, entry: f32) -> usize {
        let (mut low, mut high) = (0, self.lines.len());
        while low < high {
            let middle = usize::midpoint(low, high);
            if self.top(middle + 1, day, entry) > y {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        low
    }

    pub fn cursor(&self) -> usize {
        self.cursor
    }

    /// Moves the cursor up or down, past the headings of days.
    pub fn move_cursor(&mut self, steps: isize) {
        let last = self.lines.len().saturating_sub(1);
        let to = self.cursor.saturating_add_signed(steps).min(last);
        let is_day = matches!(self.lines.get(to), Some(Line::Day(_)));
        self.cursor = match is_day {
            // A day always has an entry below it; above the first one there is nothing.
            true if steps < 0 && to > 0 => to - 1,
            true => (to + 1).min(last),
            false => to,
        };
        self.reveal_cursor = true;
    }
}

fn known(entry: ActivityEntry) -> Known {
    let sought = format!("{} {} {} {}", entry.name, entry.what.label(), words::outcome(entry.failed), words::detail(&entry)).to_lowercase();
    Known { entry, sought }
}

#[cfg(test)]
mod tests {
    use jiff::{Timestamp, tz};

    use super::*;
    use brickpass_core::failure::Code;
    use brickpass_engine::AuditAction;

    const DAY: f32 = 30.0;
    const ROW: f32 = 40.0;

    fn entry(connection: ConnectionId, hours_ago: i64, what: AuditAction, failed: Option<Code>) -> ActivityEntry {
        // 14:13:20 UTC
        let at = Timestamp::from_second(1_790_000_000 - hours_ago * 3600).unwrap();
        ActivityEntry {
            at,
            connection: Some(connection),
            name: "Sales".to_owned(),
            what,
            failed,
            detail: Some("you@example.com".to_owned()),
        }
    }

    fn log(entries: Vec<ActivityEntry>) -> ActivityLog {
        let mut log = ActivityLog::default();
        log.begin_loading();
        log.loaded(Ok(entries));
        log
    }

    fn kinds(log: &ActivityLog) -> String {
        log.lines().iter().map(|line| if matches!(line, Line::Day(_)) { 'd' } else { 'e' }).collect()
    }

    #[test]
    fn each_day_of_the_persons_zone_has_a_heading() {
        let id = ConnectionId::random();
        let mut log = log([0, 1, 13, 14, 15, 40].map(|hours| entry(id, hours, AuditAction::Test, None)).to_vec());
        log.sift(Some(id), &TimeZone::UTC);
        assert_eq!(kinds(&log), "deeeedede");
        log.stale = true;
        log.sift(Some(id), &TimeZone::fixed(tz::offset(-8)));
        assert_eq!(kinds(&log), "deedeeede", "{:?}", log.lines());
    }

    #[test]
    fn the_page_of_a_connection_lists_its_own_unless_all_are_asked_for() {
        let (mine, other) = (ConnectionId::random(), ConnectionId::random());
        let whole = ActivityEntry { connection: None, ..entry(mine, 2, AuditAction::ActivityExported, None) };
        let mut log = log(vec![entry(mine, 0, AuditAction::Test, None), entry(other, 1, AuditAction::Test, None), whole]);
        log.sift(Some(mine), &TimeZone::UTC);
        assert_eq!(log.counts(), (1, 1));
        log.sift(Some(other), &TimeZone::UTC);
        assert_eq!(log.counts(), (1, 1));
        log.show_all(true);
        log.sift(Some(other), &TimeZone::UTC);
        assert_eq!(log.counts(), (3, 3));
        log.show_all(false);
        log.sift(None, &TimeZone::UTC);
        assert_eq!(log.counts(), (3, 3), "where no connection is shown there are only all");
    }

    #[test]
    fn the_filter_looks_at_all_words_of_a_row() {
        let id = ConnectionId::random();
        let mut log = log(vec![entry(id, 0, AuditAction::Test, Some(Code::Unauthorized)), entry(id, 1, AuditAction::Save, None)]);
        for (filter, found) in [("", 2), ("tested", 1), ("FAILED you@", 1), ("sales", 2), ("saved done", 1), ("nothing", 0)] {
            log.set_filter(filter.to_owned());
            log.sift(None, &TimeZone::UTC);
            assert_eq!(log.counts(), (found, 2), "{filter}");
        }
    }

    #[test]
    fn what_is_added_stands_first_and_only_so_many_are_kept() {
        let id = ConnectionId::random();
        let mut log = log((0..MAX_ENTRIES).map(|_| entry(id, 5, AuditAction::Test, None)).collect());
        log.added(vec![entry(id, 1, AuditAction::Save, None), entry(id, 0, AuditAction::SignIn, None)]);
        log.sift(Some(id), &TimeZone::UTC);
        assert_eq!((log.entry(0).unwrap().what, log.entry(1).unwrap().what), (AuditAction::SignIn, AuditAction::Save));
        assert_eq!(log.counts(), (MAX_ENTRIES, MAX_ENTRIES));
    }

    #[test]
    fn the_keyboard_stays_at_its_entry_when_others_come_before_it() {
        let id = ConnectionId::random();
        let mut log = log(vec![entry(id, 3, AuditAction::Test, None), entry(id, 5, AuditAction::Reveal, None)]);
        log.sift(Some(id), &TimeZone::UTC);
        log.move_cursor(2);
        for what in [AuditAction::Save, AuditAction::SignIn] {
            log.added(vec![entry(id, 0, what, None)]);
        }
        log.sift(Some(id), &TimeZone::UTC);
        let Some(Line::Entry(at)) = log.lines().get(log.cursor()) else { panic!("a day") };
        assert_eq!((log.entry(*at).unwrap().what, log.cursor()), (AuditAction::Reveal, 4));
    }

    #[test]
    fn what_is_added_while_all_is_asked_for_comes_with_the_answer() {
        let id = ConnectionId::random();
        let mut log = ActivityLog::default();
        log.added(vec![entry(id, 0, AuditAction::Test, None)]);
        log.begin_loading();
        log.added(vec![entry(id, 0, AuditAction::Test, None)]);
        assert!(!log.is_known());
        // The loaded log includes the first entry, but not the second.
        log.added(vec![entry(id, 0, AuditAction::Save, None)]);
        log.loaded(Ok(vec![entry(id, 0, AuditAction::Test, None), entry(id, 1, AuditAction::SignIn, None)]));
        log.sift(None, &TimeZone::UTC);
        let listed: Vec<AuditAction> = (0..log.counts().1).map(|at| log.entry(at).unwrap().what).collect();
        assert_eq!(listed, [AuditAction::Save, AuditAction::Test, AuditAction::SignIn]);
    }

    #[test]
    fn lines_are_found_by_where_they_stand() {
        let id = ConnectionId::random();
        let mut log = log([0, 1, 24, 48, 49].map(|hours| entry(id, hours, AuditAction::Test, None)).to_vec());
        log.sift(Some(id), &TimeZone::UTC);
        assert_eq!(kinds(&log), "deededee");
        let tops: Vec<f32> = (0..=8).map(|line| log.top(line, DAY, ROW)).collect();
        assert_eq!(tops, [0.0, 30.0, 70.0, 110.0, 140.0, 180.0, 210.0, 250.0, 290.0]);
        for (y, line) in [(-5.0, 0), (0.0, 0), (29.0, 0), (30.0, 1), (109.0, 2), (110.0, 3), (289.0, 7), (290.0, 8), (999.0, 8)] {
            assert_eq!(log.line_at(y, DAY, ROW), line, "{y}");
        }
    }

    #[test]
    fn the_keyboard_moves_from_entry_to_entry() {
        let id = ConnectionId::random();
        let mut log = log([0, 24, 48].map(|hours| entry(id, hours, AuditAction::Test, None)).to_vec());
        log.sift(Some(id), &TimeZone::UTC);
        let mut at = |steps| {
            log.move_cursor(steps);
            log.cursor()
        };
        assert_eq!([at(1), at(1), at(1), at(1), at(-1), at(-1), at(-1), at(99), at(-99)], [1, 3, 5, 5, 3, 1, 1, 5, 1]);
        let mut none = ActivityLog::default();
        none.sift(None, &TimeZone::UTC);
        none.move_cursor(1);
        assert_eq!((none.cursor(), none.top(3, DAY, ROW), none.line_at(7.0, DAY, ROW)), (0, 0.0, 0));
    }
}
