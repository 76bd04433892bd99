//! The engine's thread: its runtime, what its parts share, and the loop that hands each command to the part that does it.

use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock},
    time::Duration,
};

use jiff::Timestamp;
use tokio::sync::mpsc;

use super::{
    Command, Event, Places, activity, cli_tokens, copies::Copies, importing, lane, owner, publish, reminders, request::RunningRequests,
    saves, signing_in, testing,
};
use brickpass_core::{
    connection::{ConnectionId, SecretKind},
    failure::{Code, Failure},
};
use brickpass_databricks::{
    rest::{Http, HttpSettings},
    session::{Sessions, Surroundings},
};
use brickpass_storage::{
    CliTokens, Deed, FirstAddresses, History, Journal, Library, Reminders, Settings, SettingsFile, TokenNotes, Vault, VaultConfig,
    VaultContext, VaultNotice, WindowFile,
};

/// More names in a sentence help nobody.
const MOST_NAMES: usize = 5;

/// How long saves may take after the window has closed.
const LAST_SAVES: Duration = Duration::from_secs(150);

/// A renewal's own limit is 28 s.
const LAST_RENEWALS: Duration = Duration::from_secs(30);

/// A rotation is five requests of at most half a minute each, and its answers are seldom lost. So it is with what an administrator changes.
const LAST_TOKENS: Duration = Duration::from_secs(180);

/// A keyring's limit is 3 s an operation; a renewal goes on below.
const LAST_CLI_TOKENS: Duration = Duration::from_secs(15);

/// The record of what was done last.
const LAST_DEEDS: Duration = Duration::from_secs(3);

/// Where events go. Each wakes whoever listens.
#[derive(Clone)]
pub(super) struct Outbox {
    events: mpsc::UnboundedSender<Event>,
    wake: Arc<dyn Fn() + Send + Sync>,
    observer: Option<activity::Observer>,
    bell: reminders::Bell,
    cli_bell: cli_tokens::Bell,
}

impl Outbox {
    pub(super) fn new(events: mpsc::UnboundedSender<Event>, wake: Arc<dyn Fn() + Send + Sync>) -> Self {
        Self { events, wake, observer: None, bell: reminders::Bell::default(), cli_bell: cli_tokens::Bell::default() }
    }

    /// From now on, what is sent is also seen by `observer`.
    fn observed(self, observer: activity::Observer) -> Self {
        Self { observer: Some(observer), ..self }
    }

    pub(super) fn observer(&self) -> Option<&activity::Observer> {
        self.observer.as_ref()
    }

    /// A stored secret is on the clipboard, which no event tells of together with its connection.
    pub(super) fn copied(&self, id: ConnectionId, kind: SecretKind) {
        if let Some(observer) = &self.observer {
            observer.copied(id, kind);
        }
    }

    /// Done to a connection, and told by an event that does not name it.
    pub(super) fn done(&self, id: ConnectionId, what: Deed, failed: Option<Code>, detail: Option<String>) {
        if let Some(observer) = &self.observer {
            observer.done(id, what, failed, detail);
        }
    }

    /// Done, and told by the answer to a request.
    pub(super) fn record(&self, done: Vec<activity::Done>) {
        if let Some(observer) = &self.observer {
            observer.record(done);
        }
    }

    /// What decides about reminders has changed.
    pub(super) fn ring_reminders(&self) {
        self.bell.ring();
    }

    /// What Databricks' tools are given may have to change.
    pub(super) fn ring_cli_tokens(&self) {
        self.cli_bell.ring();
    }

    pub(super) fn send(&self, event: Event) {
        if let Some(observer) = &self.observer {
            observer.see(&event);
        }
        self.bell.hear(&event);
        let rings = cli_tokens::concerned_by(&event);
        // Nobody listens any more only while the program ends.
        let _ = self.events.send(event);
        // After it: what follows from an event is told after the event.
        if rings {
            self.cli_bell.ring();
        }
        (self.wake)();
    }
}

