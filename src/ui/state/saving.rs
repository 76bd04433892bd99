//! New, save, conflict, duplicate, pin: the changes to a connection.

use jiff::Timestamp;

use super::{
    Closing, Connections, Editing, Go, Notice, Output, State,
    ask::{ask, ask_quietly},
};
use crate::ui::{dialogs::Unlock, text};
use brickpass_core::{
    connection::{Connection, ConnectionId, ConnectionName, Draft, Field, Reviewed},
    failure::{Code, Failure},
};
use brickpass_engine::{Ask, Duplicate, OpenInBrowser, Save, SaveOutcome};
use brickpass_storage::{Entry, Revision};

impl State {
    pub fn save(&mut self) -> Output {
        self.connections.selection.shown().map(|id| self.save_of(id)).into()
    }

    pub(super) fn save_of(&mut self, id: ConnectionId) -> Output {
        let connections = &mut self.connections;
        if let Some(reason) = connections.read_only() {
            return Notice::Failure(text::read_only_failure(reason)).into();
        }
        let Some(mut form) = connections.forms.remove(&id) else { return Output::none() };
        let begun = if form.is_saving() { None } else { Some(form.begin_save(&|name| connections.name_taken(id, name))) };
        connections.forms.insert(id, form);
        match begun {
            None => Output::none(),
            Some(Ok((reviewed, base))) => {
                let ask = ask_to_save(reviewed, base);
                if let Some(form) = connections.forms.get_mut(&id) {
                    form.save_was_asked_for(ask.canceller());
                }
                ask.into()
            }
            Some(Err(field)) => {
                self.view.closing = Closing::No;
                let shown = if connections.selection.shown() == Some(id) { Output::none() } else { connections.select(id) };
                Output::from(Go::Focus(field)).and(shown)
            }
        }
    }

    /// The person stops waiting for a save. A keyring that asks for its password may block it for minutes.
    pub fn cancel_save(&mut self) -> Output {
        let Some(form) = self.connections.shown_form_mut().filter(|form| form.is_saving()) else { return Output::none() };
        let id = form.draft.id;
        form.cancel_save();
        self.view.closing = Closing::No;
        self.sign_ins.no_sign_in_after_save(id);
        Notice::Info(text::SAVE_CANCELLED.to_owned()).into()
    }

    /// The result of saving this connection or a copy.
    fn save_ended(&mut self, id: ConnectionId, outcome: Result<SaveOutcome, Failure>, now: Timestamp) -> Output {
        match outcome {
            Ok(SaveOutcome::Saved) => {
                self.connections.saved_here.insert(id, now);
                self.saved(id).and(self.sign_ins.after_save(id, &self.connections, &mut self.tests))
            }
            Ok(SaveOutcome::Conflict { failure, theirs }) => self.save_failed(id, failure, theirs),
            // The person cancelled it and knows.
            Err(failure) if failure.code == Code::Cancelled => failure.details.is_some().then_some(Notice::Failure(failure)).into(),
            Err(failure) => self.save_failed(id, failure, None),
        }
    }

    fn saved(&mut self, id: ConnectionId) -> Output {
        self.view.wipe.push(id);
        self.connections.saved(id);
        self.forget_what_is_stored(id);
        if self.view.closing == Closing::WhenSaved && self.connections.is_all_saved() {
            self.close_unless_held_up();
        }
        if self.connections.selection.shown() == Some(id) { self.open_shown() } else { Output::none() }
    }

    fn save_failed(&mut self, id: ConnectionId, failure: Failure, theirs: Option<Box<Entry>>) -> Output {
        self.view.closing = Closing::No;
        self.sign_ins.no_sign_in_after_save(id);
        let Some(form) = self.connections.forms.get_mut(&id) else { return Notice::Failure(failure).into() };
        if failure.code == Code::Conflict && form.is_saving() && (theirs.is_some() || !form.is_new()) {
            return self.save_met_a_change(id, theirs);
        }
        form.save_failed(failure.clone());
        if failure.code == Code::VaultLocked {
            self.dialogs.show(Unlock::new(&self.secrets, Some(id)));
        }
        Output::none()
    }
}

impl Connections {
    pub fn new_connection(&mut self) -> Output {
        match self.untouched_new() {
            Some(id) => Output::from(Go::Focus(Some(Field::Name))).and(self.select(id)),
            None => self.add_draft(Draft::new(ConnectionId::random())),
        }
    }

