//! What is on the clipboard.

pub const COPIED: &str = "Copied";
pub const CLEAR_NOW: &str = "Clear now";
pub const KEEP_LONGER: &str = "Keep 30 s more";
pub const CLIPBOARD_CLEARED: &str = "The clipboard is cleared";
pub const CLIPBOARD_UNSURE: &str = "This desktop does not always let the clipboard be cleared. Copy something else to be sure.";

/// "Access token on the clipboard, cleared in 0:23"
pub fn on_the_clipboard(what: &str, seconds: i64, guaranteed: bool) -> String {
    let sure = if guaranteed { "" } else { " if this desktop allows it" };
    format!("{} on the clipboard, cleared in {}:{:02}{sure}", capitalized(what), seconds / 60, seconds % 60)
}

fn capitalized(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}