/// What the parts of the engine have in common.
pub(super) struct Shared {
    pub(super) places: Places,
    pub(super) library: Library,
    pub(super) history: History,
    pub(super) token_notes: TokenNotes,
    pub(super) journal: Journal,
    pub(super) reminders: Reminders,
    pub(super) publishing: publish::Publishing,
    pub(super) cli_tokens: CliTokens,
    pub(super) sessions: Sessions,
    pub(super) settings_file: SettingsFile,
    pub(super) window_file: WindowFile,
    pub(super) outbox: Outbox,
    pub(super) saves: saves::Saves,
    pub(super) copies: Copies,
    /// What can change while the engine runs: only the storage lane writes it.
    current: Arc<RwLock<Current>>,
    /// The last finished test of each connection, as it was tested: a save of the same keeps its result.
    pub(super) tested: Mutex<HashMap<ConnectionId, testing::Tested>>,
    /// The sign-ins that are not stored, as they were told last.
    unsaved: Mutex<Vec<ConnectionId>>,
    /// How the last import is taken back. The secrets that it replaced live here until then.
    pub(super) imported: Mutex<Option<importing::Undo>>,
    /// Held while an OAuth secret is created.
    pub(super) creating_secrets: tokio::sync::Mutex<()>,
}

#[derive(Clone)]
pub(super) struct Current {
    pub(super) settings: Settings,
    pub(super) vault: Vault,
    pub(super) http: Http,
}

impl Shared {
    fn new(places: Places, outbox: Outbox, changed: mpsc::UnboundedSender<ConnectionId>) -> (Self, Option<Failure>) {
        let settings_file = SettingsFile::new(&places.config_dir);
        let (settings, problem) = settings_file.load();
        let current = Current { vault: vault_for(&places, &settings), http: http_for(&places, &settings), settings };
        let current = Arc::new(RwLock::new(current));
        let shared = Self {
            sessions: Sessions::new(surroundings(&current, &places, changed)),
            library: Library::new(&places.config_dir, &places.state_dir),
            history: History::new(&places.state_dir),
            token_notes: TokenNotes::new(&places.state_dir),
            journal: Journal::new(&places.state_dir),
            reminders: Reminders::new(&places.state_dir),
            publishing: publish::Publishing::new(&places.state_dir),
            cli_tokens: CliTokens::new(&places.state_dir),
            window_file: WindowFile::new(&places.state_dir),
            current,
            tested: Mutex::default(),
            unsaved: Mutex::default(),
            imported: Mutex::default(),
            creating_secrets: tokio::sync::Mutex::default(),
            saves: saves::Saves::default(),
            copies: Copies::new(places.clipboard, outbox.clone()),
            settings_file,
            places,
            outbox,
        };
        (shared, problem)
    }

    pub(super) fn current(&self) -> Current {
        read(&self.current)
    }

    pub(super) fn replace_current(&self, current: Current) {
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = current;
    }

    pub(super) fn vault(&self) -> Vault {
        self.current().vault
    }

    /// How long a secret stays on the clipboard.
    pub(super) fn clipboard_time(&self) -> Duration {
        self.current().settings.clipboard_seconds.duration()
    }

    /// What a person should hear without having asked, a sentence or more each.
    pub(super) fn tell_attention(&self, words: Vec<String>) {
        if !words.is_empty() {
            self.outbox.send(Event::Attention { words });
        }
    }

    /// The encrypted file is another or an older one than was seen before, or a new one.
    pub(super) fn tell_of_vault(&self) {
        let words = |notice: &VaultNotice| match notice {
            VaultNotice::Created { .. } => format!("{notice}{}", self.without_secret().unwrap_or_default()),
            VaultNotice::Older { .. } | VaultNotice::Another { .. } => notice.to_string(),
        };
        self.tell_attention(self.vault().take_notices().iter().map(words).collect());
    }

