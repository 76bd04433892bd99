//! What a change would be, to be looked at. Nothing is written.

use std::{collections::HashMap, sync::Arc};

use super::{Edit, Event, Now, Plan, Shared, blocking, connections, secrets};
use crate::{
    connection::ConnectionId,
    engine::{RunId, owner::no_such_connection},
    failure::{Code, Failure},
    interchange::databrickscfg::{Profile, ProfileName, published},
};

pub(in crate::engine) fn plan_publish(shared: &Arc<Shared>, run: RunId, id: ConnectionId, profile: String) {
    answer(shared, run, move |shared| {
        let profile = ProfileName::parse(&profile).map_err(unfit)?;
        let connection = connections(shared)?.into_iter().find(|connection| connection.id == id).ok_or_else(no_such_connection)?;
        let edit = Edit::Put { profile, keys: published(&connection, &shared.places.helper) };
        planned(shared, &Now::read(shared)?, edit, Some(id))
    });
}

pub(in crate::engine) fn plan_edit(shared: &Arc<Shared>, run: RunId, edit: Edit) {
    answer(shared, run, move |shared| {
        let now = Now::read(shared)?;
        let (edit, connection) = stood_for(shared, &now, edit)?;
        planned(shared, &now, edit, connection)
    });
}

fn answer(shared: &Arc<Shared>, run: RunId, make: impl FnOnce(&Shared) -> Result<Plan, Failure> + Send + 'static) {
    let shared = Arc::clone(shared);
    tokio::spawn(async move {
        let worker = Arc::clone(&shared);
        let outcome = blocking(move || make(&worker)).await.unwrap_or_else(Err).map(Box::new);
        shared.outbox.send(Event::Planned { run, outcome });
    });
}

fn planned(shared: &Shared, now: &Now, edit: Edit, connection: Option<ConnectionId>) -> Result<Plan, Failure> {
    let diff = shared.publishing.plan(now, &edit)?;
    Ok(Plan { path: now.file.path().to_owned(), edit, digest: now.foreign.digest(), diff, connection })
}

/// Secrets only go from a profile that a connection with the same ones stands for, and a reference to that connection takes their place:
/// otherwise the person would lose them, and their tools the way to sign in. Of several, those that nobody stands for stay as they are.
fn stood_for(shared: &Shared, now: &Now, edit: Edit) -> Result<(Edit, Option<ConnectionId>), Failure> {
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
    for (named, edit) in edits {
        let Edit::RemoveKeys { profile, .. } = edit else {
            goes = true;
            resolved.push((named, edit));
            continue;
        };
        match standing.next().unwrap_or_else(|| Err(no_profile(&profile))) {
            Ok(connection) => {
                goes = true;
                let keys = published(&connection, &shared.places.helper);
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
    Failure::new(Code::InvalidInput, "This cannot be the name of a profile.", why, "Choose another name; nothing was changed.")
}

fn no_profile(name: &str) -> Failure {
    Failure::new(
        Code::InvalidInput,
        format!("There is no profile \"{}\".", name.escape_debug()),
        "It is not in the file any more.",
        "Look at the list of profiles again.",
    )
}
