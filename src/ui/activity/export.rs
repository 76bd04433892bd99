//! The export of the activity.

use egui::Ui;
use jiff::Timestamp;

use crate::ui::{
    act::Act,
    dialogs::say,
    save_as::{SaveAnswer, SaveAs, file_saved},
    state::{Dialog, Output, Preferences, State, Then, ask},
    text::activity as words,
};
use brickpass_core::connection::ConnectionId;

#[derive(Debug)]
pub struct ExportActivity {
    /// `None`: of all connections.
    id: Option<ConnectionId>,
    save: SaveAs,
}

impl ExportActivity {
    pub fn new(id: Option<ConnectionId>, preferences: &Preferences, now: Timestamp) -> Self {
        let name = words::file_name(now, &preferences.zone.0);
        Self { id, save: SaveAs::new(preferences.save_folder.as_deref(), &name) }
    }

    fn export(&mut self) -> Output {
        let Some(to) = self.save.begin() else { return Output::none() };
        ask(brickpass_engine::ExportActivity { id: self.id, to: to.clone() }, move |state, outcome, _| {
            file_saved::<Self>(&mut state.dialogs, |dialog| Some(&mut dialog.save), &to, outcome)
        })
        .into()
    }
}

impl Dialog for ExportActivity {
    fn name(&self) -> &'static str {
        "export activity dialog"
    }

    fn title(&self, _: &State) -> String {
        words::EXPORT_TITLE.to_owned()
    }

    fn width(&self) -> f32 {
        560.0
    }

    fn contents(&mut self, ui: &mut Ui, _: &mut State, act: &mut Act) -> Then {
        say(ui, if self.id.is_some() { words::EXPORT_ONE } else { words::EXPORT_ALL });
        match self.save.show(ui) {
            None => Then::Stay,
            Some(SaveAnswer::Save) => {
                act.send(self.export());
                ui.ctx().request_repaint();
                Then::Stay
            }
            Some(SaveAnswer::Cancel) => Then::Close,
        }
    }
}
