//! An engine for tests of the window: keeps everything in memory and answers when the test says so.

#![expect(clippy::unnecessary_wraps, reason = "each answers a request with its outcome")]

pub mod activity;
pub mod admin;
pub mod export;
pub mod import;
mod profiles;
mod samples;
mod sign_in;
mod testing;
mod tokens;
mod vault;

use std::{
    cell::RefCell,
    collections::{HashMap, VecDeque},
    rc::Rc,
    sync::Arc,
    time::Duration,
};

use jiff::Timestamp;
use secrecy::{ExposeSecret as _, SecretString};

pub use samples::*;
use sign_in::RunningSignIn;
use testing::RunningTest;

use super::EnginePort;
use brickpass_core::{
    connection::{
        AuthKind, Connection, ConnectionId, Draft, EnteredFor, EnvironmentKind, LastTest, LevelKind, Reviewed, SecretKind, Status,
    },
    failure::{Code, Failure, Remedy},
};
use brickpass_databricks::{
    check::{Progress, Report, Step, StepReport},
    rest::{AccountWorkspace, Cluster, ClusterState, NewToken, Token, TokenRequest},
};
use brickpass_engine::{
    AddWorkspaces, Ask, ClearClipboard, CopySecret, CopyStored, DescribeSecret, DescribeSignIn, Duplicate, Event, Found, GenerateToken,
    KeepClipboard, ListTokens, ListWorkspaces, OpenDemo, OpenInBrowser, ProbeVault, Purge, Purged, Recover, Recovery, Refresh,
    RememberWindow, Remove, RemovedTokens, Request, Restore, RevealSecret, Revocation, RevokeTokens, RevokedTokens, RotateToken, Rotated,
    Save, SaveOutcome, SaveSettings, SettingsSaved, SignIn, SignInStep, SignOut, SignedIn, SignedOut, Start, StoreSignIns, StoredSecret,
    Then, TokenList, UnlockVault, UnsavedSignIns, UseToken,
};
use brickpass_storage::{Entry, Mode, Revision, Settings, Snapshot, VaultHome, VaultStatus, WindowMemory};

pub struct Inner {
    pub entries: Vec<Entry>,
    pub secrets: HashMap<(ConnectionId, SecretKind), SecretString>,
    /// For secrets whose connection was saved later: the address that they were entered for.
    pub entered_for: HashMap<(ConnectionId, SecretKind), EnteredFor>,
    pub commands: VecDeque<Ask>,
    pub events: VecDeque<Event>,
    /// Every request ever sent, as text.
    pub log: Vec<String>,
    pub running: Vec<RunningTest>,
    /// Tests answer at once when told to run; else they stay running.
    pub tests_answer: bool,
    pub test_failure: Option<Failure>,
    pub vault: Option<VaultStatus>,
    pub save_failure: Option<Failure>,
    /// Saves are answered only when they are cancelled, as with a keyring that does not answer.
    pub saves_hang: bool,
    pub settings: Settings,
    pub window: WindowMemory,
    /// Running sign-ins; they advance when the test says so.
    pub sign_ins: Vec<RunningSignIn>,
    pub cancelled_tests: usize,
    pub cancelled_sign_ins: usize,
    /// The answers to their questions.
    pub answers: Vec<bool>,
    pub signed_in: HashMap<ConnectionId, SignIn>,
    pub workspaces: Result<Vec<AccountWorkspace>, Failure>,
    /// The error that the vault returns.
    pub unsaved_sign_ins: (Vec<ConnectionId>, Option<Failure>),
    /// Addresses that were pasted into a sign-in.
    pub pasted: Vec<SecretString>,
    /// The content of the clipboard, and until which second.
    pub holds: Option<(String, i64)>,
    /// All users' tokens.
    pub tokens: Vec<Token>,
    pub in_use: Option<String>,
    /// What an interrupted rotation left behind.
    pub left_over: Vec<String>,
    pub longest_days: Option<u32>,
    /// The last request to create or rotate a token.
    pub token_request: Option<TokenRequest>,
    /// The results of listing, creating, using and rotating, and of revoking these tokens.
    pub token_failure: Option<Failure>,
    pub irrevocable: Vec<String>,
    /// The result for the tokens of removed connections.
    pub removed_tokens: RemovedTokens,
    hung_saves: Vec<Ask>,
    /// The names of removed connections whose tokens were to be revoked.
    pub revoked_when_purged: Vec<String>,
    /// Creating and rotating are answered only when the test says so.
    pub tokens_wait: bool,
    generating: Option<Then<NewToken>>,
    pub recorded: activity::Recorded,
    pub admin_data: admin::FakeAdmin,
    pub around: import::Around,
    pub tools: export::FakeTools,
}

