//! The file as Python's `configparser` reads it for the Databricks SDK: strict, keys in small letters, no comments behind values, quotation marks
//! kept, and a line that is indented deeper than its key belongs to that key's value. Source: `Lib/configparser.py`, `_read`.

use std::{
    borrow::Cow,
    collections::{HashMap, HashSet},
};

use zeroize::Zeroizing;

use super::keys::small;

/// The values of one section by key.
pub(super) type Values<'a> = HashMap<Cow<'a, str>, Zeroizing<String>>;

/// `None`: there is no such section. `Err`: it refuses the file.
pub(super) fn section<'a>(text: &'a str, wanted: &str) -> Result<Option<Values<'a>>, ()> {
    let mut found: Option<Values<'a>> = None;
    let mut sections: HashSet<&str> = HashSet::new();
    // Keys of the section that is read; DEFAULT alone may go on further down.
    let mut keys: HashSet<Cow<'a, str>> = HashSet::new();
    let mut defaults: HashSet<Cow<'a, str>> = HashSet::new();
    let mut section: Option<&str> = None;
    let mut key: Option<Cow<'a, str>> = None;
    let mut level = 0;
    for line in text.split('\n') {
        let value = line.trim();
        if value.is_empty() || value.starts_with(['#', ';']) {
            continue;
        }
        let indent = line.chars().take_while(|c| c.is_whitespace()).count();
        if let (Some(section), Some(key)) = (section, &key)
            && indent > level
        {
            if section == wanted {
                let so_far = found.as_mut().and_then(|found| found.get_mut(key)).ok_or(())?;
                so_far.push('\n');
                so_far.push_str(value);
            }
            continue;
        }
        level = indent;
        let header = value.strip_prefix('[').and_then(|rest| rest.rsplit_once(']')).filter(|(name, _)| !name.is_empty());
        if let Some((name, _)) = header {
            if !sections.insert(name) && name != "DEFAULT" {
                return Err(());
            }
            if name == wanted {
                found.get_or_insert_default();
            }
            (section, key) = (Some(name), None);
            keys.clear();
            continue;
        }
        let (name, value) = value.split_once(['=', ':']).ok_or(())?;
        let name = small(name.trim_end());
        let here = section.ok_or(())?;
        let known = if here == "DEFAULT" { &mut defaults } else { &mut keys };
        if name.is_empty() || !known.insert(name.clone()) {
            return Err(());
        }
        if here == wanted {
            found.get_or_insert_default().insert(name.clone(), Zeroizing::new(value.trim().to_owned()));
        }
        key = Some(name);
    }
    Ok(found)
}
