//! A table of connections, as our inventory writes it or as a spreadsheet does: RFC 4180, with commas, semicolons or tabs.

use serde_json::Value;
use zeroize::Zeroizing;

use super::{
    Found, FoundConnection, Kind, damaged,
    found::Given,
    json::scalar,
    text::{position, shown},
};
use brickpass_core::{
    connection::{AuthKind, BaseUrl, Environment, EnvironmentKind, Field, LevelKind},
    failure::Failure,
};

type Row = (usize, Vec<Zeroizing<String>>);

pub(super) const READER: super::Reader = super::Reader { word: "csv", label: "CSV", phrase: "CSV", read, nothing: super::NO_CONNECTION };

/// The field whose column has this title, in our inventory or in other people's tables.
fn column(title: &str) -> Option<Field> {
    let plain = |title: &str| title.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase();
    let title = plain(title);
    Field::ALL.into_iter().find(|field| field.spec().titles.iter().any(|known| plain(known) == title))
}

/// Whether a line names at least an address, in a table's way.
pub(super) fn is_header(line: &str) -> bool {
    let separator = separator(line);
    line.split(separator).any(|title| column(title) == Some(Field::BaseUrl))
}

fn separator(text: &str) -> char {
    let first = text.lines().next().unwrap_or_default();
    [',', ';', '\t'].into_iter().max_by_key(|separator| (first.matches(*separator).count(), *separator == ',')).unwrap_or(',')
}

pub(super) fn read(text: &str, mut found: Found) -> Result<Found, Failure> {
    // Excel's own line in front.
    let (separator, text) = match text.split_once('\n') {
        Some((first, rest)) if first.trim_end().len() == 5 && first.starts_with("sep=") => (first.chars().nth(4).unwrap_or(','), rest),
        _ => (separator(text), text),
    };
    let mut rows = rows(text, separator)?.into_iter();
    let Some((_, titles)) = rows.next() else { return Ok(found) };
    let columns: Vec<Option<Field>> = titles.iter().map(|title| column(title)).collect();
    if !columns.contains(&Some(Field::BaseUrl)) {
        return Err(damaged(Kind::Csv, "Its first line has no column for the address, such as base_url."));
    }
    if let Some((at, _)) =
        columns.iter().enumerate().find(|(at, column)| column.is_some() && columns.iter().take(*at).any(|before| before == *column))
    {
        return Err(damaged(Kind::Csv, format!("Column {} repeats another column.", at + 1)));
    }
    for (title, column) in titles.iter().zip(&columns) {
        if column.is_none() && !title.trim().is_empty() {
            found.ignore(title, "not part of a connection");
        }
    }
    for (line, cells) in rows {
        if cells.iter().all(|cell| cell.trim().is_empty()) {
            continue;
        }
        if cells.len() != columns.len() {
            let why = format!("Line {line} has {} cells; the first line has {}.", cells.len(), columns.len());
            return Err(damaged(Kind::Csv, why));
        }
        let place = format!("Line {line}");
        let name = columns.iter().zip(&cells).find(|(column, _)| **column == Some(Field::Name)).map(|(_, cell)| unguarded(cell.trim()));
        if found.wants(name.filter(|name| !name.is_empty()).unwrap_or(&place)) {
            found.push(connection(&place, &columns, &cells, unguarded));
        }
    }
    Ok(found)
}

/// Our inventory as JSON: a record has the names of the columns and the values as they are.
pub(super) fn read_listing(records: &[Value]) -> Found {
    let mut found = Found::new(Kind::Brickpass);
    for (at, record) in records.iter().enumerate() {
        let (mut columns, mut cells) = (Vec::new(), Vec::new());
        for (title, value) in record.as_object().into_iter().flatten() {
            let column = column(title);
            if column.is_none() && at == 0 {
                found.ignore(title, "not part of a connection");
            }
            let list = value.as_array().map(|all| all.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(";"));
            columns.push(column);
            cells.push(Zeroizing::new(list.or_else(|| scalar(Some(value))).unwrap_or_default()));
        }
        found.connections.push(connection(&format!("Connection {}", at + 1), &columns, &cells, |cell| cell));
    }
    found
}

