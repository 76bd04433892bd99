//! What somebody who helps may see, and what the window keeps for itself: nothing that a person or a server wrote, and no secret.
#![cfg(target_os = "linux")]

use std::{fs, os::unix::fs::PermissionsExt as _, path::PathBuf, process::Command, time::Duration};

use brickpass_core::connection::{ConnectionId, EnvironmentKind, SecretKind};
use brickpass_demo::{Demo, DemoOptions};
use brickpass_engine as engine;
use brickpass_storage::{Vault, VaultConfig, VaultHome, WindowMemory};
use secrecy::SecretString;
use serde_json::{Value, json};

use crate::support::{
    Finished, Home,
    desk::{Desk, by_token, form, with_vault},
    free_port,
    on_demo::workspace,
    run,
    traces::none_in,
};

const LIMIT: Duration = Duration::from_mins(3);

/// A word that is nowhere by chance, in the letters that names and hosts have.
fn canary(what: &str) -> String {
    format!("{what}{:016x}", fastrand::u64(..))
}

/// A home in which every field that takes words holds a canary.
struct Planted {
    home: Home,
    demo: Demo,
    /// What it is, and the canary.
    canaries: Vec<(&'static str, String)>,
}

impl Planted {
    fn new() -> Self {
        let mut it = Self { home: Home::new(), demo: Demo::start(&DemoOptions::default()).unwrap(), canaries: Vec::new() };
        let name = it.plant("CA path", "ca");
        let ca_file = it.home.path().join(name);
        let certificate = rcgen::generate_simple_self_signed(vec!["proxy.example".to_owned()]).unwrap().cert.pem();
        write(&ca_file, &certificate);
        let odd = json!({ it.plant("an unknown setting", "key"): it.plant("its value", "value"), "ca_file": ca_file, "theme": "dark" });
        write(&it.home.config_dir().join("settings.json"), &odd.to_string());
        it
    }

    fn plant(&mut self, what: &'static str, word: &str) -> String {
        let canary = canary(word);
        self.canaries.push((what, canary.clone()));
        canary
    }

    fn known(&self, what: &str) -> &str {
        &self.canaries.iter().find(|(name, _)| *name == what).unwrap().1
    }

    fn brickpass(&self, arguments: &[&str], stdin: &str) -> Finished {
        let mut command = self.home.brickpass(arguments);
        self.surround(&mut command);
        run(&mut command, stdin.as_bytes(), LIMIT)
    }

    /// An environment that tells a lot.
    fn surround(&self, command: &mut Command) {
        let proxy =
            format!("http://{}:{}@{}.example:3128", self.known("proxy user"), self.known("proxy password"), self.known("proxy host"));
        command
            .env("BRICKPASS_VAULT", "file")
            .env("BRICKPASS_VAULT_PASSPHRASE", self.known("passphrase"))
            .env("HTTPS_PROXY", proxy)
            .env("XDG_CURRENT_DESKTOP", self.known("desktop"))
            .env("XDG_SESSION_TYPE", self.known("session"))
            .env("USER", self.known("user"));
    }

