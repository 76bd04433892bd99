//! The file as Python's `configparser` reads it for the Databricks SDK: strict, keys in small letters, no comments behind values, quotation marks
//! kept, and a line that is indented deeper than its key belongs to that key's value. Source: `Lib/configparser.py`, `_read`.

use std::{
    borrow::Cow,
    collections::{HashMap, HashSet},
};

use zeroize::Zeroizing;

use super::keys::small;

/// The values of one section by key.
pub type Values<'a> = HashMap<Cow<'a, str>, Zeroizing<String>>;

/// Why `configparser` refuses the whole file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// Counted from 1.
    pub line: usize,
    why: Why,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Why {
    NoSection,
    SectionTwice(String),
    KeyTwice { key: String, section: String },
    NoKey,
}

impl Refusal {
    /// In the words of `configparser`, without the line itself, which may hold a secret. `path`: of the file.
    #[must_use]
    pub fn words(&self, path: &str) -> String {
        let line = self.line;
        let path = format!("{}('{path}')", if cfg!(windows) { "WindowsPath" } else { "PosixPath" });
        match &self.why {
            Why::NoSection => format!("File contains no section headers. file: {path}, line: {line}"),
            Why::SectionTwice(name) => format!("While reading from {path} [line {line:2}]: section '{name}' already exists"),
            Why::KeyTwice { key, section } => {
                format!("While reading from {path} [line {line:2}]: option '{key}' in section '{section}' already exists")
            }
            Why::NoKey => format!("Source contains parsing errors: {path} [line {line:2}]"),
        }
    }
}

/// The sections that are wanted and there, by name.
///
/// # Errors
/// It refuses the file.
pub fn sections<'a>(text: &'a str, wanted: impl Fn(&str) -> bool) -> Result<HashMap<&'a str, Values<'a>>, Refusal> {
    let mut found: HashMap<&'a str, Values<'a>> = HashMap::new();
    let mut sections: HashSet<&str> = HashSet::new();
    // Keys of the section that is read; DEFAULT alone may go on further down.
    let mut keys: HashSet<Cow<'a, str>> = HashSet::new();
    let mut defaults: HashSet<Cow<'a, str>> = HashSet::new();
    let mut section: Option<(&str, bool)> = None;
    let mut key: Option<Cow<'a, str>> = None;
    let mut level = 0;
    for (at, line) in text.split('\n').enumerate() {
        let refused = |why| Refusal { line: at + 1, why };
        let value = line.trim();
        if value.is_empty() || value.starts_with(['#', ';']) {
            continue;
        }
        let indent = line.chars().take_while(|c| c.is_whitespace()).count();
        if let (Some((section, is_wanted)), Some(key)) = (section, &key)
            && indent > level
        {
            if is_wanted && let Some(so_far) = found.get_mut(section).and_then(|found| found.get_mut(key)) {
                so_far.push('\n');
                so_far.push_str(value);
            }
            continue;
        }
        level = indent;
        let header = value.strip_prefix('[').and_then(|rest| rest.rsplit_once(']')).filter(|(name, _)| !name.is_empty());
        if let Some((name, _)) = header {
            if !sections.insert(name) && name != "DEFAULT" {
                return Err(refused(Why::SectionTwice(name.to_owned())));
            }
            let is_wanted = wanted(name);
            if is_wanted {
                found.entry(name).or_default();
            }
            (section, key) = (Some((name, is_wanted)), None);
            keys.clear();
            continue;
        }
        let (here, is_wanted) = section.ok_or_else(|| refused(Why::NoSection))?;
        let (name, value) = value.split_once(['=', ':']).ok_or_else(|| refused(Why::NoKey))?;
        let name = small(name.trim_end());
        let known = if here == "DEFAULT" { &mut defaults } else { &mut keys };
        if name.is_empty() {
            return Err(refused(Why::NoKey));
        }
        if !known.insert(name.clone()) {
            return Err(refused(Why::KeyTwice { key: name.into_owned(), section: here.to_owned() }));
        }
        if is_wanted {
            found.entry(here).or_default().insert(name.clone(), Zeroizing::new(value.trim().to_owned()));
        }
        key = Some(name);
    }
    Ok(found)
}
