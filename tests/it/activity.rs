//! The record of who did what: it tells what was done, by whom, and never a secret; several programs write it.
#![cfg(target_os = "linux")]

use std::{fs, os::unix::fs::PermissionsExt as _, process::Stdio};

use brickpass_core::connection::SecretKind;
use brickpass_engine as engine;
use brickpass_engine::{Engine, Event, Places};
use brickpass_storage::{Vault, VaultConfig, VaultHome};
use secrecy::SecretString;
use serde_json::Value;

use crate::support::{
    on_demo::OnDemo,
    run,
    terminal::{LIMIT, PASSPHRASE, Terminal},
    wait,
};

type Desk = Terminal<OnDemo>;

impl Desk {
    fn add_sales(&self, name: &str, token: &str) {
        self.add_token(name, &self.workspace.base_url, token);
    }

    fn token(&self) -> String {
        self.workspace.token.clone()
    }

    /// What, outcome and detail of each entry.
    fn told(&self, arguments: &[&str]) -> Vec<(String, String, String)> {
        let listed = self.json(&[&["activity"], arguments].concat());
        let word = |entry: &Value, key: &str| entry[key].as_str().unwrap_or_default().to_owned();
        let entries = listed["activity"].as_array().unwrap().clone();
        entries.iter().map(|entry| (word(entry, "what"), word(entry, "outcome"), word(entry, "detail"))).collect()
    }

    fn log(&self) -> String {
        fs::read_to_string(self.home.state_dir().join("activity.jsonl")).unwrap()
    }

    /// What the window does when a person asks to see the token.
    fn reveal(&self, name: &str) {
        let vault = Vault::new(VaultConfig {
            home: VaultHome::File,
            file: self.home.config_dir().join("vault.age"),
            passphrase: Some(SecretString::from(PASSPHRASE.to_owned())),
        });
        let places = Places { vault: Some(vault), ..Places::new(self.home.config_dir(), self.home.state_dir()) };
        let (engine, mut events) = Engine::start(places, || {}).unwrap();
        let _reading = engine.ask(engine::Start);
        while let Some(event) = events.wait() {
            match event {
                Event::Library(snapshot) => {
                    let id = snapshot.entries.iter().find(|entry| entry.connection.name.as_str() == name).unwrap().connection.id;
                    assert!(engine.ask(engine::RevealSecret { id, kind: SecretKind::PersonalAccessToken }).wait().unwrap().is_some());
                    break;
                }
                Event::Failed(failure) => panic!("{failure}"),
                _ => {}
            }
        }
        engine.finish();
    }
}

fn entry(what: &str, outcome: &str, detail: &str) -> (String, String, String) {
    (what.to_owned(), outcome.to_owned(), detail.to_owned())
}

