//! What can be done about a file that is lost or damaged. What is replaced is kept beside it.

use secrecy::SecretString;

use super::{
    blocking::blocking,
    connections::broadcast,
    request::{Context, Order, Request},
    shared::Shared,
    vault,
};
use brickpass_core::failure::{Code, Failure};

/// Does one of these; the answer says what was done, for the person.
#[derive(Debug)]
pub struct Recover(pub Recovery);

#[derive(Debug)]
pub enum Recovery {
    /// The newest good backup takes the place of the connections file.
    ConnectionsBackup,
    /// An empty list takes the place of the connections file.
    EmptyList,
    /// The newest copy of the encrypted file takes its place.
    VaultBackup { passphrase: SecretString },
    /// The secrets in the encrypted file are given up: an empty one takes its place, and it is kept under another name.
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
            "The list of connections is empty now. The file before it is kept in the same folder.".to_owned()
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
            "There is no good backup of the connections file.",
            "Brickpass keeps one with every save, but none could be read.",
            "Begin with an empty list: brickpass restore --empty",
        )
    })?;
    let snapshot = shared.library.restore_backup(newest).map_err(|error| error.failure())?;
    let words = format!("The backup with {} connections is in place. The file before it is kept.", snapshot.entries.len());
    broadcast(shared, snapshot);
    Ok(words)
}
