//! Signing in on the command line: the real program, the demo's authorization server, a stand-in for the browser that the desktop opens.
#![cfg(target_os = "linux")]

use std::{
    fs,
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::TcpStream,
    path::PathBuf,
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use brickpass::demo::{Demo, DemoOptions, DemoUser, OAuthFault};
use serde_json::Value;

use crate::support::{
    BRICKPASS, Finished, Home, Running, browser, free_port, missing_tool, run, skip,
    terminal::{self, LIMIT, Terminal},
    wait,
};

const SALES: &str = "Sales lakehouse";

/// The demo in this process, and an `xdg-open` that hands each address to the test.
struct Service {
    demo: Demo,
}

type Desk = Terminal<Service>;

impl Desk {
    fn new() -> Self {
        let desk = Self::with(Service { demo: Demo::start(&DemoOptions::default()).unwrap() });
        // Whole or not at all, with what it was given and what it sees of the environment.
        let stub = format!(
            "#!/bin/sh\nenv > '{0}/environment'\nprintf '%s\\n' \"$@\" > '{0}/opened.new'\nmv '{0}/opened.new' '{0}/opened'\n",
            desk.bin().display()
        );
        desk.stand_in("xdg-open", &stub);
        desk
    }

    fn base_url(&self, name: &str) -> String {
        self.demo.workspaces().iter().find(|workspace| workspace.name == name).unwrap().base_url.clone()
    }

    fn user(&self, index: usize) -> DemoUser {
        self.demo.users()[index].clone()
    }

    /// A connection to the first workspace that signs in through the browser.
    fn add(&self, name: &str) {
        self.done(&["add", name, "--base-url", &self.base_url(SALES), "--auth", "browser"]);
    }

    fn add_account(&self, name: &str) {
        let account = self.demo.account();
        self.done(&["add", name, "--base-url", &account.base_url, "--account-id", &account.account_id, "--auth", "browser"]);
    }

    fn add_service_principal(&self, name: &str, base_url: &str, secret: &str) {
        let client_id = self.demo.service_principal().client_id;
        let how = ["--auth", "service-principal", "--client-id", &client_id, "--client-secret-stdin"];
        self.done_fed(&[&["add", name, "--base-url", base_url], &how[..]].concat(), secret);
    }

    /// `brickpass login` with a port of its own, waiting for the browser.
    fn begin(&self, arguments: &[&str]) -> Waiting {
        let port = self.port();
        self.begin_on(port, &[arguments, &["--port", &port.to_string()]].concat())
    }

    fn port(&self) -> u16 {
        let port = free_port();
        self.demo.authorization().register_redirect_port(port);
        port
    }

    fn begin_on(&self, port: u16, arguments: &[&str]) -> Waiting {
        let _ = fs::remove_file(self.bin().join("opened"));
        let arguments = [&["login"], arguments].concat();
        let child = self.command(&arguments).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        Waiting { child, port, bin: self.bin() }
    }

    /// A whole sign-in that the person allows.
    fn login(&self, arguments: &[&str], user: &DemoUser) -> Finished {
        let mut waiting = self.begin(arguments);
        let address = waiting.opened();
        browser::visit(&browser::consent(&address, &user.name, &user.password).unwrap());
        waiting.end()
    }

    fn logged_in(&self, name: &str) -> Finished {
        let finished = self.login(&[name], &self.user(0));
        assert_eq!(finished.code, Some(0), "{finished:?}");
        finished
    }
}

/// A login that has not come to its end.
struct Waiting {
    child: Child,
    port: u16,
    bin: PathBuf,
}

impl Waiting {
    /// The address that the stand-in for the browser was given: one argument, and nothing else.
    fn opened(&mut self) -> String {
        let until = Instant::now() + LIMIT;
        while Instant::now() < until {
            if let Ok(arguments) = fs::read_to_string(self.bin.join("opened")) {
                let mut lines = arguments.lines();
                let address = lines.next().unwrap().to_owned();
                assert_eq!(lines.next(), None, "{arguments}");
                return address;
            }
            if let Some(ended) = self.child.try_wait().unwrap() {
                let mut stderr = String::new();
                self.child.stderr.take().unwrap().read_to_string(&mut stderr).unwrap();
                panic!("{ended}: {stderr}");
            }
            thread::sleep(Duration::from_millis(5));
        }
        panic!("no browser was opened");
    }

    fn end(mut self) -> Finished {
        let began = Instant::now();
        let ended = wait(&mut self.child, LIMIT).expect("the login came to an end");
        let mut finished = Finished { code: ended.code(), stdout: String::new(), stderr: String::new(), took: began.elapsed() };
        self.child.stdout.take().unwrap().read_to_string(&mut finished.stdout).unwrap();
        self.child.stderr.take().unwrap().read_to_string(&mut finished.stderr).unwrap();
        finished
    }

    fn is_open(&self) -> bool {
        TcpStream::connect(("127.0.0.1", self.port)).is_ok()
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn token(finished: &Finished) -> &str {
    let token = finished.stdout.strip_suffix('\n').unwrap_or_else(|| panic!("no line end: {finished:?}"));
    assert!(!token.is_empty() && !token.contains(char::is_whitespace), "not a token alone: {finished:?}");
    token
}

#[test]
fn a_person_signs_in_once_and_scripts_have_a_valid_token_from_then_on() {
    let desk = Desk::new();
    desk.add("Sales");
    let user = desk.user(0);
    let done = desk.logged_in("Sales");
    assert_eq!(done.stdout, format!("Signed in as {} (Sales)\n", user.name), "{done:?}");
    assert!(done.stderr.contains("port") && done.stderr.contains("5 minutes"), "{done:?}");
    assert!(!done.stderr.contains("state="), "the address is told only when it is needed: {done:?}");
    assert_eq!(desk.demo.authorization().exchanges(), 1);

    let first = desk.done(&["token", "Sales"]);
    let tested = desk.json(&["test", "Sales"]);
    assert_eq!(tested["results"][0]["user"], user.name.as_str(), "{tested:#}");
    let shown = desk.json(&["show", "Sales"]);
    assert_eq!(shown["sign_in"]["user"], user.name.as_str(), "{shown:#}");

    desk.demo.authorization().expire_access_tokens();
    assert_eq!(token(&desk.done(&["token", "Sales"])), token(&first), "what is stored serves until five minutes before its end");
    let second = desk.done(&["token", "Sales", "--renew"]);
    assert_ne!(token(&first), token(&second));
    desk.done(&["test", "Sales"]);
    assert_eq!(desk.demo.authorization().reuses(), 0, "no refresh token was used twice");
    for output in [&first, &second] {
        assert_eq!(output.stderr, "", "a token is fetched without a word");
    }
}

#[test]
fn a_token_that_is_refused_is_renewed_once_a_command_and_one_that_is_good_never() {
    let desk = Desk::new();
    desk.add("Sales");
    desk.logged_in("Sales");
    for _ in 0..3 {
        desk.done(&["test", "Sales"]);
    }
    assert_eq!(desk.demo.authorization().refreshes(), 0);
    for times in 1..=3 {
        desk.demo.authorization().expire_access_tokens();
        desk.done(&["test", "Sales"]);
        assert_eq!((desk.demo.authorization().refreshes(), desk.demo.authorization().reuses()), (times, 0));
    }
}

#[test]
fn a_port_that_is_asked_for_stands_above_the_connections_own() {
    let desk = Desk::new();
    desk.add("Sales");
    desk.done(&["edit", "Sales", "--redirect-port", &free_port().to_string()]);
    desk.logged_in("Sales");
    token(&desk.done(&["token", "Sales"]));
}

#[test]
fn signing_out_ends_it_on_both_sides() {
    let desk = Desk::new();
    desk.add("Sales");
    desk.logged_in("Sales");
    let out = desk.done(&["logout", "Sales"]);
    assert!(out.stdout.starts_with("Signed out "), "{out:?}");
    let refused = desk.brickpass(&["token", "Sales"]);
    assert_eq!((refused.code, refused.stdout.as_str()), (Some(1), ""), "{refused:?}");
    assert!(refused.stderr.contains("brickpass login \"Sales\""), "{refused:?}");
    let shown = desk.done(&["show", "Sales"]);
    assert!(shown.stdout.contains("Nobody"), "{shown:?}");
    let again = desk.done(&["logout", "Sales"]);
    assert!(again.stdout.starts_with("Nobody is signed in"), "{again:?}");
}

#[test]
fn lb_06_declining_stores_nothing_and_leaves_with_code_1() {
    let desk = Desk::new();
    desk.add("Sales");
    let mut waiting = desk.begin(&["Sales"]);
    let user = desk.user(0);
    browser::visit(&browser::decline(&waiting.opened(), &user.name, &user.password).unwrap());
    let declined = waiting.end();
    assert_eq!((declined.code, declined.stdout.as_str()), (Some(1), ""), "{declined:?}");
    assert!(declined.stderr.contains("declined"), "{declined:?}");
    assert_eq!(desk.demo.authorization().exchanges(), 0);
    assert_eq!(desk.brickpass(&["token", "Sales"]).code, Some(1));
}

#[test]
fn lb_46_without_a_browser_the_address_is_shown_and_waited_for() {
    let desk = Desk::new();
    desk.add("Sales");
    let mut waiting = desk.begin(&["Sales", "--no-browser"]);
    let mut stderr = BufReader::new(waiting.child.stderr.take().unwrap());
    let mut line = String::new();
    let address = loop {
        line.clear();
        assert_ne!(stderr.read_line(&mut line).unwrap(), 0, "it ended without an address");
        if line.starts_with("http") {
            break line.trim().to_owned();
        }
    };
    let user = desk.user(0);
    browser::visit(&browser::consent(&address, &user.name, &user.password).unwrap());
    assert_eq!(wait(&mut waiting.child, LIMIT).unwrap().code(), Some(0));
    assert!(!desk.bin().join("opened").exists(), "no browser was to be opened");
}

#[test]
fn lb_41_ctrl_c_closes_the_port_at_once_and_leaves_with_code_1() {
    let desk = Desk::new();
    desk.add("Sales");
    let mut waiting = desk.begin(&["Sales"]);
    waiting.opened();
    assert!(waiting.is_open());
    let pressed = Instant::now();
    let killed = Command::new("kill").args(["-INT", &waiting.child.id().to_string()]).status().unwrap();
    assert!(killed.success());
    while waiting.is_open() {
        assert!(pressed.elapsed() < Duration::from_secs(2), "the port is still open");
        thread::sleep(Duration::from_millis(5));
    }
    let ended = waiting.end();
    assert_eq!((ended.code, ended.stdout.as_str()), (Some(1), ""), "{ended:?}");
    assert!(ended.stderr.to_lowercase().contains("cancel"), "{ended:?}");
}

#[test]
fn ot_15_another_user_replaces_the_sign_in_only_after_a_yes() {
    let desk = Desk::new();
    desk.add("Sales");
    desk.logged_in("Sales");
    let (first, second) = (desk.user(0), desk.user(1));
    let kept = desk.login(&["Sales"], &second);
    assert_eq!(kept.code, Some(1), "nobody is there to say yes: {kept:?}");
    assert!(kept.stderr.contains(&first.name) && kept.stderr.contains(&second.name) && kept.stderr.contains("--yes"), "{kept:?}");
    assert_eq!(desk.json(&["show", "Sales"])["sign_in"]["user"], first.name.as_str());
    desk.done(&["token", "Sales"]);

    let replaced = desk.login(&["Sales", "--yes"], &second);
    assert_eq!(replaced.code, Some(0), "{replaced:?}");
    assert_eq!(desk.json(&["show", "Sales"])["sign_in"]["user"], second.name.as_str());
}

#[test]
fn a_login_with_json_prints_one_document_without_a_secret() {
    let desk = Desk::new();
    desk.add("Sales");
    let done = desk.login(&["Sales", "--json"], &desk.user(0));
    let document = done.json();
    assert_eq!((document["name"].as_str(), document["user"].as_str()), (Some("Sales"), Some(desk.user(0).name.as_str())), "{document:#}");
    let end: jiff::Timestamp = document["expires_at"].as_str().unwrap().parse().unwrap();
    assert!(end > jiff::Timestamp::now());
    let fields: Vec<&str> = document.as_object().unwrap().keys().map(String::as_str).collect();
    let known = ["base_url", "expires_at", "hints", "name", "renews", "since", "user"];
    assert!(fields.iter().all(|field| known.contains(field)), "{fields:?}");

    let token = desk.json(&["token", "Sales"]);
    assert_eq!(token["token_type"], "Bearer");
    assert!(token["access_token"].as_str().is_some_and(|token| token.len() > 20));
    assert!(token["expires_at"].as_str().unwrap().parse::<jiff::Timestamp>().is_ok());
    assert_eq!(token.as_object().unwrap().len(), 3, "{:?}", token.as_object().unwrap().keys());

    let out = desk.json(&["logout", "Sales"]);
    assert_eq!((out["name"].as_str(), out["signed_out"].as_bool()), (Some("Sales"), Some(true)));
}

#[test]
fn no_secret_is_in_a_child_or_in_a_file() {
    let desk = Desk::new();
    desk.add("Sales");
    desk.logged_in("Sales");
    let environment = fs::read_to_string(desk.bin().join("environment")).unwrap();
    assert!(!environment.contains("correct horse"), "the browser inherits the vault's passphrase");
    let token = desk.done(&["token", "Sales"]).stdout.trim().to_owned();
    desk.done(&["test", "Sales"]);
    for (path, bytes) in desk.home.files() {
        let text = String::from_utf8_lossy(&bytes);
        assert!(!text.contains(&token), "the token lies in {}", path.display());
        assert!(!text.contains("refresh_token"), "a sign-in lies open in {}", path.display());
    }
    for arguments in [&["show", "Sales"][..], &["show", "Sales", "--json"], &["list", "--json"], &["test", "Sales", "--json"]] {
        let output = desk.brickpass(arguments);
        assert!(!output.stdout.contains(&token) && !output.stderr.contains(&token), "{arguments:?}");
    }
}

#[test]
fn a_service_principal_needs_no_browser() {
    let desk = Desk::new();
    let (base_url, secret) = (desk.base_url(SALES), desk.demo.service_principal().client_secret);
    desk.add_service_principal("Robot", &base_url, &secret);
    token(&desk.done(&["token", "Robot"]));
    desk.done(&["test", "Robot"]);
    let login = desk.brickpass(&["login", "Robot"]);
    assert_eq!(login.code, Some(2), "{login:?}");
    assert!(login.stderr.contains("by itself") && login.stderr.contains("--client-secret-stdin"), "{login:?}");
}

#[test]
fn ot_10_a_wrong_client_secret_is_told_apart_from_a_host_that_is_not_there() {
    let desk = Desk::new();
    let wrong = "dose00000000000000000000000000000000";
    desk.add_service_principal("Wrong", &desk.base_url(SALES), wrong);
    let refused = desk.brickpass(&["token", "Wrong"]);
    assert_eq!((refused.code, refused.stdout.as_str()), (Some(1), ""), "{refused:?}");
    assert!(!refused.stderr.contains(wrong), "{refused:?}");

    let nobody = format!("http://127.0.0.1:{}", free_port());
    desk.add_service_principal("Gone", &nobody, wrong);
    let unreachable = desk.brickpass(&["token", "Gone"]);
    assert_eq!((unreachable.code, unreachable.stdout.as_str()), (Some(5), ""), "{unreachable:?}");
}

#[test]
fn each_failure_of_token_has_its_exit_code_and_nothing_on_stdout() {
    let desk = Desk::new();
    desk.add("Sales");
    let mut locked = desk.command(&["token", "Sales"]);
    locked.env("BRICKPASS_VAULT_PASSPHRASE", "wrong");
    for (finished, code) in
        [(desk.brickpass(&["token", "Nobody"]), 3), (desk.brickpass(&["token", "Sales"]), 1), (desk.brickpass(&["token"]), 2)]
    {
        assert_eq!((finished.code, finished.stdout.as_str()), (Some(code), ""), "{finished:?}");
    }
    desk.logged_in("Sales");
    let locked = run(&mut locked, b"", LIMIT);
    assert_eq!((locked.code, locked.stdout.as_str()), (Some(4), ""), "{locked:?}");
}

#[test]
fn a_personal_access_token_is_printed_too_and_has_nothing_to_sign_in_to() {
    let desk = Desk::new();
    let stored = desk.demo.workspaces().iter().find(|workspace| workspace.name == SALES).unwrap().token.clone();
    desk.add_token("Sales", &desk.base_url(SALES), &stored);
    assert_eq!(token(&desk.done(&["token", "Sales"])), stored);
    for subcommand in ["login", "logout"] {
        let refused = desk.brickpass(&[subcommand, "Sales"]);
        assert_eq!(refused.code, Some(2), "{refused:?}");
        assert!(refused.stderr.contains("--auth browser"), "{refused:?}");
    }
}

#[test]
fn a_token_that_cannot_be_written_is_no_success() {
    let desk = Desk::new();
    let (base_url, secret) = (desk.base_url(SALES), desk.demo.service_principal().client_secret);
    desk.add_service_principal("Robot", &base_url, &secret);
    let full = fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let ended = desk.command(&["token", "Robot"]).stdin(Stdio::null()).stdout(full).stderr(Stdio::null()).status().unwrap();
    assert_eq!(ended.code(), Some(1));
}

#[test]
fn an_account_shares_its_sign_in_with_the_workspaces_that_are_added_from_it() {
    let desk = Desk::new();
    desk.add_account("Group");
    desk.logged_in("Group");
    let tested = desk.json(&["test", "Group"]);
    let total = tested["results"][0]["workspaces"]["total"].as_u64().unwrap();
    assert!(total > 0 && tested["results"][0].get("clusters").is_none(), "{tested:#}");

    let listed = desk.json(&["workspaces", "Group"]);
    let workspaces = listed["workspaces"].as_array().unwrap();
    assert_eq!(workspaces.len() as u64, total);
    let sales = workspaces.iter().find(|it| it["name"] == SALES).unwrap_or_else(|| panic!("{listed:#}"));
    assert_eq!(sales["base_url"], desk.base_url(SALES).as_str());

    let added = desk.done(&["workspaces", "Group", "--add", sales["id"].as_str().unwrap(), "--folder", "EU", "--json"]).json();
    let connection = &added["added"][0];
    assert_eq!((connection["sign_in_of"].as_str(), connection["folder"].as_str()), (Some("Group"), Some("EU")), "{added:#}");
    let name = connection["name"].as_str().unwrap();
    desk.done(&["test", name]);
    token(&desk.done(&["token", name]));
    let again = desk.done(&["workspaces", "Group", "--add", sales["id"].as_str().unwrap(), "--json"]).json();
    assert_eq!(again["added"], serde_json::json!([]), "it is there already");

    let login = desk.login(&[name], &desk.user(0));
    assert_eq!(login.code, Some(0), "{login:?}");
    assert!(login.stderr.contains("uses the sign-in of Group"), "{login:?}");
    assert_eq!(desk.brickpass(&["workspaces", "Group", "--add", "99"]).code, Some(3));
    assert_eq!(desk.brickpass(&["workspaces", name]).code, Some(2), "a workspace has no list of workspaces");

    let all = desk.json(&["workspaces", "Group", "--add", "all"]);
    assert!(!all["added"].as_array().unwrap().is_empty());
    let out = desk.done(&["logout", name]);
    assert!(out.stderr.contains("Group"), "whose sign-in it was: {out:?}");
    assert_eq!(desk.brickpass(&["token", "Group"]).code, Some(1));
}

#[test]
fn rf_04_a_renewed_sign_in_that_cannot_be_stored_is_told_and_is_no_success() {
    let desk = Desk::new();
    desk.add("Sales");
    desk.logged_in("Sales");
    // As on a full disk: nothing can be written to a file any more, to a pipe it can.
    let mut full = desk.command(&[]);
    let script = format!("trap '' XFSZ; ulimit -f 0; exec '{BRICKPASS}' token Sales --renew");
    let mut shell = Command::new("sh");
    shell.args(["-c", &script]).env_clear().current_dir(desk.home.path());
    for (key, value) in full.get_envs() {
        shell.env(key, value.unwrap_or_default());
    }
    full.env_clear();
    let finished = run(&mut shell, b"", LIMIT);
    assert_eq!(finished.code, Some(4), "{finished:?}");
    token(&finished);
    assert!(finished.stderr.contains("Sales") && finished.stderr.contains("could not be stored"), "{finished:?}");
    assert!(finished.stderr.contains("brickpass login"), "{finished:?}");
}

#[test]
fn the_environment_names_the_port_and_a_wrong_one_is_refused() {
    let desk = Desk::new();
    desk.add("Sales");
    let port = desk.port();
    let child = desk
        .command(&["login", "Sales"])
        .env("DATABRICKS_OAUTH_CALLBACK_PORT", port.to_string())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut waiting = Waiting { child, port, bin: desk.bin() };
    let address = waiting.opened();
    assert!(address.contains(&format!("localhost%3A{port}")), "the redirect URI names another port");
    assert!(waiting.is_open());
    for (variable, value) in [("DATABRICKS_OAUTH_CALLBACK_PORT", "http"), ("DATABRICKS_DISCOVERY_HOST", "http://login.databricks.com")] {
        let refused = run(desk.command(&["list"]).env(variable, value), b"", LIMIT);
        assert_eq!(refused.code, Some(2), "{refused:?}");
        assert!(refused.stderr.contains(variable), "{refused:?}");
    }
}

/// Signs in without knowing the address and chooses `place` there, with a terminal to answer the question.
fn find(desk: &Desk, arguments: &str, place: &str, answer: &str) -> (Option<i32>, String) {
    let port = desk.port();
    let mut command = Command::new("script");
    command.args(["-qec", &format!("'{BRICKPASS}' login --find --port {port} {arguments}"), "/dev/null"]).env_clear();
    for (key, value) in desk.command(&[]).get_envs() {
        command.env(key, value.unwrap_or_default());
    }
    let account = desk.demo.account().base_url;
    let _ = fs::remove_file(desk.bin().join("opened"));
    let child = command
        .current_dir(desk.home.path())
        .env("DATABRICKS_DISCOVERY_HOST", account)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut waiting = Waiting { child, port, bin: desk.bin() };
    let mut stdin = waiting.child.stdin.take().unwrap();
    let address = waiting.opened();
    let user = desk.user(0);
    browser::visit(&browser::consent_at(&address, &user.name, &user.password, place).unwrap());
    stdin.write_all(answer.as_bytes()).unwrap();
    let finished = waiting.end();
    drop(stdin);
    (finished.code, finished.stdout)
}

#[test]
fn a_person_who_does_not_know_the_address_finds_it_and_confirms_it() {
    if let Some(tool) = missing_tool(&["script"]) {
        return skip("a_person_who_does_not_know_the_address_finds_it_and_confirms_it", &format!("{tool} is not there"));
    }
    if !Command::new("script").args(["-qec", "true", "/dev/null"]).stdout(Stdio::null()).status().unwrap().success() {
        return skip("a_person_who_does_not_know_the_address_finds_it_and_confirms_it", "this system gives no pseudo-terminals");
    }
    let desk = Desk::new();
    let (code, screen) = find(&desk, "Refused", SALES, "n\n");
    assert_eq!(code, Some(1), "{screen}");
    assert!(screen.contains(&desk.base_url(SALES)), "the host is shown before the code goes there: {screen}");
    assert_eq!(desk.demo.authorization().exchanges(), 0);

    let (code, screen) = find(&desk, "Found", SALES, "y\n");
    assert_eq!(code, Some(0), "{screen}");
    let shown = desk.json(&["show", "Found"]);
    assert_eq!((shown["base_url"].as_str(), shown["auth"].as_str()), (Some(desk.base_url(SALES).as_str()), Some("browser")), "{shown:#}");
    desk.done(&["test", "Found"]);
    assert_eq!(desk.json(&["list"])["connections"].as_array().unwrap().len(), 1);

    let (code, screen) = find(&desk, "--account --json", "Acme account", "y\n");
    assert_eq!(code, Some(0), "{screen}");
    let account = desk.demo.account();
    let host = account.base_url.strip_prefix("http://").unwrap().split(':').next().unwrap();
    let shown = desk.json(&["show", host]);
    assert_eq!((shown["level"].as_str(), shown["account_id"].as_str()), (Some("account"), Some(account.account_id.as_str())), "{shown:#}");
    desk.done(&["workspaces", host]);
}

#[test]
fn without_a_terminal_nobody_confirms_a_host() {
    let desk = Desk::new();
    let port = desk.port();
    let mut login = desk.command(&["login", "--find", "Found", "--yes", "--port", &port.to_string()]);
    login.env("DATABRICKS_DISCOVERY_HOST", desk.demo.account().base_url);
    let child = login.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut waiting = Waiting { child, port, bin: desk.bin() };
    let user = desk.user(0);
    browser::visit(&browser::consent_at(&waiting.opened(), &user.name, &user.password, SALES).unwrap());
    let refused = waiting.end();
    assert_eq!((refused.code, refused.stdout.as_str()), (Some(1), ""), "{refused:?}");
    assert_eq!(desk.demo.authorization().exchanges(), 0, "the code was sent to a host that nobody confirmed");
    let kept = desk.json(&["list"]);
    assert_eq!(kept["connections"], serde_json::json!([]));
}

#[test]
fn a_demo_gives_tokens_of_the_lifetime_that_is_asked_for() {
    let home = Home::new();
    let (announced, _demo) = terminal::demo(&home, &["--token-lifetime", "120"]);
    let desk = Terminal::at(home, ());
    let principal = &announced["service_principal"];
    let (base_url, client_id) = (announced["workspaces"][0]["base_url"].as_str().unwrap(), principal["client_id"].as_str().unwrap());
    let how = ["--auth", "service-principal", "--client-id", client_id, "--client-secret-stdin"];
    desk.done_fed(&[&["add", "Robot", "--base-url", base_url], &how[..]].concat(), principal["client_secret"].as_str().unwrap());
    let token = desk.json(&["token", "Robot"]);
    let end: jiff::Timestamp = token["expires_at"].as_str().unwrap().parse().unwrap();
    let left = end.duration_since(jiff::Timestamp::now()).as_secs();
    assert!((60..=120).contains(&left), "{left} s");
}

#[test]
fn only_the_token_command_prints_a_token() {
    let mut waiting = vec![std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/cli")];
    let mut opens = Vec::new();
    while let Some(path) = waiting.pop() {
        if path.is_dir() {
            waiting.extend(fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path()));
        } else if fs::read_to_string(&path).unwrap().contains("secret.expose_secret()") {
            opens.push(path.file_name().unwrap().to_string_lossy().into_owned());
        }
    }
    opens.sort();
    assert_eq!(opens, ["answer.rs", "token.rs"], "of brickpass-credential, and of brickpass");
}

#[test]
fn what_the_server_gets_wrong_is_told_and_nothing_is_stored() {
    let desk = Desk::new();
    desk.add("Sales");
    desk.demo.authorization().set_fault(OAuthFault::HtmlTokens);
    let failed = desk.login(&["Sales", "--json"], &desk.user(0));
    assert_eq!(failed.code, Some(1), "{failed:?}");
    assert!(failed.json()["error"]["what"].as_str().unwrap().contains("web page"), "{failed:?}");
    desk.demo.authorization().clear_fault();
    assert_eq!(desk.brickpass(&["token", "Sales"]).code, Some(1));
}

#[test]
fn doctor_looks_at_what_signing_in_needs() {
    let desk = Desk::new();
    desk.add("Sales");
    let checks = desk.brickpass(&["doctor", "--json"]).json();
    let check = |name: &str| -> Value {
        let all = checks["checks"].as_array().unwrap();
        all.iter().find(|check| check["check"] == name).unwrap_or_else(|| panic!("no {name}: {checks:#}")).clone()
    };
    assert!(check("Browser")["detail"].as_str().unwrap().contains("xdg-open"), "{checks:#}");
    assert!(check("Sign-in ports")["detail"].as_str().unwrap().contains("8020 to 8040"), "{checks:#}");
    assert_eq!(check("Clock")["ok"], true);
    let helper = check("Credential helper");
    assert!(helper["ok"] == true && helper["detail"].as_str().unwrap().ends_with("/brickpass-credential"), "{helper}");

    let port = free_port();
    let held = std::net::TcpListener::bind(("127.0.0.1", port)).unwrap();
    let busy = run(desk.command(&["doctor"]).env("DATABRICKS_OAUTH_CALLBACK_PORT", port.to_string()), b"", LIMIT);
    assert_eq!(busy.code, Some(1), "{busy:?}");
    assert!(busy.stdout.contains(&port.to_string()) && busy.stdout.contains("--redirect-port"), "{busy:?}");
    drop(held);
}

#[test]
fn scopes_and_port_are_kept_and_shown() {
    let desk = Desk::new();
    let base_url = desk.base_url(SALES);
    desk.done(&[
        "add",
        "Own",
        "--base-url",
        &base_url,
        "--auth",
        "browser",
        "--client-id",
        "my-app",
        "--scopes",
        "sql offline_access",
        "--redirect-port",
        "9000",
    ]);
    let shown = desk.json(&["show", "Own"]);
    assert_eq!((shown["scopes"].as_str(), shown["redirect_port"].as_u64()), (Some("sql offline_access"), Some(9000)), "{shown:#}");
    let edited = desk.json(&["edit", "Own", "--scopes", "", "--redirect-port", ""]);
    assert!(edited.get("scopes").is_none() && edited.get("redirect_port").is_none(), "{edited:#}");
    assert_eq!(desk.brickpass(&["edit", "Own", "--redirect-port", "80"]).code, Some(2));
}

/// Somebody who stops a long `test --all` must not have to sign in again for it.
#[test]
fn an_interrupt_between_the_answer_and_the_vault_loses_no_sign_in() {
    for (signal, command) in [("-INT", &["token", "Sales", "--renew"][..]), ("-TERM", &["test", "Sales"])] {
        let desk = Desk::new();
        desk.add("Sales");
        desk.logged_in("Sales");
        desk.demo.authorization().expire_access_tokens();
        // Who wants to write to the vault waits for this.
        let vault = fs::File::options().write(true).open(desk.home.config_dir().join("vault.age.lock")).unwrap();
        vault.lock().unwrap();
        let child = desk.command(command).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut running = Running(child);
        let until = Instant::now() + LIMIT;
        while desk.demo.authorization().refreshes() == 0 {
            assert!(Instant::now() < until, "{command:?} has not asked for a token");
            thread::sleep(Duration::from_millis(5));
        }
        assert!(Command::new("kill").args([signal, &running.0.id().to_string()]).status().unwrap().success());
        assert_eq!(wait(&mut running.0, Duration::from_millis(200)), None, "it does not leave the new refresh token behind");
        drop(vault);
        assert_eq!(wait(&mut running.0, LIMIT).unwrap().code(), Some(130), "{command:?}");
        desk.done(&["token", "Sales"]);
        assert_eq!(desk.demo.authorization().reuses(), 0, "{command:?}");
    }
}
