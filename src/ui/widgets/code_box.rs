//! Text for machines, to be read and copied exactly.

use egui::{Color32, CornerRadius, Response, Role, Sense, Stroke, StrokeKind, Ui, WidgetInfo, text::LayoutJob, vec2};

use crate::ui::{fonts, theme};

/// A frame with the text, wrapped to the available width. Faint if it is only an example of the later text.
pub fn code_box(ui: &mut Ui, accessible_label: &str, words: &str, faint: bool) -> Response {
    const PADDING: f32 = 12.0;
    let palette = theme::of(ui);
    let width = ui.available_width().max(96.0);
    let colour = if faint { palette.weak } else { palette.text };
    let mut job = LayoutJob::simple(words.to_owned(), fonts::monospace(12.5), Color32::PLACEHOLDER, width - 2.0 * PADDING);
    for section in &mut job.sections {
        section.format.line_height = Some(20.0);
    }
    let galley = ui.painter().layout_job(job);
    let (rect, response) = ui.allocate_exact_size(vec2(width, galley.size().y + 2.0 * PADDING), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Label, ui.is_enabled(), format!("{accessible_label}: {words}")));
    let radius = CornerRadius::same(theme::RADIUS);
    ui.painter().rect(rect, radius, palette.window, Stroke::new(1.0, palette.hairline), StrokeKind::Inside);
    ui.painter().galley(rect.min + vec2(PADDING, PADDING), galley, colour);
    response
}
