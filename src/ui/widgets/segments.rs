//! A choice between a few parts of a page, side by side.

use egui::{Color32, CornerRadius, Key, Rect, Role, Sense, Stroke, StrokeKind, Ui, WidgetInfo, vec2};

use super::paint::scroll_to_focused;
use crate::ui::{fonts, theme};

/// Changes `index` on a click or an arrow key. Returns whether it changed.
pub fn segments(ui: &mut Ui, index: &mut usize, titles: &[&str]) -> bool {
    const PADDING: f32 = 13.0;
    const INSET: f32 = 3.0;
    let palette = theme::of(ui);
    let before = *index;
    let galleys: Vec<_> =
        titles.iter().map(|title| ui.painter().layout_no_wrap((*title).to_owned(), fonts::medium(14.0), Color32::PLACEHOLDER)).collect();
    let width: f32 = galleys.iter().map(|galley| galley.size().x + 2.0 * PADDING).sum();
    let (id, whole) = ui.allocate_space(vec2(width, theme::CONTROL_HEIGHT));
    ui.painter().rect(
        whole,
        CornerRadius::same(theme::RADIUS),
        palette.surface,
        Stroke::new(1.0, palette.control_border),
        StrokeKind::Inside,
    );
    let mut left = whole.left();
    let mut turn: isize = 0;
    for (at, (title, galley)) in titles.iter().zip(galleys).enumerate() {
        let rect = Rect::from_min_size(egui::pos2(left, whole.top()), vec2(galley.size().x + 2.0 * PADDING, whole.height()));
        left = rect.right();
        let response = ui.interact(rect, id.with(at), Sense::click());
        let selected = at == before;
        response.widget_info(|| WidgetInfo::selected(Role::RadioButton, ui.is_enabled(), selected, title));
        scroll_to_focused(ui, &response, rect);
        if response.clicked() {
            *index = at;
        }
        if response.has_focus() {
            turn += ui.input(|input| isize::from(input.key_pressed(Key::ArrowRight)) - isize::from(input.key_pressed(Key::ArrowLeft)));
        }
        let inner = rect.shrink(INSET);
        if selected {
            ui.painter().rect_filled(inner, CornerRadius::same(theme::RADIUS - 2), palette.selected);
        } else if response.hovered() {
            ui.painter().rect_filled(inner, CornerRadius::same(theme::RADIUS - 2), palette.hover);
        }
        let colour = if selected || response.hovered() { palette.text } else { palette.weak };
        let top = super::paint::text_top(rect.center().y, &galley);
        ui.painter().galley(egui::pos2(rect.left() + PADDING, top), galley, colour);
        if response.has_focus() {
            theme::focus_ring(ui.painter(), palette, inner, theme::RADIUS - 2);
        }
    }
    if turn != 0 && !titles.is_empty() {
        *index = before.saturating_add_signed(turn).min(titles.len() - 1);
    }
    *index != before
}
