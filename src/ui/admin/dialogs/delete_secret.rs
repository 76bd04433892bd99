//! *Delete this OAuth secret?*

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
use brickpass_databricks::rest::{OAuthSecret, ServicePrincipal};

#[derive(Debug)]
pub struct DeleteSecret {
    confirm: Confirm,
    principal: ServicePrincipal,
    secret: OAuthSecret,
}

impl DeleteSecret {
    pub fn new(id: ConnectionId, principal: &ServicePrincipal, secret: &OAuthSecret, connections: &Connections) -> Self {
        Self { confirm: Confirm::new(id, connections), principal: principal.clone(), secret: secret.clone() }
    }

    /// `None` before it is confirmed.
    fn delete(&self, admin: &mut Admin) -> Option<Output> {
        self.confirm.given().then(|| admin.delete_secret(self.confirm.id, &self.principal.id, &self.secret.id))
    }
}

impl Dialog for DeleteSecret {
    fn name(&self) -> &'static str {
        "delete secret dialog"
    }

    fn title(&self, _: &State) -> String {
        words::DELETE_TITLE.to_owned()
    }

    fn width(&self) -> f32 {
        WIDTH
    }

    fn contents(&mut self, ui: &mut Ui, state: &mut State, act: &mut Act) -> Then {
        let made = token_words::date(self.secret.created_at, &state.preferences.zone.0);
        scrolled(ui, |ui| {
            paragraph(ui, &words::secret_of(&self.principal.name, &made), fonts::medium(14.0), theme::of(ui).text);
            say(ui, words::DELETE_BODY);
            self.confirm.field(ui);
        });
        let delete = Button::danger(words::DELETE).icon(Icon::Trash);
        self.confirm.buttons(ui, act, delete, || self.delete(&mut state.admin))
    }
}
