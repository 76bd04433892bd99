//! The overview and reminders, without a window.
