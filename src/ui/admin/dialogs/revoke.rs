//! *Revoke tokens of other users?*

use std::collections::BTreeSet;

use egui::Ui;

use super::{Confirm, WIDTH, words};
use crate::ui::{
    act::Act,
    dialogs::say,
    dialogs::scrolled,
    fonts,
    icons::Icon,
    state::{Admin, Connections, Dialog, Output, State, Then},
    text::tokens as token_words,
    theme,
    widgets::{Button, paragraph},
};
use brickpass_core::connection::ConnectionId;
use brickpass_databricks::rest::UserToken;

#[derive(Debug)]
pub struct RevokeTokensOfUsers {
    confirm: Confirm,
    token_ids: Vec<String>,
    /// Their owners as text, created once: there may be a thousand.
    owners: String,
}

impl RevokeTokensOfUsers {
    pub fn new(id: ConnectionId, tokens: &[UserToken], connections: &Connections) -> Self {
        let owners: BTreeSet<&str> = tokens.iter().map(|token| token.owner.as_str()).collect();
        Self {
            confirm: Confirm::new(id, connections),
            token_ids: tokens.iter().map(|token| token.token.id.clone()).collect(),
            owners: words::revoke_owners(&owners.into_iter().collect::<Vec<_>>()),
        }
    }

    /// `None` before it is confirmed.
    pub fn revoke(&self, admin: &mut Admin) -> Option<Output> {
        self.confirm.given().then(|| admin.revoke_tokens(self.confirm.id, self.token_ids.clone()))
    }
}

impl Dialog for RevokeTokensOfUsers {
    fn name(&self) -> &'static str {
        "revoke tokens of users dialog"
    }

    fn title(&self, _: &State) -> String {
        words::revoke_title(self.token_ids.len())
    }

    fn width(&self) -> f32 {
        WIDTH
    }

    fn contents(&mut self, ui: &mut Ui, state: &mut State, act: &mut Act) -> Then {
        scrolled(ui, |ui| {
            paragraph(ui, &self.owners, fonts::medium(14.0), theme::of(ui).text);
            say(ui, if self.token_ids.len() == 1 { words::REVOKE_BODY_ONE } else { words::REVOKE_BODY_MANY });
            self.confirm.field(ui);
        });
        let revoke = Button::danger(token_words::REVOKE).icon(Icon::Trash);
        self.confirm.buttons(ui, act, revoke, || self.revoke(&mut state.admin))
    }
}
