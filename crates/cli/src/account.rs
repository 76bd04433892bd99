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
            note(format_args!("Note: The address is for the account {id}, so the connection is for this account."));
            draft.level = LevelKind::Account;
            draft.account_id = id;
            Ok(())
        }
        (HostKind::AccountConsole, None) => Err(console()),
        (HostKind::Unified, Some(id)) if pasted.workspace_id.is_none() => {
            note(format_args!("Note: The address contains the account {id}. To connect to the account itself, add --account-id {id}"));
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
        "Enter the account ID, or omit --account-id to connect to a workspace. If you use a variable, check that it is set.",
    )
}

fn console() -> Failure {
    Failure::new(
        Code::InvalidInput,
        "The connection was not saved.",
        "This is the account console, and the account ID is missing.",
        "Add --account-id ID (shown at the top right of the account console), or use a workspace URL.",
    )
}
