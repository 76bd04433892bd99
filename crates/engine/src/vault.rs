//! The vault: probed, unlocked, examined, moved to another place, and given what it did not take before.

use std::{sync::Arc, time::Duration};

use secrecy::SecretString;
use tokio::runtime::Handle;

use crate::{
    blocking::blocking,
    connections::finish_interrupted_saves,
    event::Event,
    request::{Context, Order, Request},
    shared::{Current, Shared, http_for, vault_for},
};
use brickpass_core::{
    connection::ConnectionId,
    failure::{Code, Failure, Remedy},
};
use brickpass_storage::{RefreshLock, SecretId, Settings, Vault, VaultHome, VaultStatus};

/// A renewal takes one or two requests; if it takes longer, it is waiting for the network.
const RENEWAL: Duration = Duration::from_secs(3);

/// Checks whether the vault can be used; a keyring may show a prompt. The answer is also broadcast.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ProbeVault;

impl Request for ProbeVault {
    type Answer = (VaultHome, VaultStatus);

    // A probe that is cut off would leave its entry in the keyring.
    const ORDER: Order = Order::Change;

    async fn run(self, context: Context) -> Result<Self::Answer, Failure> {
        let shared = context.shared;
        let vault = shared.vault();
        let home = vault.home();
        let status = blocking(move || vault.probe()).await?;
        shared.tell_of_vault();
        shared.outbox.send(Event::Vault { home, status: status.clone() });
        Ok((home, status))
    }
}

/// Unlocks the encrypted file; its new state is broadcast.
#[derive(Debug)]
pub struct UnlockVault {
    pub passphrase: SecretString,
}

impl Request for UnlockVault {
    type Answer = (VaultHome, VaultStatus);

    const ORDER: Order = Order::Write;

    async fn run(self, context: Context) -> Result<Self::Answer, Failure> {
        blocking(move || unlock(&context.shared, self.passphrase)).await?
    }
}

fn unlock(shared: &Shared, passphrase: SecretString) -> Result<(VaultHome, VaultStatus), Failure> {
    let vault = shared.vault();
    vault.unlock(passphrase).map_err(|error| error.failure())?;
    let state = (vault.home(), vault.probe());
    shared.outbox.send(Event::Vault { home: state.0, status: state.1.clone() });
    store_sign_ins(shared);
    finish_interrupted_saves(shared);
    Ok(state)
}

/// Looks for problems of an encrypted vault file that opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ExamineVault;

/// What [`ExamineVault`] found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct VaultExamination {
    /// By how many saves the file is older than the newest that this computer has seen.
    pub behind: Option<u64>,
    /// How many of its entries belong to no connection.
    pub unknown: usize,
}

impl Request for ExamineVault {
    type Answer = VaultExamination;

    const ORDER: Order = Order::Write;

    async fn run(self, context: Context) -> Result<VaultExamination, Failure> {
        blocking(move || {
            let unknown = unknown(&context.shared).unwrap_or_default().len();
            VaultExamination { behind: context.shared.vault().saves_behind(), unknown }
        })
        .await
    }
}

/// Deletes entries of the encrypted vault file that belong to no connection. The answer: how many. The file belongs only to this folder of
/// connections; a keyring may be shared and is not searched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DeleteUnknownSecrets;

impl Request for DeleteUnknownSecrets {
    type Answer = usize;

    const ORDER: Order = Order::Write;

    async fn run(self, context: Context) -> Result<usize, Failure> {
        blocking(move || {
            let shared = context.shared;
            let keys = unknown(&shared)?;
            if !keys.is_empty() {
                shared.vault().delete_all(&keys).map_err(|error| error.failure())?;
            }
            Ok(keys.len())
        })
        .await?
    }
}

/// Saves the settings. When they name another place for secrets, the secrets are moved there first.
#[derive(Debug)]
pub struct SaveSettings {
    pub settings: Settings,
    /// Of the encrypted file, when the secrets move into one.
    pub passphrase: Option<SecretString>,
}

/// What [`SaveSettings`] came to.
#[derive(Debug, Clone, PartialEq)]
pub struct SettingsSaved {
    pub settings: Settings,
    pub moved_secrets: usize,
}

impl Request for SaveSettings {
    type Answer = SettingsSaved;

    const ORDER: Order = Order::Write;

