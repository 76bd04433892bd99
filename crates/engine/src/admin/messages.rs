//! Failures of administration requests.

use crate::{api_context::ApiContext, tokens};
use brickpass_core::{
    connection::Level,
    failure::{Code, Failure, Remedy},
};
use brickpass_databricks::rest::{OAuthSecret, ServicePrincipal};

#[expect(clippy::unnecessary_wraps, reason = "it stands where the next ones stand, which may refuse")]
pub(super) fn anywhere(_: &Level) -> Result<(), Failure> {
    Ok(())
}

/// Tokens exist in a workspace only.
pub(super) fn where_tokens_exist(level: &Level) -> Result<(), Failure> {
    match level {
        Level::Workspace => Ok(()),
        Level::Account { .. } => Err(tokens::accounts_have_none()),
    }
}

/// So do entitlements and permissions.
pub(super) fn where_access_is_granted(level: &Level) -> Result<(), Failure> {
    match level {
        Level::Workspace => Ok(()),
        Level::Account { .. } => Err(Failure::new(
            Code::Unsupported,
            "Not available for an account.",
            "Entitlements and permissions are granted in each workspace.",
            "Open a connection to a workspace.",
        )),
    }
}

pub(super) fn where_workspaces_are_assigned(level: &Level) -> Result<(), Failure> {
    match level {
        Level::Workspace => Err(only_at_account_level()),
        Level::Account { .. } => Ok(()),
    }
}

pub(super) fn only_at_account_level() -> Failure {
    Failure::new(
        Code::Unsupported,
        "Not available for a workspace.",
        "The account decides who is added to its workspaces.",
        "Open a connection to the account.",
    )
}

pub(super) fn no_name() -> Failure {
    Failure::new(
        Code::InvalidInput,
        "A service principal needs a name.",
        "Without a name, its purpose is unclear later.",
        "Enter a name, for example the job or program that signs in with it.",
    )
}

/// What a refusal means for this connection, except where the API's own message already says who may do this.
pub(super) fn explained(failure: Failure, api: &ApiContext) -> Failure {
    if failure.code == Code::Forbidden { failure } else { api.explained(failure) }
}

/// The same for a request that names an object: if it does not exist, the API's own message says so.
pub(super) fn explained_by_name(failure: Failure, api: &ApiContext) -> Failure {
    if failure.code == Code::NotFound { failure } else { explained(failure, api) }
}

/// The answer was lost, and a check showed that nothing has changed. `looked`: what the check found.
pub(super) fn not_changed(lost: Failure, looked: &str) -> Failure {
    Failure {
        what: "Nothing was changed.".to_owned(),
        why: format!("{} {} {looked}", lost.what, lost.why),
        fix: "Try again.".to_owned(),
        remedy: Some(Remedy::TryAgain),
        ..lost
    }
}

/// The same for a permission, of which a part (the use of a catalog) may have been granted.
pub(super) fn not_granted(lost: Failure) -> Failure {
    let failure = not_changed(lost, "The service principal does not have this permission.");
    Failure { what: "The permission was not granted.".to_owned(), ..failure }
}

/// The answer was lost, and the check failed.
pub(super) fn nobody_knows(lost: Failure, unseen: &Failure, fix: &str) -> Failure {
    Failure {
        what: "It is unknown whether this was done.".to_owned(),
        why: format!("{} The check afterwards also failed: {}", lost.what, unseen.what),
        fix: fix.to_owned(),
        remedy: None,
        ..lost
    }
}

pub(super) fn there_is_one(lost: Failure, name: &str, found: &[ServicePrincipal]) -> Failure {
    let ids: Vec<&str> = found.iter().map(|it| it.client_id.as_str()).collect();
    let (what, fix) = match ids.as_slice() {
        [_] => (
            format!("A service principal named {name} exists, but the answer to your request was lost."),
            "Reload the list. If none had this name before, your request created it. Do not create it again.",
        ),
        _ => (
            format!("Several service principals are named {name}, and the answer to your request was lost."),
            "Reload the list, and delete any duplicate in the workspace or account.",
        ),
    };
    Failure {
        what,
        why: format!("{} {} Application IDs with that name: {}.", lost.what, lost.why, ids.join(", ")),
        fix: fix.to_owned(),
        remedy: Some(Remedy::Reload),
        ..lost
    }
}

/// `left`: why it could not be deleted.
pub(super) fn secret_lost(lost: Failure, id: &str, left: Option<&Failure>) -> Failure {
    let why = format!("{} {}", lost.what, lost.why);
    match left {
        None => Failure {
            what: "A secret was created, but its value was lost in transit. Brickpass has deleted it.".to_owned(),
            why,
            fix: "Generate a new one.".to_owned(),
            remedy: None,
            ..lost
        },
        Some(left) => Failure {
            what: "A secret was created, but its value was lost in transit, and Brickpass could not delete it.".to_owned(),
            why,
            fix: format!("Delete the secret with the ID {id}, then generate a new one."),
            details: Some(format!("{} {}", left.what, left.why)),
            remedy: None,
            ..lost
        },
    }
}

pub(super) fn several_secrets(lost: Failure, appeared: &[OAuthSecret]) -> Failure {
    let ids: Vec<&str> = appeared.iter().map(|secret| secret.id.as_str()).collect();
    Failure {
        what: "A secret was created, but its value was lost in transit, and it is unknown which secret it was.".to_owned(),
        why: format!("{} {} Other secrets were created at the same time.", lost.what, lost.why),
        fix: format!("Delete the one that is not used. The new secrets have the IDs {}.", ids.join(", ")),
        remedy: None,
        ..lost
    }
}
