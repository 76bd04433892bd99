//! The real window, operated by an outside program as assistive technology does: tests/e2e.

use std::{
    io::{BufRead as _, BufReader, Write as _},
    net::TcpListener,
    path::Path,
    process::Command,
    sync::OnceLock,
    thread,
    time::Duration,
};

use brickpass_demo::{Demo, DemoOptions};
use serde_json::{Value, json};

use crate::support::{BRICKPASS, Finished, interop, interop_venv, run, skip, tool_exists};

/// The driver's exit code for "something is missing here"; its last line says what.
const DOES_NOT_FIT: i32 = 77;

const LIMIT: Duration = Duration::from_mins(10);

#[test]
fn a_workspace_added_in_the_window_works_after_a_restart_with_the_token_from_the_keyring() {
    let Some(it) = main_job("a_workspace_added_in_the_window_works_after_a_restart_with_the_token_from_the_keyring") else { return };
    if tool_exists("secret-tool") {
        assert!(it.stdout.contains("another program that asks the keyring finds it there"), "{}", it.stdout);
    } else {
        skip("a_workspace_added_in_the_window (as another program sees the keyring)", "secret-tool is not installed");
    }
    assert!(it.stdout.ends_with("done\n"), "{}", it.stdout);
}

#[test]
fn se_04_after_typing_a_token_and_quitting_no_file_holds_it() {
    let Some(it) = main_job("se_04_after_typing_a_token_and_quitting_no_file_holds_it") else { return };
    assert!(it.stdout.contains("files, the token in none of them"), "{}", it.stdout);
}

#[test]
fn se_10_no_process_carries_the_token_in_its_arguments_or_environment() {
    let Some(it) = main_job("se_10_no_process_carries_the_token_in_its_arguments_or_environment") else { return };
    assert!(it.stdout.contains("no process carries the token in its arguments or environment"), "{}", it.stdout);
}

#[test]
fn the_same_under_wayland() {
    let test = "the_same_under_wayland";
    let Some(it) = driver(test, "main_job.py", &["wayland"]) else { return };
    assert!(it.stdout.ends_with("done\n"), "{it:?}");
}

#[test]
fn without_a_display_the_demo_shows_the_main_job_on_a_virtual_one() {
    let folder = tempfile::tempdir().unwrap();
    let picture = folder.path().join("window.png");
    let test = "without_a_display_the_demo_shows_the_main_job_on_a_virtual_one";
    let Some(it) = driver(test, "show.py", &[picture.to_str().unwrap()]) else { return };
    assert!(it.stdout.contains("Connected in") && it.stdout.contains("Finance lakehouse"), "{it:?}");
    assert!(it.stdout.contains(&picture.display().to_string()), "it says where the picture lies: {it:?}");
    assert!(std::fs::read(picture).unwrap().starts_with(b"\x89PNG"));
}

#[test]
fn signing_in_in_the_window_opens_a_real_browser_and_comes_back_with_the_user() {
    let Some(it) = sign_in("signing_in_in_the_window_opens_a_real_browser_and_comes_back_with_the_user", Face::Window) else { return };
    assert!(it.stdout.contains("the window says who has signed in\n") && it.stdout.ends_with("done\n"), "{}", it.stdout);
}

#[test]
fn signing_in_in_the_terminal_opens_a_real_browser_and_comes_back_with_the_user() {
    let Some(it) = sign_in("signing_in_in_the_terminal_opens_a_real_browser_and_comes_back_with_the_user", Face::Terminal) else { return };
    assert!(it.stdout.contains("the terminal says who has signed in\n") && it.stdout.ends_with("done\n"), "{}", it.stdout);
}

#[test]
fn the_browser_keeps_neither_code_nor_state_where_they_can_be_seen() {
    let test = "the_browser_keeps_neither_code_nor_state_where_they_can_be_seen";
    for it in [Face::Window, Face::Terminal].into_iter().filter_map(|face| sign_in(test, face)) {
        assert!(it.stdout.contains("the address bar and the history hold neither code nor state\n"), "{}", it.stdout);
    }
}

#[test]
fn an_expired_token_is_renewed_and_nobody_is_asked() {
    for it in [Face::Window, Face::Terminal].into_iter().filter_map(|face| sign_in("an_expired_token_is_renewed_and_nobody_is_asked", face))
    {
        assert!(it.stdout.contains("the expired token was renewed, and nobody was asked\n"), "{}", it.stdout);
    }
}

