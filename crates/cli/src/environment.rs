//! The edge where the environment is read, once. Nothing below looks at it.

use std::{
    env,
    ffi::{OsStr, OsString},
    path::{Path, PathBuf},
    sync::Arc,
};

use directories::{ProjectDirs, UserDirs};
use secrecy::SecretString;

use super::{browser, passphrase};
use brickpass_core::{
    connection::BaseUrl,
    failure::{Code, Failure},
};
use brickpass_databricks::rest::ProxyVariables;
use brickpass_engine::{Around, Places};
use brickpass_storage::{AskPassphrase, Vault, VaultConfig, VaultContext, VaultHome, refuse_as_root};

/// Where things lie: `BRICKPASS_CONFIG_DIR`, `BRICKPASS_STATE_DIR`, else the platform's own folders; and which vault.
///
/// # Errors
/// No home directory, or an unknown word in `BRICKPASS_VAULT`.
pub(super) fn places() -> Result<Places, Failure> {
    let mut places = places_for_tokens()?;
    places.save_folder = save_folder();
    places.variables = variables();
    places.set_variables = env::vars_os().filter(|(_, value)| !value.is_empty()).filter_map(|(name, _)| name.into_string().ok()).collect();
    places.search_path = set("PATH");
    places.look_around = Some(around);
    places.open_url = Some(Arc::new(|address: &str| browser::open(browser_with_spaces().as_deref(), address)));
    places.redirect_port = redirect_port(set("DATABRICKS_OAUTH_CALLBACK_PORT").as_deref())?;
    places.discovery_host = discovery_host(set("DATABRICKS_DISCOVERY_HOST").as_deref())?;
    Ok(places)
}

/// As [`places`], without what only a sign-in or a person needs: nothing that is wrong with that keeps a program from its token.
pub(super) fn places_for_tokens() -> Result<Places, Failure> {
    let config_dir = set("BRICKPASS_CONFIG_DIR").map(PathBuf::from);
    let state_dir = set("BRICKPASS_STATE_DIR").map(PathBuf::from);
    let (config_dir, state_dir) = match (config_dir, state_dir) {
        (Some(config), Some(state)) => (config, state),
        (config, state) => {
            let dirs = ProjectDirs::from("", "", "brickpass").ok_or_else(no_home)?;
            let own_state = dirs.state_dir().unwrap_or_else(|| dirs.data_local_dir());
            // A folder of one's own for the configuration is a portable installation: its state stays beside it.
            let state = state.or_else(|| config.as_ref().map(|config| config.join("state"))).unwrap_or_else(|| own_state.to_owned());
            (config.unwrap_or_else(|| dirs.config_dir().to_owned()), state)
        }
    };
    // Also where a folder is named: what root makes in it is root's.
    [&config_dir, &state_dir].into_iter().try_for_each(|folder| refuse_as_root(folder))?;
    let mut places = Places { ca_file: set("SSL_CERT_FILE").map(PathBuf::from), ..Places::new(config_dir, state_dir) };
    places.proxy = ProxyVariables::read(|name| set(name).map(|value| value.to_string_lossy().into_owned()));
    places.vault = chosen_vault(&places)?;
    places.databrickscfg = databrickscfg();
    places.cli_token_cache = UserDirs::new().map(|dirs| dirs.home_dir().join(".databricks").join("token-cache.json"));
    Ok(places)
}

/// Fixed words alone, whatever is set.
pub(super) fn around() -> Around {
    let text = |name: &str| set(name).map(|value| value.to_string_lossy().to_lowercase());
    let session = match text("XDG_SESSION_TYPE").as_deref() {
        _ if cfg!(any(windows, target_vendor = "apple")) => "native",
        Some("wayland") => "wayland",
        Some("x11") => "x11",
        Some("tty") => "tty",
        _ if set("WAYLAND_DISPLAY").is_some() => "wayland",
        _ if set("DISPLAY").is_some() => "x11",
        _ => "none",
    };
    let desktop = text("XDG_CURRENT_DESKTOP").map_or("none", |words| desktop(&words));
    Around { desktop, session, browser: browser::opener().is_some() }
}

