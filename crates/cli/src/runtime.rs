//! Work that waits, on this thread alone.

use std::io;

use tokio::runtime::{Builder, Runtime};

use brickpass_core::failure::{Code, Failure};

/// # Errors
/// The system has no room for it.
pub(super) fn runtime() -> Result<Runtime, Failure> {
    Builder::new_current_thread().enable_all().build().map_err(|error| cannot_start(&error))
}

pub(super) fn cannot_start(error: &io::Error) -> Failure {
    Failure::new(
        Code::Internal,
        "Brickpass cannot start.",
        format!("Operating system error: {error}."),
        "Close other programs, then try again.",
    )
}
