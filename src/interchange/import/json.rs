//! Looking into JSON that anybody may have written.

use serde_json::Value;

use super::{Kind, damaged, found::Given};
use crate::failure::Failure;

/// # Errors
/// Not JSON: where, without a word of it.
pub(super) fn parse(kind: Kind, text: &str) -> Result<Value, Failure> {
    serde_json::from_str(text)
        .map_err(|error| damaged(kind, format!("It is not JSON that can be read: line {}, column {}.", error.line(), error.column())))
}

/// A string, or a number as it is written.
pub(super) fn scalar(value: Option<&Value>) -> Option<String> {
    match value? {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(flag) => Some(flag.to_string()),
        _ => None,
    }
}

pub(super) fn given(value: Option<&Value>) -> Option<Given> {
    scalar(value).map(|text| Given::text(&text))
}
