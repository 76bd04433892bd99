//! A framed group.

use egui::{CornerRadius, Frame, InnerResponse, Margin, Stroke, Ui};

use crate::ui::theme::{self, Tone};

/// A card; a tone colors its border.
pub fn card<R>(ui: &mut Ui, tone: Option<Tone>, add_contents: impl FnOnce(&mut Ui) -> R) -> InnerResponse<R> {
    let palette = theme::of(ui);
    let border = tone.map_or(palette.hairline, |tone| palette.tone(tone));
    Frame::new()
        .fill(palette.surface)
        .stroke(Stroke::new(1.0, border))
        .corner_radius(CornerRadius::same(theme::CARD_RADIUS))
        .inner_margin(Margin::same(16))
        .show(ui, add_contents)
}
