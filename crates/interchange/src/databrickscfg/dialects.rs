//! Where Python (`configparser`), Java (commons-configuration) or JavaScript would read the file otherwise than Go.

use std::{borrow::Cow, collections::HashMap};

use super::{
    Remark, SETTINGS,
    keys::{is_sign_in, small},
    lines::{BOM, Kind, Line},
};
use brickpass_core::connection::without_secrets;

pub(super) fn remarks(text: &str, lines: &[Line]) -> Vec<Remark> {
    let mut found = Vec::new();
    let mut say = |line: usize, words: String| found.push(Remark { line, words });
    if text.starts_with(BOM) {
        say(1, "The file starts with a byte order mark, and the Python SDK rejects it".to_owned());
    }
    let mut sections: HashMap<&str, usize> = HashMap::new();
    let mut keys: HashMap<Cow<'_, str>, usize> = HashMap::new();
    let mut current: Option<&str> = None;
    let mut deepest: Option<usize> = None;
    for line in lines {
        match &line.kind {
            Kind::Section(name) => {
                let name = name.of(text);
                current = Some(name);
                deepest = None;
                keys.clear();
                if let Some(first) = sections.insert(name, line.number) {
                    say(
                        line.number,
                        format!("[{name}] appears a second time (first in line {first}), and the Python SDK rejects the file"),
                    );
                }
            }
            Kind::Entry(entry) => {
                let key = entry.key.of(text);
                let indent = indent(text, line);
                if deepest.is_some_and(|above| indent > above) {
                    say(
                        line.number,
                        format!("{key} is indented deeper than the line above, so the Python SDK reads it as part of that value"),
                    );
                } else {
                    deepest = Some(indent);
                }
                if current.is_none() {
                    say(line.number, "There is a value before the first section, and the Python SDK rejects the file".to_owned());
                }
                if let Some(first) = keys.insert(small(key), line.number) {
                    say(line.number, format!("{key} appears a second time (first in line {first}), and the Python SDK rejects the file"));
                }
                if key.chars().any(char::is_uppercase) && is_sign_in(&key.to_lowercase()) {
                    say(line.number, format!("Go does not read {key} as {}, but Python does", key.to_lowercase()));
                }
                if entry.comment.is_some() {
                    say(line.number, format!("Python and Java read the comment after {key} as part of its value"));
                }
                if entry.written.quoted {
                    say(line.number, format!("Python and JavaScript read the quotation marks around {key} as part of its value"));
                }
                if entry.written.only_go {
                    say(line.number, format!("The value of {key} is in a form that only Go reads"));
                }
                if entry.written.colon {
                    say(line.number, format!("{key} is written with a colon, which JavaScript does not read"));
                }
                if entry.value.of(text).contains("${") {
                    say(line.number, format!("Java replaces the ${{...}} in {key}"));
                }
            }
            Kind::Blank | Kind::Comment => {}
        }
    }
    found.extend(several_ways(text, lines));
    found.sort_by_key(|remark| remark.line);
    found
}

/// Sections and keys that stand there twice, of which Python's SDK refuses each.
pub(super) fn duplicates(text: &str, lines: &[Line]) -> Vec<Remark> {
    let mut found = Vec::new();
    let mut sections: HashMap<&str, usize> = HashMap::new();
    let mut keys: HashMap<Cow<'_, str>, usize> = HashMap::new();
    for line in lines {
        match &line.kind {
            Kind::Section(name) => {
                let name = name.of(text);
                keys.clear();
                if let Some(first) = sections.insert(name, line.number).filter(|_| name != "DEFAULT") {
                    found.push(Remark { line: line.number, words: format!("[{name}] is in line {first} and in line {}", line.number) });
                }
            }
            Kind::Entry(entry) => {
                let key = entry.key.of(text);
                if let Some(first) = keys.insert(small(key), line.number) {
                    let words = format!("{} is in one section twice, in line {first} and in line {}", without_secrets(key), line.number);
                    found.push(Remark { line: line.number, words });
                }
            }
            Kind::Blank | Kind::Comment => {}
        }
    }
    found
}

fn indent(text: &str, line: &Line) -> usize {
    text.get(line.bytes.clone()).unwrap_or_default().chars().take_while(|c| c.is_whitespace()).count()
}

/// Groups of the Go SDK whose keys may not stand together without `auth_type`.
const GROUPS: [(&str, &[&str]); 6] = [
    ("pat", &["token"]),
    ("basic", &["username", "password"]),
    ("oauth", &["client_id", "client_secret"]),
    ("azure", &["azure_client_id", "azure_client_secret", "azure_tenant_id", "azure_workspace_resource_id", "azure_use_msi"]),
    ("google", &["google_service_account", "google_credentials"]),
    ("metadata-service", &["metadata_service_url"]),
];

fn several_ways(text: &str, lines: &[Line]) -> Vec<Remark> {
    let mut found = Vec::new();
    let mut check = |head: usize, name: &str, keys: &[&str]| {
        let mut groups: Vec<&str> =
            GROUPS.iter().filter(|(_, of)| keys.iter().any(|key| of.contains(key))).map(|(group, _)| *group).collect();
        groups.sort_unstable();
        if groups.len() > 1 && !keys.contains(&"auth_type") && name != SETTINGS {
            let words = format!("[{name}] contains several authentication types ({}), and the SDKs reject it", groups.join(" and "));
            found.push(Remark { line: head, words });
        }
    };
    let (mut head, mut name, mut keys) = (1, "DEFAULT", Vec::new());
    for line in lines {
        match &line.kind {
            Kind::Section(section) => {
                check(head, name, &keys);
                (head, name) = (line.number, section.of(text));
                keys.clear();
            }
            Kind::Entry(entry) if !entry.value.of(text).is_empty() => keys.push(entry.key.of(text)),
            _ => {}
        }
    }
    check(head, name, &keys);
    found
}
