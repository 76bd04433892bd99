//! What a change would be, to be looked at. Nothing is written.

use std::sync::Arc;

use super::{Edit, Event, Now, Plan, Shared, blocking, connections, secrets};
use crate::{
    connection::ConnectionId,
    engine::{RunId, owner::no_such_connection},
    failure::{Code, Failure},
    interchange::databrickscfg::{ProfileName, published},
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
/// otherwise the person would lose them, and their tools the way to sign in.
fn stood_for(shared: &Shared, now: &Now, edit: Edit) -> Result<(Edit, Option<ConnectionId>), Failure> {
    match edit {
        Edit::RemoveKeys { profile, .. } => {
            let name = ProfileName::parse(&profile).map_err(unfit)?;
            let found = now.profiles.profile(&profile).ok_or_else(|| no_profile(&profile))?;
            let connection = secrets::standing_for(shared, &found)?;
            Ok((Edit::Put { profile: name, keys: published(&connection, &shared.places.helper) }, Some(connection.id)))
        }
        Edit::Several(edits) => {
            let each = edits.into_iter().map(|(connection, edit)| {
                let (edit, found) = stood_for(shared, now, edit)?;
                Ok((connection.or(found), edit))
            });
            Ok((Edit::Several(each.collect::<Result<_, Failure>>()?), None))
        }
        other => Ok((other, None)),
    }
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
