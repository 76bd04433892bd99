//! What bytes look like. A guess decides which reader is asked, never what is believed.

use serde_json::Value;

use super::{Kind, brickpass, text};
use crate::{connection::BaseUrl, interchange::backup};

/// What kind the bytes look like; `name` is the file's, when there is one.
#[must_use]
pub fn guess(name: Option<&str>, bytes: &[u8]) -> Option<Kind> {
    let text = text::of(bytes).ok()?;
    let text = text.trim_start();
    if text.starts_with(['{', '['])
        && let Ok(document) = serde_json::from_str::<Value>(text)
    {
        return of_json(&document);
    }
    of_start(text).or_else(|| of_name(name?)).or_else(|| of_lines(text))
}

fn of_json(document: &Value) -> Option<Kind> {
    let first = document.as_array().and_then(|list| list.first()).unwrap_or(document);
    let has = |key: &str| first.get(key).is_some();
    if backup::is_ours(document) || brickpass::listed(document).is_some() {
        Some(Kind::Brickpass)
    } else if has("typeProperties") || has("properties") || has("resources") {
        Some(Kind::LinkedService)
    } else if has("connections") {
        Some(Kind::Pbids)
    } else if has("values") {
        Some(Kind::Postman)
    } else if has("conn_type") || first.as_object()?.values().any(is_airflow) {
        Some(Kind::Airflow)
    } else {
        None
    }
}

/// What `airflow connections export` writes under each id.
fn is_airflow(value: &Value) -> bool {
    value.get("conn_type").is_some() || value.as_str().is_some_and(|uri| uri.starts_with("databricks"))
}

fn of_start(text: &str) -> Option<Kind> {
    let starts = |words: &[&str]| words.iter().any(|word| text.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word)));
    if starts(&["jdbc:"]) {
        Some(Kind::Jdbc)
    } else if starts(&[super::connect::SCHEME]) {
        Some(Kind::Connect)
    } else if starts(&["databricks://"]) {
        Some(Kind::Airflow)
    } else if starts(&["https://", "http://"]) && !text.lines().next().unwrap_or_default().contains([',', ';', '\t']) {
        Some(Kind::Address)
    } else {
        None
    }
}

fn of_name(name: &str) -> Option<Kind> {
    let name = name.to_ascii_lowercase();
    let ends = |ends: &[&str]| ends.iter().any(|end| name.ends_with(end));
    if ends(&["databrickscfg"]) {
        Some(Kind::DatabricksCfg)
    } else if ends(&[".tfvars", ".tf"]) {
        Some(Kind::Tfvars)
    } else if ends(&[".yml", ".yaml"]) {
        Some(Kind::Dbt)
    } else if ends(&[".csv", ".tsv"]) {
        Some(Kind::Csv)
    } else if ends(&["odbc.ini", ".dsn"]) {
        Some(Kind::Odbc)
    } else if ends(&[".env", ".envrc", ".sh", ".fish", ".ps1", ".bat", ".cmd"]) || name.starts_with(".env") {
        Some(Kind::Environment)
    } else {
        None
    }
}

fn of_lines(text: &str) -> Option<Kind> {
    let lines: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with(['#', ';'])).take(500).collect();
    let first = lines.first()?;
    let lower = first.to_ascii_lowercase();
    let any_key = |keys: &[&str]| {
        lines.iter().any(|line| {
            let key = line.split_once('=').map(|(key, _)| key.trim().to_ascii_lowercase()).unwrap_or_default();
            keys.contains(&key.as_str())
        })
    };
    let is_data_source = any_key(&["httppath", "authmech", "driver"]);
    if first.starts_with('[') {
        return Some(if is_data_source { Kind::Odbc } else { Kind::DatabricksCfg });
    }
    if is_data_source || (lower.contains("host=") && lower.contains(';')) {
        return Some(Kind::Odbc);
    }
    if lines.iter().any(|line| line.starts_with("provider ") || line.starts_with("terraform {")) {
        return Some(Kind::Tfvars);
    }
    if lines.iter().any(|line| ["outputs:", "\"outputs\":"].contains(line)) {
        return Some(Kind::Dbt);
    }
    if lines.iter().any(|line| sets_variable(line)) {
        return Some(Kind::Environment);
    }
    if first.contains([',', ';', '\t']) && super::csv::is_header(first) {
        return Some(Kind::Csv);
    }
    if any_key(&["databricks_host", "host", "workspace_url", "databricks_workspace_url"]) {
        // Terraform quotes its texts, profiles do not.
        return Some(if lines.iter().any(|line| line.ends_with('"')) { Kind::Tfvars } else { Kind::DatabricksCfg });
    }
    lines
        .iter()
        .all(|line| BaseUrl::read(line).is_ok() && line.contains('.') && !line.contains(char::is_whitespace))
        .then_some(Kind::Address)
}

fn sets_variable(line: &str) -> bool {
    let rest =
        ["export ", "$env:", "$Env:", "set -gx ", "set -x ", "set \"", "set ", "SET "].iter().find_map(|start| line.strip_prefix(start));
    let name: String = rest.unwrap_or(line).chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect();
    name.starts_with("DATABRICKS_") || name.starts_with("ARM_") || name.starts_with("TF_VAR_databricks_")
}
