//! All that the window knows. Events and the person's intents change it; both are plain functions that answer with commands.

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
mod sheet;
mod signed_in;
mod signing_in;
#[cfg(test)]
mod signing_in_tests;
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
    Admin, AdminDialog, AdminSection, AdminTroubleKind, Confirm, MAXIMUM_DAYS, NewPrincipal, NewSecret, Office, PrincipalColumn,
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
pub use export::{Export, FormRow, FormValue, Handover, Hidden, IncludeSecret, SaveExport, Tool};
pub use importing::{
    CameIn, Fate, From as ImportFrom, ImportRow, ImportTable, Importing, Moving, MovingStage, Stage as ImportStage, Undo as ImportUndo,
};
pub use list::{ITEM_HEIGHT, Item, List, Row, Section};
pub use name_to_type::NameToType;
pub use page::Page;
pub use profiles::{Intent, Profiles, Publishing};
pub use remote::{Asked as AskedOf, Remote};
pub use removal::{Removal, UNDO};
pub use selection::Selection;
pub use sheet::{Record, Sheet};
pub use signing_in::{Attempt, Door, LONELY, Paste, SignIns, Stage};
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

/// Something to tell in passing. The window hands it to the toasts.
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
    /// Forms with edits, and the one that is shown. In the order of their ids, so that nothing depends on chance.
    forms: BTreeMap<ConnectionId, Editing>,
    history: HashMap<ConnectionId, LastTest>,
    pub tests: Tests,
    pub sign_ins: SignIns,
    pub tokens: Tokens,
    pub expiry: Expiry,
    pub activity: ActivityLog,
    /// The activity of all connections is shown by itself, as long as nothing else is selected than was then.
    activity_alone: Option<Vec<ConnectionId>>,
    /// Where files are saved unless the person says otherwise.
    pub save_folder: Option<PathBuf>,
    pub admin: Admin,
    pub export: Export,
    pub profiles: Profiles,
    /// What was imported is read: what the fields still hold of it is to be wiped.
    pub wipe_import: bool,
    counts: Option<Counts>,
    pub vault: Remote<(VaultHome, VaultStatus)>,
    secrets: HashMap<(ConnectionId, SecretKind), Remote<StoredSecret>>,
    revealed: Option<(ConnectionId, SecretKind, SecretString, Timestamp)>,
    /// A secret that is on the clipboard.
    copied: Option<Copied>,
    pub settings: Settings,
    /// In which times of day are told.
    pub zone: Zone,
    pub settings_known: bool,
    pub vault_from_environment: bool,
    /// An encrypted file is there already: its passphrase is asked for, not chosen.
    pub vault_file_exists: bool,
    pub window: WindowMemory,
    removals: Vec<Removal>,
    last_removal: u64,
    pub notices: Vec<Notice>,
    pub dialog: Option<Dialog>,
    /// The result of a test is to be brought into view: it was asked for (`true`), or it grew where it may be in view (`false`).
    pub show_test: Option<bool>,
    /// The field that the form is to show and focus.
    pub focus: Option<Field>,
    /// Pressed in the panel of the test, and done when it is drawn.
    pub later: Option<Later>,
    /// The list is to bring the selected row into view.
    pub reveal_selected: bool,
    /// Selected as soon as it is in the list.
    select_when_listed: Option<ConnectionId>,
    closing: Closing,
    /// Their secrets are saved: what the fields still hold of them is to be wiped.
    pub wipe: Vec<ConnectionId>,
    /// When this window heard the first event, and when it saved each connection last.
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

/// What a button in the panel of the test asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Later {
    TryAgain,
    SignIn,
    AddWorkspaces,
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

/// Why what was asked for in the settings was not done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SettingsProblem {
    pub words: String,
    /// Said below the passphrase, which is to be typed again.
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

    /// The environment as it is typed, else as it is saved.
    pub fn environment_of(&self, id: ConnectionId) -> Cow<'_, Environment> {
        match (self.forms.get(&id), self.entry(id)) {
            (Some(form), _) => Cow::Owned(form.draft.environment_as_typed()),
            (None, Some(entry)) => Cow::Borrowed(&entry.connection.environment),
            (None, None) => Cow::Owned(Environment::default()),
        }
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

    /// A secret is stored, and it was entered for another address or service principal than what the form (or the list) says now: it is not
    /// used, and counts as not there. For what it was entered, in words.
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
            (_, VaultStatus::Unavailable(_) | VaultStatus::Lost { .. }) => None,
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
