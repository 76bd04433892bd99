//! The table of tokens. Draws only the rows in view.

use egui::{Align2, CornerRadius, Id, Rect, Role, Sense, Stroke, StrokeKind, Ui, WidgetInfo, pos2, vec2};

use super::{keys, table_id};
use crate::{
    connection::ConnectionId,
    databricks::Token,
    ui::{
        act::Act,
        fonts,
        icons::Icon,
        state::{Column, State},
        text::tokens as words,
        theme::{self, Tone},
        widgets::{paint_text, scroll_to_focused},
    },
};

const HEADER: f32 = 36.0;
const BOX: f32 = 18.0;
const CHECK: f32 = 36.0;
const ACTION: f32 = 28.0;

/// Where the columns stand in a row of this width.
struct Columns {
    comment: (f32, f32),
    /// Below the comment when there is no room.
    created: Option<(f32, f32)>,
    expires: Option<(f32, f32)>,
    used_by: Option<(f32, f32)>,
    row_height: f32,
}

impl Columns {
    fn of(rect: Rect) -> Self {
        let mut right = rect.right() - 2.0 * ACTION - 4.0;
        let mut column = |wanted: f32, fits: bool| {
            fits.then(|| {
                right -= wanted;
                (right, right + wanted - 12.0)
            })
        };
        let width = rect.width();
        let used_by = column(136.0, width >= 680.0);
        let expires = column(148.0, width >= 520.0);
        let created = column(120.0, width >= 520.0);
        let (row_height, gap) = if expires.is_some() { (40.0, 12.0) } else { (52.0, 0.0) };
        Self { comment: (rect.left() + CHECK, right - gap), created, expires, used_by, row_height }
    }
}

/// The names of the columns, which sort. Where there is no room for columns, they stand side by side.
pub fn header(ui: &mut Ui, state: &mut State, id: ConnectionId) {
    let Some(table) = state.tokens.table_mut(id) else { return };
    let palette = theme::of(ui);
    let (_, rect) = ui.allocate_space(vec2(ui.available_width(), HEADER));
    let all = table.shown_count() > 0 && table.chosen_count() >= table.shown_count();
    let check = Rect::from_center_size(pos2(rect.left() + 15.0, rect.center().y), vec2(24.0, 24.0));
    let response = ui.interact(check, table_id().with("all"), Sense::click());
    response.widget_info(|| WidgetInfo::selected(Role::CheckBox, ui.is_enabled(), all, words::SELECT_ALL));
    paint_box(ui, check, all, response.hovered());
    if response.has_focus() {
        theme::focus_ring(ui.painter(), palette, Rect::from_center_size(check.center(), vec2(BOX, BOX)), 5);
    }
    if response.clicked() {
        table.toggle_shown();
    }
    let columns = Columns::of(rect);
    let mut left = rect.left() + CHECK;
    for (column, title, place) in [
        (Column::Comment, words::COMMENT, Some(columns.comment)),
        (Column::Created, words::CREATED, columns.created),
        (Column::Expires, words::EXPIRES, columns.expires),
        (Column::InUse, words::USED_BY, columns.used_by),
    ] {
        let at = if columns.expires.is_some() {
            let Some((from, _)) = place else { continue };
            from
        } else {
            left
        };
        let sorted = (table.sort().0 == column).then_some(table.sort().1);
        let cell = header_cell(ui, rect, at, column, title, sorted);
        left = cell.rect.right() + 4.0;
        if cell.clicked() {
            table.sort_by(column);
        }
    }
    ui.painter().hline(rect.x_range(), rect.bottom(), Stroke::new(1.0, palette.hairline));
}

fn header_cell(ui: &Ui, row: Rect, left: f32, column: Column, title: &str, sorted: Option<bool>) -> egui::Response {
    let palette = theme::of(ui);
    let galley = ui.painter().layout_no_wrap(title.to_owned(), fonts::semibold(12.0), palette.weak);
    let rect = Rect::from_min_size(pos2(left - 6.0, row.center().y - 14.0), vec2(galley.size().x + 28.0, 28.0));
    let response = ui.interact(rect, table_id().with(("sort", column)), Sense::click());
    response.widget_info(|| {
        let order = match sorted {
            None => "",
            Some(false) => ", ascending",
            Some(true) => ", descending",
        };
        WidgetInfo::labeled(Role::Button, ui.is_enabled(), format!("Sort by {title}{order}"))
    });
    scroll_to_focused(ui, &response, rect);
    if response.hovered() {
        ui.painter().rect_filled(rect, CornerRadius::same(6), palette.hover);
    }
    let colour = if sorted.is_some() || response.hovered() { palette.text } else { palette.weak };
    let at = pos2(left, (row.center().y - galley.size().y / 2.0).floor());
    let icon = pos2(left + galley.size().x + 10.0, row.center().y);
    ui.painter().galley_with_override_text_color(at, galley, colour);
    if let Some(descending) = sorted {
        let caret = if descending { Icon::CaretDown } else { Icon::CaretUp };
        caret.paint(ui.painter(), icon, 12.0, colour);
    }
    if response.has_focus() {
        theme::focus_ring(ui.painter(), palette, rect, 6);
    }
    response
}

