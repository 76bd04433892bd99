//! What Databricks' tools need to find `brickpass-credential`, and to take it for what they look for.

use std::{
    fs,
    path::Path,
    process::{Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use super::finding::Finding;
use brickpass_storage::replaceable;

const CHECK: &str = "Credential helper";

/// Bytes. The SDKs take anything smaller for the first Databricks CLI, a script (`config/cli_token_source.go`).
const SMALLEST: u64 = 1024 * 1024;

/// As long as the SDKs wait for it.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(5);

pub(super) fn finding(helper: &Path) -> Finding {
    match examine(helper) {
        Ok(()) => match replaceable(helper) {
            // Every tool starts it as this user.
            Some(found) => Finding { check: CHECK, ok: false, detail: found.words(), fix: Some(found.fix()) },
            None => Finding::fine(CHECK, helper.display().to_string()),
        },
        Err(Wrong { detail, fix }) => {
            Finding { check: CHECK, ok: false, detail: format!("{} {detail}", helper.display()), fix: Some(fix.to_owned()) }
        }
    }
}

struct Wrong {
    detail: &'static str,
    fix: &'static str,
}

/// What exports and published profiles name works only if all of this holds.
fn examine(helper: &Path) -> Result<(), Wrong> {
    const AGAIN: &str = "Install Brickpass again, with brickpass and brickpass-credential in the same folder.";
    let wrong = |detail, fix| Err(Wrong { detail, fix });
    let Ok(file) = fs::metadata(helper) else {
        return wrong("is missing, so no tool gets a token from Brickpass.", AGAIN);
    };
    if !file.is_file() || !is_executable(&file) {
        return wrong("cannot be executed.", AGAIN);
    }
    if file.len() < SMALLEST {
        return wrong("is smaller than 1 MiB, so Databricks' tools treat it as an outdated Databricks CLI.", AGAIN);
    }
    if helper.to_string_lossy().contains(char::is_whitespace) {
        return wrong("has a space in its path, so the SDK for Java cannot start it.", "Install Brickpass in a folder without a space.");
    }
    if !answers(helper) {
        return wrong("does not answer a request for its version.", AGAIN);
    }
    Ok(())
}

fn answers(helper: &Path) -> bool {
    let started = Command::new(helper).arg("version").stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn();
    let Ok(mut child) = started else { return false };
    let until = Instant::now() + ANSWER_TIMEOUT;
    while Instant::now() < until {
        match child.try_wait() {
            // One short line, which fits into the pipe.
            Ok(Some(status)) => {
                let said = child.wait_with_output().map(|output| output.stdout).unwrap_or_default();
                return status.success() && said.starts_with(b"Databricks CLI v");
            }
            Ok(None) => thread::sleep(Duration::from_millis(5)),
            Err(_) => break,
        }
    }
    let _ = child.kill();
    let _ = child.wait();
    false
}

#[cfg(unix)]
fn is_executable(file: &fs::Metadata) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    file.permissions().mode() & 0o111 != 0
}

#[cfg(not(unix))]
fn is_executable(_file: &fs::Metadata) -> bool {
    true
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use std::{fs::Permissions, os::unix::fs::PermissionsExt as _};

    use super::*;

    #[expect(clippy::disallowed_methods, reason = "a program of the test, nothing of a person's")]
    /// A program of so many bytes that says `words`.
    fn made(path: &Path, words: &str, bytes: usize, mode: u32) -> Finding {
        let script = format!("#!/bin/sh\necho '{words}'\nexit 0\n");
        let padding = bytes.saturating_sub(script.len());
        fs::write(path, script + &"#".repeat(padding)).unwrap();
        fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
        finding(path)
    }

    #[test]
    fn a_helper_that_a_tool_would_not_take_is_told_with_the_reason() {
        let folder = tempfile::Builder::new().prefix("helper").tempdir().unwrap();
        let path = folder.path().join("brickpass-credential");
        let large = 2 * 1024 * 1024;
        let why = |finding: Finding, words: &str| {
            assert!(!finding.ok && finding.fix.is_some() && finding.detail.contains(words), "{}", finding.detail);
        };
        why(finding(&path), "is missing");
        why(made(&path, "Databricks CLI v0.295.0", large, 0o644), "cannot be executed");
        why(made(&path, "Databricks CLI v0.295.0", 0, 0o755), "smaller than 1 MiB");
        why(made(&path, "hello", large, 0o755), "does not answer");
        let fine = made(&path, "Databricks CLI v0.295.0", large, 0o755);
        assert!(fine.ok, "{}", fine.detail);
        fs::set_permissions(&path, Permissions::from_mode(0o757)).unwrap();
        why(finding(&path), "Every user of this computer can write to");
        fs::set_permissions(&path, Permissions::from_mode(0o755)).unwrap();
        let spaced = folder.path().join("my programs");
        fs::create_dir(&spaced).unwrap();
        why(made(&spaced.join("brickpass-credential"), "Databricks CLI v0.295.0", large, 0o755), "space in its path");
    }
}
