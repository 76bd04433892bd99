//! The HTTP client under all requests: TLS trust, proxy, limits.

use std::path::PathBuf;

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct HttpSettings {
    /// Certificate authorities to trust besides the system's: a PEM file.
    pub ca_file: Option<PathBuf>,
}

/// Cheap to clone; builds the underlying client on first use (it reads the system's certificates).
#[derive(Clone)]
pub struct Http {}

impl Http {
    #[must_use]
    pub fn new(_settings: HttpSettings) -> Self {
        todo!()
    }
}
