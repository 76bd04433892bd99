//! A change that was agreed to, and the way back. In the queue of what writes.

use std::{
    collections::{HashMap, HashSet},
    path::Path,
    sync::Arc,
};

use secrecy::ExposeSecret as _;

use super::{
    known,
    list::{ProfilesFile, listed},
    now::{self, Now, connections},
    plan::Plan,
    replaced::Replaced,
    secrets,
    state::Kept,
};
use crate::{
    activity::Done,
    blocking::blocking,
    request::{Context, Order, Request},
    shared::Shared,
};
use brickpass_core::{
    connection::{Connection, ConnectionId},
    failure::{Code, Failure, Remedy},
};
use brickpass_interchange::databrickscfg::{Comparison, Edit, File, Profile};
use brickpass_storage::{AuditAction, ExternalFile, KeepBackup, Publication, foreign_digest};

/// What becomes known by an edit.
enum Learnt<'a> {
    Published(ConnectionId, &'a str),
    Removed(&'a str),
    BecameDefault(&'a str),
}

/// Does what was planned, if the file is still as it was; a failure of code `Conflict`: it was changed meanwhile, nothing was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApplyPlan {
    pub plan: Plan,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Applied {
    /// As it is after the change.
    pub file: ProfilesFile,
    /// Why Brickpass cannot remember what it has published. The file was changed.
    pub not_remembered: Option<Failure>,
}

impl Request for ApplyPlan {
    type Answer = Applied;

    const ORDER: Order = Order::Write;

    async fn run(self, context: Context) -> Result<Applied, Failure> {
        let worker = Arc::clone(&context.shared);
        let outcome = blocking(move || {
            let done = done(&worker, &self.plan);
            now::tell_published(&worker);
            done.and_then(|not_remembered| Ok(Applied { file: listed(&worker)?, not_remembered }))
        });
        let outcome = outcome.await?;
        if outcome.is_ok() {
            context.shared.outbox.wake_cli_tokens();
        }
        outcome
    }
}

/// The change itself, recorded; why it cannot be remembered, if it cannot.
pub(super) fn done(shared: &Shared, plan: &Plan) -> Result<Option<Failure>, Failure> {
    let mut learnt = Vec::new();
    learn(&plan.edit, plan.connection, &mut learnt);
    let removed: Vec<(ConnectionId, String)> = learnt.iter().filter_map(|one| publisher(shared, plan, one)).collect();
    let done = write(shared, plan, &learnt);
    let published = learnt.iter().filter_map(|one| match one {
        Learnt::Published(id, profile) => Some(Done::new(*id, AuditAction::Published).with(Some((*profile).to_owned()))),
        Learnt::Removed(_) | Learnt::BecameDefault(_) => None,
    });
    let unpublished = removed.into_iter().map(|(id, profile)| Done::new(id, AuditAction::Unpublished).with(Some(profile)));
    shared.outbox.record(published.chain(unpublished).map(|entry| entry.ended(&done)).collect());
    done
}

fn learn<'a>(edit: &'a Edit, connection: Option<ConnectionId>, learnt: &mut Vec<Learnt<'a>>) {
    match edit {
        Edit::Put { profile, .. } => learnt.extend(connection.map(|id| Learnt::Published(id, profile.as_str()))),
        Edit::Remove { profile, .. } => learnt.push(Learnt::Removed(profile)),
        Edit::Default { profile } => learnt.push(Learnt::BecameDefault(profile)),
        Edit::Several(edits) => edits.iter().for_each(|(connection, edit)| learn(edit, *connection, learnt)),
        Edit::RemoveKeys { .. } => {}
    }
}

impl<'a> Learnt<'a> {
    fn profile(&self) -> &'a str {
        match self {
            Self::Published(_, profile) | Self::Removed(profile) | Self::BecameDefault(profile) => profile,
        }
    }
}

/// Whose section goes.
fn publisher(shared: &Shared, plan: &Plan, learnt: &Learnt<'_>) -> Option<(ConnectionId, String)> {
    let Learnt::Removed(profile) = learnt else { return None };
    let known = shared.publishing.publications.load();
    let found = known.into_iter().find(|known| known.file == plan.path && known.profile == *profile)?;
    Some((found.connection, found.profile))
}

