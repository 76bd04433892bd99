//! One step of a test on the time axis of the whole test.

use egui::{CornerRadius, Rect, Response, Sense, Ui, pos2, vec2};

use crate::ui::theme::{self, Tone};

/// Fills the available width. Fractions of the whole test, 0 to 1; a length of 0 draws the empty groove.
pub fn timeline_bar(ui: &mut Ui, start_fraction: f32, length_fraction: f32, tone: Tone) -> Response {
    const THICKNESS: f32 = 6.0;
    let palette = theme::of(ui);
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width().max(24.0), 20.0), Sense::hover());
    let groove = Rect::from_center_size(rect.center(), vec2(rect.width(), THICKNESS));
    let radius = CornerRadius::same(3);
    ui.painter().rect_filled(groove, radius, palette.hover);
    let length = length_fraction.clamp(0.0, 1.0) * groove.width();
    if length > 0.0 {
        let length = length.max(3.0);
        let left = (groove.left() + start_fraction.clamp(0.0, 1.0) * groove.width()).min(groove.right() - length);
        let bar = Rect::from_min_size(pos2(left, groove.top()), vec2(length, THICKNESS));
        ui.painter().rect_filled(bar, radius, palette.tone(tone));
    }
    response
}
