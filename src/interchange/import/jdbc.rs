//! JDBC URLs: `jdbc:databricks://HOST:443/schema;key=value;...`, one a line. The driver has no escapes: `;` parts, the first `=` divides.

use super::{
    Found, Kind, damaged,
    driver::{self, Settings},
    text::position,
};
use crate::failure::Failure;

const SCHEMES: [&str; 2] = ["jdbc:databricks://", "jdbc:spark://"];

pub(super) fn read(text: &str) -> Result<Found, Failure> {
    let mut found = Found::new(Kind::Jdbc);
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let start = at + (line.len() - line.trim_start().len());
        at += line.len();
        if !line.trim().is_empty() {
            let connection = url(text, start, line.trim(), &mut found)?;
            found.connections.push(connection);
        }
    }
    Ok(found)
}

fn url(text: &str, start: usize, url: &str, found: &mut Found) -> Result<super::FoundConnection, Failure> {
    let error = |at: usize, why: &str| {
        let (line, column) = position(text, start + at);
        damaged(Kind::Jdbc, format!("Line {line}, column {column}: {why}."))
    };
    let scheme = SCHEMES.iter().find(|scheme| url.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme)));
    let scheme = scheme.ok_or_else(|| error(0, "a URL of Databricks begins with jdbc:databricks://"))?;
    let rest = url.get(scheme.len()..).unwrap_or_default();
    let (address, parts) = rest.split_once(';').unwrap_or((rest, ""));
    let authority = address.split('/').next().unwrap_or_default();
    let mut settings: Vec<(String, String)> = Vec::new();
    let mut at = url.len() - parts.len();
    for part in parts.split(';') {
        let here = at;
        at += part.len() + 1;
        if part.trim().is_empty() {
            continue;
        }
        let (key, value) = part.split_once('=').ok_or_else(|| error(here, "a setting has no = in it"))?;
        let key = key.trim();
        if key.is_empty() {
            return Err(error(here, "a setting has no name"));
        }
        if settings.iter().any(|(known, _)| known.eq_ignore_ascii_case(key)) {
            return Err(error(here, "this setting stands there twice"));
        }
        settings.push((key.to_owned(), value.to_owned()));
    }
    let host = format!("https://{authority}");
    Ok(driver::connection("", Some(&host).filter(|_| !authority.is_empty()).map(String::as_str), &Settings(settings), found))
}
