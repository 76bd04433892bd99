//! Recovery of lost or damaged files. A replaced file is kept beside the new one.

use secrecy::SecretString;

use super::{
    blocking::blocking,
    connections::broadcast,
    request::{Context, Order, Request},
    shared::Shared,
    vault,
};
use brickpass_core::failure::{Code, Failure};

/// Performs a recovery; the answer is a message for the user.
#[derive(Debug)]
pub struct Recover(pub Recovery);

#[derive(Debug)]
pub enum Recovery {
    /// Replaces the connections file with its newest usable backup.
    ConnectionsBackup,
    /// Replaces the connections file with an empty list.
    EmptyList,
    /// Replaces the encrypted vault file with its newest copy.
    VaultBackup { passphrase: SecretString },
    /// Gives up the secrets in the encrypted vault file: replaces it with an empty one, and keeps it under another name.
    NewVault { passphrase: SecretString },
}

impl Request for Recover {
    type Answer = String;

    const ORDER: Order = Order::Write;

    async fn run(self, context: Context) -> Result<String, Failure> {
        blocking(move || recover(&context.shared, self.0)).await?
    }
}

fn recover(shared: &Shared, recovery: Recovery) -> Result<String, Failure> {
    match recovery {
        Recovery::ConnectionsBackup => restore_connections(shared),
        Recovery::EmptyList => shared.library.start_anew().map_err(|error| error.failure()).map(|snapshot| {
            broadcast(shared, snapshot);
            "The list of connections is now empty. The previous file is kept in the same folder.".to_owned()
        }),
        Recovery::VaultBackup { passphrase } => vault::restore_backup(shared, passphrase),
        Recovery::NewVault { passphrase } => vault::begin_anew(shared, passphrase),
    }
}

fn restore_connections(shared: &Shared) -> Result<String, Failure> {
    let backups = shared.library.backups();
    let newest = backups.first().ok_or_else(|| {
        Failure::new(
            Code::FileUnreadable,
            "There is no usable backup of the connections file.",
            "Brickpass makes a backup with every save, but none could be read.",
            "Start with an empty list: brickpass restore --empty",
        )
    })?;
    let snapshot = shared.library.restore_backup(newest).map_err(|error| error.failure())?;
    let words = format!("The backup with {} connections was restored. The previous file is kept.", snapshot.entries.len());
    broadcast(shared, snapshot);
    Ok(words)
}
