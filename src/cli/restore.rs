//! `restore`: a lost or damaged file is replaced by its backup.

use std::process::ExitCode;

use serde_json::json;

use super::{
    output::{print_json, say},
    session::{Session, ask_passphrase},
};
use crate::{
    engine::{Command, Event, Recovery},
    failure::{Code, Failure},
};

pub(super) fn restore(vault: bool, empty: bool, json: bool) -> Result<ExitCode, Failure> {
    let mut session = Session::start()?;
    let recovery = match (vault, empty) {
        (true, _) => Recovery::VaultBackup { passphrase: ask_passphrase("the backup", false)?.ok_or_else(no_passphrase)? },
        (false, true) => Recovery::EmptyList,
        (false, false) => Recovery::ConnectionsBackup,
    };
    session.send(Command::Recover(recovery));
    let words = session.wait(|event| if let Event::Recovered { words } = event { Some(Ok(words)) } else { None })?;
    if json {
        print_json(&json!({ "restored": words }));
    } else {
        say(words);
    }
    Ok(ExitCode::SUCCESS)
}

fn no_passphrase() -> Failure {
    Failure::new(
        Code::VaultLocked,
        "The backup of the encrypted file was not opened.",
        "Its passphrase was not given, and nobody is at a terminal to type it.",
        "Set BRICKPASS_VAULT_PASSPHRASE, or run this in a terminal.",
    )
}
