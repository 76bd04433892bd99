//! Small JSON files of an object each (settings, history, window): read leniently, changed under a lock, unknown keys kept.

use std::{
    marker::PhantomData,
    mem::discriminant,
    path::{Path, PathBuf},
    str::FromStr,
    time::Duration,
};

use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Map, Value};

use super::atomic_file::{self, FileError, Lock, RealDisk};

/// Of the lock: others write for a moment only.
const LOCK_TIMEOUT: Duration = Duration::from_secs(2);

/// None of these files comes near it.
const LIMIT: u64 = 16 * 1024 * 1024;

pub(super) enum Found {
    Missing,
    Object(Map<String, Value>),
    /// There is something, and it is no JSON object. Its bytes.
    Damaged(Vec<u8>),
}

pub(super) fn read(path: &Path) -> Result<Found, FileError> {
    let Some(contents) = atomic_file::read(path, LIMIT)? else { return Ok(Found::Missing) };
    let text = contents.bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&contents.bytes);
    Ok(match serde_json::from_slice(text) {
        Ok(Value::Object(map)) => Found::Object(map),
        _ => Found::Damaged(contents.bytes),
    })
}

/// Reads, changes and replaces the file under its lock. A damaged one is kept as `<name>.corrupt` first.
pub(super) fn update(path: &Path, patience: Duration, change: impl FnOnce(&mut Map<String, Value>)) -> Result<(), FileError> {
    let _lock = Lock::acquire(path, patience)?;
    let mut map = match read(path)? {
        Found::Object(map) => map,
        Found::Missing => Map::new(),
        Found::Damaged(bytes) => {
            atomic_file::write(&RealDisk, &path.with_extension("corrupt.json"), &bytes)?;
            Map::new()
        }
    };
    let before = map.clone();
    change(&mut map);
    if map == before && path.exists() {
        return Ok(());
    }
    let mut bytes = serde_json::to_vec_pretty(&map).map_err(|error| FileError::io("write", path, error.into()))?;
    bytes.push(b'\n');
    atomic_file::write(&RealDisk, path, &bytes).map(drop)
}

/// One member of a file's object. `None`: there is no such file or member.
pub(super) fn read_part(path: &Path, name: &str) -> Option<Value> {
    let Ok(Found::Object(mut map)) = read(path) else { return None };
    map.remove(name)
}

/// As [`update`], for one member of the object. A member of another kind than `empty` is damaged and becomes `empty` first.
pub(super) fn update_part(path: &Path, name: &str, empty: Value, change: impl FnOnce(&mut Value)) -> Result<(), FileError> {
    update(path, LOCK_TIMEOUT, |map| {
        map.entry("version").or_insert_with(|| 1.into());
        let part = map.entry(name).or_insert(Value::Null);
        if discriminant(part) != discriminant(&empty) {
            *part = empty;
        }
        change(part);
    })
}

/// A map that is one member of a file's object. A file that cannot be read is an empty map, and an entry that cannot be read is none.
pub(super) struct JsonTable<K, V> {
    path: PathBuf,
    name: &'static str,
    entry: PhantomData<fn() -> (K, V)>,
}

impl<K: FromStr + ToString, V: Serialize + DeserializeOwned> JsonTable<K, V> {
    pub(super) fn new(path: PathBuf, name: &'static str) -> Self {
        Self { path, name, entry: PhantomData }
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// In the order of the file.
    pub(super) fn load<C: FromIterator<(K, V)>>(&self) -> C {
        let Some(Value::Object(entries)) = read_part(&self.path, self.name) else { return C::from_iter([]) };
        entries.into_iter().filter_map(|(key, value)| Some((key.parse().ok()?, serde_json::from_value(value).ok()?))).collect()
    }

    /// Merges under a lock; `None` forgets.
    pub(super) fn record(&self, changes: &[(K, Option<V>)]) -> Result<(), FileError> {
        self.update(|entries| {
            for (key, value) in changes {
                match value.as_ref().and_then(|value| serde_json::to_value(value).ok()) {
                    Some(value) => drop(entries.insert(key.to_string(), value)),
                    None => drop(entries.remove(&key.to_string())),
                }
            }
        })
    }

    /// Any change, under a lock.
    pub(super) fn update(&self, change: impl FnOnce(&mut Map<String, Value>)) -> Result<(), FileError> {
        update_part(&self.path, self.name, Value::Object(Map::new()), |entries| {
            if let Value::Object(entries) = entries {
                change(entries);
            }
        })
    }
}
