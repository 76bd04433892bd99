//! What `doctor` says of the encrypted file beyond whether it opens.

use std::path::Path;

use secrecy::ExposeSecret as _;

use super::{
    finding::Finding,
    output::{count, note},
    passphrase,
    session::Session,
};
use brickpass_core::failure::Failure;
use brickpass_engine::{DeleteUnknownSecrets, ExamineVault, VaultExamination, interrupted_token_changes};
use brickpass_storage::{Snapshot, VaultHome, VaultStatus, weak_passphrase};

/// Nothing for another home, or for a file that does not open.
pub(super) fn findings(session: &mut Session, home: VaultHome, vault: &VaultStatus) -> Result<Vec<Finding>, Failure> {
    if home != VaultHome::File || !matches!(vault, VaultStatus::Ready { .. }) {
        return Ok(Vec::new());
    }
    let VaultExamination { behind, unknown } = session.ask(ExamineVault)?;
    Ok(behind.map(older).into_iter().chain((unknown > 0).then(|| belonging_to_nothing(unknown))).chain(weak()).collect())
}

/// What a killed process left half-way.
pub(super) fn interrupted(state_dir: &Path, snapshot: &Snapshot) -> impl Iterator<Item = Finding> {
    let found = interrupted_token_changes(state_dir, snapshot).into_iter();
    found.map(|words| Finding { check: "Interrupted", ok: false, detail: words, fix: None })
}

pub(super) fn delete_unknown_secrets() -> Result<(), Failure> {
    let mut session = Session::open()?;
    session.need_vault()?;
    let deleted = session.ask(DeleteUnknownSecrets)?;
    note(format_args!("Deleted {} that belonged to no connection", count(deleted, "secret", "secrets")));
    Ok(())
}

fn belonging_to_nothing(unknown: usize) -> Finding {
    Finding {
        check: "Secrets of no connection",
        ok: false,
        detail: format!(
            "in the encrypted vault file, {} to no connection in the list.",
            count(unknown, "secret belongs", "secrets belong")
        ),
        fix: Some("If no connection is missing, delete them: brickpass doctor --delete-unknown-secrets".to_owned()),
    }
}

fn older(saves: u64) -> Finding {
    Finding {
        check: "Copy of the vault",
        ok: false,
        detail: format!(
            "The encrypted vault file is older than the last one used on this computer, by {}: it was replaced by an earlier copy.",
            count(usize::try_from(saves).unwrap_or(usize::MAX), "save", "saves")
        ),
        fix: Some(
            "Test your connections, or put the newer copy back. “brickpass restore --vault” restores the copy that Brickpass kept."
                .to_owned(),
        ),
    }
}

/// A passphrase that would not be taken for a new file. The file opens all the same.
fn weak() -> Option<Finding> {
    let given = passphrase::given().ok()??;
    let why = weak_passphrase(given.expose_secret())?;
    Some(Finding {
        check: "Passphrase of the vault",
        ok: false,
        detail: format!("It is weak. {why}"),
        fix: Some(
            "In the window's settings, choose another secret storage, then the encrypted file again with a new passphrase.".to_owned(),
        ),
    })
}