/// Writes the change and records it. A publication is recorded before the file is written, so an interrupted publish leaves a record without a
/// section, never a section without a record. A removal is recorded after the file is written.
fn write(shared: &Shared, plan: &Plan, learnt: &[Learnt<'_>]) -> Result<Option<Failure>, Failure> {
    if !plan.replaces.is_empty() && !plan.agreed {
        return Err(Replaced::refusal(&plan.replaces));
    }
    let now = Now::read(shared)?;
    if plan.path != now.file.path() || plan.digest != now.foreign.digest() {
        return Err(Failure::new(
            Code::Conflict,
            format!("{} was changed by another program in the meantime.", now.file.path().display()),
            "The changes that were shown no longer match the file.",
            "Nothing was changed. Review the changes again.",
        )
        .with_remedy(Remedy::Reload));
    }
    let after = shared.publishing.after(now.foreign.digest(), &now.profiles, &plan.edit)?;
    let Now { file, foreign, profiles: before } = now;
    // What is written has to be readable again, whatever it is made of.
    File::fits(after.text().expose_secret().as_bytes())?;
    let likely = learnt.iter().filter_map(|one| if let Learnt::Published(id, _) = one { Some(*id) } else { None });
    let moves = secrets::move_away(shared, &before, &after, &likely.collect());
    let loses = plan.replaces.iter().any(|replaced| !replaced.only_copies.is_empty());
    let keep = match (moves, loses) {
        (_, true) => KeepBackup::Lasting,
        (true, false) => KeepBackup::No,
        (false, false) => KeepBackup::Yes,
    };
    let digest = foreign_digest(after.text().expose_secret().as_bytes());
    let after = shared.publishing.is_apart(digest, after);
    let bytes = after.text().expose_secret().as_bytes();
    let connections = connections(shared)?;
    let known: HashMap<String, Publication> =
        shared.publishing.publications().into_iter().filter(|it| it.file == plan.path).map(|it| (it.profile.clone(), it)).collect();
    let change = Change { path: &plan.path, before: &before, after: &after, learnt, known: &known };
    let publications = &shared.publishing.publications;
    let mut noted: Result<Vec<Publication>, Failure> = Ok(Vec::new());
    let replaced = file.replace_noting(plan.digest, bytes, keep, |backup| {
        let published = change.published(shared, &connections, backup.filter(|_| keep == KeepBackup::Lasting));
        if !published.is_empty() {
            noted = publications.settle(&plan.path, &published, &[]).map(|()| published);
        }
    });
    if let Err(failure) = replaced {
        let names: Vec<String> = noted.unwrap_or_default().into_iter().map(|now| now.profile).collect();
        let former: Vec<Publication> = names.iter().filter_map(|name| known.get(name).cloned()).collect();
        if !names.is_empty() {
            let _ = publications.settle(&plan.path, &former, &names.iter().map(String::as_str).collect::<Vec<_>>());
        }
        return Err(failure);
    }
    *shared.publishing.kept() = (keep == KeepBackup::No).then(|| Kept { path: plan.path.clone(), after: digest, before: foreign.bytes });
    let removed: Vec<&str> =
        learnt.iter().filter_map(|one| if let Learnt::Removed(profile) = one { Some(*profile) } else { None }).collect();
    for profile in &removed {
        if let Some(backup) = known.get(*profile).and_then(|known| known.backup.as_deref()) {
            let_go(&file, &after, profile, backup);
        }
    }
    let forgotten = if removed.is_empty() { Ok(()) } else { publications.settle(&plan.path, &[], &removed) };
    // The file is as it was meant to be; only later changes of it will not be noticed.
    Ok(noted.map(drop).and(forgotten).err().map(|failure| not_remembered(&plan.path, failure)))
}

/// A change of the file, and what was known of its profiles before.
struct Change<'a> {
    path: &'a Path,
    before: &'a File,
    after: &'a File,
    learnt: &'a [Learnt<'a>],
    known: &'a HashMap<String, Publication>,
}

impl Change<'_> {
    /// What is to be remembered of each profile that is published by it. `lasting`: the state before is kept here for good.
    fn published(&self, shared: &Shared, connections: &[Connection], lasting: Option<&Path>) -> Vec<Publication> {
        let connections: HashMap<ConnectionId, &Connection> = connections.iter().map(|connection| (connection.id, connection)).collect();
        // One is found without making the others.
        let profiles: HashMap<&str, Profile<'_>> = match self.learnt {
            [] => return Vec::new(),
            [Learnt::Published(_, one)] => self.after.profile(one).into_iter().map(|profile| (*one, profile)).collect(),
            _ => self.after.profiles().into_iter().map(|profile| (profile.name, profile)).collect(),
        };
        let names: HashSet<&str> = self.learnt.iter().map(Learnt::profile).collect();
        let comparison = Comparison::of(self.before, self.after, |name| names.contains(name));
        let mut published = Vec::new();
        let mut now_published = HashSet::new();
        for one in self.learnt {
            match one {
                Learnt::Published(id, profile) => {
                    let Some((connection, found)) = connections.get(id).zip(profiles.get(profile)) else { continue };
                    let earlier = self.known.get(*profile);
                    let former = comparison.former(profile, earlier.and_then(known::former).as_ref());
                    let backup = lasting.map(Path::to_owned).filter(|_| former.held_secrets()).or_else(|| earlier?.backup.clone());
                    let now = known::publication(shared, self.path, found, connection);
                    now_published.insert(*profile);
                    // It was published before, and what stood there first is forgotten.
                    let forgotten = earlier.is_none() && self.before.profile(profile).is_some_and(|it| known::names_us(shared, &it));
                    let before = if forgotten { None } else { serde_json::to_value(&former).ok() };
                    published.push(Publication { before, backup, ..now });
                }
                Learnt::BecameDefault(profile) if !now_published.contains(profile) => {
                    let Some(known) = self.known.get(*profile) else { continue };
                    let former = known::former(known).map(|earlier| comparison.with_default(profile, &earlier));
                    let before = former.and_then(|former| serde_json::to_value(&former).ok()).or_else(|| known.before.clone());
                    published.push(Publication { before, ..known.clone() });
                }
                Learnt::Removed(_) | Learnt::BecameDefault(_) => {}
            }
        }
        published
    }
}

