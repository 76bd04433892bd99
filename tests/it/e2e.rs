//! The real window, operated by an outside program as assistive technology does: tests/e2e.

use std::{path::Path, process::Command, sync::OnceLock, time::Duration};

use crate::support::{BRICKPASS, Finished, run, skip, tool_exists};

/// The driver's exit code for "something is missing here"; its last line says what.
const DOES_NOT_FIT: i32 = 77;

const LIMIT: Duration = Duration::from_secs(120);

#[test]
fn a_workspace_added_in_the_window_works_after_a_restart_with_the_token_from_the_keyring() {
    let Some(it) = main_job("a_workspace_added_in_the_window_works_after_a_restart_with_the_token_from_the_keyring") else { return };
    assert!(it.stdout.contains("another program that asks the keyring finds it there") || !tool_exists("secret-tool"), "{}", it.stdout);
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

/// Runs once for all tests that look at it.
fn main_job(test: &str) -> Option<&'static Finished> {
    static JOB: OnceLock<Result<Finished, String>> = OnceLock::new();
    match JOB.get_or_init(|| attempt("main_job.py", &[])) {
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
