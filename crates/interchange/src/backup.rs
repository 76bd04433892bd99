//! Our own files: the list of connections as JSON, without secrets, to be kept in git or handed to somebody; and what an encrypted backup holds,
//! which is the same with the secrets beside it.
//!
//! `{"brickpass":"connections","version":1,"connections":[...],"secrets":{id:{kind:secret}}}`. The connections are ordered by name, so that two
//! files of the same list are the same. Sign-ins are not in it: a refresh token must not be used in two places.

use std::collections::BTreeMap;

use secrecy::{ExposeSecret as _, SecretString};
use serde::{Serialize, Serializer};
use serde_json::{Map, Value};

use super::{
    import::{Found, FoundConnection, Kind},
    no_secret,
};
use brickpass_core::{
    connection::{Connection, ConnectionId, Draft, SecretKind},
    failure::{Code, Failure},
};

const VERSION: u64 = 1;

/// What the file says of itself.
const MARK: (&str, &str) = ("brickpass", "connections");

/// What a person may have confirmed holds for themselves alone: it is not handed over, and not believed.
const NOT_HANDED_OVER: &str = "address_confirmed";

struct Exposed<'a>(&'a SecretString);

impl Serialize for Exposed<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.0.expose_secret())
    }
}

#[derive(Serialize)]
struct File<'a> {
    brickpass: &'static str,
    version: u64,
    connections: Vec<Value>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    secrets: BTreeMap<String, BTreeMap<&'static str, Exposed<'a>>>,
}

/// The connections without any secret, with a line break at the end.
///
/// # Errors
/// A field of a connection contains what looks like a secret.
pub fn inventory<'a>(connections: impl IntoIterator<Item = &'a Connection>) -> Result<String, Failure> {
    let connections: Vec<&Connection> = connections.into_iter().collect();
    let text = write(connections.iter().copied(), &[])?.expose_secret().to_owned();
    no_secret::checked(&text, connections)?;
    Ok(text)
}

/// The connections with their secrets: to be encrypted before it is written anywhere. Refresh tokens are left out.
///
/// # Errors
/// None that a connection can cause.
pub fn write<'a>(
    connections: impl IntoIterator<Item = &'a Connection>,
    secrets: &[(ConnectionId, SecretKind, SecretString)],
) -> Result<SecretString, Failure> {
    let mut ordered: Vec<&Connection> = connections.into_iter().collect();
    ordered.sort_by_cached_key(|connection| (connection.name.as_str().to_lowercase(), connection.id));
    let connections = ordered.into_iter().map(record).collect::<Result<_, _>>().map_err(|_| unwritable())?;
    let mut by_id: BTreeMap<String, BTreeMap<&'static str, Exposed<'_>>> = BTreeMap::new();
    for (id, kind, secret) in secrets.iter().filter(|(_, kind, _)| *kind != SecretKind::RefreshToken) {
        by_id.entry(id.to_string()).or_default().insert(kind.word(), Exposed(secret));
    }
    let mut text = serde_json::to_string_pretty(&File { brickpass: MARK.1, version: VERSION, connections, secrets: by_id })
        .map_err(|_| unwritable())?;
    text.push('\n');
    Ok(SecretString::from(text))
}

fn unwritable() -> Failure {
    Failure::new(
        Code::Internal,
        "The file was not created.",
        "A connection could not be written as JSON.",
        "Nothing was changed. Please report this as a bug.",
    )
}

fn record(connection: &Connection) -> serde_json::Result<Value> {
    let mut value = serde_json::to_value(connection)?;
    if let Some(fields) = value.as_object_mut() {
        fields.remove(NOT_HANDED_OVER);
    }
    Ok(value)
}

/// Whether JSON is one of our files.
pub(super) fn is_ours(document: &Value) -> bool {
    document.get(MARK.0).and_then(Value::as_str) == Some(MARK.1)
}

