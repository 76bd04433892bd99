//! `list` and `show`: connections, never a secret.

use std::process::ExitCode;

use jiff::{Timestamp, tz::TimeZone};
use serde_json::{Map, Value, json};

use super::{
    output::{count, note, print_json, say, table},
    session::Session,
};
use brickpass_core::{
    connection::{AuthMethod, ClientId, Connection, EnteredFor, Field, LastTest, Level, OAuthApp, Scopes, SecretKind, Status},
    failure::Failure,
};
use brickpass_engine::{DescribeSecret, SignIn, StoredSecret, TokenNote};
use brickpass_storage::{End, EndWhy, Mode, VaultStatus};

pub(super) fn list(json: bool) -> Result<ExitCode, Failure> {
    let session = Session::open()?;
    let entries = &session.snapshot.entries;
    if json {
        let all: Vec<Value> = entries.iter().map(|entry| as_json(&entry.connection, &session)).collect();
        print_json(&json!({ "connections": all }));
        return Ok(ExitCode::SUCCESS);
    }
    session.snapshot.notices.iter().for_each(note);
    if let Mode::ReadOnly(reason) = &session.snapshot.mode {
        note(reason);
    }
    if entries.is_empty() {
        note("No connections yet. Add one with: brickpass add NAME --base-url URL");
        return Ok(ExitCode::SUCCESS);
    }
    let mut rows = vec![["NAME", "ENVIRONMENT", "AUTH", "STATE", "BASE URL"].map(str::to_owned).to_vec()];
    rows.extend(entries.iter().map(|entry| {
        let connection = &entry.connection;
        vec![
            connection.name.as_str().to_owned(),
            connection.environment.word().to_owned(),
            connection.auth.kind().word().to_owned(),
            state_and_end(connection, &session),
            connection.base_url.to_string(),
        ]
    }));
    say(table(&rows));
    note(count(entries.len(), "connection", "connections"));
    Ok(ExitCode::SUCCESS)
}

pub(super) fn show(name: &str, json: bool) -> Result<ExitCode, Failure> {
    let mut session = Session::open()?;
    let connection = session.find(name)?.connection;
    let last = session.history.get(&connection.id).cloned();
    let signed_in = signed_in(&mut session, &connection)?;
    if json {
        let mut object = as_json(&connection, &session);
        if let (SignedIn::Yes(sign_in), Some(fields)) = (&signed_in, object.as_object_mut()) {
            fields.insert("sign_in".to_owned(), sign_in_json(sign_in));
            fields.extend(sign_in.expires_at.map(|end| ("expires_at".to_owned(), json!(end))));
        }
        print_json(&object);
        return Ok(ExitCode::SUCCESS);
    }
    let mut rows = vec![
        ("Name", connection.name.as_str().to_owned()),
        ("Base URL", connection.base_url.to_string()),
        ("Cloud", connection.base_url.cloud().map(|cloud| cloud.label().to_owned()).unwrap_or_default()),
        ("Workspace ID", connection.workspace_id.clone().unwrap_or_default()),
        ("Authentication", connection.auth.kind().label().to_owned()),
        ("Client ID", client_id(&connection).unwrap_or_default().to_owned()),
        ("Account ID", account_id(&connection).unwrap_or_default().to_owned()),
        ("Scopes", scopes(&connection).unwrap_or_default()),
        ("Redirect port", redirect_port(&connection).map(|port| port.to_string()).unwrap_or_default()),
        ("Uses sign-in of", session.owner_name(&connection).unwrap_or_default()),
        ("Signed in", signed_in.words()),
        ("Sign-in expires", end(&connection, &session).map(|end| end_words(end, Timestamp::now())).unwrap_or_default()),
        ("Secret", stored_words(&mut session, &connection)?),
        ("Timeout", format!("{} seconds", connection.timeout.seconds())),
        ("Environment", connection.environment.word().to_owned()),
        ("Tags", connection.tags.join(", ")),
    ];
    rows.extend(Field::plain().map(|(spec, text)| (spec.label, (text.kept.get)(&connection).to_owned())));
    rows.push(("State", state_words(last.as_ref(), days_left(&connection, &session))));
    rows.retain(|(_, value)| !value.is_empty());
    let rows: Vec<Vec<String>> = rows.into_iter().map(|(label, value)| vec![label.to_owned(), value]).collect();
    say(table(&rows));
    Ok(ExitCode::SUCCESS)
}

/// Who is signed in, as far as that can be said.
enum SignedIn {
    /// There is nothing to sign in to with this type.
    Never,
    No,
    Yes(SignIn),
    /// The vault keeps it to itself.
    Unknown(String),
}

