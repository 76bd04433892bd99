//! The workspaces found by the test of an account.

use egui::{Align2, Role, ScrollArea, Sense, Ui, WidgetInfo, pos2, vec2};

use crate::ui::{
    fonts, text, theme,
    widgets::{paint_text, paragraph, section_header},
};
use brickpass_core::connection::ConnectionId;
use brickpass_databricks::rest::AccountWorkspace;

const ROW: f32 = 26.0;
/// The number of visible rows before the list scrolls.
const MAX_ROWS: usize = 8;

pub fn show(ui: &mut Ui, all: &[AccountWorkspace], id: ConnectionId) {
    if all.is_empty() {
        paragraph(ui, text::NO_WORKSPACES, fonts::regular(12.0), theme::of(ui).weak);
        return;
    }
    ui.scope(|ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        section_header(ui, text::WORKSPACES, all.len());
        let height = ROW * all.len().min(MAX_ROWS) as f32 + if all.len() > MAX_ROWS { ROW / 2.0 } else { 0.0 };
        let area = ScrollArea::vertical().id_salt(("workspaces", id)).max_height(height).auto_shrink(false);
        area.show_rows(ui, ROW, all.len(), |ui, rows| {
            for workspace in all.get(rows).unwrap_or_default() {
                row(ui, workspace);
            }
        });
    });
}

fn row(ui: &mut Ui, workspace: &AccountWorkspace) {
    let palette = theme::of(ui);
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), ROW), Sense::hover());
    let state = text::region_and_status(workspace.region.as_deref(), &workspace.status);
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, format!("{}, {state}", workspace.name)));
    let middle = rect.center().y;
    // Next to the scroll bar, not under it.
    let right = pos2(rect.right() - 14.0, middle);
    let said = paint_text(ui.painter(), right, Align2::RIGHT_CENTER, &state, fonts::regular(12.0), palette.weak, 150.0);
    let left = rect.left() + 8.0;
    let room = said.left() - left - 8.0;
    paint_text(ui.painter(), pos2(left, middle), Align2::LEFT_CENTER, &workspace.name, fonts::regular(14.0), palette.text, room);
}
