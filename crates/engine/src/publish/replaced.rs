//! What publishing would take from somebody: a profile that leads elsewhere, signs in as somebody else, or holds the only copy of a secret.

use std::collections::{HashMap, HashSet};

use secrecy::ExposeSecret as _;

use super::{known, now::connections, secrets};
use crate::shared::Shared;
use brickpass_core::{
    connection::{AuthMethod, BaseUrl, Connection, ConnectionId, Level, quoted, without_secrets},
    failure::{Code, Failure},
};
use brickpass_interchange::databrickscfg::{Edit, File, Leads, Places, Profile, Value, decides, is_secret};
use brickpass_storage::Publication;

/// A profile whose owner has to agree before it is published over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Replaced {
    pub profile: String,
    /// Where its tools go now.
    pub leads: Option<String>,
    /// As whom they sign in now.
    pub signs_in: Option<String>,
    /// Keys whose secrets are stored nowhere else.
    pub only_copies: Vec<String>,
    /// The vault could not be asked whether it holds them.
    pub vault_closed: bool,
}

impl Replaced {
    /// What would be lost, in one sentence or two.
    #[must_use]
    pub fn words(&self) -> String {
        let name = self.profile.escape_debug();
        let mut words = Vec::new();
        match (&self.leads, &self.signs_in) {
            (Some(there), Some(who)) => words.push(format!("[{name}] currently connects to {there} as {who}.")),
            (Some(there), None) => words.push(format!("[{name}] currently connects to {there}.")),
            (None, Some(who)) => words.push(format!("[{name}] currently signs in as {who}.")),
            (None, None) => {}
        }
        if !self.only_copies.is_empty() {
            let keys = self.only_copies.join(" and ");
            let (is, would) = if self.only_copies.len() == 1 { ("is", "it") } else { ("are", "they") };
            let of = if words.is_empty() { format!("of [{name}] ") } else { String::new() };
            words.push(if self.vault_closed {
                format!(
                    "The {keys} {of}would be deleted, and {would} may be stored nowhere else. Brickpass cannot check this while the vault is locked."
                )
            } else {
                format!("The {keys} {of}{is} stored nowhere else and would be deleted.")
            });
        }
        words.join(" ")
    }

    /// For whoever has not agreed to it.
    #[must_use]
    pub fn refusal(all: &[Self]) -> Failure {
        let name = all.first().map(|one| one.profile.escape_debug().to_string()).unwrap_or_default();
        Failure::new(
            Code::InvalidInput,
            format!("The profile {name} was not published by Brickpass, so it was not replaced."),
            all.iter().map(Self::words).collect::<Vec<_>>().join(" "),
            "Choose another name with --profile, or add --replace-profile. The current file is backed up first; to restore it: brickpass profiles restore",
        )
    }
}

/// Secrets that publishing takes out: also one under a key where none belongs.
fn going<'a>(section: &Profile<'a>) -> Vec<(&'a str, Value<'a>)> {
    let looks_like_one = |value: &Value<'_>| without_secrets(value.expose_secret()) != value.expose_secret();
    section.keys().filter(|(key, value)| decides(key) && (is_secret(key) || looks_like_one(value))).collect()
}

/// Of all sections that the edit puts.
///
/// # Errors
/// The connections cannot be read.
pub(super) fn by(
    shared: &Shared,
    path: &std::path::Path,
    file: &File,
    edit: &Edit,
    connection: Option<ConnectionId>,
) -> Result<Vec<Replaced>, Failure> {
    let mut puts = Vec::new();
    collect(edit, connection, &mut puts);
    if puts.is_empty() {
        return Ok(Vec::new());
    }
    let names: HashSet<&str> = puts.iter().map(|(profile, _)| *profile).collect();
    let profiles = if let [(only, _)] = puts.as_slice() { file.profile(only).into_iter().collect() } else { file.profiles() };
    let mut stood: HashMap<&str, Profile<'_>> =
        profiles.into_iter().filter(|profile| names.contains(profile.name)).map(|profile| (profile.name, profile)).collect();
    if stood.is_empty() {
        return Ok(Vec::new());
    }
    let all = connections(shared)?;
    let publications = shared.publishing.publications();
    let known: HashMap<&str, &Publication> =
        publications.iter().filter(|known| known.file == path).map(|known| (known.profile.as_str(), known)).collect();
    let by_id: HashMap<ConnectionId, &Connection> = all.iter().map(|connection| (connection.id, connection)).collect();
    let likely = puts.iter().filter_map(|(_, id)| *id).collect();
    let unheld = secrets::held_by_nobody(shared, stood.values().flat_map(going).collect(), &likely);
    let vault_closed = unheld.is_none();
    let unheld: Option<HashSet<(String, &str)>> =
        unheld.map(|unheld| unheld.iter().map(|(key, secret)| ((*key).to_owned(), secret.in_file())).collect());
    let places = file.places(|name| names.contains(name));
    let mut found = Vec::new();
    for (profile, id) in puts {
        let Some((section, connection)) = stood.remove(profile).zip(id.and_then(|id| by_id.get(&id).copied())) else { continue };
        let is_unheld = |(key, secret): &(&str, Value<'_>)| {
            unheld.as_ref().is_none_or(|unheld| unheld.contains(&((*key).to_owned(), secret.expose_secret())))
        };
        let only_copies: Vec<String> = going(&section).iter().filter(|one| is_unheld(one)).map(|(key, _)| (*key).to_owned()).collect();
        let is_ours = known.get(profile).is_some_and(|known| known.section == known::section(&section));
        let (leads, signs_in) =
            if is_ours { (None, None) } else { (elsewhere(&places, &section, connection), somebody_else(&section, connection)) };
        let vault_closed = vault_closed && !only_copies.is_empty();
        if leads.is_some() || signs_in.is_some() || !only_copies.is_empty() {
            found.push(Replaced { profile: profile.to_owned(), leads, signs_in, only_copies, vault_closed });
        }
    }
    Ok(found)
}

