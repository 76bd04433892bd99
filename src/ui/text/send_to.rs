//! The words about sending a token to another store of secrets.

use brickpass_interchange::send_to::Source;

pub const SEND_TO: &str = "Send to...";
pub const TITLE: &str = "Send the token to";
pub const DESTINATION: &str = "Destination";
pub const FROM: &str = "Token from";
pub const SHELL: &str = "Terminal";
pub const OPTIONAL: &str = "(optional)";
pub const STANDING: &str = "The secret";
pub const EXISTS: &str = "exists and gets a new version";
pub const IS_NEW: &str = "is new";
pub const COMMAND: &str = "Command";
pub const NO_SECRET: &str = "CONTAINS NO SECRET";
pub const NOT_YET: &str = "Fill in the fields above; the command appears here.";
pub const COPY_COMMAND: &str = "Copy command";
pub const COMMAND_COPIED: &str = "Command copied";
pub const COPY_TOKEN: &str = "Copy token";
pub const RUN: &str = "Copy the command and run it in a terminal. It asks Brickpass for the token.";
pub const STEP_PASTE: &str = "Copy the command and paste it into a terminal. Do not run it yet.";
pub const STEP_RUN: &str = "Copy the token, then run the command: it reads the clipboard.";
pub const NOT_USED_YET: &str = "With Use in this connection first, the command can ask Brickpass for the token and no clipboard is needed.";
pub const BACK: &str = "Back";
pub const CLOSE: &str = "Close";

pub fn source(source: &Source) -> String {
    match source {
        Source::Connection { name, .. } => format!("This connection ({name})"),
        Source::Clipboard => "The clipboard".to_owned(),
    }
}

/// `1. Paste the command ...`
pub fn step(number: usize, words: &str) -> String {
    format!("{number}. {words}")
}
