//! *New OAuth secret*. The dialog stays open until it is created.

use std::time::Duration;

use egui::Ui;

use super::{Creation, FreshSecret, WIDTH, words};
use crate::ui::{
    act::Act,
    dialogs::say,
    dialogs::{enter_pressed, failure_card, scrolled},
    state::{Admin, AdminTroubleKind, Dialog, Output, RunId, State, Then, ask},
    text::tokens as token_words,
    widgets::{Select, form_row, select_option},
};
use brickpass_core::{connection::ConnectionId, failure::Failure};
use brickpass_databricks::rest::{NewOAuthSecret, ServicePrincipal};
use brickpass_engine::CreateOAuthSecret;

/// The choices for the lifetime, in days; the longest that the service allows is last.
const DAYS: [u32; 5] = [30, 90, 180, 365, 730];
/// The same default as for a personal access token.
const USUAL_DAYS: u32 = 90;

#[derive(Debug)]
pub struct NewSecret {
    id: ConnectionId,
    principal: ServicePrincipal,
    days: u32,
    creation: Creation,
}

impl NewSecret {
    pub fn new(id: ConnectionId, principal: ServicePrincipal) -> Self {
        Self { id, principal, days: USUAL_DAYS, creation: Creation::default() }
    }

    pub fn create(&mut self, admin: &mut Admin) -> Output {
        let (id, principal, run) = (self.id, self.principal.clone(), self.creation.begin());
        admin.secret_requested(run);
        let lifetime = Some(Duration::from_hours(24 * u64::from(self.days)));
        let request = CreateOAuthSecret { id, principal_id: principal.id.clone(), lifetime };
        ask(request, move |state, outcome, _| Self::created(state, run, (id, principal), outcome)).into()
    }

    /// The value is shown even if the dialog was closed.
    fn created(
        state: &mut State,
        run: RunId,
        (id, principal): (ConnectionId, ServicePrincipal),
        outcome: Result<NewOAuthSecret, Failure>,
    ) -> Output {
        state.admin.secret_answered(run);
        let in_view = state.view.shows_administration_of(id, &state.connections);
        let mut output = Output::none();
        let dialog = state.dialogs.find_mut::<Self>().filter(|dialog| dialog.creation.is(run));
        match (outcome, dialog) {
            (Ok(new), dialog) => {
                if dialog.is_some() {
                    state.dialogs.remove::<Self>();
                }
                state.dialogs.queue(FreshSecret::new(id, principal, new));
            }
            (Err(failure), Some(dialog)) => dialog.creation.failed(failure),
            (Err(failure), None) => output.extend(state.admin.trouble(id, AdminTroubleKind::CreateSecret, failure, in_view)),
        }
        // After a failure, too: it may have been created anyway.
        if in_view { output.and(state.admin.load_secrets(id)) } else { output }
    }
}

impl Dialog for NewSecret {
    fn name(&self) -> &'static str {
        "new secret dialog"
    }

    fn title(&self, _: &State) -> String {
        words::NEW_SECRET_TITLE.to_owned()
    }

    fn width(&self) -> f32 {
        WIDTH
    }

    fn contents(&mut self, ui: &mut Ui, state: &mut State, act: &mut Act) -> Then {
        scrolled(ui, |ui| {
            say(ui, &words::for_principal(&self.principal.name));
            ui.add_enabled_ui(!self.creation.waits(), |ui| {
                form_row(ui, words::LIFETIME, |ui| {
                    Select::new(words::LIFETIME, &token_words::days(self.days)).width(160.0).show(ui, |ui| {
                        for days in DAYS {
                            if select_option(ui, self.days == days, &token_words::days(days), None).clicked() {
                                self.days = days;
                            }
                        }
                    });
                });
            });
            failure_card(ui, self.creation.failure.as_ref(), state, act);
        });
        let entered = enter_pressed(ui);
        match self.creation.buttons(ui, true, entered) {
            Some(true) => {
                act.send(self.create(&mut state.admin));
                ui.ctx().request_repaint();
                Then::Stay
            }
            Some(false) => Then::Close,
            None if state.view.leads_elsewhere() => Then::Close,
            None => Then::Stay,
        }
    }
}
