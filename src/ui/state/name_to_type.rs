//! What has to be typed before something of production is done.

use brickpass_core::connection::{Care, Connection};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NameToType {
    pub name: String,
    pub care: Care,
}

impl NameToType {
    /// `None` where no name has to be typed.
    pub fn of(connection: &Connection) -> Option<Self> {
        Some(Self { name: connection.name.as_str().to_owned(), care: connection.environment.care()? })
    }

    pub fn is(&self, typed: &str) -> bool {
        typed.trim() == self.name
    }
}
