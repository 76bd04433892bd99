//! Delete and undo. Secrets are deleted when a removal can no longer be undone.

use jiff::{SignedDuration, Timestamp};

use super::{Dialog, Editing, Notice, Removal, State, UNDO, ask::ask};
use crate::ui::text;
use brickpass_core::{connection::ConnectionId, failure::Failure};
use brickpass_engine::{Ask, Purge, Purged, Remove, Restore, Unpublish};

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
    pub fn delete(&mut self, ids: &[ConnectionId], now: Timestamp) -> Vec<Ask> {
        let deletion = self.deletion_of(ids);
        if !deletion.asks() || self.cannot_delete(ids) {
            return self.delete_now(ids, Along::default(), now);
        }
        self.dialog = Some(Dialog::Delete(Box::new(deletion)));
        Vec::new()
    }

    /// The *Delete* key in the list: deletes the selected rows that are visible.
    pub fn delete_in_list(&mut self, now: Timestamp) -> Vec<Ask> {
        let mut ids = self.selection.all();
        ids.retain(|id| self.list.row_of(*id).is_some());
        self.delete(&ids, now)
    }

    pub fn delete_confirmed(&mut self, now: Timestamp) -> Vec<Ask> {
        match self.dialog.take() {
            Some(Dialog::Delete(deletion)) if deletion.may_go_on() => {
                let along = Along { unpublish: deletion.unpublish && !deletion.published.is_empty(), revoke: deletion.to_revoke() };
                self.delete_now(&deletion.ids(), along, now)
            }
            other => {
                self.dialog = other;
                Vec::new()
            }
        }
    }

    /// Some of these are saved, and the file is read-only.
    fn cannot_delete(&self, ids: &[ConnectionId]) -> bool {
        self.read_only().is_some() && ids.iter().any(|id| self.entry_of.contains_key(id))
    }

    fn delete_now(&mut self, ids: &[ConnectionId], along: Along, now: Timestamp) -> Vec<Ask> {
        if ids.is_empty() {
            return Vec::new();
        }
        let saved: Vec<ConnectionId> = ids.iter().filter(|id| self.entry_of.contains_key(id)).copied().collect();
        if self.cannot_delete(ids) {
            let reason = self.read_only().unwrap_or_default().to_owned();
            self.notices.push(Notice::Failure(text::read_only_failure(&reason)));
            return Vec::new();
        }
        let title = match ids {
            [one] => text::deleted(self.name_of(*one)),
            many => text::deleted_many(many.len()),
        };
        for id in ids {
            self.tests.forget(*id);
            self.forget_sign_in(*id);
            self.forget_tokens(*id);
            self.forget_admin(*id);
            self.forget_export(*id);
        }
        let next = self.next_after(ids);
        let forms: Vec<Editing> = ids.iter().filter_map(|id| self.forms.remove(id)).filter(Editing::is_unsaved).collect();
        self.last_removal += 1;
        let number = self.last_removal;
        let until = now + UNDO;
        let Along { unpublish, revoke } = along;
        self.removals.push(Removal {
            number,
            ids: ids.to_vec(),
            entries: Vec::new(),
            forms,
            until,
            unpublish,
            revoke,
            undo_when_removed: false,
        });
        self.notices.push(Notice::Removed { words: title, removal: number });
        self.selection.none();
        let mut commands = Vec::new();
        if saved.is_empty() {
            self.rebuild_list();
        } else {
            commands.push(ask(Remove { ids: saved }, |state, outcome, _| state.removed(outcome)));
        }
        if let Some(next) = next {
            commands.extend(self.select(next));
        }
        commands
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

    /// Restores the last deletion.
    pub fn undo(&mut self) -> Vec<Ask> {
        self.removals.last().map(|removal| removal.number).map(|number| self.undo_of(number)).unwrap_or_default()
    }

    pub fn undo_of(&mut self, removal: u64) -> Vec<Ask> {
        let Some(at) = self.removals.iter().position(|known| known.number == removal) else { return Vec::new() };
        let mut removal = self.removals.remove(at);
        let waits_for_engine = removal.entries.is_empty() && removal.ids.iter().any(|id| self.entry_of.contains_key(id));
        if waits_for_engine {
            removal.undo_when_removed = true;
            self.removals.push(removal);
            return Vec::new();
        }
        for form in removal.forms {
            self.forms.insert(form.draft.id, form);
        }
        self.select_when_listed = removal.ids.first().copied();
        if removal.entries.is_empty() {
            self.rebuild_list();
            return self.select_when_listed.take().map(|id| self.select(id)).unwrap_or_default();
        }
        let restore = Restore { entries: removal.entries };
        vec![ask(restore, move |state, outcome, _| {
            match outcome {
                Ok(()) => state.restored(&removal.ids),
                Err(failure) => state.failed(failure),
            }
            Vec::new()
        })]
    }

    /// Work that is due.
    pub fn tick(&mut self, now: Timestamp) -> Vec<Ask> {
        let mut over: Vec<Removal> = self.removals.extract_if(.., |removal| removal.is_over(now)).collect();
        for removal in over.iter_mut().filter(|removal| removal.entries.is_empty()) {
            // They could not be removed from the list: their unsaved edits are kept.
            let listed = std::mem::take(&mut removal.forms).into_iter().filter(|form| self.entry_of.contains_key(&form.draft.id));
            self.forms.extend(listed.map(|form| (form.draft.id, form)));
        }
        let mut commands = gone_for_good(over);
        commands.extend(self.export_tick(now));
        commands.extend(self.profiles_tick(now));
        commands
    }

    /// When `tick` has something to do next.
    pub fn next_tick(&self, now: Timestamp) -> Option<SignedDuration> {
        let removals = self.removals.iter().map(|removal| removal.until);
        let due = removals.chain(self.next_export_tick()).chain(self.next_profiles_tick()).min()?;
        Some(due.duration_since(now).max(SignedDuration::ZERO))
    }
}

impl State {
    fn purged(&mut self, outcome: Result<Purged, Failure>) -> Vec<Ask> {
        let problem = outcome.map_or_else(Some, |mut purged| {
            self.removed_tokens_revoked(std::mem::take(&mut purged.tokens));
            purged.problem()
        });
        self.notices.extend(problem.map(Notice::Failure));
        Vec::new()
    }
}

/// The profile first: its removal does not wait for the secret's.
pub(super) fn gone_for_good(removals: Vec<Removal>) -> Vec<Ask> {
    let (mut ids, mut unpublished, mut revoke) = (Vec::new(), Vec::new(), Vec::new());
    for removal in removals {
        let gone = removal.entries.iter().map(|entry| entry.connection.id);
        unpublished.extend(gone.clone().filter(|_| removal.unpublish));
        ids.extend(gone);
        let connections = removal.entries.into_iter().map(|entry| entry.connection);
        revoke.extend(connections.filter(|connection| removal.revoke.contains(&connection.id)));
    }
    let unpublish = (!unpublished.is_empty()).then(|| ask(Unpublish { ids: unpublished }, |state, outcome, _| state.unpublished(outcome)));
    let purge = (!ids.is_empty()).then(|| ask(Purge { ids, revoke }, |state, outcome, _| state.purged(outcome)));
    unpublish.into_iter().chain(purge).collect()
}
