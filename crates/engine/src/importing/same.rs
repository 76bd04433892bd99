//! Which connection of the list a row of a file is, and what that becomes when the row takes its place.
//!
//! Two connections are the same when address, workspace, level and identity agree: the service principal, the OAuth application, or the token.
//! What one of them does not tell is no difference. An equal name says nothing.

use std::collections::{HashMap, HashSet};

use secrecy::{ExposeSecret as _, SecretString};

use brickpass_core::connection::{AuthMethod, BaseUrl, Connection, ConnectionId, ConnectionName, Reviewed, SecretKind};
use brickpass_interchange::import::FoundConnection;
use brickpass_storage::{Entry, SecretKey, Vault};

/// A connection that a row may take the place of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExistingMatch {
    pub id: ConnectionId,
    pub name: String,
    /// Nothing but the name would be another.
    pub same: bool,
    /// It signs in at the same address with another token (another user's, or one that was rotated), and has the same name, or is the only one
    /// for a row without a name. The row is not there already.
    pub other_token: bool,
}

impl ExistingMatch {
    pub(super) fn same_as(connection: &Connection) -> Self {
        Self { same: true, ..Self::like(connection) }
    }

    fn like(connection: &Connection) -> Self {
        Self { id: connection.id, name: connection.name.as_str().to_owned(), same: false, other_token: false }
    }
}

/// The stored tokens that those of a file are compared with. What cannot be read (a locked vault) is not known.
pub(super) struct Tokens(HashMap<ConnectionId, SecretString>);

impl Tokens {
    /// Those of connections to the addresses that the file brings a token for; without any the vault is not touched.
    pub(super) fn of(vault: &Vault, found: &[FoundConnection], entries: &[Entry]) -> Self {
        let with_token = found.iter().filter(|found| matches!(&found.secret, Some((SecretKind::PersonalAccessToken, _))));
        let origins: HashSet<String> =
            with_token.filter_map(|found| BaseUrl::read(&found.draft.base_url).ok()).map(|pasted| pasted.base_url.origin()).collect();
        let candidates = entries.iter().map(|entry| &entry.connection);
        let candidates: Vec<&Connection> = candidates
            .filter(|connection| connection.auth == AuthMethod::PersonalAccessToken && origins.contains(connection.base_url.as_str()))
            .collect();
        let keys: Vec<SecretKey> = candidates.iter().map(|connection| SecretKey::of(connection, SecretKind::PersonalAccessToken)).collect();
        if keys.is_empty() {
            return Self(HashMap::new());
        }
        let stored = vault.get_all(&keys).unwrap_or_default();
        Self(candidates.iter().zip(stored).filter_map(|(connection, stored)| Some((connection.id, stored.ok()??))).collect())
    }

    /// `None`: one of them has no token, or it is not known.
    fn agree(&self, old: &Connection, new: &Reviewed) -> Option<bool> {
        let (_, secret) = new.secret.as_ref().filter(|(kind, _)| *kind == SecretKind::PersonalAccessToken)?;
        Some(self.0.get(&old.id)?.expose_secret() == secret.expose_secret())
    }
}

/// The same connection: by its ID, else by all that tells one from another, the one of the same name first. An address alone says nothing about
/// the way to sign in: whoever leads there is like it. Else the one of the same name and place with another token.
pub(super) fn twin_of(reviewed: &Reviewed, named: &str, entries: &[Entry], address_alone: bool, tokens: &Tokens) -> Option<ExistingMatch> {
    let new = &reviewed.connection;
    let named_so = |old: &&Connection| old.name.as_str().to_lowercase() == named.to_lowercase();
    let alike =
        || entries.iter().map(|entry| &entry.connection).filter(|old| leads_there(old, new) && identities_agree(old, new, named_so(old)));
    let agree = |old: &&Connection| tokens.agree(old, reviewed);
    let by_id = entries.iter().map(|entry| &entry.connection).find(|old| old.id == new.id);
    let by_address = || entries.iter().map(|entry| &entry.connection).find(|old| address_alone && leads_there(old, new));
    let found = by_id
        .or_else(|| alike().find(|old| agree(old) == Some(true)))
        .or_else(|| alike().find(|old| agree(old).is_none() && named_so(old)))
        .or_else(|| alike().find(|old| agree(old).is_none()))
        .or_else(by_address);
    if let Some(old) = found {
        let nothing_new = reviewed.secret.is_none() || tokens.agree(old, reviewed) == Some(true);
        return Some(ExistingMatch { same: nothing_new && replacement(new.clone(), old) == *old, ..ExistingMatch::like(old) });
    }
    // What the file gives no name to may be meant for the only one there.
    let nameless = named.is_empty() || named == new.base_url.host();
    let the_only_one = || alike().next().filter(|_| nameless && alike().count() == 1);
    let old = alike().find(named_so).or_else(the_only_one)?;
    Some(ExistingMatch { other_token: true, ..ExistingMatch::like(old) })
}

