//! The vault on the lane: opened, moved to another home, and given what it did not take before.

use std::time::Duration;

use secrecy::SecretString;
use tokio::runtime::Handle;

use super::interrupted;
use crate::{
    Event, owner,
    shared::{Current, Shared, http_for, vault_for},
};
use brickpass_core::{
    connection::ConnectionId,
    failure::{Code, Failure, Remedy},
};
use brickpass_storage::{RefreshLock, SecretId, Settings, Vault, VaultHome, VaultStatus};

/// A renewal is a request or two; one that takes longer waits for the network.
const RENEWAL: Duration = Duration::from_secs(3);

pub(super) fn unlock(shared: &Shared, passphrase: SecretString) {
    let vault = shared.vault();
    match vault.unlock(passphrase) {
        Ok(()) => {
            shared.outbox.send(Event::Vault { home: vault.home(), status: vault.probe() });
            store_sign_ins(shared);
            interrupted::finish(shared);
        }
        Err(error) => shared.fail(error.failure()),
    }
}

/// The encrypted file is brought back from its copy.
pub(super) fn restore_backup(shared: &Shared, passphrase: SecretString) -> Result<String, Failure> {
    shared.vault().restore_file_backup(passphrase).map_err(|error| error.failure())?;
    changed(shared);
    Ok("The encrypted file is back from its newest copy; what it replaced is kept beside it.".to_owned())
}

/// The person gives up what the encrypted file holds.
pub(super) fn begin_anew(shared: &Shared, passphrase: SecretString) -> Result<String, Failure> {
    let kept = shared.vault().begin_anew(passphrase).map_err(|error| error.failure())?;
    changed(shared);
    let kept = match kept.first() {
        None => String::new(),
        Some(first) => format!(" The former file is kept as {}.", first.display()),
    };
    let path = shared.places.vault_file();
    Ok(format!("A new vault was created at {}. Enter the secrets of your connections again.{kept}", path.display()))
}

/// For `doctor`.
pub(super) fn examine(shared: &Shared) {
    let unknown = unknown(shared).unwrap_or_default().len();
    shared.outbox.send(Event::VaultExamined { behind: shared.vault().saves_behind(), unknown });
}

/// Entries of the encrypted file that belong to no connection of the list, none that was removed, and none that is being saved.
fn unknown(shared: &Shared) -> Result<Vec<SecretId>, Failure> {
    // The vault first: whatever is saved in between is then on the list.
    let stored = shared.vault().entries().map_err(|error| error.failure())?;
    let being_saved = shared.journal.being_saved();
    let known = shared.library.ids().map_err(|error| error.failure())?;
    Ok(stored.into_iter().filter(|key| !known.contains(&key.connection) && !being_saved.contains(&key.connection)).collect())
}

/// The encrypted file belongs to this folder of connections alone; a keyring may be shared, and is not looked through.
pub(super) fn delete_unknown(shared: &Shared) {
    let deleted = unknown(shared).and_then(|keys| {
        if !keys.is_empty() {
            shared.vault().delete_all(&keys).map_err(|error| error.failure())?;
        }
        Ok(keys.len())
    });
    match deleted {
        Ok(count) => shared.outbox.send(Event::UnknownSecretsDeleted { count }),
        Err(failure) => shared.fail(failure),
    }
}

fn changed(shared: &Shared) {
    let vault = shared.vault();
    shared.outbox.send(Event::Vault { home: vault.home(), status: vault.probe() });
    store_sign_ins(shared);
}

/// The vault has changed: perhaps it takes now what it did not take before.
fn store_sign_ins(shared: &Shared) {
    if shared.sessions.unsaved().is_empty() {
        return owner::tell_unsaved(shared);
    }
    let stored = Handle::current().block_on(shared.sessions.store_unsaved(None));
    owner::tell_unsaved_with(shared, stored.err());
}

