//! `restore`: a lost or damaged file is replaced by its backup.

use std::process::ExitCode;

use serde_json::json;

use super::{
    args::Restore,
    output::{print_json, say},
    session::{Session, ask_passphrase},
};
use brickpass_core::failure::{Code, Failure};
use brickpass_engine::{Recover, Recovery};

pub(super) fn restore(what: &Restore, json: bool) -> Result<ExitCode, Failure> {
    let mut session = Session::start()?;
    let recovery = match what {
        Restore { vault: true, .. } => {
            Recovery::VaultBackup { passphrase: ask_passphrase("the backup", false)?.ok_or_else(|| no_passphrase(BACKUP))? }
        }
        Restore { new_vault: true, .. } => {
            Recovery::NewVault { passphrase: ask_passphrase("the new vault", true)?.ok_or_else(|| no_passphrase(NEW_VAULT))? }
        }
        Restore { empty: true, .. } => Recovery::EmptyList,
        Restore { .. } => Recovery::ConnectionsBackup,
    };
    let done = session.ask(Recover(recovery))?;
    if json {
        print_json(&json!({ "restored": done }));
    } else {
        say(done);
    }
    Ok(ExitCode::SUCCESS)
}

const BACKUP: &str = "The backup of the encrypted vault file was not opened.";
const NEW_VAULT: &str = "The new vault was not created.";

fn no_passphrase(what: &str) -> Failure {
    Failure::new(
        Code::VaultLocked,
        what,
        "Its passphrase was not given, and it can only be typed in a terminal.",
        "Set BRICKPASS_VAULT_PASSPHRASE, or run this in a terminal.",
    )
}
