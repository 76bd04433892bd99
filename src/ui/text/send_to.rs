//! The texts of *Copy to a secret store*.

use brickpass_interchange::send_to::Source;

pub const SEND_TO: &str = "Copy to a secret store...";
pub const TITLE: &str = "Copy token to a secret store";
pub const DESTINATION: &str = "Destination";
pub const FROM: &str = "Token source";
pub const SHELL: &str = "Terminal";
pub const OPTIONAL: &str = "(optional)";
pub const STANDING: &str = "Secret";
pub const EXISTS: &str = "Add new version";
pub const IS_NEW: &str = "Create";
pub const COMMAND: &str = "Command";
pub const NO_SECRET: &str = "CONTAINS NO SECRET";
pub const NOT_YET: &str = "Fill in the fields above to see the command.";
pub const COPY_COMMAND: &str = "Copy command";
pub const COMMAND_COPIED: &str = "Command copied";
pub const COPY_TOKEN: &str = "Copy token";
pub const RUN: &str = "Copy the command and run it in a terminal. It gets the token from Brickpass.";
pub const STEP_PASTE: &str = "Copy the command and paste it into a terminal without running it.";
pub const STEP_RUN: &str = "Copy the token, then run the command: it reads the clipboard.";
pub const NOT_USED_YET: &str =
    "To avoid the clipboard, choose Use in this connection first. The command then gets the token from Brickpass.";
pub const BACK: &str = "Back";
pub const CLOSE: &str = "Close";

pub fn source(source: &Source) -> String {
    match source {
        Source::Connection { name, .. } => format!("This connection ({name})"),
        Source::Clipboard => "Clipboard".to_owned(),
    }
}

/// `1. Paste the command ...`
pub fn step(number: usize, words: &str) -> String {
    format!("{number}. {words}")
}
