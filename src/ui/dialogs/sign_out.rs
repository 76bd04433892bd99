//! The question before a key ends a sign-in.

use egui::Ui;

use super::{parts::cautious_buttons, say};
use crate::ui::{
    act::Act,
    state::{Dialog, SignOut, State, Then},
    text,
    widgets::Button,
};

impl Dialog for SignOut {
    fn name(&self) -> &'static str {
        "sign-out dialog"
    }

    fn title(&self, state: &State) -> String {
        text::sign_out_title(state.connections.name_of(self.id))
    }

    fn contents(&mut self, ui: &mut Ui, state: &mut State, act: &mut Act) -> Then {
        say(ui, text::SIGN_OUT_BODY);
        match cautious_buttons(ui, [(Button::ghost(text::CANCEL), false), (Button::danger(text::SIGN_OUT), true)]) {
            None => return Then::Stay,
            Some(true) if state.connections.selection.shown() == Some(self.id) => act.send(state.sign_ins.sign_out(&state.connections)),
            Some(_) => {}
        }
        Then::Close
    }
}
