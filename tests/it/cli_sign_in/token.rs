//! `brickpass token`: a valid token alone, or nothing and an exit code.

use std::{
    fs,
    process::{Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use super::{Desk, SALES, token};
use crate::support::{BRICKPASS, Running, free_port, on_demo::workspace, run, terminal::LIMIT, wait};

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
fn a_service_principal_needs_no_browser() {
    let desk = Desk::new();
    let (base_url, secret) = (desk.base_url(SALES), desk.demo.service_principal().client_secret);
    desk.add_service_principal("Robot", &base_url, &secret);
    token(&desk.done(&["token", "Robot"]));
    desk.done(&["test", "Robot"]);
    let login = desk.brickpass(&["login", "Robot"]);
    assert_eq!(login.code, Some(2), "{login:?}");
    assert!(login.stderr.contains("signs in automatically") && login.stderr.contains("--client-secret-stdin"), "{login:?}");
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
    let stored = workspace(&desk.demo, SALES).token.clone();
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
fn rf_04_a_renewed_sign_in_that_cannot_be_stored_is_told_and_is_no_success() {
    let desk = Desk::new();
    desk.add("Sales");
    desk.logged_in("Sales");
    // As on a full disk: nothing can be written to a file any more, to a pipe it can.
    let script = format!("trap '' XFSZ; ulimit -f 0; exec '{BRICKPASS}' token Sales --renew");
    let finished = run(desk.program("sh").args(["-c", &script]), b"", LIMIT);
    assert_eq!(finished.code, Some(4), "{finished:?}");
    token(&finished);
    assert!(finished.stderr.contains("Sales") && finished.stderr.contains("could not be stored"), "{finished:?}");
    assert!(finished.stderr.contains("brickpass login"), "{finished:?}");
}

#[test]
fn only_the_token_command_prints_a_token() {
    let mut waiting = vec![std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("crates/cli/src")];
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
