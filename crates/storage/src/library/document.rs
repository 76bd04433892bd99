//! The text of `connections.json` taken apart and put together again. What is not touched keeps every byte: records are held as the raw
//! text that was read, so that keys and whole records of other versions survive.

use std::{
    collections::{HashMap, HashSet},
    num::NonZero,
    thread,
};

use serde::{
    Deserialize, Deserializer,
    de::{MapAccess, Visitor},
};
use serde_json::value::RawValue;
use uuid::Uuid;

use super::{
    LibraryError, Revision,
    damage::{self, Damage},
    record::{self, Record},
};
use brickpass_core::connection::{Connection, ConnectionId, Field, contains_secret, without_secrets};

pub(super) const VERSION: u64 = 1;
/// Beyond this, a connection takes one line instead of a dozen: ten thousand of them then stay well within the size limit.
const ONE_LINE_EACH_OVER: usize = 2 * 1024 * 1024;
/// Fewer connections than this are read before a thread has started.
const WORTH_SHARING: usize = 500;

#[derive(Debug)]
pub(super) struct Document<'a> {
    version: String,
    pub(super) newer: bool,
    pub(super) records: Vec<Record<'a>>,
    /// Ids, and whatever else stood among them.
    removed: Vec<String>,
    unknown: Vec<(String, &'a RawValue)>,
    pub(super) notices: Vec<String>,
}

impl<'a> Document<'a> {
    pub(super) fn empty() -> Self {
        Self {
            version: VERSION.to_string(),
            newer: false,
            records: Vec::new(),
            removed: Vec::new(),
            unknown: Vec::new(),
            notices: Vec::new(),
        }
    }

    /// # Errors
    /// What is wrong with the text, in words.
    pub(super) fn parse(text: &'a str) -> Result<Self, Damage> {
        damage::check_depth(text)?;
        let top: Top<'a> = serde_json::from_str(text).map_err(|error| Damage::of(&error))?;
        let mut document = Self::empty();
        let mut version = None;
        let mut seen = HashSet::new();
        for (key, raw) in top.0 {
            if !seen.insert(key.clone()) {
                return Err(Damage::NotOurs("It contains the same key twice"));
            }
            match key.as_str() {
                "version" => version = Some(raw),
                "connections" => {
                    let raws: Vec<&'a RawValue> =
                        serde_json::from_str(raw.get()).map_err(|_| Damage::NotOurs("Its connections are not a list"))?;
                    document.records = read_records(&raws);
                }
                "removed" => {
                    let raws: Vec<&'a RawValue> =
                        serde_json::from_str(raw.get()).map_err(|_| Damage::NotOurs("Its removed connections are not a list"))?;
                    document.removed = raws.into_iter().map(|raw| raw.get().to_owned()).collect();
                }
                _ => document.unknown.push((key, raw)),
            }
        }
        let version = version.ok_or(Damage::NotOurs("It has no version"))?;
        // 1.x is ours to write, with the keys that we do not know kept; anything else was made by a newer Brickpass.
        document.newer = !serde_json::from_str::<f64>(version.get()).is_ok_and(|number| (1.0..2.0).contains(&number));
        version.get().clone_into(&mut document.version);
        document.tell_unsupported();
        if contains_secret(text) {
            document.tell_open_secrets();
        }
        document.part_duplicates();
        Ok(document)
    }

    fn tell_unsupported(&mut self) {
        for record in &self.records {
            if let Record::Unsupported { name, why, .. } = record {
                let name = name.as_deref().map_or_else(|| "A connection without a name".to_owned(), |name| format!("“{name}”"));
                self.notices.push(format!("{name} cannot be shown: {why}. It stays in the file unchanged."));
            }
        }
    }

    /// An older version let them in.
    fn tell_open_secrets(&mut self) {
        for record in &self.records {
            let Record::Known { connection, .. } = record else { continue };
            let fields = connection.fields_with_secret();
            if !fields.is_empty() {
                let contains = if let [one] = fields.as_slice() { one.contains() } else { "contain" };
                let fields: Vec<&str> = fields.into_iter().map(Field::word).collect();
                self.notices.push(format!(
                    "The {} of “{}” {contains} what looks like a token, stored in plain text. Remove it, and revoke the token if anyone else may \
                     have read it.",
                    fields.join(", "),
                    without_secrets(connection.name.as_str())
                ));
            }
        }
    }

