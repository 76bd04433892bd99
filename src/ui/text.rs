//! All texts of the window.

pub mod activity;
pub mod admin;
pub mod backup;
mod clipboard;
mod conflict;
mod dialog;
pub mod effective;
pub mod expiry;
pub mod export;
mod form;
pub mod importing;
mod list;
pub mod send_to;
mod sign_in;
mod testing;
pub mod tokens;
mod workspaces;

use std::time::Duration;

use jiff::Timestamp;

use brickpass_core::{
    counted,
    failure::{Code, Failure, Remedy},
};

pub use clipboard::*;
pub use conflict::*;
pub use dialog::*;
pub use form::*;
pub use list::*;
pub use sign_in::*;
pub use testing::*;
pub use workspaces::*;

pub const APP: &str = "Brickpass";
pub const JUMP: &str = "Search or jump to...";
pub const JUMP_KEY: &str = if cfg!(target_os = "macos") { "Cmd K" } else { "Ctrl K" };
pub const FILTER_KEY: &str = if cfg!(target_os = "macos") { "Cmd F" } else { "Ctrl F" };
pub const TEST_ALL: &str = "Test all";
pub const NEW: &str = "New connection";
pub const MORE_NEW: &str = "More ways to add connections";
pub const SETTINGS: &str = "Settings";
pub const CANCEL: &str = "Cancel";
pub const TRY_AGAIN: &str = "Try again";

/// A few names, and how many more.
fn some_of(names: &[&str]) -> String {
    let shown = names.iter().take(3).copied().collect::<Vec<_>>().join(", ");
    if names.len() > 3 { format!("{shown} and {} more", names.len() - 3) } else { shown }
}

/// `a`, `a and b`, `a, b and c`
fn and(words: &[String]) -> String {
    match words {
        [] => String::new(),
        [only] => only.clone(),
        [all @ .., last] => format!("{} and {last}", all.join(", ")),
    }
}

/// `just now`, `3 min ago`, `2 h ago`, `5 days ago`, and the time until the words change.
pub fn ago(then: Timestamp, now: Timestamp) -> (String, Duration) {
    let seconds = u64::try_from(now.duration_since(then).as_secs()).unwrap_or(0);
    let (minutes, hours, days) = (seconds / 60, seconds / 3600, seconds / 86_400);
    let (words, step) = if minutes == 0 {
        ("just now".to_owned(), 60)
    } else if hours == 0 {
        (format!("{minutes} min ago"), 60)
    } else if days == 0 {
        (format!("{hours} h ago"), 3600)
    } else {
        (counted(usize::try_from(days).unwrap_or(usize::MAX), "day ago", "days ago"), 86_400)
    };
    (words, Duration::from_secs(step - seconds % step))
}

/// Two lines, for small spaces.
pub fn short_failure(failure: &Failure) -> String {
    format!("{} {}", failure.what, failure.fix)
}

pub fn remedy(remedy: Remedy) -> &'static str {
    match remedy {
        Remedy::SignIn => SIGN_IN,
        Remedy::EditBaseUrl => "Edit base URL",
        Remedy::EditTimeout => "Edit timeout",
        Remedy::ReplaceSecret => "Replace token",
        Remedy::OpenNetworkSettings | Remedy::OpenVaultSettings => OPEN_SETTINGS,
        Remedy::UnlockVault => UNLOCK,
        Remedy::TryAgain => TRY_AGAIN,
        Remedy::Reload => "Reload",
    }
}

pub fn read_only_failure(reason: &str) -> Failure {
    Failure::new(Code::ReadOnly, "Changes cannot be saved.", reason, "You can still view and test your connections.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages_are_told_in_the_largest_fitting_unit_and_know_when_they_change() {
        let then = Timestamp::from_second(1_700_000_000).unwrap();
        let after = |seconds: i64| ago(then, Timestamp::from_second(1_700_000_000 + seconds).unwrap());
        assert_eq!(after(0), ("just now".to_owned(), Duration::from_secs(60)));
        assert_eq!(after(-50).0, "just now");
        assert_eq!(after(59), ("just now".to_owned(), Duration::from_secs(1)));
        assert_eq!(after(60).0, "1 min ago");
        assert_eq!(after(185), ("3 min ago".to_owned(), Duration::from_secs(55)));
        assert_eq!(after(7200).0, "2 h ago");
        assert_eq!(after(86_400).0, "1 day ago");
        assert_eq!(after(5 * 86_400), ("5 days ago".to_owned(), Duration::from_secs(86_400)));
    }
}
