//! Says in time that a token expires: 14 days, 3 days and 1 day ahead, and when it has, once each.

mod due;
mod known;
mod messages;
mod notification;
mod signal;
mod watch;

pub use due::days_left;
pub use known::{ExpiringToken, expiring_tokens};
pub use notification::{Answered, Notification, Notify, Reminder, ReminderChoice, Shown};
pub(super) use signal::RemindersSignal;
pub(super) use watch::watch;
