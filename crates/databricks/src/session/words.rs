//! What a person is told when there is no token.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp, tz::TimeZone};

use crate::oauth::{OAuthError, Trouble};
use brickpass_core::{
    connection::BaseUrl,
    failure::{Code, Failure, Remedy},
};

pub(super) fn no_token() -> Failure {
    no_secret("There is no token for this connection.", "None is stored in the vault.", "Enter a personal access token and save.")
}

pub(super) fn no_client_secret() -> Failure {
    no_secret("There is no client secret for this connection.", "None is stored in the vault.", "Enter the client secret and save.")
}

pub(super) fn no_service_principal() -> Failure {
    Failure::new(
        Code::Unsupported,
        "This connection has no use for a client secret.",
        "It does not sign in as a service principal.",
        "Choose Service principal as its authentication.",
    )
}

fn no_secret(what: &str, why: &str, fix: &str) -> Failure {
    Failure::new(Code::NoSecret, what, why, fix).with_remedy(Remedy::ReplaceSecret)
}

pub(super) fn never_signed_in() -> Failure {
    sign_in_needed("You are not signed in.", "Nobody has signed in to this connection yet, or the sign-in was without staying signed in.")
}

pub(super) fn signed_in_elsewhere() -> Failure {
    sign_in_needed(
        "You need to sign in again.",
        "The address, the account, the OAuth application or its scopes were changed since you signed in, and a sign-in is good for one place only.",
    )
}

pub(super) fn unreadable() -> Failure {
    sign_in_needed("You need to sign in again.", "The stored sign-in is damaged, or a newer Brickpass has written it.")
}

pub(super) fn ended() -> Failure {
    sign_in_needed(
        "You need to sign in again.",
        "The sign-in has ended: it was too long ago, or it was revoked, or another program has used it up.",
    )
}

pub(super) fn passed() -> Failure {
    sign_in_needed("You need to sign in again.", "The sign-in was without a refresh token, and its access token has ended.")
}

fn sign_in_needed(what: &str, why: &str) -> Failure {
    Failure::new(Code::SignInNeeded, what, why, "Sign in; the connection and everything else about it stay as they are.")
        .with_remedy(Remedy::SignIn)
}

pub(super) fn busy() -> Failure {
    Failure::new(
        Code::RefreshBusy,
        "Another window is renewing this sign-in.",
        "It has been doing so for a long time; perhaps it waits for the network or for the keyring's password.",
        "Try again in a moment; if it stays so, close the other Brickpass.",
    )
    .with_remedy(Remedy::TryAgain)
}

pub(super) fn vault_too_slow() -> Failure {
    Failure::new(
        Code::VaultBusy,
        "The vault does not answer.",
        "It may be waiting for you to unlock it.",
        "Look for a window that asks for the keyring's password, then try again.",
    )
    .with_remedy(Remedy::TryAgain)
}

pub(super) fn refused_again() -> Failure {
    Failure::new(
        Code::Unauthorized,
        "The service does not accept the access token.",
        "A token that was renewed a moment ago is refused as well, so its age is not the reason.",
        "Check that this user or service principal may use this workspace, and that the address is the right one.",
    )
}

pub(super) fn token_refused() -> Failure {
    Failure::new(
        Code::Unauthorized,
        "The service does not accept the token.",
        "It has expired, was revoked, or belongs to another workspace.",
        "Enter another personal access token.",
    )
    .with_remedy(Remedy::ReplaceSecret)
}

/// `failure` is what the server said when it asked to be left alone.
pub(super) fn not_now(failure: &Failure, until: Timestamp, now: Timestamp) -> Failure {
    let clock = until.to_zoned(TimeZone::system()).strftime("%H:%M");
    let wait = in_words(until.duration_since(now));
    let fix = format!("Databricks asked to wait until {clock} ({wait}). Run this again then; nothing is lost.");
    Failure { fix, remedy: None, ..failure.clone() }
}

/// A process before this one was told so.
pub(super) fn asked_to_wait(wait: Duration) -> OAuthError {
    let failure = Failure::new(
        Code::RateLimited,
        "The server is not asked for a token now.",
        "It answered a request with the wish to be left alone for a while.",
        "Run this again then.",
    );
    OAuthError { trouble: Trouble::NotNow { retry_after: Some(wait) }, failure }
}

pub(super) fn principal_busy() -> Failure {
    Failure::new(
        Code::RefreshBusy,
        "There is no token yet.",
        "Another Brickpass is asking for a token for this service principal, and has no answer within the connection's time limit.",
        "Try again in a moment. If the server is slow, raise the time limit of the connection.",
    )
    .with_remedy(Remedy::TryAgain)
}

pub(super) fn not_told(host: &BaseUrl, why: &Failure) -> Failure {
    let still = "Signed out here. The server could not be told, so the sign-in stays valid there until it ends by itself.";
    Failure { details: why.details.clone(), ..Failure::new(why.code, still, format!("{host}: {} {}", why.what, why.why), end_it_there()) }
}

pub(super) fn not_told_in_time(host: &BaseUrl) -> Failure {
    let slow = Failure::new(Code::ReadTimeout, "It did not answer in time.", "", "");
    let told = not_told(host, &slow);
    Failure { why: told.why.trim_end().to_owned(), ..told }
}

fn end_it_there() -> &'static str {
    "To end it now, revoke it in the settings of your Databricks account, or ask an admin."
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
        "Brickpass made a mistake while renewing this sign-in.",
        "A part of it stopped unexpectedly; your connections and secrets are as they were before.",
        "Try again, and report it if it happens again.",
    )
    .with_remedy(Remedy::TryAgain)
}
