//! Profiles of `.databrickscfg`: which there are, what publishing a connection would change, and the change itself. The file belongs to other
//! programs: it is read again under its lock before every change, backed up, replaced whole, and keeps every byte that was not asked about.

mod apply;
mod helper_place;
mod known;
mod plan;
mod replaced;
mod secrets;
mod unpublish;

use std::{
    collections::HashMap,
    path::PathBuf,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use zeroize::Zeroizing;

pub use self::{
    apply::{Applied, ApplyPlan, ForgetProfile, KeepProfile, RestoreProfiles},
    known::Orphan,
    plan::{PlanEdit, PlanPublish},
    replaced::Replaced,
    unpublish::{TakenOut, Unpublish},
};
use super::{
    Event, cli_tokens,
    request::{Context, Order, Request},
    shared::{Shared, blocking},
};
use brickpass_core::{
    connection::{Connection, ConnectionId, without_secrets},
    failure::{Code, Failure},
};
use brickpass_interchange::databrickscfg::{DiffLine, Edit, File, Leads, Remark, Suspect};
use brickpass_storage::{Foreign, ForeignFile, Publication, Publications};

/// The file as it is now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProfilesFile {
    pub path: PathBuf,
    /// Behind a link (a folder of dotfiles): the file that is really written.
    pub target: Option<PathBuf>,
    pub profiles: Vec<ProfileLine>,
    pub remarks: Vec<Remark>,
    /// Others than its owner may read it.
    pub exposed: bool,
    /// It has another name elsewhere (a hard link), which no change reaches.
    pub twin: bool,
    /// There is a backup to go back to.
    pub backup: bool,
    /// Where the Databricks CLI was told to keep its tokens, if it was: `auth_storage`.
    pub auth_storage: Option<String>,
    /// Earlier states that are kept because they hold secrets that nothing else holds.
    pub kept: Vec<PathBuf>,
}

/// A profile in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProfileLine {
    pub name: String,
    pub host: Option<String>,
    pub auth_type: Option<String>,
    pub is_default: bool,
    /// The keys that hold secrets in plain text.
    pub secrets: Vec<String>,
    /// What looks like a secret and stands where no tool keeps one: Brickpass does not touch it.
    pub suspects: Vec<Suspect>,
    /// The connection that was published as it.
    pub published: Option<(ConnectionId, Drift)>,
    /// Tools that use it ask Brickpass, and get no answer.
    pub orphan: Option<Orphan>,
}

/// Whether a section is as it was published.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Drift {
    Same,
    /// Somebody changed it in the file.
    ChangedThere,
    /// The connection was changed here since.
    ChangedHere,
    Both,
    /// The section is gone.
    Gone,
}

/// A change that was looked at and is agreed to. Made for exactly the file that was shown: one that changed since is shown again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    pub path: PathBuf,
    pub edit: Edit,
    /// Of the bytes that the diff was made from.
    pub digest: [u8; 32],
    pub diff: Vec<DiffLine>,
    /// Whose publication is remembered, so that drift is seen later.
    pub connection: Option<ConnectionId>,
    /// Profiles of somebody else that it would replace.
    pub replaces: Vec<Replaced>,
    /// The person has said that these may be replaced; without it, the change is refused.
    pub agreed: bool,
    /// What else a person should know before they agree.
    pub notes: Vec<String>,
}

impl Plan {
    /// All that a person should know before they agree, but for what it replaces.
    #[must_use]
    pub fn warnings(&self) -> Vec<String> {
        self.edit.warnings().into_iter().chain(self.notes.iter().cloned()).collect()
    }

    /// The profiles that are published by it, each with its connection.
    #[must_use]
    pub fn publishes(&self) -> Vec<(ConnectionId, &str)> {
        fn collect<'a>(edit: &'a Edit, connection: Option<ConnectionId>, found: &mut Vec<(ConnectionId, &'a str)>) {
            match edit {
                Edit::Put { profile, .. } => found.extend(connection.map(|id| (id, profile.as_str()))),
                Edit::Several(edits) => edits.iter().for_each(|(connection, edit)| collect(edit, *connection, found)),
                Edit::RemoveKeys { .. } | Edit::Remove { .. } | Edit::Default { .. } => {}
            }
        }
        let mut found = Vec::new();
        collect(&self.edit, self.connection, &mut found);
        found
    }
}

