//! Brickpass's look: two palettes, three text sizes, a 4 px grid. None of egui's default look remains.

mod palette;
mod style;

pub use palette::{DARK, LIGHT, Palette};
pub use style::{CARD_RADIUS, CONTROL_HEIGHT, RADIUS, body_line, choose, focus_ring, install};

use egui::{Color32, Context, Ui};

/// The meaning of a color. Never alone: a word or a shape says it, too.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Tone {
    #[default]
    Neutral,
    Accent,
    Ok,
    Warning,
    Error,
}

/// The palette of the theme in which this part of the window is drawn.
#[must_use]
pub fn of(ui: &Ui) -> &'static Palette {
    if ui.visuals().dark_mode { &DARK } else { &LIGHT }
}

/// The palette of the current theme.
#[must_use]
pub fn of_context(ctx: &Context) -> &'static Palette {
    match ctx.theme() {
        egui::Theme::Dark => &DARK,
        egui::Theme::Light => &LIGHT,
    }
}

/// The color of something disabled.
#[must_use]
pub fn faded(colour: Color32) -> Color32 {
    colour.gamma_multiply(0.45)
}