/// `plain` takes off what a table puts in front of a value.
fn connection(place: &str, columns: &[Option<Field>], cells: &[Zeroizing<String>], plain: fn(&str) -> &str) -> FoundConnection {
    let cell = |wanted: Field| {
        let cell = columns.iter().zip(cells).find(|(column, _)| **column == Some(wanted)).map(|(_, cell)| plain(cell.trim()));
        cell.filter(|cell| !cell.is_empty())
    };
    let name = cell(Field::Name).unwrap_or_default();
    let mut made = FoundConnection::at(name);
    if name.is_empty() {
        place.clone_into(&mut made.place);
    }
    let secret = cell(Field::Secret).map(Given::text);
    let client_id = cell(Field::ClientId);
    match cell(Field::Auth).map(str::to_ascii_lowercase).as_deref() {
        Some("pat" | "personal access token" | "access token" | "token") => made.token(secret.as_ref()),
        Some("service-principal" | "service principal" | "oauth-m2m" | "oauth client credentials") => {
            made.principal(client_id.map(Given::text).as_ref(), secret.as_ref());
        }
        Some("browser" | "oauth in the browser" | "databricks-cli" | "external-browser" | "oauth-u2m") => {
            made.draft.auth = AuthKind::Browser;
            client_id.unwrap_or_default().clone_into(&mut made.draft.client_id);
        }
        None if client_id.is_some() => made.principal(client_id.map(Given::text).as_ref(), secret.as_ref()),
        None if secret.is_some() => made.token(secret.as_ref()),
        None => made.remark("No authentication in the file; browser sign-in is used."),
        Some(_) => made.refuse("Brickpass does not support its authentication type. Use pat, browser or service-principal."),
    }
    let texts = Field::plain().map(|(spec, _)| spec.field);
    for field in [Field::AccountId, Field::WorkspaceId, Field::Timeout].into_iter().chain(texts) {
        if let (Some(typed), Some(value)) = (field.spec().typed(), cell(field)) {
            value.clone_into((typed.get_mut)(&mut made.draft));
        }
    }
    if let Some(word) = cell(Field::Environment) {
        let environment = Environment::from(word.to_owned());
        made.draft.environment = environment.kind();
        if environment.kind() == EnvironmentKind::Own {
            environment.word().clone_into(&mut made.draft.own_environment);
        }
    }
    made.draft.tags =
        cell(Field::Tags).map(|tags| tags.split([',', ';', '|']).map(|tag| tag.trim().to_owned()).collect()).unwrap_or_default();
    made.draft.tags.retain(|tag| !tag.is_empty());
    let rounded = is_rounded(&made.draft.workspace_id);
    if rounded {
        made.draft.workspace_id.clear();
    }
    made.host(cell(Field::BaseUrl).map(Given::text).as_ref(), "base_url");
    made.settle_level();
    if rounded && made.draft.workspace_id.is_empty() && made.draft.level == LevelKind::Workspace && !names_its_workspace(&made) {
        made.refuse(
            "A spreadsheet has rounded its workspace ID. Format the column as text there, enter the full ID, and save the table again.",
        );
    } else if rounded {
        made.remark("A spreadsheet has rounded its workspace ID. The one in the address is used.");
    }
    made.place = shown(&made.place);
    made
}

/// `4.82092E+15`, as spreadsheets write long numbers.
fn is_rounded(id: &str) -> bool {
    let Some((number, power)) = id.split_once(['E', 'e']) else { return false };
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b','));
    digits(number) && digits(power.trim_start_matches('+'))
}

fn names_its_workspace(made: &FoundConnection) -> bool {
    BaseUrl::read(&made.draft.base_url).is_ok_and(|pasted| pasted.base_url.workspace_id_of_host().is_some())
}

/// Our own tables put `'` before what a spreadsheet would take for a formula.
fn unguarded(cell: &str) -> &str {
    cell.strip_prefix('\'').filter(|rest| rest.starts_with(['=', '+', '-', '@', '\t', '\r'])).unwrap_or(cell)
}

/// Each with the line where it begins.
fn rows(text: &str, separator: char) -> Result<Vec<Row>, Failure> {
    let mut rows: Vec<Row> = Vec::new();
    let mut row: Vec<Zeroizing<String>> = Vec::new();
    let mut cell = Zeroizing::new(String::new());
    let (mut line, mut row_line) = (1, 1);
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        match c {
            '"' if cell.is_empty() => loop {
                match chars.next() {
                    None => {
                        let (line, column) = position(text, at);
                        return Err(damaged(Kind::Csv, format!("The quotation mark in line {line}, column {column} is not closed.")));
                    }
                    Some((_, '"')) => {
                        if chars.next_if(|(_, next)| *next == '"').is_none() {
                            break;
                        }
                        cell.push('"');
                    }
                    Some((_, c)) => {
                        line += usize::from(c == '\n');
                        cell.push(c);
                    }
                }
            },
            '\r' if chars.peek().is_some_and(|(_, next)| *next == '\n') => {}
            '\n' | '\r' => {
                row.push(std::mem::take(&mut cell));
                rows.push((row_line, std::mem::take(&mut row)));
                line += 1;
                row_line = line;
            }
            c if c == separator => row.push(std::mem::take(&mut cell)),
            c => cell.push(c),
        }
    }
    if !cell.is_empty() || !row.is_empty() {
        row.push(cell);
        rows.push((row_line, row));
    }
    Ok(rows)
}
