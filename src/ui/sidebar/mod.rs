//! The list on the left: filter, sections, folders, one row per connection. Draws only visible rows.

mod keys;
mod row;

use std::ops::Range;

use egui::{Align2, CornerRadius, Frame, Id, Margin, Panel, Rect, Role, ScrollArea, Sense, Ui, UiBuilder, WidgetInfo, pos2, vec2};

pub use row::menu as connection_menu;

use super::{
    act::Act,
    fonts,
    icons::Icon,
    state::{Row, Section, State},
    text, theme,
    widgets::{TextField, icon_button_colored, paint_text, scroll_to_focused},
};

const DEFAULT_WIDTH: f32 = 288.0;
const MIN_WIDTH: f32 = 200.0;
const MAX_WIDTH: f32 = 520.0;
/// Below this window width, the list is above the form.
const NARROW: f32 = 560.0;
const SIDE: f32 = 8.0;

pub fn filter_id() -> Id {
    Id::unique("filter")
}

pub fn list_id() -> Id {
    Id::unique("connections list")
}

/// Draws the sidebar; returns its width and the rows that were drawn.
pub fn show(ui: &mut Ui, state: &mut State, act: &mut Act) -> (f32, Range<usize>) {
    let palette = theme::of(ui);
    let frame = Frame::new().fill(palette.surface).inner_margin(Margin { left: 0, right: 0, top: 8, bottom: 0 });
    if ui.available_width() < NARROW {
        let height = (ui.available_height() * 0.4).clamp(40.0, 260.0);
        let panel = Panel::top("sidebar above").resizable(false).exact_size(height).frame(frame);
        return (ui.available_width(), panel.show(ui, |ui| contents(ui, state, act)).inner);
    }
    let most = (ui.available_width() * 0.42).clamp(MIN_WIDTH, MAX_WIDTH);
    let wanted = state.preferences.window.sidebar_width.filter(|width| width.is_finite()).unwrap_or(DEFAULT_WIDTH);
    let width = wanted.clamp(MIN_WIDTH, most);
    let shown = Panel::left("sidebar").resizable(false).exact_size(width).frame(frame).show(ui, |ui| contents(ui, state, act));
    resize(ui, shown.response.rect, state);
    (width, shown.inner)
}

/// The edge can be dragged; a double click restores the default width. A small window narrows it only for as long as it is small.
fn resize(ui: &Ui, sidebar: Rect, state: &mut State) {
    let edge = Rect::from_x_y_ranges(sidebar.right() - 3.0..=sidebar.right() + 3.0, sidebar.y_range());
    let response = ui.interact(edge, list_id().with("edge"), Sense::DRAG | Sense::CLICK);
    if response.hovered() || response.dragged() {
        ui.set_cursor_icon(egui::CursorIcon::ResizeHorizontal);
        ui.painter().vline(sidebar.right(), sidebar.y_range(), egui::Stroke::new(2.0, theme::of(ui).accent));
    }
    if response.double_clicked() {
        state.preferences.window.sidebar_width = None;
    } else if response.dragged()
        && let Some(pointer) = response.interact_pointer_pos()
    {
        state.preferences.window.sidebar_width = Some((pointer.x - sidebar.left()).round().clamp(MIN_WIDTH, MAX_WIDTH));
    }
}

fn contents(ui: &mut Ui, state: &mut State, act: &mut Act) -> Range<usize> {
    ui.take_available_space();
    let whole = ui.max_rect();
    let mut ui = ui.new_child(UiBuilder::new().max_rect(whole));
    ui.spacing_mut().item_spacing.y = 0.0;
    filter(&mut ui, state, act);
    ui.add_space(8.0);
    list(&mut ui, state, act)
}

fn filter(ui: &mut Ui, state: &mut State, act: &mut Act) {
    let mut pick_first = false;
    let mut words = state.connections.list.filter().to_owned();
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 4.0;
        ui.add_space(SIDE);
        let clear = if words.is_empty() { 0.0 } else { 28.0 };
        let response = TextField::new(&mut words, text::FILTER_NAME)
            .hint(text::FILTER)
            .leading(Icon::Filter)
            .key_hint(text::FILTER_KEY)
            .id(filter_id())
            .width(ui.available_width() - SIDE - clear)
            .show(ui);
        if response.has_focus() || response.lost_focus() {
            if ui.input(|input| input.key_pressed(egui::Key::Escape)) {
                words.clear();
            }
            let to_list = |key| ui.input_mut(|input| input.consume_key(egui::Modifiers::NONE, key));
            let (enter, down) = (to_list(egui::Key::Enter), to_list(egui::Key::ArrowDown));
            if enter || down {
                ui.memory_mut(|memory| memory.request_focus(list_id()));
                pick_first = state.connections.selection.shown().is_none_or(|id| state.connections.list.row_of(id).is_none()) || enter;
            }
        }
        if clear > 0.0 && icon_button_colored(ui, Icon::Close, text::CLEAR_FILTER, 24.0, None).clicked() {
            words.clear();
        }
    });
    act.send(state.connections.filter_list(&words));
    if pick_first {
        act.send(state.connections.select_end(false, false));
    }
}

