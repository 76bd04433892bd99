//! A Brickpass that is killed while it saves: every restart finds the old or the new state.
//!
//! The promise re-executes this test binary; the ignored test in it saves in a loop until it is killed.
#![cfg(unix)]

use std::{
    io::{BufRead as _, BufReader},
    process::Stdio,
    thread,
    time::{Duration, Instant},
};

use brickpass_core::connection::Connection;
use brickpass_storage::{Library, Mode, Vault, VaultConfig, VaultHome};
use secrecy::ExposeSecret as _;
use serde_json::json;

use crate::support::{self, Home, terminal::Terminal};

const ID: &str = "8a5e0a4e-1111-4222-8333-944444444444";
const PASSPHRASE: &str = "right horse";

fn connection(id: &str, name: &str, number: u64) -> Connection {
    serde_json::from_value(json!({
        "id": id, "name": name, "base_url": "https://adb-1234567890123456.7.azuredatabricks.net", "timeout_seconds": 30,
        "auth": {"type": "pat"}, "level": "workspace", "environment": "dev",
        // Long, so that a save takes a while and two states differ in many bytes.
        "description": format!("{number} {}", char::from(b'a' + u8::try_from(number % 26).unwrap()).to_string().repeat(4000)),
    }))
    .unwrap()
}

fn library(home: &Home) -> Library {
    Library::new(&home.config_dir(), &home.state_dir())
}

fn number_of(connection: &Connection) -> u64 {
    let (number, filler) = connection.description.split_once(' ').unwrap();
    let number = number.parse().unwrap();
    assert_eq!(*connection, self::connection(ID, "Saved in a loop", number), "a mixture of two states");
    assert_eq!(filler.len(), 4000);
    number
}

