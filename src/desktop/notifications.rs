//! Desktop notifications. Blocks until the person answers, possibly for days; the caller provides a thread.

use std::sync::Arc;

use notify_rust::{Notification as Native, NotificationResponse};

use brickpass_engine::{Answered, Notification, Notify, ReminderChoice, Shown};

const ROTATE: &str = "rotate";
const OPEN: &str = "open";
/// A click on the notification itself.
#[cfg(all(unix, not(target_os = "macos")))]
const DEFAULT: &str = "default";

/// Notifications of the desktop on which this program runs.
#[must_use]
pub fn desktop() -> Notify {
    Arc::new(show)
}

fn show(notification: &Notification, shown: Shown, answered: Answered) {
    let Some(native) = native(notification) else { return shown(false) };
    let Ok(handle) = native.show() else { return shown(false) };
    shown(true);
    // Any program in the session can send this answer, so it only brings up something that the window then asks about.
    let _ = handle.wait_for_response(move |response: &NotificationResponse| match response {
        NotificationResponse::Default => answered(ReminderChoice::Open),
        NotificationResponse::Action(action) if action == ROTATE => answered(ReminderChoice::Rotate),
        NotificationResponse::Action(action) if action == OPEN => answered(ReminderChoice::Open),
        _ => {}
    });
}

/// `None`: no notification service is running.
#[cfg(all(unix, not(target_os = "macos")))]
fn native(notification: &Notification) -> Option<Native> {
    let can = notify_rust::get_capabilities().ok()?;
    let can = |what: &str| can.iter().any(|capability| capability == what);
    let body = if can("body-markup") { escaped(&notification.body) } else { notification.body.clone() };
    let mut native = Native::new();
    native.appname("Brickpass").icon("brickpass").hint(notify_rust::Hint::DesktopEntry("brickpass".to_owned()));
    native.summary(&notification.summary).body(&body);
    if can("actions") {
        native.action(DEFAULT, "Open");
        if notification.rotates {
            native.action(ROTATE, "Rotate...");
        }
        native.action(OPEN, "Open");
    }
    Some(native)
}

#[cfg(not(all(unix, not(target_os = "macos"))))]
#[expect(clippy::unnecessary_wraps, reason = "where the desktop may have nobody to show them, there is none")]
fn native(notification: &Notification) -> Option<Native> {
    let mut native = Native::new();
    native.appname("Brickpass").summary(&notification.summary).body(&notification.body);
    if notification.rotates {
        native.action(ROTATE, "Rotate...");
    }
    native.action(OPEN, "Open");
    Some(native)
}

/// If the server says so, the body is a small subset of HTML.
#[cfg(all(unix, not(target_os = "macos")))]
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(all(test, unix, not(target_os = "macos")))]
mod tests {
    use super::*;

    #[test]
    fn markup_in_a_name_is_text() {
        assert_eq!(escaped("<b>R&D</b>: in 3 days"), "&lt;b&gt;R&amp;D&lt;/b&gt;: in 3 days");
    }
}
