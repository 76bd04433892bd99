//! `remove`: a connection, its secrets, and the profile that it was published as.

use std::process::ExitCode;

use serde_json::json;

use super::{
    farewell,
    output::{note, print_json, say},
    publish::clean,
    session::Session,
};
use crate::{
    connection::ConnectionId,
    engine::{Command, Event, TakenOut},
    failure::Failure,
};

pub(super) fn remove(names: &[String], keep_profile: bool, json: bool) -> Result<ExitCode, Failure> {
    let mut session = Session::open()?;
    let found = names.iter().map(|name| session.find(name)).collect::<Result<Vec<_>, _>>()?;
    let ids: Vec<ConnectionId> = found.iter().map(|entry| entry.connection.id).collect();
    session.need_vault()?;
    // First: whatever keeps the profile in the file keeps the connection that answers for it, too.
    let taken_out = if keep_profile { TakenOut::default() } else { unpublish(&mut session, &ids)? };
    session.send(Command::Remove { ids: ids.clone() });
    session.wait(|event| matches!(event, Event::Removed { .. }).then_some(Ok(())))?;
    session.send(Command::Purge { ids });
    let farewell = session.wait(|event| match event {
        Event::Purged { farewell, .. } => Some(Ok(farewell)),
        Event::PurgeFailed { failure } => Some(Err(failure)),
        _ => None,
    })?;
    let removed: Vec<&str> = found.iter().map(|entry| entry.connection.name.as_str()).collect();
    if json {
        let mut object = json!({ "removed": removed, "unpublished": taken_out.profiles, "notes": taken_out.notes });
        farewell::add_to(&mut object, &farewell);
        print_json(&object);
        return Ok(farewell::told(&farewell));
    }
    for name in removed {
        say(format_args!("Removed {name}"));
    }
    for profile in &taken_out.profiles {
        note(format_args!("Unpublished the profile {}.", clean(profile)));
    }
    for line in &taken_out.notes {
        note(clean(line));
    }
    Ok(farewell::told(&farewell))
}

fn unpublish(session: &mut Session, ids: &[ConnectionId]) -> Result<TakenOut, Failure> {
    session.send(Command::Unpublish { ids: ids.to_vec() });
    let outcome = session.wait(|event| if let Event::Unpublished { outcome, .. } = event { Some(outcome) } else { None });
    outcome.map_err(|failure| Failure {
        fix: format!("{} Nothing was removed; to remove the connection all the same, add --keep-profile.", failure.fix),
        ..failure
    })
}
