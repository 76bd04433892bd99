//! Dialogs that ask before something is lost, and passphrases.

use super::{connections, counted, some_of};

pub const CLOSE_TITLE: &str = "Save your changes before closing?";
pub const SAVE_AND_CLOSE: &str = "Save and close";
pub const DISCARD: &str = "Close without saving";
pub const DELETE_WORD: &str = "delete";
pub const CONFLICT_TITLE: &str = "Changed elsewhere";
pub const REMOVED_TITLE: &str = "This connection was deleted elsewhere";
pub const PASSPHRASE: &str = "Passphrase";
pub const PASSPHRASE_AGAIN: &str = "Passphrase again";
pub const PASSPHRASE_HINT: &str = "At least 8 characters";
pub const PASSPHRASES_DIFFER: &str = "The two passphrases are not the same";
pub const UNLOCK_TITLE: &str = "Unlock the encrypted file";
pub const NEW_PASSPHRASE_TITLE: &str = "Choose a passphrase";
pub const UNLOCK_NOW: &str = "Unlock";
pub const SET_PASSPHRASE: &str = "Set passphrase";
pub const UNLOCKING: &str = "Unlocking";
pub const NO_RECOVERY: &str = "It protects your secrets on this computer. It cannot be recovered if you forget it.";
pub const DELETE_BODY: &str = "This is production. Nothing changes in Databricks, but the connection and its secret go from this computer.";

pub fn moved_secrets(count: usize) -> String {
    format!("Moved {}", counted(count, "secret", "secrets"))
}

pub fn passphrase_of(place: &str, new: bool) -> String {
    if new { format!("Your secrets will be kept in {place}. {NO_RECOVERY}") } else { format!("Your secrets are kept in {place}.") }
}

pub fn close_body(names: &[&str]) -> String {
    match names {
        [one] => format!("{one} has changes that are not saved."),
        many => format!("{} have changes that are not saved: {}", connections(many.len()), some_of(many)),
    }
}

pub fn conflict_body(name: &str, removed: bool) -> String {
    if removed {
        format!(
            "{name} was deleted in another window or by another program while you were editing it. Keep yours to add it again, or take theirs to let it go."
        )
    } else {
        format!(
            "{name} was changed in another window or by another program while you were editing it. Keep yours to replace their version, or take theirs and drop what you typed."
        )
    }
}

pub fn delete_title(name: Option<&str>, count: usize) -> String {
    match name {
        Some(name) => format!("Delete {name}?"),
        None => format!("Delete {}?", connections(count)),
    }
}

pub fn type_to_delete(expected: &str) -> String {
    format!("Type {expected} to delete")
}
