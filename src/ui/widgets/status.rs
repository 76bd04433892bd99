//! The state of a connection as a shape in a color. Shapes differ, so that color is never the only difference.

use egui::{Pos2, Response, Role, Sense, Ui, Vec2, WidgetInfo};

use super::paint_spinner;
use crate::ui::{
    icons::Icon,
    theme::{self, Tone},
};
use brickpass_core::connection::Status;

/// Shape, colour and word of a state.
#[must_use]
pub fn status_look(status: Status) -> (Icon, Tone, &'static str) {
    match status {
        Status::Untested => (Icon::Untested, Tone::Neutral, "Not tested"),
        Status::Ok => (Icon::Ok, Tone::Ok, "OK"),
        Status::Expiring => (Icon::Expiring, Tone::Warning, "Expires soon"),
        Status::SignIn => (Icon::Attention, Tone::Warning, "Not signed in"),
        Status::NoPermission => (Icon::NoPermission, Tone::Error, "No permission"),
        Status::Unreachable => (Icon::Failed, Tone::Error, "Unreachable"),
    }
}

/// The state, 16 points; its word is the accessible name.
pub fn status_icon(ui: &mut Ui, status: Status, testing: bool) -> Response {
    let (rect, response) = ui.allocate_exact_size(Vec2::splat(16.0), Sense::hover());
    paint_status_icon(ui, rect.center(), status, testing);
    let word = if testing { "Testing" } else { status_look(status).2 };
    response.widget_info(|| WidgetInfo::labeled(Role::Image, true, word));
    response
}

/// Draws the state around `center`, for rows that draw everything themselves.
pub fn paint_status_icon(ui: &Ui, center: Pos2, status: Status, testing: bool) {
    let palette = theme::of(ui);
    if testing {
        paint_spinner(ui, center, 14.0, palette.accent);
    } else {
        let (icon, tone, _) = status_look(status);
        icon.paint(ui.painter(), center, 16.0, palette.tone(tone));
    }
}
