//! An engine for tests of the window: keeps everything in memory, answers when it is told to.

use std::{
    cell::RefCell,
    collections::{HashMap, VecDeque},
    rc::Rc,
    sync::Arc,
    time::Duration,
};

use jiff::Timestamp;
use secrecy::{ExposeSecret as _, SecretString};

use super::{Wires, fake_engine_activity::Recorded};
use crate::{
    check::{Progress, Report, Step, StepReport},
    connection::{AuthKind, Connection, ConnectionId, Draft, EnvironmentKind, LastTest, LevelKind, SecretKind, Status},
    databricks::{AccountWorkspace, Cluster, ClusterState, NewToken, Token, TokenRequest},
    engine::{Command, Event, Found, Rotated, RunId, SignIn, SignInPlace, SignInStep, SignedIn, StoredSecret, TokenList},
    failure::{Code, Failure, Remedy},
    storage::{Entry, Mode, Revision, Settings, Snapshot, VaultHome, VaultStatus, WindowMemory},
};

pub fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_790_000_000 + second).unwrap()
}

/// A connection as the form makes it.
pub fn connection(name: &str, change: impl FnOnce(&mut Draft)) -> Connection {
    let mut draft = Draft::new(ConnectionId::random());
    draft.name = name.to_owned();
    draft.base_url = "https://adb-1234567890123456.7.azuredatabricks.net".to_owned();
    change(&mut draft);
    draft.review(&|_| false).result.unwrap_or_else(|| panic!("{:?}", draft.review(&|_| false).remarks)).connection
}

pub fn production(name: &str) -> Connection {
    connection(name, |draft| draft.environment = EnvironmentKind::Production)
}

pub fn snapshot(connections: &[Connection]) -> Arc<Snapshot> {
    let entries = connections.iter().map(|connection| Entry { connection: connection.clone(), revision: Revision(1) }).collect();
    Arc::new(Snapshot { entries, tombstones: Vec::new(), mode: Mode::Writable, notices: Vec::new() })
}

pub fn ok_report() -> Report {
    let step = |step, started, ms| StepReport {
        step,
        ok: true,
        started: Duration::from_millis(started),
        duration: Duration::from_millis(ms),
        detail: None,
    };
    let cluster = |name: &str, state| Cluster { id: name.to_owned(), name: name.to_owned(), state };
    Report {
        state: Status::Ok,
        duration: Duration::from_millis(182),
        steps: vec![
            step(Step::Dns, 0, 4),
            step(Step::Authentication, 4, 100),
            step(Step::Identity, 104, 26),
            step(Step::Clusters, 130, 52),
        ],
        user: Some("you@example.com".to_owned()),
        workspace_id: Some("1234567890123456".to_owned()),
        workspaces: None,
        clusters: Some(vec![
            cluster("nightly-etl", ClusterState::Running),
            cluster("adhoc", ClusterState::Terminated),
            cluster("ml-gpu", ClusterState::Pending),
        ]),
        failure: None,
        hints: Vec::new(),
    }
}

pub fn unauthorized() -> Failure {
    Failure::new(
        Code::Unauthorized,
        "The workspace does not accept this token.",
        "It has probably expired or been revoked.",
        "Generate a new one.",
    )
    .with_remedy(Remedy::ReplaceSecret)
    .with_details("HTTP 401 {\"error_code\":\"401\"}")
}

/// The sign-in page of a fake sign-in.
pub const LINK: &str = "https://adb-1234567890123456.7.azuredatabricks.net/oidc/v1/authorize?state=key";

/// Signed in at second 0, for an hour.
pub fn sign_in(user: &str) -> SignIn {
    SignIn { user: user.to_owned(), since: at(0), expires_at: Some(at(3600)), renews: true }
}

/// A connection that signs in through the browser.
pub fn browser(name: &str) -> Connection {
    connection(name, |draft| draft.auth = AuthKind::Browser)
}

/// A connection to an account.
pub fn account(name: &str) -> Connection {
    connection(name, |draft| {
        draft.auth = AuthKind::Browser;
        draft.level = LevelKind::Account;
        draft.base_url = "https://accounts.azuredatabricks.net".to_owned();
        draft.account_id = "12345678-90ab-cdef-1234-567890abcdef".to_owned();
    })
}

