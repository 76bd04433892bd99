//! The one place where work is started. Command in, events out, on the tokio runtime; cancellable.

mod accounts;
mod activity;
mod admin;
mod backup;
mod cli_tokens;
pub mod clipboard;
mod command;
mod computer;
mod copies;
mod desktop;
pub mod diagnostics;
mod effective;
mod event;
mod export;
#[cfg(test)]
mod fixtures;
mod importing;
mod lane;
mod metadata_service;
mod owner;
mod publish;
mod reach;
mod recover;
mod reminders;
mod request;
mod saves;
mod secrets;
mod serve;
mod shared;
mod signing_in;
mod testing;
mod token_desk;
mod tokens;
mod vault;
mod verify;

use std::{collections::BTreeSet, ffi::OsString, path::PathBuf, sync::Arc, thread::JoinHandle, time::Duration};

use secrecy::SecretString;
use tokio::sync::mpsc;

use crate::clipboard::OpenClipboard;
pub use accounts::{AddWorkspaces, GetAccessToken, ListWorkspaces, SignOut, SignedOut, StoreSignIns, UnsavedSignIns};
pub use activity::{ExportActivity, ReadActivity};
pub use admin::{
    AddToWorkspace, CreateOAuthSecret, CreateServicePrincipal, DeleteOAuthSecret, GetPermission, GetTokenRules, GrantPermission,
    ListCatalogs, ListOAuthSecrets, ListObjects, ListServicePrincipals, ListUsersTokens, RevokeUsersTokens, SetEntitlement, SetMaximumDays,
    SetTokensEnabled,
};
pub use backup::{BackedUp, Backup, SaveInventory};
use brickpass_core::connection::BaseUrl;
use brickpass_databricks::rest::ProxyVariables;
pub use brickpass_databricks::{
    oauth::AccessToken,
    session::{Farewell, SignIn},
};
use brickpass_storage::Vault;
pub use brickpass_storage::{ActivityEntry, Deed, TokenNote};
pub use cli_tokens::{CliToken, CliTokenState, CliTokensOff, off_by_storage};
pub use command::{Command, SignInPlace};
pub use computer::{REGISTERED_PORTS, clock_is_past, free_ports};
pub use desktop::{OpenDemo, OpenInBrowser, RememberWindow};
pub use diagnostics::{Around, Diagnose, Diagnostics, SaveDiagnostics};
pub use effective::{Attribute, Effective, Family, FindEffective, Problem, Source, Speaker, Verdict};
pub use event::{Event, Found, SignInStep, SignedIn};
pub use export::{Export, ExportOf, ExportPlace, ExportRequest, ListOffers, Offer, SaveExport};
pub use importing::{Chosen, ImportId, ImportSource, NotImported, Preview, PreviewRow, ReadImport, Twin};
pub use lane::{Import, ImportUndone, Imported, UndoImport};
pub use metadata_service::{MetadataService, TokensOfOne};
pub use owner::DescribeSignIn;
pub use publish::{
    Applied, ApplyPlan, Drift, ForgetProfile, KeepProfile, ListProfiles, Orphan, Plan, PlanEdit, PlanPublish, ProfileLine, ProfilesFile,
    Replaced, RestoreProfiles, TakenOut, Unpublish,
};
pub use recover::{Recover, Recovery};
pub use reminders::{Answered, ExpiringToken, Notification, Notify, Reminder, ReminderChoice, Shown, days_left, expiring_tokens};
pub use request::{Ask, CancelHandle, Context, Continuation, Order, Pending, Request, Then};
pub use secrets::{ClearClipboard, CopySecret, CopyStored, DescribeSecret, KeepClipboard, RevealSecret, StoredSecret};
pub use token_desk::{ProfilesPlace, TokenDesk};
pub use tokens::{
    GenerateToken, ListTokens, NotRevocable, RevokeTokens, RevokedTokens, RotateToken, Rotated, TokenList, UseToken, comment_without_mark,
    default_comment, interrupted_token_changes, revocable_token,
};
pub use vault::{DeleteUnknownSecrets, ExamineVault, ProbeVault, SaveSettings, SettingsSaved, UnlockVault, VaultExamination};
pub use verify::{Verification, VerifyProfile};

/// Where things lie and what the environment says. Read once, at the edge; the engine never looks at the environment.
#[derive(Clone)]
pub struct Places {
    pub config_dir: PathBuf,
    pub state_dir: PathBuf,
    /// A vault that the caller has chosen (`BRICKPASS_VAULT`, the demo, a test): stands above the settings.
    pub vault: Option<Vault>,
    /// Certificate authorities that the environment names (`SSL_CERT_FILE`): stands below the settings.
    pub ca_file: Option<PathBuf>,
    /// The proxies that the environment names (`HTTPS_PROXY`...).
    pub proxy: ProxyVariables,
    /// Receives the browser's answer when the connection names no port (`DATABRICKS_OAUTH_CALLBACK_PORT`).
    pub redirect_port: Option<u16>,
    /// Where people sign in who do not know their workspace's address (`DATABRICKS_DISCOVERY_HOST`); login.databricks.com when unset.
    pub discovery_host: Option<BaseUrl>,
    /// Opens a web address in place of the system's own way (tests).
    pub open_url: Option<OpenUrl>,
    /// `.databrickscfg` where Databricks' tools look for it (`DATABRICKS_CONFIG_FILE`, else in the home folder).
    pub databrickscfg: Option<PathBuf>,
    /// Where the Databricks CLI keeps its tokens when it was told to use a plain file: `~/.databricks/token-cache.json`.
    pub cli_token_cache: Option<PathBuf>,
    /// The variables of Databricks' tools (`DATABRICKS_HOST`...) that the program was started with.
    pub variables: Vec<(String, SecretString)>,
    /// The names of all environment variables that have a value: some of Databricks' ways to sign in look at those of others.
    pub set_variables: BTreeSet<String>,
    /// Where programs are looked for (`PATH`).
    pub search_path: Option<OsString>,
    /// Where a person expects files that they save: the folder of downloads, else their own.
    pub save_folder: Option<PathBuf>,
    /// Looks at what only the edge of the program may look at, for the diagnostics.
    pub look_around: Option<fn() -> Around>,
    /// Opens the clipboard for secrets. `None`: nothing can be copied, as on the command line.
    pub clipboard: Option<OpenClipboard>,
    /// Shows notifications on the desktop. `None`: nobody is reminded of anything, as on the command line.
    pub notify: Option<Notify>,
    /// The program that gives tokens to Databricks' tools, `brickpass-credential`: its whole path.
    pub helper: String,
    /// How long a sign-in waits for the browser, and then for an answer to a question; [`Places::SIGN_IN_LIMIT`] but in tests.
    pub sign_in_limit: Duration,
}

