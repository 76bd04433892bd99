//! New, save, conflict, duplicate, pin: the changes to a connection.

use jiff::Timestamp;

use super::{Closing, Editing, Notice, State, ask::ask};
use crate::ui::text;
use brickpass_core::{
    connection::{Connection, ConnectionId, ConnectionName, Draft, Field, Reviewed},
    failure::{Code, Failure},
};
use brickpass_engine::{Ask, Duplicate, Save, SaveOutcome, StoredSecret};
use brickpass_storage::Revision;

impl State {
    pub fn new_connection(&mut self) -> Vec<Ask> {
        if let Some(id) = self.untouched_new() {
            self.focus = Some(Field::Name);
            return self.select(id);
        }
        self.add_draft(Draft::new(ConnectionId::random()))
    }

    fn untouched_new(&self) -> Option<ConnectionId> {
        self.forms.iter().find(|(_, form)| form.is_new() && !form.is_unsaved() && !form.is_saving()).map(|(id, _)| *id)
    }

    fn add_draft(&mut self, draft: Draft) -> Vec<Ask> {
        let id = draft.id;
        let form = Editing::of_new(draft, &|name| self.name_taken(id, name));
        self.add_form(id, form)
    }

    /// A new form with input, as if the person had typed it: the window asks before it discards it.
    pub(super) fn add_prepared(&mut self, draft: Draft) -> Vec<Ask> {
        let id = draft.id;
        let form = Editing::of_prepared(draft, &|name| self.name_taken(id, name));
        self.add_form(id, form)
    }

    fn add_form(&mut self, id: ConnectionId, form: Editing) -> Vec<Ask> {
        self.forms.insert(id, form);
        self.list.set_filter("");
        self.rebuild_list();
        self.focus = Some(Field::Name);
        self.select(id)
    }

    pub fn save(&mut self) -> Vec<Ask> {
        self.selection.shown().map(|id| self.save_of(id)).unwrap_or_default()
    }

    pub(super) fn save_of(&mut self, id: ConnectionId) -> Vec<Ask> {
        if let Some(reason) = self.read_only().map(str::to_owned) {
            self.notices.push(Notice::Failure(text::read_only_failure(&reason)));
            return Vec::new();
        }
        let Some(mut form) = self.forms.remove(&id) else { return Vec::new() };
        let begun = if form.is_saving() { None } else { Some(form.begin_save(&|name| self.name_taken(id, name))) };
        self.forms.insert(id, form);
        match begun {
            None => Vec::new(),
            Some(Ok((reviewed, base))) => {
                let ask = ask_to_save(reviewed, base);
                if let Some(form) = self.forms.get_mut(&id) {
                    form.save_was_asked_for(ask.canceller());
                }
                vec![ask]
            }
            Some(Err(field)) => {
                self.focus = field;
                self.closing = Closing::No;
                if self.selection.shown() == Some(id) { Vec::new() } else { self.select(id) }
            }
        }
    }

    /// The person stops waiting for a save. A keyring that asks for its password may block it for minutes.
    pub fn cancel_save(&mut self) {
        let Some(form) = self.shown_form_mut().filter(|form| form.is_saving()) else { return };
        let id = form.draft.id;
        form.cancel_save();
        self.closing = Closing::No;
        self.no_sign_in_after_save(id);
        self.notices.push(Notice::Info(text::SAVE_CANCELLED.to_owned()));
    }

    /// The result of saving this connection or a copy.
    fn save_ended(&mut self, id: ConnectionId, outcome: Result<SaveOutcome, Failure>, now: Timestamp) -> Vec<Ask> {
        match outcome {
            Ok(SaveOutcome::Saved) => {
                self.saved_here.insert(id, now);
                let mut commands = self.saved(id);
                commands.extend(self.sign_in_after_save(id));
                commands
            }
            Ok(SaveOutcome::Conflict { failure, theirs }) => self.save_failed(id, failure, theirs),
            // The person cancelled it and knows.
            Err(failure) if failure.code == Code::Cancelled => {
                self.notices.extend(failure.details.is_some().then_some(Notice::Failure(failure)));
                Vec::new()
            }
            Err(failure) => self.save_failed(id, failure, None),
        }
    }

    pub fn revert(&mut self) {
        if let Some(form) = self.shown_form_mut() {
            form.revert();
        }
        self.judge_shown();
    }

    pub fn duplicate(&mut self) -> Vec<Ask> {
        let Some(source) = self.selection.shown() else { return Vec::new() };
        let Some(form) = self.forms.get(&source) else { return Vec::new() };
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
        let Some(connection) = self.entry(source).map(|entry| entry.connection.clone()) else { return Vec::new() };
        let name = connection.name.copy_of(&|name| self.list.name_is_taken(name));
        let copy = Connection { id: ConnectionId::random(), name, pinned: false, ..connection };
        self.select_when_listed = Some(copy.id);
        let id = copy.id;
        vec![ask(Duplicate { source, copy: Box::new(copy) }, move |state, outcome, now| state.save_ended(id, outcome, now))]
    }

    /// Pins or unpins at once, even while the form has edits.
    pub fn toggle_pinned(&mut self, id: ConnectionId) -> Vec<Ask> {
        let Some(entry) = self.entry(id) else {
            if let Some(form) = self.forms.get_mut(&id) {
                form.draft.pinned = !form.draft.pinned;
            }
            return Vec::new();
        };
        if self.read_only().is_some() {
            return Vec::new();
        }
        let connection = Connection { pinned: !entry.connection.pinned, ..entry.connection.clone() };
        let base = Some(entry.revision);
        if let Some(form) = self.forms.get_mut(&id) {
            form.set_pinned(connection.pinned);
        }
        vec![ask_to_save(Reviewed { connection, secret: None }, base)]
    }

    pub fn reveal_stored(&mut self) -> Vec<Ask> {
        let Some((id, kind)) = self.selection.shown().and_then(|id| Some((id, self.forms.get(&id)?.draft.secret_kind()?))) else {
            return Vec::new();
        };
        match self.stored_secret(id, kind) {
            Some(StoredSecret::Stored { .. }) if self.entered_elsewhere(id, kind).is_none() => vec![Self::reveal_secret(id, kind)],
            _ => Vec::new(),
        }
    }
}

fn ask_to_save(reviewed: Reviewed, base: Option<Revision>) -> Ask {
    let id = reviewed.connection.id;
    ask(Save { reviewed: Box::new(reviewed), base }, move |state, outcome, now| state.save_ended(id, outcome, now))
}
