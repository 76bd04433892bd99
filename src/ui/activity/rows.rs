//! The entries under the headings of their days. Draws only visible rows.

use std::time::Duration;

use egui::{
    Align2, CornerRadius, EventFilter, Id, Key, Modifiers, Rect, Response, Role, Sense, Stroke, StrokeKind, Ui, WidgetInfo, pos2, vec2,
};
use jiff::{Timestamp, civil::Date, tz::TimeZone};

use super::list_id;
use crate::ui::{
    act::Act,
    fonts,
    icons::Icon,
    state::{ActivityLog, Line, State},
    text::{self, activity as words},
    theme,
    widgets::{Tip as _, paint_text},
};
use brickpass_engine::ActivityEntry;

const DAY_HEIGHT: f32 = 36.0;

/// The places of the parts of a row: in one line, or in two if there is no room.
#[derive(Clone, Copy)]
struct Columns {
    wide: bool,
    /// The connection's name is shown.
    named: bool,
    height: f32,
}

impl Columns {
    fn of(width: f32, named: bool) -> Self {
        let wide = width >= 620.0;
        Self { wide, named, height: if wide { 36.0 } else { 52.0 } }
    }
}

pub fn show(ui: &mut Ui, state: &mut State, act: &Act) {
    let zone = state.preferences.zone.0.clone();
    let named = state.activity.connection(&state.connections.selection).is_none();
    let log = &mut state.activity;
    let columns = Columns::of(ui.available_width(), named);
    let height = columns.height;
    let end = log.lines().len();
    let (_, whole) = ui.allocate_space(vec2(ui.available_width(), log.top(end, DAY_HEIGHT, height)));
    let view = ui.clip_rect().intersect(whole);
    let focus = ui.interact(view, list_id(), Sense::focusable_noninteractive());
    focus.widget_info(|| WidgetInfo::labeled(Role::ListBox, true, words::LIST));
    keys(ui, &focus, (ui.clip_rect().height() / height) as usize, log);
    let place = |log: &ActivityLog, line: usize| {
        let top = whole.top() + log.top(line, DAY_HEIGHT, height);
        let bottom = whole.top() + log.top(line + 1, DAY_HEIGHT, height);
        Rect::from_min_max(pos2(whole.left(), top), pos2(whole.right(), bottom))
    };
    if std::mem::take(&mut log.reveal_cursor) {
        let mut row = place(log, log.cursor());
        // The heading scrolls into view together with its first entry.
        if log.cursor() == 1 {
            row.min.y = whole.top();
        }
        ui.scroll_to_rect(row, None);
        ui.ctx().request_repaint();
    }
    let now = act.now.to_zoned(zone.clone());
    let today = now.date();
    let first = log.line_at(view.top() - whole.top(), DAY_HEIGHT, height);
    for line in first..end {
        let rect = place(log, line);
        if rect.top() >= view.bottom() {
            break;
        }
        match log.lines().get(line) {
            None => {}
            Some(Line::Day(day)) => heading(ui, rect, *day, today),
            Some(Line::Entry(at)) => {
                let Some(entry) = log.entry(*at) else { continue };
                let at_cursor = focus.has_focus() && line == log.cursor();
                if at_cursor {
                    let row = row_id(log.number(*at));
                    ui.ctx().accesskit_node_builder(list_id(), |node| node.set_active_descendant(row.accesskit_id()));
                }
                row(ui, rect, row_id(log.number(*at)), entry, columns, &Told::of(ui, entry, act.now, &zone, today), at_cursor);
            }
        }
    }
}

fn row_id(number: usize) -> Id {
    Id::unique(("activity row", number))
}

/// The time, in words.
struct Told {
    short: String,
    whole: String,
}

impl Told {
    /// Today: the minutes or hours since then. Other days have a heading, so it is the time of day.
    fn of(ui: &Ui, entry: &ActivityEntry, now: Timestamp, zone: &TimeZone, today: Date) -> Self {
        let at = entry.at.to_zoned(zone.clone());
        let short = if at.date() == today {
            let (ago, changes_in) = text::ago(entry.at, now);
            ui.ctx().request_repaint_after(changes_in.max(Duration::from_secs(1)));
            ago
        } else {
            words::time_of_day(&at)
        };
        Self { short, whole: words::moment(&at) }
    }
}

fn heading(ui: &Ui, rect: Rect, day: Date, today: Date) {
    let palette = theme::of(ui);
    let words = words::day(day, today);
    let response = ui.interact(rect, Id::unique(("activity day", day)), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Heading, true, &words));
    let at = pos2(rect.left() + 8.0, rect.bottom() - 13.0);
    paint_text(ui.painter(), at, Align2::LEFT_CENTER, &words, fonts::semibold(12.0), palette.weak, rect.width() - 16.0);
    ui.painter().hline(rect.x_range(), rect.bottom() - 0.5, Stroke::new(1.0, palette.hairline));
}

