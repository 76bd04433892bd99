//! The state of the window. Events and the person's intents change it; both are plain functions that return commands.

mod account;
mod activity;
mod admin;
mod ask;
mod backing_up;
mod clipboard;
mod conflict;
mod deleting;
mod deletion;
mod dialog;
mod editing;
mod effective;
mod events;
mod expiry;
mod export;
mod importing;
mod intents;
mod list;
mod looking;
mod name_to_type;
mod page;
mod profiles;
mod remote;
mod removal;
mod saving;
mod selection;
mod signed_in;
mod signing_in;
#[cfg(test)]
mod signing_in_tests;
mod table_model;
mod testing;
#[cfg(test)]
mod tests;
mod tokens;
mod vault;

use std::{
    borrow::Cow,
    collections::{BTreeMap, HashMap},
    path::PathBuf,
    sync::Arc,
};

use jiff::{Timestamp, tz::TimeZone};
use secrecy::SecretString;

pub use account::{AddWorkspaces, Offer, OfferStanding};
pub use activity::{ActivityLog, ExportActivity, Line, ShowDiagnostics};
pub use admin::{
    Admin, AdminData, AdminDialog, AdminSection, AdminTroubleKind, Confirm, MAXIMUM_DAYS, NewPrincipal, NewSecret, PrincipalColumn,
    SECRET_DAYS, UserColumn,
};
pub use ask::{RunId, ask, ask_cancellable, ask_quietly, refresh, start};
pub use backing_up::BackUp;
pub use clipboard::Copied;
pub use conflict::Conflict;
pub use deletion::{Deletion, Doomed, HeldSecret, TokenThere};
pub use dialog::Dialog;
pub use editing::Editing;
pub use effective::ShowEffective;
pub use expiry::{Asked, Asking, Expiry, Month, Span, Summary};
pub use export::{Export, ExportModel, FormRow, FormValue, Hidden, IncludeSecret, SaveExport, Tool};
pub use importing::{
    From as ImportFrom, ImportRow, ImportSummary, ImportTable, Importing, Moving, MovingStage, RowAction, Stage as ImportStage,
    Undo as ImportUndo,
};
pub use list::{ITEM_HEIGHT, Item, List, Row, Section};
pub use name_to_type::NameToType;
pub use page::Page;
pub use profiles::{Intent, Profiles, Publishing};
pub use remote::{Asked as AskedOf, Remote};
pub use removal::{Removal, UNDO};
pub use selection::Selection;
pub use signing_in::{Attempt, CALLBACK_HINT_DELAY, Paste, PendingCallback, SignIns, Stage};
pub use table_model::{Record, TableModel};
pub use testing::{Finished, Running, Tests, same_target};
pub use tokens::{Column, GenerateToken, Lifetime, Listed, RevokeTokens, RotateToken, SendTo, Tokens, TokensOf, TroubleKind};
pub use vault::probe_vault;

use crate::ui::text;
use brickpass_core::{
    connection::{Connection, ConnectionId, EnteredFor, Environment, Field, LastTest, SecretKind, Status},
    failure::{Code, Failure},
};
use brickpass_engine::StoredSecret;
use brickpass_storage::{Entry, Mode, Settings, Snapshot, VaultHome, VaultStatus, WindowMemory};

/// A short message, which the window shows as a toast.
#[derive(Debug, Clone, PartialEq)]
pub enum Notice {
    Done(String),
    Info(String),
    /// Something will stop working.
    Warning(String),
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
    page: Page,
    /// Forms with edits, and the shown one. Sorted by ID, so that the order is stable.
    forms: BTreeMap<ConnectionId, Editing>,
    history: HashMap<ConnectionId, LastTest>,
    pub tests: Tests,
    pub sign_ins: SignIns,
    pub tokens: Tokens,
    pub expiry: Expiry,
    pub activity: ActivityLog,
    /// The activity of all connections is shown until the selection changes.
    activity_alone: Option<Vec<ConnectionId>>,
    /// The default folder for saved files.
    pub save_folder: Option<PathBuf>,
    pub admin: Admin,
    pub export: Export,
    pub profiles: Profiles,
    /// The source of an import is read: the fields must wipe what they still contain of it.
    pub wipe_import: bool,
    counts: Option<Counts>,
    pub vault: Remote<(VaultHome, VaultStatus)>,
    secrets: HashMap<(ConnectionId, SecretKind), Remote<StoredSecret>>,
    revealed: Option<(ConnectionId, SecretKind, SecretString, Timestamp)>,
    /// The secret on the clipboard.
    copied: Option<Copied>,
    pub settings: Settings,
    /// The time zone for times of day.
    pub zone: Zone,
    pub settings_known: bool,
    pub vault_from_environment: bool,
    /// An encrypted file exists: its passphrase is asked for, not set.
    pub vault_file_exists: bool,
    pub window: WindowMemory,
    removals: Vec<Removal>,
    last_removal: u64,
    pub notices: Vec<Notice>,
    pub dialog: Option<Dialog>,
    /// Scroll to the test result: because it was requested (`true`), or because it grew while it may be visible (`false`).
    pub show_test: Option<bool>,
    /// The field that the form should show and focus.
    pub focus: Option<Field>,
    /// Pressed in the test panel, and done after it is drawn.
    pub later: Option<Later>,
    /// The list should scroll to the selected row.
    pub reveal_selected: bool,
    /// Selected as soon as it is in the list.
    select_when_listed: Option<ConnectionId>,
    closing: Closing,
    /// Their secrets are saved: the fields must wipe what they still contain of them.
    pub wipe: Vec<ConnectionId>,
    /// When this window received its first event, and when it last saved each connection.
    began_at: Option<Timestamp>,
    saved_here: HashMap<ConnectionId, Timestamp>,
    pub settings_wait: SettingsWait,
    pub settings_problem: Option<SettingsProblem>,
}

