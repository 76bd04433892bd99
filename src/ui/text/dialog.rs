//! The texts of confirmations and of passphrases.

use super::{connections, counted, some_of};
use crate::ui::state::HeldSecret;
use brickpass_core::connection::Care;

pub const CLOSE_TITLE: &str = "Save your changes before closing?";
pub const SAVE_AND_CLOSE: &str = "Save and close";
pub const DISCARD: &str = "Close without saving";
pub const DELETE_WORD: &str = "DELETE";
pub const PASSPHRASE: &str = "Passphrase";
pub const PASSPHRASE_AGAIN: &str = "Repeat passphrase";
pub const PASSPHRASE_HINT: &str = "At least 8 characters";
pub const PASSPHRASES_DIFFER: &str = "The passphrases do not match";
pub const UNLOCK_TITLE: &str = "Unlock the encrypted file";
pub const NEW_PASSPHRASE_TITLE: &str = "Choose a passphrase";
pub const UNLOCK_NOW: &str = "Unlock";
pub const SET_PASSPHRASE: &str = "Set passphrase";
pub const FORGOTTEN_PASSPHRASE: &str = "Forgot the passphrase?";
pub const NEW_VAULT_TITLE: &str = "Start a new vault";
pub const CREATE_VAULT: &str = "Create a new vault";
pub const CREATING_VAULT: &str = "Creating";
pub const BACK: &str = "Back";
pub const GIVES_UP: &str =
    "You give up the stored secrets and must enter each one again. The remains of the old vault are kept next to the new one.";
pub const UNLOCKING: &str = "Unlocking";
pub const NO_RECOVERY: &str = "There is no way to recover a forgotten passphrase.";
pub const SIGN_OUT_BODY: &str = "Brickpass revokes the sign-in where Databricks allows it and deletes it from this computer. Everything that uses it must sign in again.";

pub fn moved_secrets(count: usize) -> String {
    format!("Moved {}", counted(count, "secret", "secrets"))
}

pub fn passphrase_of(place: &str, new: bool) -> String {
    if new { format!("Your secrets will be stored in {place}. {NO_RECOVERY}") } else { format!("Your secrets are stored in {place}.") }
}

pub fn close_body(names: &[&str]) -> String {
    match names {
        [one] => format!("{one} has unsaved changes."),
        many => format!("{} have unsaved changes: {}", connections(many.len()), some_of(many)),
    }
}

pub fn delete_title(name: Option<&str>, count: usize) -> String {
    match name {
        Some(name) => format!("Delete {name}?"),
        None => format!("Delete {}?", connections(count)),
    }
}

fn held(secret: &HeldSecret) -> String {
    match secret {
        HeldSecret::AccessToken { certain: true } => "its access token".to_owned(),
        HeldSecret::AccessToken { certain: false } => "any access token stored for it".to_owned(),
        HeldSecret::ClientSecret { certain: true } => "its client secret".to_owned(),
        HeldSecret::ClientSecret { certain: false } => "any client secret stored for it".to_owned(),
        HeldSecret::SignIn { user: Some(user) } => format!("its sign-in as {user}"),
        HeldSecret::SignIn { user: None } => "any sign-in stored for it".to_owned(),
    }
}

/// What is deleted with one connection, and what is not. `revoked`: its token will be revoked.
pub fn delete_one(secret: Option<&HeldSecret>, revoked: bool) -> String {
    let what = match secret {
        None => "The connection is".to_owned(),
        Some(secret) => format!("The connection and {} are", held(secret)),
    };
    let stays = match secret {
        Some(HeldSecret::AccessToken { .. }) if revoked => " The token is revoked in Databricks when you can no longer undo this.",
        Some(HeldSecret::AccessToken { .. }) => " The token itself stays valid in Databricks until it expires or is revoked.",
        Some(HeldSecret::ClientSecret { .. }) => " The secret itself stays valid in Databricks until it expires or is deleted there.",
        Some(HeldSecret::SignIn { .. }) | None => "",
    };
    format!("{what} deleted from this computer.{stays}")
}

/// `revoked`: how many of their tokens will be revoked.
pub fn delete_many(careful: &[Care], revoked: usize) -> String {
    let of = |wanted: Care| careful.iter().filter(|care| **care == wanted).count();
    let production = match of(Care::Production) {
        0 => String::new(),
        1 => " One of them is production.".to_owned(),
        many => format!(" {many} of them are production."),
    };
    let not_set = match of(Care::NotSet) {
        0 => String::new(),
        1 => " One has no environment set.".to_owned(),
        many => format!(" {many} have no environment set."),
    };
    let there = match revoked {
        0 => ". Nothing is deleted in Databricks.".to_owned(),
        1 => ". One token is revoked in Databricks when you can no longer undo this.".to_owned(),
        many => format!(". {many} tokens are revoked in Databricks when you can no longer undo this."),
    };
    format!("These are deleted from this computer{there}{production}{not_set}")
}

/// Why a name must be typed.
pub fn careful(care: Care) -> &'static str {
    match care {
        Care::Production => "Production connection.",
        Care::NotSet => "The environment is not set, so it is treated like production.",
    }
}

/// `Sales, with its access token`
pub fn delete_row(name: &str, secret: Option<&HeldSecret>) -> String {
    secret.map_or_else(|| name.to_owned(), |secret| format!("{name}, with {}", held(secret)))
}

pub fn and_more(count: usize) -> String {
    format!("and {count} more")
}

pub fn lose_their_sign_in(owner: &str, users: &[&str]) -> String {
    let verb = if users.len() == 1 { "uses" } else { "use" };
    format!("{} {verb} the sign-in of {owner} and must sign in again.", some_of(users))
}

pub const REVOKE_TOO: &str = "Revoke its token in Databricks";

/// The label of the check box for revoking the tokens of several connections.
pub fn revoke_too(names: &[&str]) -> String {
    match names {
        [one] => format!("Revoke the token of {one} in Databricks"),
        many => format!("Revoke the {} tokens that Brickpass created in Databricks", many.len()),
    }
}

pub fn token_stays(name: &str, users: &[&str]) -> String {
    let verb = if users.len() == 1 { "uses" } else { "use" };
    format!("The token of {name} is not revoked in Databricks: {} also {verb} it.", some_of(users))
}

pub const UNPUBLISH_TOO: &str = "Unpublish";

pub fn also_published(profiles: &[String]) -> String {
    format!(
        "Also published as {} in .databrickscfg. Tools that use the profile cannot sign in without the connection.",
        profiles.join(", ")
    )
}

pub fn undo_for(seconds: i64) -> String {
    format!("You can undo this for {seconds} seconds.")
}

pub fn sign_out_title(name: &str) -> String {
    format!("Sign out of {name}?")
}

pub fn type_to_delete(expected: &str) -> String {
    format!("Type {expected} to confirm")
}
