//! What is said of tokens that expire soon, and what the person answers.

use std::sync::Arc;

use jiff::Timestamp;

use brickpass_core::connection::ConnectionId;

/// A token that a connection signs in with, and that expires soon.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reminder {
    pub id: ConnectionId,
    /// What the connection is called.
    pub name: String,
    pub expires_at: Timestamp,
    /// Whole days from now; 0: within a day; below: it has expired.
    pub days_left: i64,
}

/// What the person chose on the desktop's notification.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReminderChoice {
    /// Show the connection, or the overview when several were told of at once.
    Open,
    /// Ask to rotate the token.
    Rotate,
}

/// What the desktop is to show. Names of connections and days alone: whoever looks over the person's shoulder sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notification {
    pub summary: String,
    /// Plain text; whoever shows it escapes what a server would take for markup.
    pub body: String,
    /// Whether *Rotate* makes sense: one token is meant.
    pub rotates: bool,
}

/// Called when the person answers, at most once.
pub type Answered = Box<dyn FnOnce(ReminderChoice) + Send>;

/// Calls this once it is known whether the desktop shows the notification; what comes after that is waiting for the person.
pub type Shown = Box<dyn FnOnce(bool) + Send>;

/// Shows a notification and waits for its answer. Runs on a thread of its own and may block for as long as it likes.
pub type Notify = Arc<dyn Fn(&Notification, Shown, Answered) + Send + Sync>;
