//! What a change would be, to be looked at. Nothing is written.

use std::{
    collections::HashMap,
    path::{Path, PathBuf},
};

use super::{
    helper_place,
    now::{Now, connections},
    replaced::{self, Replaced},
    secrets, unpublish,
};
use crate::{
    blocking::blocking,
    owner::no_such_connection,
    request::{Context, Order, Request},
    shared::Shared,
};
use brickpass_core::{
    connection::{AuthKind, AuthMethod, Connection, ConnectionId, quoted},
    failure::{Code, Failure},
};
use brickpass_interchange::databrickscfg::{DiffLine, Edit, Profile, ProfileName, published};
use brickpass_storage::{is_null_device, null_device};

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
    /// Profiles from other sources that it would replace.
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

/// Asks what publishing this connection would change in `.databrickscfg`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlanPublish {
    pub id: ConnectionId,
    pub profile: String,
}

impl Request for PlanPublish {
    type Answer = Plan;

    const ORDER: Order = Order::Question;

    async fn run(self, context: Context) -> Result<Plan, Failure> {
        blocking(move || to_publish(&context.shared, self.id, &self.profile)).await?
    }
}

fn to_publish(shared: &Shared, id: ConnectionId, profile: &str) -> Result<Plan, Failure> {
    let profile = ProfileName::parse(profile).map_err(unfit)?;
    let connection = connections(shared)?.into_iter().find(|connection| connection.id == id).ok_or_else(no_such_connection)?;
    let now = Now::read(shared)?;
    let mut notes = Vec::new();
    let keys = keys_for(shared, now.profiles.profile(profile.as_str()).as_ref(), &connection, &mut notes);
    planned(shared, &now, Edit::Put { profile, keys }, Some(id), notes)
}

/// What is published; a limit to the sign-in that stands there already is heeded.
fn keys_for(shared: &Shared, stood: Option<&Profile<'_>>, connection: &Connection, notes: &mut Vec<String>) -> Vec<(&'static str, String)> {
    let mut keys = published(connection, &shared.places.helper);
    let Some(stood) = stood else { return keys };
    let scopes = stood.get("scopes").map(str::to_owned);
    if let Some(scopes) = scopes.filter(|_| keys.iter().all(|(key, _)| *key != "scopes")) {
        if connection.auth.kind() == AuthKind::PersonalAccessToken {
            // No tool compares it with such a token.
            keys.push(("scopes", scopes));
        } else {
            notes.push(format!(
                "The profile {} limits its sign-in to {}; the sign-in of \"{}\" is {}.",
                stood.name.escape_debug(),
                quoted(&scopes),
                connection.name.as_str(),
                match &connection.auth {
                    AuthMethod::Browser(app) => format!("for {}", app.scopes().spelled()),
                    auth => auth.own_scopes().map_or("not limited".to_owned(), |scopes| format!("for {}", scopes.spelled())),
                }
            ));
        }
    }
    keys
}

/// Asks what another edit of the file would change: secrets that move out of it, another default profile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlanEdit {
    pub edit: Edit,
}

impl Request for PlanEdit {
    type Answer = Plan;

    const ORDER: Order = Order::Question;

    async fn run(self, context: Context) -> Result<Plan, Failure> {
        blocking(move || of(&context.shared, &Now::read(&context.shared)?, self.edit)).await?
    }
}

pub(super) fn of(shared: &Shared, now: &Now, edit: Edit) -> Result<Plan, Failure> {
    let mut notes = Vec::new();
    let (edit, connection) = stood_for(shared, now, edit, &mut notes)?;
    let edit = with_former(shared, now, edit, &mut notes)?;
    planned(shared, now, edit, connection, notes)
}

/// What is taken back is taken back as it was put there.
fn with_former(shared: &Shared, now: &Now, edit: Edit, notes: &mut Vec<String>) -> Result<Edit, Failure> {
    Ok(match edit {
        Edit::Remove { profile, former: None } => {
            let former = unpublish::former(shared, now, &profile, notes)?;
            Edit::Remove { profile, former: Some(former) }
        }
        Edit::Several(edits) => {
            let each = edits.into_iter().map(|(id, edit)| Ok((id, with_former(shared, now, edit, notes)?)));
            Edit::Several(each.collect::<Result<_, Failure>>()?)
        }
        other => other,
    })
}

