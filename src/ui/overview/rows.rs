//! The tokens under their headings. Draws only visible rows.

use egui::{Align2, Color32, CornerRadius, Id, Key, Modifiers, Rect, Role, Sense, Stroke, StrokeKind, Ui, WidgetInfo, pos2, vec2};
use jiff::civil::Date;

use super::list_id;
use crate::ui::{
    act::Act,
    fonts,
    icons::Icon,
    state::{Span, State},
    text::{expiry as words, tokens},
    theme::{self, Tone},
    widgets::{Tip as _, badge_size, environment_word, move_keys, paint_environment_badge, paint_row, paint_text},
};
use brickpass_core::connection::Environment;
use brickpass_engine::ExpiringToken;

const HEADING: f32 = 44.0;
const ROW: f32 = 60.0;
const TILE: f32 = 44.0;
/// Below this width, the remaining days are in the second line and the buttons are icons.
const NARROW: f32 = 600.0;

enum Wish {
    Pick(usize),
    Open(usize),
    Rotate(usize),
}

pub fn show(ui: &mut Ui, state: &mut State, act: &mut Act) {
    let calendar = state.expiry.calendar().clone();
    let height: f32 = calendar.groups.iter().map(|group| HEADING + ROW * group.tokens.len() as f32).sum();
    let (_, whole) = ui.allocate_space(vec2(ui.available_width(), height));
    let view = ui.clip_rect().intersect(whole);
    let focus = ui.interact(view, list_id(), Sense::focusable_noninteractive());
    focus.widget_info(|| WidgetInfo::labeled(Role::ListBox, true, words::LIST));
    if std::mem::take(&mut state.expiry.focus) {
        focus.request_focus();
    }
    move_keys(ui, &focus, ROW, &mut state.expiry);
    let cursor = state.expiry.cursor();
    let mut wish = None;
    if focus.has_focus() {
        if ui.input_mut(|input| input.consume_key(Modifiers::NONE, Key::Enter)) {
            wish = Some(Wish::Open(cursor));
        }
        if let Some(token) = state.expiry.tokens().get(cursor) {
            let row = row_id(token);
            ui.ctx().accesskit_node_builder(list_id(), |node| node.set_active_descendant(row.accesskit_id()));
        }
    }
    let reveal = state.expiry.reveal.take();
    let mut top = whole.top();
    for group in &calendar.groups {
        let heading = Rect::from_min_size(pos2(whole.left(), top), vec2(whole.width(), HEADING));
        top += HEADING;
        if heading.intersects(view) {
            draw_heading(ui, heading, group.span, group.tokens.len());
        }
        let place = |at: usize| {
            let below = top + ROW * (at - group.tokens.start) as f32;
            Rect::from_min_size(pos2(whole.left(), below), vec2(whole.width(), ROW))
        };
        if let Some(row) = reveal.filter(|row| group.tokens.contains(row)) {
            // The first row of a group scrolls with its heading.
            let above = if row == group.tokens.start { HEADING } else { 0.0 };
            let rect = place(row);
            ui.scroll_to_rect(Rect::from_min_max(rect.min - vec2(0.0, above), rect.max), None);
            ui.ctx().request_repaint();
        }
        let end = top + ROW * group.tokens.len() as f32;
        let first = ((view.top() - top) / ROW).max(0.0) as usize;
        let shown = (((view.bottom() - top) / ROW).max(0.0).ceil() as usize).min(group.tokens.len());
        for at in group.tokens.clone().take(shown).skip(first) {
            let at_cursor = focus.has_focus() && at == cursor;
            wish = row(ui, place(at), state, act, at, at_cursor).or(wish);
        }
        top = end;
    }
    match wish {
        None => {}
        Some(Wish::Pick(at)) => {
            state.expiry.move_cursor(at);
            focus.request_focus();
        }
        Some(Wish::Open(at)) => act.send(state.expiry.open_row(at)),
        Some(Wish::Rotate(at)) => act.send(state.expiry.rotate(at, &state.tokens, &state.connections)),
    }
}

fn draw_heading(ui: &Ui, rect: Rect, span: Span, count: usize) {
    let palette = theme::of(ui);
    let colour = if span == Span::Expired { palette.error } else { palette.text };
    let title = words::span(span);
    let response = ui.interact(rect, list_id().with(("heading", span)), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Heading, true, format!("{title}, {}", tokens::tokens(count))));
    let at = pos2(rect.left(), rect.bottom() - 14.0);
    let drawn = paint_text(ui.painter(), at, Align2::LEFT_CENTER, &title, fonts::semibold(14.0), colour, rect.width());
    let room = rect.right() - drawn.right() - 8.0;
    let at = pos2(drawn.right() + 8.0, at.y);
    paint_text(ui.painter(), at, Align2::LEFT_CENTER, &count.to_string(), fonts::regular(12.0), palette.weak, room);
}

/// A row keeps its ID while it scrolls.
fn row_id(token: &ExpiringToken) -> Id {
    list_id().with((token.id, &token.token_id))
}