/// The file as it was before is not needed any more once all its secrets of this profile stand in the file again.
fn let_go(file: &ExternalFile, after: &File, profile: &str, backup: &Path) {
    let Some(before) = file.lasting(backup).and_then(|bytes| File::read(&bytes).ok()) else { return };
    let now: HashSet<&str> = after.secrets().map(|(_, secret)| secret.in_file()).collect();
    let all_back = before.profile(profile).is_some_and(|before| before.secrets().all(|(_, secret)| now.contains(secret.expose_secret())));
    if all_back {
        file.let_go(backup);
    }
}

fn not_remembered(path: &Path, failure: Failure) -> Failure {
    Failure {
        what: format!("{} was changed as shown, but Brickpass could not record it.", path.display()),
        why: format!("{} {}", failure.what, failure.why),
        fix: "Free some space or check the folder's permissions, then publish again. Until then Brickpass does not notice changes in the file.".to_owned(),
        ..failure
    }
}

/// Goes back to the bytes before the last change of ours, and forgets what was published by that.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RestoreProfiles;

impl Request for RestoreProfiles {
    type Answer = ProfilesFile;

    const ORDER: Order = Order::Write;

    async fn run(self, context: Context) -> Result<ProfilesFile, Failure> {
        blocking(move || restored(&context.shared).and_then(|()| listed(&context.shared))).await?
    }
}

fn restored(shared: &Shared) -> Result<(), Failure> {
    let Now { file, foreign, .. } = Now::read(shared)?;
    let kept = shared.publishing.kept().take_if(|kept| kept.path == file.path() && kept.after == foreign.digest());
    match kept {
        Some(kept) => {
            let put_back = file.replace(kept.after, &kept.before, KeepBackup::No);
            if put_back.is_err() {
                *shared.publishing.kept() = Some(kept);
            }
            put_back?;
        }
        None => file.restore()?,
    }
    let now = Now::read(shared)?;
    let profiles = now.profiles.profiles();
    let profiles: HashMap<&str, &Profile<'_>> = profiles.iter().map(|profile| (profile.name, profile)).collect();
    let known = shared.publishing.publications.load();
    let same = |known: &Publication| profiles.get(known.profile.as_str()).is_some_and(|profile| known::section(profile) == known.section);
    let gone = known.iter().filter(|known| known.file == now.file.path() && !same(known)).map(|known| known.profile.as_str());
    let forgotten = shared.publishing.publications.settle(now.file.path(), &[], &gone.collect::<Vec<_>>());
    now::tell_published(shared);
    forgotten
}

/// The current content of this section counts as what was published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeepProfile {
    pub profile: String,
}

impl Request for KeepProfile {
    type Answer = ProfilesFile;

    const ORDER: Order = Order::Write;

    async fn run(self, context: Context) -> Result<ProfilesFile, Failure> {
        blocking(move || settled(&context.shared, |path, now| keep(&context.shared, path, now, &self.profile))).await?
    }
}

fn keep(shared: &Shared, path: &Path, now: &File, profile: &str) -> Result<(), Failure> {
    let known = shared.publishing.publications.load();
    let Some(known) = known.into_iter().find(|known| known.file == path && known.profile == profile) else { return Ok(()) };
    let connections = connections(shared)?;
    match connections.iter().find(|connection| connection.id == known.connection) {
        Some(connection) => known::record(shared, now, known, connection),
        None => shared.publishing.publications.forget(path, profile),
    }
}

/// The section stays as it is and is no longer compared with a connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ForgetProfile {
    pub profile: String,
}

impl Request for ForgetProfile {
    type Answer = ProfilesFile;

    const ORDER: Order = Order::Write;

    async fn run(self, context: Context) -> Result<ProfilesFile, Failure> {
        blocking(move || settled(&context.shared, |path, _| context.shared.publishing.publications.forget(path, &self.profile))).await?
    }
}

fn settled(shared: &Shared, change: impl FnOnce(&Path, &File) -> Result<(), Failure>) -> Result<ProfilesFile, Failure> {
    let now = Now::read(shared)?;
    change(now.file.path(), &now.profiles)?;
    now::tell_published(shared);
    listed(shared)
}
