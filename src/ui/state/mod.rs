//! All that the window knows. Events and the person's intents change it; both are plain functions that answer with commands.

mod dialog;
mod editing;
mod intents;
mod list;
mod remote;
mod removal;
mod selection;
mod testing;
#[cfg(test)]
mod tests;

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

use jiff::Timestamp;
use secrecy::SecretString;

pub use dialog::Dialog;
pub use editing::Editing;
pub use list::{ITEM_HEIGHT, Item, List, Row, Section};
pub use remote::Remote;
pub use removal::{Removal, UNDO};
pub use selection::Selection;
pub use testing::{Finished, Running, Tests, same_target};

use crate::{
    connection::{Connection, ConnectionId, Field, LastTest, SecretKind, Status},
    engine::{Command, Event, StoredSecret},
    failure::{Code, Failure},
    storage::{Entry, Mode, Settings, Snapshot, VaultHome, VaultStatus, WindowMemory},
    ui::text,
};

/// Something to tell in passing. The window hands it to the toasts.
#[derive(Debug, Clone, PartialEq)]
pub enum Notice {
    Done(String),
    Info(String),
    Failure(Failure),
    /// Offers *Undo* while the removal of this number can be undone.
    Removed {
        words: String,
        removal: u64,
    },
}

#[derive(Debug, Default)]
pub struct State {
    library: Remote<Arc<Snapshot>>,
    entry_of: HashMap<ConnectionId, usize>,
    pub list: List,
    pub selection: Selection,
    /// Forms with edits, and the one that is shown. In the order of their ids, so that nothing depends on chance.
    forms: BTreeMap<ConnectionId, Editing>,
    history: HashMap<ConnectionId, LastTest>,
    pub tests: Tests,
    counts: Option<Counts>,
    pub vault: Remote<(VaultHome, VaultStatus)>,
    secrets: HashMap<(ConnectionId, SecretKind), Remote<StoredSecret>>,
    revealed: Option<(ConnectionId, SecretKind, SecretString, Timestamp)>,
    /// The person wants the revealed secret on the clipboard; done by the window, which then clears this.
    pub copy_revealed: bool,
    pub settings: Settings,
    pub settings_known: bool,
    pub vault_from_environment: bool,
    pub window: WindowMemory,
    removals: Vec<Removal>,
    last_removal: u64,
    pub notices: Vec<Notice>,
    pub dialog: Option<Dialog>,
    /// The result of a test is to be brought into view: it was asked for (`true`), or it grew where it may be in view (`false`).
    pub show_test: Option<bool>,
    /// The field that the form is to show and focus.
    pub focus: Option<Field>,
    /// A failure's *Try again* was pressed.
    pub try_again: bool,
    /// The list is to bring the selected row into view.
    pub reveal_selected: bool,
    /// Selected as soon as it is in the list.
    select_when_listed: Option<ConnectionId>,
    closing: Closing,
    /// Their secrets are saved: what the fields still hold of them is to be wiped.
    pub wipe: Vec<ConnectionId>,
    pub settings_wait: SettingsWait,
    pub settings_problem: Option<String>,
}

/// What the settings dialog waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SettingsWait {
    #[default]
    Nothing,
    Theme,
    Save,
    Unlock,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Closing {
    #[default]
    No,
    /// As soon as everything is saved.
    WhenSaved,
    Now,
}

/// How many connections are in which state.
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

