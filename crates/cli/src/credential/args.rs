//! The arguments of the Databricks CLI that its SDKs use, and others that a person might try.

use clap::{Parser, ValueEnum};
use jiff::SignedDuration;

/// Gives Databricks' SDKs and tools the tokens of your Brickpass connections, in place of the Databricks CLI.
#[derive(Debug, Parser)]
#[command(name = "brickpass-credential", disable_help_subcommand = true, arg_required_else_help = true, max_term_width = 100)]
pub(super) struct Args {
    /// The published profile, or the connection's name
    #[arg(short, long, global = true, value_name = "NAME")]
    pub(super) profile: Option<String>,
    #[arg(short, long, global = true, value_enum)]
    pub(super) output: Option<Output>,
    #[command(subcommand)]
    pub(super) command: Command,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Output {
    Text,
    Json,
}

#[derive(Debug, clap::Subcommand)]
pub(super) enum Command {
    /// The version of the Databricks CLI that this program replaces
    Version,
    /// Tokens
    #[command(subcommand)]
    Auth(Auth),
}

#[derive(Debug, clap::Subcommand)]
pub(super) enum Auth {
    /// Print a valid token
    Token(Token),
    /// Tools call this when a sign-in has failed; it shows where to sign in
    #[command(hide = true)]
    Login(Login),
}

/// Accepts everything that the Databricks CLI accepts.
#[derive(Debug, clap::Args)]
pub(super) struct Login {
    #[arg(trailing_var_arg = true, allow_hyphen_values = true, num_args = 0..)]
    pub(super) rest: Vec<String>,
}

#[derive(Debug, clap::Args)]
pub(super) struct Token {
    /// A profile, a connection's name, or an address
    #[arg(value_name = "PROFILE")]
    pub(super) named: Option<String>,
    /// The URL of the workspace or the account console
    #[arg(long, value_name = "URL")]
    pub(super) host: Option<String>,
    #[arg(long, value_name = "ID")]
    pub(super) account_id: Option<String>,
    #[arg(long, value_name = "ID")]
    pub(super) workspace_id: Option<String>,
    /// Get a new token even if the stored one is still valid
    #[arg(long)]
    pub(super) force_refresh: bool,
    /// The time limit, for example 30s or 1h
    #[arg(long, value_name = "TIME", value_parser = timeout)]
    pub(super) timeout: Option<std::time::Duration>,
}

/// As Go writes durations: `1h`, `300s`, `1h30m`, `1.5h`, `500ms`.
fn timeout(text: &str) -> Result<std::time::Duration, String> {
    let parsed: Result<SignedDuration, _> = text.parse();
    parsed
        .ok()
        .and_then(|duration| std::time::Duration::try_from(duration).ok())
        .filter(|duration| !duration.is_zero())
        .ok_or_else(|| "a time, for example 30s or 1h".to_owned())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_words_fit_together() {
        Args::command().debug_assert();
    }

    #[test]
    fn a_login_is_understood_however_a_tool_asks_for_it() {
        for words in [
            &["auth", "login"][..],
            &["auth", "login", "--host", "https://x", "--profile", "p", "--timeout", "300s"],
            &["auth", "login", "p", "--configure-cluster"],
            &["auth", "login", "--profile", "p"],
        ] {
            let args = Args::try_parse_from([&["brickpass-credential"], words].concat()).unwrap();
            assert!(matches!(args.command, Command::Auth(Auth::Login(_))), "{words:?}");
        }
    }

    #[test]
    fn a_timeout_is_read_as_go_writes_it() {
        for (text, seconds) in [("1h", 3600.0), ("300s", 300.0), ("1h30m", 5400.0), ("500ms", 0.5), ("1h0m0s", 3600.0), ("1.5h", 5400.0)] {
            assert_eq!(timeout(text), Ok(Duration::from_secs_f64(seconds)), "{text}");
        }
        for text in ["", "soon", "-1s", "0s"] {
            assert!(timeout(text).is_err(), "{text}");
        }
    }
}
