//! `remove`: a connection, its secrets, the profile that it was published as, and at Databricks the token that it signed in with.

use std::process::ExitCode;

use serde_json::{Value, json};

use super::{
    foreign::clean,
    output::{code_of, note, print_json, say},
    revocation,
    session::Session,
};
use brickpass_core::{
    connection::{Connection, ConnectionId},
    failure::Failure,
};
use brickpass_engine::{Purge, Purged, Remove, TakenOut, Unpublish, revocable_token};

pub(super) fn remove(names: &[String], keep_profile: bool, revoke_token: bool, json: bool) -> Result<ExitCode, Failure> {
    let mut session = Session::open()?;
    let found = names.iter().map(|name| session.find(name)).collect::<Result<Vec<_>, _>>()?;
    let ids: Vec<ConnectionId> = found.iter().map(|entry| entry.connection.id).collect();
    let revoke: Vec<Connection> = found.iter().map(|entry| entry.connection.clone()).filter(|_| revoke_token).collect();
    may_revoke(&session, &revoke)?;
    session.need_vault()?;
    // First: whatever keeps the profile in the file keeps the connection that answers for it, too.
    let taken_out = if keep_profile { TakenOut::default() } else { unpublish(&mut session, &ids)? };
    session.ask(Remove { ids: ids.clone() })?;
    let Purged { revocation, tokens, failure, .. } = session.ask(Purge { ids, revoke })?;
    if let Some(failure) = failure {
        return Err(failure);
    }
    let tokens = Tokens { revoked: tokens.revoked.into_iter().map(|(_, token_id)| token_id).collect(), failure: tokens.failure };
    let removed: Vec<&str> = found.iter().map(|entry| entry.connection.name.as_str()).collect();
    if json {
        let mut object = json!({ "removed": removed, "unpublished": taken_out.profiles, "notes": taken_out.notes });
        revocation::add_to(&mut object, &revocation);
        if revoke_token {
            tokens.add_to(&mut object);
        }
        print_json(&object);
    } else {
        for name in removed {
            say(format_args!("Removed {name}"));
        }
        for profile in &taken_out.profiles {
            note(format_args!("Unpublished the profile {}.", clean(profile)));
        }
        for line in &taken_out.notes {
            note(clean(line));
        }
    }
    let told = revocation::told(&revocation);
    Ok(tokens.told(json).unwrap_or(told))
}

/// What became of the tokens that were to be revoked.
struct Tokens {
    revoked: Vec<String>,
    failure: Option<Failure>,
}

impl Tokens {
    fn add_to(&self, object: &mut Value) {
        let Some(fields) = object.as_object_mut() else { return };
        fields.insert("tokens_revoked".to_owned(), json!(self.revoked));
        if let Some(failure) = &self.failure {
            fields.insert("tokens_not_revoked".to_owned(), json!(failure));
        }
    }

    /// Says what was done and what is left to do; the code to leave with when something is.
    fn told(&self, json: bool) -> Option<ExitCode> {
        for token_id in self.revoked.iter().filter(|_| !json) {
            note(format_args!("Revoked the token {token_id}."));
        }
        let failure = self.failure.as_ref()?;
        note(format_args!("{}\n{}\n{}", failure.what, failure.why, failure.fix));
        if let Some(details) = &failure.details {
            note(format_args!("Details: {details}"));
        }
        Some(code_of(failure))
    }
}

/// Checked before anything is removed, because the information is gone afterwards.
fn may_revoke(session: &Session, going: &[Connection]) -> Result<(), Failure> {
    let goes = |connection: &&Connection| going.iter().any(|one| one.id == connection.id);
    for connection in going {
        let stay = session.snapshot.entries.iter().map(|entry| &entry.connection).filter(|other| !goes(other));
        revocable_token(connection, stay, &session.tokens).map_err(|why| nothing_removed(why.failure(connection)))?;
    }
    Ok(())
}

fn nothing_removed(failure: Failure) -> Failure {
    Failure { fix: format!("{} Nothing was removed. To remove it anyway, omit --revoke-token.", failure.fix), ..failure }
}

fn unpublish(session: &mut Session, ids: &[ConnectionId]) -> Result<TakenOut, Failure> {
    let outcome = session.ask(Unpublish { ids: ids.to_vec() });
    let remembered = outcome.and_then(|mut taken_out| taken_out.not_remembered.take().map_or(Ok(taken_out), Err));
    remembered.map_err(|failure| Failure {
        fix: format!("{} Nothing was removed. To remove the connection anyway, add --keep-profile.", failure.fix),
        ..failure
    })
}
