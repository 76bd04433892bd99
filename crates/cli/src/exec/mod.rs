//! `exec`: a command that is a connection for as long as it runs. What it asks for a token is `engine::MetadataService`, in this process.
//!
//! Standard input, output and error are the command's own. Nothing of ours is on standard output; on standard error only why there is no token.

mod child;
mod surroundings;

use std::{path::Path, process::ExitCode};

use super::{
    args, environment,
    output::{exit_code, in_terminal, note, tell_failure, warn_unless_logged},
    runtime::{cannot_start, runtime},
    session::{ask_passphrase, find_among},
};
use brickpass_core::failure::{Code, Failure};
use brickpass_engine::{MetadataService, TokenProvider, TokensOfOne};
use child::Signals;
use surroundings::Surroundings;

pub(super) fn exec(options: &args::Exec) -> ExitCode {
    match run(options) {
        Ok(code) => leave(code),
        // Never as JSON: standard output is the command's own.
        Err(failure) => tell_failure(&failure, false),
    }
}

fn run(options: &args::Exec) -> Result<i32, Failure> {
    if options.command.is_empty() {
        return Err(no_command(&options.name));
    }
    let places = environment::places_for_tokens()?;
    let desk = TokenProvider::open(&places)?;
    warn_unless_logged(&places.state_dir);
    let connection = find_among(desk.connections().iter(), &options.name)?.clone();
    let published: Vec<_> = desk.published().iter().filter(|(id, _)| *id == connection.id).map(|(_, name)| name.clone()).collect();
    let name = connection.name.as_str().to_owned();
    let tokens = TokensOfOne::new(desk, connection, &places);
    let runtime = runtime()?;
    let outcome = runtime.block_on(async {
        let mut signals = Signals::mind().map_err(|error| cannot_start(&error))?;
        let outcome = tokio::select! {
            fetched = first_token(&tokens) => fetched.map_err(|failure| in_terminal(failure, &name)),
            heard = signals.next() => Ok(Some(child::as_code(heard))),
        };
        tokens.desk().vault_notices().iter().for_each(note);
        let outcome = match outcome {
            Ok(None) => while_it_runs(options, &tokens, &published, &mut signals).await,
            Ok(Some(code)) => Ok(code),
            Err(failure) => Err(failure),
        };
        // A refresh token that the server has just replaced would be lost with this process. Whoever asks once more is not kept waiting.
        tokio::select! {
            finished = tokens.desk().finish() => if let Err(lost) = finished {
                let _ = tell_failure(&lost, false);
            },
            _ = signals.next() => {}
        }
        outcome
    });
    // Nothing that is still blocked on a keyring is waited for.
    runtime.shutdown_background();
    outcome
}

/// Before anything is started: that somebody has to sign in first is said here, and not by a tool in its own words.
async fn first_token(tokens: &TokensOfOne) -> Result<Option<i32>, Failure> {
    match tokens.token().await {
        Err(locked) if locked.code == Code::VaultLocked => {
            let Some(passphrase) = ask_passphrase("the encrypted vault file", false)? else { return Err(locked) };
            tokens.desk().unlock(passphrase).await?;
            tokens.token().await
        }
        outcome => outcome,
    }
    .map(|_| None)
}

async fn while_it_runs(options: &args::Exec, tokens: &TokensOfOne, published: &[String], signals: &mut Signals) -> Result<i32, Failure> {
    let connection = tokens.connection();
    let name = connection.name.as_str().to_owned();
    let service = MetadataService::open(connection.base_url.origin())?;
    let surroundings = Surroundings::new(connection, &service.url(), published, &options.keep)?;
    let child = match child::start(&options.command, &surroundings) {
        Ok(child) => child,
        Err(unstarted) => {
            note(unstarted.words);
            return Ok(unstarted.code);
        }
    };
    let program = options.command.first().map(Path::new).and_then(Path::file_name).unwrap_or_default().to_string_lossy().into_owned();
    let token = || {
        let (tokens, name, program) = (tokens.clone(), name.clone(), program.clone());
        async move { tokens.token_for(&program).await.map_err(|failure| in_terminal(failure, &name)) }
    };
    let refused = |failure: &Failure| note(format_args!("brickpass: {} {} {}", failure.what, failure.why, failure.fix));
    tokio::select! {
        ended = child::wait(child, signals) => ended.map_err(|error| lost_sight(&error)),
        () = service.serve(token, refused) => Ok(exit_code(Code::Internal).into()),
    }
}

/// Windows knows more than 256 codes.
fn leave(code: i32) -> ExitCode {
    match u8::try_from(code) {
        Ok(code) => ExitCode::from(code),
        Err(_) => std::process::exit(code),
    }
}

fn no_command(name: &str) -> Failure {
    let name = name.escape_debug();
    Failure::new(
        Code::InvalidInput,
        "There is no command to run.",
        "Add it after the connection's name.",
        format!("For example: brickpass exec \"{name}\" -- databricks clusters list"),
    )
}

fn lost_sight(error: &std::io::Error) -> Failure {
    Failure::new(
        Code::Internal,
        "The command's exit code is unknown.",
        format!("Operating system error: {error}."),
        "Check whether it is still running. It gets no more tokens.",
    )
}