    /// Of a new vault: the connections whose secret it does not hold. Another vault may have held it, and be lost without a trace.
    fn without_secret(&self) -> Option<String> {
        let held: HashSet<ConnectionId> = self.vault().entries().ok()?.into_iter().map(|id| id.connection).collect();
        let entries = self.library.load().ok()?.entries;
        let connections = entries.iter().map(|entry| &entry.connection);
        let without: Vec<&str> =
            connections.filter(|it| it.keeps_a_secret() && !held.contains(&it.id)).map(|it| it.name.as_str()).collect();
        let named = without.iter().take(MOST_NAMES).map(|name| format!("\"{name}\"")).collect::<Vec<_>>().join(", ");
        let more = without.len().saturating_sub(MOST_NAMES);
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        (!without.is_empty()).then(|| {
            format!(
                " It holds nothing for {named}{more}. If a secret was stored for them, the former vault is missing: put that file back in place \
                 of this one, or enter the secrets again."
            )
        })
    }

    pub(super) fn tested(&self) -> MutexGuard<'_, HashMap<ConnectionId, testing::Tested>> {
        self.tested.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes which sign-ins are not stored; says whether these are others than before.
    pub(super) fn unsaved_changed(&self, now: &[ConnectionId]) -> bool {
        let mut now = now.to_vec();
        now.sort_unstable();
        let mut told = self.unsaved.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::replace(&mut *told, now.clone()) != now
    }

    /// Hands an address to the browser: only web addresses, re-serialised, as one argument and never to a shell. Blocks.
    pub(super) fn open_url(&self, address: &str) -> bool {
        let Some(url) = url::Url::parse(address).ok().filter(|url| matches!(url.scheme(), "https" | "http")) else { return false };
        match &self.places.open_url {
            Some(open) => open(url.as_str()).is_ok(),
            None => open::that_detached(url.as_str()).is_ok(),
        }
    }

    pub(super) fn fail(&self, failure: Failure) {
        self.outbox.send(Event::Failed { about: None, failure });
    }

    /// What failed is recorded as something that was to be done to these connections.
    pub(super) fn fail_at(&self, what: Deed, ids: Vec<ConnectionId>, failure: Failure) {
        self.outbox.send(Event::Failed { about: Some((what, ids)), failure });
    }
}

fn read(current: &RwLock<Current>) -> Current {
    current.read().unwrap_or_else(PoisonError::into_inner).clone()
}

/// Sessions follow the settings.
fn surroundings(current: &Arc<RwLock<Current>>, places: &Places, changed: mpsc::UnboundedSender<ConnectionId>) -> Surroundings {
    let (for_vault, for_http) = (Arc::clone(current), Arc::clone(current));
    Surroundings {
        vault: Box::new(move || read(&for_vault).vault),
        http: Box::new(move || read(&for_http).http),
        clock: Box::new(Timestamp::now),
        state_dir: places.state_dir.clone(),
        patience: Surroundings::PATIENCE,
        changed: Box::new(move |id| {
            // Nobody listens any more only while the program ends.
            let _ = changed.send(id);
        }),
    }
}

/// The vault that the person (or the environment) has chosen. It knows where the secrets of older versions belong.
pub(super) fn vault_for(places: &Places, settings: &Settings) -> Vault {
    let configured = || {
        let config = VaultConfig { home: settings.vault, file: places.vault_file(), passphrase: None };
        Vault::of_installation(config, VaultContext { state_dir: Some(places.state_dir.clone()), ask: None })
    };
    let first_addresses = FirstAddresses::new(&places.config_dir, &places.state_dir);
    places.vault.clone().unwrap_or_else(configured).with_first_addresses(Arc::new(first_addresses))
}

pub(super) fn http_for(places: &Places, settings: &Settings) -> Http {
    Http::new(HttpSettings { ca_file: settings.ca_file.clone().or_else(|| places.ca_file.clone()), proxy: places.proxy.clone() })
}

/// Runs work that blocks off the async threads; a panic in it becomes a failure instead of silence.
pub(super) async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, Failure> {
    tokio::task::spawn_blocking(work).await.map_err(|_| crashed())
}

pub(super) fn crashed() -> Failure {
    Failure::new(
        Code::Internal,
        "Brickpass made a mistake while doing this.",
        "A part of it stopped unexpectedly; your connections and secrets are as they were before.",
        "Try again, and report it if it happens again.",
    )
}

