//! Dialogs that ask before something is lost, and passphrases.

use super::{connections, counted, some_of};
use crate::ui::state::HeldSecret;
use brickpass_core::connection::Care;

pub const CLOSE_TITLE: &str = "Save your changes before closing?";
pub const SAVE_AND_CLOSE: &str = "Save and close";
pub const DISCARD: &str = "Close without saving";
pub const DELETE_WORD: &str = "delete";
pub const PASSPHRASE: &str = "Passphrase";
pub const PASSPHRASE_AGAIN: &str = "Passphrase again";
pub const PASSPHRASE_HINT: &str = "At least 8 characters";
pub const PASSPHRASES_DIFFER: &str = "The two passphrases are not the same";
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
    "You give up the stored secrets and enter each of them again. What is left of the former vault is kept beside the new one.";
pub const UNLOCKING: &str = "Unlocking";
pub const NO_RECOVERY: &str = "It protects your secrets on this computer. It cannot be recovered if you forget it.";
pub const SIGN_OUT_BODY: &str =
    "The sign-in is revoked where Databricks allows it, and deleted from this computer. Everything that uses it has to sign in again.";

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

/// What goes with one connection, and what does not. `revoked`: its token is to be revoked.
pub fn delete_one(secret: Option<&HeldSecret>, revoked: bool) -> String {
    let what = match secret {
        None => "The connection is".to_owned(),
        Some(secret) => format!("The connection and {} are", held(secret)),
    };
    let stays = match secret {
        Some(HeldSecret::AccessToken { .. }) if revoked => " The token is revoked at Databricks when you can no longer undo this.",
        Some(HeldSecret::AccessToken { .. }) => " The token itself stays valid in Databricks until it expires or is revoked.",
        Some(HeldSecret::ClientSecret { .. }) => " The secret itself stays valid in Databricks until it expires or is deleted there.",
        Some(HeldSecret::SignIn { .. }) | None => "",
    };
    format!("{what} deleted from this computer.{stays}")
}

/// `revoked`: so many of their tokens are to be revoked.
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
        0 => ", and nothing in Databricks.".to_owned(),
        1 => ". One token is revoked at Databricks when you can no longer undo this.".to_owned(),
        many => format!(". {many} tokens are revoked at Databricks when you can no longer undo this."),
    };
    format!("These are deleted from this computer{there}{production}{not_set}")
}

/// Why a name has to be typed.
pub fn careful(care: Care) -> &'static str {
    match care {
        Care::Production => "This is production.",
        Care::NotSet => "Its environment is not set, so it is handled like production.",
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
    format!("{} {verb} the sign-in of {owner} and must sign in again afterwards.", some_of(users))
}

pub const REVOKE_TOO: &str = "Revoke its token at Databricks";

/// The label of the box for those of several connections whose tokens can be revoked.
pub fn revoke_too(names: &[&str]) -> String {
    match names {
        [one] => format!("Revoke the token of {one} at Databricks"),
        many => format!("Revoke the {} tokens that Brickpass made at Databricks", many.len()),
    }
}

pub fn token_stays(name: &str, users: &[&str]) -> String {
    let verb = if users.len() == 1 { "signs" } else { "sign" };
    format!("The token of {name} is not revoked at Databricks: {} {verb} in with it, too.", some_of(users))
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
    format!("Type {expected} to delete")
}
