//! The file of profiles and the list of connections as they are now.

use std::{path::Path, sync::Arc};

use crate::{event::Event, shared::Shared};
use brickpass_core::{
    connection::{Connection, ConnectionId},
    failure::{Code, Failure},
};
use brickpass_interchange::databrickscfg::{File, Leads};
use brickpass_storage::{ExternalContents, ExternalFile, Publication};

/// The file as it was read, in both ways.
pub(super) struct Now {
    pub(super) file: ExternalFile,
    pub(super) foreign: ExternalContents,
    pub(super) profiles: Arc<File>,
}

impl Now {
    pub(super) fn read(shared: &Shared) -> Result<Self, Failure> {
        let path = shared.places.databrickscfg.clone().ok_or_else(no_home)?;
        // It is remembered by its whole name.
        let path = std::path::absolute(&path).unwrap_or(path);
        let file = ExternalFile::new(path, &shared.places.state_dir);
        let foreign = file.read()?;
        let profiles = shared.publishing.read(foreign.digest(), &foreign.bytes).map_err(|failure| of_file(file.path(), failure))?;
        Ok(Self { file, foreign, profiles })
    }
}

/// Which file it is that cannot be read: a variable may have named another one than the person thinks of.
pub(crate) fn of_file(path: &Path, failure: Failure) -> Failure {
    Failure { what: format!("{} cannot be read as a profile file.", path.display()), ..failure }
}

/// What was published in the file that Databricks' tools read.
pub(super) fn published_here(shared: &Shared) -> Vec<Publication> {
    let Some(path) = shared.places.databrickscfg.clone() else { return Vec::new() };
    let path = std::path::absolute(&path).unwrap_or(path);
    shared.publishing.publications.load().into_iter().filter(|publication| publication.file == path).collect()
}

/// What a connection was published as, in the file that Databricks' tools read.
pub(crate) fn published_as(shared: &Shared, id: ConnectionId) -> Option<String> {
    published_here(shared).into_iter().find(|publication| publication.connection == id).map(|publication| publication.profile)
}

/// Which connections are published as what; nothing but our own notes is read for it.
pub(crate) fn tell_published(shared: &Shared) {
    let published = published_here(shared).into_iter().map(|publication| (publication.connection, publication.profile));
    shared.outbox.send(Event::Published(published.collect()));
}

/// What the profile that a connection would usually be called by stands for, when that is another one or leads elsewhere. A file that cannot be read
/// is reported where its profiles are listed.
pub(crate) fn stands_for_another(shared: &Shared, connection: &Connection, profile: &str) -> Option<String> {
    let now = Now::read(shared).ok()?;
    let known = shared.publishing.publications.load();
    let theirs = known.into_iter().find(|it| it.file == now.file.path() && it.profile == profile && it.connection != connection.id);
    let theirs = theirs.filter(|_| now.profiles.profile(profile).is_some());
    let other = theirs.and_then(|theirs| connections(shared).ok()?.into_iter().find(|other| other.id == theirs.connection));
    match (other, now.profiles.leads(profile, &connection.base_url)) {
        (Some(other), _) => Some(format!("It is used by \"{}\".", other.name.as_str())),
        (None, Leads::Elsewhere(there)) => Some(format!("In your .databrickscfg its host is {there}.")),
        (None, Leads::There | Leads::Nowhere) => None,
    }
}

pub(super) fn connections(shared: &Shared) -> Result<Vec<Connection>, Failure> {
    let snapshot = shared.library.load().map_err(|error| error.failure())?;
    Ok(snapshot.entries.into_iter().map(|entry| entry.connection).collect())
}

fn no_home() -> Failure {
    Failure::new(
        Code::FileUnreadable,
        "The Databricks configuration file was not found.",
        "Your user account has no home folder.",
        "Set HOME, or set DATABRICKS_CONFIG_FILE to the file.",
    )
}
