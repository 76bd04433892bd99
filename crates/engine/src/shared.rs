//! What the parts of the engine share: where things are stored, the settings and the vault, and where events go.

use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock},
    time::Duration,
};

use jiff::Timestamp;
use tokio::sync::mpsc;

use super::{Event, Places, activity, cli_tokens, copies::Copies, importing, publish, reminders, saves, testing};
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

/// Where events go. Each wakes whoever listens.
#[derive(Clone)]
pub(super) struct Outbox {
    events: mpsc::UnboundedSender<Event>,
    wake: Arc<dyn Fn() + Send + Sync>,
    observer: Option<activity::Observer>,
    pub(super) bell: reminders::Bell,
    pub(super) cli_bell: cli_tokens::Bell,
}

impl Outbox {
    pub(super) fn new(events: mpsc::UnboundedSender<Event>, wake: Arc<dyn Fn() + Send + Sync>) -> Self {
        Self { events, wake, observer: None, bell: reminders::Bell::default(), cli_bell: cli_tokens::Bell::default() }
    }

    /// From now on, what is sent is also seen by `observer`.
    pub(super) fn observed(self, observer: activity::Observer) -> Self {
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
    pub(super) fn new(places: Places, outbox: Outbox, changed: mpsc::UnboundedSender<ConnectionId>) -> (Self, Option<Failure>) {
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
