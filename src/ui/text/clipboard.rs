//! The texts about the clipboard.

pub const COPIED: &str = "Copied";
pub const CLEAR_NOW: &str = "Clear now";
pub const KEEP_LONGER: &str = "+30 s";
pub const CLIPBOARD_CLEARED: &str = "Clipboard cleared";
pub const CLIPBOARD_UNSURE: &str = "This desktop may not let Brickpass clear the clipboard. Copy something else to be sure.";

/// `Access token copied, clears in 0:23`
pub fn on_the_clipboard(what: &str, seconds: i64, guaranteed: bool) -> String {
    let sure = if guaranteed { "" } else { " if the desktop allows it" };
    format!("{} copied, clears in {}:{:02}{sure}", capitalized(what), seconds / 60, seconds % 60)
}

fn capitalized(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}
