//! `brickpass-credential`: takes the place of the Databricks CLI in Databricks' SDKs and gives them tokens of the connections.

use std::{alloc::System, process::ExitCode};

use zeroizing_alloc::ZeroAlloc;

/// Overwrites every freed byte, so that copies of a secret in a library's buffers (parsers, protocols) are wiped with the buffer.
#[global_allocator]
static MEMORY: ZeroAlloc<System> = ZeroAlloc(System);

fn main() -> ExitCode {
    brickpass_cli::quiet_panics();
    brickpass_cli::keep_memory_private();
    brickpass_cli::credential()
}
