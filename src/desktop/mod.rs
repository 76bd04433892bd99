//! What the desktop does for the window: its clipboard and its notifications.

mod clipboard;
mod notifications;
#[cfg(all(unix, not(target_vendor = "apple")))]
mod wayland;

pub use clipboard::open as open_clipboard;
pub use notifications::desktop as notifications;
