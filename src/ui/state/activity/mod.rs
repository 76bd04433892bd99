//! The activity and the diagnostics.

mod log;

use std::path::Path;

pub use log::{ActivityLog, Line};

use super::{Dialog, Notice, Page, State, ask};
use crate::ui::{save_as::SaveAs, text::activity as words};
use brickpass_core::{connection::ConnectionId, failure::Failure};
use brickpass_engine::{ActivityEntry, Ask, Diagnose, Diagnostics, ReadActivity, SaveDiagnostics};

/// The export of the activity.
#[derive(Debug)]
pub struct ExportActivity {
    /// `None`: of all connections.
    pub id: Option<ConnectionId>,
    pub save: SaveAs,
}

/// The diagnostics for support, shown before they are shared.
#[derive(Debug, Default)]
pub struct ShowDiagnostics {
    /// Exactly the text that is copied and saved. `None` while it is being collected.
    pub collected: Option<(Diagnostics, String)>,
    /// The path to save it to is being chosen.
    pub save: Option<SaveAs>,
}

impl State {
    /// Also *Refresh*.
    pub fn ask_for_activity(&mut self) -> Vec<Ask> {
        if self.activity.is_asking() {
            return Vec::new();
        }
        self.activity.asked();
        vec![ask(ReadActivity, |state, outcome, _| {
            state.activity.came(outcome);
            Vec::new()
        })]
    }

    /// Lists all connections: on the page of the shown one, or on a page of its own until the selection changes.
    pub fn show_all_activity(&mut self) -> Vec<Ask> {
        self.activity.show_all(true);
        if self.selection.count() != 1 || self.shown_form().is_none() {
            self.activity_alone = Some(self.selection.all());
            return self.ask_for_activity();
        }
        self.show_page(Page::Activity)
    }

    /// The activity of all connections has its own page.
    pub fn activity_is_alone(&self) -> bool {
        self.activity_alone.as_ref().is_some_and(|selected| *selected == self.selection.all())
    }

    pub fn leave_activity(&mut self) {
        self.activity_alone = None;
    }

    /// The activity is visible.
    pub fn shows_activity(&self) -> bool {
        self.activity_is_alone() || self.page() == Page::Activity && self.selection.shown().is_some()
    }

    /// The connection whose activity is listed; `None`: all connections.
    pub fn activity_of(&self) -> Option<ConnectionId> {
        self.selection.shown().filter(|_| !self.activity.of_all() && !self.activity_is_alone())
    }

    pub fn ask_to_export_activity(&mut self, now: jiff::Timestamp) {
        let name = words::file_name(now, &self.zone.0);
        let save = SaveAs::new(self.save_folder.as_deref(), &name);
        self.dialog = Some(Dialog::ExportActivity(Box::new(ExportActivity { id: self.activity_of(), save })));
    }

    pub fn export_activity(&mut self) -> Vec<Ask> {
        let Some(Dialog::ExportActivity(dialog)) = &mut self.dialog else { return Vec::new() };
        let id = dialog.id;
        let Some(to) = dialog.save.begin() else { return Vec::new() };
        vec![ask(brickpass_engine::ExportActivity { id, to: to.clone() }, move |state, outcome, _| {
            state.support_file_saved(&to, outcome);
            Vec::new()
        })]
    }

    /// Collects the diagnostics for support and shows them.
    pub fn diagnose(&mut self) -> Vec<Ask> {
        self.dialog = Some(Dialog::Diagnostics(Box::default()));
        vec![ask(Diagnose, |state, outcome, _| {
            state.diagnosed(outcome);
            Vec::new()
        })]
    }

    pub fn ask_to_save_diagnostics(&mut self, now: jiff::Timestamp) {
        let name = words::diagnostics_file_name(now, &self.zone.0);
        if let Some(Dialog::Diagnostics(dialog)) = &mut self.dialog {
            dialog.save = Some(SaveAs::new(self.save_folder.as_deref(), &name));
        }
    }

    pub fn save_diagnostics(&mut self) -> Vec<Ask> {
        let Some(Dialog::Diagnostics(dialog)) = &mut self.dialog else { return Vec::new() };
        let (Some((diagnostics, _)), Some(save)) = (&dialog.collected, &mut dialog.save) else { return Vec::new() };
        let diagnostics = diagnostics.clone();
        let Some(to) = save.begin() else { return Vec::new() };
        vec![ask(SaveDiagnostics { diagnostics, to: to.clone() }, move |state, outcome, _| {
            state.support_file_saved(&to, outcome);
            Vec::new()
        })]
    }

    pub(super) fn activity_added(&mut self, entries: Vec<ActivityEntry>) {
        self.activity.added(entries);
    }

    fn diagnosed(&mut self, outcome: Result<Diagnostics, Failure>) {
        let Some(Dialog::Diagnostics(dialog)) = &mut self.dialog else { return };
        match outcome {
            Ok(diagnostics) => {
                let text = diagnostics.text();
                dialog.collected = Some((diagnostics, text));
            }
            Err(failure) => {
                // There is nothing to show in it.
                if dialog.collected.is_none() {
                    self.dialog = None;
                }
                self.notices.push(Notice::Failure(failure));
            }
        }
    }

    /// The activity log or the diagnostics.
    fn support_file_saved(&mut self, to: &Path, outcome: Result<(), Failure>) {
        let waits = match &mut self.dialog {
            Some(Dialog::ExportActivity(dialog)) => Some(&mut dialog.save),
            Some(Dialog::Diagnostics(dialog)) => dialog.save.as_mut(),
            _ => None,
        };
        let waits = waits.filter(|save| save.waits_for(to));
        match (outcome, waits) {
            (Ok(()), waits) => {
                if waits.is_some() {
                    self.dialog = None;
                }
                self.notices.push(Notice::Done(words::saved(to)));
            }
            (Err(failure), Some(save)) => save.failed(failure),
            (Err(failure), None) => self.notices.push(Notice::Failure(failure)),
        }
    }
}