fn planned(shared: &Shared, now: &Now, edit: Edit, connection: Option<ConnectionId>, mut notes: Vec<String>) -> Result<Plan, Failure> {
    let path = now.file.path().to_owned();
    if edit.published() > 0 {
        if is_null_device(&path) {
            return Err(null_device(&path));
        }
        if let Some(twice) = now.profiles.duplicate() {
            return Err(stands_twice(&path, &twice.words));
        }
        notes.extend(helper_place::judge(Path::new(&shared.places.helper))?);
    }
    let diff = shared.publishing.plan(now.foreign.digest(), &now.profiles, &edit)?;
    let replaces = replaced::by(shared, &path, &now.profiles, &edit, connection)?;
    Ok(Plan { edit, digest: now.foreign.digest(), diff, connection, replaces, agreed: false, notes, path })
}

fn stands_twice(path: &Path, what: &str) -> Failure {
    Failure::new(
        Code::FileUnreadable,
        format!("Publishing to {} is not possible.", path.display()),
        format!("{what}. The Python SDK rejects the whole file for that, so none of its profiles works."),
        "Nothing was changed. Delete one of them in an editor, then publish again.",
    )
}

/// Secrets only go from a profile that a connection with the same ones stands for, and a reference to that connection takes their place:
/// otherwise the person would lose them, and their tools the way to sign in. Of several, those that nobody stands for stay as they are.
fn stood_for(shared: &Shared, now: &Now, edit: Edit, notes: &mut Vec<String>) -> Result<(Edit, Option<ConnectionId>), Failure> {
    let alone = !matches!(edit, Edit::Several(_));
    let edits = if let Edit::Several(edits) = edit { edits } else { vec![(None, edit)] };
    let by_name: HashMap<&str, Profile<'_>> = match edits.as_slice() {
        [(_, Edit::RemoveKeys { profile, .. })] => now.profiles.profile(profile).into_iter().map(|found| (found.name, found)).collect(),
        edits if edits.iter().any(|(_, edit)| removes(edit)) => {
            now.profiles.profiles().into_iter().map(|profile| (profile.name, profile)).collect()
        }
        _ => HashMap::new(),
    };
    let mut asked = Vec::new();
    for (named, edit) in &edits {
        if let Edit::RemoveKeys { profile, .. } = edit {
            asked.push((*named, by_name.get(profile.as_str()).ok_or_else(|| no_profile(profile))?));
        }
    }
    let mut standing = if asked.is_empty() { Vec::new() } else { secrets::standing_for(shared, &asked)? }.into_iter();
    let (mut resolved, mut refused, mut goes) = (Vec::with_capacity(edits.len()), None, false);
    for (named, edit) in edits.iter().cloned() {
        let Edit::RemoveKeys { profile, .. } = edit else {
            goes = true;
            resolved.push((named, edit));
            continue;
        };
        match standing.next().unwrap_or_else(|| Err(no_profile(&profile))) {
            Ok(connection) => {
                goes = true;
                let keys = keys_for(shared, by_name.get(profile.as_str()), &connection, notes);
                resolved.push((Some(connection.id), Edit::Put { profile: ProfileName::parse(&profile).map_err(unfit)?, keys }));
            }
            Err(failure) if failure.code != Code::NoSecret => return Err(failure),
            Err(failure) => {
                refused.get_or_insert(failure);
                resolved.push((None, Edit::RemoveKeys { profile, keys: Vec::new() }));
            }
        }
    }
    if let Some(failure) = refused.filter(|_| !goes) {
        return Err(failure);
    }
    match resolved.pop() {
        Some((connection, edit)) if alone => Ok((edit, connection)),
        last => Ok((Edit::Several(resolved.into_iter().chain(last).collect()), None)),
    }
}

fn removes(edit: &Edit) -> bool {
    matches!(edit, Edit::RemoveKeys { .. })
}

fn unfit(why: String) -> Failure {
    Failure::new(Code::InvalidInput, "This is not a valid profile name.", why, "Nothing was changed. Choose a different name.")
}

fn no_profile(name: &str) -> Failure {
    Failure::new(
        Code::InvalidInput,
        format!("Profile \"{}\" does not exist.", name.escape_debug()),
        "It is no longer in the file.",
        "Check the list of profiles.",
    )
}
