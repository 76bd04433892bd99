//! Secrets in the file that the vault holds, too.

use std::collections::{HashMap, HashSet};

use secrecy::ExposeSecret as _;
use sha2::{Digest as _, Sha256};

use super::{now::connections, replaced};
use crate::shared::Shared;
use brickpass_core::{
    connection::{BaseUrl, Connection, ConnectionId, SecretKind},
    failure::{Code, Failure},
};
use brickpass_interchange::databrickscfg::{File, Profile, ProfileName, Value};
use brickpass_storage::{SecretId, SecretKey};

/// What the vault calls it.
fn kind(key: &str) -> Option<SecretKind> {
    match key.to_lowercase().as_str() {
        "token" => Some(SecretKind::PersonalAccessToken),
        "client_secret" => Some(SecretKind::ClientSecret),
        _ => None,
    }
}

/// Which secrets the vault holds for whom, by digest, as one reading of it found them.
struct Held {
    owners: HashMap<(SecretKind, [u8; 32]), HashSet<ConnectionId>>,
    /// Of an entry that could not be read.
    unread: Option<Failure>,
}

impl Held {
    /// # Errors
    /// The vault does not open.
    fn read<'a>(shared: &Shared, owners: impl IntoIterator<Item = &'a Connection>, kinds: &HashSet<SecretKind>) -> Result<Self, Failure> {
        let each = owners.into_iter().flat_map(|owner| kinds.iter().map(|kind| SecretKey::of(owner, *kind)));
        let keys: Vec<SecretKey> = each.collect();
        let mut held = Self { owners: HashMap::new(), unread: None };
        let found = shared.vault().get_all(&keys).map_err(|error| error.failure())?;
        for (key, stored) in keys.into_iter().zip(found) {
            match stored {
                Ok(Some(secret)) => {
                    let SecretId { connection, kind } = key.id();
                    held.owners.entry((kind, digest(secret.expose_secret()))).or_default().insert(connection);
                }
                Ok(None) => {}
                Err(error) => held.unread = Some(error.failure()),
            }
        }
        Ok(held)
    }

    fn owners(&self, key: &str, secret: Value<'_>) -> Option<&HashSet<ConnectionId>> {
        self.owners.get(&(kind(key)?, digest(secret.expose_secret())))
    }
}

fn digest(secret: &str) -> [u8; 32] {
    Sha256::digest(secret).into()
}

/// For each profile the connection to the same place whose stored secrets are all those of the profile: the one that is named beside it, if
/// that is such a one. The vault is read once for all.
///
/// # Errors
/// The vault does not open; inside: there is none.
pub(super) fn standing_for(
    shared: &Shared,
    profiles: &[(Option<ConnectionId>, &Profile<'_>)],
) -> Result<Vec<Result<Connection, Failure>>, Failure> {
    let all = connections(shared)?;
    let mut at: HashMap<String, Vec<&Connection>> = HashMap::new();
    for connection in &all {
        at.entry(connection.base_url.origin()).or_default().push(connection);
    }
    let candidates = |profile: &Profile<'_>| {
        let host = profile.get("host").and_then(|host| BaseUrl::read(host).ok()).map(|pasted| pasted.base_url.origin());
        host.and_then(|host| at.get(&host)).map(Vec::as_slice).unwrap_or_default()
    };
    let owners = profiles.iter().flat_map(|(_, profile)| candidates(profile)).map(|connection| connection.owner_among(&all).id);
    let kinds = profiles.iter().flat_map(|(_, profile)| profile.secrets()).filter_map(|(key, _)| kind(key));
    let owners: HashSet<ConnectionId> = owners.collect();
    let held = Held::read(shared, all.iter().filter(|connection| owners.contains(&connection.id)), &kinds.collect())?;
    let stands = |profile: &Profile<'_>, connection: &Connection| {
        let owner = connection.owner_among(&all).id;
        profile.secrets().next().is_some()
            && profile.secrets().all(|(key, secret)| held.owners(key, secret).is_some_and(|owners| owners.contains(&owner)))
    };
    let one = |(named, profile): &(Option<ConnectionId>, &Profile<'_>)| {
        let candidates = candidates(profile);
        let called = |connection: &Connection| {
            connection.name.as_str() == profile.name || ProfileName::of(&connection.name).as_str() == profile.name
        };
        let first = candidates.iter().filter(|connection| Some(connection.id) == *named);
        let second = candidates.iter().filter(|connection| called(connection));
        let fits = |connection: &&&Connection| stands(profile, connection) && !replaced::is_another(profile, connection);
        let found = first.chain(second).chain(candidates).find(fits);
        found.map(|connection| Connection::clone(connection)).ok_or_else(|| held.unread.clone().unwrap_or_else(|| nobody(profile)))
    };
    Ok(profiles.iter().map(one).collect())
}

fn nobody(profile: &Profile<'_>) -> Failure {
    Failure::new(
        Code::NoSecret,
        format!("The secrets of \"{}\" stay in the file.", profile.name.escape_debug()),
        "No connection to the same workspace has the same secrets, so they would be lost.",
        "Import the profile first, then remove its secrets from the file.",
    )
}

/// Whether a change takes secrets off the disk, each of which the vault holds: then no backup may keep them there. A secret that nobody else
/// holds is kept, since it could not be had again. `likely` are those who are asked first.
pub(super) fn move_away(shared: &Shared, before: &File, after: &File, likely: &HashSet<ConnectionId>) -> bool {
    let still: Vec<_> = after.secrets().collect();
    let still: HashSet<&str> = still.iter().map(|(_, secret)| secret.expose_secret()).collect();
    let mut gone: Vec<_> = before.secrets().collect();
    gone.retain(|(_, secret)| !still.contains(secret.expose_secret()));
    if gone.is_empty() {
        return false;
    }
    held_by_nobody(shared, gone, likely).is_some_and(|unheld| unheld.is_empty())
}

/// Those of these secrets that the vault holds for no connection; `likely` are asked first. `None`: the vault does not open.
pub(super) fn held_by_nobody<'a>(
    shared: &Shared,
    mut secrets: Vec<(&'a str, Value<'a>)>,
    likely: &HashSet<ConnectionId>,
) -> Option<Vec<(&'a str, Value<'a>)>> {
    if secrets.is_empty() {
        return Some(secrets);
    }
    let connections = connections(shared).ok()?;
    let kinds: HashSet<SecretKind> = secrets.iter().filter_map(|(key, _)| kind(key)).collect();
    let (first, rest): (Vec<_>, Vec<_>) = connections.iter().partition(|connection| likely.contains(&connection.id));
    for owners in [first, rest] {
        let held = Held::read(shared, owners, &kinds).ok()?;
        secrets.retain(|(key, secret)| held.owners(key, *secret).is_none());
        if secrets.is_empty() {
            break;
        }
    }
    Some(secrets)
}
