//! The texts of a test: its progress and its result.

use std::time::Duration;

use super::{counted, row_state};
use brickpass_core::{connection::LastTest, failure::Code};
use brickpass_databricks::rest::ClusterState;

pub const CANCEL_TEST: &str = "Cancel test";
pub const CANCEL_ALL: &str = "Cancel all";
pub const TESTING: &str = "Testing";
pub const WAITING: &str = "Waiting";
pub const WAITING_WHY: &str = "Waiting for other tests to finish.";
pub const SOMEBODY: &str = "an unnamed user";
pub const STEP_FAILED: &str = "failed";
pub const STEP_SKIPPED: &str = "skipped";
pub const DETAILS: &str = "Details";
pub const COPY_REPORT: &str = "Copy report";
pub const CLUSTERS: &str = "Clusters";
pub const NO_CLUSTERS: &str = "No clusters visible to you.";
pub const EDITED_SINCE: &str = "Edited since this test";
pub const NOT_TESTED_YET: &str = "Not tested yet";
pub const NOT_TESTED_WHY_ACCOUNT: &str = "Tests what is in the form, saved or not: signs in and lists workspaces.";
pub const NOT_TESTED_WHY: &str = "Tests what is in the form, saved or not: signs in and lists clusters.";
pub const SECRET_REJECTED: &str = "Databricks rejected this client ID and secret";
pub const TOKEN_REJECTED: &str = "The workspace rejected this token";

pub fn testing(ended: usize, all: usize) -> String {
    format!("Testing {} of {all}", (ended + 1).min(all))
}

pub fn clusters(total: usize, running: usize) -> String {
    format!("{}, {running} running", counted(total, "cluster", "clusters"))
}

pub fn workspace(id: &str) -> String {
    format!("Workspace {id}")
}

pub fn connected_in(duration: Duration) -> String {
    format!("Connected in {}", took(duration))
}

/// `<1 ms`, `4 ms`, `999 ms`, `1.2 s`, `75 s`.
pub fn took(duration: Duration) -> String {
    let ms = duration.as_millis();
    if ms == 0 {
        "<1 ms".to_owned()
    } else if ms < 1000 {
        format!("{ms} ms")
    } else if ms < 10_000 {
        format!("{:.1} s", duration.as_secs_f64())
    } else {
        format!("{} s", duration.as_secs())
    }
}

/// While it runs, without tenths, which would flicker.
pub fn elapsed(seconds: i64) -> String {
    format!("{} s", seconds.max(0))
}

pub fn of_timeout(seconds: u64) -> String {
    format!("Stops after {seconds} s")
}

/// The result of the last test when its steps are no longer known.
pub fn last_result(last: &LastTest) -> String {
    format!("Last test: {}", row_state(last, None))
}

/// The kind of a failure in a few words; its three lines follow.
pub fn headline(code: Code) -> String {
    match code {
        Code::Dns | Code::Refused | Code::Unreachable | Code::Reset => "Could not reach the workspace",
        Code::ConnectTimeout | Code::ReadTimeout => "Timed out",
        Code::TlsUnknownIssuer
        | Code::TlsExpired
        | Code::TlsNotYetValid
        | Code::TlsWrongHost
        | Code::TlsProtocol
        | Code::Tls
        | Code::CaFile => "No secure connection",
        Code::ProxyAuth | Code::ProxyUnreachable | Code::ProxySetting => "Proxy error",
        Code::Unauthorized | Code::NoSecret | Code::SignInNeeded | Code::OauthRefused | Code::OauthProtocol | Code::OauthUnsupported => {
            "Could not sign in"
        }
        Code::RefreshBusy => "The sign-in is being renewed",
        Code::Forbidden | Code::MissingScope | Code::IpBlocked | Code::PrivateLink => "No permission",
        Code::RateLimited | Code::ServerError => "Workspace unavailable",
        Code::NotFound | Code::Redirect | Code::NotApi | Code::Protocol | Code::TooLarge => "Not a Databricks workspace",
        Code::VaultLocked | Code::VaultLost | Code::VaultUnavailable | Code::VaultBusy | Code::WrongPassphrase | Code::SecretDamaged => {
            "Could not read the token"
        }
        Code::Cancelled => "Cancelled",
        Code::Unsupported => "Cannot be tested yet",
        _ => "The test could not run",
    }
    .to_owned()
}

pub fn waiting_for(seconds: i64) -> String {
    format!("Rate limited, retrying in {} s", seconds.max(0))
}

pub fn cluster_state(state: &ClusterState) -> String {
    match state {
        ClusterState::Pending => "Pending".to_owned(),
        ClusterState::Running => "Running".to_owned(),
        ClusterState::Restarting => "Restarting".to_owned(),
        ClusterState::Resizing => "Resizing".to_owned(),
        ClusterState::Terminating => "Terminating".to_owned(),
        ClusterState::Terminated => "Terminated".to_owned(),
        ClusterState::Error => "Error".to_owned(),
        ClusterState::Other(word) => sentence(word),
    }
}

fn sentence(word: &str) -> String {
    let lower = word.replace('_', " ").to_lowercase();
    let mut chars = lower.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_short() {
        assert_eq!(took(Duration::from_micros(300)), "<1 ms");
        assert_eq!(took(Duration::from_millis(182)), "182 ms");
        assert_eq!(took(Duration::from_millis(1234)), "1.2 s");
        assert_eq!(took(Duration::from_secs(75)), "75 s");
    }

    #[test]
    fn a_state_of_a_newer_service_reads_as_a_sentence() {
        assert_eq!(cluster_state(&ClusterState::Other("UNKNOWN_STATE".into())), "Unknown state");
    }
}