/// Hands an address to a browser; may block.
pub type OpenUrl = Arc<dyn Fn(&str) -> std::io::Result<()> + Send + Sync>;

impl Places {
    /// Long enough for a second factor, short enough that no listener is forgotten.
    pub const SIGN_IN_LIMIT: Duration = Duration::from_mins(5);

    /// Nothing but the two folders: the settings and the system decide the rest.
    #[must_use]
    pub fn new(config_dir: PathBuf, state_dir: PathBuf) -> Self {
        Self {
            config_dir,
            state_dir,
            vault: None,
            ca_file: None,
            proxy: ProxyVariables::default(),
            redirect_port: None,
            discovery_host: None,
            open_url: None,
            databrickscfg: None,
            cli_token_cache: None,
            variables: Vec::new(),
            set_variables: BTreeSet::new(),
            search_path: None,
            save_folder: None,
            look_around: None,
            clipboard: None,
            notify: None,
            helper: helper(),
            sign_in_limit: Self::SIGN_IN_LIMIT,
        }
    }

    /// The encrypted file, when secrets are kept in one.
    #[must_use]
    pub fn vault_file(&self) -> PathBuf {
        self.config_dir.join("vault.age")
    }
}

/// Beside our own program, where it is installed; else its name alone, for the search path.
fn helper() -> String {
    let name = format!("brickpass-credential{}", std::env::consts::EXE_SUFFIX);
    let beside = std::env::current_exe().ok().and_then(|program| Some(program.parent()?.join(&name)));
    beside.and_then(|path| path.into_os_string().into_string().ok()).unwrap_or(name)
}

/// Names one run of a test: a late event of an older run never overwrites a newer one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RunId(pub u64);

/// The handle that the window and the command line hold.
pub struct Engine {
    commands: Option<mpsc::UnboundedSender<Command>>,
    thread: Option<JoinHandle<()>>,
}

/// Ends an engine from elsewhere than where its handle is.
pub struct Stopper(mpsc::WeakUnboundedSender<Command>);

impl Stopper {
    /// Returns when the engine has ended; what it was asked to save is saved, a sign-in that was being renewed is stored. False: it is ending
    /// already, and who ended it waits for that.
    pub async fn stop(self) -> bool {
        let Some(commands) = self.0.upgrade() else { return false };
        let _ = commands.send(Command::Stop);
        commands.closed().await;
        true
    }
}

/// The other end: what happened, in order.
pub struct Events {
    receiver: mpsc::UnboundedReceiver<Event>,
}

impl Engine {
    /// Starts the thread that owns the runtime; returns at once. `wake` is called after each event (the window asks for a repaint).
    ///
    /// # Errors
    /// The system gives no more threads.
    pub fn start(places: Places, wake: impl Fn() + Send + Sync + 'static) -> std::io::Result<(Self, Events)> {
        let (commands, inbox) = mpsc::unbounded_channel();
        let (outbox, receiver) = mpsc::unbounded_channel();
        let thread = std::thread::Builder::new()
            .name("engine".to_owned())
            .spawn(move || serve::run(places, inbox, shared::Outbox::new(outbox, Arc::new(wake))))?;
        Ok((Self { commands: Some(commands), thread: Some(thread) }, Events { receiver }))
    }

    /// Never blocks. After `finish` nothing more is taken.
    pub fn send(&self, command: Command) {
        if let Some(commands) = &self.commands {
            // The engine only ends when this handle is dropped; a send that fails means that it died, which its last event has told.
            let _ = commands.send(command);
        }
    }

    /// Never blocks; the answer is waited for where it is wanted.
    pub fn ask<R: Request>(&self, request: R) -> Pending<R::Answer> {
        let (ask, pending) = Ask::pending(request);
        self.send(Command::Ask(ask));
        pending
    }

    /// `None` after `finish`.
    #[must_use]
    pub fn stopper(&self) -> Option<Stopper> {
        self.commands.as_ref().map(|commands| Stopper(commands.downgrade()))
    }

    /// Cancels the tests that run, waits for the saves that were asked for, then returns.
    pub fn finish(mut self) {
        self.stop();
    }

    /// As `finish`; the handle stays, and takes nothing more.
    pub fn stop(&mut self) {
        drop(self.commands.take());
        if let Some(thread) = self.thread.take() {
            // A panic of the engine's thread has nobody left to hear of it.
            let _ = thread.join();
        }
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        self.stop();
    }
}

impl Events {
    /// The next event that is there already.
    pub fn try_next(&mut self) -> Option<Event> {
        self.receiver.try_recv().ok()
    }

    /// Waits for the next event; `None` when the engine has ended.
    pub fn wait(&mut self) -> Option<Event> {
        self.receiver.blocking_recv()
    }
}