enum Wish {
    Toggle(usize),
    ChooseTo(usize),
    Revoke(usize),
    Rotate,
}

pub fn rows(ui: &mut Ui, state: &mut State, act: &mut Act, id: ConnectionId) {
    let zone = state.zone.0.clone();
    let rotates = state.can_rotate();
    let Some(table) = state.tokens.table_mut(id) else { return };
    let width = ui.available_width();
    let columns = Columns::of(Rect::from_min_size(ui.cursor().min, vec2(width, 1.0)));
    let height = columns.row_height;
    let (_, whole) = ui.allocate_space(vec2(width, height * table.shown_count() as f32));
    let view = ui.clip_rect().intersect(whole);
    let focus = ui.interact(view, table_id(), Sense::focusable_noninteractive());
    focus.widget_info(|| WidgetInfo::labeled(Role::ListBox, true, words::TABLE));
    keys::table_keys(ui, &focus, (ui.clip_rect().height() / height) as usize, table);
    let top_of = |at: usize| whole.top() + height * at as f32;
    if std::mem::take(&mut table.reveal_cursor) {
        let row = Rect::from_min_size(pos2(whole.left(), top_of(table.cursor())), vec2(width, height));
        ui.scroll_to_rect(row, None);
        ui.ctx().request_repaint();
    }
    if focus.has_focus()
        && let Some(token) = table.row(table.cursor())
    {
        let row = row_id(token);
        ui.ctx().accesskit_node_builder(table_id(), |node| node.set_active_descendant(row.accesskit_id()));
    }
    let first = ((view.top() - whole.top()) / height).max(0.0) as usize;
    let end = (((view.bottom() - whole.top()) / height).max(0.0).ceil() as usize).min(table.shown_count());
    let mut wish = None;
    for at in first..end {
        let Some(token) = table.row(at) else { continue };
        let rect = Rect::from_min_size(pos2(whole.left(), top_of(at)), vec2(width, height));
        let told = Told {
            created: words::date(token.created_at, &zone),
            expires: words::expires(token.expires_at, act.now),
            in_use: table.is_in_use(&token.id),
            chosen: table.is_chosen(&token.id),
            at_cursor: focus.has_focus() && at == table.cursor(),
        };
        if let Some(wished) = row(ui, rect, at, token, &told, rotates) {
            wish = Some(wished);
            ui.memory_mut(|memory| memory.request_focus(table_id()));
        }
    }
    match wish {
        None => {}
        Some(Wish::Toggle(at)) => table.toggle(at),
        Some(Wish::ChooseTo(at)) => table.choose_to(at),
        Some(Wish::Revoke(at)) => state.ask_to_revoke_row(at),
        Some(Wish::Rotate) => act.send(state.ask_to_rotate()),
    }
}

/// A row keeps its identity wherever it is scrolled to.
fn row_id(token: &Token) -> Id {
    Id::unique(("token row", &token.id))
}

/// What a row says besides its comment.
struct Told {
    created: String,
    expires: (String, Tone),
    in_use: bool,
    chosen: bool,
    at_cursor: bool,
}