    async fn run(self, context: Context) -> Result<SettingsSaved, Failure> {
        let shared = Arc::clone(&context.shared);
        let saved = blocking(move || save_settings(&shared, self.settings, self.passphrase)).await??;
        context.shared.outbox.wake_reminders();
        context.shared.outbox.wake_cli_tokens();
        Ok(saved)
    }
}

/// The encrypted file is brought back from its copy.
pub(super) fn restore_backup(shared: &Shared, passphrase: SecretString) -> Result<String, Failure> {
    shared.vault().restore_file_backup(passphrase).map_err(|error| error.failure())?;
    changed(shared);
    Ok("The encrypted vault file was restored from its newest copy. The file it replaced is kept beside it.".to_owned())
}

/// The user gives up the contents of the encrypted vault file.
pub(super) fn begin_anew(shared: &Shared, passphrase: SecretString) -> Result<String, Failure> {
    let kept = shared.vault().begin_anew(passphrase).map_err(|error| error.failure())?;
    changed(shared);
    let kept = match kept.first() {
        None => String::new(),
        Some(first) => format!(" The old file is kept as {}.", first.display()),
    };
    let path = shared.places.vault_file();
    Ok(format!("A new vault was created at {}. Enter the secrets of your connections again.{kept}", path.display()))
}

/// Entries of the encrypted vault file that belong to no connection in the list, no removed one, and none that is being saved.
fn unknown(shared: &Shared) -> Result<Vec<SecretId>, Failure> {
    // The vault first: anything saved in between is then in the list.
    let stored = shared.vault().entries().map_err(|error| error.failure())?;
    let being_saved = shared.journal.being_saved();
    let known = shared.library.ids().map_err(|error| error.failure())?;
    Ok(stored.into_iter().filter(|key| !known.contains(&key.connection) && !being_saved.contains(&key.connection)).collect())
}

fn changed(shared: &Shared) {
    let vault = shared.vault();
    shared.outbox.send(Event::Vault { home: vault.home(), status: vault.probe() });
    store_sign_ins(shared);
}

/// The vault has changed: it may now be able to store pending secrets.
fn store_sign_ins(shared: &Shared) {
    if shared.sessions.unsaved().is_empty() {
        return shared.tell_unsaved();
    }
    let stored = Handle::current().block_on(shared.sessions.store_unsaved(None));
    shared.tell_unsaved_with(stored.err());
}

fn save_settings(shared: &Shared, settings: Settings, passphrase: Option<SecretString>) -> Result<SettingsSaved, Failure> {
    let _paused = pause_renewals(shared, &settings)?;
    let (vault, moved_secrets) = change_vault(shared, &settings, passphrase)?;
    shared.settings_file.save(&settings)?;
    let (home, status) = (vault.home(), vault.probe());
    shared.replace_current(Current { vault, http: http_for(&shared.places, &settings), settings: settings.clone() });
    shared.outbox.send(Event::Vault { home, status });
    store_sign_ins(shared);
    Ok(SettingsSaved { settings, moved_secrets })
}

/// No sign-in is renewed while secrets move: its newest token could stay behind in the old vault, and using an old refresh token ends the
/// sign-in.
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
        "Secret storage was not changed.",
        "A sign-in is being renewed, perhaps by another window.",
        "Try again in a moment.",
    )
    .with_remedy(Remedy::TryAgain)
}

/// The vault from the settings, with every secret moved into it.
fn change_vault(shared: &Shared, settings: &Settings, passphrase: Option<SecretString>) -> Result<(Vault, usize), Failure> {
    let now = shared.current();
    if settings.vault == now.settings.vault {
        return Ok((now.vault, 0));
    }
    if shared.places.vault.is_some() {
        return Err(Failure::new(
            Code::InvalidInput,
            "Secret storage was not changed.",
            "BRICKPASS_VAULT sets it for this session.",
            "Start Brickpass without BRICKPASS_VAULT to change it here.",
        ));
    }
    let next = vault_for(&shared.places, settings);
    if let Some(passphrase) = passphrase.filter(|_| settings.vault == VaultHome::File) {
        // Created immediately, even without a secret: the passphrase chosen now is the one to enter later.
        next.unlock(passphrase).map_err(|error| error.failure())?;
    }
    if matches!(now.vault.probe(), VaultStatus::Unavailable(_)) {
        // A missing keyring cannot be read; its contents stay in it. The user must be able to switch away from it.
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
        Ok(()) => shared.tell_unsaved(),
        Err(failure) => shared.tell_unsaved_with(Some(failure)),
    }
}