#[test]
fn the_log_tells_who_did_what_and_no_secret() {
    let desk = Desk::with(OnDemo::new());
    let token = desk.token();
    let wrong = format!("dapi{}", "f0".repeat(16));
    desk.add_sales("Sales", &token);
    desk.add_sales("Wrong", &wrong);
    assert_eq!(desk.brickpass(&["test", "Sales"]).code, Some(0));
    assert_ne!(desk.brickpass(&["test", "Wrong"]).code, Some(0));
    desk.reveal("Sales");
    assert_eq!(desk.brickpass(&["token", "Sales"]).stdout.trim(), token);
    assert_eq!(desk.brickpass(&["edit", "Sales", "--name", "Sales EU"]).code, Some(0));
    assert_eq!(desk.brickpass(&["remove", "Wrong"]).code, Some(0));

    let user = desk.brickpass(&["test", "--json", "Sales EU"]).json()["results"][0]["user"].as_str().unwrap().to_owned();
    let sales = [
        entry("save", "ok", ""),
        entry("test", "ok", &user),
        entry("reveal", "ok", "pat"),
        entry("access-token", "ok", ""),
        entry("save", "ok", ""),
        entry("test", "ok", &user),
    ];
    assert_eq!(desk.told(&["sales eu"]), sales, "all of it, also from before it was renamed");
    let gone = [entry("save", "ok", ""), entry("test", "unauthorized", ""), entry("remove", "ok", "")];
    assert_eq!(desk.told(&["Wrong"]), gone, "also when the connection is gone");
    assert_eq!(desk.told(&[]).len(), 9);
    assert_eq!(desk.told(&["--limit", "1"]), [entry("test", "ok", &user)]);
    assert_eq!(desk.brickpass(&["activity", "Nobody"]).code, Some(3));

    let human = desk.brickpass(&["activity"]);
    assert!(human.stdout.contains("Secret revealed") && human.stdout.contains(&user), "{human:?}");
    let file = desk.home.path().join("export.jsonl");
    let export = ["activity", "--export", file.to_str().unwrap()];
    let before = desk.log();
    assert_eq!(desk.brickpass(&export).code, Some(0));
    assert_eq!(fs::read_to_string(&file).unwrap(), before);
    assert_eq!(desk.brickpass(&export).code, Some(1), "an export never replaces a file");
    let exports = [entry("activity-exported", "ok", ""), entry("activity-exported", "file-unwritable", "")];
    assert_eq!(desk.told(&["--limit", "2"]), exports, "an export is something that was done as well");

    let mode = fs::metadata(desk.home.state_dir().join("activity.jsonl")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    for secret in [&token, &wrong, &token[4..], &wrong[4..]] {
        assert!(!desk.log().contains(secret) && !human.stdout.contains(secret));
    }
}

#[test]
fn an_inventory_is_of_all_connections_and_of_none_that_does_not_exist() {
    let desk = Desk::with(OnDemo::new());
    desk.add_sales("Sales", &desk.token());
    for (file, arguments) in [("all.csv", &["export"][..]), ("one.csv", &["export", "Sales"])] {
        let to = desk.home.path().join(file);
        desk.done(&[arguments, &["--format", "inventory-csv", "--output", to.to_str().unwrap()]].concat());
    }
    let listed = desk.json(&["activity"]);
    let saved: Vec<&Value> = listed["activity"].as_array().unwrap().iter().filter(|it| it["what"] == "export-saved").collect();
    let of: Vec<Option<&str>> = saved.iter().map(|it| it["name"].as_str().filter(|_| it["connection"].is_string())).collect();
    assert_eq!(of, [None, Some("Sales")], "{listed:#}");
}

/// The SDKs ask at every start, and `brickpass exec` for as long as its command runs: that they asked is told once an hour.
#[test]
fn programs_that_are_given_tokens_are_told_of_by_name_and_hour() {
    let desk = Desk::with(OnDemo::new());
    desk.add_sales("Sales", &desk.token());
    let ask = || {
        let program = env!("CARGO_BIN_EXE_brickpass-credential");
        let mut python = desk.program("python3");
        python
            .args(["-c", "import subprocess, sys; print(subprocess.run(sys.argv[1:], check=True, capture_output=True, text=True).stdout)"]);
        run(python.args([program, "auth", "token", "--profile", "Sales"]), b"", LIMIT)
    };
    for _ in 0..3 {
        let finished = ask();
        assert!(finished.stdout.contains(&desk.token()), "{finished:?}");
    }
    let told = desk.told(&["Sales"]);
    let given: Vec<&str> = told.iter().filter(|(what, ..)| what == "handed-out").map(|(.., program)| program.as_str()).collect();
    // Two, when an hour begins in between.
    assert!(matches!(given.as_slice(), [one] | [one, _] if one.starts_with("python")), "{told:?}");
    assert!(!desk.log().contains(&desk.token()));
    // Who got none is not told of as if they had.
    let refused = run(desk.program(env!("CARGO_BIN_EXE_brickpass-credential")).args(["auth", "token", "--profile", "Nobody"]), b"", LIMIT);
    assert_eq!((refused.code, desk.told(&[]).len()), (Some(1), told.len()));
}

#[test]
fn what_could_not_be_done_is_told_too() {
    let desk = Desk::with(OnDemo::new());
    desk.add_sales("A", &desk.token());
    let file = desk.home.config_dir().join("connections.json");
    let newer = fs::read_to_string(&file).unwrap().replacen("\"version\": 1", "\"version\": 99", 1);
    fs::write(&file, newer).unwrap();
    assert_ne!(desk.brickpass(&["remove", "A"]).code, Some(0));
    assert_ne!(desk.brickpass(&["edit", "A", "--name", "B"]).code, Some(0));
    assert_eq!(desk.told(&[])[1..], [entry("remove", "read-only", ""), entry("save", "read-only", "")], "{}", desk.log());
}

#[test]
fn two_programs_write_it_at_the_same_time_and_nothing_is_lost() {
    let desk = Desk::with(OnDemo::new());
    desk.add_sales("A", &desk.token());
    let begin = || desk.command(&["test", "A"]).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let mut running: Vec<_> = (0..6).map(|_| begin()).collect();
    for child in &mut running {
        assert!(wait(child, LIMIT).expect("it ends").success());
    }
    assert_eq!(desk.told(&["A"]).iter().filter(|entry| entry.0 == "test").count(), 6, "{}", desk.log());
}

#[test]
fn a_log_that_cannot_be_written_disturbs_nothing() {
    let desk = Desk::with(OnDemo::new());
    fs::create_dir_all(desk.home.state_dir().join("activity.jsonl")).unwrap();
    desk.add_sales("A", &desk.token());
    let tested = desk.brickpass(&["test", "A"]);
    assert_eq!(tested.code, Some(0), "{tested:?}");
    assert_eq!(desk.brickpass(&["activity"]).code, Some(1), "who asks for it is told");
}
