//! The settings as a dialog of the window: what its buttons request, and what their answers change in it.

use egui::{Id, Ui};
use secrecy::SecretString;

use super::{Problem, SettingsAction, SettingsDialog, SettingsView, WIDTH, again_id, passphrase_id};
use crate::ui::{
    act::Act,
    backing_up::BackUp,
    diagnostics::ShowDiagnostics,
    importing::Importing,
    state::{Dialog, Dialogs, Notice, Output, RunId, State, Then, ask},
    text, theme,
};
use brickpass_core::failure::{Code, Failure};
use brickpass_engine::{Recover, Recovery, SaveSettings, UnlockVault};
use brickpass_storage::Settings;

impl SettingsDialog {
    fn begin(&mut self) -> RunId {
        let run = RunId::next();
        (self.run, self.problem) = (Some(run), None);
        run
    }

    fn save(&mut self, settings: Settings, passphrase: Option<SecretString>) -> Output {
        let run = self.begin();
        ask(SaveSettings { settings, passphrase }, move |state, outcome, _| match outcome {
            Ok(saved) => {
                if Self::running(&mut state.dialogs, run).is_some() {
                    state.dialogs.remove::<Self>();
                }
                state.preferences.saved(saved)
            }
            Err(failure) => Self::ended(&mut state.dialogs, run, Some(failure)),
        })
        .into()
    }

    fn unlock(&mut self, passphrase: SecretString) -> Output {
        let run = self.begin();
        ask(UnlockVault { passphrase }, move |state, outcome, _| Self::ended(&mut state.dialogs, run, outcome.err())).into()
    }

    fn recover(&mut self, recovery: Recovery) -> Output {
        let run = self.begin();
        ask(Recover(recovery), move |state, outcome, _| match outcome {
            Ok(done) => Self::ended(&mut state.dialogs, run, None).and(Notice::Done(done)),
            Err(failure) => Self::ended(&mut state.dialogs, run, Some(failure)),
        })
        .into()
    }

    fn running(dialogs: &mut Dialogs, run: RunId) -> Option<&mut Self> {
        dialogs.find_mut::<Self>().filter(|dialog| dialog.run == Some(run))
    }

    /// A failure is a notice if the dialog is closed.
    fn ended(dialogs: &mut Dialogs, run: RunId, failure: Option<Failure>) -> Output {
        let Some(dialog) = Self::running(dialogs, run) else { return failure.map(Notice::Failure).into() };
        dialog.run = None;
        dialog.problem =
            failure.map(|failure| Problem { words: text::short_failure(&failure), of_passphrase: failure.code == Code::WrongPassphrase });
        Output::none()
    }
}

impl Dialog for SettingsDialog {
    fn name(&self) -> &'static str {
        "settings"
    }

    fn title(&self, _: &State) -> String {
        text::SETTINGS.to_owned()
    }

    fn width(&self) -> f32 {
        WIDTH
    }

    fn contents(&mut self, ui: &mut Ui, state: &mut State, act: &mut Act) -> Then {
        let view = SettingsView {
            settings: &state.preferences.settings,
            vault: state.secrets.vault.value().map(|(home, status)| (*home, status)),
            vault_from_environment: state.secrets.vault_from_environment,
            vault_file_exists: state.secrets.vault_file_exists,
            files: &state.preferences.files,
        };
        match self.draw(ui, view, act.seconds()) {
            None => {}
            Some(SettingsAction::Close) => return Then::Close,
            Some(SettingsAction::Theme(choice)) => {
                self.problem = None;
                theme::choose(ui.ctx(), choice);
                act.send(state.preferences.choose_theme(choice));
            }
            Some(SettingsAction::Save { settings, passphrase }) => act.send(self.save(settings, passphrase)),
            Some(SettingsAction::Diagnostics) => act.send(ShowDiagnostics::open()),
            Some(SettingsAction::Import) => act.send(Importing::open(&state.connections, &state.export.profiles)),
            Some(SettingsAction::BackUp) => state.dialogs.show(BackUp::new(&state.preferences, act.now)),
            Some(SettingsAction::Recover(recovery)) => act.send(self.recover(recovery)),
            Some(SettingsAction::Unlock { passphrase }) => act.send(self.unlock(passphrase)),
        }
        Then::Stay
    }

    fn secret_fields(&self) -> Vec<Id> {
        vec![passphrase_id(), again_id()]
    }
}
