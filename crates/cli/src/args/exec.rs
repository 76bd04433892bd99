//! The words of `exec`.

use std::ffi::OsString;

const EXAMPLES: &str = "\
Examples:
  brickpass exec \"Sales lakehouse\" -- databricks clusters list
  brickpass exec \"Sales lakehouse\" -- terraform apply
  brickpass exec \"Sales lakehouse\" -- python nightly.py
  brickpass exec \"Sales lakehouse\" -- sh   # every tool in this shell signs in as this connection

The command gets the address of the connection and a way to ask Brickpass for tokens, for as long as it runs: no token stands in \
its environment, in its arguments or in a file. It works with the Databricks CLI, Terraform, and the SDKs for Python and Go. The SDK \
for Java has no such way: give it the published profile (brickpass publish). In place of your .databrickscfg the command sees one that \
has the profiles of this connection alone; what it writes there goes with it.

Exit code: that of the command, 128 and the number of the signal that ended it; 126 it cannot be started, 127 it was not found. \
Before it starts, those of Brickpass: 1 sign in first, 2 wrong usage, 3 no such connection, 4 the vault, 5 the network.";

#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES, override_usage = "brickpass exec [OPTIONS] <NAME> [--] <COMMAND> [ARGUMENTS]...")]
pub(crate) struct Exec {
    /// Leave this variable of yours in place, such as `ARM_CLIENT_ID` for another provider of Terraform; repeat for several
    #[arg(long, value_name = "VARIABLE")]
    pub(crate) keep: Vec<OsString>,
    /// The connection
    pub(crate) name: String,
    /// The command and its arguments; everything from here on is its own
    #[arg(trailing_var_arg = true, allow_hyphen_values = true, value_name = "COMMAND")]
    pub(crate) command: Vec<OsString>,
}
