//! `brickpass-credential`: the built program, the demo over real sockets, and the official SDK that starts it.
#![cfg(target_os = "linux")]

use std::{
    fs,
    io::{BufRead as _, BufReader},
    process::{Command, Stdio},
    time::Duration,
};

use brickpass::demo::{Demo, DemoOptions};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::support::{Finished, Home, Running, browser, free_port, run, skip};

const CREDENTIAL: &str = env!("CARGO_BIN_EXE_brickpass-credential");
const LIMIT: Duration = Duration::from_secs(60);
const NOT_CONFIGURED: &str = "databricks OAuth is not configured for this host";

/// A home with an encrypted vault, and the demo in this process.
struct Desk {
    home: Home,
    demo: Demo,
}

impl Desk {
    fn new() -> Self {
        Self { home: Home::new(), demo: Demo::start(&DemoOptions { workspaces: 2, ..DemoOptions::default() }).unwrap() }
    }

    fn with_vault(mut command: Command) -> Command {
        command.env("BRICKPASS_VAULT", "file").env("BRICKPASS_VAULT_PASSPHRASE", "correct horse");
        command
    }

    fn done(&self, arguments: &[&str], stdin: &str) -> Finished {
        let finished = run(&mut Self::with_vault(self.home.brickpass(arguments)), stdin.as_bytes(), LIMIT);
        assert_eq!(finished.code, Some(0), "{arguments:?}: {finished:?}");
        finished
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Self::with_vault(self.home.command(CREDENTIAL));
        command.args(arguments).env("TZ", "Asia/Kolkata");
        command
    }

    fn credential(&self, arguments: &[&str]) -> Finished {
        run(&mut self.command(arguments), b"", LIMIT)
    }

    /// The answer of `auth token`, judged as the three SDKs read it.
    fn token(&self, arguments: &[&str]) -> Answer {
        let finished = self.credential(&[&["auth", "token"], arguments].concat());
        assert_eq!((finished.code, finished.stderr.as_str()), (Some(0), ""), "{arguments:?}: {finished:?}");
        Answer::read(&finished)
    }

    /// What is told when there is no token: one line on standard error, nothing on standard output.
    fn refused(&self, arguments: &[&str]) -> String {
        told(&self.credential(&[&["auth", "token"], arguments].concat()))
    }

    fn host(&self) -> String {
        self.demo.workspaces()[0].base_url.clone()
    }

    fn add_pat(&self, name: &str) {
        self.done(&["add", name, "--base-url", &self.host(), "--token-stdin"], &self.demo.workspaces()[0].token);
    }

    fn add_principal(&self, name: &str, at: usize) {
        let principal = self.demo.service_principal();
        let base_url = self.demo.workspaces()[at].base_url.clone();
        let how = ["--auth", "service-principal", "--client-id", &principal.client_id, "--client-secret-stdin"];
        self.done(&[&["add", name, "--base-url", &base_url], &how[..]].concat(), &principal.client_secret);
    }

    fn add_browser(&self, name: &str) {
        self.done(&["add", name, "--base-url", &self.host(), "--auth", "browser"], "");
    }

    fn log_in(&self, name: &str) {
        let (user, port) = (self.demo.users()[0].clone(), free_port());
        self.demo.authorization().register_redirect_port(port);
        let mut login = Self::with_vault(self.home.brickpass(["login", name, "--no-browser", "--port", &port.to_string()]));
        let mut child = Running(login.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap());
        let mut lines = BufReader::new(child.0.stderr.take().unwrap()).lines().map_while(Result::ok);
        let address = lines.find(|line| line.starts_with("http")).expect("the address of the sign-in");
        browser::visit(&browser::consent(&address, &user.name, &user.password).unwrap());
        lines.for_each(drop);
        assert!(child.0.wait().unwrap().success());
    }

    /// Requests of the token endpoint so far.
    fn token_requests(&self) -> usize {
        self.demo.authorization().requests().iter().filter(|request| request.contains("/v1/token")).count()
    }

    /// The demo takes it for a token of a user of its own.
    fn opens(&self, token: &str) -> bool {
        let url = format!("{}/api/2.0/preview/scim/v2/Me", self.host());
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let asked = async { crate::support::client().get(url).bearer_auth(token).send().await.unwrap().status().is_success() };
        runtime.block_on(asked)
    }
}

#[derive(Debug)]
struct Answer {
    token: String,
    valid_for: SignedDuration,
}

impl Answer {
    fn read(finished: &Finished) -> Self {
        let answer = finished.json();
        let keys: Vec<_> = answer.as_object().unwrap().keys().collect();
        assert_eq!(keys, ["access_token", "token_type", "expiry"]);
        assert_eq!(answer["token_type"], "Bearer");
        assert!(finished.stdout.starts_with("{\n  \"access_token\": \"") && finished.stdout.ends_with("\"\n}"), "{finished:?}");
        let expiry = answer["expiry"].as_str().unwrap();
        // Go and Java: RFC 3339 with an offset. Python: what stands before the dot, as local time.
        let end: Timestamp = expiry.parse().unwrap();
        let (local, rest) = expiry.split_once('.').expect("a fraction");
        assert!(rest.ends_with("+05:30"), "{expiry}");
        let as_python = format!("{local}+05:30").parse::<Timestamp>().unwrap();
        assert!(end.duration_since(as_python).abs() < SignedDuration::from_secs(1), "{expiry}");
        Self { token: answer["access_token"].as_str().unwrap().to_owned(), valid_for: end.duration_since(Timestamp::now()) }
    }
}