impl Default for Inner {
    fn default() -> Self {
        Self {
            entries: Vec::new(),
            secrets: HashMap::new(),
            entered_for: HashMap::new(),
            commands: VecDeque::new(),
            events: VecDeque::new(),
            log: Vec::new(),
            running: Vec::new(),
            tests_answer: false,
            test_failure: None,
            vault: None,
            save_failure: None,
            saves_hang: false,
            settings: Settings::default(),
            window: WindowMemory::default(),
            sign_ins: Vec::new(),
            cancelled_tests: 0,
            cancelled_sign_ins: 0,
            answers: Vec::new(),
            signed_in: HashMap::new(),
            workspaces: Ok(Vec::new()),
            unsaved_sign_ins: (Vec::new(), None),
            pasted: Vec::new(),
            holds: None,
            tokens: Vec::new(),
            in_use: None,
            left_over: Vec::new(),
            longest_days: None,
            token_request: None,
            token_failure: None,
            irrevocable: Vec::new(),
            removed_tokens: RemovedTokens::default(),
            hung_saves: Vec::new(),
            revoked_when_purged: Vec::new(),
            tokens_wait: false,
            generating: None,
            recorded: activity::Recorded::default(),
            admin_data: admin::FakeAdmin::default(),
            around: import::Around::default(),
            tools: export::FakeTools::default(),
        }
    }
}

#[derive(Clone, Default)]
pub struct FakeEngine(pub Rc<RefCell<Inner>>);

impl FakeEngine {
    pub fn with(connections: &[Connection]) -> Self {
        let engine = Self::default();
        engine.0.borrow_mut().entries = snapshot(connections).entries.clone();
        engine.0.borrow_mut().tests_answer = true;
        engine
    }

    pub fn port(&self) -> EnginePort {
        let (outbox, inbox) = (self.clone(), self.clone());
        EnginePort {
            send: Box::new(move |command| {
                let mut inner = outbox.0.borrow_mut();
                inner.log.push(format!("{command:?}").chars().take(60).collect());
                inner.commands.push_back(command);
            }),
            next: Box::new(move || inbox.0.borrow_mut().events.pop_front()),
        }
    }

    pub fn log(&self) -> Vec<String> {
        self.0.borrow().log.clone()
    }

    pub fn sent(&self, start: &str) -> usize {
        self.0.borrow().log.iter().filter(|line| line.starts_with(start)).count()
    }

    pub fn tell(&self, event: Event) {
        self.0.borrow_mut().events.push_back(event);
    }

    /// Handles all pending requests.
    pub fn work(&self) {
        let mut inner = self.0.borrow_mut();
        while let Some(ask) = inner.commands.pop_front() {
            inner.answer(ask);
        }
        inner.end_what_is_cancelled();
        inner.hear_sign_ins();
    }

    /// Handles one request.
    pub fn work_once(&self) {
        let mut inner = self.0.borrow_mut();
        if let Some(ask) = inner.commands.pop_front() {
            inner.answer(ask);
        }
    }
}

impl Inner {
    pub fn tell_library(&mut self) {
        let entries = self.entries.clone();
        self.events.push_back(Event::Library(Arc::new(Snapshot {
            entries,
            tombstones: Vec::new(),
            mode: Mode::Writable,
            notices: Vec::new(),
        })));
    }

    /// For the address that the connection had when its secret was stored.
    fn entered_for(&self, id: ConnectionId, kind: SecretKind) -> Option<EnteredFor> {
        let saved = || self.entries.iter().find(|entry| entry.connection.id == id);
        self.entered_for.get(&(id, kind)).cloned().or_else(|| EnteredFor::of(&saved()?.connection, kind))
    }

    /// Called before a save: a stored secret keeps the address that it was entered for.
    fn note_entered_for(&mut self, existing: Option<usize>, reviewed: &Reviewed) {
        let id = reviewed.connection.id;
        for kind in [SecretKind::PersonalAccessToken, SecretKind::ClientSecret] {
            let before = existing.and_then(|at| EnteredFor::of(&self.entries[at].connection, kind));
            let now = reviewed.secret.as_ref().filter(|(put, _)| *put == kind).and_then(|_| EnteredFor::of(&reviewed.connection, kind));
            if let Some(now) = now {
                self.entered_for.insert((id, kind), now);
            } else if let Some(before) = before {
                self.entered_for.entry((id, kind)).or_insert(before);
            }
        }
    }

