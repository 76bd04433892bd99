//! *New service principal*. The dialog stays open until it is created.

use egui::{Id, Key, Ui};

use super::{Creation, WIDTH, words};
use crate::ui::{
    act::Act,
    dialogs::focus_first,
    dialogs::{failure_card, scrolled},
    state::{AdminTroubleKind, Dialog, Output, RunId, State, Then, ask},
    widgets::{TextField, form_row},
};
use brickpass_core::{connection::ConnectionId, failure::Failure};
use brickpass_databricks::rest::ServicePrincipal;
use brickpass_engine::CreateServicePrincipal;

#[derive(Debug)]
pub struct NewPrincipal {
    id: ConnectionId,
    name: String,
    creation: Creation,
}

impl NewPrincipal {
    pub fn new(id: ConnectionId) -> Self {
        Self { id, name: String::new(), creation: Creation::default() }
    }

    fn has_name(&self) -> bool {
        !self.name.trim().is_empty()
    }

    fn create(&mut self) -> Output {
        let (id, name, run) = (self.id, self.name.trim().to_owned(), self.creation.begin());
        ask(CreateServicePrincipal { id, name }, move |state, outcome, _| Self::created(state, run, id, outcome)).into()
    }

    fn created(state: &mut State, run: RunId, id: ConnectionId, outcome: Result<ServicePrincipal, Failure>) -> Output {
        let dialog = state.dialogs.find_mut::<Self>().filter(|dialog| dialog.creation.is(run));
        match (outcome, dialog) {
            (Ok(principal), None) => state.admin.principal_created(id, principal),
            (Ok(principal), Some(_)) => {
                state.dialogs.remove::<Self>();
                let principal_id = principal.id.clone();
                let created = state.admin.principal_created(id, principal);
                created.and(state.admin.open_principal(id, &principal_id, &state.connections, &state.tests))
            }
            (Err(failure), Some(dialog)) => {
                dialog.creation.failed(failure);
                Output::none()
            }
            // It was closed.
            (Err(failure), None) => {
                let in_view = state.view.shows_administration_of(id, &state.connections);
                state.admin.trouble(id, AdminTroubleKind::CreatePrincipal, failure, in_view)
            }
        }
    }
}

impl Dialog for NewPrincipal {
    fn name(&self) -> &'static str {
        "new service principal dialog"
    }

    fn title(&self, _: &State) -> String {
        words::NEW_PRINCIPAL.to_owned()
    }

    fn width(&self) -> f32 {
        WIDTH
    }

    fn contents(&mut self, ui: &mut Ui, state: &mut State, act: &mut Act) -> Then {
        let mut entered = false;
        scrolled(ui, |ui| {
            ui.add_enabled_ui(!self.creation.waits(), |ui| {
                form_row(ui, words::NAME, |ui| {
                    let field = TextField::new(&mut self.name, words::NAME)
                        .hint(words::NAME_HINT)
                        .limit(100)
                        .id(Id::unique("name of a new service principal"))
                        .show(ui);
                    entered = field.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
                    focus_first(ui, &field);
                });
            });
            failure_card(ui, self.creation.failure.as_ref(), state, act);
        });
        match self.creation.buttons(ui, self.has_name(), entered) {
            Some(true) => {
                act.send(self.create());
                ui.ctx().request_repaint();
                Then::Stay
            }
            Some(false) => Then::Close,
            None if state.view.leads_elsewhere() => Then::Close,
            None => Then::Stay,
        }
    }
}
