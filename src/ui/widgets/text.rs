//! Text: labels that end in "…", paragraphs, headers, keys.

use egui::{Align2, Color32, FontId, Label, Response, RichText, Role, Sense, Ui, WidgetInfo, pos2, vec2};

use super::{Tip as _, paint};
use crate::ui::{fonts, theme};

/// One line, elided to `max_width` points; the whole text on hover and for screen readers.
pub fn truncated_label(ui: &mut Ui, text: &str, font: FontId, colour: Color32, max_width: f32) -> Response {
    let line = theme::body_line(font.size);
    let galley = paint::elided(ui.painter(), text, font, colour, max_width);
    let (rect, response) = ui.allocate_exact_size(vec2(galley.size().x, line.max(galley.size().y)), Sense::hover());
    let cut = galley.elided;
    ui.painter().galley(pos2(rect.left(), super::paint::text_top(rect.center().y, &galley)), galley, colour);
    response.widget_info(|| WidgetInfo::labeled(Role::Label, ui.is_enabled(), text));
    if cut { response.tip(text) } else { response }
}

/// Running text that wraps, with the line height of its size.
pub fn paragraph(ui: &mut Ui, text: &str, font: FontId, colour: Color32) -> Response {
    let line_height = theme::body_line(font.size);
    ui.add(Label::new(RichText::new(text).font(font).color(colour).line_height(Some(line_height))).wrap())
}

/// A key, for example "Ctrl+K", in a small frame.
pub fn key_hint(ui: &mut Ui, key: &str) -> Response {
    let palette = theme::of(ui);
    let text = ui.painter().layout_no_wrap(key.to_owned(), fonts::regular(12.0), palette.weak);
    let (rect, response) = ui.allocate_exact_size(vec2((text.size().x + 10.0).max(18.0), 18.0), Sense::hover());
    paint::paint_key_hint(ui.painter(), palette, rect.right_center(), key);
    response.widget_info(|| WidgetInfo::labeled(Role::Label, ui.is_enabled(), key));
    response
}

/// The header of a section of a list: its name and its count.
pub fn section_header(ui: &mut Ui, text: &str, count: usize) -> Response {
    let palette = theme::of(ui);
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), 28.0), Sense::hover());
    let font = fonts::semibold(12.0);
    let number =
        ui.painter().text(pos2(rect.right() - 8.0, rect.center().y), Align2::RIGHT_CENTER, count, fonts::regular(12.0), palette.weak);
    let room = number.left() - rect.left() - 16.0;
    paint::paint_text(ui.painter(), pos2(rect.left() + 8.0, rect.center().y), Align2::LEFT_CENTER, text, font, palette.weak, room);
    response.widget_info(|| WidgetInfo::labeled(Role::Heading, true, format!("{text}, {count}")));
    response
}
