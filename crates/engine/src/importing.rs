//! Connections that come from other tools' files: read for a preview, and saved only when the person has chosen.

mod same;
mod undo;

use std::{
    collections::HashMap,
    path::{Path, PathBuf},
};

use jiff::Timestamp;
use secrecy::{ExposeSecret as _, SecretString};

use self::same::{Tokens, twin_of};
pub use self::{same::ExistingMatch, undo::ImportId};
pub(super) use self::{
    same::replacement,
    undo::{Undo, Undone},
};
use super::{
    blocking::blocking,
    request::{Context, Order, Request},
    shared::Shared,
};
use brickpass_core::{
    connection::{
        AuthKind, BaseUrl, Connection, ConnectionId, ConnectionName, Draft, EnteredFor, Field, Review, Reviewed, SecretKind, Severity,
        TypedSecret,
    },
    failure::{Code, Failure},
};
use brickpass_interchange::import::{self, Found, FoundConnection, Kind, TO_BE_TYPED};
use brickpass_storage as storage;
use brickpass_storage::Entry;

/// Where it comes from.
#[derive(Debug, Clone)]
pub enum ImportSource {
    /// Of a kind that is guessed when `None`.
    File { path: PathBuf, kind: Option<Kind> },
    /// `.databrickscfg` where the Databricks CLI looks for it.
    DatabricksCfg,
    /// What was pasted: a JDBC URL, an address, a linked service.
    Text { text: SecretString, kind: Option<Kind> },
    /// `DATABRICKS_*` as this program was started with.
    Environment,
    /// Our own encrypted backup.
    Backup { path: PathBuf, passphrase: SecretString },
}

/// What would come in.
#[derive(Debug)]
pub struct Preview {
    pub kind: Kind,
    pub from: String,
    pub rows: Vec<PreviewRow>,
    /// Keys that belong to none of the rows and are not taken over, and why.
    pub ignored: Vec<(String, String)>,
}

#[derive(Debug)]
pub struct PreviewRow {
    /// What it is called there.
    pub place: String,
    /// `None` when it cannot become a connection: then `remarks` say why.
    pub connection: Option<Box<Reviewed>>,
    /// A secret comes along.
    pub with_secret: bool,
    pub remarks: Vec<String>,
    /// Keys of this row that are not taken over, and why.
    pub ignored: Vec<(String, String)>,
    /// The same connection, which is there already, or one of the same name that signs in at the same address with another token. A
    /// connection of the same name at another address is none: its name is a coincidence, which the remarks tell.
    pub existing: Option<ExistingMatch>,
}

/// What is to become of a row.
#[derive(Debug)]
pub struct Chosen {
    pub connection: Box<Reviewed>,
    /// Takes the place of this connection instead of standing beside it: its ID, name, environment, tags and plain texts stay, unless
    /// both are the same connection (of our own backup).
    pub replaces: Option<ConnectionId>,
}

/// A row that could not be saved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotImported {
    /// Its place among those that were chosen, from 0.
    pub row: usize,
    /// What it would have been called.
    pub name: String,
    pub failure: Failure,
}

/// Reads what would be imported. Nothing is saved.
#[derive(Debug, Clone)]
pub struct ReadImport {
    pub source: ImportSource,
    /// Only what the source calls so; all of it when this is empty.
    pub only: Vec<String>,
}

impl Request for ReadImport {
    type Answer = Preview;

    const ORDER: Order = Order::Question;

    async fn run(self, context: Context) -> Result<Preview, Failure> {
        blocking(move || preview(&context.shared, self.source, &self.only)).await?
    }
}

fn preview(shared: &Shared, source: ImportSource, only: &[String]) -> Result<Preview, Failure> {
    let published = published_in(shared, &source);
    let (from, found) = find(shared, source, only)?;
    let entries = shared.library.load().map_err(|error| error.failure())?.entries;
    let tokens = Tokens::of(&shared.vault(), &found.connections, &entries);
    Ok(judge(from, found, &entries, &published, &tokens))
}

/// The profiles of the file that are connections of ours.
fn published_in(shared: &Shared, source: &ImportSource) -> HashMap<String, ConnectionId> {
    let path = match source {
        ImportSource::File { path, .. } => Some(path),
        ImportSource::DatabricksCfg => shared.places.databrickscfg.as_ref(),
        ImportSource::Text { .. } | ImportSource::Environment | ImportSource::Backup { .. } => None,
    };
    let Some(path) = path.and_then(|path| std::path::absolute(path).ok()) else { return HashMap::new() };
    let all = shared.publishing.publications().into_iter().filter(|publication| publication.file == path);
    all.map(|publication| (publication.profile, publication.connection)).collect()
}

