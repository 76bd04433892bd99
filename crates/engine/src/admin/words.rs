//! What is told when something could not be administered.

use crate::{reach::Reach, tokens};
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
            "An account does not have this.",
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
        "A workspace does not decide who is added to workspaces.",
        "The account above it does.",
        "Open a connection to the account.",
    )
}

pub(super) fn no_name() -> Failure {
    Failure::new(
        Code::InvalidInput,
        "A service principal needs a name.",
        "Without one, nobody would know later what it is for.",
        "Enter a name, such as the job or the program that signs in with it.",
    )
}

/// What a refusal means. Whose business a request is, the API's own words say already; what they leave open depends on the connection.
pub(super) fn explained(failure: Failure, reach: &Reach) -> Failure {
    if failure.code == Code::Forbidden { failure } else { reach.explained(failure) }
}

/// The same for a request that names something: if that is not there, the API's own words say so.
pub(super) fn explained_by_name(failure: Failure, reach: &Reach) -> Failure {
    if failure.code == Code::NotFound { failure } else { explained(failure, reach) }
}

/// The answer was lost, and a look showed that nothing has happened. `looked`: what was seen.
pub(super) fn not_changed(lost: Failure, looked: &str) -> Failure {
    Failure {
        what: "Nothing was changed.".to_owned(),
        why: format!("{} {} {looked}", lost.what, lost.why),
        fix: "Try again.".to_owned(),
        remedy: Some(Remedy::TryAgain),
        ..lost
    }
}

/// The same for a permission, of which a part (the use of a catalog) may be granted all the same.
pub(super) fn not_granted(lost: Failure) -> Failure {
    let failure = not_changed(lost, "The service principal does not have this permission.");
    Failure { what: "The permission was not granted.".to_owned(), ..failure }
}

/// The answer was lost, and nobody could look.
pub(super) fn nobody_knows(lost: Failure, unseen: &Failure, fix: &str) -> Failure {
    Failure {
        what: "Nobody can say whether this was done.".to_owned(),
        why: format!("{} Then a look at what is there failed: {}", lost.what, unseen.what),
        fix: fix.to_owned(),
        remedy: None,
        ..lost
    }
}

pub(super) fn there_is_one(lost: Failure, name: &str, found: &[ServicePrincipal]) -> Failure {
    let ids: Vec<&str> = found.iter().map(|it| it.client_id.as_str()).collect();
    let (what, fix) = match ids.as_slice() {
        [_] => (
            format!("There is a service principal named {name}, but the answer to your request was lost."),
            "Reload the list. If you did not have one of this name before, it is yours: there is no need to create it again.",
        ),
        _ => (
            format!("There are several service principals named {name}, and the answer to your request was lost."),
            "Reload the list, and delete what is there once too often in the workspace or account.",
        ),
    };
    Failure {
        what,
        why: format!("{} {} Application IDs of that name: {}.", lost.what, lost.why, ids.join(", ")),
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
            what: "A secret was made, but its value was lost on the way. It is deleted again.".to_owned(),
            why,
            fix: "Generate another one.".to_owned(),
            remedy: None,
            ..lost
        },
        Some(left) => Failure {
            what: "A secret was made, but its value was lost on the way, and it could not be deleted.".to_owned(),
            why,
            fix: format!("Delete the secret with the ID {id}, then generate another one."),
            details: Some(format!("{} {}", left.what, left.why)),
            remedy: None,
            ..lost
        },
    }
}

pub(super) fn several_secrets(lost: Failure, appeared: &[OAuthSecret]) -> Failure {
    let ids: Vec<&str> = appeared.iter().map(|secret| secret.id.as_str()).collect();
    Failure {
        what: "The value of a secret was lost on the way, and nobody can say which secret it was.".to_owned(),
        why: format!("{} {} Somebody else made secrets at the same time.", lost.what, lost.why),
        fix: format!("Delete the one that nobody uses. New are the secrets with the IDs {}.", ids.join(", ")),
        remedy: None,
        ..lost
    }
}
