//! Small JSON files of an object each (settings, history, window): read leniently, changed under a lock, unknown keys kept.

use std::{path::Path, time::Duration};

use serde_json::{Map, Value};

use super::atomic_file::{self, FileError, Lock, RealDisk};

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
