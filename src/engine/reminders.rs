//! Says in time that a token expires: 14 days, 3 days and 1 day ahead, once each.

use jiff::Timestamp;

use crate::connection::ConnectionId;

/// A token that a connection signs in with, and that expires soon.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reminder {
    pub id: ConnectionId,
    /// What the connection is called.
    pub name: String,
    pub expires_at: Timestamp,
    /// Whole days from now; 0: today.
    pub days_left: i64,
}

/// What the person chose on the desktop's notification.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReminderChoice {
    /// Show the connection.
    Open,
    /// Ask to rotate the token.
    Rotate,
}
