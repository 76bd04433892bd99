//! The saved connections, the forms with edits, and which of them are selected.

use std::{
    borrow::Cow,
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

use jiff::Timestamp;

use super::{Editing, List, Remote, Removal, Selection};
use crate::ui::text;
use brickpass_core::connection::{ConnectionId, Environment, LastTest, Status};
use brickpass_storage::{Entry, Mode, Snapshot};

/// What other models read of the connections, and what the list and the form change.
#[derive(Debug, Default)]
pub struct Connections {
    pub(super) library: Remote<Arc<Snapshot>>,
    /// The position in the library of each saved connection.
    pub(super) entry_of: HashMap<ConnectionId, usize>,
    pub list: List,
    pub selection: Selection,
    /// Forms with edits, and the shown one. Sorted by ID, so that the order is stable.
    pub(super) forms: BTreeMap<ConnectionId, Editing>,
    pub(super) history: HashMap<ConnectionId, LastTest>,
    pub(super) counts: Option<Counts>,
    pub(super) removals: Vec<Removal>,
    pub(super) last_removal: u64,
    /// Selected as soon as it is in the list.
    pub(super) select_when_listed: Option<ConnectionId>,
    /// When this window received its first event, and when it last saved each connection.
    pub(super) began_at: Option<Timestamp>,
    pub(super) saved_here: HashMap<ConnectionId, Timestamp>,
}

/// The number of connections in each state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    pub all: usize,
    pub ok: usize,
    pub expiring: usize,
    pub sign_in: usize,
    pub no_permission: usize,
    pub unreachable: usize,
    pub untested: usize,
}

impl Connections {
    pub fn library(&self) -> &Remote<Arc<Snapshot>> {
        &self.library
    }

    pub fn entry(&self, id: ConnectionId) -> Option<&Entry> {
        self.library.value()?.entries.get(*self.entry_of.get(&id)?)
    }

    /// Why nothing can be saved, if the file is read-only.
    pub fn read_only(&self) -> Option<&str> {
        match &self.library.value()?.mode {
            Mode::Writable => None,
            Mode::ReadOnly(reason) => Some(reason),
        }
    }

    /// Nothing is saved and nothing is being typed: the start page is shown.
    pub fn is_empty(&self) -> bool {
        self.library.value().is_some_and(|snapshot| snapshot.entries.is_empty()) && self.forms.is_empty()
    }

    pub fn form(&self, id: ConnectionId) -> Option<&Editing> {
        self.forms.get(&id)
    }

    /// The shown form.
    pub fn shown_form(&self) -> Option<&Editing> {
        self.forms.get(&self.selection.shown()?)
    }

    pub fn shown_form_mut(&mut self) -> Option<&mut Editing> {
        self.forms.get_mut(&self.selection.shown()?)
    }

    /// All saved connections, in the order of the file.
    pub fn saved_ids(&self) -> Vec<ConnectionId> {
        let entries = self.library.value().map(|snapshot| snapshot.entries.as_slice()).unwrap_or_default();
        entries.iter().map(|entry| entry.connection.id).collect()
    }

    pub fn is_unsaved(&self, id: ConnectionId) -> bool {
        self.forms.get(&id).is_some_and(Editing::is_unsaved)
    }

    /// The typed name, the saved name, or the placeholder for a connection without a name.
    pub fn name_of(&self, id: ConnectionId) -> &str {
        let typed = self.forms.get(&id).map(|form| form.draft.name.trim()).filter(|name| !name.is_empty());
        typed.or_else(|| self.entry(id).map(|entry| entry.connection.name.as_str())).unwrap_or(text::NEW_CONNECTION)
    }

    /// The typed environment, or the saved one.
    pub fn environment_of(&self, id: ConnectionId) -> Cow<'_, Environment> {
        match (self.forms.get(&id), self.entry(id)) {
            (Some(form), _) => Cow::Owned(form.draft.environment_as_typed()),
            (None, Some(entry)) => Cow::Borrowed(&entry.connection.environment),
            (None, None) => Cow::Owned(Environment::default()),
        }
    }

    pub fn last_test(&self, id: ConnectionId) -> Option<&LastTest> {
        self.history.get(&id)
    }

    /// Recomputed if something changed since the last call.
    pub fn counts(&mut self) -> Counts {
        if let Some(counts) = self.counts {
            return counts;
        }
        let mut counts = Counts::default();
        for entry in self.library.value().map(|snapshot| snapshot.entries.as_slice()).unwrap_or_default() {
            counts.all += 1;
            let slot = match self.history.get(&entry.connection.id).map_or(Status::Untested, |last| last.state) {
                Status::Untested => &mut counts.untested,
                Status::Ok => &mut counts.ok,
                Status::Expiring => &mut counts.expiring,
                Status::SignIn => &mut counts.sign_in,
                Status::NoPermission => &mut counts.no_permission,
                Status::Unreachable => &mut counts.unreachable,
            };
            *slot += 1;
        }
        self.counts = Some(counts);
        counts
    }

    /// Whether another connection has this name, ignoring case.
    pub(super) fn name_taken(&self, id: ConnectionId, name: &str) -> bool {
        self.list.name_is_taken_by_other(name, id)
    }

    pub(super) fn judge_all(&mut self) {
        let mut forms = std::mem::take(&mut self.forms);
        for (id, form) in &mut forms {
            form.judge(true, &|name| self.name_taken(*id, name));
        }
        self.forms = forms;
    }

    /// Validates the shown form if it changed. Called once per frame.
    pub fn judge_shown(&mut self) {
        let Some(id) = self.selection.shown() else { return };
        let Some(mut form) = self.forms.remove(&id) else { return };
        form.judge(false, &|name| self.name_taken(id, name));
        self.forms.insert(id, form);
    }

    /// A form without edits that is not shown can be rebuilt at any time.
    pub(super) fn drop_idle_forms(&mut self) {
        let shown = self.selection.shown();
        let before = self.forms.len();
        self.forms.retain(|id, form| Some(*id) == shown || form.is_unsaved() || form.is_saving());
        if before != self.forms.len() {
            self.rebuild_list_if_drafts_changed();
        }
    }

    pub(super) fn rebuild_list_if_drafts_changed(&mut self) {
        if self.list.unsaved_count() != self.forms.keys().filter(|id| !self.entry_of.contains_key(id)).count() {
            self.rebuild_list();
        }
    }

    pub(super) fn rebuild_list(&mut self) {
        let unsaved: Vec<ConnectionId> = self.forms.keys().filter(|id| !self.entry_of.contains_key(id)).copied().collect();
        let entries = self.library.value().map(|snapshot| snapshot.entries.as_slice()).unwrap_or_default();
        self.list.set(entries, &unsaved);
    }
}
