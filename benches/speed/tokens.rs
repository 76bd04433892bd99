//! Tokens: many callers at the moment when one ends, and `brickpass token` as a whole process, beside the bare start of the same program.

#[path = "../../tests/it/support/browser.rs"]
#[allow(dead_code, clippy::pedantic, reason = "the tests' browser, of which the half is needed")]
mod browser;

use std::{
    fs,
    io::{BufRead as _, BufReader, Write as _},
    net::{Ipv4Addr, TcpListener},
    path::Path,
    process::{Child, Command, Stdio},
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::{Duration, Instant},
};

use brickpass_core::connection::{AuthKind, Connection, ConnectionId, Draft, OAuthApp};
use brickpass_databricks::{
    oauth::{Login, Place, Target, loopback::Ports},
    rest::{Http, HttpSettings},
    session::{SessionDeps, Sessions},
};
use brickpass_demo::{Demo, DemoOptions};
use brickpass_storage::{Vault, VaultConfig, VaultHome};
use jiff::{SignedDuration, Timestamp};
use secrecy::ExposeSecret as _;
use tokio::runtime::Runtime;

use super::{Line, median, milliseconds};

const BRICKPASS: &str = env!("CARGO_BIN_EXE_brickpass");
const CALLERS: usize = 1_000;
const ROUNDS: usize = 11;
const LIMIT: Duration = Duration::from_secs(30);
const PASSPHRASE: &str = "a passphrase for measuring";

/// Sessions in this process, signed in to the demo through a played browser, with a clock that can be put forward.
pub fn at_expiry() -> Vec<Line> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let demo = Demo::start(&DemoOptions::default()).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let later = Arc::new(AtomicI64::new(0));
    let clock = Arc::clone(&later);
    let vault = Vault::new(VaultConfig { home: VaultHome::Memory, file: folder.path().join("vault.age"), passphrase: None });
    let http = Http::new(HttpSettings::default());
    let for_sessions = http.clone();
    let sessions = Sessions::new(SessionDeps {
        vault: Box::new(move || vault.clone()),
        http: Box::new(move || for_sessions.clone()),
        clock: Box::new(move || Timestamp::now() + SignedDuration::from_secs(clock.load(Ordering::SeqCst))),
        state_dir: folder.path().to_owned(),
        lock_timeout: SessionDeps::LOCK_TIMEOUT,
        changed: Box::new(|_| ()),
    });
    let owner = owner(&demo);
    sign_in(&runtime, &demo, &sessions, &http, &owner);

    let an_hour_passes = || later.fetch_add(3_600, Ordering::SeqCst);
    let authorization = demo.authorization();
    let (mut one, mut many, mut fresh) = (Vec::new(), Vec::new(), Vec::new());
    let mut most = 0;
    for _ in 0..ROUNDS {
        an_hour_passes();
        one.push(ask(&runtime, &sessions, &owner, 1));
        an_hour_passes();
        let before = authorization.refreshes();
        many.push(ask(&runtime, &sessions, &owner, CALLERS));
        most = most.max(authorization.refreshes() - before);
        fresh.push(ask(&runtime, &sessions, &owner, CALLERS));
    }
    let (one, many, fresh) = (median(one), median(many), median(fresh));
    vec![
        Line::plain("one caller at expiry", milliseconds(one)),
        Line::plain(format!("{CALLERS} callers at expiry, until the last has it"), milliseconds(many)),
        Line::held(
            format!("requests to renew by these {CALLERS}, at most"),
            most.to_string(),
            "1",
            most == 1 && authorization.reuses() == 0,
        ),
        Line::plain(format!("{CALLERS} callers on a fresh token"), milliseconds(fresh)),
    ]
}

fn owner(demo: &Demo) -> Connection {
    let mut draft = Draft::new(ConnectionId::random());
    "Sales".clone_into(&mut draft.name);
    draft.base_url.clone_from(&demo.workspaces()[0].base_url);
    draft.auth = AuthKind::Browser;
    draft.review(&|_| false).result.unwrap().connection
}

fn free_port(demo: &Demo) -> u16 {
    let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().port();
    demo.authorization().register_redirect_port(port);
    port
}