/// The person's time zone; UTC until it is known.
#[derive(Debug, Clone)]
pub struct Zone(pub TimeZone);

impl Default for Zone {
    fn default() -> Self {
        Self(TimeZone::UTC)
    }
}

/// A button in the test panel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Later {
    TryAgain,
    SignIn,
    AddWorkspaces,
}

/// The settings dialog waits for this.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SettingsWait {
    #[default]
    Nothing,
    Theme,
    Save,
    Unlock,
}

/// Why a request of the settings dialog failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SettingsProblem {
    pub words: String,
    /// Shown below the passphrase, which must be typed again.
    pub of_passphrase: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Closing {
    #[default]
    No,
    /// As soon as everything is saved.
    WhenSaved,
    Now,
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

/// The state of one connection as its row shows it.
#[derive(Debug, Clone, Copy)]
pub enum RowStatus<'a> {
    Untested,
    /// Requested, but not started yet.
    Waiting,
    Testing(&'a Running),
    Known(&'a LastTest),
    /// The last test could not run.
    Broken,
}

impl State {
    /// Before the first event of the engine.
    pub fn new(settings: Settings, window: WindowMemory) -> Self {
        Self { settings, window, ..Self::default() }
    }

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

    pub fn row_status(&self, id: ConnectionId) -> RowStatus<'_> {
        if let Some(running) = self.tests.running(id) {
            return if running.begun_at.is_some() { RowStatus::Testing(running) } else { RowStatus::Waiting };
        }
        if let Some(finished) = self.tests.finished(id)
            && finished.report.failure.as_ref().is_some_and(|failure| failure.code == Code::Internal)
        {
            return RowStatus::Broken;
        }
        // An unsaved connection has only results of this window.
        let here = || self.tests.finished(id).filter(|_| !self.entry_of.contains_key(&id))?.last.as_ref();
        self.history.get(&id).or_else(here).map_or(RowStatus::Untested, RowStatus::Known)
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

    /// What the vault stores for the shown form.
    pub fn stored_secret(&self, id: ConnectionId, kind: SecretKind) -> Option<&StoredSecret> {
        self.secrets.get(&(id, kind)).and_then(Remote::value)
    }

    /// A secret is stored, but it was entered for another address or service principal than the form (or the list) says now: it is not
    /// used, and counts as missing. Returns what it was entered for, in words.
    pub fn entered_elsewhere(&self, id: ConnectionId, kind: SecretKind) -> Option<String> {
        let Some(StoredSecret::Stored { entered_for, .. }) = self.stored_secret(id, kind) else { return None };
        let Some(entered_for) = entered_for else { return EnteredFor::binds(kind).then(|| "another address".to_owned()) };
        let fits = match (self.forms.get(&id), self.entry(id)) {
            (Some(form), _) => entered_for.fits_draft(&form.draft),
            (None, Some(entry)) => EnteredFor::of(&entry.connection, kind).as_ref() == Some(entered_for),
            (None, None) => true,
        };
        (!fits).then(|| entered_for.to_string())
    }

    /// A stored secret that the person revealed; dropped as soon as another connection is shown.
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

    /// Where secrets of new connections are stored, in words that follow "Stored in"; `None` if unknown or unavailable.
    pub fn vault_place(&self) -> Option<&str> {
        match self.vault.value()? {
            (_, VaultStatus::Ready { place } | VaultStatus::Locked { place, .. }) => Some(place),
            (_, VaultStatus::Unavailable(_) | VaultStatus::Lost { .. }) => None,
        }
    }

    /// Whether another connection has this name, ignoring case.
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

    /// Validates the shown form if it changed. Called once per frame.
    pub fn judge_shown(&mut self) {
        let Some(id) = self.selection.shown() else { return };
        let Some(mut form) = self.forms.remove(&id) else { return };
        form.judge(false, &|name| self.name_taken(id, name));
        self.forms.insert(id, form);
    }

    /// A form without edits that is not shown can be rebuilt at any time.
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

/// The result for a tested form says nothing about a form with other input.
pub fn still_says_something(finished: &Finished, now: &Connection, secret_typed: bool) -> bool {
    same_target(&finished.tested, now) && (!secret_typed || finished.typed_secret)
}
