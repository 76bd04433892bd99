//! Small readers in Python, of what its own library reads.

use serde_json::{Value, json};

use super::{
    LIMIT,
    score::{Found, Made, Score},
};
use crate::support::{Home, missing_tool, run, skip};

/// Texts of what was found; what is no text is not told.
pub fn texts(all: Vec<serde_json::Map<String, Value>>) -> Vec<Found> {
    let text = |(name, value)| if let Value::String(value) = value { Some((name, value)) } else { None };
    all.into_iter().map(|found| found.into_iter().filter_map(text).collect()).collect()
}

/// What a Python program with a function `read` says of each set of files. `None`: a module that it needs is missing.
pub fn read(program: &str, made: &[Made]) -> Option<Vec<Found>> {
    let home = Home::new();
    let all: Vec<_> = made.iter().map(Made::by_name).collect();
    let source = format!(
        "import csv, io, json, re, sys\nfrom urllib.parse import *\n{program}\nprint(json.dumps([read(f) for f in json.load(sys.stdin)]))"
    );
    let ran = run(home.command("python3").args(["-c", &source]), json!(all).to_string().as_bytes(), LIMIT);
    if ran.stderr.contains("No module named") {
        return None;
    }
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    assert!(!home.path().join("pwned").exists());
    Some(texts(serde_json::from_str(&ran.stdout).unwrap()))
}

/// `false`: a module is missing.
pub fn judge(score: &Score, program: &str) -> bool {
    read(program, &score.made).map(|found| score.judge("Python", &found)).is_some()
}

/// Whether these are all on this machine.
pub fn needs(test: &str, tools: &[&str]) -> bool {
    let missing = missing_tool(tools);
    if let Some(tool) = missing {
        skip(test, &format!("{tool} is not on this machine"));
    }
    missing.is_none()
}

pub const YAML: &str = "import yaml\ndef load(files, end): return yaml.safe_load(next(v for k, v in files.items() if k.endswith(end)))\n";
