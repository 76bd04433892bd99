//! The same commands without a display: one contract for scripts, tests and people.
//!
//! Human output is for reading; `--json` prints one JSON document on stdout and nothing else there. Messages go to stderr.
//! A secret is never an argument: it comes on stdin or from a prompt without echo.

mod account;
mod activity;
mod admin;
mod args;
mod browser;
mod crash;
mod credential;
mod demo;
mod diagnostics;
mod doctor;
mod doctor_cli_path;
mod doctor_cli_tokens;
mod doctor_helper;
mod doctor_kept_aside;
mod doctor_profiles;
mod doctor_sign_in;
mod doctor_surroundings;
mod doctor_vault;
mod edit;
mod effective;
mod environment;
mod exec;
mod expiring;
mod export;
mod find;
mod finding;
mod foreign;
mod import;
mod interrupt;
mod list;
mod logging;
mod nearest;
mod output;
mod passphrase;
mod pat;
mod profiles;
mod publish;
mod quiet_terminal;
mod remove;
mod restore;
mod revocation;
mod runtime;
mod send_to;
mod session;
mod sign_in;
mod sp;
mod terminal;
mod test;
mod token;
mod unsaved;
mod workspaces;

use std::process::ExitCode;

use clap::{CommandFactory as _, Parser as _};

use args::{Args, Subcommand};
use brickpass_core::failure::Failure;
pub use crash::{keep_memory_private, quiet_panics};
pub use credential::credential;
pub use demo::{Opening, Prepared};
pub use output::tell_failure;

/// What the command line asks for.
pub enum Task {
    /// Open the window.
    Window(Opening),
    /// A subcommand ran; leave with this code.
    Done(ExitCode),
}

/// Reads the command line and runs the subcommand, if there is one.
#[must_use]
pub fn task() -> Task {
    let args = Args::parse();
    let json = args.json;
    if let Err(failure) = logging::start(args.verbose) {
        return Task::Done(tell_failure(&failure, json));
    }
    if let Some(file) = args.vault_passphrase_file {
        passphrase::name_file(file);
    }
    let Some(subcommand) = args.subcommand else {
        return Task::Window(Opening { demo: args.demo });
    };
    let code = match run(subcommand, json) {
        Ok(code) => code,
        Err(failure) => tell_failure(&failure, json),
    };
    Task::Done(interrupt::code(output::code_when_written(code)))
}

fn run(subcommand: Subcommand, json: bool) -> Result<ExitCode, Failure> {
    match subcommand {
        Subcommand::Add(add) => edit::add(add, json),
        Subcommand::Edit(change) => edit::edit(change, json),
        Subcommand::Duplicate { name, new_name } => edit::duplicate(&name, &new_name, json),
        Subcommand::Remove { names, keep_profile, revoke_token } => remove::remove(&names, keep_profile, revoke_token, json),
        Subcommand::List => list::list(json),
        Subcommand::Show { name } => list::show(&name, json),
        Subcommand::Test { names, all } => test::test(&names, all, json),
        Subcommand::Login(login) => sign_in::login(&login, json),
        Subcommand::Logout { name } => sign_in::logout(&name, json),
        Subcommand::Token { name, renew } => token::token(&name, renew, json),
        Subcommand::Exec(options) => Ok(exec::exec(&options)),
        Subcommand::Workspaces(options) => workspaces::workspaces(&options, json),
        Subcommand::SendTo(options) => send_to::send_to(&options, json),
        Subcommand::Export(options) => export::export(&options, json),
        Subcommand::Publish(options) => publish::publish(options, json),
        Subcommand::Unpublish(options) => publish::unpublish(&options, json),
        Subcommand::Profiles(options) => profiles::profiles(options, json),
        Subcommand::Pat(words) => pat::pat(words, json),
        Subcommand::Import(options) => import::import(&options, json),
        Subcommand::Backup(options) => import::backup(options, json),
        Subcommand::Sp(words) => sp::sp(words, json),
        Subcommand::Admin(words) => admin::admin(words, json),
        Subcommand::Activity(options) => activity::activity(&options, json),
        Subcommand::Diagnostics { output } => diagnostics::diagnostics(output, json),
        Subcommand::Effective(options) => effective::effective(&options, json),
        Subcommand::Doctor { delete_unknown_secrets } => doctor::doctor(delete_unknown_secrets, json),
        Subcommand::Restore(what) => restore::restore(&what, json),
        Subcommand::Demo(options) => demo::serve(&options),
        Subcommand::Completions { shell } => {
            // Not straight to stdout: it panics when the reader closes its end.
            let mut script = Vec::new();
            clap_complete::generate(shell, &mut Args::command(), "brickpass", &mut script);
            output::say(String::from_utf8_lossy(&script).trim_end());
            Ok(ExitCode::SUCCESS)
        }
    }
}
