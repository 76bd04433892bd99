//! The clusters found by a test.

use egui::{Align2, Rect, Role, ScrollArea, Sense, Ui, WidgetInfo, pos2, vec2};

use crate::ui::{
    fonts, text,
    theme::{self, Palette},
    widgets::{paint_text, paragraph, section_header},
};
use brickpass_core::connection::ConnectionId;
use brickpass_databricks::rest::{Cluster, ClusterState};

const ROW: f32 = 26.0;
/// The number of visible rows before the list scrolls.
const MAX_ROWS: usize = 8;

pub fn running(all: &[Cluster]) -> usize {
    all.iter().filter(|cluster| matches!(cluster.state, ClusterState::Running | ClusterState::Resizing)).count()
}

pub fn show(ui: &mut Ui, all: &[Cluster], id: ConnectionId) {
    if all.is_empty() {
        paragraph(ui, text::NO_CLUSTERS, fonts::regular(12.0), theme::of(ui).weak);
        return;
    }
    ui.scope(|ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        section_header(ui, text::CLUSTERS, all.len());
        let height = ROW * all.len().min(MAX_ROWS) as f32 + if all.len() > MAX_ROWS { ROW / 2.0 } else { 0.0 };
        ScrollArea::vertical().id_salt(("clusters", id)).max_height(height).auto_shrink(false).show_rows(ui, ROW, all.len(), |ui, rows| {
            for cluster in all.get(rows).unwrap_or_default() {
                row(ui, cluster);
            }
        });
    });
}

fn row(ui: &mut Ui, cluster: &Cluster) {
    let palette = theme::of(ui);
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), ROW), Sense::hover());
    let state = text::cluster_state(&cluster.state);
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, format!("{}, {state}", cluster.name)));
    let middle = rect.center().y;
    dot(ui, rect, cluster, palette);
    // Next to the scroll bar, not under it.
    let right = pos2(rect.right() - 14.0, middle);
    let state = paint_text(ui.painter(), right, Align2::RIGHT_CENTER, &state, fonts::regular(12.0), palette.weak, 110.0);
    let left = rect.left() + 24.0;
    let room = state.left() - left - 8.0;
    paint_text(ui.painter(), pos2(left, middle), Align2::LEFT_CENTER, &cluster.name, fonts::regular(14.0), palette.text, room);
}

/// Filled: it runs. Ring: it does not. The word next to it says so, too.
fn dot(ui: &Ui, rect: Rect, cluster: &Cluster, palette: &Palette) {
    let center = pos2(rect.left() + 12.0, rect.center().y);
    let (full, colour) = match cluster.state {
        ClusterState::Running | ClusterState::Resizing => (true, palette.ok),
        ClusterState::Pending | ClusterState::Restarting => (true, palette.warning),
        ClusterState::Error => (true, palette.error),
        ClusterState::Terminating | ClusterState::Terminated | ClusterState::Other(_) => (false, palette.weak),
    };
    if full {
        ui.painter().circle_filled(center, 4.0, colour);
    } else {
        ui.painter().circle_stroke(center, 3.5, egui::Stroke::new(1.5, colour));
    }
}
