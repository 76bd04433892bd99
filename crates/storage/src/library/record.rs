//! One connection in the file: read as far as this version understands it, written with the keys that it does not.

use std::{borrow::Cow, collections::HashSet};

use serde::{
    Deserialize, Serialize,
    ser::{SerializeMap as _, Serializer},
};
use serde_json::{Map, Value, value::RawValue};

use super::{LibraryError, Revision};
use brickpass_core::connection::{AuthKind, BaseUrl, Connection, ConnectionId, replace_unfit, without_secrets};

/// The keys in the order in which a person reads a connection: that of its fields, with `revision` at the end.
fn order() -> impl Iterator<Item = &'static str> {
    let keys = Connection::keys().iter().copied().filter(|key| *key != LATE);
    keys.chain(["revision", LATE])
}

/// A key that came when the others had their order; moving it would change files that hold the same.
const LATE: &str = "sign_in_of";

#[derive(Debug)]
#[expect(clippy::large_enum_variant, reason = "almost every record is the large one")]
pub(super) enum Record<'a> {
    Known {
        connection: Connection,
        revision: Revision,
        raw: Cow<'a, RawValue>,
        /// Its name or id is not what `raw` says: it is written anew with the next save.
        mended: bool,
    },
    /// Made by another version: kept as it is.
    Unsupported { raw: &'a RawValue, id: Option<ConnectionId>, name: Option<String>, why: String },
}

/// What is asked of a record before it is understood.
#[derive(Deserialize)]
struct Head {
    #[serde(default)]
    id: Option<Value>,
    #[serde(default)]
    name: Option<Value>,
    #[serde(default)]
    base_url: Option<Value>,
    #[serde(default)]
    auth: Option<Value>,
}

#[derive(Deserialize)]
struct Numbered {
    #[serde(default)]
    revision: u64,
}

impl<'a> Record<'a> {
    pub(super) fn read(raw: &'a RawValue) -> Self {
        let connection = serde_json::from_str::<Connection>(raw.get());
        let numbered = serde_json::from_str::<Numbered>(raw.get());
        if let (Ok(connection), Ok(Numbered { revision })) = (connection, numbered) {
            return Self::Known { connection, revision: Revision(revision), raw: Cow::Borrowed(raw), mended: false };
        }
        let head = serde_json::from_str(raw.get()).unwrap_or(Head { id: None, name: None, base_url: None, auth: None });
        Self::Unsupported {
            raw,
            why: head.why(),
            id: head.id.and_then(|id| serde_json::from_value(id).ok()),
            name: head.name.as_ref().and_then(Value::as_str).map(printable),
        }
    }

    pub(super) fn id(&self) -> Option<ConnectionId> {
        match self {
            Self::Known { connection, .. } => Some(connection.id),
            Self::Unsupported { id, .. } => *id,
        }
    }

    pub(super) fn name(&self) -> Option<&str> {
        match self {
            Self::Known { connection, .. } => Some(connection.name.as_str()),
            Self::Unsupported { name, .. } => name.as_deref(),
        }
    }

    pub(super) fn raw(&self) -> &str {
        match self {
            Self::Known { raw, .. } => raw.get(),
            Self::Unsupported { raw, .. } => raw.get(),
        }
    }

    pub(super) fn rewrite_mended(&mut self) -> Result<(), LibraryError> {
        if let Self::Known { connection, revision, raw, mended } = self
            && *mended
        {
            *raw = Cow::Owned(write(connection, *revision, Some(raw.get()))?);
            *mended = false;
        }
        Ok(())
    }
}

impl Head {
    fn why(&self) -> String {
        let kind = self.auth.as_ref().and_then(|auth| auth.get("type")).and_then(Value::as_str);
        if kind.is_some_and(|kind| !AuthKind::ALL.iter().any(|known| known.word() == kind)) {
            return "this version of Brickpass does not support its authentication type".into();
        }
        match self.base_url.as_ref().map(Value::as_str) {
            Some(Some(address)) if BaseUrl::read(address).is_err() => "its address is invalid".into(),
            Some(Some(_)) => "this version of Brickpass does not understand one of its fields".into(),
            _ => "it has no address".into(),
        }
    }
}

/// A name out of a record that nobody has checked, fit for a sentence.
fn printable(name: &str) -> String {
    without_secrets(&replace_unfit(name, "")).chars().take(100).collect()
}

/// The text of a connection. Keys of `old` that this version does not know stay, also inside `auth` and `level` as long as their kind does.
pub(super) fn write(connection: &Connection, revision: Revision, old: Option<&str>) -> Result<Box<RawValue>, LibraryError> {
    let mut new = numbered(connection, revision)?;
    if let Some(old_raw) = old
        && let Ok(old_value) = serde_json::from_str::<Value>(old_raw)
        && let Ok(old_connection) = serde_json::from_str::<Connection>(old_raw)
    {
        keep_unknown(&mut new, &old_value, &numbered(&old_connection, revision)?);
    }
    let text = match &new {
        Value::Object(map) => serde_json::to_string_pretty(&Ordered(map))?,
        other => serde_json::to_string_pretty(other)?,
    };
    // Line breaks stand only between tokens: inside strings JSON escapes them.
    Ok(RawValue::from_string(text.replace('\n', "\n    "))?)
}

fn numbered(connection: &Connection, revision: Revision) -> Result<Value, LibraryError> {
    let mut value = serde_json::to_value(connection)?;
    if let Value::Object(map) = &mut value {
        map.insert("revision".into(), revision.0.into());
    }
    Ok(value)
}

/// Adds to `new` what `old` says and `understood` (the same record, as this version would write it) does not.
fn keep_unknown(new: &mut Value, old: &Value, understood: &Value) {
    let (Value::Object(new), Value::Object(old), Value::Object(understood)) = (new, old, understood) else { return };
    for (key, old_value) in old {
        match (new.get_mut(key), understood.get(key)) {
            (None, None) => {
                new.insert(key.clone(), old_value.clone());
            }
            (Some(new_value), Some(understood)) if new_value.get("type") == understood.get("type") => {
                keep_unknown(new_value, old_value, understood);
            }
            _ => {}
        }
    }
}

struct Ordered<'a>(&'a Map<String, Value>);

impl Serialize for Ordered<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for key in order() {
            if let Some(value) = self.0.get(key) {
                map.serialize_entry(key, value)?;
            }
        }
        for (key, value) in self.0.iter().filter(|(key, _)| order().all(|known| known != key.as_str())) {
            map.serialize_entry(key, value)?;
        }
        map.end()
    }
}

/// Gives a connection the first free name of the kind "Sales (2)" and notes it in `taken` (lower case).
pub(super) fn rename_free(connection: &mut Connection, taken: &mut HashSet<String>) {
    connection.name = connection.name.copy_of(&|name| taken.contains(&name.to_lowercase()));
    taken.insert(connection.name.as_str().to_lowercase());
}
