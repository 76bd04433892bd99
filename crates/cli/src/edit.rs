//! `add`, `edit`, `duplicate`.

use std::{
    io::{IsTerminal as _, Read as _},
    process::ExitCode,
};

use super::{
    account,
    args::{Add, Edit, Fields},
    list::{StoredAt, as_json, stored_at},
    output::{note, print_json, say},
    session::{Session, ask},
};
use brickpass_core::{
    connection::{
        AuthKind, BaseUrl, Connection, ConnectionId, Draft, Environment, EnvironmentKind, Field, Reviewed, Severity, TypedSecret,
    },
    failure::{Code, Failure},
};
use brickpass_engine::{Duplicate, Save};
use brickpass_storage::Revision;

/// More than any token that a Databricks cloud gives out.
const LONGEST_SECRET: u64 = 64 * 1024;

pub(super) fn add(add: Add, json: bool) -> Result<ExitCode, Failure> {
    let mut session = Session::open()?;
    let mut draft = Draft::new(ConnectionId::random());
    draft.name = add.name;
    draft.base_url = add.base_url;
    let asks_secret = !add.fields.token_stdin && !add.fields.client_secret_stdin && std::io::stdin().is_terminal();
    fill(&mut draft, &add.fields, true)?;
    if asks_secret {
        ask_secret(&mut draft)?;
    }
    let connection = save(&mut session, &draft, None, None)?;
    report(&session, &connection, "Added", json);
    Ok(ExitCode::SUCCESS)
}

pub(super) fn edit(edit: Edit, json: bool) -> Result<ExitCode, Failure> {
    let mut session = Session::open()?;
    let entry = session.find(&edit.name)?;
    let mut draft = Draft::from_connection(&entry.connection);
    if let Some(name) = edit.new_name {
        draft.name = name;
    }
    if let Some(base_url) = edit.base_url {
        draft.base_url = base_url;
    }
    fill(&mut draft, &edit.fields, false)?;
    let another_secret = !draft.secret.is_empty();
    let connection = save(&mut session, &draft, Some(entry.revision), Some(entry.connection.id))?;
    report(&session, &connection, "Saved", json);
    if connection.base_url != entry.connection.base_url {
        moved(&mut session, &entry.connection, &connection, another_secret)?;
    }
    Ok(ExitCode::SUCCESS)
}

/// What does not go along to another address, and what does.
fn moved(session: &mut Session, old: &Connection, new: &Connection, another_secret: bool) -> Result<(), Failure> {
    let from = &old.base_url;
    let (what, fix) = match new.auth.kind() {
        AuthKind::PersonalAccessToken => ("token", "To enter one for the new address: brickpass edit --token-stdin"),
        AuthKind::ServicePrincipal => ("client secret", "To enter it again: brickpass edit --client-secret-stdin"),
        AuthKind::Browser => ("sign-in", "Sign in again with: brickpass login"),
    };
    if !another_secret {
        match stored_at(session, new)? {
            StoredAt::Here => note(format_args!("The stored {what} is for this address and is used.")),
            StoredAt::Elsewhere(place) => note(format_args!("A {what} for {place} is not used at the new address. {fix}")),
            StoredAt::Unknown => note(format_args!("A {what} for {from} is not used at the new address. {fix}")),
        }
    }
    if let Some(id) = old.workspace_id.as_ref().filter(|_| new.workspace_id.is_none()) {
        note(format_args!("The workspace ID {} belongs to {from} and was removed.", id.escape_debug()));
    }
    let environment = new.environment.word();
    if new.tags.is_empty() {
        note(format_args!("Its environment ({environment}) is unchanged."));
    } else {
        note(format_args!("Its environment ({environment}) and tags ({}) are unchanged.", new.tags.join(", ")));
    }
    Ok(())
}

pub(super) fn duplicate(name: &str, new_name: &str, json: bool) -> Result<ExitCode, Failure> {
    let mut session = Session::open()?;
    let source = session.find(name)?.connection;
    session.need_vault()?;
    let mut draft = Draft::from_connection(&source);
    draft.id = ConnectionId::random();
    new_name.clone_into(&mut draft.name);
    let Reviewed { connection: copy, .. } = review(&session, &draft, None)?;
    let id = copy.id;
    Result::from(session.ask(Duplicate { source: source.id, copy: Box::new(copy) })?)?;
    let connection = session.find(&id.to_string())?.connection;
    report(&session, &connection, "Added", json);
    Ok(ExitCode::SUCCESS)
}