    fn add(&mut self, base_url: &str, options: &[&str], secret: &str) -> String {
        let name = self.plant("a name", "Name");
        let (folder, tag, description) =
            (self.plant("a folder", "Folder"), self.plant("a tag", "Tag"), self.plant("a description", "Words"));
        let environment = self.plant("an environment", "e").chars().take(12).collect::<String>();
        let fields = ["--folder", &folder, "--tag", &tag, "--description", &description, "--environment", &environment];
        let added = self.brickpass(&[&["add", &name, "--base-url", base_url][..], options, &fields].concat(), secret);
        assert_eq!(added.code, Some(0), "{added:?}");
        name
    }
}

fn write(path: &std::path::Path, text: &str) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

#[test]
fn se_11_nothing_that_anybody_wrote_is_in_the_diagnostics() {
    let mut it = Planted::new();
    for (what, word) in [
        ("proxy user", "user"),
        ("proxy password", "password"),
        ("proxy host", "proxyhost"),
        ("desktop", "desktop"),
        ("session", "session"),
        ("user", "login"),
        ("passphrase", "passphrase"),
    ] {
        it.plant(what, word);
    }
    let wrong = it.plant("a token", "dapi");
    let secret = it.plant("a client secret", "dose");
    let client = it.plant("a client id", "client");
    let host = it.plant("a host", "host");
    let comment = it.plant("a token's comment", "Comment");

    let sales =
        it.demo.workspaces().iter().find(|it| it.name == "Sales lakehouse").map(|it| (it.base_url.clone(), it.token.clone())).unwrap();
    it.canaries.push(("the token that works", sales.1.clone()));
    let works = it.add(&sales.0, &["--token-stdin"], &sales.1);
    let refused = it.add(&sales.0, &["--token-stdin"], &wrong);
    let elsewhere = format!("https://{host}.cloud.databricks.com");
    let principal = ["--auth", "service-principal", "--client-id", &client, "--client-secret-stdin"];
    let far = it.add(&elsewhere, &principal, &secret);
    let nobody = it.add(&format!("http://127.0.0.1:{}", free_port()), &["--token-stdin"], &wrong);
    for (name, code) in [(&works, 0), (&refused, 1), (&far, 5), (&nobody, 5)] {
        let tested = it.brickpass(&["test", name], "");
        assert_eq!(tested.code, Some(code), "{name}: {tested:?}");
    }
    it.brickpass(&["pat", "create", &works, "--comment", &comment], "");

    let file = it.home.path().join("diagnostics.json");
    let printed = it.brickpass(&["diagnostics"], "");
    let saved = it.brickpass(&["diagnostics", "--output", file.to_str().unwrap()], "");
    assert_eq!((printed.code, saved.code), (Some(0), Some(0)), "{printed:?} {saved:?}");
    let again = it.brickpass(&["diagnostics", "--output", file.to_str().unwrap()], "");
    assert_eq!(again.code, Some(1), "what is there is never replaced");
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);

    // Otherwise nothing would be proven: what was planted is there.
    let everything: Vec<u8> = it.home.files().into_iter().flat_map(|(_, bytes)| bytes).collect();
    let lies_here = |what: &str| String::from_utf8_lossy(&everything).contains(it.known(what));
    for what in ["a name", "a host", "a folder", "a tag", "a description", "a client id", "CA path", "an unknown setting"] {
        assert!(lies_here(what), "{what} was not planted");
    }

    let mut canaries: Vec<(&str, String)> = it.canaries.clone();
    canaries.extend(it.canaries.iter().map(|(what, canary)| (*what, canary.to_lowercase())));
    canaries.push(("the home", it.home.path().display().to_string()));
    canaries.push(("the demo's address", sales.0.trim_start_matches("http://").to_owned()));
    let canaries: Vec<(&str, &str)> = canaries.iter().map(|(what, canary)| (*what, canary.as_str())).collect();
    for (place, text) in [("stdout", printed.stdout.as_bytes()), ("stderr", printed.stderr.as_bytes()), ("file", &fs::read(&file).unwrap())]
    {
        none_in(&canaries, place, text);
    }

    let told = printed.json();
    assert_eq!(told["connections"]["total"], 4);
    assert_eq!(told["connections"]["authentication"], json!({ "pat": 3, "service-principal": 1 }));
    assert_eq!(told["connections"]["clouds"], json!({ "AWS": 1, "unknown": 3 }));
    assert_eq!(told["vault"], json!({ "home": "file", "chosen_by_environment": true, "status": "ok" }));
    assert_eq!(told["system"]["desktop"], "other");
    assert_eq!((&told["network"]["ca_file"], &told["settings"]["unknown"]), (&json!(true), &json!(1)));
    let failures = told["failures"].as_array().unwrap();
    assert!(failures.len() >= 3 && failures.iter().all(|failure| failure["minutes_ago"].as_u64().unwrap() < 15), "{told}");
}

#[test]
fn se_11_at_most_twenty_failures_are_told_the_newest_first() {
    let home = Home::new();
    let id = ConnectionId::random();
    let line = |number: i64| {
        let at = jiff::Timestamp::now() - jiff::SignedDuration::from_mins(100 - number);
        let code = if number == 49 { "dns" } else { "refused" };
        json!({ "at": at, "connection": id, "name": "secret-customer", "what": "test", "outcome": code, "detail": "you@example.com" })
            .to_string()
    };
    write(&home.state_dir().join("activity.jsonl"), &((0..50).map(line).collect::<Vec<_>>().join("\n") + "\n"));
    fs::set_permissions(home.state_dir().join("activity.jsonl"), fs::Permissions::from_mode(0o600)).unwrap();
    let mut command = home.brickpass(["diagnostics"]);
    let told = run(command.env("BRICKPASS_VAULT", "memory"), b"", LIMIT);
    let failures = told.json()["failures"].as_array().unwrap().clone();
    assert_eq!(failures.len(), 20);
    assert_eq!(failures[0], json!({ "what": "test", "code": "dns", "minutes_ago": 51 }));
    assert!(!told.stdout.contains("customer") && !told.stdout.contains("you@"), "{}", told.stdout);
}

