//! A window without a display for tests of panels and widgets, with Brickpass's fonts and colors.

use std::ops::{Deref, DerefMut};

use egui_kittest::Harness;

use super::theme;
use brickpass_storage::ThemeChoice;

/// What to draw, and the state that drawing changes. Dereferences to the state.
pub(super) struct Window<S> {
    state: S,
    draw: fn(&mut egui::Ui, &mut S),
}

impl<S> Deref for Window<S> {
    type Target = S;

    fn deref(&self) -> &S {
        &self.state
    }
}

impl<S> DerefMut for Window<S> {
    fn deref_mut(&mut self) -> &mut S {
        &mut self.state
    }
}

impl<S> eframe::App for Window<S> {
    fn ui(&mut self, ui: &mut egui::Ui, _frame: &mut eframe::Frame) {
        (self.draw)(ui, &mut self.state);
    }
}

/// Draws one frame with Brickpass's fonts, without system fonts.
pub(super) fn frame(draw: impl FnMut(&mut egui::Ui)) {
    let ctx = egui::Context::default();
    theme::install(&ctx, ThemeChoice::Light);
    ctx.run_ui(egui::RawInput::default(), draw).textures_delta.clear();
}

/// A window of `size` points, drawn until nothing moves.
pub(super) fn window<S: 'static>(size: [f32; 2], state: S, draw: fn(&mut egui::Ui, &mut S)) -> Harness<'static, Window<S>> {
    let mut harness = Harness::builder().with_size(size).build_eframe(move |creation| {
        theme::install(&creation.egui_ctx, ThemeChoice::Light);
        Window { state, draw }
    });
    harness.run();
    harness
}