impl SignedIn {
    fn words(&self) -> String {
        match self {
            Self::Never => String::new(),
            Self::No => "Nobody".to_owned(),
            Self::Unknown(why) => why.clone(),
            Self::Yes(sign_in) => format!("{}, since {}", sign_in.user, sign_in.since.strftime("%Y-%m-%d %H:%M UTC")),
        }
    }
}

/// How the sign-in ends that this connection uses, if it does not renew itself.
fn end<'a>(connection: &Connection, session: &'a Session) -> Option<&'a End> {
    if !matches!(connection.auth, AuthMethod::Browser(_)) {
        return None;
    }
    let owner = session.owner(connection);
    let note = session.sign_ins.get(&owner.id).filter(|note| note.origin == owner.base_url.origin())?;
    note.ends.as_ref()
}

/// `Signed in until 14:05 (no refresh token; then sign in again)`
fn end_words(end: &End, now: Timestamp) -> String {
    let (at, now) = (end.at.to_zoned(TimeZone::system()), now.to_zoned(TimeZone::system()));
    let clock = at.strftime(if at.date() == now.date() { "%H:%M" } else { "%Y-%m-%d %H:%M" });
    let why = match end.why {
        EndWhy::NoRefreshToken => "no refresh token",
        EndWhy::Refused { .. } => "the server no longer renews it",
    };
    if now < at {
        format!("Signed in until {clock} ({why}; then sign in again)")
    } else {
        format!("Sign in again: expired {clock} ({why})")
    }
}

fn signed_in(session: &mut Session, connection: &Connection) -> Result<SignedIn, Failure> {
    if !matches!(connection.auth, AuthMethod::Browser(_)) {
        return Ok(SignedIn::Never);
    }
    match session.open_vault()?.1 {
        VaultStatus::Ready { .. } => {}
        VaultStatus::Locked { place, .. } => return Ok(SignedIn::Unknown(format!("Unknown: {place} is locked"))),
        VaultStatus::Unavailable(failure) | VaultStatus::Lost { failure, .. } => return Ok(SignedIn::Unknown(failure.what)),
    }
    Ok(match session.describe_sign_in(connection) {
        Ok(Some(sign_in)) => SignedIn::Yes(sign_in),
        Ok(None) => SignedIn::No,
        Err(failure) => SignedIn::Unknown(failure.what),
    })
}

/// A sign-in as JSON shows it.
pub(super) fn sign_in_json(sign_in: &SignIn) -> Value {
    let mut object = json!({ "user": sign_in.user, "since": sign_in.since, "renews": sign_in.renews });
    if let (Some(end), Some(fields)) = (sign_in.expires_at, object.as_object_mut()) {
        fields.insert("expires_at".to_owned(), json!(end));
    }
    object
}

/// Whether a secret is stored and where; empty for a type that has none, and for a connection that uses another one's.
fn stored_words(session: &mut Session, connection: &Connection) -> Result<String, Failure> {
    if session.owner(connection).id != connection.id {
        return Ok(String::new());
    }
    let kind = match connection.auth {
        AuthMethod::PersonalAccessToken => SecretKind::PersonalAccessToken,
        AuthMethod::ServicePrincipal { .. } => SecretKind::ClientSecret,
        AuthMethod::Browser(_) => return Ok(String::new()),
    };
    let place = match session.need_vault() {
        Ok(place) => place,
        Err(failure) => return Ok(failure.what),
    };
    Ok(match session.ask(DescribeSecret { id: connection.id, kind })? {
        StoredSecret::Stored { entered_for: Some(entered_for), .. } if Some(&entered_for) == EnteredFor::of(connection, kind).as_ref() => {
            format!("Stored in {place}")
        }
        StoredSecret::Stored { entered_for: Some(entered_for), .. } => format!("Entered for {entered_for}, not used"),
        StoredSecret::Stored { entered_for: None, .. } => "Entered for another address, not used".to_owned(),
        StoredSecret::Missing => "None stored".to_owned(),
        StoredSecret::Unavailable(failure) => failure.what,
    })
}

/// What the stored secret, or the sign-in, of a connection was entered for.
pub(super) enum StoredAt {
    /// What the connection is now.
    Here,
    /// Another address.
    Elsewhere(String),
    /// There is none, or the vault is closed.
    Unknown,
}

/// Reads the vault in its current state and never prompts for a passphrase.
pub(super) fn stored_at(session: &mut Session, connection: &Connection) -> Result<StoredAt, Failure> {
    let kind = match connection.auth {
        AuthMethod::PersonalAccessToken => SecretKind::PersonalAccessToken,
        AuthMethod::ServicePrincipal { .. } => SecretKind::ClientSecret,
        AuthMethod::Browser(_) => {
            let signed_in = matches!(session.describe_sign_in(connection), Ok(Some(_)));
            return Ok(if signed_in { StoredAt::Here } else { StoredAt::Unknown });
        }
    };
    Ok(match session.ask(DescribeSecret { id: connection.id, kind })? {
        StoredSecret::Stored { entered_for: Some(entered_for), .. } => {
            let here = Some(&entered_for) == EnteredFor::of(connection, kind).as_ref();
            if here { StoredAt::Here } else { StoredAt::Elsewhere(entered_for.to_string()) }
        }
        StoredSecret::Stored { entered_for: None, .. } | StoredSecret::Missing | StoredSecret::Unavailable(_) => StoredAt::Unknown,
    })
}

