//! An SDK beside `brickpass effective`: all configurations of the table, in one process of the SDK.

use std::{fs, path::Path};

use serde_json::Value;

use super::{
    clients,
    go_cases::{self, Case},
};
use crate::support::Finished;

/// How many configurations there are, and those of which `wrong` tells a difference. `ask` starts the SDK, which writes one answer a line.
pub fn compared(
    ask: impl FnOnce(&Path, &[Case]) -> Finished,
    wrong: impl Fn(&Path, &Case, &Value) -> Option<String>,
) -> (usize, Result<(), String>) {
    let folder = tempfile::tempdir().unwrap();
    let home = folder.path().join("home");
    fs::create_dir(&home).unwrap();
    fs::write(folder.path().join("token"), "jwt").unwrap();
    fs::write(folder.path().join("empty"), "").unwrap();
    let cases = go_cases::all(folder.path().to_str().unwrap());
    let ran = ask(&home, &cases);
    let answers: Vec<Value> = ran.stdout.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
    if answers.len() != cases.len() {
        return (cases.len(), Err(format!("{} answers: {}", answers.len(), clients::last_line(&ran))));
    }
    let path = home.join(".databrickscfg");
    let wrong: Vec<String> = cases.iter().zip(&answers).filter_map(|(case, answer)| wrong(&path, case, answer)).collect();
    let outcome = if wrong.is_empty() { Ok(()) } else { Err(format!("{} differ: {}", wrong.len(), wrong.join("\n    "))) };
    (cases.len(), outcome)
}
