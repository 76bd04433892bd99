//! What somebody who helps may see: made of named fields alone, none of which can hold a secret, an address or a name.

use serde::Serialize;

/// Everything that the report says. Counts and fixed words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Diagnostics {
    pub version: &'static str,
}

impl Diagnostics {
    /// As it is shown before anybody passes it on, copied and saved: JSON, for reading.
    #[must_use]
    pub fn text(&self) -> String {
        todo!()
    }
}
