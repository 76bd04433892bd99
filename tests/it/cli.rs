//! The command line against the embedded demo workspaces, over real sockets, with secrets in the encrypted file.

use std::{io::Write as _, process::Stdio};

use serde_json::Value;

use crate::support::{
    Finished, Home, Running, run,
    terminal::{self, LIMIT, Terminal},
};

/// The demo, running beside it in a process of its own.
struct Announced {
    demo: Value,
    _process: Running,
}

type Desk = Terminal<Announced>;

impl Desk {
    fn new() -> Self {
        let home = Home::new();
        let (demo, process) = terminal::demo(&home, &[]);
        Self::at(home, Announced { demo, _process: process })
    }

    /// Address and token of the workspace of that name.
    fn workspace(&self, name: &str) -> (&str, &str) {
        let all = self.demo["workspaces"].as_array().unwrap();
        let found = all.iter().find(|workspace| workspace["name"] == name).unwrap_or_else(|| panic!("no {name} in {:#}", self.demo));
        (found["base_url"].as_str().unwrap(), found["token"].as_str().unwrap())
    }

    fn add(&self, name: &str, workspace: &str) {
        let (base_url, token) = self.workspace(workspace);
        self.add_token(name, base_url, &format!("{token}\n"));
    }
}

#[test]
fn a_workspace_is_added_tested_and_removed_without_a_display() {
    let desk = Desk::new();
    desk.add("Sales", "Sales lakehouse");

    let tested = desk.brickpass(&["test", "--json", "Sales"]);
    assert_eq!(tested.code, Some(0), "{tested:?}");
    let result = &tested.json()["results"][0];
    assert_eq!((result["ok"].as_bool(), result["state"].as_str()), (Some(true), Some("ok")), "{result:#}");
    assert!(result["clusters"]["total"].as_u64().unwrap() > 20, "more than one page: {result:#}");
    assert!(result["user"].as_str().unwrap().contains('@'));
    assert!(result["steps"].as_array().unwrap().iter().any(|step| step["step"] == "clusters" && step["ok"] == true));

    let listed = desk.brickpass(&["list", "--json"]).json();
    assert_eq!(listed["connections"][0]["status"]["state"], "ok");
    assert_eq!(listed["connections"][0]["auth"], "pat");

    let removed = desk.brickpass(&["remove", "Sales"]);
    assert_eq!(removed.code, Some(0), "{removed:?}");
    assert_eq!(desk.brickpass(&["list", "--json"]).json()["connections"], serde_json::json!([]));
}

#[test]
fn a_token_is_in_no_file_and_in_no_output() {
    let desk = Desk::new();
    desk.add("Sales", "Sales lakehouse");
    let (_, token) = desk.workspace("Sales lakehouse");
    let outputs: Vec<Finished> = [
        &["show", "Sales"][..],
        &["show", "Sales", "--json"],
        &["list"],
        &["list", "--json"],
        &["test", "Sales"],
        &["doctor", "--json"],
        &["duplicate", "Sales", "Copy"],
    ]
    .iter()
    .map(|arguments| desk.fed(arguments, ""))
    .collect();
    for output in &outputs {
        assert!(!output.stdout.contains(token) && !output.stderr.contains(token), "{output:?}");
        assert!(!output.stdout.contains(&token[4..]), "{output:?}");
    }
    let places: Vec<_> = desk
        .home
        .files()
        .into_iter()
        .filter(|(_, bytes)| bytes.windows(token.len()).any(|window| window == token.as_bytes()))
        .map(|(path, _)| path)
        .collect();
    assert!(places.is_empty(), "the token lies in {places:?}");
}

#[test]
fn a_copy_works_with_a_copy_of_the_secret_and_outlives_the_original() {
    let desk = Desk::new();
    desk.add("Sales", "Sales lakehouse");
    assert_eq!(desk.brickpass(&["duplicate", "Sales", "Sales copy"]).code, Some(0));
    assert_eq!(desk.brickpass(&["remove", "Sales"]).code, Some(0));
    let tested = desk.brickpass(&["test", "Sales copy"]);
    assert_eq!(tested.code, Some(0), "{tested:?}");
}

#[test]
fn a_refused_token_is_explained_and_leaves_with_code_1() {
    let desk = Desk::new();
    desk.add("Old", "Marketing reports");
    let tested = desk.brickpass(&["test", "Old", "--json"]);
    assert_eq!(tested.code, Some(1), "{tested:?}");
    let error = &tested.json()["results"][0]["error"];
    assert_eq!(error["code"], "unauthorized", "{error:#}");
    for part in ["what", "why", "fix"] {
        assert!(!error[part].as_str().unwrap().is_empty());
    }
}

#[test]
fn each_kind_of_failure_has_its_exit_code() {
    let desk = Desk::new();
    desk.add("Sales", "Sales lakehouse");
    assert_eq!(desk.brickpass(&["show", "Nobody"]).code, Some(3));
    assert_eq!(desk.brickpass(&["add", "X", "--base-url", "https://host\\@evil.com"]).code, Some(2));
    assert_eq!(desk.brickpass(&["add", "Sales", "--base-url", "https://adb-1.2.azuredatabricks.net"]).code, Some(2), "the name is taken");
    assert_eq!(desk.brickpass(&["no-such-command"]).code, Some(2));
    let wrong = run(desk.command(&["test", "Sales"]).env("BRICKPASS_VAULT_PASSPHRASE", "wrong"), b"", LIMIT);
    assert_eq!(wrong.code, Some(4), "{wrong:?}");
    let port = crate::support::free_port().to_string();
    let added = desk.fed(&["add", "Gone", "--base-url", &format!("http://127.0.0.1:{port}"), "--token-stdin"], "dapi0");
    assert_eq!(added.code, Some(0), "{added:?}");
    assert_eq!(desk.brickpass(&["test", "Gone"]).code, Some(5));
}