fn sign_in(runtime: &Runtime, demo: &Demo, sessions: &Sessions, http: &Http, owner: &Connection) {
    let (user, port) = (demo.users().swap_remove(0), free_port(demo));
    runtime.block_on(async {
        let app = OAuthApp::default();
        let login = Login::begin(http, Place::At(Target::of(owner)), &app, &Ports::only(port), LIMIT).await.unwrap();
        let address = login.address().expose_secret().to_owned();
        let (name, password) = (user.name.clone(), user.password.clone());
        let played = std::thread::spawn(move || browser::visit(&browser::consent(&address, &name, &password).unwrap()));
        let answer = login.answer(LIMIT, &|_| ()).await.unwrap();
        let tokens = answer.exchange(http, Timestamp::now(), LIMIT).await.unwrap();
        played.join().unwrap();
        sessions.signed_in(owner, user.name, tokens).await.unwrap();
    });
}

/// How long until the last of so many callers, who all begin together, has a token.
fn ask(runtime: &Runtime, sessions: &Sessions, owner: &Connection, callers: usize) -> Duration {
    runtime.block_on(async {
        let began = Instant::now();
        let calls: Vec<_> = (0..callers)
            .map(|_| {
                let (sessions, owner) = (sessions.clone(), owner.clone());
                tokio::spawn(async move { sessions.access_token(&owner).await.map(|_| ()) })
            })
            .collect();
        for call in calls {
            call.await.unwrap().unwrap_or_else(|failure| panic!("{failure}"));
        }
        began.elapsed()
    })
}

/// `brickpass token` from its start to its end, with secrets in the encrypted file and in the keyring.
#[cfg(target_os = "linux")]
pub fn whole_process() -> Vec<Line> {
    let mut lines = Vec::new();
    let home = Home::new("file", None);
    let bare = home.bare();
    lines.push(Line::plain("bare start of the program (--version)", milliseconds(bare)));
    lines.extend(home.lines(bare));
    match Bus::start() {
        Ok(bus) => {
            let home = Home::new("keyring", Some(bus.address.clone()));
            lines.extend(home.lines(home.bare()));
        }
        Err(reason) => lines.push(Line::plain("brickpass token, keyring", format!("skipped: {reason}"))),
    }
    lines
}

#[cfg(target_os = "linux")]
pub struct Home {
    folder: tempfile::TempDir,
    demo: Demo,
    vault: &'static str,
    bus: Option<String>,
}

#[cfg(target_os = "linux")]
impl Home {
    pub fn new(vault: &'static str, bus: Option<String>) -> Self {
        let home = Self { folder: tempfile::tempdir().unwrap(), demo: Demo::start(&DemoOptions::default()).unwrap(), vault, bus };
        let (workspace, principal) = (&home.demo.workspaces()[0], home.demo.service_principal());
        let at = ["--base-url", workspace.base_url.as_str()];
        home.fill(&[&["add", "pat", "--token-stdin"], &at[..]].concat(), &workspace.token);
        let client = ["--auth", "service-principal", "--client-id", &principal.client_id, "--client-secret-stdin"];
        home.fill(&[&["add", "principal"], &client[..], &at].concat(), &principal.client_secret);
        home.fill(&[&["add", "browser", "--auth", "browser"], &at[..]].concat(), "");
        home.log_in();
        home
    }

    pub fn host(&self) -> &str {
        &self.demo.workspaces()[0].base_url
    }

    pub fn token_requests(&self) -> usize {
        self.demo.authorization().requests().iter().filter(|request| request.contains("/v1/token")).count()
    }

    fn command(&self, arguments: &[&str]) -> Command {
        self.command_of(Path::new(BRICKPASS), arguments)
    }

    pub fn command_of(&self, program: &Path, arguments: &[&str]) -> Command {
        let mut command = Command::new(program);
        command
            .args(arguments)
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", self.folder.path())
            .env("BRICKPASS_CONFIG_DIR", self.folder.path().join("config"))
            .env("BRICKPASS_STATE_DIR", self.folder.path().join("state"))
            .env("BRICKPASS_VAULT", self.vault)
            .env("BRICKPASS_VAULT_PASSPHRASE", PASSPHRASE);
        if let Some(bus) = &self.bus {
            command.env("DBUS_SESSION_BUS_ADDRESS", bus);
        }
        command
    }

