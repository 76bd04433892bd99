//! The changes to a file: colors, and signs for people who do not see them.

use egui::{Color32, CornerRadius, Rect, Role, Sense, Stroke, StrokeKind, Ui, WidgetInfo, pos2, vec2};

use crate::ui::{fonts, text::export as words, theme};
use brickpass_interchange::databrickscfg::{DiffKind, DiffLine};

const LINE: f32 = 20.0;
const PADDING: f32 = 10.0;
/// Where the text begins, next to the sign.
const SIGN: f32 = 20.0;

pub fn diff(ui: &mut Ui, lines: &[DiffLine]) {
    let palette = theme::of(ui);
    let width = ui.available_width().max(96.0);
    let galleys: Vec<_> = lines
        .iter()
        .map(|line| {
            let words = if line.kind == DiffKind::Gap { "...".to_owned() } else { line.text.clone() };
            ui.painter().layout(words, fonts::monospace(12.5), Color32::PLACEHOLDER, width - SIGN - 2.0 * PADDING)
        })
        .collect();
    let height: f32 = galleys.iter().map(|galley| galley.size().y.max(LINE)).sum();
    let (rect, _) = ui.allocate_exact_size(vec2(width, height + 2.0 * PADDING), Sense::hover());
    let radius = CornerRadius::same(theme::RADIUS);
    ui.painter().rect(rect, radius, palette.window, Stroke::new(1.0, palette.hairline), StrokeKind::Inside);
    let mut top = rect.top() + PADDING;
    for (at, (line, galley)) in lines.iter().zip(galleys).enumerate() {
        let height = galley.size().y.max(LINE);
        let row = Rect::from_min_size(pos2(rect.left() + 1.0, top), vec2(width - 2.0, height));
        let (sign, colour) = match line.kind {
            DiffKind::Same | DiffKind::Gap => ("", palette.weak),
            DiffKind::Added => ("+", palette.ok),
            DiffKind::Removed => ("-", palette.error),
        };
        if !sign.is_empty() {
            ui.painter().rect_filled(row, CornerRadius::ZERO, colour.gamma_multiply(0.10));
        }
        let middle = top + 0.5 * LINE;
        ui.painter().text(pos2(row.left() + PADDING, middle), egui::Align2::LEFT_CENTER, sign, fonts::monospace(12.5), colour);
        let first = galley.rows.first().map_or(LINE, |row| row.height());
        ui.painter().galley(pos2(row.left() + PADDING + SIGN, top + 0.5 * (LINE - first)), galley, colour);
        let said = match line.kind {
            DiffKind::Added => format!("{}: {}", words::diff_said(true), line.text),
            DiffKind::Removed => format!("{}: {}", words::diff_said(false), line.text),
            DiffKind::Same | DiffKind::Gap => line.text.clone(),
        };
        let response = ui.interact(row, ui.scope_id().with(("diff line", at)), Sense::hover());
        response.widget_info(|| WidgetInfo::labeled(Role::Label, true, &said));
        top += height;
    }
}
