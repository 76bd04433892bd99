//! The profiles of the file, each with what Brickpass knows of it.

use std::{collections::HashMap, path::PathBuf, sync::Arc};

use super::{
    known::{self, Drift, Orphan},
    now::{Now, connections},
};
use crate::{
    blocking::blocking,
    cli_tokens,
    request::{Context, Order, Request},
    shared::Shared,
};
use brickpass_core::{
    connection::{ConnectionId, without_secrets},
    failure::Failure,
};
use brickpass_interchange::databrickscfg::{Remark, Suspect};

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

/// Reads `.databrickscfg`. Also broadcasts what the Databricks CLI has of published profiles, as [`crate::Event::CliTokens`].
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

pub(super) fn listed(shared: &Shared) -> Result<ProfilesFile, Failure> {
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
