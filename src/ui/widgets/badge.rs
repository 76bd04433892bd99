//! The environment of a connection, and tags: small framed words.

use egui::{Align2, Color32, CornerRadius, Painter, Pos2, Rect, Response, Role, Sense, Stroke, StrokeKind, Ui, Vec2, WidgetInfo, vec2};

use crate::ui::{
    fonts,
    theme::{self, Palette},
};
use brickpass_core::connection::Environment;

const HEIGHT: f32 = 18.0;
const PADDING: f32 = 6.0;
const NOT_SET: &str = "Environment not set";

/// The word on the badge: "PROD", "TEST", "DEV", or a custom one in capitals. An unset environment has no badge; words say so.
#[must_use]
pub fn environment_word(environment: &Environment) -> String {
    match environment {
        Environment::NotSet => NOT_SET.to_owned(),
        set => set.word().to_uppercase(),
    }
}

/// The environment in its color; the word is its accessible name. If unset, quiet words without a frame.
pub fn environment_badge(ui: &mut Ui, environment: &Environment) -> Response {
    let word = environment_word(environment);
    if *environment == Environment::NotSet {
        let weak = theme::of(ui).weak;
        return super::truncated_label(ui, &word, fonts::regular(12.0), weak, f32::INFINITY);
    }
    let (rect, response) = ui.allocate_exact_size(badge_size(ui.painter(), &word), Sense::hover());
    paint_badge(ui.painter(), rect, &word, theme::of(ui).environment(environment.kind()));
    response.widget_info(|| WidgetInfo::labeled(Role::Label, ui.is_enabled(), &word));
    response
}

/// A word in a color; it is its own accessible name.
pub fn badge(ui: &mut Ui, word: &str, colour: Color32) -> Response {
    let (rect, response) = ui.allocate_exact_size(badge_size(ui.painter(), word), Sense::hover());
    paint_badge(ui.painter(), rect, word, colour);
    response.widget_info(|| WidgetInfo::labeled(Role::Label, ui.is_enabled(), word));
    response
}

/// The size of a badge with this word, in points.
#[must_use]
pub fn badge_size(painter: &Painter, word: &str) -> Vec2 {
    let text = painter.layout_no_wrap(word.to_owned(), fonts::semibold(11.0), Color32::PLACEHOLDER);
    vec2(text.size().x + 2.0 * PADDING + 2.0, HEIGHT)
}

/// Draws the badge with its right edge at `right_center`; returns its place, which is empty if the environment is unset. For rows that
/// draw everything themselves.
pub fn paint_environment_badge(painter: &Painter, palette: &Palette, right_center: Pos2, environment: &Environment) -> Rect {
    if *environment == Environment::NotSet {
        return Rect::from_center_size(right_center, Vec2::ZERO);
    }
    let word = environment_word(environment);
    let rect = Align2::RIGHT_CENTER.anchor_size(right_center, badge_size(painter, &word));
    paint_badge(painter, rect, &word, palette.environment(environment.kind()));
    rect
}

fn paint_badge(painter: &Painter, rect: Rect, word: &str, colour: Color32) {
    painter.rect_stroke(rect, CornerRadius::same(4), Stroke::new(1.0, colour), StrokeKind::Inside);
    painter.text(rect.center(), Align2::CENTER_CENTER, word, fonts::semibold(11.0), colour);
}

/// A tag, drawn quietly.
pub fn tag_chip(ui: &mut Ui, tag: &str) -> Response {
    let palette = theme::of(ui);
    let text = ui.painter().layout_no_wrap(tag.to_owned(), fonts::regular(12.0), palette.text);
    let (rect, response) = ui.allocate_exact_size(vec2(text.size().x + 2.0 * PADDING + 2.0, 20.0), Sense::hover());
    ui.painter().rect_stroke(rect, CornerRadius::same(4), Stroke::new(1.0, palette.control_border), StrokeKind::Inside);
    ui.painter().galley(rect.center() - text.size() / 2.0, text, palette.text);
    response.widget_info(|| WidgetInfo::labeled(Role::Label, ui.is_enabled(), tag));
    response
}