#[test]
fn the_diagnostics_are_told_also_where_nothing_else_works() {
    let home = Home::new();
    write(&home.config_dir().join("connections.json"), "{\"connections\": [");
    write(&home.config_dir().join("settings.json"), "{");
    write(&home.state_dir().join("activity.jsonl"), "\0\u{1}");
    let mut command = home.brickpass(["diagnostics"]);
    let told = run(command.env("BRICKPASS_VAULT", "file"), b"", LIMIT);
    assert_eq!(told.code, Some(0), "{told:?}");
    let checks = told.json()["checks"].as_array().unwrap().clone();
    let result = |name: &str| checks.iter().find(|check| check["check"] == name).unwrap()["result"].clone();
    assert_ne!(result("connections-file"), "ok", "{told:?}");
    assert_eq!(result("settings"), "file-unreadable");
    assert_eq!(result("vault"), "no-passphrase");
}

// ---- SE-14 -------------------------------------------------------------------------------------------------------------------------------

#[test]
fn se_14_what_the_window_keeps_for_itself_holds_no_secret() {
    let home = Home::new();
    let demo = Demo::start(&DemoOptions::default()).unwrap();
    let sales = workspace(&demo, "Sales lakehouse").clone();
    let passphrase = canary("passphrase");
    let vault = Vault::new(VaultConfig {
        home: VaultHome::File,
        file: home.config_dir().join("vault.age"),
        passphrase: Some(SecretString::from(passphrase.clone())),
    });
    let mut desk = Desk::start(home, (), |home| with_vault(home, vault));
    let form = form("Sales", |draft| {
        by_token(&sales.base_url, &sales.token)(draft);
        draft.environment = EnvironmentKind::Development;
    });
    let connection = form.connection.clone();
    let id = connection.id;

    desk.save(form);
    desk.test_with(&connection, None);
    assert!(desk.ask(engine::RevealSecret { id, kind: SecretKind::PersonalAccessToken }).unwrap().is_some());
    let seen = desk.ask(engine::ReadActivity).unwrap();
    assert_eq!(seen.len(), 3, "{seen:?}");
    let to = desk.home.path().join("export.jsonl");
    desk.ask(engine::ExportActivity { id: Some(id), to }).unwrap();
    let memory = WindowMemory {
        size: Some([1280.0, 800.0]),
        position: Some([10.0, 20.0]),
        maximized: false,
        sidebar_width: Some(300.0),
        recent_tools: vec!["jdbc".to_owned()],
    };
    desk.ask(engine::RememberWindow(memory)).unwrap();
    desk.finish();

    let kept: Value = serde_json::from_slice(&fs::read(desk.home.state_dir().join("window.json")).unwrap()).unwrap();
    for (key, value) in kept.as_object().unwrap() {
        if key == "recent_tools" {
            // Words of the program.
            let ids = value.as_array().unwrap().iter().map(|id| id.as_str().unwrap());
            assert!(ids.into_iter().all(|id| brickpass_interchange::export::find(id).is_some()), "{value}");
            continue;
        }
        assert!(["size", "position", "maximized", "sidebar_width"].contains(&key.as_str()), "{key} is new: can it hold a secret?");
        let numbers = value.as_array().is_some_and(|values| values.iter().all(Value::is_number));
        assert!(numbers || value.is_number() || value.is_boolean(), "{key} has room for words");
    }
    let files = desk.home.files();
    let names: Vec<PathBuf> = files.iter().map(|(path, _)| path.clone()).collect();
    for expected in ["window.json", "activity.jsonl", "export.jsonl", "connections.json"] {
        assert!(names.iter().any(|path| path.ends_with(expected)), "{expected} is among {names:?}");
    }
    for (path, content) in files {
        none_in(&[("the token", &sales.token), ("the passphrase", &passphrase)], &path.display().to_string(), &content);
    }
}
