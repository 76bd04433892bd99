//! The list of tools, grouped, with its filter.

use egui::{
    Color32, CornerRadius, EventFilter, Id, Key, Modifiers, Response, Role, ScrollArea, Sense, Stroke, StrokeKind, Ui, WidgetInfo, vec2,
};

use crate::ui::{
    act::Act,
    fonts,
    icons::Icon,
    state::{State, Tool},
    text::export as words,
    theme,
    widgets::{TextField, paragraph, truncated_label, type_to_filter},
};

const ROW: f32 = 32.0;

pub fn beside(ui: &mut Ui, state: &mut State, act: &mut Act) {
    ui.spacing_mut().item_spacing.y = 8.0;
    filter(ui, state, act);
    ScrollArea::vertical().id_salt("tools").auto_shrink(false).show(ui, |ui| {
        // Next to the scroll bar.
        ui.set_max_width(ui.available_width() - 12.0);
        // The chosen tool is visible, however it was chosen.
        let id = list_id().with("in view");
        let seen = ui.data_mut(|data| data.get_temp::<Tool>(id));
        let chosen = state.export.tool();
        ui.data_mut(|data| data.insert_temp(id, chosen));
        list(ui, state, act, seen != Some(chosen));
        ui.add_space(16.0);
    });
}

fn filter_id() -> Id {
    Id::unique("filter tools")
}

fn list_id() -> Id {
    Id::unique("list of tools")
}

/// Enter chooses the first match, the down arrow moves into the list, Esc clears the filter.
pub fn filter(ui: &mut Ui, state: &mut State, act: &mut Act) -> Response {
    let mut sought = state.export.filter().to_owned();
    let field =
        TextField::new(&mut sought, words::FILTER).hint(words::FILTER_HINT).leading(Icon::Filter).limit(100).id(filter_id()).show(ui);
    if field.has_focus() || field.lost_focus() {
        if ui.input(|input| input.key_pressed(Key::Escape)) {
            if sought.is_empty() {
                state.export.choosing = false;
                ui.ctx().request_repaint();
            } else {
                // After clearing, the person types the next search.
                field.request_focus();
            }
            sought.clear();
        }
        let enter = ui.input_mut(|input| input.consume_key(Modifiers::NONE, Key::Enter));
        let down = ui.input_mut(|input| input.consume_key(Modifiers::NONE, Key::ArrowDown));
        if enter {
            let first = state.export.best_match();
            act.send(first.map(|tool| state.export.choose(tool, &state.connections)).unwrap_or_default());
        }
        if down {
            ui.memory_mut(|memory| memory.request_focus(list_id()));
        }
    }
    state.export.set_filter(sought);
    field
}

/// One Tab stop: arrow keys choose, letters go to the filter.
pub fn list(ui: &mut Ui, state: &mut State, act: &mut Act, reveal: bool) {
    ui.spacing_mut().item_spacing.y = 2.0;
    let palette = theme::of(ui);
    let groups = state.export.tools();
    if groups.is_empty() {
        paragraph(ui, words::NO_TOOL, fonts::regular(14.0), palette.weak);
        return;
    }
    let focus = ui.interact(ui.available_rect_before_wrap(), list_id(), Sense::focusable_noninteractive());
    focus.widget_info(|| WidgetInfo::labeled(Role::ListBox, true, words::TOOLS));
    let mut picked = keys(ui, &focus, state);
    let chosen = picked.unwrap_or(state.export.tool());
    for (at, (group, tools)) in groups.into_iter().enumerate() {
        ui.add_space(if at == 0 { 0.0 } else { 12.0 });
        ui.horizontal(|ui| {
            ui.add_space(8.0);
            truncated_label(ui, group, fonts::semibold(12.0), palette.weak, ui.available_width());
        });
        ui.add_space(2.0);
        for tool in tools {
            let selected = tool == chosen;
            let shown = row(ui, state.export.title(tool), selected, selected && focus.has_focus());
            if selected && focus.has_focus() {
                ui.ctx().accesskit_node_builder(list_id(), |node| node.set_active_descendant(shown.id.accesskit_id()));
            }
            if selected && (reveal || picked.is_some() || focus.gained_focus()) {
                ui.scroll_to_rect(shown.rect, None);
            }
            if shown.clicked() {
                picked = Some(tool);
                ui.memory_mut(|memory| memory.request_focus(list_id()));
            }
        }
    }
    if let Some(tool) = picked {
        act.send(state.export.choose(tool, &state.connections));
        ui.ctx().request_repaint();
    }
}

/// The tool that the keys move to.
fn keys(ui: &Ui, focus: &Response, state: &mut State) -> Option<Tool> {
    if !focus.has_focus() {
        return None;
    }
    let kept = EventFilter { vertical_arrows: true, ..EventFilter::default() };
    ui.memory_mut(|memory| memory.set_focus_lock_filter(focus.id, kept));
    if let Some(words) = type_to_filter(ui, filter_id(), state.export.filter()) {
        state.export.set_filter(words);
        return None;
    }
    let all = state.export.tools_in_order();
    let now = all.iter().position(|tool| *tool == state.export.tool());
    let last = all.len().saturating_sub(1);
    let pressed = |key| ui.input_mut(|input| input.consume_key(Modifiers::NONE, key));
    let to = if pressed(Key::ArrowDown) {
        now.map_or(0, |now| (now + 1).min(last))
    } else if pressed(Key::ArrowUp) {
        now.map_or(0, |now| now.saturating_sub(1))
    } else if pressed(Key::Home) {
        0
    } else if pressed(Key::End) {
        last
    } else {
        return None;
    };
    all.get(to).copied().filter(|_| now != Some(to))
}

/// As many lines as the name needs: two names begin alike.
fn row(ui: &mut Ui, title: &str, selected: bool, has_keyboard: bool) -> Response {
    let palette = theme::of(ui);
    let font = if selected { fonts::medium(14.0) } else { fonts::regular(14.0) };
    let width = ui.available_width();
    let words = ui.painter().layout(title.to_owned(), font, Color32::PLACEHOLDER, width - 16.0);
    let (rect, response) = ui.allocate_exact_size(vec2(width, (words.size().y + 12.0).max(ROW)), Sense::CLICK);
    response.widget_info(|| WidgetInfo::selected(Role::RadioButton, ui.is_enabled(), selected, title));
    if ui.is_rect_visible(rect) {
        let radius = CornerRadius::same(6);
        if selected {
            ui.painter().rect_filled(rect, radius, palette.selected);
        } else if response.hovered() {
            ui.painter().rect_filled(rect, radius, palette.hover);
        }
        if has_keyboard {
            ui.painter().rect_stroke(rect, radius, Stroke::new(2.0, palette.accent), StrokeKind::Inside);
        }
        let at = rect.left_center() + vec2(8.0, -words.size().y / 2.0);
        ui.painter().galley(at.round(), words, palette.text);
    }
    response
}
