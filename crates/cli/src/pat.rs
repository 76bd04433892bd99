//! `pat`: the personal access tokens of the user that a connection signs in as. `create` is the one place where the value of one is printed.

use std::process::ExitCode;

use jiff::Timestamp;
use secrecy::ExposeSecret as _;
use serde_json::{Map, Value, json};
use zeroize::Zeroizing;

use super::{
    args::{Pat, PatCreate, PatRotate},
    expiring::expiring,
    interrupt,
    output::{count, in_terminal, note, print_json, print_secret, say, table, tell_failure, with_secret},
    session::Session,
};
use brickpass_core::{
    connection::{Connection, ConnectionId, Scopes},
    failure::Failure,
};
use brickpass_databricks::rest::{NewToken, Token, TokenRequest};
use brickpass_engine::{
    GenerateToken, ListTokens, RevokeTokens, RevokedTokens, RotateToken, Rotated, TokenList, UseToken, default_comment,
};

pub(super) fn pat(words: Pat, json: bool) -> Result<ExitCode, Failure> {
    match words {
        Pat::Create(options) => of(&options.name.clone(), |session, connection| create(session, connection, options, json)),
        Pat::List { name } => of(&name, |session, connection| list(session, connection, json)),
        Pat::Expiring(options) => expiring(&options, json),
        Pat::Revoke { name, token_ids } => of(&name, |session, connection| revoke(session, connection, token_ids, json)),
        Pat::Rotate(options) => of(&options.name, |session, connection| rotate(session, connection, &options, json)),
    }
}

/// With the connection of that name, and the vault open.
fn of(name: &str, work: impl FnOnce(&mut Session, &Connection) -> Result<ExitCode, Failure>) -> Result<ExitCode, Failure> {
    let mut session = Session::open()?;
    let outcome = session.find(name).and_then(|found| {
        session.need_vault()?;
        work(&mut session, &found.connection)
    });
    session.settle(outcome.map_err(|failure| in_terminal(failure, name)))
}

fn create(session: &mut Session, connection: &Connection, options: PatCreate, json: bool) -> Result<ExitCode, Failure> {
    // From here on somebody who ends the program early waits for the value to be printed: it cannot be had again.
    let _unfinished = interrupt::unfinished();
    let mut scopes: Vec<String> = options.scopes.iter().flat_map(Scopes::iter).map(str::to_owned).collect();
    scopes.sort_unstable();
    scopes.dedup();
    let token = TokenRequest { comment: options.comment.unwrap_or_else(default_comment), lifetime: Some(options.lifetime), scopes };
    let new = session.ask(GenerateToken { id: connection.id, token })?;
    let shown = if json { as_json(&new) } else { Zeroizing::new(new.value.expose_secret().to_owned()) };
    let printed = print_secret(&shown);
    if !options.use_it {
        if let Err(failure) = printed {
            return Err(withdrawn(session, connection.id, &new.token, failure));
        }
        note(format_args!("This is the only time the token is shown. Its ID is {}.", new.token.id));
        return Ok(ExitCode::SUCCESS);
    }
    let token = new.token.clone();
    let used = session.ask(UseToken { id: connection.id, new: Box::new(new) });
    match (used, printed) {
        (Ok(()), printed) => {
            note(format_args!("{} now uses it.", connection.name.as_str()));
            printed.map(|()| ExitCode::SUCCESS)
        }
        (Err(failure), Ok(())) => {
            // The document on stdout is the token's; this stands beside it.
            note(format_args!("The token was created and printed, but {} does not use it.", connection.name.as_str()));
            Ok(tell_failure(&failure, false))
        }
        (Err(_), Err(failure)) => Err(withdrawn(session, connection.id, &token, failure)),
    }
}

/// A value that nobody has got is of no use to anybody.
fn withdrawn(session: &mut Session, id: ConnectionId, token: &Token, mut failure: Failure) -> Failure {
    let outcome = session.ask(RevokeTokens { id, token_ids: vec![token.id.clone()] });
    failure.fix = match outcome {
        Ok(RevokedTokens { revoked, .. }) if !revoked.is_empty() => format!("Brickpass has revoked the token. {}", failure.fix),
        _ => format!("Revoke the token with the ID {}. {}", token.id, failure.fix),
    };
    failure
}

fn list(session: &mut Session, connection: &Connection, json: bool) -> Result<ExitCode, Failure> {
    let list = session.ask(ListTokens { id: connection.id })?;
    let told = list.tells_last_use();
    let TokenList { tokens, in_use, left_over, longest_days } = list;
    let now = Timestamp::now();
    let used = |token: &Token| in_use.as_ref() == Some(&token.id);
    if json {
        let rows: Vec<Value> = tokens
            .iter()
            .map(|token| {
                let mut fields = fields(token);
                fields.insert("in_use".to_owned(), json!(used(token)));
                fields.extend(lapse(token, now).filter(|_| told));
                fields.insert("left_over".to_owned(), json!(left_over.contains(&token.id)));
                Value::Object(fields)
            })
            .collect();
        let mut document = json!({ "tokens": rows });
        if let (Some(days), Some(fields)) = (longest_days, document.as_object_mut()) {
            fields.insert("longest_days".to_owned(), json!(days));
        }
        print_json(&document);
        return Ok(ExitCode::SUCCESS);
    }
    if !tokens.is_empty() {
        let limited = tokens.iter().any(|token| token.limits().is_some());
        let columns = [("ID", true), ("CREATED", true), ("EXPIRES", true), ("LAST USED", told), ("IN USE", true), ("LIMITED TO", limited)];
        let row = |cells: [String; 6], comment: String| {
            let shown = cells.into_iter().zip(columns).filter(|(_, (_, shown))| *shown).map(|(cell, _)| cell);
            shown.chain([comment]).collect::<Vec<_>>()
        };
        let mut rows = vec![row(columns.map(|(title, _)| title.to_owned()), "COMMENT".to_owned())];
        rows.extend(tokens.iter().map(|token| {
            let cells = [
                token.id.clone(),
                token.created_at.map(day).unwrap_or_default(),
                token.expires_at.map_or_else(|| "never".to_owned(), day),
                token.last_used.map_or_else(|| "never".to_owned(), |day| day.to_string()),
                if used(token) {
                    "yes".to_owned()
                } else if left_over.contains(&token.id) {
                    "left over".to_owned()
                } else {
                    String::new()
                },
                token.limits().unwrap_or_default().join(" "),
            ];
            row(cells, token.comment.clone())
        }));
        say(table(&rows));
    }
    note(count(tokens.len(), "token", "tokens"));
    tell_idle(tokens.iter().filter(|_| told), now);
    for id in &left_over {
        let name = connection.name.as_str();
        note(format_args!("{id} is left over from an interrupted change. To revoke it: brickpass pat revoke \"{name}\" {id}"));
    }
    if let Some(days) = longest_days {
        note(format_args!("The maximum lifetime of new tokens is {}.", count(usize::try_from(days).unwrap_or(usize::MAX), "day", "days")));
    }
    Ok(ExitCode::SUCCESS)
}