    /// Both of two that share an id or a name are kept. The second gets an id that comes out the same on every reading until it is saved.
    fn part_duplicates(&mut self) {
        let mut ids: HashMap<ConnectionId, usize> = HashMap::new();
        let mut names: HashSet<String> = self.records.iter().filter_map(Record::name).map(str::to_lowercase).collect();
        let mut exact: HashSet<String> = HashSet::new();
        // Where counting goes on for the next one of a name: from 2 each time would be quadratic.
        let mut numbers: HashMap<String, u64> = HashMap::new();
        for record in &mut self.records {
            let Record::Known { connection, mended, .. } = record else { continue };
            let count = ids.entry(connection.id).or_insert(0);
            *count += 1;
            if *count > 1 {
                let other = derived_id(connection.id, *count);
                self.notices.push(format!(
                    "“{}” had the same ID as another connection. Both are kept; enter this one's secret again.",
                    connection.name.as_str()
                ));
                connection.id = other;
                ids.insert(other, 1);
                *mended = true;
            }
            if !exact.insert(connection.name.as_str().to_owned()) {
                let old = connection.name.as_str().to_owned();
                let number = numbers.entry(old.clone()).or_insert(2);
                let (name, used) = connection.name.copy_from(*number, &|name| names.contains(&name.to_lowercase()));
                *number = used + 1;
                names.insert(name.as_str().to_lowercase());
                connection.name = name;
                exact.insert(connection.name.as_str().to_owned());
                self.notices.push(format!("Two connections were named “{old}”. The second is now “{}”.", connection.name.as_str()));
                *mended = true;
            }
        }
    }

    pub(super) fn find(&self, id: ConnectionId) -> Option<usize> {
        self.records.iter().position(|record| record.id() == Some(id))
    }

    /// Is the name borne by another connection? Names that differ only in case confuse people, so they count as the same.
    pub(super) fn name_taken(&self, connection: &Connection) -> bool {
        let name = connection.name.as_str().to_lowercase();
        self.records
            .iter()
            .any(|record| record.id() != Some(connection.id) && record.name().is_some_and(|other| other.to_lowercase() == name))
    }

    pub(super) fn names(&self) -> HashSet<String> {
        self.records.iter().filter_map(Record::name).map(str::to_lowercase).collect()
    }

    /// Puts a connection in, in the place of the one that bears its id. `raw` is where keys that we do not know come from.
    pub(super) fn put(&mut self, connection: Connection, revision: Revision, raw: Option<&str>) -> Result<(), LibraryError> {
        let at = self.find(connection.id);
        let old = at.and_then(|at| self.records.get(at)).map(Record::raw).or(raw);
        let raw = record::write(&connection, revision, old)?;
        let record = Record::Known { connection, revision, raw: std::borrow::Cow::Owned(raw), mended: false };
        match at.and_then(|at| self.records.get_mut(at)) {
            Some(place) => *place = record,
            None => self.records.push(record),
        }
        Ok(())
    }

    /// As `put`, of a connection whose id is known to be new.
    pub(super) fn push_new(&mut self, connection: Connection) -> Result<(), LibraryError> {
        let revision = Revision(1);
        let raw = std::borrow::Cow::Owned(record::write(&connection, revision, None)?);
        self.records.push(Record::Known { connection, revision, raw, mended: false });
        Ok(())
    }

    pub(super) fn add_tombstone(&mut self, id: ConnectionId) {
        if !self.removed_ids().any(|removed| removed == id) {
            self.removed.push(format!("\"{id}\""));
        }
    }

    pub(super) fn drop_tombstone(&mut self, id: ConnectionId) {
        self.removed.retain(|raw| serde_json::from_str(raw).ok() != Some(id));
    }

    fn removed_ids(&self) -> impl Iterator<Item = ConnectionId> {
        self.removed.iter().filter_map(|raw| serde_json::from_str(raw).ok())
    }