#[test]
fn after_a_restart_the_sign_in_comes_from_the_keyring_and_signing_out_removes_it_there() {
    let test = "after_a_restart_the_sign_in_comes_from_the_keyring_and_signing_out_removes_it_there";
    let Some(it) = sign_in(test, Face::Window) else { return };
    for promise in [
        "another program that asks the keyring finds the sign-in there\n",
        "after a restart the sign-in is still there\n",
        "signing out leaves nothing in the keyring\n",
    ] {
        assert!(it.stdout.contains(promise), "{promise}{}", it.stdout);
    }
}

#[test]
fn after_signing_in_no_file_and_no_process_shows_a_token_a_code_or_a_verifier() {
    let test = "after_signing_in_no_file_and_no_process_shows_a_token_a_code_or_a_verifier";
    for it in [Face::Window, Face::Terminal].into_iter().filter_map(|face| sign_in(test, face)) {
        assert_eq!(it.stdout.matches("no process carries a secret in its arguments or environment\n").count(), 2, "{}", it.stdout);
        assert_eq!(it.stdout.matches(" files, no secret in any of them\n").count(), 2, "{}", it.stdout);
    }
}

#[test]
fn se_06_five_seconds_after_a_save_no_memory_of_the_window_holds_a_secret_of_the_encrypted_file() {
    let test = "se_06_five_seconds_after_a_save_no_memory_of_the_window_holds_a_secret_of_the_encrypted_file";
    let Some(it) = driver(test, "memory.py", &["file"]) else { return };
    looked_at_memory(&it);
}

#[test]
fn se_06_five_seconds_after_a_save_no_memory_of_the_window_holds_a_secret_of_the_keyring() {
    let test = "se_06_five_seconds_after_a_save_no_memory_of_the_window_holds_a_secret_of_the_keyring";
    let Some(it) = driver(test, "memory.py", &["keyring"]) else { return };
    looked_at_memory(&it);
}

fn looked_at_memory(finished: &Finished) {
    for promise in [
        "stored: {\"token\": 0, \"client secret\": 0}\n",
        "tested, shown and hidden: {\"token\": 0, \"client secret\": 0}\n",
        "generated, copied, used and rotated: {\"token\": 0, \"client secret\": 0, \"new token\": 0, \"rotated token\": 0}\ndone\n",
    ] {
        assert!(finished.stdout.contains(promise), "{promise}{}", finished.stdout);
    }
}

#[test]
fn a_token_made_in_the_window_serves_other_programs_until_it_is_rotated() {
    let test = "a_token_made_in_the_window_serves_other_programs_until_it_is_rotated";
    let sdk = interop("whose_token.py", &json!({}));
    if sdk.code == Some(DOES_NOT_FIT) {
        return skip(test, sdk.stdout.trim().trim_start_matches("skipped: "));
    }
    assert_eq!(sdk.code, Some(0), "{sdk:?}");
    let Some(it) = driver(test, "token_flow.py", &[interop_venv().to_str().unwrap()]) else { return };
    for promise in [
        "the copied token works with the official SDK\n",
        "the clipboard is empty after its time\n",
        "the connection signs in with it\n",
        "after the rotation the old token is refused and the new one works\ndone\n",
    ] {
        assert!(it.stdout.contains(promise), "{promise}{}", it.stdout);
    }
}

#[test]
fn a_profile_published_in_the_window_signs_the_official_sdk_in_as_the_same_user() {
    let test = "a_profile_published_in_the_window_signs_the_official_sdk_in_as_the_same_user";
    let sdk = interop("whose_profile.py", &json!({}));
    if sdk.code == Some(DOES_NOT_FIT) {
        return skip(test, sdk.stdout.trim().trim_start_matches("skipped: "));
    }
    assert_eq!(sdk.code, Some(0), "{sdk:?}");
    let Some(it) = driver(test, "hand_over.py", &[interop_venv().to_str().unwrap()]) else { return };
    for promise in [
        "the door of the first start brings the profile in\n",
        "its secret is out of the file, and the official SDK still signs in\n",
        "a profile that was published in the window signs the official SDK in as the same user\n",
        "the proof names the user whom the official SDK sees\n",
        "what somebody else changed there is seen, and published again\ndone\n",
    ] {
        assert!(it.stdout.contains(promise), "{promise}{}", it.stdout);
    }
}