/// The state of one connection as its row shows it.
#[derive(Debug, Clone, Copy)]
pub enum Standing<'a> {
    Untested,
    /// Asked for, not begun yet.
    Waiting,
    Testing(&'a Running),
    Known(&'a LastTest),
    /// The last test could not be made.
    Broken,
}

impl State {
    /// Before the engine has told anything.
    pub fn new(settings: Settings, window: WindowMemory) -> Self {
        Self { settings, window, ..Self::default() }
    }

    pub fn apply(&mut self, event: Event, now: Timestamp) -> Vec<Command> {
        match event {
            Event::Settings { settings, window, vault_from_environment, problem } => {
                self.settings = settings;
                self.window = window;
                self.settings_known = true;
                self.vault_from_environment = vault_from_environment;
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
            Event::Vault { home, status } => self.vault_came(home, status),
            Event::Saved { id } => self.saved(id),
            Event::SaveFailed { id, failure, theirs } => {
                self.save_failed(id, failure, theirs);
                Vec::new()
            }
            Event::Removed { entries } => self.removed(entries),
            Event::Restored { ids } => {
                self.restored(&ids);
                Vec::new()
            }
            Event::Purged { .. } => Vec::new(),
            Event::Recovered { words } => {
                self.notices.push(Notice::Done(words));
                Vec::new()
            }
            Event::PurgeFailed { failure } => {
                self.notices.push(Notice::Failure(failure));
                Vec::new()
            }
            Event::SecretDescribed { id, kind, stored } => {
                self.secrets.insert((id, kind), Remote::Ready(stored));
                Vec::new()
            }
            Event::SecretRevealed { id, kind, secret } => {
                if self.selection.shown() == Some(id) {
                    self.revealed = Some((id, kind, secret, now));
                }
                Vec::new()
            }
            Event::TestProgress { run, id, progress } => {
                self.tests.progress(run, id, progress, now);
                Vec::new()
            }
            Event::TestFinished { run, id, tested_at, report } => {
                if self.tests.finish(run, id, tested_at, *report) && self.selection.shown() == Some(id) {
                    self.show_test = Some(false);
                }
                self.counts = None;
                Vec::new()
            }
            Event::SettingsSaved { settings, moved_secrets } => {
                self.settings = settings;
                let waited = std::mem::take(&mut self.settings_wait);
                if waited == SettingsWait::Save && matches!(self.dialog, Some(Dialog::Settings)) {
                    self.dialog = None;
                }
                if moved_secrets > 0 {
                    self.notices.push(Notice::Done(text::moved_secrets(moved_secrets)));
                }
                Vec::new()
            }
            Event::Failed { failure } => {
                self.failed(failure);
                Vec::new()
            }
        }
    }

    pub fn library(&self) -> &Remote<Arc<Snapshot>> {
        &self.library
    }

    pub fn entry(&self, id: ConnectionId) -> Option<&Entry> {
        self.library.value()?.entries.get(*self.entry_of.get(&id)?)
    }

    /// Why nothing can be saved, when the file may not be written.
    pub fn read_only(&self) -> Option<&str> {
        match &self.library.value()?.mode {
            Mode::Writable => None,
            Mode::ReadOnly(reason) => Some(reason),
        }
    }

    /// Nothing is saved and nothing is being typed: the first-start screen.
    pub fn is_empty(&self) -> bool {
        self.library.value().is_some_and(|snapshot| snapshot.entries.is_empty()) && self.forms.is_empty()
    }

    pub fn form(&self, id: ConnectionId) -> Option<&Editing> {
        self.forms.get(&id)
    }

    /// The form that is shown.
    pub fn shown_form(&self) -> Option<&Editing> {
        self.forms.get(&self.selection.shown()?)
    }

    pub fn shown_form_mut(&mut self) -> Option<&mut Editing> {
        self.forms.get_mut(&self.selection.shown()?)
    }

    pub fn is_unsaved(&self, id: ConnectionId) -> bool {
        self.forms.get(&id).is_some_and(Editing::is_unsaved)
    }

    /// The name as it is typed, as it is saved, or what a connection without a name is called.
    pub fn name_of(&self, id: ConnectionId) -> &str {
        let typed = self.forms.get(&id).map(|form| form.draft.name.trim()).filter(|name| !name.is_empty());
        typed.or_else(|| self.entry(id).map(|entry| entry.connection.name.as_str())).unwrap_or(text::NEW_CONNECTION)
    }

    pub fn standing(&self, id: ConnectionId) -> Standing<'_> {
        if let Some(running) = self.tests.running(id) {
            return if running.begun_at.is_some() { Standing::Testing(running) } else { Standing::Waiting };
        }
        if let Some(finished) = self.tests.finished(id)
            && finished.report.failure.as_ref().is_some_and(|failure| failure.code == Code::Internal)
        {
            return Standing::Broken;
        }
        // What is not saved yet has only what was found here.
        let here = || self.tests.finished(id).filter(|_| !self.entry_of.contains_key(&id))?.last.as_ref();
        self.history.get(&id).or_else(here).map_or(Standing::Untested, Standing::Known)
    }

    pub fn last_test(&self, id: ConnectionId) -> Option<&LastTest> {
        self.history.get(&id)
    }

    /// Computed when something changed since the last call.
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

    /// What the vault holds for the form that is shown.
    pub fn stored_secret(&self, id: ConnectionId, kind: SecretKind) -> Option<&StoredSecret> {
        self.secrets.get(&(id, kind)).and_then(Remote::value)
    }

    /// A stored secret that the person asked to see; gone as soon as another connection is shown.
    pub fn revealed(&self, id: ConnectionId, kind: SecretKind) -> Option<(&SecretString, Timestamp)> {
        self.revealed.as_ref().filter(|(of, which, ..)| (*of, *which) == (id, kind)).map(|(_, _, secret, since)| (secret, *since))
    }

    pub fn revealed_anywhere(&self) -> Option<&SecretString> {
        self.revealed.as_ref().map(|(_, _, secret, _)| secret)
    }

    pub fn hide_secret(&mut self) {
        self.revealed = None;
    }

    /// The window may close now.
    pub fn may_close(&self) -> bool {
        self.closing == Closing::Now
    }

    /// Where secrets of new connections go, in words that follow "Stored in"; `None` while that is unknown or it cannot be used.
    pub fn vault_place(&self) -> Option<&str> {
        match self.vault.value()? {
            (_, VaultStatus::Ready { place } | VaultStatus::Locked { place, .. }) => Some(place),
            (_, VaultStatus::Unavailable(_)) => None,
        }
    }

    fn library_came(&mut self, snapshot: Arc<Snapshot>) -> Vec<Command> {
        let known = self.library.value().map(|before| before.notices.clone()).unwrap_or_default();
        self.notices.extend(snapshot.notices.iter().filter(|notice| !known.contains(notice)).cloned().map(Notice::Info));
        self.entry_of = snapshot.entries.iter().enumerate().map(|(at, entry)| (entry.connection.id, at)).collect();
        self.library = Remote::Ready(snapshot);
        self.counts = None;
        self.follow_forms();
        self.rebuild_list();
        self.judge_all();
        let gone = |id: &ConnectionId| !self.entry_of.contains_key(id) && !self.forms.contains_key(id);
        for id in self.selection.all().into_iter().filter(|id| gone(id)).collect::<Vec<_>>() {
            self.selection.drop(id);
        }
        if let Some(id) = self.select_when_listed.filter(|id| self.entry_of.contains_key(id)) {
            self.select_when_listed = None;
            return self.select(id);
        }
        if let Some(id) = self.selection.shown() {
            self.open_form(id)
        } else {
            let first = self.list.shown().next();
            first.map(|id| self.select(id)).unwrap_or_default()
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
                None => {
                    self.history.remove(&id);
                }
            }
        }
        self.counts = None;
    }

    fn vault_came(&mut self, home: VaultHome, status: VaultStatus) -> Vec<Command> {
        let ready = matches!(status, VaultStatus::Ready { .. });
        if self.settings_wait == SettingsWait::Unlock {
            self.settings_wait = SettingsWait::Nothing;
        }
        self.vault = Remote::Ready((home, status));
        self.secrets.clear();
        let mut commands = self.selection.shown().map(|id| self.describe(id)).unwrap_or_default();
        if ready
            && matches!(self.dialog, Some(Dialog::Unlock { .. }))
            && let Some(Dialog::Unlock { then_save, .. }) = self.dialog.take()
            && let Some(id) = then_save
        {
            commands.extend(self.save_of(id));
        }
        commands
    }

    fn saved(&mut self, id: ConnectionId) -> Vec<Command> {
        let entry = self.entry(id).cloned();
        self.wipe.push(id);
        if let Some(form) = self.forms.get_mut(&id) {
            form.saved_as_sent(entry.as_ref());
        }
        self.judge_all();
        self.drop_idle_forms();
        self.secrets.retain(|(of, _), _| *of != id);
        if self.revealed.as_ref().is_some_and(|(of, ..)| *of == id) {
            self.revealed = None;
        }
        if self.closing == Closing::WhenSaved && !self.forms.values().any(|form| form.is_unsaved() || form.is_saving()) {
            self.closing = Closing::Now;
        }
        if self.selection.shown() == Some(id) { self.open_form(id) } else { Vec::new() }
    }

    fn save_failed(&mut self, id: ConnectionId, failure: Failure, theirs: Option<Box<Entry>>) {
        self.closing = Closing::No;
        let Some(form) = self.forms.get_mut(&id) else {
            self.notices.push(Notice::Failure(failure));
            return;
        };
        form.save_failed(failure.clone());
        match failure.code {
            Code::Conflict if theirs.is_some() || !form.is_new() => {
                self.dialog = Some(Dialog::Conflict { id, name: self.name_of(id).to_owned(), theirs });
            }
            Code::VaultLocked => self.ask_to_unlock(Some(id)),
            _ => {}
        }
    }

    fn removed(&mut self, entries: Vec<Entry>) -> Vec<Command> {
        let Some(first) = entries.first().map(|entry| entry.connection.id) else { return Vec::new() };
        let Some(removal) = self.removals.iter_mut().find(|removal| removal.ids.contains(&first)) else { return Vec::new() };
        removal.entries = entries;
        let (number, undo) = (removal.number, removal.undo_when_removed);
        if undo { self.undo_of(number) } else { Vec::new() }
    }

    fn restored(&mut self, ids: &[ConnectionId]) {
        self.removals.retain(|removal| !removal.ids.iter().any(|id| ids.contains(id)));
        self.counts = None;
    }

    fn failed(&mut self, failure: Failure) {
        // A save that crashed has no answer of its own.
        if failure.code == Code::Internal {
            for form in self.forms.values_mut().filter(|form| form.is_saving()) {
                form.save_failed(failure.clone());
            }
            self.closing = Closing::No;
        }
        if !matches!(std::mem::take(&mut self.settings_wait), SettingsWait::Nothing | SettingsWait::Theme)
            && matches!(self.dialog, Some(Dialog::Settings))
        {
            self.settings_problem = Some(text::short_failure(&failure));
            return;
        }
        match &mut self.dialog {
            Some(Dialog::Unlock { waiting, failure: shown, .. }) if *waiting => {
                *waiting = false;
                *shown = Some(failure);
            }
            _ => self.notices.push(Notice::Failure(failure)),
        }
    }

    /// Whether another connection bears this name, compared without case.
    fn name_taken(&self, id: ConnectionId, name: &str) -> bool {
        self.list.name_is_taken_by_other(name, id)
    }

    fn judge_all(&mut self) {
        let mut forms = std::mem::take(&mut self.forms);
        for (id, form) in &mut forms {
            form.judge(true, &|name| self.name_taken(*id, name));
        }
        self.forms = forms;
    }

    /// Judges the form that is shown, if it changed. Called once a frame.
    pub fn judge_shown(&mut self) {
        let Some(id) = self.selection.shown() else { return };
        let Some(mut form) = self.forms.remove(&id) else { return };
        form.judge(false, &|name| self.name_taken(id, name));
        self.forms.insert(id, form);
    }

    /// A form without edits that is not shown can be built anew at any time.
    fn drop_idle_forms(&mut self) {
        let shown = self.selection.shown();
        let before = self.forms.len();
        self.forms.retain(|id, form| Some(*id) == shown || form.is_unsaved() || form.is_saving());
        if before != self.forms.len() {
            self.rebuild_list_if_drafts_changed();
        }
    }

    fn rebuild_list_if_drafts_changed(&mut self) {
        if self.list.unsaved_count() != self.forms.keys().filter(|id| !self.entry_of.contains_key(id)).count() {
            self.rebuild_list();
        }
    }

    fn rebuild_list(&mut self) {
        let unsaved: Vec<ConnectionId> = self.forms.keys().filter(|id| !self.entry_of.contains_key(id)).copied().collect();
        let entries = self.library.value().map(|snapshot| snapshot.entries.as_slice()).unwrap_or_default();
        self.list.set(entries, &unsaved);
    }
}

/// A form tested as it is typed says nothing about a form typed differently.
pub fn still_says_something(finished: &Finished, now: &Connection, secret_typed: bool) -> bool {
    same_target(&finished.tested, now) && (!secret_typed || finished.typed_secret)
}
