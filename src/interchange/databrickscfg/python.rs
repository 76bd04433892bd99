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

/// The sections that are wanted and there, by name. `Err`: it refuses the file.
pub(super) fn sections<'a>(text: &'a str, wanted: impl Fn(&str) -> bool) -> Result<HashMap<&'a str, Values<'a>>, ()> {
    let mut found: HashMap<&'a str, Values<'a>> = HashMap::new();
    let mut sections: HashSet<&str> = HashSet::new();
    // Keys of the section that is read; DEFAULT alone may go on further down.
    let mut keys: HashSet<Cow<'a, str>> = HashSet::new();
    let mut defaults: HashSet<Cow<'a, str>> = HashSet::new();
    let mut section: Option<(&str, bool)> = None;
    let mut key: Option<Cow<'a, str>> = None;
    let mut level = 0;
    for line in text.split('\n') {
        let value = line.trim();
        if value.is_empty() || value.starts_with(['#', ';']) {
            continue;
        }
        let indent = line.chars().take_while(|c| c.is_whitespace()).count();
        if let (Some((section, is_wanted)), Some(key)) = (section, &key)
            && indent > level
        {
            if is_wanted {
                let so_far = found.get_mut(section).and_then(|found| found.get_mut(key)).ok_or(())?;
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
            let is_wanted = wanted(name);
            if is_wanted {
                found.entry(name).or_default();
            }
            (section, key) = (Some((name, is_wanted)), None);
            keys.clear();
            continue;
        }
        let (name, value) = value.split_once(['=', ':']).ok_or(())?;
        let name = small(name.trim_end());
        let (here, is_wanted) = section.ok_or(())?;
        let known = if here == "DEFAULT" { &mut defaults } else { &mut keys };
        if name.is_empty() || !known.insert(name.clone()) {
            return Err(());
        }
        if is_wanted {
            found.entry(here).or_default().insert(name.clone(), Zeroizing::new(value.trim().to_owned()));
        }
        key = Some(name);
    }
    Ok(found)
}
