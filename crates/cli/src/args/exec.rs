//! The arguments of `exec`.

use std::ffi::OsString;

const EXAMPLES: &str = "\
Examples:
  brickpass exec \"Sales lakehouse\" -- databricks clusters list
  brickpass exec \"Sales lakehouse\" -- terraform apply
  brickpass exec \"Sales lakehouse\" -- python nightly.py
  brickpass exec \"Sales lakehouse\" -- sh   # every tool in this shell signs in as this connection

While the command runs, it gets tokens from Brickpass through a local address: no token is in its environment, its arguments or a \
file. This works with the Databricks CLI, Terraform, and the SDKs for Python and Go. The SDK for Java does not support it: use a \
published profile (brickpass publish). The command sees a temporary .databrickscfg with only this connection's profiles; what it \
writes there is deleted afterwards.

Exit code: that of the command, or 128 plus the number of the signal that ended it; 126: it cannot be started, 127: not found. \
Before it starts, Brickpass's own: 1 sign in first, 2 wrong usage, 3 no such connection, 4 the vault, 5 the network.";

#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES, override_usage = "brickpass exec [OPTIONS] <NAME> [--] <COMMAND> [ARGUMENTS]...")]
pub(crate) struct Exec {
    /// Keep this environment variable, for example `ARM_CLIENT_ID` for another Terraform provider; repeat for several
    #[arg(long, value_name = "VARIABLE")]
    pub(crate) keep: Vec<OsString>,
    /// The connection
    pub(crate) name: String,
    /// The command and its arguments; everything after it is passed on
    #[arg(trailing_var_arg = true, allow_hyphen_values = true, value_name = "COMMAND")]
    pub(crate) command: Vec<OsString>,
}