/// What every token is worth that is made here.
pub fn new_value() -> String {
    format!("dapi{}3f9c", "0123456789abcdef".repeat(2).get(..28).unwrap_or_default())
}

/// `days` from second 0 on; `None` never expires.
pub fn token(id: &str, comment: &str, created: i64, expires: Option<i64>) -> Token {
    let day = |days: i64| at(days * 86_400);
    Token {
        id: id.to_owned(),
        comment: comment.to_owned(),
        created_at: Some(day(created)),
        expires_at: expires.map(day),
        last_used: None,
        scopes: Vec::new(),
    }
}

pub const PLANNED: [Step; 4] = [Step::Dns, Step::Authentication, Step::Identity, Step::Clusters];

pub struct Inner {
    pub entries: Vec<Entry>,
    pub secrets: HashMap<(ConnectionId, SecretKind), SecretString>,
    pub commands: VecDeque<Command>,
    pub events: VecDeque<Event>,
    /// Every command ever sent, in words.
    pub log: Vec<String>,
    pub running: Vec<(RunId, Connection)>,
    /// Tests answer at once when told to run; else they stay running.
    pub tests_answer: bool,
    pub test_failure: Option<Failure>,
    pub vault: Option<VaultStatus>,
    pub save_failure: Option<Failure>,
    pub settings: Settings,
    pub window: WindowMemory,
    /// Sign-ins that run; they go on when told to.
    pub sign_ins: Vec<(RunId, Connection, SignInPlace)>,
    /// What was answered to their questions.
    pub answers: Vec<bool>,
    pub signed_in: HashMap<ConnectionId, SignIn>,
    pub workspaces: Result<Vec<AccountWorkspace>, Failure>,
    /// What the vault does not take.
    pub unsaved_sign_ins: (Vec<ConnectionId>, Option<Failure>),
    /// What is on the clipboard, and until which second.
    pub holds: Option<(String, i64)>,
    /// The tokens of everybody.
    pub tokens: Vec<Token>,
    pub in_use: Option<String>,
    pub longest_days: Option<u32>,
    /// What was asked for last, to be made or to replace another.
    pub token_request: Option<TokenRequest>,
    /// What listing, making, using and replacing come to, and revoking these.
    pub token_failure: Option<Failure>,
    pub irrevocable: Vec<String>,
    /// Making and replacing answer only when told to.
    pub tokens_wait: bool,
    pub recorded: Recorded,
    pub office: super::fake_engine_admin::FakeOffice,
    pub around: super::fake_engine_import::Around,
    pub tools: super::fake_engine_export::FakeTools,
}

