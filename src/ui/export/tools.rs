//! The list of tools, grouped, with its filter.

use egui::{Align2, CornerRadius, Id, Key, Modifiers, Role, ScrollArea, Sense, Stroke, StrokeKind, Ui, WidgetInfo, pos2, vec2};

use crate::ui::{
    act::Act,
    fonts,
    icons::Icon,
    state::{State, Tool},
    text::export as words,
    theme,
    widgets::{TextField, paint_text, paragraph, truncated_label},
};

const ROW: f32 = 32.0;

pub fn beside(ui: &mut Ui, state: &mut State, act: &mut Act) {
    ui.spacing_mut().item_spacing.y = 8.0;
    filter(ui, state, act);
    ScrollArea::vertical().id_salt("tools").auto_shrink(false).show(ui, |ui| {
        // Beside the scroll bar.
        ui.set_max_width(ui.available_width() - 12.0);
        list(ui, state, act);
        ui.add_space(16.0);
    });
}

/// Enter takes the first tool that matches; Esc empties it.
pub fn filter(ui: &mut Ui, state: &mut State, act: &mut Act) {
    let mut sought = state.export.filter().to_owned();
    let field = TextField::new(&mut sought, words::FILTER)
        .hint(words::FILTER_HINT)
        .leading(Icon::Filter)
        .limit(100)
        .id(Id::unique("filter tools"))
        .show(ui);
    if field.has_focus() || field.lost_focus() {
        if ui.input(|input| input.key_pressed(Key::Escape)) {
            sought.clear();
        }
        let enter = ui.input_mut(|input| input.consume_key(Modifiers::NONE, Key::Enter));
        if enter {
            let first = state.export.tools().first().and_then(|(_, tools)| tools.first().copied());
            act.send(first.map(|tool| state.choose_tool(tool)).unwrap_or_default());
        }
    }
    state.export.set_filter(sought);
}

pub fn list(ui: &mut Ui, state: &mut State, act: &mut Act) {
    ui.spacing_mut().item_spacing.y = 2.0;
    let palette = theme::of(ui);
    let groups = state.export.tools();
    if groups.is_empty() {
        paragraph(ui, words::NO_TOOL, fonts::regular(14.0), palette.weak);
    }
    let chosen = state.export.tool();
    let mut picked = None;
    for (at, (group, tools)) in groups.into_iter().enumerate() {
        ui.add_space(if at == 0 { 0.0 } else { 12.0 });
        ui.horizontal(|ui| {
            ui.add_space(8.0);
            truncated_label(ui, group, fonts::semibold(12.0), palette.weak, ui.available_width());
        });
        ui.add_space(2.0);
        for tool in tools {
            if row(ui, state.export.title(tool), tool == chosen) {
                picked = Some(tool);
            }
        }
    }
    if let Some(tool) = picked {
        choose(state, act, tool);
        ui.ctx().request_repaint();
    }
}

fn choose(state: &mut State, act: &mut Act, tool: Tool) {
    act.send(state.choose_tool(tool));
}

fn row(ui: &mut Ui, title: &str, selected: bool) -> bool {
    let palette = theme::of(ui);
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), ROW), Sense::click());
    response.widget_info(|| WidgetInfo::selected(Role::RadioButton, ui.is_enabled(), selected, title));
    if response.gained_focus() {
        ui.scroll_to_rect(rect, None);
    }
    if ui.is_rect_visible(rect) {
        let radius = CornerRadius::same(6);
        if selected {
            ui.painter().rect_filled(rect, radius, palette.selected);
        } else if response.hovered() {
            ui.painter().rect_filled(rect, radius, palette.hover);
        }
        if response.has_focus() {
            ui.painter().rect_stroke(rect, radius, Stroke::new(2.0, palette.accent), StrokeKind::Inside);
        }
        let font = if selected { fonts::medium(14.0) } else { fonts::regular(14.0) };
        let at = pos2(rect.left() + 8.0, rect.center().y);
        paint_text(ui.painter(), at, Align2::LEFT_CENTER, title, font, palette.text, rect.width() - 16.0);
    }
    response.on_hover_text(title).clicked()
}
