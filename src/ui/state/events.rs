//! The events of the engine, and their effects.

use std::sync::Arc;

use jiff::Timestamp;

use super::ask::RunId;
use super::{Closing, Dialog, Editing, Notice, Remote, SettingsProblem, SettingsWait, State, editing, profiles};
use crate::ui::text;
use brickpass_core::{
    connection::{ConnectionId, LastTest},
    failure::{Code, Failure},
};
use brickpass_databricks::check::Report;
use brickpass_engine::{Ask, Event};
use brickpass_storage::{Entry, Snapshot};

impl State {
    pub fn apply(&mut self, event: Event, now: Timestamp) -> Vec<Ask> {
        let heard = self.expiry_hears(&event);
        let mut commands = self.take_in(event, now);
        commands.extend(heard);
        commands
    }

    fn take_in(&mut self, event: Event, now: Timestamp) -> Vec<Ask> {
        self.began_at.get_or_insert(now);
        match event {
            Event::Answer(continuation) => self.answered(continuation, now),
            Event::Settings { settings, window, vault_from_environment, vault_file_exists, problem } => {
                self.settings = settings;
                self.window = window;
                self.settings_known = true;
                self.vault_from_environment = vault_from_environment;
                self.vault_file_exists = vault_file_exists;
                self.notices.extend(problem.map(Notice::Failure));
                Vec::new()
            }
            Event::Library(snapshot) => self.library_came(snapshot),
            Event::LibraryFailed(failure) => {
                self.library.failed(failure);
                Vec::new()
            }
            Event::History(changes) => {
                self.history_came(changes);
                Vec::new()
            }
            Event::Attention { words } => self.attention(words),
            Event::Vault { home, status } => self.vault_came(home, status),
            Event::SignInNotes(_) => Vec::new(),
            event @ (Event::ClipboardHolds { .. } | Event::ClipboardCleared { .. } | Event::ClipboardNotCleared { .. }) => {
                self.clipboard_event(event);
                Vec::new()
            }
            Event::SignInDescribed { id, outcome } => {
                self.sign_in_described(id, outcome);
                Vec::new()
            }
            Event::SignInsUnsaved { ids, failure } => {
                self.sign_ins_unsaved(ids, failure);
                Vec::new()
            }
            Event::TokenNotes(changes) => {
                self.tokens.note(changes);
                Vec::new()
            }
            event @ (Event::Reminders { .. } | Event::ReminderAnswered { .. }) => self.reminder_event(event),
            Event::ActivityAdded(entries) => {
                self.activity_added(entries);
                Vec::new()
            }
            event @ (Event::Published(_) | Event::CliTokens { .. }) => {
                self.profiles_event(event);
                Vec::new()
            }
            Event::Failed(failure) => {
                self.failed(failure);
                Vec::new()
            }
        }
    }

    fn attention(&mut self, words: Vec<String>) -> Vec<Ask> {
        self.notices.extend(words.into_iter().map(Notice::Warning));
        Vec::new()
    }

    fn tell(&mut self, notice: Notice) -> Vec<Ask> {
        self.notices.push(notice);
        Vec::new()
    }

    pub(super) fn test_finished(&mut self, run: RunId, id: ConnectionId, tested_at: Timestamp, report: Report) {
        if self.tests.finish(run, id, tested_at, report) && self.selection.shown() == Some(id) {
            self.show_test = Some(false);
        }
        self.counts = None;
    }

    fn library_came(&mut self, snapshot: Arc<Snapshot>) -> Vec<Ask> {
        let known = self.library.value().map(|before| before.notices.clone()).unwrap_or_default();
        self.notices.extend(snapshot.notices.iter().filter(|notice| !known.contains(notice)).cloned().map(Notice::Info));
        self.entry_of = snapshot.entries.iter().enumerate().map(|(at, entry)| (entry.connection.id, at)).collect();
        self.library = Remote::Ready(snapshot);
        self.counts = None;
        self.follow_forms();
        let deleted: Vec<ConnectionId> = self.forms.keys().filter(|id| !self.entry_of.contains_key(id)).copied().collect();
        for id in deleted {
            // Edited here and deleted elsewhere: its secret is probably gone.
            self.forget_what_is_stored(id);
        }
        self.rebuild_list();
        self.judge_all();
        let gone = |id: &ConnectionId| !self.entry_of.contains_key(id) && !self.forms.contains_key(id);
        for id in self.selection.all().into_iter().filter(|id| gone(id)).collect::<Vec<_>>() {
            self.selection.drop(id);
        }
        let list = &self.list;
        self.selection.keep_if(|id| list.row_of(id).is_some());
        if let Some(id) = self.select_when_listed.filter(|id| self.entry_of.contains_key(id)) {
            self.select_when_listed = None;
            return self.select(id);
        }
        if let Some(id) = self.selection.shown() {
            return self.open_form(id);
        }
        let first = self.list.shown().next();
        match first {
            Some(first) => self.select(first),
            // The start page offers the profiles in the Databricks CLI's file.
            None if self.is_empty() && self.profiles.is_unknown() => vec![profiles::list()],
            None => Vec::new(),
        }
    }

