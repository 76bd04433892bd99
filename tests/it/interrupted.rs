//! What a killed process leaves half-way is told or finished at the next start: rotations, tokens that are made, saves.
#![cfg(unix)]

use std::{
    fs,
    process::Stdio,
    sync::mpsc,
    thread,
    time::{Duration, Instant},
};

use brickpass_core::connection::ConnectionId;
use brickpass_storage::{Begun, Journal, SecretKey, Vault, VaultConfig, VaultHome};
use jiff::Timestamp;

use crate::support::{
    Finished,
    between::{Between, Way},
    on_demo::OnDemo,
    run,
    terminal::{LIMIT, PASSPHRASE, Terminal},
};

const CREATE: &str = "POST /api/2.0/token/create";
const DELETE: &str = "POST /api/2.0/token/delete";
const ME: &str = "GET /api/2.0/preview/scim/v2/Me";

type Desk = Terminal<OnDemo>;

/// A connection that signs in with a token that Brickpass made, through a network that can be slow.
fn desk() -> (Desk, Between) {
    let desk = Desk::with(OnDemo::new());
    let between = Between::through(&desk.workspace.base_url);
    desk.add_token("Sales", &between.base_url(), &desk.workspace.token);
    desk.done(&["pat", "create", "Sales", "--use"]);
    (desk, between)
}

fn ids(desk: &Desk) -> Vec<String> {
    let mut ids: Vec<String> = desk.handle.tokens().into_iter().map(|(id, _)| id).collect();
    ids.sort();
    ids
}

/// Killed as soon as this is asked for; what becomes of the request is `way`.
fn killed_at(desk: &Desk, between: &Between, arguments: &[&str], request: &'static str, way: Way) {
    let (arrived, arrivals) = mpsc::channel();
    between.script(move |it, _| {
        if it != request {
            return Way::Through;
        }
        let _ = arrived.send(());
        thread::sleep(Duration::from_millis(500));
        way
    });
    let mut child = desk.command(arguments).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    arrivals.recv_timeout(LIMIT).expect("it is asked for");
    child.kill().unwrap();
    child.wait().unwrap();
    between.script(|_, _| Way::Through);
}

fn waits_for(desk: &Desk, count: usize) {
    let until = Instant::now() + LIMIT;
    while ids(desk).len() != count {
        assert!(Instant::now() < until, "{:?}", ids(desk));
        thread::sleep(Duration::from_millis(10));
    }
}

fn is_told(desk: &Desk) {
    for arguments in [&["list"][..], &["test", "Sales"]] {
        let told = desk.brickpass(arguments);
        assert!(told.code == Some(0) && told.stderr.contains("was interrupted on") && told.stderr.contains("brickpass pat"), "{told:?}");
    }
    let doctor = desk.brickpass(&["doctor"]);
    assert!(doctor.code == Some(1) && doctor.stdout.contains("was interrupted on"), "{doctor:?}");
}

fn is_settled(desk: &Desk) {
    let list = desk.done(&["list"]);
    assert!(!list.stderr.contains("interrupted"), "{list:?}");
    desk.done(&["doctor"]);
    let left = fs::read_dir(desk.home.state_dir().join("unfinished")).map_or(0, Iterator::count);
    assert_eq!(left, 0, "notes that nobody needs");
}

#[test]
fn vl_04_a_rotation_that_was_killed_before_its_last_step_is_told_and_its_former_token_marked_until_it_is_revoked() {
    let (desk, between) = desk();
    let former = desk.json(&["pat", "list", "Sales"])["tokens"][0]["token_id"].as_str().unwrap().to_owned();
    killed_at(&desk, &between, &["pat", "rotate", "Sales"], DELETE, Way::LostThere);

    is_told(&desk);
    let list = desk.brickpass(&["list"]);
    assert!(list.stderr.contains(&format!("token {former} may still be valid")), "{list:?}");
    let shown = desk.done(&["pat", "list", "Sales"]);
    let line = shown.stdout.lines().find(|line| line.contains(&former)).unwrap();
    assert!(line.contains("left over") && shown.stderr.contains(&format!("brickpass pat revoke \"Sales\" {former}")), "{shown:?}");
    let json = desk.json(&["pat", "list", "Sales"]);
    let left: Vec<_> = json["tokens"].as_array().unwrap().iter().filter(|it| it["left_over"] == true).collect();
    assert_eq!((left.len(), left[0]["token_id"].as_str()), (1, Some(&*former)));

    desk.done(&["pat", "revoke", "Sales", &former]);
    is_settled(&desk);
    assert_eq!(ids(&desk).len(), 2, "the pasted one and the one in use");
}

