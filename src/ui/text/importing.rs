//! The texts of imports, and of moving secrets out of a file.

use super::counted;
use crate::ui::importing::Source;
use brickpass_core::connection::{AuthMethod, BaseUrl, Connection, Level};
use brickpass_engine::ExistingMatch;

pub const TITLE: &str = "Import connections";
/// The button that opens the dialog.
pub const ASK: &str = "Import connections...";
/// The button on the start page.
pub const ELSEWHERE: &str = "Import from elsewhere...";
pub const WHY: &str = "You review everything before it is saved.";
pub const FILE: &str = "File";
pub const FILE_HINT: &str = ".databrickscfg, bundle, env file, Terraform, JDBC URL, ODBC, dbt profile, linked service, Airflow, Kubernetes, JSON, YAML or \
     TOML settings, CSV, or a script that names a workspace. The type is detected.";
pub const WHOLE_PATH: &str = "Enter a full path, folder and name";
pub const DROP: &str = "You can also drop a file onto the window.";
pub const PASTED: &str = "Pasted text";
pub const PASTED_HINT: &str = "Paste a JDBC URL, an address from the browser, or the text of a file";
pub const PASTED_WHY: &str = "May contain a secret: shown as dots and discarded once it is read.";
pub const FULL: &str = "Too long. Save it as a file and import the file.";
pub const ENVIRONMENT_WHY: &str = "Reads the DATABRICKS_ variables that Brickpass was started with.";
pub const BACKUP_FILE: &str = "Backup file";
pub const BACKUP_EXTENSION: &str = "brickpass-backup";
pub const PASSPHRASE: &str = "Passphrase of the backup";
pub const READ: &str = "Preview";
pub const READING: &str = "Reading";
pub const BACK: &str = "Back";
pub const NO_CLI_FILE: &str = "No Databricks CLI profiles found on this computer.";
pub const LOOKING: &str = "Looking for Databricks CLI profiles";

pub const FILTER: &str = "Filter connections to import";
pub const TABLE: &str = "Connections to import";
pub const ALL: &str = "All";
pub const THERE: &str = "Source";
pub const ADDRESS: &str = "Address";
pub const SIGN_IN: &str = "Authentication";
pub const SECRET: &str = "Secret";
pub const INCLUDED: &str = "Included";
pub const TO_BE_TYPED: &str = "Missing";
pub const NONE_NEEDED: &str = "Not needed";
pub const CANNOT: &str = "Cannot be imported";
pub const NOTHING: &str = "No connections found.";
pub const NO_MATCH: &str = "Nothing matches the filter.";
pub const NAME_COLUMN: &str = "Name";
pub const NAME: &str = "Name in Brickpass";
pub const OWN_ENVIRONMENT: &str = "From the source, or not set";
pub const NAME_TAKEN: &str = "Another connection has this name";
pub const NAME_TWICE: &str = "Two of these have this name";
pub const REPLACED_TWICE: &str = "Two of these would replace the same connection";
pub const LEAVE_OUT: &str = "Skip";
pub const ADD: &str = "Add";
pub const ADD_BESIDE: &str = "Keep both";
pub const REPLACE: &str = "Replace";
pub const IMPORTING: &str = "Importing";
pub const NOTHING_TICKED: &str = "Nothing is selected.";
pub const ALL_THERE: &str = "All of these are already in Brickpass. Select one to add it again or replace it.";

pub const REPLACE_NOW: &str = "Replace and import";
pub const REPLACE_WHY: &str = "This replaces the address, authentication and secret of these connections. Name, folder, tags and environment stay. You can undo it right after the import.";

pub const DONE_NOTHING: &str = "Nothing was imported.";
pub const UNDO: &str = "Undo import";
pub const UNDOING: &str = "Undoing";
pub const UNDONE: &str = "The import was undone.";
pub const PARTLY_UNDONE: &str = "The import was partly undone.";
pub const DONE: &str = "Done";
pub const NEXT: &str = "Use Test all to check them.";
pub const MOVE_OFFER: &str = "Move secrets out of this file...";

pub const MOVE_TITLE: &str = "Move secrets out of this file";
pub const MOVE_WHY: &str = "The secrets of these profiles are now in Brickpass. In the file, they are replaced by a line that makes Databricks' tools get them from \
     Brickpass. Nothing else in the file changes. You can undo this until Brickpass closes.";
pub const MOVE: &str = "Move";
pub const MOVING: &str = "Moving";
pub const PLANNING: &str = "Checking the file";
pub const MOVE_UNDO: &str = "Undo";
pub const MOVE_UNDOING: &str = "Undoing";
pub const MOVE_UNDONE: &str = "The file is restored, with its secrets in plain text.";
pub const NOTHING_TO_MOVE: &str = "Nothing to change in the file.";
pub const LOOK_AGAIN: &str = "Check again";

