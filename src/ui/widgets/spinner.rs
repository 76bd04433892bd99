//! A spinner for work in progress. The only widget that requests repaints by itself, and only while it is visible.

use std::{f32::consts::TAU, time::Duration};

use egui::{Color32, Pos2, Rect, Response, Role, Sense, Shape, Stroke, Ui, Vec2, WidgetInfo, vec2};

use crate::ui::theme;

const FRAME: Duration = Duration::from_millis(33);
const TURN_SECONDS: f64 = 0.9;

/// 16 points; `accessible_name` says what is in progress.
pub fn spinner(ui: &mut Ui, accessible_name: &str) -> Response {
    let (rect, response) = ui.allocate_exact_size(Vec2::splat(16.0), Sense::hover());
    paint_spinner(ui, rect.center(), 14.0, theme::of(ui).accent);
    response.widget_info(|| WidgetInfo::labeled(Role::ProgressIndicator, true, accessible_name));
    response
}

/// Draws a spinner of `size` points around `center`. It does not move if animations are switched off in the style.
pub fn paint_spinner(ui: &Ui, center: Pos2, size: f32, colour: Color32) {
    if !ui.is_rect_visible(Rect::from_center_size(center, Vec2::splat(size))) {
        return;
    }
    let start = if ui.style().animation_time > 0.0 {
        ui.ctx().request_repaint_after(FRAME);
        (ui.input(|input| input.time) / TURN_SECONDS).fract() as f32 * TAU
    } else {
        0.0
    };
    let radius = size / 2.0 - 1.0;
    let at = |angle: f32| center + radius * vec2(angle.cos(), angle.sin());
    let ring = (0..=32).map(|step| at(TAU * step as f32 / 32.0)).collect();
    let arc = (0..=16).map(|step| at(start + TAU * 0.28 * step as f32 / 16.0)).collect();
    ui.painter().add(Shape::line(ring, Stroke::new(1.75, colour.gamma_multiply(0.25))));
    ui.painter().add(Shape::line(arc, Stroke::new(1.75, colour)));
}
