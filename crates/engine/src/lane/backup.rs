//! Everything in one file: encrypted with the secrets, or as JSON without them.

use std::path::PathBuf;

use secrecy::{ExposeSecret as _, SecretString};

use crate::{BackedUp, Event, RunId, shared::Shared};
use brickpass_core::{
    connection::{AuthKind, Connection, SecretKind},
    failure::Failure,
};
use brickpass_interchange::backup;
use brickpass_storage as storage;
use brickpass_storage::{SecretKey, VaultError};

pub(super) fn encrypted(shared: &Shared, run: RunId, to: PathBuf, passphrase: &SecretString) {
    let outcome = write_encrypted(shared, &to, passphrase);
    shared.outbox.send(Event::BackedUp { run, to, outcome });
}

pub(super) fn inventory(shared: &Shared, run: RunId, to: PathBuf) {
    let outcome = connections(shared).and_then(|connections| {
        storage::write_new(&to, backup::inventory(&connections)?.as_bytes())?;
        Ok(told(&connections, Vec::new()))
    });
    shared.outbox.send(Event::BackedUp { run, to, outcome });
}

fn connections(shared: &Shared) -> Result<Vec<Connection>, Failure> {
    let entries = shared.library.load().map_err(|error| error.failure())?.entries;
    Ok(entries.into_iter().map(|entry| entry.connection).collect())
}

fn write_encrypted(shared: &Shared, to: &std::path::Path, passphrase: &SecretString) -> Result<BackedUp, Failure> {
    let connections = connections(shared)?;
    let vault = shared.vault();
    let mut secrets = Vec::new();
    let mut left_out = Vec::new();
    for connection in &connections {
        let Some(kind) = kind_of(connection) else { continue };
        // One that cannot be read is told: a backup that silently lacks it would be found out on the worst of days.
        match vault.get(&SecretKey::of(connection, kind)) {
            Ok(Some(secret)) => secrets.push((connection.id, kind, secret)),
            Ok(None) => {}
            // The address in the backup would be the wrong one for it.
            Err(error @ VaultError::EnteredElsewhere { .. }) => left_out.push((connection.name.as_str().to_owned(), error.failure())),
            Err(error) => return Err(error.failure()),
        }
    }
    let plain = backup::write(&connections, &secrets)?;
    storage::write_backup(to, plain.expose_secret().as_bytes(), passphrase)?;
    let with_secret = secrets.iter().map(|(id, ..)| *id).collect();
    Ok(BackedUp { left_out, ..told(&connections, with_secret) })
}

/// The secret that a person enters for it.
fn kind_of(connection: &Connection) -> Option<SecretKind> {
    match connection.auth.kind() {
        AuthKind::PersonalAccessToken => Some(SecretKind::PersonalAccessToken),
        AuthKind::ServicePrincipal => Some(SecretKind::ClientSecret),
        AuthKind::Browser => None,
    }
}

fn told(connections: &[Connection], with_secret: Vec<brickpass_core::connection::ConnectionId>) -> BackedUp {
    let sign_ins = connections.iter().filter(|connection| connection.auth.kind() == AuthKind::Browser).count();
    BackedUp { connections: connections.len(), with_secret, sign_ins, left_out: Vec::new() }
}
