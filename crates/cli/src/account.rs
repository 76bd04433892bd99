//! Which account a connection is to reach: by `--account-id`, else by the address that was pasted.

use super::output::note;
use brickpass_core::{
    connection::{BaseUrl, Draft, HostKind, LevelKind},
    failure::{Code, Failure},
};

/// `adding`: a connection that is new has no level that an empty id could take away.
///
/// # Errors
/// An empty id for a new connection; the address of an account console without the id of an account.
pub(super) fn settle(draft: &mut Draft, given: Option<&str>, adding: bool) -> Result<(), Failure> {
    if let Some(id) = given {
        if adding && id.trim().is_empty() {
            return Err(empty());
        }
        draft.level = if id.is_empty() { LevelKind::Workspace } else { LevelKind::Account };
        id.clone_into(&mut draft.account_id);
    }
    let Ok(pasted) = BaseUrl::read(&draft.base_url) else { return Ok(()) };
    if draft.level == LevelKind::Account {
        return Ok(());
    }
    match (pasted.base_url.kind(), pasted.account_id) {
        (HostKind::AccountConsole, Some(id)) => {
            note(format_args!("Note: The address names the account {id}; the connection is to this account."));
            draft.level = LevelKind::Account;
            draft.account_id = id;
            Ok(())
        }
        (HostKind::AccountConsole, None) => Err(console()),
        (HostKind::Unified, Some(id)) if pasted.workspace_id.is_none() => {
            note(format_args!("Note: The address names the account {id}. To connect to the account itself, add --account-id {id}"));
            Ok(())
        }
        _ => Ok(()),
    }
}

fn empty() -> Failure {
    Failure::new(
        Code::InvalidInput,
        "The connection was not saved.",
        "--account-id is empty.",
        "Give the ID of the account, or leave --account-id out to connect to a workspace. If a variable stands there, check that it is set.",
    )
}

fn console() -> Failure {
    Failure::new(
        Code::InvalidInput,
        "The connection was not saved.",
        "This is the address of the account console, and no account is named.",
        "Add --account-id ID (the account console shows the ID at the top right), or give the address of a workspace.",
    )
}