fn client_id(connection: &Connection) -> Option<&str> {
    match &connection.auth {
        AuthMethod::PersonalAccessToken => None,
        AuthMethod::Browser(app) => app.client_id.as_ref().map(ClientId::as_str),
        AuthMethod::ServicePrincipal { client_id, .. } => Some(client_id.as_str()),
    }
}

fn account_id(connection: &Connection) -> Option<&str> {
    match &connection.level {
        Level::Workspace => None,
        Level::Account { account_id } => Some(account_id.as_str()),
    }
}

fn app(connection: &Connection) -> Option<&OAuthApp> {
    if let AuthMethod::Browser(app) = &connection.auth { Some(app) } else { None }
}

fn scopes(connection: &Connection) -> Option<String> {
    connection.auth.own_scopes().map(Scopes::spelled)
}

fn redirect_port(connection: &Connection) -> Option<u16> {
    app(connection)?.redirect_port
}

/// One connection as `list --json` shows it; an absent value is omitted.
pub(super) fn as_json(connection: &Connection, session: &Session) -> Value {
    let mut object = Map::new();
    let mut put = |key: &str, value: Value| {
        let absent = value.is_null() || value.as_str().is_some_and(str::is_empty) || value.as_array().is_some_and(Vec::is_empty);
        if !absent {
            object.insert(key.to_owned(), value);
        }
    };
    put("id", json!(connection.id));
    put("name", json!(connection.name.as_str()));
    put("base_url", json!(connection.base_url.to_string()));
    put("cloud", json!(connection.base_url.cloud().map(|cloud| cloud.label().to_lowercase())));
    put("level", json!(if account_id(connection).is_some() { "account" } else { "workspace" }));
    put("auth", json!(connection.auth.kind().word()));
    put("timeout_seconds", json!(connection.timeout.seconds()));
    put("environment", json!(connection.environment.word()));
    put("tags", json!(connection.tags));
    for (spec, text) in Field::plain() {
        put(spec.title(), json!((text.kept.get)(connection)));
    }
    put("account_id", json!(account_id(connection)));
    put("workspace_id", json!(connection.workspace_id));
    put("client_id", json!(client_id(connection)));
    put("scopes", json!(scopes(connection)));
    put("redirect_port", json!(redirect_port(connection)));
    put("sign_in_of", json!(session.owner_name(connection)));
    put("expires_at", json!(token(connection, session).and_then(|note| note.expires_at)));
    put("sign_in_ends_at", json!(end(connection, session).map(|end| end.at)));
    put("status", session.history.get(&connection.id).map_or_else(|| json!({ "state": Status::Untested }), |last| json!(last)));
    Value::Object(object)
}

/// What is known of the token that it signs in with.
fn token<'a>(connection: &Connection, session: &'a Session) -> Option<&'a TokenNote> {
    let note = session.tokens.get(&connection.id)?;
    (matches!(connection.auth, AuthMethod::PersonalAccessToken) && note.is_for(&connection.base_url)).then_some(note)
}

fn days_left(connection: &Connection, session: &Session) -> Option<i64> {
    Status::days_before_warning(token(connection, session)?.expires_at?, Timestamp::now())
}

/// What the last test found, and the end of a sign-in that does not renew itself.
fn state_and_end(connection: &Connection, session: &Session) -> String {
    let state = state_words(session.history.get(&connection.id), days_left(connection, session));
    match end(connection, session) {
        Some(end) => format!("{state}; {}", end_words(end, Timestamp::now())),
        None => state,
    }
}

fn state_words(last: Option<&LastTest>, days_left: Option<i64>) -> String {
    let Some(last) = last else { return "Not tested".to_owned() };
    let age = Timestamp::now().duration_since(last.tested_at).as_secs();
    let ago = match age {
        ..60 => "just now".to_owned(),
        60..3600 => format!("{} min ago", age / 60),
        3600..86_400 => format!("{} h ago", age / 3600),
        _ => format!("{} days ago", age / 86_400),
    };
    match days_left.filter(|_| last.state == Status::Expiring) {
        Some(0) => format!("Expires within a day, {ago}"),
        Some(days) => format!("Expires in {}, {ago}", count(usize::try_from(days).unwrap_or(0), "day", "days")),
        None => format!("{}, {ago}", last.state.label()),
    }
}