#[test]
fn editing_changes_what_was_named_and_makes_the_connection_untested_only_when_it_matters() {
    let desk = Desk::new();
    desk.add("Sales", "Sales lakehouse");
    assert_eq!(desk.brickpass(&["test", "Sales"]).code, Some(0));

    let edited = desk
        .brickpass(&["edit", "Sales", "--name", "Revenue", "--environment", "prod", "--tag", "eu", "--tag", "nightly", "--json"])
        .json();
    assert_eq!(edited["name"], "Revenue");
    assert_eq!(edited["environment"], "prod");
    assert_eq!(edited["tags"], serde_json::json!(["eu", "nightly"]));
    assert_eq!(edited["timeout_seconds"], 30);

    let base_url = desk.workspace("Marketing reports").0;
    let moved = desk.brickpass(&["edit", "Revenue", "--base-url", base_url, "--json"]).json();
    assert_eq!(moved["status"]["state"], "untested", "{moved:#}");
}

#[test]
fn an_unknown_address_needs_to_be_trusted() {
    let desk = Desk::new();
    let refused = desk.brickpass(&["add", "Proxy", "--base-url", "https://dbx.example.org"]);
    assert_eq!(refused.code, Some(2));
    assert!(refused.stderr.contains("--trust-address"), "{refused:?}");
    let added = desk.brickpass(&["add", "Proxy", "--base-url", "https://dbx.example.org", "--trust-address"]);
    assert_eq!(added.code, Some(0), "{added:?}");
}

#[test]
fn doctor_says_what_is_wrong_and_how_to_mend_it() {
    let desk = Desk::new();
    let well = desk.brickpass(&["doctor", "--json"]);
    assert_eq!((well.code, well.json()["ok"].as_bool()), (Some(0), Some(true)), "{well:?}");

    let locked = run(desk.command(&["doctor"]).env_remove("BRICKPASS_VAULT_PASSPHRASE"), b"", LIMIT);
    assert_eq!(locked.code, Some(1), "{locked:?}");
    assert!(locked.stdout.contains("BRICKPASS_VAULT_PASSPHRASE"), "{locked:?}");
}

#[test]
fn what_comes_in_a_secret_is_checked_before_anything_is_saved() {
    let desk = Desk::new();
    for (what, token) in [
        ("a space inside", "dapi 123"),
        ("a line break inside", "dapi1\n23"),
        ("nothing", ""),
        ("an address", "https://adb-1.2.azuredatabricks.net"),
    ] {
        let refused = desk.fed(&["add", "X", "--base-url", "https://adb-1.2.azuredatabricks.net", "--token-stdin"], token);
        assert_eq!(refused.code, Some(2), "{what}: {refused:?}");
        assert!(token.is_empty() || !refused.stderr.contains(token), "{what} is repeated: {refused:?}");
    }
    assert_eq!(desk.brickpass(&["list", "--json"]).json()["connections"], serde_json::json!([]));
}

#[test]
fn a_damaged_file_is_brought_back_from_its_backup() {
    let desk = Desk::new();
    desk.add("Sales", "Sales lakehouse");
    desk.add("Copy", "Sales lakehouse");
    let connections = desk.home.config_dir().join("connections.json");
    let names = |desk: &Desk| {
        let listed = desk.brickpass(&["list", "--json"]).json();
        listed["connections"].as_array().unwrap().iter().map(|it| it["name"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };

    assert_eq!(desk.brickpass(&["restore"]).code, Some(0));
    assert_eq!(names(&desk), ["Sales"], "the state before the last save");

    let vault = desk.home.config_dir().join("vault.age");
    let mut bytes = std::fs::read(&vault).unwrap();
    bytes.truncate(bytes.len() / 2);
    std::fs::write(&vault, bytes).unwrap();
    let broken = desk.brickpass(&["test", "Sales"]);
    assert_eq!(broken.code, Some(4), "{broken:?}");
    assert!(broken.stderr.contains("brickpass restore --vault"), "{broken:?}");
    assert_eq!(desk.brickpass(&["restore", "--vault"]).code, Some(0));
    assert_eq!(desk.brickpass(&["test", "Sales"]).code, Some(0));

    std::fs::write(&connections, b"{\"version\": 1, \"connections\": [").unwrap();
    std::fs::remove_dir_all(desk.home.state_dir().join("backups")).unwrap();
    let damaged = desk.brickpass(&["list"]);
    assert_eq!(damaged.code, Some(1), "{damaged:?}");
    assert!(damaged.stderr.contains("brickpass restore --empty"), "{damaged:?}");
    assert_eq!(desk.brickpass(&["restore", "--empty"]).code, Some(0));
    assert_eq!(names(&desk), [""; 0]);
}

#[test]
fn every_shell_gets_completions() {
    let home = Home::new();
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let printed = run(&mut home.brickpass(["completions", shell]), b"", LIMIT);
        assert_eq!(printed.code, Some(0));
        assert!(printed.stdout.contains("brickpass"));
    }
}

#[test]
fn a_closed_stdout_does_not_make_it_panic() {
    let desk = Desk::new();
    let mut child = desk.command(&["list", "--json"]).stdout(Stdio::piped()).stderr(Stdio::piped()).stdin(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    child.stdin.take().unwrap().flush().unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(!String::from_utf8_lossy(&output.stderr).contains("panicked"), "{output:?}");
}
