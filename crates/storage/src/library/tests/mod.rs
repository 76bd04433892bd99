#![allow(clippy::disallowed_methods, reason = "a test damages files")]

mod backups;
mod changes;
mod contents;
mod damaged;
mod saved;

use std::{fs, thread, time::Instant};

use serde_json::{Value, json};

use super::*;
use crate::atomic_file::faults::{Fault, FaultyDisk, names_in};
use brickpass_core::failure::Code;

struct Place {
    dir: tempfile::TempDir,
    library: Library,
}

impl std::ops::Deref for Place {
    type Target = Library;
    fn deref(&self) -> &Library {
        &self.library
    }
}

impl Place {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let library = Library::new(&dir.path().join("config"), &dir.path().join("state"));
        fs::create_dir(dir.path().join("config")).unwrap();
        Self { dir, library }
    }

    fn with(bytes: impl AsRef<[u8]>) -> Self {
        let place = Self::new();
        place.write(bytes);
        place
    }

    fn write(&self, bytes: impl AsRef<[u8]>) {
        fs::write(self.path(), bytes).unwrap();
    }

    /// Another Brickpass on the same files.
    fn another(&self) -> Library {
        self.on(RealDisk)
    }

    fn on(&self, disk: impl Disk + 'static) -> Library {
        Library::on_disk(&self.dir.path().join("config"), &self.dir.path().join("state"), Arc::new(disk))
    }

    fn bytes(&self) -> Vec<u8> {
        fs::read(self.path()).unwrap()
    }

    fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes()).unwrap()
    }

    fn corrupt_files(&self) -> Vec<Vec<u8>> {
        let folder = self.dir.path().join("config");
        names_in(&folder).iter().filter(|name| name.contains("corrupt")).map(|name| fs::read(folder.join(name)).unwrap()).collect()
    }
}

fn raw(name: &str) -> Value {
    json!({
        "id": ConnectionId::random(), "name": name, "base_url": "https://adb-1234567890123456.7.azuredatabricks.net",
        "timeout_seconds": 30, "auth": {"type": "pat"}, "level": "workspace", "environment": "dev"
    })
}

fn connection(name: &str) -> Connection {
    serde_json::from_value(raw(name)).unwrap()
}

fn described(entry: &Entry, description: &str) -> Connection {
    Connection { description: description.into(), ..entry.connection.clone() }
}

fn names(snapshot: &Snapshot) -> Vec<&str> {
    snapshot.entries.iter().map(|entry| entry.connection.name.as_str()).collect()
}

fn code(result: Result<Snapshot, LibraryError>) -> Code {
    result.unwrap_err().failure().code
}
