//! Delete and undo. Secrets are deleted when a removal can no longer be undone.

use jiff::{SignedDuration, Timestamp};

use super::{Connections, Deletion, Editing, Notice, Output, Removal, State, UNDO, ask::ask, removed_tokens_revoked};
use crate::ui::text;
use brickpass_core::{connection::ConnectionId, failure::Failure};
use brickpass_engine::{Purge, Purged, Remove, Restore, Unpublish};
use brickpass_storage::Entry;

/// What is deleted along with connections, besides their secrets, once the deletion can no longer be undone.
#[derive(Default)]
struct Along {
    /// Their profiles.
    unpublish: bool,
    /// The tokens to revoke in Databricks.
    revoke: Vec<ConnectionId>,
}

impl State {
    /// Deletes these; asks first if a secret or a sign-in would be deleted with them, or if one of them is production.
    pub fn delete(&mut self, ids: &[ConnectionId], now: Timestamp) -> Output {
        let deletion = Deletion::of(ids, self);
        if !deletion.asks() || self.connections.cannot_delete(ids) {
            return self.delete_now(ids, Along::default(), now);
        }
        self.dialogs.show(deletion);
        Output::none()
    }

    pub fn delete_confirmed(&mut self, deletion: &Deletion, now: Timestamp) -> Output {
        if !deletion.may_go_on() {
            return Output::none();
        }
        let along = Along { unpublish: deletion.unpublish && !deletion.published.is_empty(), revoke: deletion.to_revoke() };
        self.delete_now(&deletion.ids(), along, now)
    }

    fn delete_now(&mut self, ids: &[ConnectionId], along: Along, now: Timestamp) -> Output {
        if ids.is_empty() {
            return Output::none();
        }
        if self.connections.cannot_delete(ids) {
            let reason = self.connections.read_only().unwrap_or_default();
            return Notice::Failure(text::read_only_failure(reason)).into();
        }
        for id in ids {
            self.tests.forget(*id);
            self.sign_ins.forget_sign_in(*id);
            self.tokens.forget(*id);
            self.admin.forget(*id);
            self.export.forget(*id);
        }
        self.expiry.changed();
        self.connections.remove(ids, along, now)
    }

    /// Restores the last deletion.
    pub fn undo(&mut self) -> Output {
        self.connections.removals.last().map(|removal| removal.number).map(|number| self.undo_of(number)).into()
    }

    pub fn undo_of(&mut self, removal: u64) -> Output {
        let connections = &mut self.connections;
        let Some(at) = connections.removals.iter().position(|known| known.number == removal) else { return Output::none() };
        let mut removal = connections.removals.remove(at);
        let waits_for_engine = removal.entries.is_empty() && removal.ids.iter().any(|id| connections.entry_of.contains_key(id));
        if waits_for_engine {
            removal.undo_when_removed = true;
            connections.removals.push(removal);
            return Output::none();
        }
        for form in removal.forms {
            connections.forms.insert(form.draft.id, form);
        }
        connections.select_when_listed = removal.ids.first().copied();
        if removal.entries.is_empty() {
            connections.rebuild_list();
            return connections.select_when_listed.take().map(|id| connections.select(id)).into();
        }
        ask(Restore { entries: removal.entries }, move |state, outcome, _| match outcome {
            Ok(()) => {
                state.connections.restored(&removal.ids);
                Output::none()
            }
            Err(failure) => Notice::Failure(failure).into(),
        })
        .into()
    }

    /// The engine has removed connections from the list, or could not.
    fn removed(&mut self, outcome: Result<Vec<Entry>, Failure>) -> Output {
        let entries = match outcome {
            Ok(entries) => entries,
            Err(failure) => return Notice::Failure(failure).into(),
        };
        let Some(first) = entries.first().map(|entry| entry.connection.id) else { return Output::none() };
        let Some(removal) = self.connections.removals.iter_mut().find(|removal| removal.ids.contains(&first)) else {
            return Output::none();
        };
        removal.entries = entries;
        let (number, undo) = (removal.number, removal.undo_when_removed);
        if undo { self.undo_of(number) } else { Output::none() }
    }

    /// Work that is due.
    pub fn tick(&mut self, now: Timestamp) -> Output {
        gone_for_good(self.connections.removals_over(now)).and(self.export.tick(&self.connections, now))
    }