#[test]
fn im_09_what_is_pasted_and_what_a_backup_holds_comes_over_in_the_window() {
    let Some(it) = driver("im_09_what_is_pasted_and_what_a_backup_holds_comes_over_in_the_window", "bring_over.py", &[]) else { return };
    for promise in [
        "what was pasted comes in after a preview, and goes again\n",
        "an address that is there already is told\n",
        "a backup of the window opens elsewhere with its passphrase alone, and its connection works\ndone\n",
    ] {
        assert!(it.stdout.contains(promise), "{promise}{}", it.stdout);
    }
}

#[derive(Clone, Copy)]
enum Face {
    Window,
    Terminal,
}

/// Runs once a face for all tests that look at it.
fn sign_in(test: &str, face: Face) -> Option<&'static Finished> {
    static JOBS: [OnceLock<Result<Finished, String>>; 2] = [const { OnceLock::new() }; 2];
    let finished = JOBS[face as usize].get_or_init(|| {
        let word = match face {
            Face::Window => "window",
            Face::Terminal => "terminal",
        };
        let port = leash(Demo::start(&DemoOptions::default()).unwrap()).to_string();
        let pace = if std::env::var_os("BRICKPASS_SOAK_ROUNDS").is_some() { "patient" } else { "quick" };
        attempt("sign_in.py", &[&port, word, pace])
    });
    told(test, finished)
}

/// Lets the driver ask and order the demo of this process: one line in, one line of JSON out, on the port that is returned.
fn leash(demo: Demo) -> u16 {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let mut order = String::new();
            if BufReader::new(&stream).read_line(&mut order).is_ok() {
                let _ = writeln!(stream, "{}", obey(&demo, order.trim_end()));
            }
        }
    });
    port
}

fn obey(demo: &Demo, order: &str) -> Value {
    let authorization = demo.authorization();
    match order.split_once(' ').unwrap_or((order, "")) {
        ("announcement", _) => return demo.announcement(),
        ("counts", _) => {
            return json!({ "exchanges": authorization.exchanges(), "refreshes": authorization.refreshes(), "reuses": authorization.reuses() });
        }
        ("tokens", _) => return json!(authorization.issued_tokens()),
        ("register", port) => authorization.register_redirect_port(port.parse().unwrap()),
        ("lifetime", seconds) => authorization.set_access_token_lifetime(Duration::from_secs(seconds.parse().unwrap())),
        ("expire", _) => authorization.expire_access_tokens(),
        _ => return json!({ "error": "no such order" }),
    }
    Value::Null
}

/// Runs once for all tests that look at it.
fn main_job(test: &str) -> Option<&'static Finished> {
    static JOB: OnceLock<Result<Finished, String>> = OnceLock::new();
    told(test, JOB.get_or_init(|| attempt("main_job.py", &[])))
}

fn told(test: &str, attempted: &'static Result<Finished, String>) -> Option<&'static Finished> {
    match attempted {
        Ok(finished) => Some(succeeded(finished)),
        Err(reason) => {
            skip(test, reason);
            None
        }
    }
}

fn driver(test: &str, script: &str, arguments: &[&str]) -> Option<Finished> {
    match attempt(script, arguments) {
        Ok(finished) => {
            succeeded(&finished);
            Some(finished)
        }
        Err(reason) => {
            skip(test, &reason);
            None
        }
    }
}

fn succeeded(finished: &Finished) -> &Finished {
    assert_eq!(finished.code, Some(0), "{}\n{}", finished.stdout, finished.stderr);
    finished
}

/// The reason when this machine cannot run it.
fn attempt(script: &str, arguments: &[&str]) -> Result<Finished, String> {
    // The distribution's own Python: the bindings to AT-SPI are a package of the distribution.
    let python = Path::new("/usr/bin/python3");
    if !python.exists() || !cfg!(target_os = "linux") {
        return Err("needs Linux with Python, Xvfb, D-Bus and AT-SPI".to_owned());
    }
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/e2e").join(script);
    let finished = run(Command::new(python).arg("-B").arg(script).arg(BRICKPASS).args(arguments), b"", LIMIT);
    if finished.code == Some(DOES_NOT_FIT) {
        return Err(finished.stdout.trim().lines().last().unwrap_or("something is missing").to_owned());
    }
    Ok(finished)
}
