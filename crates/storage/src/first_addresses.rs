//! The addresses that connections had before stored secrets named theirs: written once, at the first start that finds connections, and read only
//! for secrets that an older version stored. What is edited afterwards, in Brickpass or by hand, leads no such secret elsewhere.

use std::{collections::HashMap, path::Path};

use serde_json::{Map, Value};

use super::{json_file::JsonTable, library::Library, vault::SecretId};
use brickpass_core::connection::{Connection, ConnectionId, EnteredFor, SecretKind};

pub struct FirstAddresses {
    written: JsonTable<ConnectionId, EnteredFor>,
    library: Library,
}

impl FirstAddresses {
    #[must_use]
    pub fn new(config_dir: &Path, state_dir: &Path) -> Self {
        let written = JsonTable::new(state_dir.join("first_addresses.json"), "addresses");
        Self { written, library: Library::new(config_dir, state_dir) }
    }

    /// Writes them down, if nobody has yet. One `stat` when somebody has.
    pub fn write_once(&self) {
        if !self.written.path().exists()
            && let Some(connections) = self.saved().filter(|connections| !connections.is_empty())
        {
            self.write(&connections);
        }
    }

    /// What secrets of older versions belong to. A connection that is not among the written ones belongs where it leads now; without any
    /// connection of that ID nothing is known.
    #[must_use]
    pub(super) fn of(&self, ids: &[SecretId]) -> HashMap<SecretId, EnteredFor> {
        self.write_once();
        let written: HashMap<_, _> = self.written.load();
        let saved: HashMap<ConnectionId, Connection> =
            self.saved().unwrap_or_default().into_iter().map(|connection| (connection.id, connection)).collect();
        let one = |id: &SecretId| match written.get(&id.connection) {
            Some(place) => of_kind(place.clone(), id.kind),
            None => of_kind(place_of(saved.get(&id.connection)?), id.kind),
        };
        ids.iter().filter_map(|id| Some((*id, one(id)?))).collect()
    }

    fn saved(&self) -> Option<Vec<Connection>> {
        Some(self.library.load().ok()?.entries.into_iter().map(|entry| entry.connection).collect())
    }

    fn write(&self, connections: &[Connection]) {
        let places: Map<String, Value> = connections
            .iter()
            .filter_map(|connection| Some((connection.id.to_string(), serde_json::to_value(place_of(connection)).ok()?)))
            .collect();
        // Without the file the list itself says where they lead.
        let _ = self.written.update(|written| {
            if written.is_empty() {
                *written = places;
            }
        });
    }
}

/// With the client ID where there is one: it matters to client secrets alone.
fn place_of(connection: &Connection) -> EnteredFor {
    EnteredFor::of(connection, SecretKind::ClientSecret)
        .unwrap_or_else(|| EnteredFor { origin: connection.base_url.origin(), client_id: None })
}

/// `None`: a client secret of a connection that has no service principal belongs nowhere.
fn of_kind(place: EnteredFor, kind: SecretKind) -> Option<EnteredFor> {
    match kind {
        SecretKind::PersonalAccessToken => Some(EnteredFor { client_id: None, ..place }),
        SecretKind::ClientSecret => place.client_id.is_some().then_some(place),
        SecretKind::RefreshToken | SecretKind::AccessToken => None,
    }
}
