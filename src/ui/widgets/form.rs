//! Rows of a form: the label on the left, the field on the right; stacked if narrow.

use egui::{Align, Layout, Rect, Response, Role, Sense, Ui, UiBuilder, WidgetInfo, pos2, vec2};

use crate::ui::{
    fonts,
    icons::Icon,
    theme::{self, Tone},
};
use brickpass_core::connection::Severity;

const LABEL_WIDTH: f32 = 152.0;
/// The maximum width of a label; longer ones are cut off.
pub const LABEL_ROOM: f32 = LABEL_WIDTH - 6.0;
/// Below this form width, labels are above their fields.
const NARROW: f32 = 520.0;
const ROW_GAP: f32 = 12.0;

/// A labeled row. The label is only drawn: the field inside has the same accessible name.
pub fn form_row<R>(ui: &mut Ui, label: &str, add_contents: impl FnOnce(&mut Ui) -> R) -> R {
    row(ui, Some(label), add_contents)
}

/// A row in the field column, for example the buttons below a form.
pub fn form_row_without_label<R>(ui: &mut Ui, add_contents: impl FnOnce(&mut Ui) -> R) -> R {
    row(ui, None, add_contents)
}

fn row<R>(ui: &mut Ui, label: Option<&str>, add_contents: impl FnOnce(&mut Ui) -> R) -> R {
    let palette = theme::of(ui);
    let narrow = ui.available_width() < NARROW;
    let gap = ui.spacing().item_spacing.y;
    let column = |ui: &mut Ui| {
        ui.spacing_mut().item_spacing.y = 4.0;
        add_contents(ui)
    };
    let inner = if narrow {
        ui.vertical(|ui| {
            ui.spacing_mut().item_spacing.y = 4.0;
            if let Some(label) = label {
                let galley = ui.painter().layout_no_wrap(label.to_owned(), fonts::regular(14.0), palette.weak);
                let (_, rect) = ui.allocate_space(vec2(galley.size().x, 20.0));
                ui.painter().galley(pos2(rect.left(), super::paint::text_top(rect.center().y, &galley)), galley, palette.weak);
            }
            column(ui)
        })
        .inner
    } else {
        ui.with_layout(Layout::left_to_right(Align::Min), |ui| {
            ui.spacing_mut().item_spacing.x = 0.0;
            let (_, rect) = ui.allocate_space(vec2(LABEL_WIDTH, theme::CONTROL_HEIGHT));
            if let Some(label) = label {
                let galley = super::elided(ui.painter(), label, fonts::regular(14.0), palette.weak, LABEL_ROOM);
                ui.painter().galley(pos2(rect.left(), super::paint::text_top(rect.center().y, &galley)), galley, palette.weak);
            }
            ui.vertical(|ui| {
                ui.spacing_mut().item_spacing.x = 8.0;
                column(ui)
            })
            .inner
        })
        .inner
    };
    ui.add_space((ROW_GAP - gap).max(0.0));
    inner
}

/// A frameless button whose text begins where the fields begin.
pub fn outdented<R>(ui: &mut Ui, add_contents: impl FnOnce(&mut Ui) -> R) -> R {
    let room = ui.available_rect_before_wrap();
    // A separate child, so that content further left does not widen the rows below.
    let moved = UiBuilder::new().max_rect(room.translate(vec2(-8.0, 0.0))).layout(Layout::left_to_right(Align::Min));
    let mut child = ui.new_child(moved);
    child.spacing_mut().interact_size.y = 24.0;
    let inner = add_contents(&mut child);
    ui.advance_cursor_after_rect(Rect::from_min_max(room.min, child.min_rect().max));
    inner
}

/// A remark below a field: an icon and text in the color of its severity.
pub fn remark(ui: &mut Ui, severity: Severity, text: &str) -> Response {
    let (tone, icon) = match severity {
        Severity::Note => (Tone::Neutral, None),
        Severity::Warning => (Tone::Warning, Some(Icon::Warning)),
        Severity::Error => (Tone::Error, Some(Icon::Failed)),
    };
    let colour = theme::of(ui).tone(tone);
    let indent = if icon.is_some() { 18.0 } else { 0.0 };
    let galley = ui.painter().layout(text.to_owned(), fonts::regular(12.0), colour, (ui.available_width() - indent).max(40.0));
    let (rect, response) = ui.allocate_exact_size(vec2(galley.size().x + indent, galley.size().y.max(16.0)), Sense::hover());
    if let Some(icon) = icon {
        icon.paint(ui.painter(), pos2(rect.left() + 7.0, rect.top() + 8.0), 14.0, colour);
    }
    let first_line = (16.0 - galley.rows.first().map_or(16.0, |row| row.height())).max(0.0) / 2.0;
    ui.painter().galley(pos2(rect.left() + indent, rect.top() + first_line), galley, colour);
    response.widget_info(|| WidgetInfo::labeled(Role::Label, ui.is_enabled(), text));
    response
}
