//! What tables share: only visible rows are drawn, one Tab stop, column headers that sort, ticks.

use std::ops::Range;

use egui::{CornerRadius, EventFilter, Id, Key, Modifiers, Rect, Response, Role, Sense, Stroke, StrokeKind, Ui, WidgetInfo, pos2, vec2};

use super::{Tip as _, paint::scroll_to_focused};
use crate::ui::{fonts, icons::Icon, theme};

pub const TABLE_HEADER: f32 = 36.0;
/// The size of a check box.
const BOX: f32 = 18.0;

/// The rows of a table under the keyboard.
pub trait TableRows {
    fn row_count(&self) -> usize;
    fn ticked_count(&self) -> usize;
    /// The row at the cursor.
    fn cursor_row(&self) -> usize;
    /// With `extend`, the rows on the way are ticked.
    fn step(&mut self, steps: isize, extend: bool);
    fn tick(&mut self, row: usize);
    /// Ticks all shown rows, or unticks them if all are ticked.
    fn tick_all(&mut self);
    fn tick_none(&mut self);
    /// Once: scroll to the row at the cursor.
    fn take_reveal(&mut self) -> bool;
}

/// The rows to draw, and their places.
pub struct RowsInView {
    pub rows: Range<usize>,
    /// Has the focus when the keyboard is in the table.
    pub focus: Response,
    whole: Rect,
    height: f32,
}

impl RowsInView {
    pub fn place(&self, row: usize) -> Rect {
        let top = self.whole.top() + self.height * row as f32;
        Rect::from_min_size(pos2(self.whole.left(), top), vec2(self.whole.width(), self.height))
    }
}

/// Reserves the room of all rows, and returns the visible ones. `row_id` identifies a row for screen readers while it scrolls.
pub fn rows_in_view<T: TableRows>(
    ui: &mut Ui,
    id: Id,
    name: &str,
    height: f32,
    table: &mut T,
    row_id: impl Fn(&T, usize) -> Option<Id>,
) -> RowsInView {
    let count = table.row_count();
    let (_, whole) = ui.allocate_space(vec2(ui.available_width(), height * count as f32));
    let view = ui.clip_rect().intersect(whole);
    let focus = ui.interact(view, id, Sense::focusable_noninteractive());
    focus.widget_info(|| WidgetInfo::labeled(Role::ListBox, true, name));
    let first = ((view.top() - whole.top()) / height).max(0.0) as usize;
    let end = (((view.bottom() - whole.top()) / height).max(0.0).ceil() as usize).min(count);
    let found = RowsInView { rows: first..end, focus, whole, height };
    if table.take_reveal() {
        ui.scroll_to_rect(found.place(table.cursor_row()), None);
        ui.ctx().request_repaint();
    }
    if found.focus.has_focus()
        && let Some(row) = row_id(table, table.cursor_row())
    {
        ui.ctx().accesskit_node_builder(id, |node| node.set_active_descendant(row.accesskit_id()));
    }
    found
}

/// Arrow keys, Home, End, Page up and Page down move the cursor; with Shift they tick.
pub fn move_keys(ui: &Ui, focus: &Response, height: f32, table: &mut impl TableRows) {
    if !focus.has_focus() {
        return;
    }
    // Escape removes the ticks before it removes the focus.
    let kept = EventFilter { vertical_arrows: true, escape: table.ticked_count() > 0, ..EventFilter::default() };
    ui.memory_mut(|memory| memory.set_focus_lock_filter(focus.id, kept));
    let in_view = (ui.clip_rect().height() / height) as usize;
    let page = isize::try_from(in_view.saturating_sub(1)).unwrap_or(1).max(1);
    let all = isize::try_from(table.row_count()).unwrap_or(isize::MAX);
    let steps = [
        (Key::ArrowDown, 1),
        (Key::ArrowUp, -1),
        (Key::PageDown, page),
        (Key::PageUp, -page),
        (Key::Home, all.saturating_neg()),
        (Key::End, all),
    ];
    for (key, step) in steps {
        for (extend, modifiers) in [(true, Modifiers::SHIFT), (false, Modifiers::NONE)] {
            let presses = ui.input_mut(|input| input.count_and_consume_key(modifiers, key));
            if presses > 0 {
                table.step(step.saturating_mul(isize::try_from(presses).unwrap_or(1)), extend);
                // The row scrolls into view in the next frame.
                ui.ctx().request_repaint();
            }
        }
    }
}