fn row(ui: &Ui, rect: Rect, at: usize, token: &Token, told: &Told, rotates: bool) -> Option<Wish> {
    let palette = theme::of(ui);
    let comment = words::comment(&token.comment);
    let response = ui.interact(rect, row_id(token), Sense::CLICK);
    response.widget_info(|| {
        let in_use = if told.in_use { format!(", {}", words::IN_USE_SAID) } else { String::new() };
        let all = format!("{comment}, created {}, expires {}{in_use}", told.created, told.expires.0);
        WidgetInfo::selected(Role::CheckBox, ui.is_enabled(), told.chosen, all)
    });
    let fill = if told.chosen { Some(palette.selected) } else { response.contains_pointer().then_some(palette.hover) };
    if let Some(fill) = fill {
        ui.painter().rect_filled(rect, CornerRadius::ZERO, fill);
    }
    ui.painter().hline(rect.x_range(), rect.bottom() - 0.5, Stroke::new(1.0, palette.hairline));
    if told.at_cursor {
        ui.painter().rect_stroke(rect.shrink(1.0), CornerRadius::same(6), Stroke::new(2.0, palette.accent), StrokeKind::Inside);
    }
    let check = Rect::from_center_size(pos2(rect.left() + 15.0, rect.center().y), vec2(24.0, 24.0));
    paint_box(ui, check, told.chosen, false);
    cells(ui, rect, comment, told);

    let mut right = rect.right() - 4.0;
    let mut action = |icon, name: String| {
        let place = Rect::from_center_size(pos2(right - ACTION / 2.0, rect.center().y), vec2(ACTION, ACTION));
        right -= ACTION;
        action_button(ui, place, row_id(token).with(&name), icon, &name)
    };
    let revoke = action(Icon::Trash, words::revoke_named(comment));
    let rotate = told.in_use && rotates && action(Icon::Refresh, words::ROTATE_ROW.to_owned());
    if revoke {
        Some(Wish::Revoke(at))
    } else if rotate {
        Some(Wish::Rotate)
    } else if response.clicked() {
        let shift = ui.input(|input| input.modifiers.shift);
        Some(if shift { Wish::ChooseTo(at) } else { Wish::Toggle(at) })
    } else {
        None
    }
}

fn cells(ui: &Ui, rect: Rect, comment: &str, told: &Told) {
    let palette = theme::of(ui);
    let columns = Columns::of(rect);
    let middle = rect.center().y;
    let colour_of = |tone| if tone == Tone::Neutral { palette.weak } else { palette.tone(tone) };
    let cell = |(left, right): (f32, f32), y: f32, words: &str, size: f32, colour| {
        paint_text(ui.painter(), pos2(left, y), Align2::LEFT_CENTER, words, fonts::regular(size), colour, right - left)
    };
    let narrow = columns.expires.is_none();
    let (mut left, right) = columns.comment;
    let first = if narrow { middle - 9.0 } else { middle };
    if told.in_use && columns.used_by.is_none() {
        Icon::Ok.paint(ui.painter(), pos2(left + 7.0, first), 16.0, palette.accent);
        left += 20.0;
    }
    let weight = if comment == words::NO_COMMENT { palette.weak } else { palette.text };
    paint_text(ui.painter(), pos2(left, first), Align2::LEFT_CENTER, comment, fonts::medium(14.0), weight, right - left);
    if narrow {
        let (expires, tone) = &told.expires;
        let told_expiry = format!("{} {expires}", words::EXPIRES);
        let drawn = cell((columns.comment.0, right), middle + 10.0, &told_expiry, 12.0, colour_of(*tone));
        cell((drawn.right(), right), middle + 10.0, &format!(", created {}", told.created), 12.0, palette.weak);
        return;
    }
    if let Some(place) = columns.created {
        cell(place, middle, &told.created, 14.0, palette.weak);
    }
    if let Some(place) = columns.expires {
        cell(place, middle, &told.expires.0, 14.0, colour_of(told.expires.1));
    }
    if let Some((left, right)) = columns.used_by.filter(|_| told.in_use) {
        Icon::Ok.paint(ui.painter(), pos2(left + 7.0, middle), 16.0, palette.accent);
        cell((left + 20.0, right + 8.0), middle, words::IN_USE, 14.0, palette.text);
    }
}

/// Not a stop of the Tab key: a thousand rows would be a thousand stops. The keyboard revokes with Delete.
fn action_button(ui: &Ui, rect: Rect, id: Id, icon: Icon, name: &str) -> bool {
    let palette = theme::of(ui);
    let response = ui.interact(rect, id, Sense::CLICK);
    response.widget_info(|| WidgetInfo::labeled(Role::Button, ui.is_enabled(), name));
    let over = response.hovered();
    if over {
        ui.painter().rect_filled(rect, CornerRadius::same(6), palette.selected);
    }
    icon.paint(ui.painter(), rect.center(), 16.0, if over { palette.text } else { palette.weak });
    response.on_hover_text(name).clicked()
}

fn paint_box(ui: &Ui, around: Rect, ticked: bool, hovered: bool) {
    let palette = theme::of(ui);
    let square = Rect::from_center_size(around.center(), vec2(BOX, BOX));
    let radius = CornerRadius::same(5);
    if ticked {
        ui.painter().rect_filled(square, radius, if hovered { palette.accent_hover } else { palette.accent });
        Icon::Check.paint(ui.painter(), square.center(), 14.0, palette.on_accent);
    } else {
        let fill = if hovered { palette.hover } else { palette.field };
        ui.painter().rect(square, radius, fill, Stroke::new(1.0, palette.control_border), StrokeKind::Inside);
    }
}
