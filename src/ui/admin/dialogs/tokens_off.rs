//! *Switch off personal access tokens?*

use egui::Ui;

use super::{Confirm, WIDTH, words};
use crate::ui::{
    act::Act,
    dialogs::say,
    dialogs::scrolled,
    state::{Admin, Connections, Dialog, Output, State, Then},
    widgets::Button,
};
use brickpass_core::connection::ConnectionId;
use brickpass_engine::SetTokensEnabled;

/// Switching off personal access tokens for all users.
#[derive(Debug)]
pub struct TokensOff {
    pub confirm: Confirm,
}

impl TokensOff {
    pub fn new(id: ConnectionId, connections: &Connections) -> Self {
        Self { confirm: Confirm::new(id, connections) }
    }

    /// `None` before it is confirmed.
    pub fn switch_off(&self, admin: &mut Admin) -> Option<Output> {
        let id = self.confirm.id;
        self.confirm.given().then(|| admin.change_rules(id, SetTokensEnabled { id, enabled: false }))
    }
}

impl Dialog for TokensOff {
    fn name(&self) -> &'static str {
        "tokens off dialog"
    }

    fn title(&self, _: &State) -> String {
        words::OFF_TITLE.to_owned()
    }

    fn width(&self) -> f32 {
        WIDTH
    }

    fn contents(&mut self, ui: &mut Ui, state: &mut State, act: &mut Act) -> Then {
        scrolled(ui, |ui| {
            say(ui, words::OFF_BODY);
            self.confirm.field(ui);
        });
        self.confirm.buttons(ui, act, Button::danger(words::OFF), || self.switch_off(&mut state.admin))
    }
}