/// Space ticks, Ctrl+A ticks all, Escape none.
pub fn tick_keys(ui: &Ui, focus: &Response, table: &mut impl TableRows) {
    if !focus.has_focus() {
        return;
    }
    let pressed = |modifiers, key| ui.input_mut(|input| input.consume_key(modifiers, key));
    if pressed(Modifiers::NONE, Key::Space) {
        table.tick(table.cursor_row());
    }
    if pressed(Modifiers::COMMAND, Key::A) {
        table.tick_all();
    }
    if pressed(Modifiers::NONE, Key::Escape) {
        table.tick_none();
    }
}

/// The width of [`sort_button`] to the right of `left`.
pub fn sort_button_width(ui: &Ui, title: &str) -> f32 {
    ui.painter().layout_no_wrap(title.to_owned(), fonts::semibold(12.0), egui::Color32::PLACEHOLDER).size().x + 22.0
}

/// A column header, which sorts. `row`: the whole header; `sorted`: by this column, and whether descending.
pub fn sort_button(ui: &Ui, id: Id, row: Rect, left: f32, title: &str, sorted: Option<bool>) -> Response {
    let palette = theme::of(ui);
    let galley = ui.painter().layout_no_wrap(title.to_owned(), fonts::semibold(12.0), palette.weak);
    let rect = Rect::from_min_size(pos2(left - 6.0, row.center().y - 14.0), vec2(galley.size().x + 28.0, 28.0));
    let response = ui.interact(rect, id, Sense::click());
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

/// The check box on the left of the header, which ticks all shown rows.
pub fn tick_all_box(ui: &Ui, id: Id, row: Rect, ticked: bool, name: &str) -> bool {
    let palette = theme::of(ui);
    let check = tick_place(row);
    let response = ui.interact(check, id, Sense::click());
    response.widget_info(|| WidgetInfo::selected(Role::CheckBox, ui.is_enabled(), ticked, name));
    paint_tick(ui, row, ticked, response.hovered());
    if response.has_focus() {
        theme::focus_ring(ui.painter(), palette, Rect::from_center_size(check.center(), vec2(BOX, BOX)), 5);
    }
    response.clicked()
}

fn tick_place(row: Rect) -> Rect {
    Rect::from_center_size(pos2(row.left() + 15.0, row.center().y), vec2(24.0, 24.0))
}

/// The check box on the left of a row.
pub fn paint_tick(ui: &Ui, row: Rect, ticked: bool, hovered: bool) {
    let palette = theme::of(ui);
    let square = Rect::from_center_size(tick_place(row).center(), vec2(BOX, BOX));
    let radius = CornerRadius::same(5);
    if ticked {
        ui.painter().rect_filled(square, radius, if hovered { palette.accent_hover } else { palette.accent });
        Icon::Check.paint(ui.painter(), square.center(), 14.0, palette.on_accent);
    } else {
        let fill = if hovered { palette.hover } else { palette.field };
        ui.painter().rect(square, radius, fill, Stroke::new(1.0, palette.control_border), StrokeKind::Inside);
    }
}

/// The background of a row: filled if ticked or under the pointer, with a ring if the cursor is on it.
pub fn paint_row(ui: &Ui, rect: Rect, response: &Response, ticked: bool, at_cursor: bool) {
    let palette = theme::of(ui);
    let fill = if ticked { Some(palette.selected) } else { response.contains_pointer().then_some(palette.hover) };
    if let Some(fill) = fill {
        ui.painter().rect_filled(rect, CornerRadius::ZERO, fill);
    }
    ui.painter().hline(rect.x_range(), rect.bottom() - 0.5, Stroke::new(1.0, palette.hairline));
    if at_cursor {
        ui.painter().rect_stroke(rect.shrink(1.0), CornerRadius::same(6), Stroke::new(2.0, palette.accent), StrokeKind::Inside);
    }
}

/// Not a Tab stop: a thousand rows would be a thousand stops. There is a key for it.
pub fn row_action(ui: &Ui, rect: Rect, id: Id, icon: Icon, name: &str) -> bool {
    let palette = theme::of(ui);
    let response = ui.interact(rect, id, Sense::CLICK);
    response.widget_info(|| WidgetInfo::labeled(Role::Button, ui.is_enabled(), name));
    let over = response.hovered();
    if over {
        ui.painter().rect_filled(rect, CornerRadius::same(6), palette.selected);
    }
    icon.paint(ui.painter(), rect.center(), 16.0, if over { palette.text } else { palette.weak });
    response.tip(name).clicked()
}
