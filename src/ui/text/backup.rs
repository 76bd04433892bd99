//! The words of backing up all connections.

use std::path::Path;

use jiff::{Timestamp, tz::TimeZone};

use super::counted;
use brickpass_engine::BackedUp;

pub const TITLE: &str = "Back up connections";
/// Wherever the dialog is asked for.
pub const ASK: &str = "Back up connections...";
pub const ASK_WHY: &str = "All connections and their secrets in one file that a passphrase opens, for another computer or a bad day.";
pub const WHY: &str = "All connections and their secrets go into one encrypted file. Only the passphrase opens it: nobody can bring that back, not even you. \
     Sign-ins through the browser stay here.";
pub const DONE: &str = "Done";
pub const HOW_BACK: &str = "To bring it back: Import connections, Backup.";

pub fn file_name(now: Timestamp, zone: &TimeZone) -> String {
    format!("brickpass-{}.{}", now.to_zoned(zone.clone()).date(), super::importing::BACKUP_EXTENSION)
}

/// `4 connections and 3 secrets`
pub fn holds(backup: &BackedUp) -> String {
    let connections = counted(backup.connections, "connection", "connections");
    format!("{connections} and {} backed up", counted(backup.with_secret.len(), "secret", "secrets"))
}

/// The connections whose stored secret was entered for another address.
pub fn left_out(backup: &BackedUp) -> Vec<String> {
    backup.left_out.iter().map(|(name, why)| format!("The secret of {name} is not in it. {}", why.what)).collect()
}

pub fn lies_in(to: &Path) -> String {
    format!("In {}", to.display())
}

pub fn sign_ins(count: usize) -> String {
    let who = counted(count, "connection signs in", "connections sign in");
    format!("{who} through the browser: sign in again where you bring it back.")
}
