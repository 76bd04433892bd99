//! `send-to`: the command that hands a connection's token to another store of secrets. It is printed, not run.

use std::process::ExitCode;

use serde_json::json;

use super::{
    args::{SendTo, Terminal as Asked},
    output::{note, print_json, say},
    session::Session,
};
use brickpass_core::{
    connection::{AuthKind, Connection},
    failure::{Code, Failure},
};
use brickpass_interchange::send_to::{Destination, Field, Order, Platform, Refusal, Source, Terminal};

pub(super) fn send_to(options: &SendTo, json: bool) -> Result<ExitCode, Failure> {
    let connection = Session::open()?.find(&options.name)?.connection;
    let order = order(options, &connection)?;
    let command = order.command().map_err(|refusal| refused(order.destination, &refusal))?;
    if json {
        print_json(&json!({ "command": command }));
        return Ok(ExitCode::SUCCESS);
    }
    say(&command);
    if order.source == Source::Clipboard {
        note("Paste the command first, then copy the token, then run the command.");
    }
    Ok(ExitCode::SUCCESS)
}

fn order(options: &SendTo, connection: &Connection) -> Result<Order, Failure> {
    let platform = Platform::here();
    let terminal = options.shell.map_or_else(
        || platform.usual_terminal(),
        |shell| match shell {
            Asked::Sh => Terminal::Posix,
            Asked::Powershell => Terminal::PowerShell,
        },
    );
    let source = if options.clipboard { Source::Clipboard } else { of_connection(connection)? };
    let mut order = Order::new(options.destination.into(), terminal, platform, source);
    order.exists = !options.create;
    for (field, typed) in [
        (Field::Vault, &options.vault_name),
        (Field::SecretName, &options.secret_name),
        (Field::Repository, &options.repo),
        (Field::Project, &options.project),
        (Field::Scope, &options.scope),
        (Field::Key, &options.key),
        (Field::Profile, &options.profile),
        (Field::Namespace, &options.namespace),
    ] {
        let Some(typed) = typed else { continue };
        if !order.destination.fields().contains(&field) {
            return Err(Failure::new(
                Code::InvalidInput,
                format!("{} has no {}.", order.destination.name(), option(field)),
                "Each secret store has its own fields.",
                format!("Its fields are {}.", order.destination.fields().iter().map(|field| option(*field)).collect::<Vec<_>>().join(", ")),
            ));
        }
        order = order.with(field, typed);
    }
    Ok(order)
}

/// What a sign-in gives out ends within the hour: nothing to be stored elsewhere.
fn of_connection(connection: &Connection) -> Result<Source, Failure> {
    if connection.auth.kind() != AuthKind::PersonalAccessToken {
        return Err(Failure::new(
            Code::InvalidInput,
            format!("{} does not sign in with a personal access token.", connection.name.as_str()),
            "Its sign-in only provides tokens that are valid for an hour, so they are not useful in a secret store.",
            "Create a token with brickpass pat create, or take one from the clipboard with --clipboard.",
        ));
    }
    Ok(Source::Connection { name: connection.name.as_str().to_owned(), id: connection.id.to_string() })
}

fn refused(destination: Destination, refusal: &Refusal) -> Failure {
    let (why, fix) = match refusal {
        Refusal::Field(field, unacceptable) => (format!("{unacceptable}."), format!("Set it with {}.", option(*field))),
        Refusal::LineBreak(_) => (format!("{refusal}."), "Use --shell sh.".to_owned()),
        Refusal::Unwritable(_) => (format!("{refusal}."), "Use a different name.".to_owned()),
    };
    Failure::new(Code::InvalidInput, format!("The command for {} cannot be created yet.", destination.name()), why, fix)
}

fn option(field: Field) -> &'static str {
    match field {
        Field::Vault => "--vault-name",
        Field::SecretName => "--secret-name",
        Field::Repository => "--repo",
        Field::Project => "--project",
        Field::Scope => "--scope",
        Field::Key => "--key",
        Field::Profile => "--profile",
        Field::Namespace => "--namespace",
    }
}
