//! The events of the engine, and their effects.

use std::sync::Arc;

use jiff::Timestamp;

use super::{Connections, Editing, Notice, Output, Profiles, Remote, State, Tests, editing, expiry};
use brickpass_core::connection::{ConnectionId, LastTest};
use brickpass_engine::{Ask, Event};
use brickpass_storage::Snapshot;

impl State {
    /// Applies an event and what follows from it; returns the requests for the engine.
    pub fn apply(&mut self, event: Event, now: Timestamp) -> Vec<Ask> {
        let output = self.take_in(event, now);
        self.follow(output)
    }

    fn take_in(&mut self, event: Event, now: Timestamp) -> Output {
        self.connections.began_at.get_or_insert(now);
        match event {
            Event::Answer(continuation) => self.answered(continuation, now),
            Event::Settings { settings, window, vault_from_environment, vault_file_exists, problem } => {
                self.preferences.settings = settings;
                self.preferences.window = window;
                self.preferences.known = true;
                self.secrets.vault_from_environment = vault_from_environment;
                self.secrets.vault_file_exists = vault_file_exists;
                problem.map(Notice::Failure).into()
            }
            Event::Library(snapshot) => {
                self.expiry.changed();
                self.library_loaded(snapshot)
            }
            Event::LibraryFailed(failure) => {
                self.connections.library.failed(failure);
                Output::none()
            }
            Event::History(changes) => {
                self.connections.history_changed(changes, &mut self.tests);
                Output::none()
            }
            Event::Attention { words } => words.into_iter().map(Notice::Warning).collect(),
            Event::Vault { home, status } => self.vault_event(home, status),
            event @ (Event::ClipboardHolds { .. } | Event::ClipboardCleared { .. } | Event::ClipboardNotCleared { .. }) => {
                self.clipboard_event(event)
            }
            Event::SignInDescribed { id, outcome } => {
                self.sign_ins.loaded(id, outcome, &self.connections);
                Output::none()
            }
            Event::SignInsUnsaved { ids, failure } => self.sign_ins_unsaved(ids, failure),
            Event::TokenNotes(changes) => {
                self.expiry.changed();
                self.tokens.note(changes);
                Output::none()
            }
            Event::Reminders { due, shown: false } => expiry::remind(&due).into(),
            Event::SignInNotes(_) | Event::Reminders { shown: true, .. } => Output::none(),
            Event::ReminderAnswered { id, choice } => {
                self.expiry.reminder_answered(id, choice, self.dialogs.is_open(), &self.tokens, &self.connections)
            }
            Event::ActivityAdded(entries) => {
                self.activity.added(entries);
                Output::none()
            }
            event @ (Event::Published(_) | Event::CliTokens { .. }) => {
                self.export.profiles.profiles_event(event);
                Output::none()
            }
            Event::Failed(failure) => Notice::Failure(failure).into(),
        }
    }

    fn library_loaded(&mut self, snapshot: Arc<Snapshot>) -> Output {
        let news = self.connections.take_snapshot(snapshot);
        for id in self.connections.unlisted_forms() {
            // Edited here and deleted elsewhere: its secret is probably gone.
            self.forget_what_is_stored(id);
        }
        self.connections.follow_library();
        if let Some(id) = self.connections.take_awaited() {
            return news.and(self.connections.select(id));
        }
        if self.connections.selection.shown().is_some() {
            return news.and(self.open_shown());
        }
        let first = self.connections.list.shown().next();
        if let Some(first) = first {
            return news.and(self.connections.select(first));
        }
        // The start page offers the profiles in the Databricks CLI's file.
        news.and((self.connections.is_empty() && self.export.profiles.is_unknown()).then(Profiles::list))
    }
}

impl Connections {
    /// Takes a new version of the library; returns what it has to say.
    fn take_snapshot(&mut self, snapshot: Arc<Snapshot>) -> Output {
        let known = self.library.value().map(|before| before.notices.clone()).unwrap_or_default();
        let news = snapshot.notices.iter().filter(|notice| !known.contains(notice)).cloned().map(Notice::Info).collect();
        self.entry_of = snapshot.entries.iter().enumerate().map(|(at, entry)| (entry.connection.id, at)).collect();
        self.library = Remote::Ready(snapshot);
        self.counts = None;
        self.follow_forms();
        news
    }

    /// The connections that have a form and are not in the library.
    fn unlisted_forms(&self) -> Vec<ConnectionId> {
        self.forms.keys().filter(|id| !self.entry_of.contains_key(id)).copied().collect()
    }

    /// Brings the list, the forms and the selection in line with the library.
    fn follow_library(&mut self) {
        self.rebuild_list();
        self.judge_all();
        let gone = |id: &ConnectionId| !self.entry_of.contains_key(id) && !self.forms.contains_key(id);
        for id in self.selection.all().into_iter().filter(|id| gone(id)).collect::<Vec<_>>() {
            self.selection.drop(id);
        }
        let list = &self.list;
        self.selection.keep_if(|id| list.row_of(id).is_some());
    }

    /// What is to be selected as soon as it is listed, if it is now.
    fn take_awaited(&mut self) -> Option<ConnectionId> {
        let Self { select_when_listed, entry_of, .. } = self;
        select_when_listed.take_if(|id| entry_of.contains_key(id))
    }

    fn history_changed(&mut self, changes: Vec<(ConnectionId, Option<LastTest>)>, tests: &mut Tests) {
        for (id, last) in changes {
            match last {
                Some(last) => {
                    self.history.insert(id, last);
                }
                // The result is outdated: it was edited, or signs in with another secret.
                None if self.history.remove(&id).is_some() => tests.outlived(id),
                None => {}
            }
        }
        self.counts = None;
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

    pub(super) fn restored(&mut self, ids: &[ConnectionId]) {
        self.removals.retain(|removal| !removal.ids.iter().any(|id| ids.contains(id)));
        self.counts = None;
    }
}
