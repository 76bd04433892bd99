//! A switch that takes effect at once, without *Save*.

use egui::{CornerRadius, Response, Role, Sense, Stroke, StrokeKind, Ui, WidgetInfo, pos2, vec2};

use super::paint::scroll_to_focused;
use crate::ui::theme;

/// Draws the current state; a click requests the other one. `accessible_name` says what is on or off.
pub fn switch(ui: &mut Ui, on: bool, enabled: bool, accessible_name: &str) -> Response {
    let palette = theme::of(ui);
    let (id, rect) = ui.allocate_space(vec2(40.0, 24.0));
    let enabled = enabled && ui.is_enabled();
    let response = ui.interact(rect, id, if enabled { Sense::click() } else { Sense::hover() });
    response.widget_info(|| WidgetInfo::selected(Role::Switch, enabled, on, accessible_name));
    scroll_to_focused(ui, &response, rect);
    if ui.is_rect_visible(rect) {
        let track = egui::Rect::from_center_size(rect.center(), vec2(36.0, 20.0));
        let over = enabled && response.hovered();
        let (fill, border, knob) = match (on, over) {
            (true, false) => (palette.accent, palette.accent, palette.on_accent),
            (true, true) => (palette.accent_hover, palette.accent_hover, palette.on_accent),
            (false, _) => (if over { palette.hover } else { palette.field }, palette.control_border, palette.control_border),
        };
        let shade = |colour| if enabled { colour } else { theme::faded(colour) };
        ui.painter().rect(track, CornerRadius::same(10), shade(fill), Stroke::new(1.0, shade(border)), StrokeKind::Inside);
        let at = if on { track.right() - 10.0 } else { track.left() + 10.0 };
        ui.painter().circle_filled(pos2(at, track.center().y), 6.5, shade(knob));
        if response.has_focus() {
            theme::focus_ring(ui.painter(), palette, track, 10);
        }
    }
    response
}
