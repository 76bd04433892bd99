//! The texts about a connection that was changed in two places.

use super::{and, form};
use brickpass_core::connection::{AuthKind, AuthMethod, Connection, Level, Part};

pub const CONFLICT_TITLE: &str = "Changed elsewhere";
pub const REMOVED_TITLE: &str = "This connection was deleted elsewhere";
pub const KEEP_MINE: &str = "Keep my version";
pub const TAKE_THEIRS: &str = "Use the other version";
pub const SAVE_CHOICES: &str = "Save choices";
pub const ADD_AGAIN: &str = "Add again";
pub const LET_GO: &str = "Discard my changes";
pub const MINE: &str = "Mine";
pub const THEIRS: &str = "Other";
pub const CHANGED_OUTSIDE: &str =
    "This connection was changed elsewhere. Saving merges both versions and asks about fields that both changed.";
pub const REMOVED_OUTSIDE: &str = "This connection was deleted elsewhere. Saving asks whether to add it again.";

pub fn conflict_body(name: &str, when: Option<&str>) -> String {
    let when = when.map(|when| format!(" {when}")).unwrap_or_default();
    format!("{name} was changed in another window or by another program{when}. These fields were changed in both places:")
}

pub fn removed_body(name: &str, when: Option<&str>) -> String {
    let when = when.map(|when| format!(" {when}")).unwrap_or_default();
    format!("{name} was deleted in another window or by another program{when}. What you typed is still here.")
}

pub fn lost_with_it(auth: AuthKind) -> &'static str {
    match auth {
        AuthKind::PersonalAccessToken => "Its access token was deleted too. Enter it again.",
        AuthKind::ServicePrincipal => "Its client secret was deleted too. Enter it again.",
        AuthKind::Browser => "It was signed out too. Sign in again.",
    }
}

/// `Merged with changes made elsewhere: Name and Folder`
pub fn merged(parts: &[Part]) -> String {
    let words: Vec<String> = parts.iter().map(|part| self::part(*part).to_owned()).collect();
    format!("Merged with changes made elsewhere: {}", and(&words))
}

pub fn part(part: Part) -> &'static str {
    match part {
        Part::Name => form::NAME,
        Part::Address => form::BASE_URL,
        Part::Timeout => form::TIMEOUT,
        Part::SignIn => form::AUTH,
        Part::Environment => form::ENVIRONMENT,
        Part::Tags => form::TAGS,
        Part::Text(field) => field.spec().label,
        Part::Pinned => "Pinned",
    }
}

/// The value of a part, on one line.
pub fn part_value(part: Part, connection: &Connection) -> String {
    let value = match part {
        Part::Name => connection.name.as_str().to_owned(),
        Part::Address => address(connection),
        Part::Timeout => format!("{} {}", connection.timeout.seconds(), form::SECONDS),
        Part::SignIn => sign_in(connection),
        Part::Environment => connection.environment.label().to_owned(),
        Part::Tags => connection.tags.join(", "),
        Part::Text(field) => field.spec().plain().map_or("", |text| (text.kept.get)(connection)).replace('\n', " "),
        Part::Pinned => if connection.pinned { "Yes" } else { "No" }.to_owned(),
    };
    if value.is_empty() { "Empty".to_owned() } else { value }
}

fn address(connection: &Connection) -> String {
    let mut words = vec![connection.base_url.origin()];
    words.extend(connection.workspace_id.as_ref().map(|id| super::workspace(id)));
    if let Level::Account { account_id } = &connection.level {
        words.push(format!("{} {}", form::level(true), account_id.as_str()));
    }
    words.join(", ")
}

fn sign_in(connection: &Connection) -> String {
    let kind = connection.auth.kind().label();
    let client = match &connection.auth {
        AuthMethod::PersonalAccessToken => None,
        AuthMethod::Browser(app) => app.client_id.as_ref(),
        AuthMethod::ServicePrincipal { client_id, .. } => Some(client_id),
    };
    client.map_or_else(|| kind.to_owned(), |client| format!("{kind}, {}", client.as_str()))
}
