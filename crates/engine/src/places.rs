//! Paths, the environment and what the edge of the program provides: read once, before the engine starts.

use std::{collections::BTreeSet, ffi::OsString, path::PathBuf, sync::Arc, time::Duration};

use secrecy::SecretString;

use crate::{clipboard::OpenClipboard, reminders::Notify};
use brickpass_core::connection::BaseUrl;
use brickpass_databricks::rest::ProxyVariables;
use brickpass_storage::Vault;

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
    /// Shows notifications on the desktop. `None`: there are no reminders, as on the command line.
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

/// What only the edge of the program may look at: the environment, and the programs that are installed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Around {
    /// One of a few words for the desktop: `gnome`, `kde`, `other`, `none`.
    pub desktop: &'static str,
    /// `wayland`, `x11`, `tty`, `none`, or `native` where there is but one.
    pub session: &'static str,
    /// A program is set up that opens web addresses.
    pub browser: bool,
}

impl Default for Around {
    fn default() -> Self {
        Self { desktop: "unknown", session: "unknown", browser: true }
    }
}