impl Default for Inner {
    fn default() -> Self {
        Self {
            entries: Vec::new(),
            secrets: HashMap::new(),
            commands: VecDeque::new(),
            events: VecDeque::new(),
            log: Vec::new(),
            running: Vec::new(),
            tests_answer: false,
            test_failure: None,
            vault: None,
            save_failure: None,
            settings: Settings::default(),
            window: WindowMemory::default(),
            sign_ins: Vec::new(),
            answers: Vec::new(),
            signed_in: HashMap::new(),
            workspaces: Ok(Vec::new()),
            unsaved_sign_ins: (Vec::new(), None),
            holds: None,
            tokens: Vec::new(),
            in_use: None,
            longest_days: None,
            token_request: None,
            token_failure: None,
            irrevocable: Vec::new(),
            tokens_wait: false,
            recorded: Recorded::default(),
            office: super::fake_engine_admin::FakeOffice::default(),
            around: super::fake_engine_import::Around::default(),
            tools: super::fake_engine_export::FakeTools::default(),
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

    pub fn wires(&self) -> Wires {
        let (outbox, inbox) = (self.clone(), self.clone());
        Wires {
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

    /// Works off all commands that have come.
    pub fn work(&self) {
        let mut inner = self.0.borrow_mut();
        while let Some(command) = inner.commands.pop_front() {
            inner.answer(command);
        }
    }

    /// The sign-in that began last goes on by a step.
    pub fn sign_in_step(&self, step: SignInStep) {
        let mut inner = self.0.borrow_mut();
        let (run, id) = inner.sign_ins.last().map(|(run, owner, _)| (*run, owner.id)).unwrap();
        inner.events.push_back(Event::SignInProgress { run, id, step });
    }

    /// The browser is open (or not), the listener waits from second 0 on.
    pub fn sign_in_waits(&self, browser_opened: bool) {
        self.sign_in_step(SignInStep::CheckingVault);
        self.sign_in_step(SignInStep::Discovering);
        self.sign_in_step(SignInStep::Waiting { address: LINK.into(), port: 8020, until: at(300), browser_opened });
    }

    /// The sign-in that began last ends.
    pub fn sign_in_ends(&self, outcome: Result<&str, Failure>) {
        self.sign_in_ends_with(outcome.map(|user| SignedIn { sign_in: sign_in(user), hints: Vec::new(), found: None }));
    }

    pub fn sign_in_finds(&self, found: Found) {
        self.sign_in_ends_with(Ok(SignedIn { sign_in: sign_in("priya@example.com"), hints: Vec::new(), found: Some(found) }));
    }

    pub fn sign_in_ends_with(&self, outcome: Result<SignedIn, Failure>) {
        let mut inner = self.0.borrow_mut();
        let (run, owner, _) = inner.sign_ins.pop().unwrap();
        if let Ok(signed_in) = &outcome {
            inner.signed_in.insert(owner.id, signed_in.sign_in.clone());
            inner.events.push_back(Event::History(vec![(owner.id, None)]));
        }
        inner.events.push_back(Event::SignInFinished { run, id: owner.id, outcome });
    }

    /// Works off one command.
    pub fn work_once(&self) {
        let mut inner = self.0.borrow_mut();
        if let Some(command) = inner.commands.pop_front() {
            inner.answer(command);
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

    fn tell_vault(&mut self) {
        let status = self.vault.clone().unwrap_or(VaultStatus::Ready { place: "GNOME Keyring".to_owned() });
        self.events.push_back(Event::Vault { home: VaultHome::Keyring, status });
    }

    fn stored(&self, id: ConnectionId, kind: SecretKind) -> StoredSecret {
        match self.secrets.get(&(id, kind)) {
            None => StoredSecret::Missing,
            Some(secret) => {
                let text = secret.expose_secret();
                let length = text.chars().count();
                StoredSecret::Stored { length, last_four: text.chars().skip(length.saturating_sub(4)).collect() }
            }
        }
    }

    fn hold(&mut self, what: String) {
        self.hold_until(what, 30);
    }

    fn hold_until(&mut self, what: String, seconds: i64) {
        self.holds = Some((what.clone(), seconds));
        self.events.push_back(Event::ClipboardHolds { what, until: at(seconds), guaranteed: true });
    }

    fn answer(&mut self, command: Command) {
        let Some(command) = self.answer_tools(command) else { return };
        match command {
            Command::Start => {
                self.events.push_back(Event::Settings {
                    settings: self.settings.clone(),
                    window: self.window.clone(),
                    vault_from_environment: false,
                    vault_file_exists: false,
                    problem: None,
                });
                self.tell_library();
                self.tell_vault();
            }
            Command::Refresh => self.tell_library(),
            Command::Save { reviewed, base } => {
                let id = reviewed.connection.id;
                if let Some(failure) = self.save_failure.clone() {
                    self.events.push_back(Event::SaveFailed { id, failure, theirs: None });
                    return;
                }
                let existing = self.entries.iter().position(|entry| entry.connection.id == id);
                let theirs = existing.map(|at| self.entries[at].clone());
                if theirs.as_ref().map(|entry| entry.revision) != base {
                    let failure = Failure::new(Code::Conflict, "Changed elsewhere.", "Another window.", "Choose.");
                    self.events.push_back(Event::SaveFailed { id, failure, theirs: theirs.map(Box::new) });
                    return;
                }
                let entry = Entry { connection: reviewed.connection, revision: Revision(base.map_or(1, |base| base.0 + 1)) };
                match existing {
                    Some(at) => self.entries[at] = entry,
                    None => self.entries.push(entry),
                }
                if let Some((kind, secret)) = reviewed.secret {
                    self.secrets.insert((id, kind), secret);
                }
                self.tell_library();
                self.events.push_back(Event::Saved { id });
            }
            Command::Duplicate { source, copy } => {
                let id = copy.id;
                for kind in SecretKind::ALL {
                    if let Some(secret) = self.secrets.get(&(source, kind)).cloned() {
                        self.secrets.insert((id, kind), secret);
                    }
                }
                self.entries.push(Entry { connection: *copy, revision: Revision(1) });
                self.tell_library();
                self.events.push_back(Event::Saved { id });
            }
            Command::Remove { ids } => {
                let (gone, kept) = std::mem::take(&mut self.entries).into_iter().partition(|entry| ids.contains(&entry.connection.id));
                self.entries = kept;
                self.tell_library();
                self.events.push_back(Event::Removed { entries: gone });
            }
            Command::Restore { entries } => {
                let ids = entries.iter().map(|entry| entry.connection.id).collect();
                self.entries.extend(entries);
                self.tell_library();
                self.events.push_back(Event::Restored { ids });
            }
            Command::Purge { ids } => self.secrets.retain(|(id, _), _| !ids.contains(id)),
            Command::Test { run, connection, .. } => {
                if self.tests_answer {
                    self.finish(run, &connection);
                } else {
                    self.running.push((run, *connection));
                }
            }
            Command::Cancel { run } => self.running.retain(|(running, _)| *running != run),
            Command::DescribeSecret { id, kind } => {
                let stored = self.stored(id, kind);
                self.events.push_back(Event::SecretDescribed { id, kind, stored });
            }
            Command::RevealSecret { id, kind } => {
                if let Some(secret) = self.secrets.get(&(id, kind)).cloned() {
                    self.events.push_back(Event::SecretRevealed { id, kind, secret });
                }
            }
            Command::ProbeVault => self.tell_vault(),
            Command::UnlockVault { passphrase } => {
                if passphrase.expose_secret() == "open sesame" {
                    self.vault = Some(VaultStatus::Ready { place: "the encrypted file".to_owned() });
                    self.tell_vault();
                } else {
                    let failure = Failure::new(Code::WrongPassphrase, "That is not the passphrase.", "", "Try again.");
                    self.events.push_back(Event::Failed { about: None, failure });
                }
            }
            Command::SaveSettings { settings, .. } => {
                self.settings = settings.clone();
                self.events.push_back(Event::SettingsSaved { settings, moved_secrets: 0 });
            }
            Command::ReadActivity | Command::ExportActivity { .. } | Command::Diagnose | Command::SaveDiagnostics { .. } => {
                self.answer_activity(command);
            }
            Command::RememberWindow(memory) => self.window = memory,
            Command::OpenInBrowser { .. } | Command::OpenSignInPage { .. } | Command::OpenDemo | Command::Recover(_) | Command::Stop => {}
            signing_in => self.answer_sign_in(signing_in),
        }
    }

    fn answer_copying(&mut self, command: Command) {
        match command {
            Command::CopySecret { what, .. } => self.hold(what),
            Command::CopyStored { id, kind } if self.secrets.contains_key(&(id, kind)) => {
                self.hold(if kind == SecretKind::ClientSecret { "client secret" } else { "access token" }.to_owned());
            }
            Command::ClearClipboard => {
                self.holds = None;
                self.events.push_back(Event::ClipboardCleared { taken_over: false });
            }
            Command::KeepClipboard => {
                if let Some((what, until)) = self.holds.take() {
                    self.hold_until(what, until + 30);
                }
            }
            other => self.answer_tokens(other),
        }
    }

    fn answer_sign_in(&mut self, command: Command) {
        match command {
            Command::SignIn { run, owner, place, .. } => self.sign_ins.push((run, *owner, place)),
            Command::AnswerSignIn { yes, .. } => self.answers.push(yes),
            Command::CancelSignIn { run } => self.sign_ins.retain(|(running, ..)| *running != run),
            Command::SignOut { id } => {
                self.signed_in.remove(&id);
                self.events.push_back(Event::SignedOut { id });
            }
            Command::DescribeSignIn { id } => {
                let outcome = Ok(self.signed_in.get(&id).cloned());
                self.events.push_back(Event::SignInDescribed { id, outcome });
            }
            Command::ListWorkspaces { id } => {
                let outcome = self.workspaces.clone();
                self.events.push_back(Event::Workspaces { id, outcome });
            }
            Command::AddWorkspaces { connections } => {
                if let Some(failure) = self.save_failure.clone() {
                    self.events.push_back(Event::Failed { about: None, failure });
                    return;
                }
                let ids = connections.iter().map(|connection| connection.id).collect();
                self.entries.extend(connections.into_iter().map(|connection| Entry { connection, revision: Revision(1) }));
                self.tell_library();
                self.events.push_back(Event::WorkspacesAdded { ids });
            }
            Command::StoreSignIns => {
                let (ids, failure) = self.unsaved_sign_ins.clone();
                self.events.push_back(Event::SignInsUnsaved { ids, failure });
            }
            copying => self.answer_copying(copying),
        }
    }

    fn answer_tokens(&mut self, command: Command) {
        let failure = self.token_failure.clone();
        match command {
            Command::ListTokens { id } => {
                let list = TokenList { tokens: self.tokens.clone(), in_use: self.in_use.clone(), longest_days: self.longest_days };
                self.events.push_back(Event::Tokens { id, outcome: failure.map_or(Ok(list), Err) });
            }
            Command::GenerateToken { run, id, request } => {
                self.token_request = Some(request.clone());
                if self.tokens_wait {
                    return;
                }
                let outcome = failure.map_or_else(|| Ok(self.make_token(&request)), Err);
                self.events.push_back(Event::TokenGenerated { run, id, outcome });
            }
            Command::UseToken { id, new } => {
                if failure.is_none() {
                    self.in_use = Some(new.token.id.clone());
                    self.secrets.insert((id, SecretKind::PersonalAccessToken), new.value.clone());
                }
                self.events.push_back(Event::TokenUsed { id, outcome: failure.map_or(Ok(()), Err) });
            }
            Command::RevokeTokens { id, token_ids } => {
                let (kept, revoked): (Vec<String>, Vec<String>) = token_ids.into_iter().partition(|id| self.irrevocable.contains(id));
                self.tokens.retain(|token| !revoked.contains(&token.id));
                let failed = kept.into_iter().map(|id| (id, unauthorized())).collect();
                self.events.push_back(Event::TokensRevoked { id, revoked, failed });
            }
            Command::RotateToken { run, id, request } => {
                self.token_request = Some(request.clone());
                let outcome = if let Some(failure) = failure {
                    Err(failure)
                } else {
                    let old = self.in_use.take();
                    let new = self.make_token(&request);
                    self.in_use = Some(new.token.id.clone());
                    let old_remains = old.clone().filter(|old| self.irrevocable.contains(old)).map(|_| unauthorized());
                    if old_remains.is_none() {
                        self.tokens.retain(|token| Some(&token.id) != old.as_ref());
                    }
                    Ok(Rotated { token: new.token, old_remains })
                };
                self.events.push_back(Event::TokenRotated { run, id, outcome });
            }
            Command::Admin { run, id, request } => self.answer_admin(run, id, request),
            other => self.answer_import(other),
        }
    }

    pub fn make_token(&mut self, request: &TokenRequest) -> NewToken {
        let number = self.tokens.len() + 1;
        let expires_at = request.lifetime.map(|lifetime| at(0) + lifetime);
        let token = Token {
            id: format!("new{number}"),
            comment: request.comment.clone(),
            created_at: Some(at(0)),
            expires_at,
            last_used: None,
            scopes: request.scopes.clone(),
        };
        self.tokens.push(token.clone());
        NewToken { value: new_value().into(), token }
    }

    pub fn finish(&mut self, run: RunId, connection: &Connection) {
        let id = connection.id;
        let report = match self.test_failure.clone() {
            Some(failure) => Report { duration: Duration::from_millis(90), ..Report::not_begun(Status::SignIn, failure) },
            None => ok_report(),
        };
        self.events.push_back(Event::TestProgress { run, id, progress: Progress::Planned(PLANNED.to_vec()) });
        for step in &report.steps {
            self.events.push_back(Event::TestProgress { run, id, progress: Progress::StepStarted(step.step) });
            self.events.push_back(Event::TestProgress { run, id, progress: Progress::StepFinished(step.clone()) });
        }
        if self.entries.iter().any(|entry| entry.connection == *connection) {
            let last = LastTest { state: report.state, tested_at: at(0), duration_ms: 182 };
            self.events.push_back(Event::History(vec![(id, Some(last))]));
        }
        self.events.push_back(Event::TestFinished { run, id, tested_at: at(0), report: Box::new(report) });
    }
}