/// Lays the given words over the form, as if they were typed into it.
fn fill(draft: &mut Draft, fields: &Fields, adding: bool) -> Result<(), Failure> {
    if fields.trust_address {
        draft.confirmed_origin = BaseUrl::read(&draft.base_url).ok().map(|pasted| pasted.base_url.origin());
    }
    if let Some(auth) = fields.auth {
        draft.auth = auth.into();
        // From now on it has its own sign-in, not that of an account's connection.
        draft.sign_in_of = None;
    }
    refuse_unused(draft.auth, fields)?;
    let given = &fields.given;
    account::settle(draft, given.text(Field::AccountId), adding)?;
    if let Some(environment) = given.text(Field::Environment) {
        let environment = Environment::from(environment.to_owned());
        draft.environment = environment.kind();
        if environment.kind() == EnvironmentKind::Own {
            environment.word().clone_into(&mut draft.own_environment);
        }
    }
    if !given.all(Field::Tags).is_empty() {
        draft.tags = given.all(Field::Tags).to_vec();
    }
    if given.text(Field::WorkspaceId).is_some() {
        // Whoever names it means it.
        draft.saved_workspace = None;
    }
    for (field, text) in given.texts().filter(|(field, _)| !matches!(field, Field::AccountId | Field::Environment)) {
        if let Some(typed) = field.spec().typed() {
            text.clone_into((typed.get_mut)(draft));
        }
    }
    if fields.token_stdin || fields.client_secret_stdin {
        draft.sign_in_of = None;
        let wanted = if fields.token_stdin { AuthKind::PersonalAccessToken } else { AuthKind::ServicePrincipal };
        if draft.auth != wanted {
            return Err(Failure::new(
                Code::InvalidInput,
                format!("A connection of type {} does not use this secret.", draft.auth.word()),
                "--token-stdin is for --auth pat, --client-secret-stdin for --auth service-principal.",
                "Use the other option, or a different --auth.",
            ));
        }
        draft.secret = secret_from_stdin()?;
    }
    Ok(())
}

/// What another way to sign in would use is refused: nothing would come of it.
fn refuse_unused(auth: AuthKind, fields: &Fields) -> Result<(), Failure> {
    let browser = ("--auth browser", auth == AuthKind::Browser);
    let either = ("--auth browser or service-principal", auth != AuthKind::PersonalAccessToken);
    let given =
        [("--client-id", Field::ClientId, either), ("--scopes", Field::Scopes, either), ("--redirect-port", Field::RedirectPort, browser)];
    let is_given = |field: &Field| fields.given.text(*field).is_some_and(|text| !text.trim().is_empty());
    let unused = given.into_iter().find(|(_, field, (_, used))| !used && is_given(field));
    let Some((option, _, (goes_with, _))) = unused else { return Ok(()) };
    Err(Failure::new(
        Code::InvalidInput,
        format!("A connection of type {} does not use {option}.", auth.word()),
        format!("{option} is for {goes_with}. Nothing was changed."),
        "Omit it, or use a different --auth.",
    ))
}

fn secret_from_stdin() -> Result<TypedSecret, Failure> {
    let mut typed = TypedSecret::default();
    let read = std::io::stdin().take(LONGEST_SECRET + 1).read_to_string(typed.expose_mut());
    match read {
        // A line break alone is what `echo "$TOKEN"` makes of a variable that is not set.
        Ok(_) if typed.is_blank() => Err(Failure::new(
            Code::InvalidInput,
            "No secret on stdin.",
            "The input was empty. Nothing was changed.",
            "Pipe the secret into this command, and check that the variable or command before it has a value.",
        )),
        Ok(length) if length as u64 > LONGEST_SECRET => Err(Failure::new(
            Code::InvalidInput,
            "The input on stdin is too long for a secret.",
            "It is larger than 64 KiB.",
            "Pipe only the secret.",
        )),
        Ok(_) => Ok(typed),
        Err(_) => Err(Failure::new(
            Code::InvalidInput,
            "The secret on stdin cannot be read.",
            "It is not text.",
            "Pipe only the secret, as text.",
        )),
    }
}

fn ask_secret(draft: &mut Draft) -> Result<(), Failure> {
    let prompt = match draft.auth {
        AuthKind::PersonalAccessToken => "Personal access token (leave empty to add it later): ",
        AuthKind::ServicePrincipal => "Client secret (leave empty to add it later): ",
        AuthKind::Browser => return Ok(()),
    };
    draft.secret = TypedSecret::from(ask(prompt)?.as_str());
    Ok(())
}

pub(super) fn review(session: &Session, draft: &Draft, except: Option<ConnectionId>) -> Result<Reviewed, Failure> {
    let review = draft.review(&session.name_taken(except));
    for remark in review.remarks.iter().filter(|remark| remark.severity == Severity::Warning) {
        note(format_args!("Note: {}", remark.text));
    }
    review.result.ok_or_else(|| {
        let errors: Vec<&str> =
            review.remarks.iter().filter(|remark| remark.severity == Severity::Error).map(|remark| remark.text.as_str()).collect();
        let unconfirmed = review.confirm_origin.is_some() && review.confirm_origin != draft.confirmed_origin;
        let fix = if unconfirmed { "If you trust this address, add --trust-address." } else { "Correct this, then run the command again." };
        Failure::new(Code::InvalidInput, "The connection was not saved.", errors.join(" "), fix)
    })
}

pub(super) fn save(
    session: &mut Session,
    draft: &Draft,
    base: Option<Revision>,
    except: Option<ConnectionId>,
) -> Result<Connection, Failure> {
    let reviewed = review(session, draft, except)?;
    if reviewed.secret.is_some() {
        session.need_vault_to_store()?;
    }
    let id = reviewed.connection.id;
    Result::from(session.ask(Save { reviewed: Box::new(reviewed), base })?)?;
    session.find(&id.to_string()).map(|entry| entry.connection)
}

pub(super) fn report(session: &Session, connection: &Connection, verb: &str, json: bool) {
    if json {
        print_json(&as_json(connection, session));
    } else {
        say(format_args!("{verb} {} ({})", connection.name.as_str(), connection.base_url));
    }
}