/// The names that `XDG_CURRENT_DESKTOP` registers, and a few that are common besides; in lower case, separated by colons.
fn desktop(words: &str) -> &'static str {
    const KNOWN: [&str; 19] = [
        "gnome",
        "kde",
        "xfce",
        "mate",
        "lxqt",
        "lxde",
        "unity",
        "pantheon",
        "budgie",
        "cosmic",
        "deepin",
        "enlightenment",
        "sway",
        "hyprland",
        "niri",
        "i3",
        "openbox",
        "x-cinnamon",
        "wslg",
    ];
    words.split(':').find_map(|word| KNOWN.into_iter().find(|known| *known == word)).unwrap_or("other")
}

/// Where the person and their browser are, as far as the environment tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Whereabouts {
    /// They reach this computer over SSH.
    pub(super) over_ssh: bool,
    /// A browser can show itself here.
    pub(super) display: bool,
    /// They have named a program that opens addresses.
    pub(super) browser_named: bool,
}

impl Whereabouts {
    /// No program here can show them a page.
    pub(super) fn no_browser_here(self) -> bool {
        self.over_ssh && !self.display && !self.browser_named
    }
}

pub(super) fn whereabouts() -> Whereabouts {
    whereabouts_of(|name| set(name).is_some())
}

fn whereabouts_of(is_set: impl Fn(&str) -> bool) -> Whereabouts {
    let native = cfg!(any(windows, target_vendor = "apple"));
    let over_ssh = is_set("SSH_CONNECTION") || is_set("SSH_TTY");
    Whereabouts {
        over_ssh,
        display: (native && !over_ssh) || is_set("DISPLAY") || is_set("WAYLAND_DISPLAY"),
        browser_named: is_set("BROWSER"),
    }
}

/// The program that `BROWSER` names by a path with spaces, which the desktop's openers do not understand: plain, in quotation marks, or with
/// backslashes.
fn browser_with_spaces() -> Option<PathBuf> {
    path_with_spaces(&set("BROWSER")?.into_string().ok()?).filter(|path| path.is_file())
}

fn path_with_spaces(text: &str) -> Option<PathBuf> {
    let bare = text.trim().trim_matches(['"', '\'']).replace("\\ ", " ");
    let path = PathBuf::from(bare);
    (path.to_string_lossy().contains(' ') && path.is_absolute()).then_some(path)
}

/// Where a person expects what they save.
pub(super) fn save_folder() -> Option<PathBuf> {
    let dirs = UserDirs::new()?;
    let folders = [dirs.download_dir(), Some(dirs.home_dir())];
    folders.into_iter().flatten().find(|folder| folder.is_dir()).map(Path::to_owned)
}

/// Where Databricks' tools look for their profiles.
fn databrickscfg() -> Option<PathBuf> {
    let home = || UserDirs::new().map(|dirs| dirs.home_dir().to_owned());
    match set("DATABRICKS_CONFIG_FILE").map(PathBuf::from) {
        Some(named) => match named.strip_prefix("~") {
            Ok(below) => home().map(|home| home.join(below)),
            Err(_) => Some(named),
        },
        None => home().map(|home| home.join(".databrickscfg")),
    }
}

/// What Databricks' tools would read of the environment. Only their own variables are looked at.
fn variables() -> Vec<(String, SecretString)> {
    let theirs = |name: &str| {
        ["DATABRICKS_", "ARM_", "GOOGLE_CREDENTIALS", "ACTIONS_ID_TOKEN_", "TOKEN_AUDIENCE"].iter().any(|start| name.starts_with(start))
    };
    let text = env::vars_os().filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)));
    text.filter(|(name, value)| theirs(name) && !value.is_empty()).map(|(name, value)| (name, SecretString::from(value))).collect()
}

