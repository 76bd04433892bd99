//! Saving what was changed or deleted elsewhere: merged if possible, otherwise the person chooses.

use jiff::Timestamp;

use super::{Dialog, Editing, Notice, State};
use crate::ui::state::refresh;
use crate::ui::text;
use brickpass_core::connection::{AuthKind, Connection, ConnectionId, Field, Merge, Part, merge};
use brickpass_engine::{Ask, AuditAction, StoredSecret};
use brickpass_storage::Entry;

/// Both sides changed these parts of a connection.
#[derive(Debug)]
pub struct Conflict {
    pub id: ConnectionId,
    pub mine: Connection,
    pub theirs: Entry,
    /// My version, including what only the other side changed.
    merged: Connection,
    /// For each part, whether my version is kept.
    pub choices: Vec<(Part, bool)>,
    /// Some of the choices were made individually.
    pub chosen: bool,
}

impl Conflict {
    pub fn choose(&mut self, part: Part, mine: bool) {
        if let Some((_, keep)) = self.choices.iter_mut().find(|(known, _)| *known == part) {
            *keep = mine;
            self.chosen = true;
        }
    }

    pub fn choose_all(&mut self, mine: bool) {
        for (_, keep) in &mut self.choices {
            *keep = mine;
        }
    }

    fn result(&self) -> Connection {
        let mut result = self.merged.clone();
        for (part, _) in self.choices.iter().filter(|(_, mine)| !mine) {
            part.copy(&self.theirs.connection, &mut result);
        }
        result
    }
}

impl State {
    /// The engine rejected a save because the file now has another version of the connection.
    pub(super) fn save_met_a_change(&mut self, id: ConnectionId, theirs: Option<Box<Entry>>) -> Vec<Ask> {
        self.forget_what_is_stored(id);
        let Some(form) = self.forms.get_mut(&id) else { return Vec::new() };
        let sent = form.save_was_refused();
        let Some(theirs) = theirs else {
            self.dialog = Some(Dialog::Removed { id, name: self.name_of(id).to_owned(), lost: self.lost_with(id) });
            return self.ask_for_activity();
        };
        let Some(mine) = sent else { return Vec::new() };
        let merge = match form.saved() {
            Some(base) => merge(base, &mine, &theirs.connection, !form.draft.secret.is_empty()),
            None => Merge::without_base(&mine, &theirs.connection),
        };
        if merge.clashes.is_empty() {
            let words = text::merged(&merge.taken);
            form.merge(&theirs, &merge.merged);
            if !merge.taken.is_empty() {
                self.notices.push(Notice::Info(words));
            }
            return self.save_of(id);
        }
        let choices = merge.clashes.into_iter().map(|part| (part, true)).collect();
        let conflict = Conflict { id, mine, theirs: *theirs, merged: merge.merged, choices, chosen: false };
        self.dialog = Some(Dialog::Conflict(Box::new(conflict)));
        // The form shows the vault's current content, whatever the answer is.
        let mut commands = self.describe(id);
        commands.extend(self.ask_for_activity());
        commands
    }

    /// What was chosen is saved.
    pub fn save_choices(&mut self) -> Vec<Ask> {
        let Some(Dialog::Conflict(conflict)) = self.dialog.take() else { return Vec::new() };
        let (id, result) = (conflict.id, conflict.result());
        if result == conflict.theirs.connection && self.forms.get(&id).is_some_and(|form| form.draft.secret.is_empty()) {
            // None of my changes is left to save.
            let form = Editing::of_entry(&conflict.theirs, &|name| self.name_taken(id, name));
            self.forms.insert(id, form);
            return vec![refresh()];
        }
        let Some(form) = self.forms.get_mut(&id) else { return Vec::new() };
        form.merge(&conflict.theirs, &result);
        self.save_of(id)
    }

    /// *Add again*: what is typed becomes a connection once more.
    pub fn add_again(&mut self) -> Vec<Ask> {
        let Some(Dialog::Removed { id, lost, .. }) = self.dialog.take() else { return Vec::new() };
        if let Some(form) = self.forms.get_mut(&id) {
            form.rebase_on_nothing();
        }
        let commands = self.save_of(id);
        if lost.is_some_and(|auth| auth != AuthKind::Browser) {
            self.focus = Some(Field::Secret);
        }
        commands
    }

    /// *Discard my changes*: what was typed here goes, because the person said so.
    pub fn let_go(&mut self) -> Vec<Ask> {
        let Some(Dialog::Removed { id, .. }) = self.dialog.take() else { return Vec::new() };
        self.forms.remove(&id);
        self.selection.drop(id);
        self.rebuild_list();
        vec![refresh()]
    }

    /// When the connection was last saved elsewhere, according to the activity log.
    pub fn changed_elsewhere_at(&self, id: ConnectionId, what: AuditAction) -> Option<Timestamp> {
        let own = self.saved_here.get(&id).copied().max(self.began_at)?;
        self.activity.last(id, what).filter(|at| *at > own)
    }

    /// The secret in the vault may be gone or have changed.
    pub(super) fn forget_what_is_stored(&mut self, id: ConnectionId) {
        self.secrets.retain(|(of, _), _| *of != id);
        self.forget_described(Some(id));
        if self.revealed.as_ref().is_some_and(|(of, ..)| *of == id) {
            self.revealed = None;
        }
    }

    /// The secret or sign-in that was deleted with the connection; `None` if it needs none or if it is typed.
    fn lost_with(&self, id: ConnectionId) -> Option<AuthKind> {
        let draft = &self.form(id)?.draft;
        let stored = |kind| matches!(self.stored_secret(id, kind), Some(StoredSecret::Stored { .. }));
        match draft.secret_kind() {
            Some(kind) => (draft.secret.is_empty() && !stored(kind)).then_some(draft.auth),
            None => draft.shared_sign_in().is_none().then_some(AuthKind::Browser),
        }
    }
}
