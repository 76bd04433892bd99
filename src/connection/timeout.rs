//! How long a test of a connection may take.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// Whole seconds, 1 to 600; 30 unless the person says otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "u64", into = "u64")]
pub struct Timeout(u64);

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TimeoutError {
    #[error("Enter a whole number of seconds from 1 to 600")]
    OutOfRange,
}

impl Timeout {
    pub const DEFAULT: Self = Self(30);

    /// What was typed; empty means the default.
    ///
    /// # Errors
    /// Anything but a whole number from 1 to 600.
    pub fn parse(_typed: &str) -> Result<Self, TimeoutError> {
        todo!()
    }

    #[must_use]
    pub fn seconds(self) -> u64 {
        self.0
    }

    #[must_use]
    pub fn duration(self) -> Duration {
        Duration::from_secs(self.0)
    }
}

impl Default for Timeout {
    fn default() -> Self {
        Self::DEFAULT
    }
}

impl TryFrom<u64> for Timeout {
    type Error = TimeoutError;
    fn try_from(seconds: u64) -> Result<Self, TimeoutError> {
        if (1..=600).contains(&seconds) { Ok(Self(seconds)) } else { Err(TimeoutError::OutOfRange) }
    }
}

impl From<Timeout> for u64 {
    fn from(timeout: Timeout) -> Self {
        timeout.0
    }
}