    fn save(&mut self, Save { reviewed, base }: Save) -> Result<SaveOutcome, Failure> {
        let reviewed = *reviewed;
        let id = reviewed.connection.id;
        if let Some(failure) = self.save_failure.clone() {
            return Err(failure);
        }
        let existing = self.entries.iter().position(|entry| entry.connection.id == id);
        let theirs = existing.map(|at| self.entries[at].clone());
        if theirs.as_ref().map(|entry| entry.revision) != base {
            let failure = Failure::new(Code::Conflict, "Changed elsewhere.", "Another window.", "Choose.");
            return Ok(SaveOutcome::Conflict { failure, theirs: theirs.map(Box::new) });
        }
        self.note_entered_for(existing, &reviewed);
        let entry = Entry { connection: reviewed.connection, revision: Revision(base.map_or(1, |base| base.0 + 1)) };
        match existing {
            Some(at) => self.entries[at] = entry,
            None => self.entries.push(entry),
        }
        if let Some((kind, secret)) = reviewed.secret {
            self.secrets.insert((id, kind), secret);
        }
        self.tell_library();
        Ok(SaveOutcome::Saved)
    }

    fn duplicate(&mut self, Duplicate { source, copy }: Duplicate) -> Result<SaveOutcome, Failure> {
        for kind in SecretKind::ALL {
            if let Some(secret) = self.secrets.get(&(source, kind)).cloned() {
                self.secrets.insert((copy.id, kind), secret);
            }
        }
        self.entries.push(Entry { connection: *copy, revision: Revision(1) });
        self.tell_library();
        Ok(SaveOutcome::Saved)
    }

    fn start(&mut self, _: Start) -> Result<(), Failure> {
        self.events.push_back(Event::Settings {
            settings: self.settings.clone(),
            window: self.window.clone(),
            vault_from_environment: false,
            vault_file_exists: false,
            problem: None,
        });
        self.tell_library();
        self.tell_vault();
        Ok(())
    }

    fn remove(&mut self, Remove { ids }: Remove) -> Result<Vec<Entry>, Failure> {
        let (gone, kept) = std::mem::take(&mut self.entries).into_iter().partition(|entry| ids.contains(&entry.connection.id));
        self.entries = kept;
        self.tell_library();
        Ok(gone)
    }

    fn restore(&mut self, Restore { entries }: Restore) -> Result<(), Failure> {
        self.entries.extend(entries);
        self.tell_library();
        Ok(())
    }

    fn purge(&mut self, Purge { ids, revoke }: Purge) -> Result<Purged, Failure> {
        self.secrets.retain(|(id, _), _| !ids.contains(id));
        self.revoked_when_purged.extend(revoke.iter().map(|connection| connection.name.as_str().to_owned()));
        Ok(Purged { ids, revocation: Revocation::Revoked, tokens: self.removed_tokens.clone(), failure: None })
    }

    fn answer_connections(&mut self, ask: Ask) -> Option<Ask> {
        let ask = self.on(ask, Self::start)?;
        let ask = self.on(ask, |inner, Refresh| {
            inner.tell_library();
            Ok(())
        })?;
        if self.saves_hang && ask.of::<Save>().is_some() {
            self.hung_saves.push(ask);
            return None;
        }
        let ask = self.on(ask, Self::save)?;
        let ask = self.on(ask, Self::duplicate)?;
        let ask = self.on(ask, Self::remove)?;
        let ask = self.on(ask, Self::restore)?;
        self.on(ask, Self::purge)
    }

    /// Answers a request of this type; returns any other.
    fn on<R: Request>(&mut self, ask: Ask, answer: impl FnOnce(&mut Self, R) -> Result<R::Answer, Failure>) -> Option<Ask> {
        if ask.of::<R>().is_none() {
            return Some(ask);
        }
        let (request, then) = ask.open::<R>()?;
        let outcome = answer(self, request);
        self.events.push_back(Event::Answer(then(outcome)));
        None
    }

    fn answer(&mut self, ask: Ask) {
        let ask = self.answer_connections(ask);
        let ask = ask.and_then(|ask| self.answer_tests(ask));
        let ask = ask.and_then(|ask| self.answer_sign_in(ask));
        let ask = ask.and_then(|ask| self.answer_tokens(ask));
        let ask = ask.and_then(|ask| self.answer_profiles(ask));
        let ask = ask.and_then(|ask| self.answer_import_request(ask));
        let ask = ask.and_then(|ask| self.answer_admin(ask));
        let ask = ask.and_then(|ask| self.answer_accounts(ask));
        let ask = ask.and_then(|ask| self.answer_export(ask));
        let ask = ask.and_then(|ask| self.answer_activity(ask));
        let ask = ask.and_then(|ask| self.answer_vault(ask));
        let ask = ask.and_then(|ask| self.answer_effective(ask));
        let ask = ask.and_then(|ask| self.answer_backup(ask));
        assert!(ask.is_none(), "no answer for {ask:?}");
    }
}