    /// When `tick` has something to do next.
    pub fn next_tick(&self, now: Timestamp) -> Option<SignedDuration> {
        let removals = self.connections.removals.iter().map(|removal| removal.until);
        let due = removals.chain(self.export.next_tick(&self.connections)).min()?;
        Some(due.duration_since(now).max(SignedDuration::ZERO))
    }
}

impl Connections {
    /// Some of these are saved, and the file is read-only.
    fn cannot_delete(&self, ids: &[ConnectionId]) -> bool {
        self.read_only().is_some() && ids.iter().any(|id| self.entry_of.contains_key(id))
    }

    /// The row to select when these are removed.
    fn next_after(&self, ids: &[ConnectionId]) -> Option<ConnectionId> {
        let stays = |id: &ConnectionId| !ids.contains(id);
        let last = ids.iter().filter_map(|id| self.list.row_of(*id)).max()?;
        self.list.shown_from(last + 1).find(stays).or_else(|| self.list.shown().rfind(stays))
    }

    pub fn can_undo(&self) -> bool {
        !self.removals.is_empty()
    }

    pub fn can_undo_this(&self, removal: u64) -> bool {
        self.removals.iter().any(|known| known.number == removal)
    }

    /// Takes connections out of the list; the engine removes the saved ones.
    fn remove(&mut self, ids: &[ConnectionId], Along { unpublish, revoke }: Along, now: Timestamp) -> Output {
        let saved: Vec<ConnectionId> = ids.iter().filter(|id| self.entry_of.contains_key(id)).copied().collect();
        let words = match ids {
            [one] => text::deleted(self.name_of(*one)),
            many => text::deleted_many(many.len()),
        };
        let next = self.next_after(ids);
        let forms: Vec<Editing> = ids.iter().filter_map(|id| self.forms.remove(id)).filter(Editing::is_unsaved).collect();
        self.last_removal += 1;
        let number = self.last_removal;
        let (ids, until) = (ids.to_vec(), now + UNDO);
        self.removals.push(Removal { number, ids, entries: Vec::new(), forms, until, unpublish, revoke, undo_when_removed: false });
        self.selection.none();
        let mut output = Output::from(Notice::Removed { words, removal: number });
        if saved.is_empty() {
            self.rebuild_list();
        } else {
            output.extend(ask(Remove { ids: saved }, |state, outcome, _| state.removed(outcome)));
        }
        output.and(next.map(|next| self.select(next)))
    }

    /// The removals that can no longer be undone.
    fn removals_over(&mut self, now: Timestamp) -> Vec<Removal> {
        let mut over: Vec<Removal> = self.removals.extract_if(.., |removal| removal.is_over(now)).collect();
        for removal in over.iter_mut().filter(|removal| removal.entries.is_empty()) {
            // They could not be removed from the list: their unsaved edits are kept.
            let listed = std::mem::take(&mut removal.forms).into_iter().filter(|form| self.entry_of.contains_key(&form.draft.id));
            self.forms.extend(listed.map(|form| (form.draft.id, form)));
        }
        over
    }
}

fn purged(outcome: Result<Purged, Failure>) -> Output {
    match outcome {
        Ok(mut purged) => removed_tokens_revoked(std::mem::take(&mut purged.tokens)).and(purged.problem().map(Notice::Failure)),
        Err(failure) => Notice::Failure(failure).into(),
    }
}

/// The profile first: its removal does not wait for the secret's.
pub(super) fn gone_for_good(removals: Vec<Removal>) -> Output {
    let (mut ids, mut unpublished, mut revoke) = (Vec::new(), Vec::new(), Vec::new());
    for removal in removals {
        let gone = removal.entries.iter().map(|entry| entry.connection.id);
        unpublished.extend(gone.clone().filter(|_| removal.unpublish));
        ids.extend(gone);
        let connections = removal.entries.into_iter().map(|entry| entry.connection);
        revoke.extend(connections.filter(|connection| removal.revoke.contains(&connection.id)));
    }
    let unpublish = (!unpublished.is_empty())
        .then(|| ask(Unpublish { ids: unpublished }, |state, outcome, _| state.export.profiles.unpublished(outcome)));
    let purge = (!ids.is_empty()).then(|| ask(Purge { ids, revoke }, |_, outcome, _| purged(outcome)));
    unpublish.into_iter().chain(purge).collect()
}
