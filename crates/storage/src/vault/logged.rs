//! What the log says of the vault: the operation, whose secret and of which kind, the outcome. Never a value.

use std::{fmt, time::Instant};

use super::{SecretId, Vault, VaultError, VaultHome};
use brickpass_logging::Loggable;

impl Vault {
    /// Does `work`, then logs how it ended: a line for each secret that it concerns.
    pub(super) fn logged<T>(
        &self,
        operation: &'static str,
        ids: &[SecretId],
        work: impl FnOnce() -> Result<T, VaultError>,
    ) -> Result<T, VaultError> {
        let began = Instant::now();
        let outcome = work();
        let time = began.elapsed();
        for id in ids {
            brickpass_logging::debug!(
                "used the vault",
                operation = operation,
                kind = id.kind,
                connection = id.connection,
                home = self.inner.home,
                outcome = outcome,
                time = time,
            );
        }
        outcome
    }
}

impl Loggable for VaultHome {
    fn log(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        serde::Serialize::serialize(self, f)
    }
}