fn row(ui: &Ui, rect: Rect, id: Id, entry: &ActivityEntry, columns: Columns, told: &Told, at_cursor: bool) {
    let palette = theme::of(ui);
    let (what, outcome, detail) = (entry.what.label(), words::outcome(entry.failed), words::detail(entry));
    let name = if columns.named { words::whose(entry) } else { "" };
    let response = ui.interact(rect, id, Sense::hover());
    response.widget_info(|| {
        let parts = [what, outcome.as_str(), name, detail.as_str(), told.whole.as_str()];
        let label = parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ");
        WidgetInfo::selected(Role::ListBoxOption, ui.is_enabled(), at_cursor, label)
    });
    if response.contains_pointer() {
        ui.painter().rect_filled(rect, CornerRadius::ZERO, palette.hover);
    }
    ui.painter().hline(rect.x_range(), rect.bottom() - 0.5, Stroke::new(1.0, palette.hairline));
    if at_cursor {
        ui.painter().rect_stroke(rect.shrink(1.0), CornerRadius::same(6), Stroke::new(2.0, palette.accent), StrokeKind::Inside);
    }
    let parts = Parts { what, outcome: &outcome, failed: entry.failed.is_some(), name, detail: &detail, when: &told.short };
    if columns.wide {
        one_line(ui, rect, &parts);
    } else {
        two_lines(ui, rect, &parts);
    }
    let _ = response.tip_at_pointer(|ui| {
        ui.label(&told.whole);
        for more in [&outcome, &detail] {
            if !more.is_empty() {
                ui.label(more);
            }
        }
    });
}

/// A row in words, for screen readers.
struct Parts<'a> {
    what: &'a str,
    outcome: &'a str,
    failed: bool,
    name: &'a str,
    detail: &'a str,
    when: &'a str,
}

fn one_line(ui: &Ui, rect: Rect, parts: &Parts<'_>) {
    let palette = theme::of(ui);
    let (left, right, middle) = (rect.left() + 8.0, rect.right() - 8.0, rect.center().y);
    let time = 96.0;
    let others = right - left - time;
    // What and outcome come first; the name and the detail get the remaining space.
    let (what, outcome) = (others * 0.26, others * if parts.name.is_empty() { 0.34 } else { 0.28 });
    let cell = |x: f32, width: f32, words: &str, font, colour| {
        paint_text(ui.painter(), pos2(x, middle), Align2::LEFT_CENTER, words, font, colour, width - 12.0)
    };
    cell(left, time, parts.when, fonts::regular(14.0), palette.weak);
    let mut x = left + time;
    cell(x, what, parts.what, fonts::medium(14.0), palette.text);
    x += what;
    outcome_at(ui, x, middle, parts, outcome - 12.0);
    x += outcome;
    let room = right - x;
    if parts.name.is_empty() {
        cell(x, room + 12.0, parts.detail, fonts::regular(14.0), palette.weak);
    } else {
        let name = if parts.detail.is_empty() { room } else { room * 0.5 };
        cell(x, name, parts.name, fonts::regular(14.0), palette.text);
        cell(x + name, room - name + 12.0, parts.detail, fonts::regular(14.0), palette.weak);
    }
}

fn two_lines(ui: &Ui, rect: Rect, parts: &Parts<'_>) {
    let palette = theme::of(ui);
    let (left, right) = (rect.left() + 4.0, rect.right() - 4.0);
    let (first, second) = (rect.center().y - 10.0, rect.center().y + 10.0);
    let small = fonts::regular(12.0);
    let when = paint_text(ui.painter(), pos2(right, first), Align2::RIGHT_CENTER, parts.when, small.clone(), palette.weak, 110.0);
    let room = when.left() - left - 8.0;
    let what = paint_text(ui.painter(), pos2(left, first), Align2::LEFT_CENTER, parts.what, fonts::medium(14.0), palette.text, room);
    if !parts.name.is_empty() {
        let x = what.right() + 8.0;
        paint_text(
            ui.painter(),
            pos2(x, first),
            Align2::LEFT_CENTER,
            parts.name,
            fonts::regular(14.0),
            palette.weak,
            when.left() - x - 8.0,
        );
    }
    let end = outcome_at(ui, left, second, parts, right - left) + 12.0;
    paint_text(ui.painter(), pos2(right, second), Align2::RIGHT_CENTER, parts.detail, small, palette.weak, right - end);
}

/// Never a color alone: a shape and words. Returns its right edge.
fn outcome_at(ui: &Ui, x: f32, y: f32, parts: &Parts<'_>, room: f32) -> f32 {
    let palette = theme::of(ui);
    let (icon, colour, words) =
        if parts.failed { (Icon::Failed, palette.error, palette.error) } else { (Icon::Ok, palette.ok, palette.weak) };
    icon.paint(ui.painter(), pos2(x + 7.0, y), 14.0, colour);
    let size = if ui.available_width() < 620.0 { 12.0 } else { 14.0 };
    paint_text(ui.painter(), pos2(x + 20.0, y), Align2::LEFT_CENTER, parts.outcome, fonts::regular(size), words, room - 20.0).right()
}

/// Arrow keys, Home, End, Page up and Page down move the cursor.
fn keys(ui: &Ui, focus: &Response, rows_in_view: usize, log: &mut ActivityLog) {
    if !focus.has_focus() {
        return;
    }
    if focus.gained_focus() && log.cursor() == 0 {
        log.move_cursor(0);
    }
    ui.memory_mut(|memory| memory.set_focus_lock_filter(focus.id, EventFilter { vertical_arrows: true, ..EventFilter::default() }));
    let page = isize::try_from(rows_in_view.saturating_sub(1)).unwrap_or(1).max(1);
    let all = isize::try_from(log.lines().len()).unwrap_or(isize::MAX);
    let steps = [
        (Key::ArrowDown, 1),
        (Key::ArrowUp, -1),
        (Key::PageDown, page),
        (Key::PageUp, -page),
        (Key::Home, all.saturating_neg()),
        (Key::End, all),
    ];
    for (key, step) in steps {
        let presses = ui.input_mut(|input| input.count_and_consume_key(Modifiers::NONE, key));
        if presses > 0 {
            log.move_cursor(step.saturating_mul(isize::try_from(presses).unwrap_or(1)));
        }
    }
}
