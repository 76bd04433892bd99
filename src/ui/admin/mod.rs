//! The *Administration* tab: whether tokens are allowed, everybody's tokens, service principals.

use egui::Ui;

use super::{act::Act, state::State};

/// What stays in view while the rest scrolls.
pub fn above(ui: &mut Ui, state: &mut State, act: &mut Act) {
    let _ = (ui, state, act);
    todo!()
}

pub fn below(ui: &mut Ui, state: &mut State, act: &mut Act) {
    let _ = (ui, state, act);
    todo!()
}