/// The names of both are those of Databricks' own tools, so that who has set them there need not do it again.
fn redirect_port(value: Option<&OsStr>) -> Result<Option<u16>, Failure> {
    let Some(value) = value else { return Ok(None) };
    let port = value.to_str().and_then(|text| text.trim().parse().ok()).filter(|port| *port >= 1024);
    port.map(Some).ok_or_else(|| {
        Failure::new(
            Code::InvalidInput,
            format!("DATABRICKS_OAUTH_CALLBACK_PORT is set to {}.", value.to_string_lossy().escape_debug()),
            "It must be the port that receives the browser's answer, a number from 1024 to 65535.",
            "Set it to a valid port, or remove it.",
        )
    })
}

fn discovery_host(value: Option<&OsStr>) -> Result<Option<BaseUrl>, Failure> {
    let Some(value) = value else { return Ok(None) };
    let text = value.to_string_lossy();
    BaseUrl::read_discovery_host(&text).map(Some).map_err(|error| {
        Failure::new(
            Code::InvalidInput,
            format!("DATABRICKS_DISCOVERY_HOST is set to {}.", text.escape_debug()),
            format!("{error}."),
            "Set it to an address, for example https://login.databricks.com, or remove it.",
        )
    })
}

fn chosen_vault(places: &Places) -> Result<Option<Vault>, Failure> {
    let Some(word) = set("BRICKPASS_VAULT") else { return Ok(None) };
    let home = match word.to_str() {
        Some("keyring") => VaultHome::Keyring,
        Some("file") => VaultHome::File,
        Some("memory") => VaultHome::Memory,
        _ => {
            return Err(Failure::new(
                Code::InvalidInput,
                format!("BRICKPASS_VAULT is set to {}.", word.to_string_lossy()),
                "The valid values are keyring, file and memory.",
                "Set it to one of these, or remove it.",
            ));
        }
    };
    let config = VaultConfig { home, file: places.vault_file(), passphrase: None };
    let ask: Option<AskPassphrase> = if passphrase::is_given() { Some(Arc::new(passphrase::given)) } else { None };
    Ok(Some(Vault::of_installation(config, VaultContext { state_dir: Some(places.state_dir.clone()), ask })))
}

/// What Databricks' own tools read when nothing is said on the command line.
#[derive(Debug, Clone, Default)]
pub(super) struct Databricks {
    pub(super) profile: Option<String>,
    pub(super) host: Option<String>,
    pub(super) account_id: Option<String>,
    pub(super) workspace_id: Option<String>,
}

pub(super) fn databricks() -> Databricks {
    let text = |name: &str| set(name).and_then(|value| value.into_string().ok());
    Databricks {
        profile: text("DATABRICKS_CONFIG_PROFILE"),
        // One that cannot be read is not the same as none: it would win over a profile all the same.
        host: set("DATABRICKS_HOST").map(|value| value.to_string_lossy().into_owned()),
        account_id: text("DATABRICKS_ACCOUNT_ID"),
        workspace_id: text("DATABRICKS_WORKSPACE_ID"),
    }
}

/// For a program that asks a port of this computer while `HTTP_PROXY` is set: what is to be reached without the proxy, which would hear the key and
/// the answer. Go asks directly anyhow; Python and Node do not. `None`: nothing has to be said.
pub(super) fn without_proxy() -> Option<String> {
    let text = |name: &str| set(name).map(|value| value.to_string_lossy().into_owned());
    without_proxy_of(text)
}

fn without_proxy_of(text: impl Fn(&str) -> Option<String>) -> Option<String> {
    // With `NO_PROXY` alone, Python would not look at the proxy of the system any more.
    ["http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"].iter().find_map(|name| text(name))?;
    let said: Vec<String> = ["no_proxy", "NO_PROXY"].iter().filter_map(|name| text(name)).collect();
    if said.iter().any(|said| said.trim() == "*") {
        return None;
    }
    let mut all: Vec<&str> = said.iter().flat_map(|said| said.split(',')).map(str::trim).filter(|one| !one.is_empty()).collect();
    all.extend(["127.0.0.1", "localhost"]);
    let mut once = Vec::new();
    all.retain(|one| {
        !once.contains(one) && {
            once.push(*one);
            true
        }
    });
    Some(all.join(","))
}

/// The value of a variable; an empty one is none.
pub(super) fn set(variable: &str) -> Option<OsString> {
    env::var_os(variable).filter(|value| !value.is_empty())
}

