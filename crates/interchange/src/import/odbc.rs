//! ODBC: the sections of an `odbc.ini`, or connection strings (`Driver=...;Host=...;`), one a line.

use std::collections::HashSet;

use super::{
    Found, Kind, damaged,
    driver::{self, Settings},
    text::position,
};
use brickpass_core::failure::Failure;

/// Sections of `odbc.ini` that are no data source.
const NO_SOURCE: [&str; 4] = ["odbc", "odbc data sources", "odbc drivers", "driver"];

pub(super) const READER: super::Reader = super::Reader {
    word: "odbc",
    label: "ODBC",
    phrase: "ODBC settings",
    read: |text, _| read(text),
    nothing: "It contains no data source with a Host.",
};

pub(super) fn read(text: &str) -> Result<Found, Failure> {
    let is_ini = text.lines().any(|line| line.trim_start().starts_with('['));
    if is_ini { ini(text) } else { strings(text) }
}

fn ini(text: &str) -> Result<Found, Failure> {
    let mut found = Found::new(Kind::Odbc);
    let mut sections: Vec<(&str, Settings)> = Vec::new();
    // The keys of the last section.
    let mut known = HashSet::new();
    for (at, line) in text.lines().enumerate() {
        let line = line.trim();
        let error = |why: &str| Err(damaged(Kind::Odbc, format!("Line {}: {why}.", at + 1)));
        if line.is_empty() || line.starts_with(['#', ';']) {
            continue;
        }
        if let Some(title) = line.strip_prefix('[') {
            let Some(title) = title.strip_suffix(']') else { return error("the name of a section is not closed with ]") };
            sections.push((title.trim(), Settings(Vec::new())));
            known.clear();
            continue;
        }
        let Some((key, value)) = line.split_once('=') else { return error("a setting has no = in it") };
        let Some((_, settings)) = sections.last_mut() else { return error("there is a setting before the first section") };
        if !known.insert(key.trim().to_ascii_lowercase()) {
            return error("this setting appears twice in its section");
        }
        settings.0.push((key.trim().to_owned(), value.trim().to_owned()));
    }
    for (title, settings) in sections {
        if NO_SOURCE.contains(&title.to_ascii_lowercase().as_str()) {
            continue;
        }
        match settings.host() {
            Some(host) if is_databricks(&settings, &host) => {
                let connection = driver::connection(title, Some(&host), &settings);
                found.connections.push(connection);
            }
            _ => found.ignore(title, "not a Databricks data source"),
        }
    }
    Ok(found)
}

fn is_databricks(settings: &Settings, host: &str) -> bool {
    let says = |key: &str, words: &[&str]| {
        settings.0.iter().any(|(known, value)| {
            known.eq_ignore_ascii_case(key) && (words.is_empty() || words.iter().any(|word| value.to_ascii_lowercase().contains(word)))
        })
    };
    says("HTTPPath", &[]) || says("Driver", &["databricks", "spark"]) || host.contains("databricks")
}

fn strings(text: &str) -> Result<Found, Failure> {
    let mut found = Found::new(Kind::Odbc);
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let start = at;
        at += line.len();
        if line.trim().is_empty() {
            continue;
        }
        let settings = string(text, start, line.trim_end())?;
        let host = settings.host();
        let connection = driver::connection("", host.as_deref(), &settings);
        found.connections.push(connection);
    }
    Ok(found)
}

/// Values in braces hold anything; `}}` in them is one `}`.
fn string(text: &str, start: usize, line: &str) -> Result<Settings, Failure> {
    let error = |at: usize, why: &str| {
        let (line, column) = position(text, start + at);
        damaged(Kind::Odbc, format!("Line {line}, column {column}: {why}."))
    };
    let mut settings: Vec<(String, String)> = Vec::new();
    let mut known = HashSet::new();
    let mut rest = line;
    while !rest.trim_matches(|c: char| c == ';' || c.is_whitespace()).is_empty() {
        rest = rest.trim_start_matches(|c: char| c == ';' || c.is_whitespace());
        let here = line.len() - rest.len();
        let (key, behind) =
            rest.split_once('=').filter(|(key, _)| !key.contains(';')).ok_or_else(|| error(here, "a setting has no = in it"))?;
        let key = key.trim();
        if key.is_empty() {
            return Err(error(here, "a setting has no name"));
        }
        if !known.insert(key.to_ascii_lowercase()) {
            return Err(error(here, "this setting appears twice"));
        }
        let behind = behind.trim_start();
        let value;
        (value, rest) = if let Some(inner) = behind.strip_prefix('{') {
            braced(inner).ok_or_else(|| error(here, "a value in braces is not closed with }"))?
        } else {
            let (value, rest) = behind.split_once(';').unwrap_or((behind, ""));
            (value.trim().to_owned(), rest)
        };
        settings.push((key.to_owned(), value));
    }
    Ok(Settings(settings))
}

/// The value, and what stands behind its brace and semicolon.
fn braced(inner: &str) -> Option<(String, &str)> {
    let mut value = String::with_capacity(inner.len());
    let mut chars = inner.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        if c != '}' {
            value.push(c);
        } else if chars.next_if(|(_, next)| *next == '}').is_some() {
            value.push('}');
        } else {
            let rest = inner.get(at + 1..).unwrap_or_default().trim_start();
            return (rest.is_empty() || rest.starts_with(';')).then_some((value, rest));
        }
    }
    None
}
