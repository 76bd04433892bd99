//! `brickpass effective --as python` beside the SDK for Python: the configurations that Go is asked about, as far as reading them goes.

use std::{collections::BTreeMap, path::Path};

use brickpass_interchange::effective::{Effective, Family, Speaker};
use serde_json::{Value, json};

use super::{
    Table,
    clients::{self, Prepared},
    go_cases::Case,
    go_resolution::view,
    oracle,
};
use crate::support::{Finished, interop};

const NAME: &str = "brickpass effective --as python";

pub fn checks(table: &mut Table) {
    match clients::python() {
        Prepared::Skipped(why) => return table.skipped(NAME, &why),
        Prepared::Broken(why) => return table.add(NAME, "installing the SDK for Python", &Err(why)),
        Prepared::Ready(_) => {}
    }
    let (count, outcome) = combinations(|asked| interop("effective_cases.py", asked));
    table.add(NAME, &format!("as the SDK for Python in {count} combinations"), &outcome);
}

/// `ask`: the script, with what it reads.
pub fn combinations(ask: impl Fn(&Value) -> Finished) -> (usize, Result<(), String>) {
    let ask = |home: &Path, cases: &[Case]| ask(&json!({"home": home, "cases": cases.iter().map(Case::to_json).collect::<Vec<_>>()}));
    oracle::compared(ask, wrong)
}

fn wrong(path: &Path, case: &Case, python: &Value) -> Option<String> {
    let ours = view(Family::Python, path, case);
    compare(&ours, python).map(|difference| format!("{}: {difference}", case.about()))
}

fn compare(ours: &Effective, python: &Value) -> Option<String> {
    let theirs = python["problem"].as_str().unwrap_or_default().split_whitespace().collect::<Vec<_>>().join(" ");
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
    if later.is_some_and(|it| it.words.contains("names no host")) {
        return None;
    }
    let theirs: BTreeMap<String, String> = serde_json::from_value(python["attributes"].clone()).unwrap();
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
    let theirs: BTreeMap<String, String> =
        theirs.into_iter().filter(|(name, _)| name != "cloud").map(|(name, text)| (name.clone(), value(&name, &text))).collect();
    let read: BTreeMap<String, String> = ours
        .attributes
        .iter()
        .filter(|it| !matches!(it.name, "auth_type" | "profile" | "cloud"))
        // Zero is none to whoever prints it.
        .filter(|it| it.value.as_deref() != Some("0"))
        .map(|it| (it.name.to_owned(), it.value.clone().map_or_else(|| "***".to_owned(), |text| value(it.name, &text))))
        .collect();
    (theirs != read).then(|| format!("it has {theirs:?}, we have {read:?}"))
}