    fn follow_forms(&mut self) {
        let mut forms = std::mem::take(&mut self.forms);
        forms.retain(|id, form| {
            let entry = self.entry(*id);
            match form.follow(entry) {
                editing::Follow::Same => true,
                editing::Follow::Replace => {
                    if let Some(entry) = entry {
                        *form = Editing::of_entry(entry, &|name| self.name_taken(*id, name));
                    }
                    true
                }
                editing::Follow::Drop => false,
            }
        });
        self.forms = forms;
    }

    fn history_came(&mut self, changes: Vec<(ConnectionId, Option<LastTest>)>) {
        for (id, last) in changes {
            match last {
                Some(last) => {
                    self.history.insert(id, last);
                }
                // The result is outdated: it was edited, or signs in with another secret.
                None if self.history.remove(&id).is_some() => self.tests.outlived(id),
                None => {}
            }
        }
        self.counts = None;
    }

    pub(super) fn saved(&mut self, id: ConnectionId) -> Vec<Ask> {
        let entry = self.entry(id).cloned();
        self.wipe.push(id);
        if let Some(form) = self.forms.get_mut(&id) {
            form.saved_as_sent(entry.as_ref());
        }
        self.judge_all();
        self.drop_idle_forms();
        self.forget_what_is_stored(id);
        if self.closing == Closing::WhenSaved && !self.forms.values().any(|form| form.is_unsaved() || form.is_saving()) {
            self.close_unless_held_up();
        }
        if self.selection.shown() == Some(id) { self.open_form(id) } else { Vec::new() }
    }

    pub(super) fn save_failed(&mut self, id: ConnectionId, failure: Failure, theirs: Option<Box<Entry>>) -> Vec<Ask> {
        self.closing = Closing::No;
        self.no_sign_in_after_save(id);
        let Some(form) = self.forms.get_mut(&id) else {
            return self.tell(Notice::Failure(failure));
        };
        if failure.code == Code::Conflict && form.is_saving() && (theirs.is_some() || !form.is_new()) {
            return self.save_met_a_change(id, theirs);
        }
        form.save_failed(failure.clone());
        if failure.code == Code::VaultLocked {
            self.ask_to_unlock(Some(id));
        }
        Vec::new()
    }

    pub(super) fn removed(&mut self, outcome: Result<Vec<Entry>, Failure>) -> Vec<Ask> {
        let entries = match outcome {
            Ok(entries) => entries,
            Err(failure) => {
                self.failed(failure);
                return Vec::new();
            }
        };
        let Some(first) = entries.first().map(|entry| entry.connection.id) else { return Vec::new() };
        let Some(removal) = self.removals.iter_mut().find(|removal| removal.ids.contains(&first)) else { return Vec::new() };
        removal.entries = entries;
        let (number, undo) = (removal.number, removal.undo_when_removed);
        if undo { self.undo_of(number) } else { Vec::new() }
    }

    pub(super) fn restored(&mut self, ids: &[ConnectionId]) {
        self.removals.retain(|removal| !removal.ids.iter().any(|id| ids.contains(id)));
        self.counts = None;
    }

    pub(super) fn failed(&mut self, failure: Failure) {
        if !matches!(std::mem::take(&mut self.settings_wait), SettingsWait::Nothing | SettingsWait::Theme)
            && matches!(self.dialog, Some(Dialog::Settings))
        {
            let of_passphrase = failure.code == Code::WrongPassphrase;
            self.settings_problem = Some(SettingsProblem { words: text::short_failure(&failure), of_passphrase });
            return;
        }
        match &mut self.dialog {
            Some(Dialog::Unlock { waiting, failure: shown, retype, .. }) if *waiting => {
                *waiting = false;
                *retype = true;
                *shown = Some(failure);
            }
            _ => self.notices.push(Notice::Failure(failure)),
        }
    }
}
