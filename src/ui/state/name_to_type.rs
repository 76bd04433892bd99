//! The name to type before an action on a production connection.

use brickpass_core::connection::{Care, Connection};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NameToType {
    pub name: String,
    pub care: Care,
}

impl NameToType {
    /// `None` if no name must be typed.
    pub fn of(connection: &Connection) -> Option<Self> {
        Some(Self { name: connection.name.as_str().to_owned(), care: connection.environment.care()? })
    }

    pub fn is(&self, typed: &str) -> bool {
        typed.trim() == self.name
    }
}