fn collect<'a>(edit: &'a Edit, connection: Option<ConnectionId>, puts: &mut Vec<(&'a str, Option<ConnectionId>)>) {
    match edit {
        Edit::Put { profile, .. } => puts.push((profile.as_str(), connection)),
        Edit::Several(edits) => edits.iter().for_each(|(connection, edit)| collect(edit, *connection, puts)),
        Edit::RemoveKeys { .. } | Edit::Remove { .. } | Edit::Default { .. } => {}
    }
}

/// Whether a profile of the connection's host means another account, workspace or identity there.
pub(super) fn is_another(section: &Profile<'_>, connection: &Connection) -> bool {
    another_place(section, connection).is_some() || somebody_else(section, connection).is_some()
}

/// Where a profile leads, if that is another place than the connection's: another host, account or workspace.
fn elsewhere(places: &Places<'_>, section: &Profile<'_>, connection: &Connection) -> Option<String> {
    match places.leads(section.name, &connection.base_url) {
        Leads::Elsewhere(there) => Some(there),
        Leads::There | Leads::Nowhere => another_place(section, connection),
    }
}

/// What Go reads, else what Python reads under a name with capitals.
fn said_in<'a>(section: &Profile<'a>, key: &str) -> Option<&'a str> {
    let in_capitals =
        || section.keys().map(|(name, _)| name).find(|name| name.eq_ignore_ascii_case(key)).and_then(|name| section.get(name));
    section.get(key).or_else(in_capitals)
}

fn another_place(section: &Profile<'_>, connection: &Connection) -> Option<String> {
    let pasted = said_in(section, "host").and_then(|host| BaseUrl::read(host).ok());
    let said = |key: &str, pasted: Option<String>| {
        let written = said_in(section, key).map(str::trim).filter(|id| !id.is_empty() && *id != "none").map(str::to_owned);
        written.or(pasted)
    };
    let (account_of, workspace_of) = pasted.map(|pasted| (pasted.account_id, pasted.workspace_id)).unwrap_or_default();
    let ours = match &connection.level {
        Level::Account { account_id } => Some(account_id.as_str()),
        Level::Workspace => None,
    };
    // A workspace's address may stand beside the account that it belongs to.
    if let (Some(theirs), Some(ours)) = (said("account_id", account_of), ours)
        && !theirs.eq_ignore_ascii_case(ours)
    {
        return Some(format!("the account {}", quoted(&theirs)));
    }
    let theirs = said("workspace_id", workspace_of)?;
    let differs = match (connection.workspace_id.as_deref(), ours) {
        (Some(ours), _) => ours != theirs,
        (None, Some(_)) => true,
        (None, None) => false,
    };
    differs.then(|| format!("the workspace {}", quoted(&theirs)))
}

/// As which service principal a profile signs in, if that is another identity than the connection's.
fn somebody_else(section: &Profile<'_>, connection: &Connection) -> Option<String> {
    let theirs = said_in(section, "client_id")?;
    let ours = match &connection.auth {
        AuthMethod::ServicePrincipal { client_id, .. } => Some(client_id.as_str()),
        AuthMethod::Browser(app) => app.client_id.as_ref().map(brickpass_core::connection::ClientId::as_str),
        AuthMethod::PersonalAccessToken => None,
    };
    (ours != Some(theirs)).then(|| format!("the service principal {}", quoted(theirs)))
}
