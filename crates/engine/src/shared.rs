//! What the parts of the engine share: where things are stored, the settings and the vault, and where events go.

use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock},
    time::Duration,
};

use jiff::Timestamp;
use tokio::sync::mpsc;

use super::{
    copies::Copies,
    event::Event,
    importing::Undo,
    outbox::Outbox,
    places::Places,
    publish::Publishing,
    signing_in::SignInTurns,
    testing::{TestTurns, Tested},
};
use brickpass_core::{connection::ConnectionId, failure::Failure};
use brickpass_databricks::{
    rest::{Http, HttpSettings},
    session::{SessionDeps, Sessions},
};
use brickpass_storage::{
    CliTokens, FirstAddresses, History, Journal, Library, Reminders, Settings, SettingsFile, TokenNotes, Vault, VaultConfig, VaultContext,
    VaultNotice, WindowFile,
};

/// A sentence names at most this many profiles.
const MAX_NAMES: usize = 5;

/// What the parts of the engine have in common.
pub(super) struct Shared {
    pub(super) places: Places,
    pub(super) library: Library,
    pub(super) history: History,
    pub(super) token_notes: TokenNotes,
    pub(super) journal: Journal,
    pub(super) reminders: Reminders,
    pub(super) publishing: Publishing,
    pub(super) cli_tokens: CliTokens,
    pub(super) sessions: Sessions,
    pub(super) settings_file: SettingsFile,
    pub(super) window_file: WindowFile,
    pub(super) outbox: Outbox,
    pub(super) copies: Copies,
    /// What can change while the engine runs: only the queue of writes changes it.
    current: Arc<RwLock<Current>>,
    /// The last finished test of each connection, as it was tested: a save of the same keeps its result.
    pub(super) tested: Mutex<HashMap<ConnectionId, Tested>>,
    /// Which tests and sign-ins may run now.
    pub(super) test_turns: TestTurns,
    pub(super) sign_in_turns: SignInTurns,
    /// Why the settings could not be read, until that is reported.
    pub(super) settings_problem: Mutex<Option<Failure>>,
    /// The sign-ins that are not stored, as they were broadcast last.
    unsaved: Mutex<Vec<ConnectionId>>,
    /// How the last import is taken back. The secrets that it replaced live here until then.
    pub(super) imported: Mutex<Option<Undo>>,
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
    pub(super) fn new(places: Places, outbox: Outbox, changed: mpsc::UnboundedSender<ConnectionId>) -> Self {
        let settings_file = SettingsFile::new(&places.config_dir);
        let (settings, problem) = settings_file.load();
        let current = Current { vault: vault_for(&places, &settings), http: http_for(&places, &settings), settings };
        let current = Arc::new(RwLock::new(current));
        Self {
            sessions: Sessions::new(deps(&current, &places, changed)),
            library: Library::new(&places.config_dir, &places.state_dir),
            history: History::new(&places.state_dir),
            token_notes: TokenNotes::new(&places.state_dir),
            journal: Journal::new(&places.state_dir),
            reminders: Reminders::new(&places.state_dir),
            publishing: Publishing::new(&places.state_dir),
            cli_tokens: CliTokens::new(&places.state_dir),
            window_file: WindowFile::new(&places.state_dir),
            current,
            tested: Mutex::default(),
            test_turns: TestTurns::default(),
            sign_in_turns: SignInTurns::default(),
            settings_problem: Mutex::new(problem),
            unsaved: Mutex::default(),
            imported: Mutex::default(),
            creating_secrets: tokio::sync::Mutex::default(),
            copies: Copies::new(places.clipboard, outbox.clone()),
            settings_file,
            places,
            outbox,
        }
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
        let named = without.iter().take(MAX_NAMES).map(|name| format!("\"{name}\"")).collect::<Vec<_>>().join(", ");
        let more = without.len().saturating_sub(MAX_NAMES);
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        (!without.is_empty()).then(|| {
            format!(
                " It contains no secret for {named}{more}. If one was stored for them, the previous vault is missing: replace this file with \
                 it, or enter the secrets again."
            )
        })
    }

    pub(super) fn tested(&self) -> MutexGuard<'_, HashMap<ConnectionId, Tested>> {
        self.tested.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Broadcasts which sign-ins are not stored, if these are others than before.
    pub(super) fn tell_unsaved(&self) {
        let ids = self.sessions.unsaved();
        if self.unsaved_changed(&ids) {
            self.outbox.send(Event::SignInsUnsaved { ids, failure: None });
        }
    }

    /// After a try to store them, whether anything has changed or not.
    pub(super) fn tell_unsaved_with(&self, failure: Option<Failure>) {
        let ids = self.sessions.unsaved();
        self.unsaved_changed(&ids);
        self.outbox.send(Event::SignInsUnsaved { ids, failure });
    }

    /// Notes which sign-ins are not stored; says whether these are others than before.
    fn unsaved_changed(&self, now: &[ConnectionId]) -> bool {
        let mut now = now.to_vec();
        now.sort_unstable();
        let mut before = self.unsaved.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::replace(&mut *before, now.clone()) != now
    }

    /// Hands an address to the browser: only web addresses, re-serialised, as one argument and never to a shell. Blocks.
    pub(super) fn open_url(&self, address: &str) -> bool {
        let Some(url) = url::Url::parse(address).ok().filter(|url| matches!(url.scheme(), "https" | "http")) else { return false };
        match &self.places.open_url {
            Some(open) => open(url.as_str()).is_ok(),
            None => open::that_detached(url.as_str()).is_ok(),
        }
    }

    /// Something failed that no request waits for.
    pub(super) fn fail(&self, failure: Failure) {
        self.outbox.send(Event::Failed(failure));
    }
}

fn read(current: &RwLock<Current>) -> Current {
    current.read().unwrap_or_else(PoisonError::into_inner).clone()
}

/// Sessions follow the settings.
fn deps(current: &Arc<RwLock<Current>>, places: &Places, changed: mpsc::UnboundedSender<ConnectionId>) -> SessionDeps {
    let (for_vault, for_http) = (Arc::clone(current), Arc::clone(current));
    SessionDeps {
        vault: Box::new(move || read(&for_vault).vault),
        http: Box::new(move || read(&for_http).http),
        clock: Box::new(Timestamp::now),
        state_dir: places.state_dir.clone(),
        lock_timeout: SessionDeps::LOCK_TIMEOUT,
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
