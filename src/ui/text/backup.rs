//! The texts of *Back up connections*.

use std::path::Path;

use jiff::{Timestamp, tz::TimeZone};

use super::counted;
use brickpass_engine::BackedUp;

pub const TITLE: &str = "Back up connections";
/// The button that opens the dialog.
pub const ASK: &str = "Back up connections...";
pub const ASK_WHY: &str =
    "Saves all connections and their secrets in one file that a passphrase opens, to move to another computer or recover later.";
pub const WHY: &str = "Saves all connections and their secrets in one encrypted file. Only the passphrase opens it, and the passphrase cannot be recovered. \
     Browser sign-ins are not included.";
pub const DONE: &str = "Done";
pub const HOW_BACK: &str = "Restore with Import connections > Backup.";

pub fn file_name(now: Timestamp, zone: &TimeZone) -> String {
    format!("brickpass-{}.{}", now.to_zoned(zone.clone()).date(), super::importing::BACKUP_EXTENSION)
}

/// `4 connections and 3 secrets backed up`
pub fn holds(backup: &BackedUp) -> String {
    let connections = counted(backup.connections, "connection", "connections");
    format!("{connections} and {} backed up", counted(backup.with_secret.len(), "secret", "secrets"))
}

/// The connections whose stored secret was entered for another address.
pub fn left_out(backup: &BackedUp) -> Vec<String> {
    backup.left_out.iter().map(|(name, why)| format!("The secret of {name} is not included. {}", why.what)).collect()
}

pub fn lies_in(to: &Path) -> String {
    format!("Saved to {}", to.display())
}

pub fn sign_ins(count: usize) -> String {
    let who = counted(count, "connection signs in", "connections sign in");
    format!("{who} through the browser: sign in again after restoring.")
}
