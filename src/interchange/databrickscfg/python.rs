//! The file as Python's `configparser` reads it for the Databricks SDK: strict, keys in small letters, no comments behind values, quotation marks
//! kept, and a line that is indented deeper than its key belongs to that key's value. Source: `Lib/configparser.py`, `_read`.

use std::collections::HashMap;

use zeroize::Zeroizing;

/// Values by section and key.
pub(super) type Sections = HashMap<String, HashMap<String, Zeroizing<String>>>;

/// `None`: it refuses the file.
pub(super) fn read(text: &str) -> Option<Sections> {
    let mut sections = Sections::new();
    let mut section: Option<String> = None;
    let mut key: Option<String> = None;
    let mut level = 0;
    for line in text.split('\n') {
        let value = line.trim();
        if value.is_empty() || value.starts_with(['#', ';']) {
            continue;
        }
        let indent = line.chars().take_while(|c| c.is_whitespace()).count();
        if let (Some(section), Some(key)) = (&section, &key)
            && indent > level
        {
            let so_far = sections.get_mut(section)?.get_mut(key)?;
            so_far.push('\n');
            so_far.push_str(value);
            continue;
        }
        level = indent;
        let header = value.strip_prefix('[').and_then(|rest| rest.rsplit_once(']')).filter(|(name, _)| !name.is_empty());
        if let Some((name, _)) = header {
            if sections.contains_key(name) && name != "DEFAULT" {
                return None;
            }
            sections.entry(name.to_owned()).or_default();
            section = Some(name.to_owned());
            key = None;
            continue;
        }
        let (name, value) = value.split_once(['=', ':'])?;
        let name = name.trim_end().to_lowercase();
        if name.is_empty() || sections.get_mut(section.as_ref()?)?.insert(name.clone(), Zeroizing::new(value.trim().to_owned())).is_some() {
            return None;
        }
        key = Some(name);
    }
    Some(sections)
}