fn find(shared: &Shared, source: ImportSource, only: &[String]) -> Result<(String, Found), Failure> {
    let limit = import::LARGEST as u64;
    match source {
        ImportSource::File { path, kind } => {
            let bytes = storage::read_given(&path, limit)?;
            let name = path.file_name().and_then(|name| name.to_str());
            let found = import::read_only(kind, name, only, &bytes).map_err(|failure| of_file(&path, failure))?;
            Ok((path.display().to_string(), found))
        }
        ImportSource::DatabricksCfg => {
            let path = shared.places.databrickscfg.as_ref().ok_or_else(no_home)?;
            let bytes = storage::read_given(path, limit)?;
            let found = import::read_only(Some(Kind::DatabricksCfg), None, only, &bytes).map_err(|failure| of_file(path, failure))?;
            Ok((path.display().to_string(), found))
        }
        ImportSource::Text { text, kind } => {
            Ok(("what was pasted".to_owned(), import::read_only(kind, None, only, text.expose_secret().as_bytes())?))
        }
        ImportSource::Environment => Ok(("Brickpass's environment".to_owned(), import::read_variables(shared.places.variables.clone())?)),
        ImportSource::Backup { path, passphrase } => {
            let plain = storage::read_backup(&path, &passphrase)?;
            Ok((path.display().to_string(), import::read_backup(&plain)?))
        }
    }
}

/// Whatever is wrong with a file is told with its path.
fn of_file(path: &Path, failure: Failure) -> Failure {
    let what = match failure.what.as_str() {
        "Nothing was imported." => format!("Nothing was imported from {}.", path.display()),
        _ => format!("{} cannot be imported.", path.display()),
    };
    Failure { what, ..failure }
}

fn no_home() -> Failure {
    Failure::new(
        Code::FileUnreadable,
        "The Databricks configuration file was not found.",
        "Your user account has no home folder.",
        "Choose the file directly.",
    )
}

/// What each of them would be among those that are there.
fn judge(from: String, found: Found, entries: &[Entry], published: &HashMap<String, ConnectionId>, tokens: &Tokens) -> Preview {
    let named = |entry: &Entry| (entry.connection.name.as_str().to_lowercase(), entry.connection.base_url.origin());
    let mut taken: Taken = entries.iter().map(named).collect();
    let address_alone = found.kind == Kind::Address;
    let rows = found.connections.into_iter().map(|found| {
        let ours = published.get(&found.place).and_then(|id| entries.iter().find(|entry| entry.connection.id == *id));
        let mut row = row(found, entries, &mut taken, address_alone, tokens);
        if let (Some(ours), Some(new)) = (ours, &row.connection)
            && !row.with_secret
            && new.connection.base_url == ours.connection.base_url
        {
            row.existing = Some(ExistingMatch::same_as(&ours.connection));
            row.remarks = vec!["Published by Brickpass.".to_owned()];
        }
        row
    });
    let rows = rows.collect();
    Preview { kind: found.kind, from, rows, ignored: found.ignored }
}

fn row(found: FoundConnection, entries: &[Entry], taken: &mut Taken, address_alone: bool, tokens: &Tokens) -> PreviewRow {
    let FoundConnection { place, mut draft, secret, mut remarks, refused, ignored } = found;
    if let Some(why) = refused {
        remarks.insert(0, why);
        return PreviewRow { place, connection: None, with_secret: false, remarks, ignored, existing: None };
    }
    if let Some((_, secret)) = &secret {
        draft.secret = TypedSecret::from(secret.expose_secret());
    }
    let named = draft.name.trim().to_owned();
    let clashes = free_name(&mut draft, taken);
    let Review { remarks: told, result, .. } = reviewed(&mut draft, &mut remarks);
    for remark in told.iter().filter(|remark| remark.severity > Severity::Note || result.is_none()) {
        if remark.severity == Severity::Error || remark.field != Field::BaseUrl {
            remarks.push(format!("{}.", remark.text.trim_end_matches('.')));
        }
    }
    let connection = result.map(|mut reviewed| {
        // Whoever made the file confirmed nothing for this person: the form asks, and no secret goes there before.
        if reviewed.connection.address_confirmed {
            reviewed.connection.address_confirmed = false;
            let host = reviewed.connection.base_url.host();
            remarks.push(format!("{host} is not a usual Databricks host; confirm it in the form before you use the connection."));
        }
        taken.insert(reviewed.connection.name.as_str().to_lowercase(), reviewed.connection.base_url.origin());
        Box::new(reviewed)
    });
    let existing = connection.as_deref().and_then(|reviewed| twin_of(reviewed, &named, entries, address_alone, tokens));
    if let Some(reviewed) = connection.as_deref() {
        remarks.extend(about_the_name(reviewed, &named, clashes.as_deref(), existing.as_ref()));
        let old = existing.as_ref().and_then(|existing| entries.iter().find(|entry| entry.connection.id == existing.id));
        remarks.extend(old.and_then(|old| moves(&old.connection, &reviewed.connection)));
        if let Some(old) = old.filter(|old| reviewed.secret.is_none() && keeps_its_secret(&old.connection, &reviewed.connection)) {
            let stays = format!("If it replaces \"{}\", the stored secret is kept. Otherwise enter it.", old.connection.name.as_str());
            for remark in &mut remarks {
                *remark = remark.replace(TO_BE_TYPED, &stays);
            }
        }
    }
    let with_secret = connection.as_ref().is_some_and(|reviewed| reviewed.secret.is_some());
    PreviewRow { place, connection, with_secret, remarks, ignored, existing }
}

