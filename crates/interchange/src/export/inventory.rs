//! All connections in one list, as CSV (RFC 4180) and as JSON. No column holds a secret, and none ever does.

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::{
    escape::{Grammar, Refused, Text, csv_cell, csv_formula, json_document},
    format::{Answers, Document, DocumentFile, Field, Format, Group, Subject},
};
use brickpass_core::{
    connection::{AuthMethod, Connection, Field as ConnectionField, LastTest, Level},
    failure::Failure,
};

const EXCEL: Field = Field::flag("excel", "For Excel").hint("Adds a byte order mark so that Excel detects UTF-8");
const RAW: Field = Field::flag("raw", "Unchanged values").hint("No apostrophe before values that a spreadsheet would read as formulas");

pub(super) const CSV: Format = Format {
    id: "inventory-csv",
    title: "All connections, CSV",
    group: Group::Inventory,
    takes_secret: None,
    fields: &[EXCEL, RAW],
    make: |subject, answers| csv(&[Listed::alone(subject)], answers),
};

pub(super) const JSON: Format = Format {
    id: "inventory-json",
    title: "All connections, JSON",
    group: Group::Inventory,
    takes_secret: None,
    fields: &[],
    make: |subject, answers| as_json(&[Listed::alone(subject)], answers),
};

/// One connection, with what is known of it besides.
pub struct Listed<'a> {
    pub connection: &'a Connection,
    pub last: Option<&'a LastTest>,
    /// When its token or secret ends.
    pub expires: Option<Timestamp>,
}

impl<'a> Listed<'a> {
    fn alone(subject: &Subject<'a>) -> Self {
        Self { connection: subject.connection, last: None, expires: None }
    }
}

/// Writes all connections, where a format is about them and not about one.
pub type MakeAll = fn(&[Listed<'_>], &Answers) -> Result<Document, Failure>;

pub(super) fn of(format: &Format) -> Option<MakeAll> {
    match format.id {
        id if id == CSV.id => Some(csv),
        id if id == JSON.id => Some(as_json),
        _ => None,
    }
}

/// What a column says of a connection; empty when it has nothing to say.
type Cell = fn(&Connection) -> String;

/// The same, with what is known of the connection besides.
type ListedCell = fn(&Listed<'_>) -> String;

/// The first columns, and what they say. Those of the fields that are plain text follow them.
const FIRST: [(ConnectionField, Cell); 9] = [
    (ConnectionField::Name, |of| of.name.as_str().to_owned()),
    (ConnectionField::BaseUrl, |of| of.base_url.as_str().to_owned()),
    (ConnectionField::Auth, |of| of.auth.kind().word().to_owned()),
    (ConnectionField::ClientId, client_id),
    (ConnectionField::AccountId, |of| if let Level::Account { account_id } = &of.level { account_id.as_str() } else { "" }.to_owned()),
    (ConnectionField::WorkspaceId, |of| of.workspace_id.clone().unwrap_or_default()),
    (ConnectionField::Timeout, |of| of.timeout.seconds().to_string()),
    (ConnectionField::Environment, |of| of.environment.word().to_owned()),
    (ConnectionField::Tags, |of| of.tags.join("; ")),
];

/// The last columns, and what they say.
const LAST: [(&str, ListedCell); 4] = [
    ("expires", |of| of.expires.map(to_the_second).unwrap_or_default()),
    ("last_test", |of| of.last.map(|last| to_the_second(last.tested_at)).unwrap_or_default()),
    ("status", |of| of.last.map(|last| last.state.label().to_owned()).unwrap_or_default()),
    ("pinned", |of| if of.connection.pinned { "yes" } else { "" }.to_owned()),
];

fn titles() -> impl Iterator<Item = &'static str> {
    let first = FIRST.into_iter().map(|(field, _)| field.spec().title());
    let plain = ConnectionField::plain().map(|(spec, _)| spec.title());
    first.chain(plain).chain(LAST.into_iter().map(|(title, _)| title))
}

/// In the order of the titles.
fn cells(of: &Listed<'_>) -> Vec<String> {
    let first = FIRST.into_iter().map(|(_, cell)| cell(of.connection));
    let plain = ConnectionField::plain().map(|(_, text)| (text.kept.get)(of.connection).to_owned());
    first.chain(plain).chain(LAST.into_iter().map(|(_, cell)| cell(of))).collect()
}

fn client_id(connection: &Connection) -> String {
    let client_id = match &connection.auth {
        AuthMethod::PersonalAccessToken => None,
        AuthMethod::Browser(app) => app.client_id.as_ref(),
        AuthMethod::ServicePrincipal { client_id, .. } => Some(client_id),
    };
    client_id.map_or_else(String::new, |id| id.as_str().to_owned())
}

fn to_the_second(time: Timestamp) -> String {
    Timestamp::from_second(time.as_second()).unwrap_or(time).to_string()
}

fn csv(all: &[Listed<'_>], answers: &Answers) -> Result<Document, Failure> {
    let raw = answers.is_set(&RAW);
    let grammar: Grammar = if raw { csv_cell } else { csv_formula };
    let text = if answers.is_set(&EXCEL) { Text::new().words("\u{FEFF}") } else { Text::new() };
    let mut text = row(text, titles(), csv_cell)?;
    for listed in all {
        text = row(text, cells(listed).iter().map(String::as_str), grammar)?;
    }
    let next = "Open it in a spreadsheet, or import it in Brickpass. It contains no secrets.";
    let notes = if raw {
        vec!["Spreadsheets evaluate cells that start with = + - or @.".to_owned()]
    } else {
        vec!["Values that a spreadsheet would read as formulas start with an apostrophe.".to_owned()]
    };
    Ok(Document { notes, ..listing("brickpass-connections.csv", text, next) })
}

fn row<'a>(text: Text, cells: impl Iterator<Item = &'a str>, grammar: Grammar) -> Result<Text, Refused> {
    let mut text = text;
    for (at, cell) in cells.enumerate() {
        text = if at == 0 { text } else { text.words(",") }.value("A part of a connection", cell, grammar)?;
    }
    Ok(text.words("\r\n"))
}

fn as_json(all: &[Listed<'_>], _: &Answers) -> Result<Document, Failure> {
    let all: Vec<Value> = all
        .iter()
        .map(|listed| {
            let mut one: serde_json::Map<_, _> = titles()
                .zip(cells(listed))
                .filter(|(_, cell)| !cell.is_empty())
                .map(|(title, cell)| (title.to_owned(), json!(cell)))
                .collect();
            one.insert("timeout_seconds".to_owned(), json!(listed.connection.timeout.seconds()));
            one.insert("pinned".to_owned(), json!(listed.connection.pinned));
            if !listed.connection.tags.is_empty() {
                one.insert("tags".to_owned(), json!(listed.connection.tags));
            }
            Value::Object(one)
        })
        .collect();
    let text = json_document(&json!({ "connections": all })).map_err(|why| why.of("A part of a connection"))?;
    Ok(listing("brickpass-connections.json", text, "Use it in a script. It contains no secrets."))
}

fn listing(name: &'static str, text: Text, next: &'static str) -> Document {
    let files = vec![DocumentFile { name: name.to_owned(), text: text.finish() }];
    Document { format: "", files, contains_secret: false, limits_scopes: false, notes: Vec::new(), next }
}
