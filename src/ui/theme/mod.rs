//! How Brickpass looks: two palettes, three text sizes, a 4 px grid. Nothing of egui's default look is left.

mod palette;
mod style;

pub use palette::{DARK, LIGHT, Palette};
pub use style::{CARD_RADIUS, CONTROL_HEIGHT, RADIUS, body_line, choose, focus_ring, install};

use egui::{Color32, Context, Ui};

/// What a colour says. Never alone: a word or a shape says it too.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Tone {
    #[default]
    Neutral,
    Accent,
    Ok,
    Warning,
    Error,
}

/// The palette of the theme that this part of the window is drawn in.
#[must_use]
pub fn of(ui: &Ui) -> &'static Palette {
    if ui.visuals().dark_mode { &DARK } else { &LIGHT }
}

/// The palette of the theme in force.
#[must_use]
pub fn of_context(ctx: &Context) -> &'static Palette {
    match ctx.theme() {
        egui::Theme::Dark => &DARK,
        egui::Theme::Light => &LIGHT,
    }
}

/// A colour as it looks on something that cannot be used now.
#[must_use]
pub fn faded(colour: Color32) -> Color32 {
    colour.gamma_multiply(0.45)
}
