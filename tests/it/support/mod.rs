//! What the promises share: homes of their own, the built program, commands with a time limit, and the one way to skip.
#![allow(dead_code, reason = "not every platform runs every promise")]

pub mod between;
pub mod browser;
#[path = "../../databricks_cli.rs"]
pub mod databricks_cli;
pub mod desk;
pub mod fault_server;
mod home;
#[cfg(target_os = "linux")]
pub mod keyring;
pub mod on_demo;
pub mod terminal;
pub mod traces;

pub use home::Home;

use brickpass_core::connection::{ConnectionId, EnteredFor, SecretKind};
use brickpass_storage::{SecretId, SecretKey};
use std::{
    fs,
    io::{Read, Write},
    net::{Ipv4Addr, TcpListener},
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Stdio},
    sync::{
        Condvar, Mutex,
        atomic::{AtomicU16, Ordering},
    },
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

/// The program that `cargo test` has built.
pub const BRICKPASS: &str = env!("CARGO_BIN_EXE_brickpass");

/// Says that a test did not run, and why: the line is seen although `cargo test` captures output, and it goes to the file that
/// `BRICKPASS_SKIP_LOG` names, from which `make test` and `make battery` report it. The caller returns right after it.
pub fn skip(test: &str, reason: &str) {
    let line = format!("skipped: {test}: {}\n", reason.split_whitespace().collect::<Vec<_>>().join(" "));
    // Not `eprintln!`: the test harness would swallow it.
    let _ = std::io::stderr().write_all(line.as_bytes());
    if let Some(log) = std::env::var_os("BRICKPASS_SKIP_LOG")
        && let Err(error) = fs::OpenOptions::new().create(true).append(true).open(log).and_then(|mut file| file.write_all(line.as_bytes()))
    {
        panic!("BRICKPASS_SKIP_LOG cannot be written: {error}");
    }
}

/// Set for the ignored tests that other tests re-execute in a place of their own.
pub const INSIDE: &str = "BRICKPASS_TEST_INSIDE";

/// Ends an ignored test that somebody runs by hand: it would work on the person's own keyring or files.
pub fn only_inside() {
    assert!(std::env::var_os(INSIDE).is_some(), "this test is run by another one, in a place of its own");
}

/// The first of `tools` that is not on `PATH`.
pub fn missing_tool<'a>(tools: &[&'a str]) -> Option<&'a str> {
    tools.iter().copied().find(|tool| !tool_exists(tool))
}

pub fn tool_exists(name: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|folder| is_program(&folder.join(name)))
}

#[cfg(unix)]
fn is_program(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    fs::metadata(path).is_ok_and(|it| it.is_file() && it.permissions().mode() & 0o111 != 0)
}

#[cfg(not(unix))]
fn is_program(path: &Path) -> bool {
    path.with_extension("exe").is_file()
}

/// Those of Rust, below this folder.
pub fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut folders = vec![folder.to_owned()];
    let mut found = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).into_iter().flatten() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                found.push(path);
            }
        }
    }
    found
}

/// A personal access token in the vault, entered for `base_url`.
pub fn token_key(connection: ConnectionId, base_url: &str) -> SecretKey {
    let id = SecretId { connection, kind: SecretKind::PersonalAccessToken };
    SecretKey::new(id, EnteredFor { origin: base_url.to_owned(), client_id: None })
}

/// A port that nobody listens on at this moment.
pub fn free_port() -> u16 {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().port()
}

/// A free port that no other test is given by the system: below the ports that it hands out.
pub fn own_port() -> u16 {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    let process = u16::try_from(std::process::id() % 16_384).unwrap();
    loop {
        let step = NEXT.fetch_add(1, Ordering::Relaxed);
        let port = 12_000 + (process.wrapping_add(step)) % 16_384;
        if TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok() {
            return port;
        }
    }
}

/// What a command left behind.
#[derive(Debug)]
pub struct Finished {
    /// `None` when a signal ended it.
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
    pub took: Duration,
}

impl Finished {
    /// Its standard output as one JSON document.
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("not JSON ({error}): {self:?}"))
    }
}

/// Of everything that must come: on a busy machine it comes late.
pub const LIMIT: Duration = Duration::from_mins(3);

/// Runs `command` to its end with `stdin`; a command that outlives `limit` is killed and fails the test.
pub fn run(command: &mut Command, stdin: &[u8], limit: Duration) -> Finished {
    let began = Instant::now();
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    // A program that does not read its standard input may close it early.
    let _ = child.stdin.take().unwrap().write_all(stdin);
    let stdout = read_all(child.stdout.take().unwrap());
    let stderr = read_all(child.stderr.take().unwrap());
    let ended = wait(&mut child, limit);
    if ended.is_none() {
        let _ = child.kill();
        let _ = child.wait();
    }
    let (stdout, stderr) = (stdout.join().unwrap(), stderr.join().unwrap());
    let Some(status) = ended else { panic!("{command:?} did not end within {limit:?}\nstdout: {stdout}\nstderr: {stderr}") };
    Finished { code: status.code(), stdout, stderr, took: began.elapsed() }
}