    /// Never the id of a connection that is on the list: its secrets are not to be purged, whatever the file says.
    pub(super) fn tombstones(&self) -> Vec<ConnectionId> {
        let alive: HashSet<ConnectionId> = self.records.iter().filter_map(Record::id).collect();
        self.removed_ids().filter(|id| !alive.contains(id)).collect()
    }

    pub(super) fn render(&mut self) -> Result<String, LibraryError> {
        for record in &mut self.records {
            record.rewrite_mended()?;
        }
        let pretty = self.lay_out(str::to_owned);
        Ok(if pretty.len() > ONE_LINE_EACH_OVER { self.lay_out(one_line) } else { pretty })
    }

    fn lay_out(&self, layout: fn(&str) -> String) -> String {
        let mut parts = vec![format!("\"version\": {}", self.version)];
        let records: Vec<String> = self.records.iter().map(Record::raw).map(|raw| format!("\n    {}", layout(raw))).collect();
        parts.push(if records.is_empty() {
            "\"connections\": []".to_owned()
        } else {
            format!("\"connections\": [{}\n  ]", records.join(","))
        });
        if !self.removed.is_empty() {
            parts.push(format!("\"removed\": [\n    {}\n  ]", self.removed.join(",\n    ")));
        }
        for (key, raw) in &self.unknown {
            parts.push(format!("{}: {}", serde_json::Value::from(key.as_str()), raw.get()));
        }
        format!("{{\n  {}\n}}\n", parts.join(",\n  "))
    }
}

/// Reading an address is most of the work; a long list is read on several cores.
fn read_records<'a>(raws: &[&'a RawValue]) -> Vec<Record<'a>> {
    let read = |part: &[&'a RawValue]| part.iter().map(|raw| Record::read(raw)).collect::<Vec<_>>();
    if raws.len() < WORTH_SHARING {
        return read(raws);
    }
    let cores = thread::available_parallelism().map_or(1, NonZero::get).min(8);
    thread::scope(|scope| {
        let parts: Vec<_> = raws.chunks(raws.len().div_ceil(cores)).map(|part| scope.spawn(move || read(part))).collect();
        parts.into_iter().flat_map(|part| part.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))).collect()
    })
}

/// Takes the white space between the tokens of valid JSON away.
fn one_line(json: &str) -> String {
    let mut out = String::with_capacity(json.len());
    let (mut in_string, mut escaped) = (false, false);
    for c in json.chars() {
        if in_string {
            in_string = escaped || c != '"';
            escaped = c == '\\' && !escaped;
        } else if c.is_ascii_whitespace() {
            continue;
        } else {
            in_string = c == '"';
        }
        out.push(c);
    }
    out
}

fn derived_id(id: ConnectionId, count: usize) -> ConnectionId {
    use sha2::{Digest as _, Sha256};
    let digest = Sha256::digest(format!("{id}/{count}"));
    let mut bytes = [0; 16];
    for (to, from) in bytes.iter_mut().zip(digest.iter()) {
        *to = *from;
    }
    let uuid: Uuid = uuid::Builder::from_random_bytes(bytes).into_uuid();
    uuid.to_string().parse().unwrap_or_else(|_| ConnectionId::random())
}

/// The keys and raw values of the outermost object, in their order.
struct Top<'a>(Vec<(String, &'a RawValue)>);

impl<'de> Deserialize<'de> for Top<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Keys;
        impl<'de> Visitor<'de> for Keys {
            type Value = Top<'de>;
            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an object")
            }
            fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Top<'de>, M::Error> {
                let mut entries = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    entries.push(entry);
                }
                Ok(Top(entries))
            }
        }
        deserializer.deserialize_map(Keys)
    }
}

#[cfg(test)]
mod tests {
    use super::one_line;

    #[test]
    fn one_line_changes_white_space_between_tokens_alone() {
        assert_eq!(one_line("{\n  \"a b\": [1, 2],\n \"c\\\" d\\\\\": \"e  \\\\\\\"  f\"\n}"), r#"{"a b":[1,2],"c\" d\\":"e  \\\"  f"}"#);
    }
}