pub fn source(source: Source) -> &'static str {
    match source {
        Source::DatabricksCli => "Databricks CLI",
        Source::File => "File",
        Source::Pasted => "Pasted text",
        Source::Environment => "Environment",
        Source::Backup => "Backup",
    }
}

pub fn profiles_found(count: usize, path: &str) -> String {
    format!("{} in {path}", counted(count, "profile", "profiles"))
}

/// On the card of the first start.
pub fn profiles(count: usize) -> String {
    format!("{} found. You review them before anything is saved", counted(count, "profile", "profiles"))
}

pub fn sign_in(connection: &Connection) -> &'static str {
    match (&connection.auth, &connection.level) {
        (AuthMethod::PersonalAccessToken, _) => "Access token",
        (AuthMethod::Browser(_), Level::Workspace) => "Browser",
        (AuthMethod::Browser(_), Level::Account { .. }) => "Browser, account",
        (AuthMethod::ServicePrincipal { .. }, Level::Workspace) => "Service principal",
        (AuthMethod::ServicePrincipal { .. }, Level::Account { .. }) => "Service principal, account",
    }
}

pub fn secret(connection: &Connection, with_secret: bool) -> &'static str {
    match (&connection.auth, with_secret) {
        (AuthMethod::Browser(_), _) => NONE_NEEDED,
        (_, true) => INCLUDED,
        (_, false) => TO_BE_TYPED,
    }
}

/// `host[:port]`
pub fn place(base_url: &BaseUrl) -> &str {
    base_url.as_str().split_once("://").map_or(base_url.as_str(), |(_, place)| place)
}

pub fn existing(existing: &ExistingMatch) -> String {
    match existing {
        ExistingMatch { same: true, name, .. } => format!("Same as {name}"),
        ExistingMatch { other_token: true, name, .. } => format!("Different token than {name}"),
        ExistingMatch { name, .. } => format!("Similar to {name}"),
    }
}

/// Another row of the same source has the same address and authentication.
pub fn like_above(place: &str) -> String {
    format!("Same address as {place}")
}

pub fn unknown_address(host: &str) -> String {
    format!("{host} is not a Databricks address. Brickpass asks you before it sends a secret there.")
}

pub fn remarks(count: usize) -> String {
    counted(count, "note", "notes")
}

pub fn found(count: usize, kind_words: &str, from: &str) -> String {
    if from.is_empty() { format!("{count} found, {kind_words}") } else { format!("{count} found in {from}, {kind_words}") }
}

pub fn import(count: usize) -> String {
    if count == 0 {
        return "Import".to_owned();
    }
    format!("Import {}", counted(count, "connection", "connections"))
}

pub fn problems(count: usize) -> String {
    format!("{} a different name", if count == 1 { "1 connection needs".to_owned() } else { format!("{count} connections need") })
}

pub fn ignored(count: usize) -> String {
    format!("{} ignored", counted(count, "key", "keys"))
}

pub fn replace_title(names: &[&str]) -> String {
    match names {
        [one] => format!("Replace \u{201c}{one}\u{201d}?"),
        many => format!("Replace {} connections?", many.len()),
    }
}

pub fn imported(added: usize, replaced: usize) -> String {
    match (added, replaced) {
        (0, 0) => DONE_NOTHING.to_owned(),
        (added, 0) => format!("{} added", counted(added, "connection", "connections")),
        (0, replaced) => format!("{} replaced", counted(replaced, "connection", "connections")),
        (added, replaced) => format!("{} added, {replaced} replaced", counted(added, "connection", "connections")),
    }
}

pub fn failed(count: usize) -> String {
    format!("{} could not be saved", counted(count, "connection", "connections"))
}

pub fn not_undone(count: usize) -> String {
    format!("{} as imported", counted(count, "connection stays", "connections stay"))
}

pub fn exposed(count: usize) -> String {
    if count == 1 {
        "The secret of 1 profile is now in Brickpass, but is still in the file in plain text.".to_owned()
    } else {
        format!("The secrets of {count} profiles are now in Brickpass, but are still in the file in plain text.")
    }
}

pub fn moved(count: usize) -> String {
    if count == 1 {
        "The secret of 1 profile was removed from the file. Databricks' tools get it from Brickpass.".to_owned()
    } else {
        format!("The secrets of {count} profiles were removed from the file. Databricks' tools get them from Brickpass.")
    }
}