    fn fill(&self, arguments: &[&str], stdin: &str) {
        let mut child = self.command(arguments).stdin(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(stdin.as_bytes()).unwrap();
        assert!(child.wait().unwrap().success(), "{arguments:?}");
    }

    fn log_in(&self) {
        let (user, port) = (self.demo.users().swap_remove(0), free_port(&self.demo).to_string());
        let mut login = self.command(&["login", "browser", "--no-browser", "--port", &port]);
        let mut child = login.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        let lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let mut lines = lines.map_while(Result::ok);
        let address = lines.find(|line| line.starts_with("http")).expect("the address of the sign-in");
        browser::visit(&browser::consent(&address, &user.name, &user.password).unwrap());
        lines.for_each(drop);
        assert!(child.wait().unwrap().success(), "the sign-in");
    }

    fn time(&self, arguments: &[&str]) -> Duration {
        let began = Instant::now();
        let output = self.command(arguments).stdin(Stdio::null()).output().unwrap();
        let took = began.elapsed();
        assert!(output.status.success() && !output.stdout.is_empty(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        took
    }

    fn bare(&self) -> Duration {
        median((0..ROUNDS).map(|_| self.time(&["--version"])).collect())
    }

    /// Each in turn, so that a busy moment of the machine meets all of them. What stands behind the plus is the part that is named: what this
    /// line takes longer than the one above it.
    fn lines(&self, bare: Duration) -> Vec<Line> {
        let asked: [(&[&str], &str, &str); 4] = [
            (&["list", "--json"], "list", "engine and files"),
            (&["token", "pat"], "token, PAT", "vault read"),
            (&["token", "principal", "--renew"], "token, principal", "discovery, one request"),
            (&["token", "browser", "--renew"], "token, browser", "renewed, vault written"),
        ];
        let mut times = asked.map(|_| Vec::new());
        for _ in 0..ROUNDS {
            for ((arguments, ..), times) in asked.iter().zip(&mut times) {
                times.push(self.time(arguments));
            }
        }
        assert_eq!(self.demo.authorization().reuses(), 0, "a refresh token was used twice");
        let mut before = bare;
        let line = |((_, what, part), times): (&(&[&str], &str, &str), Vec<Duration>)| {
            let time = median(times);
            let more = time.saturating_sub(std::mem::replace(&mut before, time));
            Line::plain(format!("{what} ({}): {part}", self.vault), format!("{}, +{}", milliseconds(time), milliseconds(more)))
        };
        asked.iter().zip(times).map(line).collect()
    }
}

/// A D-Bus session of its own with an unlocked GNOME Keyring in it; both end with the value.
#[cfg(target_os = "linux")]
pub struct Bus {
    pub address: String,
    session: Child,
    _home: tempfile::TempDir,
}

#[cfg(target_os = "linux")]
impl Bus {
    pub fn start() -> Result<Self, String> {
        let home = tempfile::tempdir().map_err(|error| error.to_string())?;
        let script = "printf test-password | gnome-keyring-daemon --replace --unlock --components=secrets --daemonize >/dev/null 2>&1 || exit 1; \
                      for try in $(seq 200); do dbus-send --session --print-reply --dest=org.freedesktop.DBus / \
                      org.freedesktop.DBus.GetNameOwner string:org.freedesktop.secrets >/dev/null 2>&1 && break; sleep 0.02; done; \
                      echo \"$DBUS_SESSION_BUS_ADDRESS\"; cat >/dev/null";
        private(home.path());
        let mut session = Command::new("dbus-run-session")
            .args(["--", "sh", "-c", script])
            .env("HOME", home.path())
            .env("XDG_RUNTIME_DIR", home.path())
            .env("XDG_DATA_HOME", home.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|error| format!("dbus-run-session: {error}"))?;
        let mut address = String::new();
        BufReader::new(session.stdout.take().unwrap()).read_line(&mut address).map_err(|error| error.to_string())?;
        if address.trim().is_empty() {
            let _ = session.wait();
            return Err("no GNOME Keyring could be started".to_owned());
        }
        Ok(Self { address: address.trim().to_owned(), session, _home: home })
    }
}

#[cfg(target_os = "linux")]
fn private(folder: &Path) {
    use std::os::unix::fs::PermissionsExt as _;
    fs::set_permissions(folder, fs::Permissions::from_mode(0o700)).unwrap();
}

#[cfg(target_os = "linux")]
impl Drop for Bus {
    fn drop(&mut self) {
        // The session ends with its shell, which waits for this.
        drop(self.session.stdin.take());
        let _ = self.session.wait();
    }
}