fn told(finished: &Finished) -> String {
    assert_eq!((finished.code, finished.stdout.as_str()), (Some(1), ""), "{finished:?}");
    assert_eq!(finished.stderr.lines().count(), 1, "{finished:?}");
    assert!(finished.stderr.starts_with("Error: "), "{finished:?}");
    finished.stderr.trim_end().to_owned()
}

#[test]
fn the_version_reads_as_the_sdks_read_it() {
    let desk = Desk::new();
    let text = desk.credential(&["version"]);
    assert_eq!((text.code, text.stdout.as_str(), text.stderr.as_str()), (Some(0), "Databricks CLI v0.295.0\n", ""));
    // Java reads both streams as one document.
    let json = desk.credential(&["version", "--output", "json"]);
    assert_eq!((json.code, json.stderr.as_str()), (Some(0), ""));
    let version = json.json();
    assert_eq!([&version["Major"], &version["Minor"], &version["Patch"]], [&json!(0), &json!(295), &json!(0)]);
}

#[test]
fn a_personal_access_token_is_handed_out_for_every_name_of_its_connection() {
    let desk = Desk::new();
    desk.add_pat("Sales EU");
    let (host, token) = (desk.host(), desk.demo.workspaces()[0].token.clone());
    let asked: [&[&str]; 7] = [
        &["--profile", "Sales EU"],
        &["-p", "sales-eu"],
        &["sales-eu"],
        &["--host", &host],
        &["--host", &host, "--account-id", "12345678-90ab-cdef-1234-567890abcdef"],
        &["--profile", "sales-eu", "--host", &host],
        // Nothing to renew, and no error either.
        &["--profile", "sales-eu", "--force-refresh", "--timeout", "1h", "-o", "json"],
    ];
    for arguments in asked {
        let answer = desk.token(arguments);
        assert_eq!(answer.token, token, "{arguments:?}");
        // Its end is not known, and it may be rotated at any time.
        assert!(answer.valid_for > SignedDuration::from_mins(10) && answer.valid_for <= SignedDuration::from_mins(60), "{answer:?}");
    }
    let text = desk.credential(&["auth", "token", "-p", "sales-eu", "-o", "text"]);
    assert_eq!((text.code, text.stdout.trim_end()), (Some(0), token.as_str()));
    for (variable, value) in [("DATABRICKS_CONFIG_PROFILE", "sales-eu"), ("DATABRICKS_HOST", host.as_str())] {
        let finished = run(desk.command(&["auth", "token"]).env(variable, value), b"", LIMIT);
        assert_eq!(Answer::read(&finished).token, token, "{variable}");
    }
}

#[test]
fn what_is_not_ours_lets_the_sdk_try_its_next_way_and_everything_else_is_told() {
    let desk = Desk::new();
    let falls_through = |words: &str| words.starts_with(&format!("Error: cache: {NOT_CONFIGURED}. "));
    assert!(falls_through(&desk.refused(&["--profile", "nobody"])), "no connection at all");
    desk.add_pat("Sales EU");
    desk.add_browser("Nobody signed in");
    assert!(falls_through(&desk.refused(&["--profile", "nobody"])));
    assert!(falls_through(&desk.refused(&["--host", "https://adb-1.2.azuredatabricks.net"])));
    let nothing = desk.refused(&["--profile", "nobody-signed-in"]);
    assert!(falls_through(&nothing) && nothing.contains("Nobody signed in"), "{nothing}");

    let host = desk.host();
    assert_eq!(
        desk.refused(&["--host", &host]),
        format!("Error: \"Sales EU\" and \"Nobody signed in\" match {host}. Use --profile to specify which profile to use.")
    );
    assert_eq!(
        desk.refused(&["sales-eu", "--host", &host]),
        "Error: argument \"sales-eu\" cannot be combined with --host or --profile. Use the --host and --profile flags instead"
    );
    let elsewhere = desk.refused(&["--profile", "sales-eu", "--host", "https://adb-1.2.azuredatabricks.net"]);
    assert!(elsewhere.contains("which conflicts with --host \"https://adb-1.2.azuredatabricks.net\""), "{elsewhere}");
    assert_eq!(desk.refused(&[]), "Error: no profile specified. Use --profile <name> to specify which profile to use");

    // A vault that is locked is no reason to sign in as somebody else.
    let locked = told(&run(desk.command(&["auth", "token", "-p", "sales-eu"]).env_remove("BRICKPASS_VAULT_PASSPHRASE"), b"", LIMIT));
    assert!(!locked.contains(NOT_CONFIGURED) && locked.contains("locked"), "{locked}");
    let unknown = desk.credential(&["clusters", "list"]);
    assert_eq!((unknown.code, unknown.stdout.as_str()), (Some(1), ""), "{unknown:?}");
}

#[test]
fn an_address_that_nobody_confirmed_gets_no_token() {
    let desk = Desk::new();
    desk.add_pat("Sales");
    let path = desk.home.config_dir().join("connections.json");
    let text = fs::read_to_string(&path).unwrap();
    let mut file: Value = serde_json::from_str(&text).unwrap();
    let connection = &mut file["connections"][0];
    connection["base_url"] = json!("https://databricks.example.com");
    connection.as_object_mut().unwrap().remove("address_confirmed");
    fs::write(&path, file.to_string()).unwrap();
    let words = desk.refused(&["--profile", "Sales"]);
    assert!(words.contains("Nobody has confirmed this address") && !words.contains(NOT_CONFIGURED), "{words}");
}
