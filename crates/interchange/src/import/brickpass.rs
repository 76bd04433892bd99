//! Our own JSON: see [`crate::backup`], and the list of connections that is exported for scripts.

use serde_json::Value;

use super::{Found, Kind, csv, json};
use crate::backup;
use brickpass_core::failure::Failure;

pub(super) const READER: super::Reader = super::Reader {
    word: "brickpass",
    label: "Brickpass",
    phrase: "Brickpass connections",
    read: |text, _| read(text),
    nothing: super::NO_CONNECTION,
};

pub(super) fn read(text: &str) -> Result<Found, Failure> {
    let document = json::parse(Kind::Brickpass, text)?;
    match listed(&document) {
        Some(records) => Ok(csv::read_listing(records)),
        None => backup::found(document),
    }
}

/// The connections of a list that was exported: it says nothing of itself, but each of them has its address.
pub(super) fn listed(document: &Value) -> Option<&[Value]> {
    let records = document.get("connections").filter(|_| !backup::is_ours(document))?.as_array()?;
    let has_address = |record: &Value| record.get("base_url").is_some_and(Value::is_string);
    (!records.is_empty() && records.iter().all(has_address)).then_some(records)
}
