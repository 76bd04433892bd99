//! `pat expiring`: which tokens end soon, over all connections.

use std::{collections::HashMap, process::ExitCode};

use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value, json};

use super::{
    args::PatExpiring,
    output::{count, in_terminal, note, print_json, say, table},
    session::Session,
};
use brickpass_core::{
    connection::{Connection, ConnectionId, Level},
    failure::Failure,
};
use brickpass_engine::{ExpiringToken, ListTokens, TokenList, days_left, expiring_tokens};

/// So many workspaces are asked at once.
const AT_ONCE: usize = 8;

pub(super) fn expiring(options: &PatExpiring, json: bool) -> Result<ExitCode, Failure> {
    let mut session = Session::open()?;
    let outcome = tell(&mut session, options, json);
    session.settle(outcome)
}

#[derive(Default)]
struct Answers {
    lists: HashMap<ConnectionId, TokenList>,
    failed: Vec<(ConnectionId, Failure)>,
}

fn tell(session: &mut Session, options: &PatExpiring, json: bool) -> Result<ExitCode, Failure> {
    let answers = if options.ask { ask(session)? } else { Answers::default() };
    let now = Timestamp::now();
    let until = now + SignedDuration::from_hours(24 * i64::from(options.days));
    let connections = session.snapshot.entries.iter().map(|entry| &entry.connection);
    let mut found = expiring_tokens(connections, &session.tokens, &|id| answers.lists.get(&id), now);
    found.retain(|token| token.expires_at <= until);
    if json {
        print_json(&document(session, &found, &answers.failed, now));
    } else {
        print(session, &found, now);
        for token in found.iter().filter(|token| token.lapses) {
            note(format_args!(
                "{} ({}) expires then because it is not used: Databricks revokes it 90 days after its last use.",
                token.token_id,
                name(session, token.id)
            ));
        }
        note(format_args!("{} within {}.", count(found.len(), "token", "tokens"), count(usize::from(options.days), "day", "days")));
        for (id, failure) in &answers.failed {
            let name = name(session, *id);
            let failure = in_terminal(failure.clone(), name);
            note(format_args!("Not refreshed: {name}. {} {}", failure.what, failure.fix));
        }
        if !options.ask {
            note("Only tokens that Brickpass created. To refresh from all workspaces and include all tokens, add --ask.");
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// A workspace that does not answer is told, and the others still count.
fn ask(session: &mut Session) -> Result<Answers, Failure> {
    session.need_vault()?;
    let connections = session.snapshot.entries.iter().map(|entry| &entry.connection);
    let workspaces = connections.filter(|connection| connection.level == Level::Workspace);
    let requests: Vec<ListTokens> = workspaces.map(|connection| ListTokens { id: connection.id }).collect();
    let mut answers = Answers::default();
    for (ListTokens { id }, outcome) in session.ask_each(requests, AT_ONCE) {
        match outcome {
            Ok(list) => drop(answers.lists.insert(id, list)),
            Err(failure) => answers.failed.push((id, failure)),
        }
    }
    Ok(answers)
}

fn document(session: &Session, found: &[ExpiringToken], failed: &[(ConnectionId, Failure)], now: Timestamp) -> Value {
    let tokens: Vec<Value> = found
        .iter()
        .map(|token| {
            let mut fields = Map::new();
            fields.insert("connection".to_owned(), json!(name(session, token.id)));
            fields.insert("connection_id".to_owned(), json!(token.id));
            fields.insert("token_id".to_owned(), json!(token.token_id));
            fields.insert("comment".to_owned(), json!(token.comment));
            fields.insert("expires_at".to_owned(), json!(token.expires_at));
            fields.insert("days_left".to_owned(), json!(days_left(token.expires_at, now)));
            fields.insert("in_use".to_owned(), json!(token.in_use));
            fields.insert("lapses_unused".to_owned(), json!(token.lapses));
            Value::Object(fields)
        })
        .collect();
    let failed: Vec<Value> = failed.iter().map(|(id, failure)| json!({ "connection": name(session, *id), "error": failure })).collect();
    json!({ "tokens": tokens, "failed": failed })
}

fn print(session: &Session, found: &[ExpiringToken], now: Timestamp) {
    if found.is_empty() {
        return;
    }
    let mut rows = vec![["EXPIRES", "LEFT", "CONNECTION", "IN USE", "COMMENT"].map(str::to_owned).to_vec()];
    rows.extend(found.iter().map(|token| {
        vec![
            token.expires_at.strftime("%Y-%m-%d").to_string(),
            left(days_left(token.expires_at, now)),
            name(session, token.id).to_owned(),
            if token.in_use { "yes".to_owned() } else { String::new() },
            token.comment.clone(),
        ]
    }));
    say(table(&rows));
}

fn left(days: i64) -> String {
    match days {
        ..0 => "expired".to_owned(),
        0 => "less than a day".to_owned(),
        1 => "1 day".to_owned(),
        days => format!("{days} days"),
    }
}

fn name(session: &Session, id: ConnectionId) -> &str {
    session.by_id(id).map_or("", |connection: &Connection| connection.name.as_str())
}