pub(super) fn found(document: Value) -> Result<Found, Failure> {
    let damaged = |why: &str, fix: &str| Failure::new(Code::InvalidInput, "Nothing was imported.", why, fix);
    if !is_ours(&document) {
        return Err(damaged("This file was not written by Brickpass.", "Choose another file."));
    }
    match document.get("version").and_then(Value::as_u64) {
        Some(VERSION) => {}
        Some(newer) if newer > VERSION => {
            return Err(damaged("This file is from a newer version of Brickpass.", "Update Brickpass and import it again."));
        }
        _ => return Err(damaged("The file has no version.", "Import another copy of it.")),
    }
    let Value::Object(mut document) = document else { return Err(damaged("It is damaged.", "Import another copy of it.")) };
    let secrets = document.remove("secrets");
    let Some(Value::Array(records)) = document.remove("connections") else {
        return Err(damaged("It contains no list of connections.", "Import another copy of it."));
    };
    let mut found = Found::new(Kind::Brickpass);
    for key in document.keys().filter(|key| !["brickpass", "version"].contains(&key.as_str())) {
        found.ignore(key, "unknown to this version of Brickpass");
    }
    let mut seen = std::collections::HashSet::new();
    for value in records {
        let mut made = read_record(value, &mut found);
        take_secret(&mut made, secrets.as_ref());
        if !seen.insert(made.draft.id) {
            made.draft.id = ConnectionId::random();
        }
        found.connections.push(made);
    }
    Ok(found)
}

fn read_record(value: Value, found: &mut Found) -> FoundConnection {
    let place = value.get("name").and_then(Value::as_str).unwrap_or("?").to_owned();
    let mut made = FoundConnection::at(&place);
    let known = |(key, _): &(String, Value)| key != NOT_HANDED_OVER && Connection::keys().contains(&key.as_str());
    let Value::Object(fields) = value else {
        made.refuse("It is not a connection.");
        return made;
    };
    let (fields, others): (Map<_, _>, Map<_, _>) = fields.into_iter().partition(known);
    for key in others.keys() {
        let why = if key == NOT_HANDED_OVER { "you confirm this yourself" } else { "unknown to this version of Brickpass" };
        found.ignore(key, why);
    }
    match serde_json::from_value::<Connection>(Value::Object(fields)) {
        Ok(connection) => made.draft = Draft::from_connection(&connection),
        // The error would repeat what stands there.
        Err(_) => made.refuse("A field is missing or invalid."),
    }
    made
}

