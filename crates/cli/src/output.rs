//! What is printed, and the code that the program leaves with.

use std::{
    io::{ErrorKind, Write as _},
    process::ExitCode,
    sync::{Mutex, OnceLock, PoisonError},
};

use secrecy::{ExposeSecret as _, SecretString};
use serde_json::{Map, Value};
use zeroize::Zeroizing;

use super::foreign;
pub(super) use brickpass_core::counted as count;
use brickpass_core::{
    connection::secrets_starred,
    failure::{Code, Failure, Remedy},
};

/// 0 done; 1 the thing failed; 2 wrong usage; 3 not found; 4 the vault; 5 the network.
pub(super) fn exit_code(code: Code) -> u8 {
    match code {
        Code::InvalidInput => 2,
        Code::NoSuchConnection => 3,
        Code::VaultLocked
        | Code::VaultLost
        | Code::VaultUnavailable
        | Code::VaultBusy
        | Code::WrongPassphrase
        | Code::SecretDamaged
        | Code::VaultUnusable => 4,
        Code::Dns
        | Code::Refused
        | Code::Unreachable
        | Code::ConnectTimeout
        | Code::ReadTimeout
        | Code::Reset
        | Code::TlsUnknownIssuer
        | Code::TlsExpired
        | Code::TlsNotYetValid
        | Code::TlsWrongHost
        | Code::TlsProtocol
        | Code::Tls
        | Code::CaFile
        | Code::ProxyAuth
        | Code::ProxyUnreachable
        | Code::ProxySetting => 5,
        _ => 1,
    }
}

/// One JSON document on stdout.
pub(super) fn print_json(document: &serde_json::Value) {
    say(format_args!("{document:#}"));
}

/// The system's words for the first output that could not be written.
static NOT_WRITTEN: OnceLock<String> = OnceLock::new();

/// A reader that has seen enough and closed its end (`brickpass list | head -1`) is no error. Any other failure is told at the end, by
/// [`code_when_written`].
pub(super) fn say(line: impl std::fmt::Display) {
    if let Err(error) = writeln!(std::io::stdout(), "{line}")
        && error.kind() != ErrorKind::BrokenPipe
    {
        let _ = NOT_WRITTEN.set(error.to_string());
    }
}

/// What to leave with: a command whose output got lost has not done what it was asked for.
pub(super) fn code_when_written(code: ExitCode) -> ExitCode {
    let Some(error) = NOT_WRITTEN.get() else { return code };
    note(format_args!(
        "The output could not be written.\nOperating system error: {error}.\nRun it with a stdout that is open and has free space."
    ));
    if code == ExitCode::SUCCESS { ExitCode::FAILURE } else { code }
}

/// Warns that a token is handed out without an entry in the log.
pub(super) fn warn_unless_logged(state_dir: &std::path::Path) {
    if let Err(failure) = brickpass_storage::Activity::new(state_dir).try_out() {
        note(format_args!("Note: This is not in the activity log, because the log cannot be written. {}", failure.why));
    }
}

/// What was told without having been asked for.
static ATTENTION: Mutex<Vec<String>> = Mutex::new(Vec::new());

/// An unsolicited message on stderr. A command that then fails for the same reason does not repeat it.
pub(super) fn note_once(words: &str) {
    let mut told = ATTENTION.lock().unwrap_or_else(PoisonError::into_inner);
    if !told.iter().any(|known| known == words) {
        note(words);
        told.push(words.to_owned());
    }
}

fn was_told(failure: &Failure) -> bool {
    ATTENTION.lock().unwrap_or_else(PoisonError::into_inner).contains(&failure.to_string())
}

/// A message beside the output.
pub(super) fn note(line: impl std::fmt::Display) {
    let _ = writeln!(std::io::stderr(), "{line}");
}

/// The same failure with the words for a terminal, where there is no button to press.
#[must_use]
pub(super) fn in_terminal(mut failure: Failure, name: &str) -> Failure {
    if failure.remedy == Some(Remedy::SignIn) {
        failure.fix = format!("Sign in with: brickpass login \"{name}\"");
    }
    failure
}

/// Prints what failed, and returns the exit code.
#[must_use]
pub fn tell_failure(failure: &Failure, json: bool) -> ExitCode {
    if json {
        print_json(&foreign::document(serde_json::json!({ "error": failure })));
    } else if !was_told(failure) {
        note(secrets_starred(&format!("{}\n{}\n{}", failure.what, failure.why, failure.fix)));
        if let Some(details) = &failure.details {
            note(secrets_starred(&format!("Details: {details}")));
        }
    }
    code_of(failure)
}

/// What to leave with when this is the worst that happened.
pub(super) fn code_of(failure: &Failure) -> ExitCode {
    ExitCode::from(exit_code(failure.code))
}

/// In one piece with its line end, which the standard library hands on without keeping a copy in its buffer.
/// Who asked for a secret must hear that it was not written.
pub(super) fn print_secret(text: &str) -> Result<(), Failure> {
    let mut line = Zeroizing::new(String::with_capacity(text.len() + 1));
    line.push_str(text);
    line.push('\n');
    write_secret(&line)
}

/// To the letter.
pub(super) fn write_secret(text: &str) -> Result<(), Failure> {
    let mut stdout = std::io::stdout().lock();
    stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()).map_err(|error| {
        Failure::new(
            Code::FileUnwritable,
            "The secret could not be written.",
            format!("Writing to stdout failed: {error}."),
            "Run it with a stdout that is open and has free space.",
        )
    })
}

/// One JSON document with a secret in it (and at least one other field), which is put in by hand, so that no other copy of it is made than the one that is wiped.
pub(super) fn with_secret(key: &str, value: &SecretString, fields: Map<String, Value>) -> Zeroizing<String> {
    let rest = format!("{:#}", Value::Object(fields));
    let rest = rest.trim_start_matches('{');
    let value = value.expose_secret();
    let mut text = Zeroizing::new(String::with_capacity(rest.len() + key.len() + 2 * value.len() + 16));
    text.push_str("{\n  \"");
    text.push_str(key);
    text.push_str("\": \"");
    // Visible ASCII (the client takes nothing else), of which JSON escapes two.
    for char in value.chars() {
        if matches!(char, '"' | '\\') {
            text.push('\\');
        }
        text.push(char);
    }
    text.push_str("\",");
    text.push_str(rest);
    text
}

/// A table with columns as wide as their widest cell, and no spaces at the ends of lines.
pub(super) fn table(rows: &[Vec<String>]) -> String {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let width = |column: usize| rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..columns).map(width).collect();
    let line = |row: &Vec<String>| {
        let cells: Vec<String> = row.iter().zip(&widths).map(|(cell, width)| format!("{cell:<width$}")).collect();
        cells.join("  ").trim_end().to_owned()
    };
    rows.iter().map(line).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_has_no_trailing_spaces() {
        let rows = [vec!["a".to_owned(), "long".to_owned(), String::new()], vec!["bcd".to_owned(), "x".to_owned(), "y".to_owned()]];
        assert_eq!(table(&rows), "a    long\nbcd  x     y");
    }

    #[test]
    fn each_class_of_failure_has_its_exit_code() {
        assert_eq!(
            [Code::Unauthorized, Code::InvalidInput, Code::NoSuchConnection, Code::VaultLocked, Code::Dns].map(exit_code),
            [1, 2, 3, 4, 5]
        );
    }
}
