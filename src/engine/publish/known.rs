//! What is remembered of publications, compared with what stands in the file and what the connections are now.

use std::{collections::HashMap, fmt::Write as _, path::Path};

use sha2::{Digest as _, Sha256};

use super::{Drift, Shared, connections};
use crate::{
    connection::{Connection, ConnectionId},
    failure::Failure,
    interchange::databrickscfg::{self, File, Profile},
    storage::Publication,
};

pub(super) struct Known {
    pub(super) profile: String,
    pub(super) connection: ConnectionId,
    pub(super) drift: Drift,
}

/// Of this file; a connection that is not there any more has published nothing.
pub(super) fn of(shared: &Shared, path: &Path, profiles: &[Profile<'_>]) -> Result<Vec<Known>, Failure> {
    let publications = shared.publishing.publications.load();
    if publications.is_empty() {
        return Ok(Vec::new());
    }
    let connections = connections(shared)?;
    let connections: HashMap<ConnectionId, Connection> = connections.into_iter().map(|connection| (connection.id, connection)).collect();
    let profiles: HashMap<&str, &Profile<'_>> = profiles.iter().map(|profile| (profile.name, profile)).collect();
    let known = publications.into_iter().filter(|publication| publication.file == path).filter_map(|publication| {
        let connection = connections.get(&publication.connection)?;
        let profile = profiles.get(publication.profile.as_str()).copied();
        let drift = drift(&publication, profile, connection, &shared.places.helper);
        Some(Known { profile: publication.profile, connection: publication.connection, drift })
    });
    Ok(known.collect())
}

fn drift(publication: &Publication, profile: Option<&Profile<'_>>, connection: &Connection, helper: &str) -> Drift {
    let Some(profile) = profile else { return Drift::Gone };
    match (section(profile) == publication.section, published(connection, helper) == publication.published) {
        (true, true) => Drift::Same,
        (false, true) => Drift::ChangedThere,
        (true, false) => Drift::ChangedHere,
        (false, false) => Drift::Both,
    }
}

/// The section as it is counts as what was published.
pub(super) fn record(shared: &Shared, path: &Path, file: &File, profile: &str, connection: &Connection) -> Result<(), Failure> {
    let Some(found) = file.profile(profile) else { return Ok(()) };
    shared.publishing.publications.record(&publication(shared, path, &found, connection))
}

pub(super) fn publication(shared: &Shared, path: &Path, profile: &Profile<'_>, connection: &Connection) -> Publication {
    Publication {
        file: path.to_owned(),
        profile: profile.name.to_owned(),
        connection: connection.id,
        section: section(profile),
        published: published(connection, &shared.places.helper),
    }
}

/// Of where the profile leads and how it signs in; what the person keeps there besides is theirs. Of a secret only that there is one.
pub(super) fn section(profile: &Profile<'_>) -> String {
    let deciding = profile.keys().filter(|(key, _)| databrickscfg::decides(key));
    let mut pairs: Vec<(&str, &str)> = deciding.map(|(key, _)| (key, profile.get(key).unwrap_or_default())).collect();
    pairs.sort_unstable();
    digest(pairs)
}

fn published(connection: &Connection, helper: &str) -> String {
    let keys = databrickscfg::published(connection, helper);
    digest(keys.iter().map(|(key, value)| (*key, value.as_str())))
}

fn digest<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    let mut hash = Sha256::new();
    for (key, value) in pairs {
        for part in [key, value] {
            hash.update((part.len() as u64).to_le_bytes());
            hash.update(part);
        }
    }
    hash.finalize().iter().fold(String::with_capacity(64), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
