//! Secrets in the file that the vault holds, too.

use std::collections::HashSet;

use secrecy::ExposeSecret as _;
use subtle::ConstantTimeEq as _;

use super::{Shared, connections};
use crate::{
    connection::{BaseUrl, Connection, SecretKind},
    failure::{Code, Failure},
    interchange::databrickscfg::{File, Profile, Value},
    storage::SecretKey,
};

/// What the vault calls it.
fn kind(key: &str) -> Option<SecretKind> {
    match key {
        "token" => Some(SecretKind::PersonalAccessToken),
        "client_secret" => Some(SecretKind::ClientSecret),
        _ => None,
    }
}

/// The connection to the same place whose stored secrets are all those of the profile.
///
/// # Errors
/// There is none; the vault does not open.
pub(super) fn standing_for(shared: &Shared, profile: &Profile<'_>) -> Result<Connection, Failure> {
    let host = profile.get("host").and_then(|host| BaseUrl::read(host).ok()).map(|pasted| pasted.base_url.origin());
    let all = connections(shared)?;
    for connection in all.iter().filter(|connection| Some(connection.base_url.origin()) == host) {
        let mut all_here = profile.secrets().next().is_some();
        for (key, secret) in profile.secrets() {
            all_here &= holds(shared, connection.owner_among(&all), key, secret)?;
        }
        if all_here {
            return Ok(connection.clone());
        }
    }
    Err(Failure::new(
        Code::NoSecret,
        format!("The secrets of \"{}\" stay in the file.", profile.name.escape_debug()),
        "No connection to the same workspace holds the same ones, so they would be lost.",
        "Import the profile first; then its secrets can go from the file.",
    ))
}

fn holds(shared: &Shared, connection: &Connection, key: &str, secret: Value<'_>) -> Result<bool, Failure> {
    let Some(kind) = kind(key) else { return Ok(false) };
    let stored = shared.vault().get(SecretKey { connection: connection.id, kind }).map_err(|error| error.failure())?;
    Ok(stored.is_some_and(|stored| bool::from(stored.expose_secret().as_bytes().ct_eq(secret.expose_secret().as_bytes()))))
}

/// Whether a change takes secrets off the disk, each of which the vault holds: then no backup may keep them there. A secret that nobody else
/// holds is kept, since it could not be had again.
pub(super) fn move_away(shared: &Shared, before: &File, after: &File) -> bool {
    let still: Vec<_> = after.secrets().collect();
    let still: HashSet<&str> = still.iter().map(|(_, secret)| secret.expose_secret()).collect();
    let mut gone: Vec<_> = before.secrets().collect();
    gone.retain(|(_, secret)| !still.contains(secret.expose_secret()));
    if gone.is_empty() {
        return false;
    }
    let Ok(connections) = connections(shared) else { return false };
    gone.into_iter().all(|(key, secret)| connections.iter().any(|connection| holds(shared, connection, key, secret).unwrap_or_default()))
}