/// The judgement of the form, with the address taken as confirmed (it is looked at afterwards). A secret that does not fit stays behind.
fn reviewed(draft: &mut Draft, remarks: &mut Vec<String>) -> Review {
    draft.confirmed_origin = BaseUrl::read(&draft.base_url).ok().map(|pasted| pasted.base_url.origin());
    let review = draft.review(&|_| false);
    let unfit = review.worst(Field::Secret).filter(|remark| remark.severity == Severity::Error).map(|remark| remark.text.clone());
    let ended = review.result.as_ref().and_then(|reviewed| reviewed.secret_ended(Timestamp::now()));
    let ended = ended.map(|end| format!("This token expired at {}", end.strftime("%Y-%m-%d %H:%M UTC")));
    let Some(unfit) = unfit.or(ended) else { return review };
    remarks.push(format!("Its secret cannot be used: {}. {TO_BE_TYPED}", unfit.trim_end_matches('.')));
    draft.secret = TypedSecret::default();
    draft.review(&|_| false)
}

/// Names that are taken, in lower case, and the address of the connection that bears each.
type Taken = HashMap<String, String>;

/// One that no other connection has. What has no name of its own, or one that does not fit, is named after its host; where a connection to
/// another address bears the name, the host is added. Returns the address of the connection that bears the name already.
fn free_name(draft: &mut Draft, taken: &Taken) -> Option<String> {
    let base_url = BaseUrl::read(&draft.base_url).ok().map(|pasted| pasted.base_url);
    let host = || base_url.as_ref().and_then(|base_url| ConnectionName::tamed(base_url.host()));
    let name = ConnectionName::tamed(&draft.name).or_else(host)?;
    let is_taken = |name: &str| taken.contains_key(&name.to_lowercase());
    let bearer = taken.get(&name.as_str().to_lowercase()).cloned();
    let elsewhere = base_url.as_ref().filter(|base_url| bearer.as_ref().is_some_and(|bearer| *bearer != base_url.origin()));
    let with_host = elsewhere.and_then(|base_url| ConnectionName::tamed(&format!("{} ({})", name.as_str(), short(base_url))));
    draft.name = match with_host.filter(|name| !is_taken(name.as_str())) {
        Some(name) => name,
        None if is_taken(name.as_str()) => name.copy_of(&is_taken),
        None => name,
    }
    .into();
    bearer
}

/// What tells a host from others of the same service.
fn short(base_url: &BaseUrl) -> &str {
    let origin = base_url.as_str();
    let authority = origin.split_once("://").map_or(origin, |(_, authority)| authority);
    if base_url.cautions().is_empty() && base_url.cloud().is_some() { authority.split('.').next().unwrap_or(authority) } else { authority }
}

/// Why the connection would have another name than in the file; nothing when it takes the place of one of that name.
fn about_the_name(reviewed: &Reviewed, named: &str, clashes: Option<&str>, existing: Option<&ExistingMatch>) -> Option<String> {
    let name = reviewed.connection.name.as_str();
    let origin = reviewed.connection.base_url.origin();
    match clashes {
        _ if named.is_empty() || name.eq_ignore_ascii_case(named) => None,
        _ if existing.is_some_and(|existing| !existing.other_token && existing.name.eq_ignore_ascii_case(named)) => None,
        Some(bearer) if bearer != origin => Some(format!("{bearer} already has this name. This one will be named \"{name}\".")),
        _ => Some(format!("The name is already in use or not valid. It will be named \"{name}\".")),
    }
}

/// What is stored for the old one is given for the new one, too.
fn keeps_its_secret(old: &Connection, new: &Connection) -> bool {
    let entered_for = |connection: &Connection| match connection.auth.kind() {
        AuthKind::PersonalAccessToken => EnteredFor::of(connection, SecretKind::PersonalAccessToken),
        AuthKind::ServicePrincipal => EnteredFor::of(connection, SecretKind::ClientSecret),
        AuthKind::Browser => None,
    };
    old.auth.kind() == new.auth.kind() && entered_for(old).is_some_and(|old| entered_for(new) == Some(old))
}

/// Only one and the same connection, by its ID in our own files, can lead to another address than before.
fn moves(old: &Connection, new: &Connection) -> Option<String> {
    let (from, to) = (old.base_url.origin(), new.base_url.origin());
    (from != to).then(|| {
        let name = old.name.as_str();
        format!("Replacing it moves \"{name}\" from {from} to {to}. A secret entered for {from} is not used there.")
    })
}
