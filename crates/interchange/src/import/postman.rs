//! An environment of Postman, or the variables of a collection: a list of variables.

use serde_json::Value;

use super::{Found, Kind, attributes::Attributes, found::Given, json, variables::by_any_name};
use brickpass_core::failure::Failure;

pub(super) const READER: super::Reader = super::Reader {
    word: "postman",
    label: "Postman",
    phrase: "Postman",
    read: |text, _| read(text),
    nothing: "It contains no variable with a workspace URL, such as host.",
};

/// Whether JSON is one of them.
pub(super) fn is_ours(document: &Value) -> bool {
    document.get("values").is_some_and(Value::is_array) || (document.get("info").is_some() && document.get("item").is_some())
}

pub(super) fn read(text: &str) -> Result<Found, Failure> {
    let mut found = Found::new(Kind::Postman);
    let document = json::parse(Kind::Postman, text)?;
    let list = |key: &str| document.get(key).and_then(Value::as_array).into_iter().flatten();
    let mut attributes = Attributes::new();
    for variable in list("values").chain(list("variable")) {
        let Some(key) = json::scalar(variable.get("key")) else { continue };
        let off = variable.get("enabled").and_then(Value::as_bool) == Some(false)
            || variable.get("disabled").and_then(Value::as_bool) == Some(true);
        if off {
            found.ignore(&key, "disabled in the file");
            continue;
        }
        match by_any_name(&key) {
            Some(attribute) => {
                let value = json::scalar(variable.get("value")).unwrap_or_default();
                attributes.set(attribute, &key, Given::text(&value));
            }
            None => found.ignore(&key, "not part of a connection"),
        }
    }
    // A collection that signs in by itself.
    let bearer = document.get("auth").and_then(|auth| auth.get("bearer")).and_then(Value::as_array);
    let token = bearer.and_then(|parts| parts.iter().find(|part| part.get("key").and_then(Value::as_str) == Some("token")));
    if let Some(token) = token.filter(|_| attributes.has("host") && !attributes.has("token")) {
        attributes.set("token", "token", Given::text(&json::scalar(token.get("value")).unwrap_or_default()));
    }
    if attributes.names_databricks() {
        let name = json::scalar(document.get("name")).or_else(|| json::scalar(document.get("info")?.get("name")));
        let place = name.filter(|name| !name.trim().is_empty()).unwrap_or_else(|| "Postman".to_owned());
        found.push(attributes.into_connection(&place));
    }
    Ok(found)
}
