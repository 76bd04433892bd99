//! Hints of a test, which can appear even if it is OK.

use std::path::Path;

use crate::rest::redact::plain;
use brickpass_core::{connection::Connection, failure::Failure};

/// Signed requests and sign-ins start to fail at about five minutes.
const SKEW: u64 = 120;

pub(super) fn by_proxy(proxy: &str) -> String {
    format!("Requests go through the proxy {proxy}, so DNS, TCP and TLS are not measured.")
}

/// Why signing in to the proxy failed, by the methods it supports. A user name and password in an address only work with Basic.
pub(super) fn of_proxy_sign_in(ways: &[String], mut failure: Failure) -> Failure {
    if ways.is_empty() || ways.iter().any(|way| way.eq_ignore_ascii_case("basic")) {
        return failure;
    }
    failure.why =
        format!("It supports only {}, which Brickpass cannot use. A user name and password in HTTPS_PROXY do not help.", ways.join(", "));
    "Run a local proxy that signs in for you, such as px or cntlm, and set HTTPS_PROXY to it. Or ask your network team to allow the address."
        .clone_into(&mut failure.fix);
    failure
}

pub(super) fn no_scope_for_clusters(why: &str) -> String {
    format!("The token works, but it cannot list clusters. {why}")
}

/// The authority's owner can read what is sent, so the file is named even if all is well.
pub(super) fn extra_authorities(file: &Path) -> String {
    format!("The certificate authorities in {} are trusted in addition to the system's.", plain(&file.display().to_string()))
}

pub(super) fn clock(server_ahead_seconds: i64) -> Option<String> {
    let off = server_ahead_seconds.unsigned_abs();
    if off <= SKEW {
        return None;
    }
    let side = if server_ahead_seconds > 0 { "behind" } else { "ahead of" };
    Some(format!("This computer's clock is {} {side} the server's. Set the date and time, or signing in may fail.", long(off)))
}

pub(super) fn expiry_assumed() -> String {
    "The server did not say how long the access token is valid; one hour is assumed.".to_owned()
}

fn long(seconds: u64) -> String {
    let (count, unit) = match seconds {
        0..7_200 => (seconds / 60, "minutes"),
        7_200..172_800 => (seconds / 3_600, "hours"),
        _ => (seconds / 86_400, "days"),
    };
    format!("{count} {unit}")
}

pub(super) fn other_workspace(connection: &Connection, answered: &str) -> Option<String> {
    let expected = connection.workspace_id.as_deref().filter(|expected| *expected != answered)?;
    Some(format!("This address answered as workspace {answered}, not {expected}."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ht_30_a_clock_that_is_off_is_told() {
        assert_eq!(clock(0), None);
        assert_eq!(clock(120), None);
        assert_eq!(clock(-120), None);
        let off = |seconds| clock(seconds).unwrap_or_default();
        assert!(off(600).starts_with("This computer's clock is 10 minutes behind the server's."));
        assert!(off(-600).starts_with("This computer's clock is 10 minutes ahead of the server's."));
        assert!(off(-7200).contains("2 hours"));
        assert!(off(i64::MIN).contains("days ahead"));
    }
}
