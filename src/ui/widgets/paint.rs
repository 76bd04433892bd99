//! Drawing code that several widgets share.

use std::sync::Arc;

use egui::{
    Align2, Color32, CornerRadius, FontId, Galley, Painter, Pos2, Rect, Stroke, StrokeKind, Ui,
    text::{LayoutJob, TextWrapping},
    vec2,
};

use crate::ui::{
    fonts,
    theme::{self, Palette},
};

/// One line of text that ends in "…" when it is wider than `max_width` points. `galley.elided` says whether it does.
#[must_use]
pub fn elided(painter: &Painter, text: &str, font: FontId, colour: Color32, max_width: f32) -> Arc<Galley> {
    let mut job = LayoutJob::simple_singleline(text.to_owned(), font, colour);
    job.wrap = TextWrapping::truncate_at_width(max_width.max(0.0));
    painter.layout_job(job)
}

/// Draws one line of text at `at`, elided to `max_width` points; returns its place.
pub fn paint_text(painter: &Painter, at: Pos2, align: Align2, text: &str, font: FontId, colour: Color32, max_width: f32) -> Rect {
    let galley = elided(painter, text, font, colour, max_width);
    let mut rect = align.anchor_size(at, galley.size());
    if align.y() == egui::Align::Center {
        rect = rect.translate(vec2(0.0, text_top(at.y, &galley) - rect.top()));
    }
    painter.galley(rect.min, galley, colour);
    rect
}

/// The top of one line of text that looks centered at `middle`: the same whole point for every widget in a row.
pub(super) fn text_top(middle: f32, galley: &Galley) -> f32 {
    (middle - galley.size().y / 2.0).floor()
}

/// Draws a key, for example "Ctrl K", in a small frame with its right edge at `right_center`; returns the frame.
pub fn paint_key_hint(painter: &Painter, palette: &Palette, right_center: Pos2, key: &str) -> Rect {
    let galley = painter.layout_no_wrap(key.to_owned(), fonts::regular(12.0), palette.weak);
    let size = vec2((galley.size().x + 10.0).max(18.0), 18.0);
    let rect = Align2::RIGHT_CENTER.anchor_size(right_center, size);
    painter.rect_stroke(rect, CornerRadius::same(4), Stroke::new(1.0, palette.hairline), StrokeKind::Inside);
    painter.galley(rect.center() - galley.size() / 2.0, galley, palette.weak);
    rect
}

/// Scrolls a control into view when the keyboard moves to it. `rect` includes its frame.
pub(in crate::ui) fn scroll_to_focused(ui: &Ui, response: &egui::Response, rect: Rect) {
    if response.gained_focus() && !ui.input(|input| input.pointer.any_down() || input.pointer.any_click()) {
        ui.scroll_to_rect(rect.expand(8.0), None);
    }
}

/// An open list was closed without a click: the focus returns to the widget that opened it. After a click it stays where it is.
pub(super) fn focus_when_closed_by_key(ui: &Ui, opener: &egui::Response, was_open: bool) {
    let closed = was_open && !egui::Popup::is_id_open(ui.ctx(), egui::Popup::default_response_id(opener));
    if closed && !ui.input(|input| input.pointer.any_click() || input.pointer.any_pressed()) {
        opener.request_focus();
    }
}

/// The frame of a field or a button that opens a list: fill, border by tone or focus, ring when focused.
pub(super) fn field_frame(ui: &Ui, rect: Rect, state: &FieldFrame) {
    let palette = theme::of(ui);
    let radius = CornerRadius::same(theme::RADIUS);
    let border = state.tone.map_or(palette.control_border, |tone| palette.tone(tone));
    let fill = if state.hovered && !state.focused { state.hover_fill.unwrap_or(palette.field) } else { palette.field };
    ui.painter().rect(rect, radius, fill, Stroke::new(1.0, border), StrokeKind::Inside);
    if state.focused {
        theme::focus_ring(ui.painter(), palette, rect, theme::RADIUS);
    }
}

#[derive(Default)]
pub(super) struct FieldFrame {
    pub tone: Option<theme::Tone>,
    pub focused: bool,
    pub hovered: bool,
    pub hover_fill: Option<Color32>,
}
