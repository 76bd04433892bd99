//! An environment of Postman: a list of variables.

use serde_json::Value;

use super::{
    Found, Kind,
    attributes::{Attributes, named, of_variable},
    found::Given,
    json,
};
use crate::failure::Failure;

pub(super) fn read(text: &str) -> Result<Found, Failure> {
    let mut found = Found::new(Kind::Postman);
    let document = json::parse(Kind::Postman, text)?;
    let mut attributes = Attributes::new();
    for variable in document.get("values").and_then(Value::as_array).into_iter().flatten() {
        let Some(key) = json::scalar(variable.get("key")) else { continue };
        if variable.get("enabled").and_then(Value::as_bool) == Some(false) {
            found.ignore(&key, "switched off there");
            continue;
        }
        match attribute(&key) {
            Some(attribute) => {
                let value = json::scalar(variable.get("value")).unwrap_or_default();
                let value =
                    if value.contains("{{") { Given::Elsewhere("it names another variable".to_owned()) } else { Given::text(&value) };
                attributes.set(attribute, &key, value);
            }
            None => found.ignore(&key, "not a part of a connection"),
        }
    }
    if attributes.names_databricks() {
        let place = json::scalar(document.get("name")).filter(|name| !name.trim().is_empty()).unwrap_or_else(|| "Postman".to_owned());
        let connection = attributes.into_connection(&place);
        found.connections.push(connection);
    }
    Ok(found)
}

/// By the names that people give to such variables.
fn attribute(key: &str) -> Option<&'static str> {
    let plain: String = key.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase();
    match plain.strip_prefix("databricks").unwrap_or(&plain) {
        "host" | "baseurl" | "url" | "workspaceurl" | "instance" | "workspace" => Some("host"),
        "token" | "accesstoken" | "pat" | "bearertoken" => Some("token"),
        _ => named(key).or_else(|| of_variable(key)),
    }
}
