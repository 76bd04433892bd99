//! Desktop services for the window: clipboard and notifications.

mod clipboard;
mod notifications;
#[cfg(all(unix, not(target_vendor = "apple")))]
mod wayland;

pub use clipboard::open as open_clipboard;
pub use notifications::desktop as notifications;