/// What the engine knows of publications while it runs.
pub(super) struct Publishing {
    publications: Publications,
    /// The state before a change that took secrets off the disk: they are in the vault, and no backup on the disk holds them.
    kept: Mutex<Option<Kept>>,
    /// The file that was taken apart last, by the digest of its bytes: it is looked at several times for one change.
    apart: Mutex<Option<([u8; 32], Arc<File>)>>,
    /// What the change that was planned last makes of it.
    planned: Mutex<Option<Planned>>,
}

struct Planned {
    before: [u8; 32],
    edit: Edit,
    after: File,
}

struct Kept {
    path: PathBuf,
    /// What the change made of the file.
    after: [u8; 32],
    before: Zeroizing<Vec<u8>>,
}

impl Publishing {
    pub(super) fn new(state_dir: &std::path::Path) -> Self {
        Self { publications: Publications::new(state_dir), kept: Mutex::default(), apart: Mutex::default(), planned: Mutex::default() }
    }

    /// Newest last.
    pub(super) fn publications(&self) -> Vec<Publication> {
        self.publications.load()
    }

    /// As `File::read`, without the work where these bytes were read before.
    pub(super) fn read(&self, digest: [u8; 32], bytes: &[u8]) -> Result<Arc<File>, Failure> {
        let known = self.apart().as_ref().filter(|(of, _)| *of == digest).map(|(_, file)| Arc::clone(file));
        match known {
            Some(file) => Ok(file),
            None => File::read(bytes).map(|file| self.is_apart(digest, file)),
        }
    }

    fn is_apart(&self, digest: [u8; 32], file: File) -> Arc<File> {
        let file = Arc::new(file);
        *self.apart() = Some((digest, Arc::clone(&file)));
        file
    }

    /// What the edit makes of the file, shown; it is kept for the moment in which it is agreed to.
    fn plan(&self, now: &Now, edit: &Edit) -> Result<Vec<DiffLine>, Failure> {
        let changed = now.profiles.changed(edit)?;
        *self.planned() = Some(Planned { before: now.foreign.digest(), edit: edit.clone(), after: changed.file });
        Ok(changed.diff)
    }

    /// What the edit makes of the file, without the work where just that was planned.
    fn after(&self, now: &Now, edit: &Edit) -> Result<File, Failure> {
        let planned = self.planned().take().filter(|planned| planned.before == now.foreign.digest() && planned.edit == *edit);
        planned.map_or_else(|| Ok(now.profiles.changed(edit)?.file), |planned| Ok(planned.after))
    }

    fn planned(&self) -> MutexGuard<'_, Option<Planned>> {
        self.planned.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn apart(&self) -> MutexGuard<'_, Option<([u8; 32], Arc<File>)>> {
        self.apart.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn kept(&self) -> MutexGuard<'_, Option<Kept>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The file as it was read, in both ways.
struct Now {
    file: ForeignFile,
    foreign: Foreign,
    profiles: Arc<File>,
}

impl Now {
    fn read(shared: &Shared) -> Result<Self, Failure> {
        let path = shared.places.databrickscfg.clone().ok_or_else(no_home)?;
        // It is remembered by its whole name.
        let path = std::path::absolute(&path).unwrap_or(path);
        let file = ForeignFile::new(path, &shared.places.state_dir);
        let foreign = file.read()?;
        let profiles = shared.publishing.read(foreign.digest(), &foreign.bytes).map_err(|failure| of_file(file.path(), failure))?;
        Ok(Self { file, foreign, profiles })
    }
}

/// Which file it is that cannot be read: a variable may have named another one than the person thinks of.
pub(super) fn of_file(path: &std::path::Path, failure: Failure) -> Failure {
    Failure { what: format!("{} cannot be read as a file of profiles.", path.display()), ..failure }
}

/// What was published in the file that Databricks' tools read.
fn published_here(shared: &Shared) -> Vec<Publication> {
    let Some(path) = shared.places.databrickscfg.clone() else { return Vec::new() };
    let path = std::path::absolute(&path).unwrap_or(path);
    shared.publishing.publications.load().into_iter().filter(|publication| publication.file == path).collect()
}

/// What a connection was published as, in the file that Databricks' tools read.
pub(super) fn published_as(shared: &Shared, id: ConnectionId) -> Option<String> {
    published_here(shared).into_iter().find(|publication| publication.connection == id).map(|publication| publication.profile)
}

/// Which connections are published as what; nothing but our own notes is read for it.
pub(super) fn tell_published(shared: &Shared) {
    let published = published_here(shared).into_iter().map(|publication| (publication.connection, publication.profile));
    shared.outbox.send(Event::Published(published.collect()));
}

/// What the profile that a connection would usually be called by stands for, when that is another one or leads elsewhere. A file that cannot be read
/// is told where it is looked at.
pub(super) fn stands_for_another(shared: &Shared, connection: &Connection, profile: &str) -> Option<String> {
    let now = Now::read(shared).ok()?;
    let known = shared.publishing.publications.load();
    let theirs = known.into_iter().find(|it| it.file == now.file.path() && it.profile == profile && it.connection != connection.id);
    let theirs = theirs.filter(|_| now.profiles.profile(profile).is_some());
    let other = theirs.and_then(|theirs| connections(shared).ok()?.into_iter().find(|other| other.id == theirs.connection));
    match (other, now.profiles.leads(profile, &connection.base_url)) {
        (Some(other), _) => Some(format!("\"{}\" was published as it.", other.name.as_str())),
        (None, Leads::Elsewhere(there)) => Some(format!("In your .databrickscfg it leads to {there}.")),
        (None, Leads::There | Leads::Nowhere) => None,
    }
}

fn connections(shared: &Shared) -> Result<Vec<Connection>, Failure> {
    let snapshot = shared.library.load().map_err(|error| error.failure())?;
    Ok(snapshot.entries.into_iter().map(|entry| entry.connection).collect())
}

/// Reads `.databrickscfg`. Also broadcasts what the Databricks CLI has of published profiles, as [`Event::CliTokens`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ListProfiles;

impl Request for ListProfiles {
    type Answer = ProfilesFile;

