//! What is remembered of publications, compared with what stands in the file and what the connections are now.

use std::{
    collections::{HashMap, HashSet},
    path::Path,
};

use sha2::{Digest as _, Sha256};

use crate::shared::Shared;
use brickpass_core::{
    connection::{BaseUrl, Connection, ConnectionId},
    failure::Failure,
    hex,
};
use brickpass_interchange::databrickscfg::{self, File, Former, Profile, ProfileName};
use brickpass_storage::Publication;

/// Whether a section is as it was published.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Drift {
    Same,
    /// The section was edited in the file.
    ChangedThere,
    /// The connection was changed here since.
    ChangedHere,
    Both,
    /// The section is gone.
    Gone,
}

pub(super) struct Known {
    pub(super) profile: String,
    pub(super) connection: ConnectionId,
    pub(super) drift: Drift,
}

/// Of this file; a connection that is not there any more has published nothing.
pub(super) fn of(shared: &Shared, path: &Path, profiles: &[Profile<'_>], connections: &[Connection]) -> Vec<Known> {
    let publications = shared.publishing.publications.load();
    let connections: HashMap<ConnectionId, &Connection> = connections.iter().map(|connection| (connection.id, connection)).collect();
    let profiles: HashMap<&str, &Profile<'_>> = profiles.iter().map(|profile| (profile.name, profile)).collect();
    let known = publications.into_iter().filter(|publication| publication.file == path).filter_map(|publication| {
        let connection = *connections.get(&publication.connection)?;
        let profile = profiles.get(publication.profile.as_str()).copied();
        let drift = drift(&publication, profile, connection, &shared.places.helper);
        Some(Known { profile: publication.profile, connection: publication.connection, drift })
    });
    known.collect()
}

/// A profile that asks Brickpass, and gets no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Orphan {
    /// It was published here, and its connection was removed.
    ConnectionGone,
    /// It names our program, and no connection goes by its name or leads to its host.
    NoConnection,
}

impl Orphan {
    /// Why tools that use the profile cannot sign in.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::ConnectionGone => "its connection was removed",
            Self::NoConnection => "no connection provides its token",
        }
    }
}

/// Which of these profiles are orphans. `path`: that of their file.
pub(crate) fn orphans<'a>(shared: &Shared, path: &Path, profiles: &[Profile<'a>], connections: &[Connection]) -> HashMap<&'a str, Orphan> {
    let publications = shared.publishing.publications.load();
    let gone: HashMap<&str, bool> = publications
        .iter()
        .filter(|known| known.file == path)
        .map(|known| (known.profile.as_str(), connections.iter().all(|connection| connection.id != known.connection)))
        .collect();
    let usual: HashSet<String> = connections.iter().map(|connection| ProfileName::of(&connection.name).as_str().to_owned()).collect();
    let called: HashSet<&str> = connections.iter().map(|connection| connection.name.as_str()).collect();
    let origins: HashSet<String> = connections.iter().map(|connection| connection.base_url.origin()).collect();
    let orphan = |profile: &Profile<'a>| {
        if !names_us(shared, profile) {
            return None;
        }
        match gone.get(profile.name) {
            Some(false) => return None,
            Some(true) => return Some(Orphan::ConnectionGone),
            None => {}
        }
        let host = profile.get("host").and_then(|host| BaseUrl::read(host).ok()).map(|pasted| pasted.base_url.origin());
        let answers = usual.contains(profile.name) || called.contains(profile.name) || host.is_some_and(|host| origins.contains(&host));
        (!answers).then_some(Orphan::NoConnection)
    };
    profiles.iter().filter_map(|profile| Some((profile.name, orphan(profile)?))).collect()
}

/// Whether tools that use the profile ask Brickpass for its token.
pub(super) fn names_us(shared: &Shared, profile: &Profile<'_>) -> bool {
    profile.get("databricks_cli_path").is_some_and(|path| is_our_program(path, &shared.places.helper))
}

/// Also of another installation: all of them read the same connections.
fn is_our_program(path: &str, helper: &str) -> bool {
    let name = |path: &str| path.rsplit(['/', '\\']).next().map(|name| name.trim_end_matches(".exe").to_owned());
    path == helper || (name(path).is_some() && name(path) == name(helper))
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

/// The section as it is counts as what was published; what stood there before stays known.
pub(super) fn record(shared: &Shared, file: &File, known: Publication, connection: &Connection) -> Result<(), Failure> {
    let Some(found) = file.profile(&known.profile) else { return Ok(()) };
    let now = publication(shared, &known.file, &found, connection);
    shared.publishing.publications.record(&Publication { before: known.before, backup: known.backup, ..now })
}

/// What stood in the section before it was published, as far as that is known.
pub(super) fn former(publication: &Publication) -> Option<Former> {
    serde_json::from_value(publication.before.clone()?).ok()
}

pub(super) fn publication(shared: &Shared, path: &Path, profile: &Profile<'_>, connection: &Connection) -> Publication {
    Publication {
        file: path.to_owned(),
        profile: profile.name.to_owned(),
        connection: connection.id,
        section: section(profile),
        published: published(connection, &shared.places.helper),
        before: None,
        backup: None,
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
    hex(&hash.finalize())
}
