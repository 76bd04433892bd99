//! How long a test of a connection may take.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// Whole seconds, 1 to 600; 30 unless the person says otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "u64", into = "u64")]
pub struct Timeout(u64);

/// Why a timeout is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TimeoutError {
    /// Not a whole number from 1 to 600.
    #[error("Enter a whole number of seconds from 1 to 600")]
    OutOfRange,
}

impl Timeout {
    /// 30 seconds.
    pub const DEFAULT: Self = Self(30);

    /// What was typed; empty means the default.
    ///
    /// # Errors
    /// Anything but a whole number from 1 to 600.
    pub fn parse(typed: &str) -> Result<Self, TimeoutError> {
        let typed = typed.trim();
        if typed.is_empty() {
            return Ok(Self::DEFAULT);
        }
        // `u64::from_str` takes ASCII digits alone, but also a plus sign.
        let seconds: u64 = typed.parse().map_err(|_| TimeoutError::OutOfRange)?;
        if typed.starts_with('+') { Err(TimeoutError::OutOfRange) } else { Self::try_from(seconds) }
    }

    /// 1 to 600.
    #[must_use]
    pub fn seconds(self) -> u64 {
        self.0
    }

    /// The same for a clock.
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hv_19_only_whole_seconds_from_1_to_600_are_taken() {
        assert_eq!(Timeout::parse(""), Ok(Timeout::DEFAULT));
        assert_eq!(Timeout::parse(" 45 ").map(Timeout::seconds), Ok(45));
        for wrong in ["0", "-1", "1e9", "1000000000", "601", "30s", "+5", "1.5", "\u{0663}\u{0660}", "99999999999999999999999"] {
            assert_eq!(Timeout::parse(wrong), Err(TimeoutError::OutOfRange), "{wrong}");
        }
    }
}
