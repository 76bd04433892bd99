//! The *Export* tab: the tool that a connection is handed to, what it gets, and the proof that it works there.

use egui::Ui;

use super::{act::Act, state::State};

/// What stays in view while the rest scrolls.
pub fn above(ui: &mut Ui, state: &mut State, act: &mut Act) {
    let _ = (ui, state, act);
}

pub fn below(ui: &mut Ui, state: &mut State, act: &mut Act) {
    let _ = (ui, state, act);
    todo!()
}
