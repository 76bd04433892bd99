//! JDBC URLs: `jdbc:databricks://HOST:443/schema;key=value;...`, one a line, or somewhere in a text: a file of properties, a program, JSON. The
//! driver has no escapes: `;` parts, the first `=` divides.

use std::collections::HashSet;

use super::{
    Found, FoundConnection, Kind, damaged,
    driver::{self, Settings},
    text::position,
};
use brickpass_core::failure::Failure;

const SCHEMES: [&str; 2] = ["jdbc:databricks://", "jdbc:spark://"];

pub(super) const READER: super::Reader =
    super::Reader { word: "jdbc", label: "JDBC URL", phrase: "JDBC URL", read: |text, _| read(text), nothing: super::NO_CONNECTION };

/// Whether a value is such a URL.
pub(super) fn is_url(text: &str) -> bool {
    scheme(text).is_some()
}

/// Whether one stands somewhere in the text.
pub(super) fn is_within(text: &str) -> bool {
    places(&plain(text)).next().is_some()
}

fn scheme(text: &str) -> Option<&'static str> {
    SCHEMES.into_iter().find(|scheme| text.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme)))
}

pub(super) fn read(text: &str) -> Result<Found, Failure> {
    let mut found = Found::new(Kind::Jdbc);
    if !text.trim_start().get(..5).is_some_and(|start| start.eq_ignore_ascii_case("jdbc:")) && is_within(text) {
        within(&plain(text), &mut found)?;
        return Ok(found);
    }
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let start = at + (line.len() - line.trim_start().len());
        at += line.len();
        if !line.trim().is_empty() {
            found.connections.push(url(line.trim(), Vec::new()).map_err(|wrong| wrong_at(text, start, wrong))?);
        }
    }
    Ok(found)
}

fn wrong_at(text: &str, start: usize, (at, why): (usize, &str)) -> Failure {
    let (line, column) = position(text, start + at);
    damaged(Kind::Jdbc, format!("Line {line}, column {column}: {why}."))
}

/// `beside`: what is said of the connection next to its URL.
///
/// # Errors
/// At which byte, and what is wrong there.
pub(super) fn url(url: &str, beside: Vec<(String, String)>) -> Result<FoundConnection, (usize, &'static str)> {
    let scheme = scheme(url).ok_or((0, "a Databricks URL starts with jdbc:databricks://"))?;
    let rest = url.get(scheme.len()..).unwrap_or_default();
    let (address, parts) = rest.split_once(';').unwrap_or((rest, ""));
    let authority = address.split('/').next().unwrap_or_default();
    let mut settings: Vec<(String, String)> = Vec::new();
    let mut known = HashSet::new();
    let mut at = url.len() - parts.len();
    for part in parts.split(';') {
        let here = at;
        at += part.len() + 1;
        if part.trim().is_empty() {
            continue;
        }
        let (key, value) = part.split_once('=').ok_or((here, "a setting has no = in it"))?;
        let key = key.trim();
        if key.is_empty() {
            return Err((here, "a setting has no name"));
        }
        if !known.insert(key.to_ascii_lowercase()) {
            return Err((here, "this setting appears twice"));
        }
        settings.push((key.to_owned(), value.to_owned()));
    }
    settings.extend(beside.into_iter().filter(|(key, _)| known.insert(key.to_ascii_lowercase())));
    let host = format!("https://{authority}");
    Ok(driver::connection("", Some(&host).filter(|_| !authority.is_empty()).map(String::as_str), &Settings(settings)))
}

/// Without the escapes that files of properties and JSON put into a URL.
fn plain(text: &str) -> std::borrow::Cow<'_, str> {
    if text.contains("jdbc\\:") || text.contains(":\\/\\/") {
        text.replace("\\:", ":").replace("\\=", "=").replace("\\/", "/").into()
    } else {
        text.into()
    }
}

/// Where URLs begin.
fn places(text: &str) -> impl Iterator<Item = usize> {
    text.match_indices(':').filter_map(|(at, _)| {
        let start = at.checked_sub(4)?;
        text.get(start..).filter(|rest| scheme(rest).is_some()).map(|_| start)
    })
}

fn within(text: &str, found: &mut Found) -> Result<(), Failure> {
    let starts: Vec<usize> = places(text).collect();
    let beside = if starts.len() == 1 { beside(text) } else { Vec::new() };
    for start in starts {
        let rest = text.get(start..).unwrap_or_default();
        let quote = text.get(..start).and_then(|before| before.chars().next_back()).filter(|c| matches!(c, '"' | '\'' | '`'));
        let end = match quote {
            Some(quote) => rest.find([quote, '\n']),
            None => rest.find(|c: char| c.is_whitespace() || "\"'`<>|".contains(c)),
        };
        let written = rest.get(..end.unwrap_or(rest.len())).unwrap_or_default();
        found.connections.push(url(written, beside.clone()).map_err(|wrong| wrong_at(text, start, wrong))?);
    }
    Ok(())
}

/// Settings of the driver on lines of their own: `password=...`, `spring.datasource.username: ...`, `properties.put("PWD", "...")`.
fn beside(text: &str) -> Vec<(String, String)> {
    text.lines().filter_map(|line| of_program(line).or_else(|| of_properties(line))).collect()
}

fn of_program(line: &str) -> Option<(String, String)> {
    let (_, rest) = ["put(\"", "setProperty(\""].iter().find_map(|call| line.split_once(call))?;
    let (key, rest) = rest.split_once('"')?;
    let value = rest.trim_start().strip_prefix(',')?.trim_start();
    let value = match value.strip_prefix("System.getenv(\"") {
        Some(variable) => format!("${{{}}}", variable.split_once('"')?.0),
        None => value.strip_prefix('"')?.split_once('"')?.0.to_owned(),
    };
    driver::is_setting(key).then(|| (key.to_owned(), value))
}

fn of_properties(line: &str) -> Option<(String, String)> {
    let line = line.trim();
    if line.starts_with(['#', '!', '/']) {
        return None;
    }
    let (key, value) = line.split_once(['=', ':'])?;
    let key = key.trim().trim_matches(['"', '\'']);
    let key = match key.rsplit('.').next().unwrap_or(key) {
        "username" | "userName" => "UID",
        key => key,
    };
    let value = value.trim().trim_end_matches([',', ';']).trim_matches(['"', '\'']);
    (driver::is_setting(key) && !value.is_empty()).then(|| (key.to_owned(), value.to_owned()))
}