fn leads_there(old: &Connection, new: &Connection) -> bool {
    // An id that one of them does not tell is no difference.
    let ids_agree = old.workspace_id.as_ref().zip(new.workspace_id.as_ref()).is_none_or(|(old, new)| old == new);
    old.base_url == new.base_url && old.level == new.level && ids_agree
}

/// Tokens are compared elsewhere. The users behind two browser sign-ins are unknown, so scopes distinguish them unless the names match.
fn identities_agree(old: &Connection, new: &Connection, same_name: bool) -> bool {
    match (&old.auth, &new.auth) {
        (
            AuthMethod::ServicePrincipal { client_id: old, scopes: of_old },
            AuthMethod::ServicePrincipal { client_id: new, scopes: of_new },
        ) => old.as_str().eq_ignore_ascii_case(new.as_str()) && (of_old == of_new || same_name),
        (AuthMethod::Browser(old), AuthMethod::Browser(new)) => old == new || (same_name && old.client_id() == new.client_id()),
        (old, new) => old == new,
    }
}

/// What `old` becomes when `new` takes its place. The same connection out of our own backup comes back as it was; from elsewhere comes only
/// how it is reached, and what the person arranged stays.
pub(crate) fn replacement(new: Connection, old: &Connection) -> Connection {
    let same_address = old.base_url == new.base_url;
    let address_confirmed = old.address_confirmed && same_address;
    if new.id == old.id {
        let name = if is_made_of(&new.name, &old.name) { old.name.clone() } else { new.name.clone() };
        return Connection { name, address_confirmed, ..new };
    }
    Connection {
        address_confirmed,
        // The id belongs to its address: a new address without one has none.
        workspace_id: new.workspace_id.or_else(|| old.workspace_id.clone().filter(|_| same_address && old.level == new.level)),
        base_url: new.base_url,
        timeout: if new.timeout == brickpass_core::connection::Timeout::DEFAULT { old.timeout } else { new.timeout },
        auth: new.auth,
        level: new.level,
        sign_in_of: None,
        ..old.clone()
    }
}

/// The row was named so only because the one whose place it takes bears its name: `Sales (2)`, `Sales (3)`, `Sales (adb-2)`.
fn is_made_of(name: &ConnectionName, old: &ConnectionName) -> bool {
    fn stem(name: &str) -> Option<&str> {
        Some(name.strip_suffix(')')?.rsplit_once(" (")?.0)
    }
    let new = stem(name.as_str());
    new.is_some() && (new == Some(old.as_str()) || new == stem(old.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bd_17_a_connection_out_of_a_backup_keeps_its_name_and_gets_a_former_one_back() {
        let connection = |name: &str| -> Connection {
            serde_json::from_value(serde_json::json!({
                "id": "8a5e0a4e-1111-4222-8333-944444444444", "name": name, "base_url": "https://adb-1234567890123456.7.azuredatabricks.net",
                "timeout_seconds": 30, "auth": {"type": "pat"}, "level": "workspace", "environment": "dev",
            }))
            .unwrap()
        };
        for (new, old, name) in [
            ("Sales (2)", "Sales", "Sales"),
            ("Sales (3)", "Sales (2)", "Sales (2)"),
            ("Sales (adb-2) (2)", "Sales (adb-2)", "Sales (adb-2)"),
            ("Sales (adb-2)", "Sales", "Sales"),
            ("Sales", "Marketing", "Sales"),
            ("Sales", "Sales", "Sales"),
            ("Sales (2)", "Marketing", "Sales (2)"),
        ] {
            assert_eq!(replacement(connection(new), &connection(old)).name.as_str(), name, "{new} in the place of {old}");
        }
    }
}