pub(super) fn save_settings(shared: &Shared, settings: Settings, passphrase: Option<SecretString>) {
    let moved = pause_renewals(shared, &settings).and_then(|paused| {
        let (vault, moved_secrets) = change_vault(shared, &settings, passphrase)?;
        shared.settings_file.save(&settings)?;
        Ok((vault, moved_secrets, paused))
    });
    match moved {
        Ok((vault, moved_secrets, _paused)) => {
            let home = vault.home();
            let status = vault.probe();
            shared.replace_current(Current { vault, http: http_for(&shared.places, &settings), settings: settings.clone() });
            shared.outbox.send(Event::SettingsSaved { settings, moved_secrets });
            shared.outbox.send(Event::Vault { home, status });
            store_sign_ins(shared);
        }
        Err(failure) => shared.fail(failure),
    }
}

/// While secrets move no sign-in is renewed: what it stored last could stay behind in the former home, and a refresh token that was used
/// before ends the sign-in.
fn pause_renewals(shared: &Shared, settings: &Settings) -> Result<Vec<RefreshLock>, Failure> {
    if settings.vault == shared.current().settings.vault {
        return Ok(Vec::new());
    }
    let entries = shared.library.load().map_err(|error| error.failure())?.entries;
    let in_use = entries.iter().map(|entry| entry.connection.id).filter(|id| shared.sessions.expires_at(*id).is_some());
    in_use.map(|id| RefreshLock::acquire(&shared.places.state_dir, id, RENEWAL)?.ok_or_else(renewing)).collect()
}

fn renewing() -> Failure {
    Failure::new(
        Code::RefreshBusy,
        "The place for secrets was not changed.",
        "A sign-in is being renewed at this moment, perhaps by another window.",
        "Try again in a moment.",
    )
    .with_remedy(Remedy::TryAgain)
}

/// The vault that the settings ask for, with every secret moved into it.
fn change_vault(shared: &Shared, settings: &Settings, passphrase: Option<SecretString>) -> Result<(Vault, usize), Failure> {
    let now = shared.current();
    if settings.vault == now.settings.vault {
        return Ok((now.vault, 0));
    }
    if shared.places.vault.is_some() {
        return Err(Failure::new(
            Code::InvalidInput,
            "The place for secrets was not changed.",
            "BRICKPASS_VAULT sets it for this session.",
            "Start Brickpass without BRICKPASS_VAULT to change it here.",
        ));
    }
    let next = vault_for(&shared.places, settings);
    if let Some(passphrase) = passphrase.filter(|_| settings.vault == VaultHome::File) {
        // Made at once, with the first secret or without one: the passphrase that was chosen now is the one that is asked for later.
        next.unlock(passphrase).map_err(|error| error.failure())?;
    }
    if matches!(now.vault.probe(), VaultStatus::Unavailable(_)) {
        // Nothing can be fetched from a keyring that is not there; whatever it holds stays in it. The person must be able to get away from it.
        return match next.probe() {
            VaultStatus::Unavailable(failure) | VaultStatus::Lost { failure, .. } => Err(failure),
            VaultStatus::Ready { .. } | VaultStatus::Locked { .. } => Ok((next, 0)),
        };
    }
    let entries = shared.library.load().map_err(|error| error.failure())?.entries;
    let ids: Vec<SecretId> = entries.iter().flat_map(|entry| SecretId::all_of(entry.connection.id)).collect();
    let moved = now.vault.move_to(&next, &ids).map_err(|error| error.failure())?;
    Ok((next, moved))
}

/// What somebody signed in for before the connection was saved is stored with it. Tokens that a former secret gave go; those for another
/// address or application are never used again by themselves.
pub(super) fn store_sign_in(shared: &Shared, id: ConnectionId, another_secret: bool) {
    if another_secret {
        shared.sessions.forget(id);
    }
    let stored = Handle::current().block_on(shared.sessions.store_unsaved(Some(id)));
    match stored {
        Ok(()) => owner::tell_unsaved(shared),
        Err(failure) => owner::tell_unsaved_with(shared, Some(failure)),
    }
}
