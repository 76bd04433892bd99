//! Everything in one file: encrypted with the secrets, or as JSON without them.

use std::path::{Path, PathBuf};

use secrecy::{ExposeSecret as _, SecretString};

use super::{
    activity::Done,
    blocking::blocking,
    request::{Context, Order, Recorder, Request},
    shared::Shared,
};
use brickpass_core::{
    connection::{AuthKind, Connection, ConnectionId, SecretKind},
    failure::Failure,
};
use brickpass_interchange::backup;
use brickpass_storage as storage;
use brickpass_storage::{AuditAction, SecretKey, VaultError};

/// Writes all connections and their secrets to a new file that only the passphrase opens.
#[derive(Debug)]
pub struct Backup {
    pub to: PathBuf,
    pub passphrase: SecretString,
}

/// Writes all connections to a new file, as JSON without secrets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SaveInventory {
    pub to: PathBuf,
}

/// What a backup holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BackedUp {
    pub connections: usize,
    /// Those whose secret is in it; none in a file without secrets.
    pub with_secret: Vec<ConnectionId>,
    /// Those that sign in through the browser: they have to sign in again where the backup is brought back.
    pub sign_ins: usize,
    /// Connections whose stored secret is not in it, since it was entered for another address: their names, and the reason.
    pub left_out: Vec<(String, Failure)>,
}

impl Request for Backup {
    type Answer = BackedUp;

    const ORDER: Order = Order::Write;

    fn recorder(&self) -> Recorder<BackedUp> {
        Box::new(|outcome| {
            let with_secret = outcome.iter().flat_map(|backup| &backup.with_secret);
            with_secret.map(|id| Done::new(*id, AuditAction::BackedUp)).collect()
        })
    }

    async fn run(self, Context { shared, .. }: Context) -> Result<BackedUp, Failure> {
        blocking(move || write_encrypted(&shared, &self.to, &self.passphrase)).await?
    }
}

impl Request for SaveInventory {
    type Answer = BackedUp;

    const ORDER: Order = Order::Write;

    async fn run(self, Context { shared, .. }: Context) -> Result<BackedUp, Failure> {
        blocking(move || write_inventory(&shared, &self.to)).await?
    }
}

fn write_inventory(shared: &Shared, to: &Path) -> Result<BackedUp, Failure> {
    let connections = connections(shared)?;
    storage::write_new(to, backup::inventory(&connections)?.as_bytes())?;
    Ok(contents(&connections, Vec::new()))
}

fn connections(shared: &Shared) -> Result<Vec<Connection>, Failure> {
    let entries = shared.library.load().map_err(|error| error.failure())?.entries;
    Ok(entries.into_iter().map(|entry| entry.connection).collect())
}

fn write_encrypted(shared: &Shared, to: &Path, passphrase: &SecretString) -> Result<BackedUp, Failure> {
    let connections = connections(shared)?;
    let vault = shared.vault();
    let mut secrets = Vec::new();
    let mut left_out = Vec::new();
    for connection in &connections {
        let Some(kind) = kind_of(connection) else { continue };
        // One that cannot be read is an error: a backup that silently lacks it would be found out on the worst of days.
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
    Ok(BackedUp { left_out, ..contents(&connections, with_secret) })
}

/// The secret that a person enters for it.
fn kind_of(connection: &Connection) -> Option<SecretKind> {
    match connection.auth.kind() {
        AuthKind::PersonalAccessToken => Some(SecretKind::PersonalAccessToken),
        AuthKind::ServicePrincipal => Some(SecretKind::ClientSecret),
        AuthKind::Browser => None,
    }
}

fn contents(connections: &[Connection], with_secret: Vec<ConnectionId>) -> BackedUp {
    let sign_ins = connections.iter().filter(|connection| connection.auth.kind() == AuthKind::Browser).count();
    BackedUp { connections: connections.len(), with_secret, sign_ins, left_out: Vec::new() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_backup_is_recorded_for_each_connection_whose_secret_is_in_it() {
        let ids = vec![ConnectionId::random(), ConnectionId::random()];
        let backup = || Backup { to: PathBuf::from("x"), passphrase: "passphrase".into() };
        let outcome = BackedUp { connections: 3, with_secret: ids.clone(), sign_ins: 1, left_out: Vec::new() };
        assert_eq!(backup().recorder()(&Ok(outcome)), [Done::new(ids[0], AuditAction::BackedUp), Done::new(ids[1], AuditAction::BackedUp)]);
        assert_eq!(backup().recorder()(&Err(crate::blocking::crashed())), []);
    }
}