fn no_home() -> Failure {
    Failure::new(
        Code::FileUnreadable,
        "Brickpass has no folder for its files.",
        "Your user account has no home folder.",
        "Set HOME, or set BRICKPASS_CONFIG_DIR to a folder of your own.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_port_of_the_environment_is_a_port_that_anybody_may_open() {
        assert_eq!(redirect_port(None), Ok(None));
        assert_eq!(redirect_port(Some("8025".as_ref())), Ok(Some(8025)));
        for wrong in ["80", "0", "-1", "65536", "http", "8025,8026", "8025\u{1b}[31m"] {
            let failure = redirect_port(Some(wrong.as_ref())).unwrap_err();
            assert_eq!(failure.code, Code::InvalidInput, "{wrong}");
            assert!(!failure.what.contains('\u{1b}'), "{failure}");
        }
    }

    #[test]
    fn this_computer_is_reached_without_a_proxy_and_what_was_said_stays() {
        let said = |variables: &[(&str, &str)]| {
            without_proxy_of(|name| variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned()))
        };
        assert_eq!(said(&[]), None);
        assert_eq!(said(&[("HTTPS_PROXY", "http://p"), ("NO_PROXY", "a")]), None, "nothing here is asked over HTTPS");
        for name in ["http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"] {
            assert_eq!(said(&[(name, "http://p")]).as_deref(), Some("127.0.0.1,localhost"), "{name}");
        }
        let proxy = ("HTTP_PROXY", "http://p");
        assert_eq!(said(&[proxy, ("no_proxy", "a, .b"), ("NO_PROXY", "c,a,localhost")]).as_deref(), Some("a,.b,c,localhost,127.0.0.1"));
        assert_eq!(said(&[proxy, ("NO_PROXY", "*")]), None);
    }

    #[test]
    fn over_ssh_without_a_display_no_browser_shows_itself() {
        let at = |names: &[&str]| whereabouts_of(|name| names.contains(&name)).no_browser_here();
        assert!(at(&["SSH_CONNECTION"]) && at(&["SSH_TTY"]));
        assert!(!at(&["SSH_CONNECTION", "DISPLAY"]) && !at(&["SSH_TTY", "WAYLAND_DISPLAY"]), "a display is forwarded");
        assert!(!at(&["SSH_TTY", "BROWSER"]), "somebody has named a program for it");
        assert!(!at(&[]) && !at(&["DISPLAY"]));
    }

    #[cfg(unix)]
    #[test]
    fn sg_20_a_browser_whose_path_has_spaces_is_found_however_it_is_written() {
        let path = "/mnt/c/Program Files/Browser/browser.exe";
        for written in [path, &format!("\"{path}\""), &format!("'{path}'"), &path.replace(' ', "\\ "), &format!(" {path} ")] {
            assert_eq!(path_with_spaces(written).as_deref(), Some(Path::new(path)), "{written}");
        }
        // The desktop's openers understand these.
        for written in ["", "firefox", "/usr/bin/firefox", "firefox --new-window %s", "./my browser"] {
            assert_eq!(path_with_spaces(written), None, "{written}");
        }
    }

    #[test]
    fn a_desktop_is_one_of_a_few_words() {
        for (set, word) in
            [("gnome", "gnome"), ("ubuntu:gnome", "gnome"), ("x-cinnamon", "x-cinnamon"), ("/home/you", "other"), ("", "other")]
        {
            assert_eq!(desktop(set), word);
        }
    }

    #[test]
    fn the_discovery_host_is_read_as_any_address_is() {
        let read = |text: &str| discovery_host(Some(text.as_ref())).map(|host| host.map(|host| host.origin()));
        assert_eq!(read("login.databricks.com"), Ok(Some("https://login.databricks.com".to_owned())));
        assert_eq!(read("http://127.0.0.1:4000/"), Ok(Some("http://127.0.0.1:4000".to_owned())));
        for wrong in ["http://login.databricks.com", "ftp://x", "https://user@login.databricks.com"] {
            assert_eq!(read(wrong).unwrap_err().code, Code::InvalidInput, "{wrong}");
        }
    }
}
