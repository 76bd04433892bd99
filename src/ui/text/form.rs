//! The form of a connection.

use brickpass_core::connection::{Field, SecretKind};
use brickpass_storage::VaultHome;

pub const TAB_CONNECTION: &str = "Connection";
pub const TAB_EXPORT: &str = "Export";
pub const TAB_ADMINISTRATION: &str = "Administration";
pub const TAB_ACTIVITY: &str = "Activity";
pub const NAME: &str = Field::Name.spec().label;
pub const NAME_HINT: &str = Field::Name.spec().hint;
pub const BASE_URL: &str = Field::BaseUrl.spec().label;
pub const BASE_URL_HINT: &str = Field::BaseUrl.spec().hint;
pub const TIMEOUT: &str = Field::Timeout.spec().label;
pub const SECONDS: &str = "seconds";
pub const AUTH: &str = Field::Auth.spec().label;
pub const LEVEL: &str = "Level";
pub const ACCOUNT_ID: &str = Field::AccountId.spec().label;
pub const ACCOUNT_HINT: &str = Field::AccountId.spec().hint;
pub const CLIENT_ID: &str = Field::ClientId.spec().label;
pub const CLIENT_HINT: &str = Field::ClientId.spec().hint;
pub const CLIENT_SECRET: &str = "Client secret";
pub const WORKSPACE_ID: &str = Field::WorkspaceId.spec().label;
pub const WORKSPACE_ID_HINT: &str = Field::WorkspaceId.spec().hint;
pub const TOKEN: &str = "Access token";
/// Hint in a secret field while the vault is locked.
pub const LOCKED_HINT: &str = "Locked";
pub const KEYRING_LOCKED: &str = "The system keyring is locked";
pub const TOKEN_HINT: &str = "Paste a personal access token";
pub const SECRET_HINT: &str = "Paste an OAuth secret";
pub const ENVIRONMENT: &str = Field::Environment.spec().label;
/// Next to the choice, so that no row moves when one is made.
pub const NOT_SET_HINT: &str = "Treated like production until set";
pub const OWN_ENVIRONMENT: &str = "Environment name";
pub const OWN_HINT: &str = Field::Environment.spec().hint;
pub const TAGS: &str = Field::Tags.spec().label;
pub const FOLDER: &str = Field::Folder.spec().label;
/// Labels for connections that are added in bulk.
pub const NEW_ENVIRONMENT: &str = "Environment for new ones";
pub const NEW_FOLDER: &str = "Folder for new ones";
pub const NO_FOLDER: &str = "Folder/Subfolder (optional)";
pub const SAVE: &str = "Save";
pub const SAVING: &str = "Saving";
pub const CANCEL_SAVE: &str = "Cancel saving";
pub const SAVE_CANCELLED: &str = "Saving was cancelled.";
pub const UNSAVED_CHANGES: &str = "Unsaved changes";
pub const UNLOCK: &str = "Unlock...";
pub const OPEN_SETTINGS: &str = "Open settings...";
pub const ENCRYPTED_FILE: &str = "the encrypted file";
pub const CHECKING_VAULT: &str = "Checking secret storage";
pub const REPLACE_SECRET: &str = "Replace client secret";

pub fn confirm(origin: &str) -> String {
    format!("I trust {origin}")
}

/// `in GNOME Keyring`, or `until you quit`: what follows "stored".
fn where_stored(home: VaultHome, place: &str) -> String {
    if home == VaultHome::Memory { "until you quit".to_owned() } else { format!("in {place}") }
}

/// `Stored in GNOME Keyring`
pub fn stored_in(home: VaultHome, place: &str) -> String {
    format!("Stored {}", where_stored(home, place))
}

/// Shown instead of "Stored in ..." when the stored secret does not match the form and is not used.
pub fn entered_elsewhere(kind: SecretKind, entered_for: &str) -> String {
    let noun = if kind == SecretKind::ClientSecret { "client secret" } else { "token" };
    format!("The stored {noun} was entered for {entered_for} and is not used here. Enter the {noun} again.")
}

pub fn will_be_stored_in(home: VaultHome, place: &str) -> String {
    format!("Will be stored {}", where_stored(home, place))
}

pub fn will_be_replaced_in(home: VaultHome, place: &str) -> String {
    format!("Replaces the one stored {}", where_stored(home, place))
}

pub fn locked(place: &str) -> String {
    format!("Secrets are stored in {place}, which is locked")
}

pub fn level(account: bool) -> &'static str {
    if account { "Account" } else { "Workspace" }
}

pub fn level_explained(account: bool) -> &'static str {
    if account { "The whole account (account console)" } else { "One workspace" }
}
