//! `brickpass-credential`: stands where Databricks' SDKs look for the Databricks CLI, and gives them tokens of the connections.

use std::{alloc::System, process::ExitCode};

use zeroizing_alloc::ZeroAlloc;

/// Every freed byte is overwritten: a library's own copy of a secret (a parser's, a protocol's) ends with its buffer.
#[global_allocator]
static MEMORY: ZeroAlloc<System> = ZeroAlloc(System);

fn main() -> ExitCode {
    brickpass_cli::quiet_panics();
    brickpass_cli::keep_memory_private();
    brickpass_cli::credential()
}
