//! The texts of the list of connections, its filter and the status bar.

use std::time::Duration;

use super::{NOT_SIGNED_IN, counted, tokens, took};
use brickpass_core::connection::{LastTest, Status};

pub const CONNECTIONS: &str = "Connections";
pub const FILTER: &str = "Filter";
pub const FILTER_NAME: &str = "Filter connections";
pub const CLEAR_FILTER: &str = "Clear filter";
pub const PINNED: &str = "Pinned";
pub const ALL: &str = "All connections";
pub const MATCHES: &str = "Results";
pub const NEW_CONNECTION: &str = "New connection";
pub const UNSAVED: &str = "Unsaved";
pub const NO_ADDRESS: &str = "No address yet";
pub const TEST: &str = "Test connection";
pub const DUPLICATE: &str = "Duplicate";
pub const DELETE: &str = "Delete";
pub const TEST_MANY: &str = "Test selected";
pub const DELETE_MANY: &str = "Delete selected";
pub const PIN: &str = "Pin";
pub const UNPIN: &str = "Unpin";
pub const RENAME: &str = "Rename";
pub const COPY_ADDRESS: &str = "Copy address";
pub const OPEN: &str = "Open in browser";
pub const MORE: &str = "More actions";
pub const REVERT: &str = "Revert changes";
pub const LOADING: &str = "Loading connections";
pub const NOTHING_SELECTED: &str = "Select a connection to see it here";
pub const NO_CONNECTIONS: &str = "No connections yet";
pub const UNDONE: &str = "Undo";
pub const NOT_TESTED: &str = "Not tested";
pub const TEST_BROKEN: &str = "Test failed";
pub const OK: &str = "OK";

pub fn deleted(name: &str) -> String {
    format!("Deleted {name}")
}

pub fn deleted_many(count: usize) -> String {
    format!("Deleted {}", connections(count))
}

pub fn connections(count: usize) -> String {
    counted(count, "connection", "connections")
}

pub fn selected(count: usize) -> String {
    format!("{} selected", connections(count))
}

pub fn no_match(filter: &str) -> String {
    format!("No connection matches \u{201c}{}\u{201d}", filter.trim())
}

/// The last test in a row. `days_left`: the remaining days of the token, if known.
pub fn row_state(last: &LastTest, days_left: Option<i64>) -> String {
    match last.state {
        Status::Ok => format!("OK {}", took(Duration::from_millis(last.duration_ms))),
        other => state_word(other, days_left),
    }
}

fn state_word(state: Status, days_left: Option<i64>) -> String {
    match (state, days_left) {
        (Status::Expiring, Some(days)) => tokens::expires_in(days),
        (Status::SignIn, _) => NOT_SIGNED_IN.to_owned(),
        _ => state.label().to_owned(),
    }
}

/// The last test in the head of the form: `OK, 182 ms, 3 min ago`.
pub fn head_state(last: &LastTest, ago: &str, days_left: Option<i64>) -> String {
    match last.state {
        Status::Ok | Status::Expiring => {
            format!("{}, {}, {ago}", state_word(last.state, days_left), took(Duration::from_millis(last.duration_ms)))
        }
        other => format!("{}, {ago}", state_word(other, None)),
    }
}

pub fn needs_sign_in(count: usize) -> String {
    format!("{count} not signed in")
}

pub fn expiring(count: usize) -> String {
    if count == 1 { "1 expires soon".to_owned() } else { format!("{count} expire soon") }
}

pub fn without_permission(count: usize) -> String {
    format!("{count} no permission")
}

pub fn unreachable(count: usize) -> String {
    format!("{count} unreachable")
}

pub fn untested(count: usize) -> String {
    format!("{count} not tested")
}
