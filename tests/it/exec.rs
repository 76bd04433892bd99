//! `brickpass exec`: the built program, the demo over real sockets, and the tools that know how to ask it for tokens.
#![cfg(target_os = "linux")]

use std::{
    collections::BTreeMap,
    env, fs,
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::{Ipv4Addr, TcpStream},
    os::unix::process::CommandExt as _,
    path::PathBuf,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use brickpass_core::connection::SecretKind;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::{
    credential::Desk,
    support::{Finished, Running, databricks_cli::databricks_cli, interop, interop_venv, run, skip, stays, wait},
};

const LIMIT: Duration = Duration::from_mins(3);
const PASSPHRASE: &str = "correct horse";

fn command(desk: &Desk, arguments: &[&str]) -> Command {
    Desk::with_vault(desk.home.brickpass([&["exec"], arguments].concat()))
}

fn exec(desk: &Desk, arguments: &[&str]) -> Finished {
    run(&mut command(desk, arguments), b"", LIMIT)
}

/// Variables as `env` prints them.
fn variables(text: &str) -> BTreeMap<String, String> {
    text.lines().filter_map(|line| line.split_once('=')).map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

/// A command that waits until its standard input ends; meanwhile the test asks as a tool would.
struct Waiting {
    child: Running,
    variables: BTreeMap<String, String>,
}

impl Waiting {
    fn start(desk: &Desk, name: &str) -> Self {
        let mut command = command(desk, &[name, "--", "sh", "-c", "env; echo; exec cat"]);
        Self::of(command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap())
    }

    fn of(mut child: Child) -> Self {
        let lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
        let text: Vec<_> = lines.take_while(|line| !line.is_empty()).collect();
        let variables = variables(&text.join("\n"));
        if !variables.contains_key("DATABRICKS_METADATA_SERVICE_URL") {
            let mut said = String::new();
            child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
            panic!("the command was not started: {said} {variables:?}");
        }
        Self { child: Running(child), variables }
    }

    fn url(&self) -> &str {
        &self.variables["DATABRICKS_METADATA_SERVICE_URL"]
    }

    fn port(&self) -> u16 {
        self.url().trim_start_matches("http://127.0.0.1:").split('/').next().unwrap().parse().unwrap()
    }

    /// Status and body.
    fn ask(&self) -> (u16, Value) {
        ask(self.url(), &self.variables["DATABRICKS_HOST"])
    }

    fn token(&self) -> String {
        let asked = Timestamp::now().as_second();
        let (status, body) = self.ask();
        assert_eq!((status, body["token_type"].as_str()), (200, Some("Bearer")), "{body}");
        let ends = body["expires_on"].as_i64().unwrap();
        let (most, left) = (ends - asked, ends - Timestamp::now().as_second());
        assert!(most >= -1 && left <= 120, "a tool asks again in {left} s");
        body["access_token"].as_str().unwrap().to_owned()
    }

    /// Its input ends, and what it said on standard error.
    fn end(mut self) -> String {
        drop(self.child.0.stdin.take());
        assert!(wait(&mut self.child.0, LIMIT).expect("it ends with its command").success());
        let mut said = String::new();
        self.child.0.stderr.take().unwrap().read_to_string(&mut said).unwrap();
        said
    }
}

/// As databricks-sdk-go asks.
fn ask(url: &str, host: &str) -> (u16, Value) {
    let (authority, path) = url.strip_prefix("http://").unwrap().split_once('/').unwrap();
    let mut stream = TcpStream::connect(authority).unwrap();
    let headers = format!("Host: {authority}\r\nX-Databricks-Metadata-Version: 1\r\nX-Databricks-Host: {host}\r\n");
    stream.write_all(format!("GET /{path} HTTP/1.1\r\n{headers}\r\n").as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    (head.split(' ').nth(1).unwrap().parse().unwrap(), serde_json::from_str(body).unwrap_or_default())
}

fn until(what: &str, mut done: impl FnMut() -> bool) {
    let limit = Instant::now() + LIMIT;
    while !done() {
        assert!(Instant::now() < limit, "{what}");
        std::thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn the_command_gets_the_place_and_no_secret_of_anybody() {
    let desk = Desk::new();
    desk.add_pat("Sales EU");
    let token = &desk.demo.workspaces()[0].token;
    let persons = [
        ("DATABRICKS_TOKEN", "persons-token"),
        ("DATABRICKS_HOST", "https://persons.example.com"),
        ("DATABRICKS_CLIENT_ID", "persons-client"),
        ("DATABRICKS_CLIENT_SECRET", "persons-client-secret"),
        ("DATABRICKS_CONFIG_PROFILE", "persons-profile"),
        ("DATABRICKS_CLUSTER_ID", "persons-cluster"),
        ("DATABRICKS_HTTP_PATH", "/sql/persons"),
        ("ARM_CLIENT_ID", "persons-arm"),
        ("ARM_CLIENT_SECRET", "persons-arm-secret"),
        ("GOOGLE_CREDENTIALS", "persons-google"),
    ];
    let mut command = command(&desk, &["Sales EU", "env"]);
    let finished = run(command.envs(persons).env("EDITOR", "vi"), b"", LIMIT);
    assert_eq!((finished.code, finished.stderr.as_str()), (Some(0), ""), "{finished:?}");
    let seen = variables(&finished.stdout);
    assert_eq!(seen["DATABRICKS_HOST"], desk.host());
    assert_eq!(seen["DATABRICKS_AUTH_TYPE"], "metadata-service");
    assert_eq!(seen["EDITOR"], "vi", "what is none of Databricks' business stays");
    let databricks: Vec<_> = seen.keys().filter(|name| name.starts_with("DATABRICKS_")).collect();
    let ours = ["DATABRICKS_AUTH_TYPE", "DATABRICKS_CONFIG_FILE", "DATABRICKS_HOST", "DATABRICKS_METADATA_SERVICE_URL"];
    assert_eq!(databricks, ours);
    for secret in ["persons", token.as_str(), PASSPHRASE] {
        assert!(!finished.stdout.contains(secret), "{secret} in {}", finished.stdout);
    }
    let kept = run(command_keeping(&desk).envs(persons), b"", LIMIT);
    assert!(kept.stdout.contains("ARM_CLIENT_ID=persons-arm\n") && !kept.stdout.contains("persons-arm-secret"), "{kept:?}");
}

fn command_keeping(desk: &Desk) -> Command {
    command(desk, &["--keep", "ARM_CLIENT_ID", "Sales EU", "env"])
}

#[test]
fn nothing_of_it_lies_in_a_file_or_an_argument_and_afterwards_the_port_is_closed() {
    let desk = Desk::new();
    desk.add_pat("Sales EU");
    let waiting = Waiting::start(&desk, "Sales EU");
    let token = waiting.token();
    assert_eq!(token, desk.demo.workspaces()[0].token);
    let log = fs::read_to_string(desk.home.state_dir().join("activity.jsonl")).unwrap();
    assert!(log.lines().any(|line| line.contains("\"handed-out\"") && line.contains("\"detail\":\"sh\"")), "{log}");
    let (key, port) = (waiting.url().rsplit('/').next().unwrap().to_owned(), waiting.port());
    for (path, bytes) in desk.home.files() {
        let text = String::from_utf8_lossy(&bytes);
        assert!(!text.contains(&token) && !text.contains(&key), "in {}", path.display());
    }
    let profiles = PathBuf::from(&waiting.variables["DATABRICKS_CONFIG_FILE"]);
    assert!(fs::read_to_string(&profiles).unwrap().contains("[sales-eu]"));
    let pid = waiting.child.0.id();
    let children = fs::read_to_string(format!("/proc/{pid}/task/{pid}/children")).unwrap();
    for pid in children.split_whitespace().map(str::to_owned).chain([pid.to_string()]) {
        let words = fs::read_to_string(format!("/proc/{pid}/cmdline")).unwrap();
        assert!(!words.contains(&token) && !words.contains(&key), "{words}");
    }
    // Of our own process: the passphrase that it was started with, but neither the key nor a token.
    let own = fs::read(format!("/proc/{pid}/environ")).unwrap();
    assert!(!String::from_utf8_lossy(&own).contains(&key));
    assert_eq!(waiting.end(), "");
    assert!(TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_err(), "nobody listens any more");
    assert!(!profiles.exists());
}

/// Python asks a proxy for every address that nobody has taken out, also for one of this computer: the proxy would hear the key, and the token.
#[test]
fn a_proxy_hears_neither_the_key_nor_the_token() {
    const TEST: &str = "a_proxy_hears_neither_the_key_nor_the_token";
    if Command::new("python3").arg("--version").output().is_err() {
        return skip(TEST, "there is no python3");
    }
    let desk = Desk::new();
    desk.add_pat("Sales");
    let proxy = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    proxy.set_nonblocking(true).unwrap();
    let address = format!("http://{}", proxy.local_addr().unwrap());
    let asks = "import os, urllib.request as u\nr = u.Request(os.environ['DATABRICKS_METADATA_SERVICE_URL'])\n\
                r.add_header('X-Databricks-Metadata-Version', '1')\nr.add_header('X-Databricks-Host', os.environ['DATABRICKS_HOST'])\n\
                print(u.urlopen(r, timeout=5).status, os.environ['NO_PROXY'])";
    for name in ["http_proxy", "HTTP_PROXY", "ALL_PROXY"] {
        let mut command = command(&desk, &["Sales", "--", "python3", "-c", asks]);
        let finished = run(command.env(name, &address).env("no_proxy", "intranet.example"), b"", LIMIT);
        assert_eq!((finished.code, finished.stdout.trim()), (Some(0), "200 intranet.example,127.0.0.1,localhost"), "{name}: {finished:?}");
        assert!(proxy.accept().is_err(), "{name}: the proxy was asked");
    }
}

#[test]
fn its_exit_code_is_that_of_the_command_and_what_follows_the_command_is_its_own() {
    let desk = Desk::new();
    desk.add_pat("Sales EU");
    let code = |arguments: &[&str]| exec(&desk, &[&["sales eu"], arguments].concat()).code;
    assert_eq!(code(&["--", "true"]), Some(0));
    assert_eq!(code(&["sh", "-c", "exit 7"]), Some(7));
    assert_eq!(code(&["sh", "-c", "kill -9 $$"]), Some(128 + 9));
    assert_eq!(code(&["sh", "-c", "kill -TERM $$"]), Some(128 + 15));
    let echoed = exec(&desk, &["Sales EU", "echo", "--json", "--help", "--", "-x"]);
    assert_eq!((echoed.code, echoed.stdout.as_str(), echoed.stderr.as_str()), (Some(0), "--json --help -- -x\n", ""));
    let read = run(&mut command(&desk, &["Sales EU", "cat"]), b"from the person", LIMIT);
    assert_eq!(read.stdout, "from the person");

    let missing = exec(&desk, &["Sales EU", "--", "no-such-program-of-anybody"]);
    assert_eq!((missing.code, missing.stdout.as_str()), (Some(127), ""));
    assert!(missing.stderr.contains("\"no-such-program-of-anybody\" was not found"), "{missing:?}");
    let file = desk.home.path().join("no-program");
    fs::write(&file, "text").unwrap();
    let no_program = exec(&desk, &["Sales EU", file.to_str().unwrap()]);
    assert_eq!((no_program.code, no_program.stdout.as_str()), (Some(126), ""));
    assert!(no_program.stderr.contains("cannot be started"), "{no_program:?}");
}

#[test]
fn what_is_missing_is_said_before_anything_is_started() {
    let desk = Desk::new();
    desk.add_pat("Sales EU");
    desk.add_browser("Nobody signed in");
    let marker = desk.home.path().join("started");
    let touch = ["--", "touch", marker.to_str().unwrap()];
    let refused = |finished: Finished, code: i32, words: &str| {
        assert_eq!((finished.code, finished.stdout.as_str()), (Some(code), ""), "{finished:?}");
        assert!(finished.stderr.contains(words), "{words}: {finished:?}");
        assert!(!marker.exists(), "the command ran");
    };
    let asked = |name| exec(&desk, &[&[name], &touch[..]].concat());
    refused(asked("nobody"), 3, "There is no connection named \"nobody\".");
    refused(asked("Nobody signed in"), 1, "brickpass login \"Nobody signed in\"");
    refused(exec(&desk, &["Sales EU"]), 2, "For example: brickpass exec \"Sales EU\" -- databricks clusters list");
    refused(exec(&desk, &[]), 2, "brickpass exec [OPTIONS] <NAME> [--] <COMMAND>");
    let mut locked = command(&desk, &[&["Sales EU"], &touch[..]].concat());
    refused(run(locked.env_remove("BRICKPASS_VAULT_PASSPHRASE"), b"", LIMIT), 4, "locked");
    // On standard output there is only what the command writes.
    let json = run(&mut Desk::with_vault(desk.home.brickpass(["--json", "exec", "nobody", "true"])), b"", LIMIT);
    refused(json, 3, "There is no connection");
}

/// `sh` counts the signals that it gets, and says so when its input ends.
const COUNTS: &str = "trap 'echo int' INT; trap 'echo hup' HUP; trap 'echo term; exit 9' TERM; env; echo; while :; do sleep 0.01; done";

#[test]
fn what_only_brickpass_is_told_is_passed_on() {
    let desk = Desk::new();
    desk.add_pat("Sales EU");
    let mut command = command(&desk, &["Sales EU", "sh", "-c", COUNTS]);
    let mut child = Running(command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().unwrap());
    let mut lines = BufReader::new(child.0.stdout.take().unwrap()).lines().map_while(Result::ok);
    assert!(lines.any(|line| line.is_empty()), "it has started");
    for (signal, heard) in [("-HUP", "hup"), ("-TERM", "term")] {
        assert!(Command::new("kill").args([signal, &child.0.id().to_string()]).status().unwrap().success());
        assert_eq!(lines.next().as_deref(), Some(heard));
    }
    assert_eq!(wait(&mut child.0, LIMIT).unwrap().code(), Some(9));
}

#[test]
fn ctrl_c_reaches_the_command_once_and_brickpass_stays_until_the_command_has_ended() {
    let desk = Desk::new();
    desk.add_pat("Sales EU");
    let mut command = command(&desk, &["Sales EU", "sh", "-c", COUNTS]);
    // As the foreground of a terminal: all of them are told.
    let child = command.process_group(0).stdin(Stdio::null()).stdout(Stdio::piped()).spawn().unwrap();
    let mut child = Running(child);
    let mut lines = BufReader::new(child.0.stdout.take().unwrap()).lines().map_while(Result::ok);
    let url = lines
        .by_ref()
        .take_while(|line| !line.is_empty())
        .find_map(|line| line.strip_prefix("DATABRICKS_METADATA_SERVICE_URL=").map(str::to_owned));
    assert!(lines.any(|line| line.is_empty()));
    let group = format!("-{}", child.0.id());
    assert!(Command::new("kill").args(["-INT", "--", &group]).status().unwrap().success());
    assert_eq!(lines.next().as_deref(), Some("int"));
    assert_eq!(ask(&url.unwrap(), &desk.host()).0, 200, "the command cleans up, and for that it may need a token");
    assert!(Command::new("kill").args(["-TERM", &child.0.id().to_string()]).status().unwrap().success());
    assert_eq!(lines.collect::<Vec<_>>(), ["term"], "and no second Ctrl+C");
    assert_eq!(wait(&mut child.0, LIMIT).unwrap().code(), Some(9));
}

/// Its token lives for 6 s, and is renewed at half its life. (Brickpass believes no server that says less than a minute.)
fn grow_old(desk: &Desk, name: &str, kind: SecretKind, at: &str) {
    desk.demo.authorization().set_access_token_lifetime(Duration::from_secs(60));
    desk.done(&["token", name, "--renew"], "");
    desk.stored_earlier(name, kind, at, ["expires_at"], SignedDuration::from_secs(54));
}

#[test]
fn a_token_that_ends_while_the_command_runs_is_renewed() {
    let desk = Desk::new();
    desk.add_browser("Person");
    desk.add_principal("Robot", 0);
    desk.log_in("Person");
    grow_old(&desk, "Person", SecretKind::RefreshToken, "/access");
    grow_old(&desk, "Robot", SecretKind::AccessToken, "/kept");
    let workspace = desk.demo.workspace(&desk.demo.workspaces()[0].name).unwrap();
    for waiting in ["Person", "Robot"].map(|name| Waiting::start(&desk, name)) {
        let first = waiting.token();
        until("it is never renewed", || waiting.token() != first);
        assert!(workspace.accepts(&waiting.token()));
        assert_eq!(waiting.end(), "");
    }
    assert_eq!(desk.demo.authorization().reuses(), 0);
}

#[test]
fn a_renewal_that_is_under_way_when_the_command_ends_is_not_lost() {
    let desk = Desk::new();
    desk.add_browser("Person");
    desk.log_in("Person");
    grow_old(&desk, "Person", SecretKind::RefreshToken, "/access");
    let before = desk.demo.authorization().refreshes();
    // Who wants to write to the vault waits for this. Taken first: on a busy machine the renewal begins before the command has said where it listens.
    let vault = fs::File::options().write(true).open(desk.home.config_dir().join("vault.age.lock")).unwrap();
    vault.lock().unwrap();
    let mut waiting = Waiting::start(&desk, "Person");
    std::thread::scope(|scope| {
        scope.spawn(|| {
            until("nobody renews", || {
                let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, waiting.port())).unwrap();
                let path = waiting.url().rsplit('/').next().unwrap();
                let headers = format!(
                    "Host: localhost:{}\r\nX-Databricks-Metadata-Version: 1\r\nX-Databricks-Host: {}\r\n",
                    waiting.port(),
                    desk.host()
                );
                stream.write_all(format!("GET /{path} HTTP/1.1\r\n{headers}\r\n").as_bytes()).unwrap();
                stream.set_read_timeout(Some(Duration::from_millis(100))).unwrap();
                let _ = stream.read(&mut [0; 16]);
                desk.demo.authorization().refreshes() > before
            });
        });
    });
    drop(waiting.child.0.stdin.take());
    stays("it waits until the new sign-in is stored", || waiting.child.0.try_wait().unwrap().is_none());
    drop(vault);
    assert!(wait(&mut waiting.child.0, LIMIT).unwrap().success());
    desk.done(&["token", "Person", "--renew"], "");
    assert_eq!(desk.demo.authorization().reuses(), 0, "what was stored is what the server has given last");
}

#[test]
fn two_at_once_are_two_keys_and_each_is_good_for_its_own_host_alone() {
    let desk = Desk::new();
    desk.add_pat("Sales EU");
    desk.add_principal("Robot", 1);
    let (one, two) = (Waiting::start(&desk, "Sales EU"), Waiting::start(&desk, "Robot"));
    assert_ne!(one.token(), two.token());
    let key = |waiting: &Waiting| waiting.url().rsplit('/').next().unwrap().to_owned();
    assert_ne!(key(&one), key(&two));
    let crossed = format!("http://127.0.0.1:{}/{}", one.port(), key(&two));
    assert_eq!(ask(&crossed, &desk.host()), (404, Value::Null));
    let (status, body) = ask(one.url(), &two.variables["DATABRICKS_HOST"]);
    assert_eq!(status, 404);
    assert!(body["error_description"].as_str().unwrap().contains("a different host") && body.get("access_token").is_none(), "{body}");
    one.end();
    assert_eq!(two.ask().0, 200, "the end of the one is not the end of the other");
    two.end();
}

#[test]
fn whoever_signs_out_or_changes_the_connection_ends_the_tokens_and_it_is_told_once() {
    let desk = Desk::new();
    desk.add_browser("Person");
    desk.add_pat("Sales EU");
    desk.log_in("Person");
    let waiting = Waiting::start(&desk, "Person");
    waiting.token();
    desk.done(&["logout", "Person"], "");
    for _ in 0..2 {
        let (status, body) = waiting.ask();
        assert_eq!((status, body.get("access_token")), (401, None), "{body}");
        assert!(body["error_description"].as_str().unwrap().contains("Sign in again"), "{body}");
    }
    let said = waiting.end();
    assert_eq!(said.matches("brickpass: ").count(), 1, "{said}");

    // A token that is entered for another address is none of the former one's business.
    let waiting = Waiting::start(&desk, "Sales EU");
    waiting.token();
    let other = &desk.demo.workspaces()[1];
    desk.done(&["edit", "Sales EU", "--base-url", &other.base_url, "--token-stdin"], &other.token);
    let (status, body) = waiting.ask();
    assert_eq!((status, body.get("access_token")), (401, None), "{body}");
    assert!(body["error_description"].as_str().unwrap().contains(&format!("entered for {}", other.base_url)), "{body}");
    assert!(waiting.end().contains("entered for"));
    let waiting = Waiting::start(&desk, "Sales EU");
    assert_eq!(waiting.token(), other.token);
    desk.done(&["remove", "Sales EU"], "");
    assert_eq!(waiting.ask().1.get("access_token"), None);
    waiting.end();
}

/// The three ways to sign in, and whom the demo sees then.
fn three_ways(desk: &Desk) -> [(&'static str, String); 3] {
    desk.add_pat("Pat");
    desk.add_principal("Robot", 0);
    desk.add_browser("Person");
    desk.log_in("Person");
    let (user, person) = (desk.demo.workspaces()[0].user.clone(), desk.demo.users()[0].name.clone());
    [("Pat", user), ("Robot", desk.demo.service_principal().client_id), ("Person", person)]
}

/// What a person has lying around: a profile for everything that names none, and one of an account.
fn with_a_file_of_the_persons_own(desk: &Desk) {
    let text = "[__settings__]\ndefault_profile = mine\n\n[DEFAULT]\nhost = https://default.example.com\ntoken = persons-default\n\n\
                [mine]\nhost = https://mine.example.com\ntoken = persons-token\ncluster_id = persons-cluster\n\n\
                [account]\nhost = https://accounts.cloud.databricks.com\naccount_id = 12345678-90ab-cdef-1234-567890abcdef\nusername = a\npassword = b\n";
    fs::write(desk.home.path().join(".databrickscfg"), text).unwrap();
}

#[test]
fn the_python_sdk_lists_clusters_in_each_way_to_sign_in() {
    const TEST: &str = "the_python_sdk_lists_clusters_in_each_way_to_sign_in";
    // Installs it, where it is not there yet.
    let installed = interop("whose_token.py", &json!({}));
    if installed.code == Some(77) {
        return skip(TEST, &installed.stdout);
    }
    assert_eq!(installed.code, Some(0), "{installed:?}");
    let desk = Desk::new();
    with_a_file_of_the_persons_own(&desk);
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/interop/look.py");
    for (name, user) in three_ways(&desk) {
        let mut command = command(&desk, &[name, "--", "python3", script]);
        command.env("PYTHONPATH", interop_venv().join("packages")).env("PYTHONDONTWRITEBYTECODE", "1");
        let seen = run(command.env("DATABRICKS_TOKEN", "persons-token"), b"", LIMIT);
        assert_eq!(seen.code, Some(0), "{seen:?}");
        let seen = seen.json();
        assert_eq!((&seen["user"], &seen["auth_type"]), (&json!(user), &json!("metadata-service")), "{name}");
        assert!(!seen["clusters"].as_array().unwrap().is_empty(), "{name}: {seen}");
    }
}

#[test]
fn the_databricks_cli_works_in_each_way_to_sign_in_whatever_lies_in_the_persons_file() {
    const TEST: &str = "the_databricks_cli_works_in_each_way_to_sign_in_whatever_lies_in_the_persons_file";
    let Some(program) = databricks_cli() else {
        return skip(TEST, "the Databricks CLI is not installed (make interop builds it)");
    };
    let desk = Desk::new();
    with_a_file_of_the_persons_own(&desk);
    let ways = three_ways(&desk);
    let cli = |name: &str, arguments: &[&str], folder: Option<&str>| {
        let mut command = command(&desk, &[&[name, "--", program.to_str().unwrap()], arguments].concat());
        if let Some(folder) = folder {
            command.current_dir(desk.home.path().join(folder));
        }
        run(&mut command, b"", LIMIT)
    };
    if !cli("Pat", &["version"], None).stdout.starts_with("Databricks CLI v") {
        return skip(TEST, "it is the legacy one");
    }
    let good = |finished: Finished| {
        assert_eq!(finished.code, Some(0), "{finished:?}");
        finished.json()
    };
    for (name, user) in &ways {
        assert_eq!(good(cli(name, &["current-user", "me", "-o", "json"], None))["userName"], *user, "{name}");
        assert!(!good(cli(name, &["clusters", "list", "-o", "json"], None)).as_array().unwrap().is_empty(), "{name}");
        let described = cli(name, &["auth", "describe", "-o", "json"], None);
        let described = good(described);
        assert_eq!((described["status"].as_str(), &described["username"]), (Some("success"), &json!(user)), "{described}");
        assert_eq!(described["details"]["auth_type"], "metadata-service");
        assert_eq!(described.pointer("/details/configuration/metadata_service_url/value"), Some(&json!("********")), "{described}");
        assert!(!described.to_string().contains("persons-"), "{described}");
    }
    // An account, although the person's file has the profile of another one.
    let (account, principal) = (desk.demo.account(), desk.demo.service_principal());
    let place = ["add", "Account", "--base-url", &account.base_url, "--account-id", &account.account_id];
    let how = ["--auth", "service-principal", "--client-id", &principal.client_id, "--client-secret-stdin"];
    desk.done(&[&place[..], &how].concat(), &principal.client_secret);
    let workspaces = good(cli("Account", &["account", "workspaces", "list", "-o", "json"], None));
    assert!(workspaces.as_array().unwrap().iter().any(|it| it["account_id"] == account.account_id.as_str()), "{workspaces}");
    // Its profile is served by name, for whoever says so; another one is another sign-in and is not.
    assert_eq!(good(cli("Person", &["current-user", "me", "-p", "person", "-o", "json"], None))["userName"], ways[2].1);
    let other = cli("Person", &["current-user", "me", "-p", "mine"], None);
    assert!(other.code == Some(1) && other.stderr.contains("has no mine profile configured"), "{other:?}");
    // And so it is with bundles.
    let host = desk.host();
    for (folder, workspace, works) in [
        ("by-host", format!("host: {host}"), true),
        ("by-profile", "profile: person".to_owned(), true),
        ("by-both", format!("host: {host}\n  profile: person"), true),
        ("elsewhere", "profile: mine".to_owned(), false),
        ("other-host", "host: https://mine.example.com".to_owned(), false),
    ] {
        fs::create_dir(desk.home.path().join(folder)).unwrap();
        let text = format!("bundle:\n  name: nightly\nworkspace:\n  {workspace}\n");
        fs::write(desk.home.path().join(folder).join("databricks.yml"), text).unwrap();
        let seen = cli("Person", &["current-user", "me", "-o", "json"], Some(folder));
        assert_eq!(seen.code == Some(0) && seen.json()["userName"] == ways[2].1, works, "{folder}: {seen:?}");
        if !works {
            assert!(!seen.stderr.contains("metadata-service") || seen.stderr.contains("a different host"), "{folder}: {seen:?}");
        }
    }
}
