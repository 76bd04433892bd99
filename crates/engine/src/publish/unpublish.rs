//! What becomes of a profile that is taken back: what stood there before it was published comes back, and what others need stays.

use std::sync::Arc;

use super::{
    apply, known,
    now::{self, Now},
    plan::{self, Plan},
};
use crate::{
    blocking::blocking,
    request::{Context, Order, Request},
    shared::Shared,
};
use brickpass_core::{
    connection::{BaseUrl, ConnectionId},
    failure::{Code, Failure},
};
use brickpass_interchange::databrickscfg::{Edit, File, Former, Profile};
use brickpass_storage::{Publication, Whose, signed_in_with_a_plain_file};

/// Another program may write the file at the same moment.
const TRIES: u32 = 5;

/// Profiles that were taken out, and what a person should know of that.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TakenOut {
    pub profiles: Vec<String>,
    pub notes: Vec<String>,
    /// Why Brickpass cannot remember it. The profiles were taken out.
    pub not_remembered: Option<Failure>,
}

/// What was done to the section, as far as it is known, and what stays of it.
///
/// # Errors
/// Brickpass did not publish it; the keyring is locked, so that a sign-in of the CLI's own could be lost.
pub(super) fn former(shared: &Shared, now: &Now, profile: &str, notes: &mut Vec<String>) -> Result<Former, Failure> {
    let publications = shared.publishing.publications();
    let publication = publications.iter().find(|known| known.file == now.file.path() && known.profile == profile);
    let section = now.profiles.profile(profile);
    let names_us = section.as_ref().is_some_and(|section| known::names_us(shared, section));
    if publication.is_none() && !names_us {
        return Err(not_ours(profile));
    }
    let Some(section) = section else { return Ok(Former::default()) };
    let own = signs_in_by_itself(shared, profile, &section)?;
    let former = match publication.and_then(|publication| remembered(now, publication)) {
        Some(former) if former.made && own => cli_path_alone(shared, now, &section),
        Some(former) => former,
        None if own => cli_path_alone(shared, now, &section),
        None => guessed(shared, &now.profiles, &section),
    };
    let name = profile.escape_debug();
    if own {
        notes.push(format!(
            "The Databricks CLI has its own sign-in for the profile {name}, so the profile stays. To sign it out: databricks auth logout --profile {name}"
        ));
    }
    let stays = former.stays(&now.profiles, profile);
    if !stays.is_empty() {
        notes.push(format!("In [{name}], {} was changed or added after publishing and stays.", stays.join(", ")));
    }
    let withheld: Vec<&str> = former.withheld().collect();
    if !withheld.is_empty() {
        notes.push(format!("The {} of [{name}] is not restored to the file: it is in the vault.", withheld.join(" and the ")));
    }
    Ok(former)
}

fn remembered(now: &Now, publication: &Publication) -> Option<Former> {
    let former = known::former(publication)?;
    let before = publication.backup.as_ref().and_then(|backup| now.file.lasting(backup));
    let before = before.and_then(|bytes| File::read(&bytes).ok());
    Some(match before {
        Some(before) => former.filled_from(&before, &publication.profile),
        None => former,
    })
}

fn cli_path_alone(shared: &Shared, now: &Now, section: &Profile<'_>) -> Former {
    let ours = known::names_us(shared, section);
    Former::only(&now.profiles, section.name, |key| ours && key == "databricks_cli_path")
}

/// Published by a version that did not remember what stood there: a section of nothing else was made by it.
fn guessed(shared: &Shared, file: &File, section: &Profile<'_>) -> Former {
    let published = ["host", "account_id", "workspace_id", "scopes", "auth_type", "databricks_cli_path"];
    if section.keys().all(|(key, _)| published.contains(&key)) {
        return Former::made_by_us(file, section.name);
    }
    let ours = known::names_us(shared, section);
    let cli = section.get("auth_type") == Some("databricks-cli");
    Former::only(file, section.name, |key| ours && (key == "databricks_cli_path" || cli && key == "auth_type"))
}

/// Whether the CLI has tokens under this name that are not ours: without the section it could not sign out any more.
fn signs_in_by_itself(shared: &Shared, profile: &str, section: &Profile<'_>) -> Result<bool, Failure> {
    let host = section.get("host").and_then(|host| BaseUrl::read(host).ok()).map(|pasted| pasted.base_url.origin());
    let names: Vec<&str> = std::iter::once(profile).chain(host.as_deref()).collect();
    if shared.places.cli_token_cache.as_deref().is_some_and(|cache| signed_in_with_a_plain_file(cache, &names)) {
        return Ok(true);
    }
    match shared.cli_tokens.whose(profile) {
        Ok(whose) => Ok(whose == Some(Whose::TheClis)),
        Err(locked) if locked.code == Code::VaultLocked => Err(Failure {
            what: format!("It is unknown whether the Databricks CLI has its own sign-in for {}.", profile.escape_debug()),
            ..locked
        }),
        // No keyring, no sign-in in it.
        Err(_) => Ok(false),
    }
}

fn not_ours(profile: &str) -> Failure {
    Failure::new(
        Code::InvalidInput,
        format!("The profile {} was not published by Brickpass.", profile.escape_debug()),
        "It does not refer to Brickpass's program, so its contents are not from Brickpass.",
        "Nothing was changed. brickpass profiles shows which profiles were published.",
    )
}

/// Takes out of `.databrickscfg` what these connections were published as; they may be removed already.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unpublish {
    pub ids: Vec<ConnectionId>,
}

impl Request for Unpublish {
    type Answer = TakenOut;

    const ORDER: Order = Order::Write;

    async fn run(self, context: Context) -> Result<TakenOut, Failure> {
        let worker = Arc::clone(&context.shared);
        let outcome = blocking(move || unpublish(&worker, &self.ids)).await?;
        if outcome.is_ok() {
            context.shared.outbox.wake_cli_tokens();
        }
        outcome
    }
}

fn unpublish(shared: &Shared, ids: &[ConnectionId]) -> Result<TakenOut, Failure> {
    let mut outcome = taken_out(shared, ids);
    for _ in 1..TRIES {
        if !outcome.as_ref().is_err_and(|failure| failure.code == Code::Conflict) {
            break;
        }
        outcome = taken_out(shared, ids);
    }
    now::tell_published(shared);
    outcome
}

fn taken_out(shared: &Shared, ids: &[ConnectionId]) -> Result<TakenOut, Failure> {
    let known: Vec<Publication> = now::published_here(shared).into_iter().filter(|known| ids.contains(&known.connection)).collect();
    if known.is_empty() {
        return Ok(TakenOut::default());
    }
    let now = Now::read(shared)?;
    let (there, gone): (Vec<_>, Vec<_>) = known.into_iter().partition(|known| now.profiles.profile(&known.profile).is_some());
    let gone: Vec<&str> = gone.iter().map(|known| known.profile.as_str()).collect();
    shared.publishing.publications.settle(now.file.path(), &[], &gone)?;
    if there.is_empty() {
        return Ok(TakenOut::default());
    }
    let profiles: Vec<String> = there.into_iter().map(|known| known.profile).collect();
    // The last one first: what stood in front of a section that ended the file goes with it.
    let edits = profiles.iter().rev().map(|profile| (None, Edit::Remove { profile: profile.clone(), former: None }));
    let plan: Plan = plan::of(shared, &now, Edit::Several(edits.collect()))?;
    let not_remembered = apply::done(shared, &plan)?;
    Ok(TakenOut { profiles, notes: plan.notes, not_remembered })
}