fn row(ui: &Ui, rect: Rect, state: &State, act: &Act, at: usize, at_cursor: bool) -> Option<Wish> {
    let token = state.expiry.tokens().get(at)?;
    let palette = theme::of(ui);
    let name = state.connections.name_of(token.id);
    let environment = state.connections.entry(token.id).map(|entry| entry.connection.environment.clone()).unwrap_or_default();
    let (left, tone) = words::left(token.expires_at, act.now);
    let what = words::what(&token.comment, token.in_use, token.lapses);
    let response = ui.interact(rect, row_id(token), Sense::CLICK);
    response.widget_info(|| {
        let date = tokens::date(Some(token.expires_at), &state.preferences.zone.0);
        let all = format!("{name}, {}, {left}, {date}, {what}", environment_word(&environment));
        WidgetInfo::selected(Role::ListBoxOption, ui.is_enabled(), at_cursor, all)
    });
    paint_row(ui, rect, &response, false, at_cursor);

    let colour = if tone == Tone::Neutral { palette.text } else { palette.tone(tone) };
    let middle = rect.center().y;
    let tile = Rect::from_min_size(pos2(rect.left() + 8.0, middle - TILE / 2.0), vec2(TILE, TILE));
    draw_tile(
        ui,
        tile,
        token.expires_at.to_zoned(state.preferences.zone.0.clone()).date(),
        if tone == Tone::Neutral { palette.weak } else { colour },
    );

    let narrow = rect.width() < NARROW;
    let mut right = rect.right() - 8.0;
    let mut button = |icon, words: &str, name: String| {
        let width = if narrow { 28.0 } else { button_width(ui, words) };
        let place = Rect::from_min_max(pos2(right - width, middle - 14.0), pos2(right, middle + 14.0));
        right -= width + if narrow { 2.0 } else { 6.0 };
        row_button(ui, place, row_id(token).with(words), (!narrow).then_some(words), icon, name)
    };
    let open = button(Icon::CaretRight, words::OPEN, words::open_named(name));
    let rotate =
        state.expiry.can_rotate(at, &state.tokens, &state.connections) && button(Icon::Refresh, words::ROTATE, words::rotate_named(name));
    // The days are aligned, with or without a button to their right.
    let buttons = button_width(ui, words::OPEN) + button_width(ui, words::ROTATE) + 12.0;
    let text_left = tile.right() + 12.0;
    let text_right = if narrow {
        right - 4.0
    } else {
        let edge = rect.right() - 8.0 - buttons - 12.0;
        paint_text(ui.painter(), pos2(edge, middle), Align2::RIGHT_CENTER, &left, fonts::regular(14.0), colour, 150.0).left() - 12.0
    };
    draw_name(ui, (text_left, text_right, middle - 10.0), name, &environment);
    let (mut below, y) = (text_left, middle + 11.0);
    if narrow {
        let drawn = paint_text(ui.painter(), pos2(below, y), Align2::LEFT_CENTER, &left, fonts::regular(12.0), colour, text_right - below);
        below = drawn.right() + 8.0;
    }
    if text_right - below > 24.0 {
        paint_text(ui.painter(), pos2(below, y), Align2::LEFT_CENTER, &what, fonts::regular(12.0), palette.weak, text_right - below);
    }

    if rotate {
        Some(Wish::Rotate(at))
    } else if open || response.double_clicked() {
        Some(Wish::Open(at))
    } else {
        response.clicked().then_some(Wish::Pick(at))
    }
}

fn draw_name(ui: &Ui, (left, right, y): (f32, f32, f32), name: &str, environment: &Environment) {
    let palette = theme::of(ui);
    let badge = badge_size(ui.painter(), &environment_word(environment)).x;
    let room = right - left - badge - 8.0;
    let drawn = paint_text(ui.painter(), pos2(left, y), Align2::LEFT_CENTER, name, fonts::medium(14.0), palette.text, room.max(24.0));
    if room >= 24.0 {
        paint_environment_badge(ui.painter(), palette, pos2(drawn.right() + 8.0 + badge, y), environment);
    }
}

/// A calendar leaf.
fn draw_tile(ui: &Ui, rect: Rect, date: Date, colour: Color32) {
    let palette = theme::of(ui);
    let radius = CornerRadius::same(theme::RADIUS);
    ui.painter().rect(rect, radius, palette.surface, Stroke::new(1.0, palette.hairline), StrokeKind::Inside);
    let centre = rect.center().x;
    let month = words::month_short(date, false).to_uppercase();
    ui.painter().text(pos2(centre, rect.top() + 12.0), Align2::CENTER_CENTER, month, fonts::semibold(11.0), colour);
    ui.painter().text(pos2(centre, rect.top() + 29.0), Align2::CENTER_CENTER, date.day(), fonts::semibold(16.0), palette.text);
}

fn button_width(ui: &Ui, words: &str) -> f32 {
    ui.painter().layout_no_wrap(words.to_owned(), fonts::medium(14.0), Color32::PLACEHOLDER).size().x + 20.0
}

/// Not a Tab stop: a thousand rows would be a thousand stops. Enter opens; the key of *Rotate token* rotates.
fn row_button(ui: &Ui, rect: Rect, id: Id, words: Option<&str>, icon: Icon, name: String) -> bool {
    let palette = theme::of(ui);
    let response = ui.interact(rect, id, Sense::CLICK);
    response.widget_info(|| WidgetInfo::labeled(Role::Button, ui.is_enabled(), &name));
    let over = response.hovered();
    let border = if words.is_some() { palette.control_border } else { Color32::TRANSPARENT };
    let fill = if over { palette.selected } else { Color32::TRANSPARENT };
    ui.painter().rect(rect, CornerRadius::same(6), fill, Stroke::new(1.0, border), StrokeKind::Inside);
    match words {
        Some(words) => {
            paint_text(ui.painter(), rect.center(), Align2::CENTER_CENTER, words, fonts::medium(14.0), palette.text, rect.width());
        }
        None => icon.paint(ui.painter(), rect.center(), 16.0, if over { palette.text } else { palette.weak }),
    }
    response.tip(name).clicked()
}
