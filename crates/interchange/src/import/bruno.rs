//! An environment of Bruno in its own language: `vars { host: https://... }`. Secret variables have names alone. (`OpenCollection` is YAML.)

use super::{Found, Kind, attributes::Attributes, found::Given, variables::by_any_name};

pub(super) const READER: super::Reader = super::Reader {
    word: "bruno",
    label: "Bruno environment",
    phrase: "Bruno environment",
    read: |text, _| Ok(read(text)),
    nothing: "It contains no variable with a workspace URL, such as host.",
};

/// Whether a text has a block of variables.
pub(super) fn is_ours(text: &str) -> bool {
    text.lines().any(|line| opens(line.trim()))
}

fn opens(line: &str) -> bool {
    line.strip_prefix("vars").is_some_and(|rest| {
        let rest = rest.trim_start_matches(":secret").trim_start_matches(":pre-request").trim();
        rest == "{" || rest == "["
    })
}

pub(super) fn read(text: &str) -> Found {
    let mut found = Found::new(Kind::Bruno);
    let mut attributes = Attributes::new();
    let mut inside = false;
    for line in text.lines().map(str::trim) {
        match line {
            _ if opens(line) => inside = true,
            "}" | "]" => inside = false,
            // A variable that is switched off.
            _ if !inside || line.is_empty() || line.starts_with('~') => {}
            _ => {
                let (key, value) = line.split_once(':').unwrap_or((line.trim_end_matches(','), ""));
                match by_any_name(key.trim()) {
                    Some(attribute) => attributes.set(attribute, key.trim(), Given::text(value.trim())),
                    None => found.ignore(key.trim(), "not part of a connection"),
                }
            }
        }
    }
    if attributes.names_databricks() {
        found.push(attributes.into_connection(""));
    }
    found
}
