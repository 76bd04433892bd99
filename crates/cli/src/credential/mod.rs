//! `brickpass-credential`: the part of the Databricks CLI that its SDKs start (`databricks_cli_path`, `auth_type = databricks-cli`).
//!
//! Sources: `config/cli_token_source.go` (Go), `databricks/sdk/credentials_provider.py` (Python), `CliTokenSource.java` (Java). Standard output
//! holds the answer and nothing else; a failure is one line on standard error and exit code 1. Nobody is ever asked, no browser is opened.

mod answer;
mod args;
mod choose;
mod work;

use std::process::ExitCode;

use clap::Parser as _;

use super::logging;
use args::{Args, Auth, Command};

/// Reads the command line, answers, and says how to leave.
#[must_use]
pub fn credential() -> ExitCode {
    let args = match Args::try_parse() {
        Ok(args) => args,
        // Help is an answer; anything else a failure, with the code that the Databricks CLI has for all of them.
        Err(error) => {
            let code = if error.use_stderr() { ExitCode::FAILURE } else { ExitCode::SUCCESS };
            let _ = error.print();
            return code;
        }
    };
    logging::start_for_a_program();
    let answered = match args.command {
        Command::Version => {
            answer::version(args.output);
            Ok(())
        }
        Command::Auth(Auth::Login(login)) => Err(work::no_login(args.profile, &login.rest)),
        Command::Auth(Auth::Token(token)) => work::token(&token, args.profile).and_then(|token| answer::token(&token, args.output)),
    };
    match answered {
        Ok(()) => ExitCode::SUCCESS,
        Err(unanswered) => {
            answer::tell(&unanswered);
            ExitCode::FAILURE
        }
    }
}