fn revoke(session: &mut Session, connection: &Connection, token_ids: Vec<String>, json: bool) -> Result<ExitCode, Failure> {
    let in_use = session.tokens.get(&connection.id).map(|note| note.token_id.clone());
    let RevokedTokens { revoked, failed } = session.ask(RevokeTokens { id: connection.id, token_ids })?;
    let code = tell_revoked(&revoked, &failed, json);
    if in_use.is_some_and(|id| revoked.contains(&id)) {
        note(format_args!("{} used this token and needs a new one.", connection.name.as_str()));
    }
    Ok(code)
}

pub(super) fn tell_revoked(revoked: &[String], failed: &[(String, Failure)], json: bool) -> ExitCode {
    if json {
        let failures: Vec<Value> = failed.iter().map(|(id, failure)| json!({ "token_id": id, "error": failure })).collect();
        print_json(&json!({ "revoked": revoked, "failed": failures }));
    } else {
        for id in revoked {
            say(format_args!("Revoked {id}"));
        }
        for (id, failure) in failed {
            note(format_args!("Not revoked: {id}"));
            let _ = tell_failure(failure, false);
        }
    }
    failed.first().map_or(ExitCode::SUCCESS, |(_, failure)| super::output::code_of(failure))
}

fn rotate(session: &mut Session, connection: &Connection, options: &PatRotate, json: bool) -> Result<ExitCode, Failure> {
    // The comment and the scopes stay as they are.
    let token = TokenRequest { comment: String::new(), lifetime: Some(options.lifetime), scopes: Vec::new() };
    let Rotated { token, old_remains } = session.ask(RotateToken { id: connection.id, token })?;
    if json {
        let mut fields = fields(&token);
        if let Some(failure) = &old_remains {
            fields.insert("old_remains".to_owned(), json!(failure));
        }
        print_json(&Value::Object(fields));
    } else {
        let end = token.expires_at.map_or_else(|| "does not expire".to_owned(), |end| format!("expires on {}", day(end)));
        say(format_args!("{} signs in with a new token, which {end}. Its ID is {}.", connection.name.as_str(), token.id));
        if let Some(failure) = &old_remains {
            let _ = tell_failure(failure, false);
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Those that Databricks is going to revoke because nobody uses them.
pub(super) fn tell_idle<'a>(tokens: impl IntoIterator<Item = &'a Token>, now: Timestamp) {
    for (token, days) in tokens.into_iter().filter_map(|token| Some((token, token.idle_days(now)?))) {
        note(format_args!("{} has not been used for {days} days. Databricks revokes it after 90.", token.id));
    }
}

/// The field of JSON that says the same.
pub(super) fn lapse(token: &Token, now: Timestamp) -> Option<(String, Value)> {
    token.lapses_at(now).map(|end| ("lapses_at".to_owned(), json!(end)))
}

pub(super) fn fields(token: &Token) -> Map<String, Value> {
    let mut fields = Map::new();
    fields.insert("token_id".to_owned(), json!(token.id));
    fields.insert("comment".to_owned(), json!(token.comment));
    fields.extend(token.created_at.map(|time| ("created_at".to_owned(), json!(time))));
    fields.extend(token.expires_at.map(|time| ("expires_at".to_owned(), json!(time))));
    fields.extend(token.last_used.map(|day| ("last_used".to_owned(), json!(day))));
    if !token.scopes.is_empty() {
        fields.insert("scopes".to_owned(), json!(token.scopes));
    }
    fields
}

fn as_json(new: &NewToken) -> Zeroizing<String> {
    with_secret("token_value", &new.value, fields(&new.token))
}

pub(super) fn day(time: Timestamp) -> String {
    time.strftime("%Y-%m-%d").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_document_of_a_new_token_is_json_whatever_the_value() {
        let token = Token {
            id: "1f".into(),
            comment: "a \"b\"".into(),
            created_at: Some(Timestamp::UNIX_EPOCH),
            expires_at: None,
            last_used: None,
            scopes: Vec::new(),
        };
        let new = NewToken { value: "dapi\"\\{}".to_owned().into(), token };
        let read: Value = serde_json::from_str(&as_json(&new)).unwrap();
        let expected = json!({ "token_value": "dapi\"\\{}", "token_id": "1f", "comment": "a \"b\"", "created_at": "1970-01-01T00:00:00Z" });
        assert_eq!(read, expected);
    }
}
