//! Failures of creating, storing and revoking tokens.

use super::{
    mark::Mark,
    removed::{NotRevocable, Parted},
};
use brickpass_core::failure::{Code, Failure, Remedy};
use brickpass_databricks::rest::Token;

pub(crate) fn accounts_have_none() -> Failure {
    Failure::new(
        Code::Unsupported,
        "An account has no personal access tokens.",
        "They belong to a user in one workspace.",
        "Open a connection to a workspace.",
    )
}

pub(super) fn not_by_token() -> Failure {
    Failure::new(
        Code::Unsupported,
        "There is no token to replace.",
        "This connection does not sign in with a personal access token.",
        "To sign in with a token, generate one and use it in this connection.",
    )
}

pub(super) fn being_replaced() -> Failure {
    Failure::new(
        Code::RefreshBusy,
        "The token was not replaced.",
        "It is already being replaced, perhaps by another window.",
        "Check the list of tokens in a moment.",
    )
    .with_remedy(Remedy::TryAgain)
}

pub(super) fn nothing_was_made(lost: Failure) -> Failure {
    Failure {
        what: "No token was created.".to_owned(),
        why: format!("{} {} The list of tokens shows no new token.", lost.what, lost.why),
        fix: "Try again.".to_owned(),
        remedy: Some(Remedy::TryAgain),
        ..lost
    }
}

pub(super) fn nobody_knows(lost: Failure, unseen: &Failure, mark: &Mark) -> Failure {
    Failure {
        what: "It is unknown whether a token was created.".to_owned(),
        why: format!("{} The list of tokens could not be loaded either: {}", lost.what, unseen.what),
        fix: format!("Check the list of tokens later. If one has a comment that ends in{mark}, revoke it: its value is lost."),
        ..lost
    }
}

/// `left`: what could not be revoked, and why.
pub(super) fn made_and_lost(lost: Failure, left: &[(Token, Failure)]) -> Failure {
    let why = format!("{} {}", lost.what, lost.why);
    let (what, fix, details) = match left {
        [] => (
            "A token was created, but its value was lost in transit. Brickpass has revoked it.",
            "Generate a new one.".to_owned(),
            lost.details,
        ),
        [(_, first), ..] => (
            "A token was created, but its value was lost in transit, and Brickpass could not revoke it.",
            format!(
                "Revoke the token with the ID {} in the list of tokens, then generate a new one.",
                ids(left.iter().map(|(token, _)| token))
            ),
            Some(format!("{} {}", first.what, first.why)),
        ),
    };
    Failure { what: what.to_owned(), why, fix, details, remedy: None, ..lost }
}

fn ids<'a>(tokens: impl Iterator<Item = &'a Token>) -> String {
    tokens.map(|token| token.id.as_str()).collect::<Vec<_>>().join(", ")
}

/// The rotation failed before the old token was changed, and the new one is revoked.
pub(super) fn not_replaced(failure: Failure) -> Failure {
    Failure {
        what: "The token was not replaced. The old token is still active.".to_owned(),
        why: format!("{} {}", failure.what, failure.why),
        ..failure
    }
}

/// As [`not_replaced`], but the new token is still there.
pub(super) fn not_replaced_and_left(failure: Failure, new: &Token, revoking: &Failure) -> Failure {
    let failure = not_replaced(failure);
    Failure {
        fix: format!("Revoke the new token (ID {}) in the list of tokens, because Brickpass could not. {}", new.id, failure.fix),
        details: Some(format!("{} {}", revoking.what, revoking.why)),
        ..failure
    }
}

/// It is unknown which of the two tokens is in the vault, so both stay.
pub(super) fn both_remain(failure: Failure, new: &Token) -> Failure {
    Failure {
        what: "It is unknown which token is stored, so the old one and the new one both stay active.".to_owned(),
        why: format!("{} {}", failure.what, failure.why),
        fix: format!(
            "Test this connection when the vault is available again. The new token has the ID {}. Revoke the token that is not used.",
            new.id
        ),
        ..failure
    }
}