/// Runs a script of `tests/interop` with the official Python SDK against the demo of that announcement; exit code 77 says that it could not run.
pub fn interop(script: &str, announcement: &serde_json::Value) -> Finished {
    let mut command = Command::new("sh");
    command.arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/interop/run.sh")).arg(script);
    command.env("BRICKPASS_INTEROP_VENV", interop_venv());
    run(&mut command, announcement.to_string().as_bytes(), Duration::from_mins(5))
}

/// Beside the built programs, so that it is made once and goes with `cargo clean`.
pub fn interop_venv() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("interop-venv")
}

/// How the child ended, or `None` when it still runs after `limit`.
pub fn wait(child: &mut Child, limit: Duration) -> Option<ExitStatus> {
    let until = Instant::now() + limit;
    loop {
        if let Some(status) = child.try_wait().unwrap() {
            return Some(status);
        }
        if Instant::now() >= until {
            return None;
        }
        thread::sleep(Duration::from_millis(5));
    }
}

/// For what must not happen: it is looked at for a moment. On a busy machine this may see too little, but never too much.
pub fn stays(what: &str, mut holds: impl FnMut() -> bool) {
    let until = Instant::now() + Duration::from_millis(300);
    while Instant::now() < until {
        assert!(holds(), "{what}");
        thread::sleep(Duration::from_millis(5));
    }
}

/// Waits for what must happen, however busy the machine is.
pub fn comes(what: &str, mut holds: impl FnMut() -> bool) {
    let until = Instant::now() + Duration::from_mins(1);
    while !holds() {
        assert!(Instant::now() < until, "{what}: not within a minute");
        thread::sleep(Duration::from_millis(5));
    }
}

/// Holds a server's answer back until the test has done what must come before it.
#[derive(Default)]
pub struct Gate {
    shut: Mutex<bool>,
    opened: Condvar,
}

impl Gate {
    pub fn shut(&self) {
        *self.shut.lock().unwrap() = true;
    }

    pub fn open(&self) {
        *self.shut.lock().unwrap() = false;
        self.opened.notify_all();
    }

    /// At once through an open gate.
    pub fn pass(&self) {
        drop(self.opened.wait_while(self.shut.lock().unwrap(), |shut| *shut).unwrap());
    }
}

fn read_all(mut from: impl Read + Send + 'static) -> JoinHandle<String> {
    thread::spawn(move || {
        let mut bytes = Vec::new();
        let _ = from.read_to_end(&mut bytes);
        String::from_utf8_lossy(&bytes).into_owned()
    })
}

/// A child that does not outlive its test.
pub struct Running(pub Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[cfg(unix)]
#[test]
fn a_command_that_hangs_is_ended_and_reported() {
    let hung = std::panic::catch_unwind(|| run(Command::new("sleep").arg("60"), b"", Duration::from_millis(50)));
    let message = *hung.unwrap_err().downcast::<String>().unwrap();
    assert!(message.contains("did not end within 50ms"), "{message}");
}

#[cfg(unix)]
#[test]
fn tools_are_found_on_the_path() {
    assert!(tool_exists("sh") && !tool_exists("no-such-tool-of-anybody"));
    assert_eq!(missing_tool(&["sh", "no-such-tool-of-anybody"]), Some("no-such-tool-of-anybody"));
    assert_ne!(free_port(), 0);
}

include!("../../hostile_values.rs");

/// A client that is not Brickpass's own: what it sees, the server has said. Plain HTTP: no certificate is ever looked at.
pub fn client() -> reqwest::Client {
    let tls = rustls::ClientConfig::builder_with_provider(std::sync::Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(rustls::RootCertStore::empty())
        .with_no_client_auth();
    reqwest::Client::builder().tls_backend_preconfigured(tls).no_proxy().redirect(reqwest::redirect::Policy::none()).build().unwrap()
}

/// An access token of the demo's service principal, from client credentials, good for one workspace.
pub async fn service_principal_token(demo: &brickpass_demo::Demo, base_url: &str) -> String {
    let principal = demo.service_principal();
    let request = client().post(format!("{base_url}/oidc/v1/token")).basic_auth(principal.client_id, Some(principal.client_secret));
    let answer = request.form(&[("grant_type", "client_credentials"), ("scope", "all-apis")]).send().await.unwrap();
    let tokens: serde_json::Value = answer.json().await.unwrap();
    tokens["access_token"].as_str().unwrap().to_owned()
}