#[test]
fn vl_04_a_rotation_that_was_killed_at_any_step_is_finished_by_the_next_one() {
    for (request, left_behind) in [(CREATE, 1), (ME, 1), (DELETE, 0)] {
        let (desk, between) = desk();
        killed_at(&desk, &between, &["pat", "rotate", "Sales"], request, Way::Through);
        waits_for(&desk, 2 + left_behind);
        assert_eq!(desk.brickpass(&["test", "Sales"]).code, Some(0), "{request}: nobody is locked out");
        if left_behind > 0 {
            is_told(&desk);
        }
        let finished = desk.done(&["pat", "rotate", "Sales"]);
        assert_eq!(finished.stderr.contains("left over from an interrupted rotation"), left_behind > 0, "{request}: {finished:?}");
        is_settled(&desk);
        assert_eq!(ids(&desk).len(), 2, "{request}: the pasted one and the one in use");
        assert!(desk.handle.accepts(desk.done(&["token", "Sales"]).stdout.trim()));
    }
}

#[test]
fn vl_04_a_token_whose_value_was_lost_with_the_process_is_found_by_its_mark() {
    let (desk, between) = desk();
    killed_at(&desk, &between, &["pat", "create", "Sales", "--use"], CREATE, Way::Through);
    waits_for(&desk, 3);
    is_told(&desk);
    let json = desk.json(&["pat", "list", "Sales"]);
    let left: Vec<_> = json["tokens"].as_array().unwrap().iter().filter(|it| it["left_over"] == true).collect();
    assert_eq!((left.len(), &left[0]["in_use"]), (1, &false.into()), "{json}");
    desk.done(&["pat", "revoke", "Sales", left[0]["token_id"].as_str().unwrap()]);
    is_settled(&desk);
}

fn vault(desk: &Terminal) -> Vault {
    Vault::new(VaultConfig { home: VaultHome::File, file: desk.home.config_dir().join("vault.age"), passphrase: Some(PASSPHRASE.into()) })
}

fn key() -> SecretKey {
    crate::support::token_key(ConnectionId::random(), "https://adb-1.2.azuredatabricks.net")
}

fn add_one(desk: &Terminal) {
    desk.add_token("One", "https://adb-1234567890123456.7.azuredatabricks.net", "dapi-one");
}

#[test]
fn vl_04_the_secret_of_a_save_that_was_killed_is_deleted_at_the_next_start() {
    let desk = Terminal::with(());
    add_one(&desk);
    let orphan = key();
    let begun = Begun::Save { new: vec![orphan.id().connection], changed: Vec::new() };
    let cut_off = Journal::new(&desk.home.state_dir()).begin(Timestamp::now(), &begun).unwrap();
    vault(&desk).put(&orphan, &"dapi-orphan".into()).unwrap();
    // Under way in another process: not touched, and not told of.
    assert_eq!(desk.done(&["doctor"]).stderr, "");
    assert!(vault(&desk).get(&orphan).unwrap().is_some());
    drop(cut_off);
    desk.done(&["list"]);
    assert!(vault(&desk).get(&orphan).unwrap().is_none());
    assert_eq!(desk.done(&["token", "One"]).stdout.trim(), "dapi-one");
    assert_eq!(fs::read_dir(desk.home.state_dir().join("unfinished")).unwrap().count(), 0);
}

#[test]
fn vl_03_secrets_of_no_connection_are_listed_and_deleted_by_one_command_and_only_with_a_list_at_hand() {
    let desk = Terminal::with(());
    add_one(&desk);
    let orphan = key();
    vault(&desk).put(&orphan, &"dapi-orphan".into()).unwrap();
    let listed = desk.brickpass(&["doctor"]);
    assert!(listed.code == Some(1) && listed.stdout.contains("1 secret belongs"), "{listed:?}");
    assert!(listed.stdout.contains("brickpass doctor --delete-unknown-secrets"), "{listed:?}");
    assert!(vault(&desk).get(&orphan).unwrap().is_some(), "listed, not deleted");

    // Without the list, every secret would seem to be nobody's.
    let list = desk.home.config_dir().join("connections.json");
    let kept = fs::read(&list).unwrap();
    fs::remove_file(&list).unwrap();
    let refused: Finished = run(&mut desk.command(&["doctor", "--delete-unknown-secrets"]), b"", LIMIT);
    assert_ne!(refused.code, Some(0), "{refused:?}");
    assert!(vault(&desk).get(&orphan).unwrap().is_some());
    fs::write(&list, kept).unwrap();

    let deleted = desk.done(&["doctor", "--delete-unknown-secrets"]);
    assert!(deleted.stderr.contains("Deleted 1 secret"), "{deleted:?}");
    assert!(vault(&desk).get(&orphan).unwrap().is_none());
    assert_eq!(desk.done(&["token", "One"]).stdout.trim(), "dapi-one");
}
