//! *Back up connections*: all connections with their secrets, in one file that a passphrase opens.

use std::path::PathBuf;

use jiff::Timestamp;

use super::{Dialog, Notice, State, ask};
use crate::ui::state::RunId;
use crate::ui::{save_as::SaveAs, text::backup as words};
use brickpass_core::{connection::TypedSecret, failure::Failure};
use brickpass_engine::{Ask, BackedUp, Backup};
use brickpass_storage::weak_passphrase;

#[derive(Debug)]
pub struct BackUp {
    pub save: SaveAs,
    pub passphrase: TypedSecret,
    pub again: TypedSecret,
    run: Option<RunId>,
    /// The contents of the backup, and its path.
    pub done: Option<(PathBuf, BackedUp)>,
}

impl BackUp {
    /// The passphrase is typed twice, to catch typos.
    pub fn has_passphrase(&self) -> bool {
        weak_passphrase(self.passphrase.expose()).is_none() && self.passphrase == self.again
    }
}

impl State {
    pub fn ask_to_back_up(&mut self, now: Timestamp) {
        let save = SaveAs::new(self.save_folder.as_deref(), &words::file_name(now, &self.zone.0));
        let (passphrase, again) = (TypedSecret::default(), TypedSecret::default());
        self.dialog = Some(Dialog::BackUp(Box::new(BackUp { save, passphrase, again, run: None, done: None })));
    }

    pub fn back_up(&mut self) -> Vec<Ask> {
        let run = self.tests.new_run();
        let Some(Dialog::BackUp(dialog)) = &mut self.dialog else { return Vec::new() };
        if !dialog.has_passphrase() {
            return Vec::new();
        }
        let Some(to) = dialog.save.begin() else { return Vec::new() };
        dialog.run = Some(run);
        let request = Backup { to: to.clone(), passphrase: dialog.passphrase.to_secret() };
        vec![ask(request, move |state, outcome, _| {
            state.backed_up(run, to, outcome);
            Vec::new()
        })]
    }

    fn backed_up(&mut self, run: RunId, to: PathBuf, outcome: Result<BackedUp, Failure>) {
        let waits = match &mut self.dialog {
            Some(Dialog::BackUp(dialog)) => Some(dialog).filter(|dialog| dialog.run == Some(run)),
            _ => None,
        };
        match (outcome, waits) {
            (Ok(backup), Some(dialog)) => {
                // The file is written: the passphrase is no longer needed.
                (dialog.passphrase, dialog.again) = (TypedSecret::default(), TypedSecret::default());
                dialog.run = None;
                dialog.done = Some((to, backup));
            }
            (Ok(backup), None) => self.notices.push(Notice::Done(words::holds(&backup))),
            (Err(failure), Some(dialog)) => {
                dialog.run = None;
                dialog.save.failed(failure);
            }
            (Err(failure), None) => self.notices.push(Notice::Failure(failure)),
        }
    }
}