    const ORDER: Order = Order::Question;

    async fn run(self, context: Context) -> Result<ProfilesFile, Failure> {
        let Context { shared, .. } = context;
        let worker = Arc::clone(&shared);
        let outcome = blocking(move || listed(&worker)).await.unwrap_or_else(Err);
        // The answer does not wait for the keyring.
        tokio::spawn(async move { cli_tokens::tell(&shared).await });
        outcome
    }
}

fn listed(shared: &Shared) -> Result<ProfilesFile, Failure> {
    let Now { file, foreign, profiles } = Now::read(shared)?;
    let (default, auth_storage) = (profiles.default_profile(), profiles.setting("auth_storage"));
    let remarks = profiles.remarks();
    let mut suspects: HashMap<String, Vec<Suspect>> = HashMap::new();
    for suspect in profiles.suspects() {
        suspects.entry(suspect.profile.clone()).or_default().push(suspect);
    }
    let profiles = profiles.profiles();
    let connections = connections(shared)?;
    let known = known::of(shared, file.path(), &profiles, &connections);
    let mut orphans = known::orphans(shared, file.path(), &profiles, &connections);
    let by_name: HashMap<&str, &known::Known> = known.iter().rev().map(|known| (known.profile.as_str(), known)).collect();
    let mut lines: Vec<ProfileLine> = profiles
        .into_iter()
        .map(|profile| ProfileLine {
            is_default: default.as_deref() == Some(profile.name),
            host: profile.get("host").map(without_secrets),
            auth_type: profile.get("auth_type").map(without_secrets),
            secrets: profile.secrets().map(|(key, _)| key.to_owned()).collect(),
            published: by_name.get(profile.name).map(|known| (known.connection, known.drift)),
            suspects: suspects.remove(profile.name).unwrap_or_default(),
            orphan: orphans.remove(profile.name),
            name: profile.name.to_owned(),
        })
        .collect();
    lines.extend(known.iter().filter(|known| known.drift == Drift::Gone).map(|known| ProfileLine {
        name: known.profile.clone(),
        host: None,
        auth_type: None,
        is_default: false,
        secrets: Vec::new(),
        suspects: Vec::new(),
        published: Some((known.connection, Drift::Gone)),
        orphan: None,
    }));
    let in_memory = shared.publishing.kept().as_ref().is_some_and(|kept| kept.path == file.path() && kept.after == foreign.digest());
    Ok(ProfilesFile {
        path: file.path().to_owned(),
        backup: in_memory || file.has_backup(&foreign),
        kept: file.all_lasting(),
        auth_storage,
        target: foreign.target,
        profiles: lines,
        remarks,
        exposed: foreign.exposed,
        twin: foreign.twin,
    })
}

fn no_home() -> Failure {
    Failure::new(
        Code::FileUnreadable,
        "The Databricks configuration file was not found.",
        "This account of the computer has no home folder.",
        "Set HOME, or name the file in DATABRICKS_CONFIG_FILE.",
    )
}
