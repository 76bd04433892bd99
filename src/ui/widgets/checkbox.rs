//! A check box with a label.

use egui::{CornerRadius, Rect, Response, Role, Sense, Stroke, StrokeKind, Ui, WidgetInfo, pos2, vec2};

use crate::ui::{fonts, icons::Icon, theme};

/// The label is the accessible name and can be clicked, too.
pub fn checkbox(ui: &mut Ui, checked: &mut bool, text: &str) -> Response {
    const BOX: f32 = 18.0;
    const GAP: f32 = 8.0;
    let palette = theme::of(ui);
    let wrap_width = (ui.available_width() - BOX - GAP).max(40.0);
    let galley = ui.painter().layout(text.to_owned(), fonts::regular(14.0), palette.text, wrap_width);
    let height = galley.size().y.max(24.0);
    let (rect, mut response) = ui.allocate_exact_size(vec2(BOX + GAP + galley.size().x, height), Sense::click());
    if response.clicked() {
        *checked = !*checked;
        response.mark_changed();
    }
    response.widget_info(|| WidgetInfo::selected(Role::CheckBox, ui.is_enabled(), *checked, text));
    super::paint::scroll_to_focused(ui, &response, rect);
    if ui.is_rect_visible(rect) {
        let square = Rect::from_center_size(pos2(rect.left() + BOX / 2.0, rect.top() + 12.0), vec2(BOX, BOX));
        let radius = CornerRadius::same(5);
        if *checked {
            let fill = if response.hovered() { palette.accent_hover } else { palette.accent };
            ui.painter().rect_filled(square, radius, fill);
            Icon::Check.paint(ui.painter(), square.center(), 14.0, palette.on_accent);
        } else {
            let fill = if response.hovered() { palette.hover } else { palette.field };
            ui.painter().rect(square, radius, fill, Stroke::new(1.0, palette.control_border), StrokeKind::Inside);
        }
        let top = rect.top() + (24.0 - galley.size().y).max(0.0) / 2.0;
        ui.painter().galley(pos2(square.right() + GAP, top), galley, palette.text);
        if response.has_focus() {
            theme::focus_ring(ui.painter(), palette, square, 5);
        }
    }
    response
}
