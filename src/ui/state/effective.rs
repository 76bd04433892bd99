//! *Effective configuration*: the settings that Databricks' tools would use in a folder, and the matching connection.

use std::path::Path;

use super::{Dialog, Remote, State, ask};
use crate::ui::choose::{Chooser, Wanted};
use crate::ui::state::RunId;
use brickpass_core::{connection::ConnectionId, failure::Failure};
use brickpass_engine::{Ask, Effective, Family, FindEffective};

#[derive(Debug)]
pub struct ShowEffective {
    pub directory: Chooser,
    /// Empty: the tools' choice.
    pub profile: String,
    /// The chosen view, as an index into [`Self::VIEWS`].
    pub view: usize,
    pub found: Remote<Box<Effective>>,
    run: Option<RunId>,
}

impl ShowEffective {
    /// First the one that is detected from the folder.
    pub const VIEWS: [Option<Family>; 5] = [None, Some(Family::Cli), Some(Family::Go), Some(Family::Python), Some(Family::Java)];

    fn new(directory: Option<&Path>) -> Self {
        let directory = directory.map(|folder| folder.display().to_string()).unwrap_or_default();
        Self { directory: Chooser::new(Wanted::Folder, directory), profile: String::new(), view: 0, found: Remote::NotAsked, run: None }
    }

    pub fn waits(&self) -> bool {
        self.run.is_some()
    }

    pub fn may_find(&self) -> bool {
        self.directory.target().is_some() && !self.waits()
    }
}

impl State {
    /// Opens the dialog, and loads at once if a folder is known.
    pub fn ask_for_effective(&mut self) -> Vec<Ask> {
        self.dialog = Some(Dialog::Effective(Box::new(ShowEffective::new(self.save_folder.as_deref()))));
        self.find_effective()
    }

    pub fn find_effective(&mut self) -> Vec<Ask> {
        let run = self.tests.new_run();
        let Some(Dialog::Effective(dialog)) = &mut self.dialog else { return Vec::new() };
        let Some(directory) = dialog.directory.target().filter(|_| dialog.may_find()) else { return Vec::new() };
        dialog.run = Some(run);
        dialog.found.asked();
        let profile = Some(dialog.profile.trim()).filter(|profile| !profile.is_empty()).map(str::to_owned);
        let family = ShowEffective::VIEWS.get(dialog.view).copied().flatten();
        vec![ask(FindEffective { directory, family, profile, target: None }, move |state, outcome, _| {
            state.effective_found(run, outcome);
            Vec::new()
        })]
    }

    fn effective_found(&mut self, run: RunId, outcome: Result<Effective, Failure>) {
        let Some(Dialog::Effective(dialog)) = self.dialog.as_mut() else { return };
        if dialog.run != Some(run) {
            return;
        }
        dialog.run = None;
        match outcome {
            Ok(effective) => dialog.found = Remote::Ready(Box::new(effective)),
            Err(failure) => dialog.found.failed(failure),
        }
    }

    /// Shows a connection that a dialog mentions.
    pub fn show_from_dialog(&mut self, id: ConnectionId) -> Vec<Ask> {
        self.dialog = None;
        self.list.set_filter("");
        self.select(id)
    }
}