    fn add_draft(&mut self, draft: Draft) -> Output {
        let id = draft.id;
        let form = Editing::of_new(draft, &|name| self.name_taken(id, name));
        self.add_form(id, form)
    }

    /// A new form with input, as if the person had typed it: the window asks before it discards it.
    pub(super) fn add_prepared(&mut self, draft: Draft) -> Output {
        let id = draft.id;
        let form = Editing::of_prepared(draft, &|name| self.name_taken(id, name));
        self.add_form(id, form)
    }

    fn add_form(&mut self, id: ConnectionId, form: Editing) -> Output {
        self.forms.insert(id, form);
        self.list.set_filter("");
        self.rebuild_list();
        Output::from(Go::Focus(Some(Field::Name))).and(self.select(id))
    }

    pub fn duplicate(&mut self) -> Output {
        let Some(source) = self.selection.shown() else { return Output::none() };
        let Some(form) = self.forms.get(&source) else { return Output::none() };
        if form.is_new() || form.is_unsaved() {
            // Copies the input of the form, not the saved values; the stored secret stays with its owner.
            let mut draft = form.draft.clone();
            draft.id = ConnectionId::random();
            if let Ok(name) = ConnectionName::parse(&draft.name) {
                name.copy_of(&|name| self.list.name_is_taken(name)).as_str().clone_into(&mut draft.name);
            }
            draft.pinned = false;
            let copied = self.add_draft(Draft::new(draft.id));
            if let Some(form) = self.shown_form_mut() {
                form.draft = draft;
            }
            self.judge_shown();
            return copied;
        }
        let Some(connection) = self.entry(source).map(|entry| entry.connection.clone()) else { return Output::none() };
        let name = connection.name.copy_of(&|name| self.list.name_is_taken(name));
        let copy = Connection { id: ConnectionId::random(), name, pinned: false, ..connection };
        self.select_when_listed = Some(copy.id);
        let id = copy.id;
        ask(Duplicate { source, copy: Box::new(copy) }, move |state, outcome, now| state.save_ended(id, outcome, now)).into()
    }

    /// The form of this connection is saved as it was sent.
    fn saved(&mut self, id: ConnectionId) {
        let entry = self.entry(id).cloned();
        if let Some(form) = self.forms.get_mut(&id) {
            form.saved_as_sent(entry.as_ref());
        }
        self.judge_all();
        self.drop_idle_forms();
    }

    fn is_all_saved(&self) -> bool {
        !self.forms.values().any(|form| form.is_unsaved() || form.is_saving())
    }

    /// The connections whose forms have edits, with their names.
    pub(super) fn unsaved(&self) -> Vec<(ConnectionId, String)> {
        let unsaved = self.forms.iter().filter(|(_, form)| form.is_unsaved());
        unsaved.map(|(id, _)| (*id, self.name_of(*id).to_owned())).collect()
    }

    /// Opens the shown workspace in the browser.
    pub fn open_in_browser(&self) -> Output {
        let reviewed = self.shown_form().and_then(|form| form.review().result.as_ref());
        reviewed.map(|it| ask_quietly(OpenInBrowser { address: it.connection.base_url.origin().into() })).into()
    }

    fn untouched_new(&self) -> Option<ConnectionId> {
        self.forms.iter().find(|(_, form)| form.is_new() && !form.is_unsaved() && !form.is_saving()).map(|(id, _)| *id)
    }

    pub fn revert(&mut self) {
        if let Some(form) = self.shown_form_mut() {
            form.revert();
        }
        self.judge_shown();
    }

    /// Pins or unpins at once, even while the form has edits.
    pub fn toggle_pinned(&mut self, id: ConnectionId) -> Output {
        let Some(entry) = self.entry(id) else {
            if let Some(form) = self.forms.get_mut(&id) {
                form.draft.pinned = !form.draft.pinned;
            }
            return Output::none();
        };
        if self.read_only().is_some() {
            return Output::none();
        }
        let connection = Connection { pinned: !entry.connection.pinned, ..entry.connection.clone() };
        let base = Some(entry.revision);
        if let Some(form) = self.forms.get_mut(&id) {
            form.set_pinned(connection.pinned);
        }
        ask_to_save(Reviewed { connection, secret: None }, base).into()
    }
}

fn ask_to_save(reviewed: Reviewed, base: Option<Revision>) -> Ask {
    let id = reviewed.connection.id;
    ask(Save { reviewed: Box::new(reviewed), base }, move |state, outcome, now| state.save_ended(id, outcome, now))
}
