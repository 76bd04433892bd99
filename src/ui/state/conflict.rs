//! Saving what was changed or deleted elsewhere: merged if possible, otherwise the person chooses.

use jiff::Timestamp;

use super::{ActivityLog, Connections, Editing, Go, Notice, Secrets, State};
use crate::ui::state::Output;
use crate::ui::state::refresh;
use crate::ui::text;
use brickpass_core::connection::{AuthKind, Connection, ConnectionId, Field, Merge, Part, merge};
use brickpass_engine::{AuditAction, StoredSecret};
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

/// The connection was deleted elsewhere while it was edited here. `lost`: the secret or sign-in that was deleted with it.
#[derive(Debug)]
pub struct RemovedElsewhere {
    pub id: ConnectionId,
    pub name: String,
    pub lost: Option<AuthKind>,
}

impl State {
    /// The engine rejected a save because the file now has another version of the connection.
    pub(super) fn save_met_a_change(&mut self, id: ConnectionId, theirs: Option<Box<Entry>>) -> Output {
        self.forget_what_is_stored(id);
        let Some(form) = self.connections.forms.get_mut(&id) else { return Output::none() };
        let sent = form.save_was_refused();
        let Some(theirs) = theirs else {
            let name = self.connections.name_of(id).to_owned();
            self.dialogs.show(RemovedElsewhere { id, name, lost: self.secrets.lost_with(id, &self.connections) });
            return self.activity.load();
        };
        let Some(mine) = sent else { return Output::none() };
        let merge = match form.saved() {
            Some(base) => merge(base, &mine, &theirs.connection, !form.draft.secret.is_empty()),
            None => Merge::without_base(&mine, &theirs.connection),
        };
        if merge.clashes.is_empty() {
            let words = text::merged(&merge.taken);
            form.merge(&theirs, &merge.merged);
            let merged = (!merge.taken.is_empty()).then_some(Notice::Info(words));
            return Output::from(merged).and(self.save_of(id));
        }
        let choices = merge.clashes.into_iter().map(|part| (part, true)).collect();
        self.dialogs.show(Conflict { id, mine, theirs: *theirs, merged: merge.merged, choices, chosen: false });
        // The form shows the vault's current content, whatever the answer is.
        self.describe(id).and(self.activity.load())
    }

    /// What was chosen is saved.
    pub fn save_choices(&mut self, conflict: &Conflict) -> Output {
        let (id, result) = (conflict.id, conflict.result());
        let connections = &mut self.connections;
        if result == conflict.theirs.connection && connections.forms.get(&id).is_some_and(|form| form.draft.secret.is_empty()) {
            // None of my changes is left to save.
            let form = Editing::of_entry(&conflict.theirs, &|name| connections.name_taken(id, name));
            connections.forms.insert(id, form);
            return refresh().into();
        }
        let Some(form) = connections.forms.get_mut(&id) else { return Output::none() };
        form.merge(&conflict.theirs, &result);
        self.save_of(id)
    }

    /// *Add again*: what is typed becomes a connection once more.
    pub fn add_again(&mut self, removed: &RemovedElsewhere) -> Output {
        if let Some(form) = self.connections.forms.get_mut(&removed.id) {
            form.rebase_on_nothing();
        }
        let needs_secret = removed.lost.is_some_and(|auth| auth != AuthKind::Browser);
        self.save_of(removed.id).and(needs_secret.then_some(Go::Focus(Some(Field::Secret))))
    }

    /// The secret in the vault may be gone or have changed.
    pub(super) fn forget_what_is_stored(&mut self, id: ConnectionId) {
        self.secrets.forget(id);
        self.sign_ins.forget_described(Some(id), &self.connections);
    }
}

impl Connections {
    /// *Discard my changes*: what was typed here goes, because the person said so.
    pub fn let_go(&mut self, id: ConnectionId) -> Output {
        self.forms.remove(&id);
        self.selection.drop(id);
        self.rebuild_list();
        refresh().into()
    }

    /// When the connection was last saved elsewhere, according to the activity log.
    pub fn changed_elsewhere_at(&self, id: ConnectionId, what: AuditAction, activity: &ActivityLog) -> Option<Timestamp> {
        let own = self.saved_here.get(&id).copied().max(self.began_at)?;
        activity.last(id, what).filter(|at| *at > own)
    }
}

impl Secrets {
    /// The secret or sign-in that was deleted with the connection; `None` if it needs none or if it is typed.
    fn lost_with(&self, id: ConnectionId, connections: &Connections) -> Option<AuthKind> {
        let draft = &connections.form(id)?.draft;
        let stored = |kind| matches!(self.stored_secret(id, kind), Some(StoredSecret::Stored { .. }));
        match draft.secret_kind() {
            Some(kind) => (draft.secret.is_empty() && !stored(kind)).then_some(draft.auth),
            None => draft.shared_sign_in().is_none().then_some(AuthKind::Browser),
        }
    }

    fn forget(&mut self, id: ConnectionId) {
        self.stored.retain(|(of, _), _| *of != id);
        self.revealed.take_if(|(of, ..)| *of == id);
    }
}