/// The body of the engine's thread.
pub(super) fn run(places: Places, inbox: mpsc::UnboundedReceiver<Command>, outbox: Outbox) {
    match tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().thread_name("engine-worker").build() {
        Ok(runtime) => {
            runtime.block_on(serve(places, inbox, outbox));
            // A keyring that waits for an answer of the person's must not hold the program open.
            runtime.shutdown_background();
        }
        Err(error) => outbox.send(Event::Failed {
            about: None,
            failure: Failure::new(
                Code::Internal,
                "Brickpass cannot start its worker threads.",
                format!("The system says: {error}."),
                "Close other programs and start Brickpass again.",
            ),
        }),
    }
}

async fn serve(places: Places, mut inbox: mpsc::UnboundedReceiver<Command>, outbox: Outbox) {
    let (changed, to_tell) = mpsc::unbounded_channel();
    let observer = activity::Observer::start(&places.state_dir, outbox.clone());
    let (bell, cli_bell) = (outbox.bell.clone(), outbox.cli_bell.clone());
    let (shared, settings_problem) = Shared::new(places, outbox.observed(observer.clone()), changed);
    let shared = Arc::new(shared);
    tokio::spawn(owner::watch(Arc::clone(&shared), to_tell, cli_bell.clone()));
    tokio::spawn(cli_tokens::watch(Arc::clone(&shared), cli_bell.clone()));
    tokio::spawn(reminders::watch(Arc::clone(&shared), bell));
    let mut sign_ins = signing_in::SignIns::new(Arc::clone(&shared));
    let mut tests = testing::Tests::new(Arc::clone(&shared));
    let (lane, jobs) = mpsc::unbounded_channel();
    let lane_done = tokio::spawn(lane::run(Arc::clone(&shared), settings_problem, jobs));
    let mut requests = RunningRequests::new(Arc::clone(&shared), lane.downgrade());
    // Who stops the engine by a command still listens; who drops its handle does not.
    let mut deserted = true;

    while let Some(command) = inbox.recv().await {
        match command {
            Command::Ask(ask) => requests.start(ask),
            Command::Test { run, connection, secret } => tests.start(run, *connection, secret),
            Command::Cancel { run } => {
                tests.cancel(run);
            }
            Command::CancelSave { id } => {
                if shared.saves.cancel(id) {
                    shared.outbox.send(Event::SaveFailed { id, failure: saves::cancelled(), theirs: None });
                }
            }
            Command::SignIn { run, owner, place, open_browser } => sign_ins.start(run, *owner, place, open_browser),
            Command::AnswerSignIn { run, yes } => sign_ins.answer(run, yes),
            Command::CancelSignIn { run } => sign_ins.cancel(run),
            Command::PasteSignIn { run, address } => sign_ins.paste(run, address),
            Command::Stop => {
                deserted = false;
                break;
            }
            stored => {
                if let Command::Save { reviewed, .. } = &stored {
                    shared.saves.begin(reviewed.connection.id);
                }
                // The lane lives as long as its sender, which is ours.
                let _ = lane.send(lane::Job::Command(stored));
            }
        }
    }
    tests.cancel_all();
    sign_ins.cancel_all();
    // First of all, and whatever the rest waits for: nobody clears it when the program is gone.
    shared.copies.finish().await;
    // Before the lane ends: a token that has been made is stored on it.
    let _ = tokio::time::timeout(LAST_TOKENS, requests.finish(deserted)).await;
    drop(lane);
    // What was asked to be saved is saved before the program ends.
    let _ = tokio::time::timeout(LAST_SAVES, lane_done).await;
    // What has just been changed decides about the entries of the Databricks CLI.
    let _ = tokio::time::timeout(LAST_CLI_TOKENS, cli_tokens::settle(&shared, &cli_bell)).await;
    // A renewal that is cut off would leave a refresh token in the vault that has been used.
    let _ = tokio::time::timeout(LAST_RENEWALS, shared.sessions.landed()).await;
    let _ = blocking(move || observer.flush(LAST_DEEDS)).await;
}
