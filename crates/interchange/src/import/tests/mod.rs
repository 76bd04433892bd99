mod back;
mod files;
mod hostile;
mod texts;
mod tools;

use proptest::prelude::*;
use secrecy::ExposeSecret as _;

use super::*;
use crate::{
    export,
    format::{Answers, Subject},
};
use brickpass_core::connection::{AuthKind, Connection, Field, LevelKind, SecretKind};

const HOST: &str = "https://adb-1234567890123456.7.azuredatabricks.net";
const PAT: &str = "dapi0123456789abcdef0123456789abcdef";

fn found(kind: Kind, text: &str) -> Found {
    let found = read(kind, text.as_bytes()).unwrap();
    assert!(!format!("{found:?}").contains(PAT), "no secret in what may be logged");
    assert_eq!(guess(None, text.as_bytes()), Some(kind), "{text}");
    found
}

fn one(kind: Kind, text: &str) -> FoundConnection {
    let mut found = found(kind, text);
    assert_eq!(found.connections.len(), 1, "{text}");
    found.connections.remove(0)
}

fn secret(found: &FoundConnection) -> Option<(SecretKind, &str)> {
    found.secret.as_ref().map(|(kind, secret)| (*kind, secret.expose_secret()))
}

fn has_token(made: &FoundConnection) {
    assert_eq!((made.draft.base_url.as_str(), made.draft.auth), (HOST, AuthKind::PersonalAccessToken));
    assert_eq!((secret(made), &made.refused), (Some((SecretKind::PersonalAccessToken, PAT)), &None));
}

/// An identity that cannot be used here: its address comes in, and nothing of the identity.
fn in_browser(made: &FoundConnection, identity: &str) {
    assert_eq!((made.draft.base_url.as_str(), made.draft.auth, &made.refused), (HOST, AuthKind::Browser, &None), "{identity}");
    assert!(made.secret.is_none() && made.draft.client_id.is_empty(), "{identity}");
    let told = made.remarks.iter().any(|remark| remark.contains(identity) && remark.contains("browser sign-in is used"));
    assert!(told, "{identity}: {:?}", made.remarks);
}

fn keys(found: &Found) -> Vec<&str> {
    let all = found.ignored.iter().chain(found.connections.iter().flat_map(|connection| &connection.ignored));
    all.map(|(key, _)| key.as_str()).collect()
}
