//! The name a person gives to a connection.

use serde::{Deserialize, Serialize};

/// 1 to 100 characters, trimmed, none of them invisible or a control character.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ConnectionName(String);

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NameError {
    #[error("Give the connection a name")]
    Empty,
}

impl ConnectionName {
    /// # Errors
    /// Says what is wrong with the name.
    pub fn parse(_typed: &str) -> Result<Self, NameError> {
        todo!()
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}
