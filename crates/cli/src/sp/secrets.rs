//! OAuth secrets on the command line. `create` is the one place where the value of one is printed.

use std::{process::ExitCode, time::Duration};

use secrecy::ExposeSecret as _;
use serde_json::{Map, Value, json};
use zeroize::Zeroizing;

use super::{super::edit, find, told};
use crate::{
    args::SpSecret,
    interrupt,
    output::{count, note, print_json, print_secret, say, table, with_secret},
    pat::day,
    session::Session,
};
use brickpass_core::{
    connection::{AuthKind, Connection, ConnectionId, Draft, TypedSecret},
    failure::Failure,
};
use brickpass_databricks::rest::{NewOAuthSecret, OAuthSecret, ServicePrincipal};
use brickpass_engine::{CreateOAuthSecret, DeleteOAuthSecret, ListOAuthSecrets};

pub(super) fn secret(session: &mut Session, connection: &Connection, words: SpSecret, json: bool) -> Result<ExitCode, Failure> {
    match words {
        SpSecret::Create { principal, lifetime, .. } => create(session, connection, &principal, lifetime, json),
        SpSecret::List { principal, .. } => list(session, connection, &principal, json),
        SpSecret::Delete { principal, secret_id, .. } => {
            let found = find(session, connection.id, &principal)?;
            let line = format!("Deleted {secret_id}");
            let document = json!({ "deleted": secret_id });
            session.ask(DeleteOAuthSecret { id: connection.id, principal_id: found.id, secret_id })?;
            told(&document, &line, json);
            Ok(ExitCode::SUCCESS)
        }
    }
}

fn made(session: &mut Session, id: ConnectionId, principal: &ServicePrincipal, lifetime: Duration) -> Result<NewOAuthSecret, Failure> {
    session.ask(CreateOAuthSecret { id, principal_id: principal.id.clone(), lifetime: Some(lifetime) })
}

fn create(session: &mut Session, connection: &Connection, principal: &str, lifetime: Duration, json: bool) -> Result<ExitCode, Failure> {
    let found = find(session, connection.id, principal)?;
    // From here on somebody who ends the program early waits for the value to be printed: it cannot be had again.
    let _unfinished = interrupt::unfinished();
    let new = made(session, connection.id, &found, lifetime)?;
    let shown = if json { as_json(&new, &found) } else { Zeroizing::new(new.value.expose_secret().to_owned()) };
    if let Err(failure) = print_secret(&shown) {
        return Err(withdrawn(session, connection.id, &found, &new.secret, failure));
    }
    note(format_args!("This is the only time the secret is shown. Its ID is {}.", new.secret.id));
    Ok(ExitCode::SUCCESS)
}

/// A value that nobody has got is of no use to anybody.
fn withdrawn(session: &mut Session, id: ConnectionId, of: &ServicePrincipal, secret: &OAuthSecret, mut failure: Failure) -> Failure {
    let deleted = session.ask(DeleteOAuthSecret { id, principal_id: of.id.clone(), secret_id: secret.id.clone() });
    failure.fix = match deleted {
        Ok(()) => format!("Brickpass has deleted the new secret. {}", failure.fix),
        Err(_) => format!("Delete the new secret with the ID {}. {}", secret.id, failure.fix),
    };
    failure
}

fn list(session: &mut Session, connection: &Connection, principal: &str, json: bool) -> Result<ExitCode, Failure> {
    let found = find(session, connection.id, principal)?;
    let secrets = session.ask(ListOAuthSecrets { id: connection.id, principal_id: found.id })?;
    if json {
        print_json(&json!({ "secrets": secrets.iter().map(|secret| Value::Object(fields(secret))).collect::<Vec<_>>() }));
        return Ok(ExitCode::SUCCESS);
    }
    if !secrets.is_empty() {
        let mut rows = vec![["ID", "CREATED", "EXPIRES", "STATUS"].map(str::to_owned).to_vec()];
        rows.extend(secrets.iter().map(|secret| {
            vec![
                secret.id.clone(),
                secret.created_at.map(day).unwrap_or_default(),
                secret.expires_at.map_or_else(|| "never".to_owned(), day),
                secret.status.to_lowercase(),
            ]
        }));
        say(table(&rows));
    }
    note(count(secrets.len(), "secret", "secrets"));
    Ok(ExitCode::SUCCESS)
}

/// The form is judged before anything is made; the secret is stored before the entry.
pub(super) fn connect(
    session: &mut Session,
    connection: &Connection,
    principal: &str,
    new_name: &str,
    lifetime: Duration,
    json: bool,
) -> Result<ExitCode, Failure> {
    let found = find(session, connection.id, principal)?;
    let mut draft = draft(connection, &found, new_name);
    edit::review(session, &draft, None)?;
    // A secret that was made, and stored nowhere, would be of no use.
    let _together = interrupt::together();
    let new = made(session, connection.id, &found, lifetime)?;
    draft.secret = TypedSecret::from(new.value.expose_secret());
    match edit::save(session, &draft, None, None) {
        Ok(added) => {
            edit::report(session, &added, "Added", json);
            Ok(ExitCode::SUCCESS)
        }
        Err(failure) => Err(withdrawn(session, connection.id, &found, &new.secret, failure)),
    }
}

/// The same place under another name, signed in to as this service principal.
fn draft(connection: &Connection, principal: &ServicePrincipal, name: &str) -> Draft {
    let mut draft = Draft {
        id: ConnectionId::random(),
        name: name.to_owned(),
        auth: AuthKind::ServicePrincipal,
        client_id: principal.client_id.as_str().to_owned(),
        sign_in_of: None,
        scopes: String::new(),
        redirect_port: String::new(),
        pinned: false,
        ..Draft::from_connection(connection)
    };
    draft.clear_not_inherited();
    draft
}

fn fields(secret: &OAuthSecret) -> Map<String, Value> {
    let mut fields = Map::new();
    fields.insert("secret_id".to_owned(), json!(secret.id));
    fields.insert("status".to_owned(), json!(secret.status));
    fields.extend(secret.created_at.map(|time| ("created_at".to_owned(), json!(time))));
    fields.extend(secret.expires_at.map(|time| ("expires_at".to_owned(), json!(time))));
    fields
}

fn as_json(new: &NewOAuthSecret, of: &ServicePrincipal) -> Zeroizing<String> {
    let mut fields = fields(&new.secret);
    fields.insert("client_id".to_owned(), json!(of.client_id.as_str()));
    with_secret("client_secret", &new.value, fields)
}
