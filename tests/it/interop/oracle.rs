//! An SDK beside `brickpass effective`: all configurations of the table, in one process of the SDK.

use std::{collections::BTreeMap, fs, path::Path};

use brickpass_interchange::effective::{Effective, Family, Speaker};
use serde_json::Value;

use super::{
    clients,
    go_cases::{self, Case},
    go_resolution::view,
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

/// What an SDK whose script signs nobody in has read, where we have read something else.
pub fn read_otherwise(family: Family, path: &Path, case: &Case, theirs: &Value) -> Option<String> {
    compare(&view(family, path, case), theirs).map(|difference| format!("{}: {difference}", case.about()))
}

fn compare(ours: &Effective, answer: &Value) -> Option<String> {
    let theirs = answer["problem"].as_str().unwrap_or_default().split_whitespace().collect::<Vec<_>>().join(" ");
    // The script signs nobody in and sends no request: what is told then is not compared.
    let later = ours.problem.as_ref().filter(|it| {
        it.by == Speaker::Brickpass || it.words.starts_with("default auth: ") || it.words.starts_with("No connection adapters")
    });
    match &ours.problem {
        Some(problem) if later.is_none() => {
            let words = problem.words.split_whitespace().collect::<Vec<_>>().join(" ");
            return (!theirs.starts_with(&words)).then(|| format!("it says {theirs:?}, we say {words:?}"));
        }
        _ if !theirs.is_empty() => return Some(format!("it says {theirs:?}, we say {:?}", ours.problem)),
        _ => {}
    }
    if later.is_some_and(|it| it.words.contains("has no host")) {
        return None;
    }
    let theirs: BTreeMap<String, String> = serde_json::from_value(answer["attributes"].clone()).unwrap();
    let value = |name: &str, value: &str| match value {
        "True" => "true".to_owned(),
        // We show no password that stands in an address.
        _ if name == "host" => match value.split_once("//").and_then(|(scheme, rest)| Some((scheme, rest.rsplit_once('@')?.1))) {
            Some((scheme, host)) => format!("{scheme}//***@{host}"),
            None => value.to_owned(),
        },
        _ if name == "http_timeout_seconds" => value.parse::<f64>().map_or_else(|_| value.to_owned(), |it| it.to_string()),
        _ => value.to_owned(),
    };
    // Whoever cannot read an address takes another one for it, which we say and do not show as the value.
    let invented = theirs.get("host").is_some_and(|host| later.is_some_and(|it| it.words.contains(&format!("would use {host:?}"))));
    let apart = |name: &str, text: Option<&str>| {
        // Zero is none to whoever prints it.
        matches!(name, "auth_type" | "profile" | "cloud") || (name == "host" && invented) || text == Some("0")
    };
    let theirs = theirs.into_iter().filter(|(name, text)| !apart(name, Some(text)));
    let theirs: BTreeMap<String, String> = theirs.map(|(name, text)| (name.clone(), value(&name, &text))).collect();
    let read: BTreeMap<String, String> = ours
        .attributes
        .iter()
        .filter(|it| !apart(it.name, it.value.as_deref()))
        .map(|it| (it.name.to_owned(), it.value.clone().map_or_else(|| "***".to_owned(), |text| value(it.name, &text))))
        .collect();
    (theirs != read).then(|| format!("it has {theirs:?}, we have {read:?}"))
}
