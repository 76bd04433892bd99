//! The questions before the window closes: unsaved edits, and renewed sign-ins that are not saved.

use egui::Ui;

use super::{buttons, enter_pressed, say};
use crate::ui::{
    act::Act,
    state::{CloseWindow, Dialog, SignInsUnsaved, State, Then},
    text,
    widgets::{Button, remark},
};
use brickpass_core::connection::Severity;

#[derive(Clone, Copy)]
enum Answer {
    Cancel,
    CloseAnyway,
    Save,
}

impl Dialog for CloseWindow {
    fn name(&self) -> &'static str {
        "close dialog"
    }

    fn title(&self, _: &State) -> String {
        text::CLOSE_TITLE.to_owned()
    }

    fn contents(&mut self, ui: &mut Ui, state: &mut State, act: &mut Act) -> Then {
        let names: Vec<&str> = self.unsaved.iter().map(|(_, name)| name.as_str()).collect();
        say(ui, &text::close_body(&names));
        let enter = enter_pressed(ui).then_some(Answer::Save);
        let discard = (Button::danger(text::DISCARD), Answer::CloseAnyway);
        let save = (Button::primary(text::SAVE_AND_CLOSE), Answer::Save);
        match buttons(ui, [(Button::ghost(text::CANCEL), Answer::Cancel), discard, save]).or(enter) {
            None => return Then::Stay,
            Some(Answer::Cancel) => {}
            Some(Answer::CloseAnyway) => {
                state.close_unless_held_up();
            }
            Some(Answer::Save) => act.send(state.save_all_and_close(self)),
        }
        Then::Close
    }
}

impl Dialog for SignInsUnsaved {
    fn name(&self) -> &'static str {
        "unsaved sign-ins dialog"
    }

    fn title(&self, _: &State) -> String {
        text::SIGN_INS_UNSAVED_TITLE.to_owned()
    }

    fn contents(&mut self, ui: &mut Ui, state: &mut State, act: &mut Act) -> Then {
        let names: Vec<String> = state.sign_ins.unsaved().iter().map(|id| state.connections.name_of(*id).to_owned()).collect();
        say(ui, &text::sign_ins_unsaved(&names));
        if let Some(failure) = state.sign_ins.unsaved_failure() {
            remark(ui, Severity::Error, &text::short_failure(failure));
        }
        let enter = (enter_pressed(ui) && !self.waiting).then_some(Answer::Save);
        let quit = (Button::danger(text::QUIT_ANYWAY), Answer::CloseAnyway);
        let again = (Button::primary(text::TRY_AGAIN).busy(self.waiting).enabled(!self.waiting), Answer::Save);
        match buttons(ui, [(Button::ghost(text::CANCEL), Answer::Cancel), quit, again]).or(enter) {
            None => Then::Stay,
            Some(Answer::Cancel) => Then::Close,
            Some(Answer::CloseAnyway) => {
                state.view.close_now();
                Then::Close
            }
            Some(Answer::Save) => {
                act.send(self.store());
                ui.ctx().request_repaint();
                Then::Stay
            }
        }
    }
}