pub(super) fn old_is_not_known() -> Failure {
    Failure::new(
        Code::NotFound,
        "The old token is still active.",
        "Brickpass did not create it and cannot tell which one it is.",
        "If nothing else uses it, revoke it in the list of tokens.",
    )
}

pub(super) fn old_is_used_by(names: &str, token_id: &str) -> Failure {
    Failure::new(
        Code::Conflict,
        "The old token is still active.",
        format!("{names} also uses it."),
        format!("Give that connection its own token, then revoke the token with the ID {token_id}."),
    )
}

pub(super) fn old_was_not_revoked(failure: Failure, token_id: &str) -> Failure {
    Failure {
        what: "The old token is still active.".to_owned(),
        why: format!("It could not be revoked: {} {}", failure.what, failure.why),
        fix: format!("Revoke it in the list of tokens. Its ID is {token_id}."),
        ..failure
    }
}

/// Where a person revokes a token without Brickpass.
const IN_DATABRICKS: &str = "in Databricks under Settings > Developer > Access tokens";

/// So many tokens are named.
const MAX_NAMES: usize = 6;

pub(super) fn not_revocable(why: &NotRevocable, name: &str) -> Failure {
    let what = format!("The token of \"{name}\" cannot be revoked.");
    match why {
        NotRevocable::NoToken => Failure::new(
            Code::Unsupported,
            what,
            "This connection does not sign in with a personal access token.",
            "Remove it without revoking a token. If it has a sign-in, that is always revoked.",
        ),
        NotRevocable::NotKnown => Failure::new(
            Code::NotFound,
            what,
            "Brickpass did not create it and cannot tell which one it is.",
            format!("Revoke it {IN_DATABRICKS}."),
        ),
        NotRevocable::UsedBy(users) => Failure::new(
            Code::Conflict,
            what,
            format!("{} also uses it.", users.iter().map(|user| format!("\"{user}\"")).collect::<Vec<_>>().join(", ")),
            "Give that connection its own token, or remove it as well.",
        ),
    }
}

pub(super) fn none_is_stored() -> Failure {
    Failure::new(Code::NoSecret, "No request was sent to Databricks.", "No token is stored for this connection.", "")
}

pub(super) fn secret_stays() -> Failure {
    Failure::new(Code::Internal, "No request was sent to Databricks.", "Its stored copy could not be deleted.", "")
}

pub(super) fn no_answer_in_time() -> Failure {
    Failure::new(Code::ReadTimeout, "Databricks did not answer in time.", "The workspace is slow or unreachable.", "")
}

/// How to revoke tokens of removed connections that are still valid. `None`: there are none.
pub(super) fn left_valid(left: &[Parted]) -> Option<Failure> {
    let first = left.first()?;
    let failure = first.outcome.as_ref().err()?;
    let token = |parted: &Parted| {
        let note = parted.note.as_ref()?;
        Some(if note.comment.is_empty() { format!("ID {}", note.token_id) } else { format!("\"{}\", ID {}", note.comment, note.token_id) })
    };
    let (what, fix) = match left {
        [one] => {
            let which = token(one).map(|token| format!(" ({token})")).unwrap_or_default();
            let place = one.connection.base_url.host();
            (
                format!("The token of \"{}\" was not revoked.", one.connection.name.as_str()),
                format!("It is still valid. Revoke it at {place}, {IN_DATABRICKS}{which}."),
            )
        }
        many => {
            let mut named: Vec<String> = many
                .iter()
                .take(MAX_NAMES)
                .map(|parted| {
                    format!("{}{}", parted.connection.name.as_str(), token(parted).map(|token| format!(" ({token})")).unwrap_or_default())
                })
                .collect();
            if many.len() > MAX_NAMES {
                named.push(format!("and {} more", many.len() - MAX_NAMES));
            }
            (
                format!("{} tokens of removed connections were not revoked.", many.len()),
                format!("They are still valid. Revoke them {IN_DATABRICKS}: {}.", named.join("; ")),
            )
        }
    };
    Some(Failure { what, why: format!("{} {}", failure.what, failure.why), fix, remedy: None, ..failure.clone() })
}
