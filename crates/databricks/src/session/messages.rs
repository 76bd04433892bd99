//! What a person is told when there is no token.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp, tz::TimeZone};

use crate::oauth::{OAuthError, Trouble};
use brickpass_core::{
    connection::BaseUrl,
    failure::{Code, Failure, Remedy},
};

pub(super) fn no_token() -> Failure {
    no_secret("This connection has no token.", "The vault does not contain one.", "Enter a personal access token and save.")
}

pub(super) fn no_client_secret() -> Failure {
    no_secret("This connection has no client secret.", "The vault does not contain one.", "Enter the client secret and save.")
}

pub(super) fn no_service_principal() -> Failure {
    Failure::new(
        Code::Unsupported,
        "This connection does not use a client secret.",
        "It does not sign in as a service principal.",
        "Choose Service principal as its authentication type.",
    )
}

fn no_secret(what: &str, why: &str, fix: &str) -> Failure {
    Failure::new(Code::NoSecret, what, why, fix).with_remedy(Remedy::ReplaceSecret)
}

pub(super) fn never_signed_in() -> Failure {
    sign_in_needed("You are not signed in.", "There was no sign-in with this connection yet, or the session was not kept.")
}

pub(super) fn signed_in_elsewhere() -> Failure {
    sign_in_needed(
        "You need to sign in again.",
        "The address, account, OAuth application or scopes have changed since you signed in, and a sign-in is valid only for the ones it was made for.",
    )
}

pub(super) fn unreadable() -> Failure {
    sign_in_needed("You need to sign in again.", "The stored sign-in is damaged, or a newer version of Brickpass wrote it.")
}

pub(super) fn ended() -> Failure {
    sign_in_needed("You need to sign in again.", "The sign-in has expired, was revoked, or was used up by another program.")
}

pub(super) fn passed() -> Failure {
    sign_in_needed("You need to sign in again.", "The sign-in has no refresh token, and its access token has expired.")
}

fn sign_in_needed(what: &str, why: &str) -> Failure {
    Failure::new(Code::SignInNeeded, what, why, "Sign in again. Nothing else changes.").with_remedy(Remedy::SignIn)
}

pub(super) fn busy() -> Failure {
    Failure::new(
        Code::RefreshBusy,
        "Another Brickpass process is renewing this sign-in.",
        "It is taking a long time. It may be waiting for the network or for the keyring's password.",
        "Try again in a moment. If it keeps happening, close the other Brickpass process.",
    )
    .with_remedy(Remedy::TryAgain)
}

pub(super) fn vault_too_slow() -> Failure {
    Failure::new(
        Code::VaultBusy,
        "The vault is not responding.",
        "It may be waiting for you to unlock it.",
        "Look for a window that asks for the keyring's password, then try again.",
    )
    .with_remedy(Remedy::TryAgain)
}

pub(super) fn refused_again() -> Failure {
    Failure::new(
        Code::Unauthorized,
        "The service does not accept the access token.",
        "It also refuses a token that was renewed a moment ago, so the token's age is not the reason.",
        "Check that this user or service principal has access to this workspace, and that the address is correct.",
    )
}

pub(super) fn token_refused() -> Failure {
    Failure::new(
        Code::Unauthorized,
        "The service does not accept the token.",
        "It has expired, was revoked, or belongs to another workspace.",
        "Enter a new personal access token.",
    )
    .with_remedy(Remedy::ReplaceSecret)
}

/// `failure` is the server's refusal, which names the time to wait until.
pub(super) fn not_now(failure: &Failure, until: Timestamp, now: Timestamp) -> Failure {
    let clock = until.to_zoned(TimeZone::system()).strftime("%H:%M");
    let wait = in_words(until.duration_since(now));
    let fix = format!("Databricks allows the next request at {clock} ({wait}). Try again then; nothing is lost.");
    Failure { fix, remedy: None, ..failure.clone() }
}

/// An earlier process got this answer.
pub(super) fn asked_to_wait(wait: Duration) -> OAuthError {
    let failure = Failure::new(
        Code::RateLimited,
        "Rate limited. No token was requested.",
        "The server asked Brickpass to wait before the next request.",
        "Try again then.",
    );
    OAuthError { trouble: Trouble::NotNow { retry_after: Some(wait) }, failure }
}

pub(super) fn principal_busy() -> Failure {
    Failure::new(
        Code::RefreshBusy,
        "No token yet.",
        "Another Brickpass process is requesting a token for this service principal and got no answer within the connection's timeout.",
        "Try again in a moment. If the server is slow, increase the connection's timeout.",
    )
    .with_remedy(Remedy::TryAgain)
}

pub(super) fn not_told(host: &BaseUrl, why: &Failure) -> Failure {
    let still = "Signed out on this computer. The server was not reached, so the sign-in stays valid there until it expires.";
    Failure { details: why.details.clone(), ..Failure::new(why.code, still, format!("{host}: {} {}", why.what, why.why), end_it_there()) }
}

pub(super) fn not_told_in_time(host: &BaseUrl) -> Failure {
    let slow = Failure::new(Code::ReadTimeout, "It did not answer in time.", "", "");
    let told = not_told(host, &slow);
    Failure { why: told.why.trim_end().to_owned(), ..told }
}

fn end_it_there() -> &'static str {
    "To end it now, revoke it in your Databricks account settings, or ask an admin."
}

fn in_words(wait: SignedDuration) -> String {
    let (count, unit) = match wait.as_secs().max(1) {
        seconds @ ..60 => (seconds, "second"),
        seconds @ 60..7200 => ((seconds + 59) / 60, "minute"),
        seconds => ((seconds + 3599) / 3600, "hour"),
    };
    format!("in {count} {unit}{}", if count == 1 { "" } else { "s" })
}

pub(super) fn crashed() -> Failure {
    Failure::new(
        Code::Internal,
        "Something went wrong in Brickpass while renewing this sign-in.",
        "A part of Brickpass stopped unexpectedly. Your connections and secrets are unchanged.",
        "Try again. If it happens again, please report it.",
    )
    .with_remedy(Remedy::TryAgain)
}