fn list(ui: &mut Ui, state: &mut State, act: &mut Act) -> Range<usize> {
    let place = ui.available_rect_before_wrap();
    let focus = ui.interact(place, list_id(), Sense::focusable_noninteractive());
    focus.widget_info(|| WidgetInfo::labeled(Role::ListBox, true, text::CONNECTIONS));
    keys::list_keys(ui, &focus, place.height(), state, act);

    if state.connections.list.rows().is_empty()
        || (!state.connections.list.filter().trim().is_empty() && state.connections.list.shown().next().is_none())
    {
        return nothing(ui, place, state);
    }
    // Each search has its own scroll position: a new one begins at the top, and without a search the list is where it was.
    let mut area = ScrollArea::vertical().id_salt(("rows", state.connections.list.filter())).auto_shrink(false);
    if std::mem::take(&mut state.view.reveal_selected)
        && let Some(offset) = offset_for_selected(ui, place.height(), state)
    {
        area = area.vertical_scroll_offset(offset);
    }
    let output = area.show_viewport(ui, |ui, viewport| {
        ui.set_height(state.connections.list.height() + SIDE);
        let origin = ui.max_rect().min;
        let width = ui.max_rect().width();
        let rows = state.connections.list.rows_between(viewport.top(), viewport.bottom());
        for at in rows.clone() {
            let Some(what) = state.connections.list.rows().get(at).cloned() else { continue };
            let top = origin.y + state.connections.list.top_of(at);
            let rect = Rect::from_min_size(pos2(origin.x + SIDE, top), vec2(width - 2.0 * SIDE, what.height()));
            match what {
                Row::Section { section, count } => section_row(ui, rect, section, count),
                Row::Folder { path, name, depth, count, open } => folder_row(ui, rect, state, act, (&path, &name), (depth, count, open)),
                Row::Item { item, depth } => row::show(ui, rect, state, act, item, depth),
            }
        }
        rows
    });
    ui.data_mut(|data| data.insert_temp(list_id(), output.state.clamped_offset().y));
    if focus.has_focus()
        && let Some(id) = state.connections.selection.shown()
    {
        ui.ctx().accesskit_node_builder(list_id(), |node| node.set_active_descendant(row::row_id(id).accesskit_id()));
    }
    output.inner
}

/// The scroll position at which the selected row is visible; `None` if it is already.
fn offset_for_selected(ui: &Ui, height: f32, state: &State) -> Option<f32> {
    let row = state.connections.list.row_of(state.connections.selection.shown()?)?;
    let offset = ui.data(|data| data.get_temp::<f32>(list_id())).unwrap_or(0.0);
    let top = state.connections.list.top_of(row);
    let bottom = state.connections.list.top_of(row + 1);
    if row <= 1 {
        (offset > 0.0).then_some(0.0)
    } else if top < offset {
        Some(top)
    } else if bottom > offset + height {
        Some(bottom - height + SIDE)
    } else {
        None
    }
}

fn nothing(ui: &Ui, place: Rect, state: &State) -> Range<usize> {
    let filter = state.connections.list.filter();
    if !filter.trim().is_empty() {
        let words = text::no_match(filter);
        let at = place.center_top() + vec2(0.0, 40.0);
        let response = ui.interact(Rect::from_center_size(at, vec2(place.width(), 20.0)), list_id().with("nothing"), Sense::hover());
        response.widget_info(|| WidgetInfo::labeled(Role::Label, true, &words));
        paint_text(ui.painter(), at, Align2::CENTER_CENTER, &words, fonts::regular(14.0), theme::of(ui).weak, place.width() - 32.0);
    }
    0..0
}

fn section_row(ui: &Ui, rect: Rect, section: Section, count: usize) {
    let palette = theme::of(ui);
    let name = match section {
        Section::Pinned => text::PINNED,
        Section::All => text::ALL,
        Section::Matches => text::MATCHES,
    };
    let response = ui.interact(rect, list_id().with(("section", name)), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Heading, true, format!("{name}, {count}")));
    let middle = rect.bottom() - 16.0;
    let font = fonts::semibold(12.0);
    paint_text(ui.painter(), pos2(rect.left() + 8.0, middle), Align2::LEFT_CENTER, name, font, palette.weak, rect.width() - 60.0);
    let count = count.to_string();
    paint_text(ui.painter(), pos2(rect.right() - 8.0, middle), Align2::RIGHT_CENTER, &count, fonts::regular(12.0), palette.weak, 60.0);
}

type Folded = (usize, usize, bool);

fn folder_row(ui: &Ui, rect: Rect, state: &mut State, act: &mut Act, (path, name): (&str, &str), (depth, count, open): Folded) {
    let palette = theme::of(ui);
    let response = ui.interact(rect, list_id().with(("folder", path)), Sense::click());
    response.widget_info(|| WidgetInfo::selected(Role::Button, ui.is_enabled(), open, format!("Folder {name}, {count}")));
    if response.hovered() {
        ui.painter().rect_filled(rect, CornerRadius::same(theme::RADIUS), palette.hover);
    }
    scroll_to_focused(ui, &response, rect);
    if response.has_focus() {
        theme::focus_ring(ui.painter(), palette, rect.shrink(2.0), theme::RADIUS);
    }
    let middle = rect.center().y;
    let left = rect.left() + row::indent(depth);
    let caret = if open { Icon::CaretDown } else { Icon::CaretRight };
    caret.paint(ui.painter(), pos2(left + 10.0, middle), 14.0, palette.weak);
    Icon::Folder.paint(ui.painter(), pos2(left + 28.0, middle), 16.0, palette.weak);
    let number = paint_text(
        ui.painter(),
        pos2(rect.right() - 8.0, middle),
        Align2::RIGHT_CENTER,
        &count.to_string(),
        fonts::regular(12.0),
        palette.weak,
        60.0,
    );
    let room = number.left() - left - 52.0;
    paint_text(ui.painter(), pos2(left + 42.0, middle), Align2::LEFT_CENTER, name, fonts::medium(14.0), palette.text, room);
    if response.clicked() {
        act.send(state.connections.toggle_folder(path));
    }
}