/// As many rounds as `BRICKPASS_SOAK_ROUNDS` says, 200 otherwise.
#[test]
fn st_14_killed_at_any_moment_of_a_save_every_restart_finds_the_old_or_the_new_state() {
    let rounds: u64 =
        std::env::var("BRICKPASS_SOAK_ROUNDS").ok().map_or(200, |rounds| rounds.parse().expect("BRICKPASS_SOAK_ROUNDS is a number"));
    let home = Home::new();
    let library = library(&home);
    let bystander = connection("8a5e0a4e-1111-4222-8333-955555555555", "Bystander", 7);
    library.add_all(vec![connection(ID, "Saved in a loop", 0), bystander.clone()]).unwrap();
    let mut last = 0;
    let mut grew = 0;
    let random = fastrand::Rng::new();
    let mut random = random;
    for round in 0..rounds {
        let mut child = home
            .command(std::env::current_exe().unwrap())
            .env(support::INSIDE, "1")
            .args(["--ignored", "--exact", "--nocapture", "--test-threads=1", "storage_kill::saves_until_it_is_killed"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        // It has said what it saved before it dies; what it said must be there.
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let promised = lines.by_ref().map_while(Result::ok).find_map(|line| line.strip_prefix("saved ")?.parse::<u64>().ok());
        thread::sleep(Duration::from_micros(random.u64(0..12_000)));
        child.kill().unwrap();
        child.wait().unwrap();
        let promised =
            lines.map_while(Result::ok).filter_map(|line| line.strip_prefix("saved ")?.parse().ok()).last().or(promised).unwrap();

        let snapshot = library.load().unwrap_or_else(|error| panic!("round {round}: {error}"));
        assert_eq!((snapshot.mode, snapshot.notices), (Mode::Writable, vec![]), "round {round}: nothing had to be mended");
        assert_eq!(snapshot.entries.len(), 2, "round {round}");
        assert_eq!(snapshot.entries[1].connection, bystander, "round {round}");
        let found = number_of(&snapshot.entries[0].connection);
        assert!(found == promised || found == promised + 1, "round {round}: {promised} was saved, {found} is there");
        assert!(library.backups().iter().all(|backup| backup.connections == 2), "round {round}");
        grew += u64::from(found > last);
        last = found;
    }
    assert!(grew > rounds / 2, "the child hardly ever got to save: {grew} of {rounds} rounds");
    let started = Instant::now();
    library.sweep(std::time::SystemTime::now() + Duration::from_hours(2));
    let left: Vec<_> = home.files().into_iter().map(|(path, _)| path).filter(|path| path.to_string_lossy().contains(".tmp")).collect();
    assert!(left.is_empty(), "litter after the sweep: {left:?}");
    assert!(started.elapsed() < Duration::from_mins(1));
}

#[test]
#[ignore = "runs in a child that is killed"]
fn saves_until_it_is_killed() {
    support::only_inside();
    let place = |name: &str| std::path::PathBuf::from(std::env::var_os(name).unwrap());
    let library = Library::new(&place("BRICKPASS_CONFIG_DIR"), &place("BRICKPASS_STATE_DIR"));
    let mut entry = library.load().unwrap().entries[0].clone();
    for _ in 0..10_000 {
        let number = number_of(&entry.connection) + 1;
        entry = library.save(connection(ID, "Saved in a loop", number), Some(entry.revision)).unwrap().entries[0].clone();
        println!("saved {number}");
    }
}

#[test]
fn st_14_killed_at_any_moment_of_a_put_the_encrypted_file_opens_with_the_old_or_the_new_secret() {
    let home = Home::new();
    let key = support::token_key(ID.parse().unwrap(), "https://adb-1.2.azuredatabricks.net");
    vault(&home.config_dir()).put(&key, &"number 0".into()).unwrap();
    let mut random = fastrand::Rng::new();
    for round in 0..8 {
        let mut child = home
            .command(std::env::current_exe().unwrap())
            .env(support::INSIDE, "1")
            .args(["--ignored", "--exact", "--nocapture", "--test-threads=1", "storage_kill::puts_until_it_is_killed"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
        let mut promised = lines.find_map(|line| line.strip_prefix("put ").map(str::to_owned)).unwrap();
        thread::sleep(Duration::from_millis(random.u64(0..300)));
        child.kill().unwrap();
        child.wait().unwrap();
        promised = lines.filter_map(|line| line.strip_prefix("put ").map(str::to_owned)).last().unwrap_or(promised);
        let found = vault(&home.config_dir()).get(&key).unwrap().unwrap();
        let found: u64 = found.expose_secret().strip_prefix("number ").unwrap().parse().unwrap();
        let promised: u64 = promised.parse().unwrap();
        assert!(found == promised || found == promised + 1, "round {round}: {promised} was put, {found} is there");
    }
}

#[test]
#[ignore = "runs in a child that is killed"]
fn puts_until_it_is_killed() {
    support::only_inside();
    let vault = vault(std::path::Path::new(&std::env::var_os("BRICKPASS_CONFIG_DIR").unwrap()));
    let key = support::token_key(ID.parse().unwrap(), "https://adb-1.2.azuredatabricks.net");
    for _ in 0..1000 {
        let secret = vault.get(&key).unwrap().unwrap();
        let number = secret.expose_secret().strip_prefix("number ").unwrap().parse::<u64>().unwrap() + 1;
        vault.put(&key, &format!("number {number}").into()).unwrap();
        println!("put {number}");
    }
}

fn vault(config_dir: &std::path::Path) -> Vault {
    Vault::new(VaultConfig { home: VaultHome::File, file: config_dir.join("vault.age"), passphrase: Some(PASSPHRASE.into()) })
}

/// Each secret is stored before its entry: a process that dies in between leaves it to the next start.
#[test]
fn vl_04_adds_that_are_killed_at_any_moment_leave_no_secret_without_a_connection() {
    let terminal = Terminal::with(());
    terminal.add_token("Bystander", "https://adb-1234567890123456.7.azuredatabricks.net", "dapi-bystander");
    let mut random = fastrand::Rng::new();
    for round in 0..10 {
        let address = format!("https://adb-{round}.7.azuredatabricks.net");
        let name = format!("Round {round}");
        let mut command = terminal.command(&["add", &name, "--base-url", &address, "--token-stdin"]);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        std::io::Write::write_all(&mut child.stdin.take().unwrap(), format!("dapi-{round}").as_bytes()).unwrap();
        thread::sleep(Duration::from_millis(random.u64(0..2500)));
        child.kill().unwrap();
        child.wait().unwrap();
    }
    let doctor = terminal.done(&["doctor"]);
    assert!(!doctor.stdout.contains("Secrets of no connection"), "{doctor:?}");
    let listed = terminal.json(&["list"]);
    for connection in listed["connections"].as_array().unwrap() {
        let name = connection["name"].as_str().unwrap();
        let expected = name.strip_prefix("Round ").map_or_else(|| "dapi-bystander".to_owned(), |round| format!("dapi-{round}"));
        assert_eq!(terminal.done(&["token", name]).stdout.trim(), expected, "an entry has its secret");
    }
    // The lock and the temporary file of a process that was killed while it wrote its note go after an hour.
    let files = std::fs::read_dir(terminal.home.state_dir().join("unfinished")).into_iter().flatten().flatten();
    let left = files.filter(|file| file.path().extension().is_some_and(|extension| extension == "json")).count();
    assert_eq!(left, 0, "and nothing is left to be done");
}