fn take_secret(made: &mut FoundConnection, secrets: Option<&Value>) {
    let Some(kind) = made.draft.secret_kind().filter(|_| made.refused.is_none()) else { return };
    let secret = secrets.and_then(|all| all.get(made.draft.id.to_string())?.get(kind.word())?.as_str());
    match secret {
        Some(secret) => made.secret = Some((kind, SecretString::from(secret.to_owned()))),
        None => made.remark("Secret not included. A stored secret is kept; otherwise enter it."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use brickpass_core::connection::Field;

    fn connection(name: &str) -> Connection {
        let mut draft = Draft::new(ConnectionId::random());
        draft.name = name.to_owned();
        draft.base_url = "https://adb-1234567890123456.7.azuredatabricks.net".to_owned();
        draft.tags = vec!["etl".to_owned()];
        draft.folder = "Sales/Nightly".to_owned();
        draft.description = "two\nlines".to_owned();
        draft.review(&|_| false).result.unwrap().connection
    }

    #[test]
    fn what_is_written_is_read_again_and_two_files_of_one_list_are_the_same() {
        let (a, b) = (connection("Sales"), connection("Ærlig Øl"));
        let text = inventory([&b, &a]).unwrap();
        assert_eq!(text, inventory([&a, &b]).unwrap());
        let found = super::found(serde_json::from_str(&text).unwrap()).unwrap();
        let read: Vec<Connection> =
            found.connections.iter().map(|found| found.draft.review(&|_| false).result.unwrap().connection).collect();
        assert_eq!(read, [a, b]);
        assert!(found.connections.iter().all(|found| found.secret.is_none() && found.refused.is_none()));
    }

    /// Fails when a connection gets another field that is missing here, and when one is lost on the way back.
    #[test]
    fn no_field_of_a_connection_is_lost_in_a_backup() {
        let full = serde_json::json!({
            "id": ConnectionId::random(), "name": "Sales", "address_confirmed": true,
            "base_url": "https://adb-1234567890123456.7.azuredatabricks.net", "workspace_id": "1234567890123456", "timeout_seconds": 45,
            "auth": {"type": "browser", "client_id": "my-app", "redirect_port": 8030, "scopes": ["sql"]},
            "level": "workspace", "sign_in_of": ConnectionId::random(), "environment": "prod", "tags": ["etl"],
            "pinned": true,
        });
        let mut full: Connection = serde_json::from_value(full).unwrap();
        for (spec, text) in Field::plain() {
            *(text.kept.get_mut)(&mut full) = if text.rows > 1 { "two\nlines".to_owned() } else { format!("{}/Nightly", spec.label) };
        }
        let written = serde_json::to_value(&full).unwrap();
        for key in Connection::keys() {
            assert!(written.get(key).is_some(), "{key} has no value here");
        }
        let found = super::found(serde_json::from_str(&inventory([&full]).unwrap()).unwrap()).unwrap();
        assert!(found.ignored.is_empty(), "{:?}", found.ignored);
        full.address_confirmed = false;
        assert_eq!(found.connections[0].draft.review(&|_| false).result.unwrap().connection, full);
    }

    #[test]
    fn secrets_go_with_their_connection_and_refresh_tokens_do_not() {
        let sales = connection("Sales");
        let secret = |kind, text: &str| (sales.id, kind, SecretString::from(text.to_owned()));
        let text =
            write([&sales], &[secret(SecretKind::PersonalAccessToken, "dapi-1"), secret(SecretKind::RefreshToken, "canary")]).unwrap();
        assert!(!text.expose_secret().contains("canary"));
        let found = super::found(serde_json::from_str(text.expose_secret()).unwrap()).unwrap();
        assert_eq!(found.connections[0].secret.as_ref().unwrap().1.expose_secret(), "dapi-1");
        assert!(!format!("{found:?}").contains("dapi-1"));
        assert!(!inventory([&sales]).unwrap().contains("secrets"));
    }

    #[test]
    fn a_confirmation_is_neither_handed_over_nor_believed() {
        let mut own = connection("Own");
        own.address_confirmed = true;
        assert!(!inventory([&own]).unwrap().contains(NOT_HANDED_OVER));
        let mut document: Value = serde_json::from_str(&inventory([&own]).unwrap()).unwrap();
        document["connections"][0][NOT_HANDED_OVER] = Value::Bool(true);
        document["connections"][0]["evil"] = Value::Bool(true);
        let found = super::found(document).unwrap();
        assert_eq!(found.connections[0].draft.confirmed_origin, None);
        assert_eq!(found.ignored.iter().map(|(key, _)| key.as_str()).collect::<Vec<_>>(), [NOT_HANDED_OVER, "evil"]);
    }

    #[test]
    fn a_newer_file_is_refused_and_a_damaged_record_does_not_take_the_others_with_it() {
        let mut document: Value = serde_json::from_str(&inventory([&connection("A"), &connection("B")]).unwrap()).unwrap();
        document["connections"][0]["base_url"] = "ftp://evil".into();
        let found = super::found(document.clone()).unwrap();
        assert_eq!(found.connections.iter().filter(|found| found.refused.is_some()).count(), 1);
        document["version"] = 2.into();
        assert!(super::found(document).unwrap_err().why.contains("newer"));
    }
}
