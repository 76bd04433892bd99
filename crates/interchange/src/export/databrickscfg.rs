//! A section of `.databrickscfg`, to be put there by hand or on another computer. On this one, publishing does it better.

use super::parts::{CLUSTER, HTTP_PATH, Inline, cluster, document, http_path, inline, secret_word};
use crate::{
    databrickscfg::published,
    escape::{Quoted, Text, Unwritable, ini},
    format::{Answers, Document, Format, Group, Subject},
};
use brickpass_core::failure::Failure;

pub(super) const DATABRICKSCFG: Format = Format {
    id: "databrickscfg",
    title: ".databrickscfg profile",
    group: Group::Databricks,
    takes_secret: Some("in plain text in .databrickscfg, which all your programs can read"),
    fields: &[CLUSTER, HTTP_PATH],
    make,
};

fn make(subject: &Subject<'_>, answers: &Answers) -> Result<Document, Failure> {
    let connection = subject.connection;
    let secret = inline(subject)?;
    let mut text = Text::new().words("[").value("The name of the profile", subject.profile, section)?.words("]\n");
    for (key, value) in published(connection, subject.helper) {
        // Which way to sign in it is, and whom to ask; with a secret in it, neither is so.
        if secret.is_none() || decides_where(key) {
            text = entry(text, key, key, &value)?;
        }
    }
    let text = match secret {
        None => text,
        Some(Inline::Token(token)) => {
            let text = text.words("auth_type = pat\n");
            entry(text, "token", "The token", Inline::Token(token).exposed())?
        }
        Some(principal @ Inline::ServicePrincipal { client_id, .. }) => {
            let text = entry(text.words("auth_type = oauth-m2m\n"), "client_id", "The client ID", client_id)?;
            let text = entry(text, "client_secret", secret_word(connection), principal.exposed())?;
            let scopes = connection.auth.own_scopes().map(|scopes| scopes.iter().collect::<Vec<_>>().join(","));
            text.optional(scopes, |text, scopes| entry(text, "scopes", "The scopes", &scopes))?
        }
    };
    let text = text.optional(cluster(answers)?, |text, id| entry(text, "cluster_id", "The cluster", id))?;
    let path = http_path(answers)?;
    let warehouse = path.as_ref().and_then(|path| path.warehouse_id());
    let text = text.optional(warehouse, |text, id| entry(text, "warehouse_id", "The warehouse", id))?;
    let next = "Add these lines at the end of ~/.databrickscfg, or publish the connection to let Brickpass do it.";
    Ok(Document { limits_scopes: true, ..document(subject, ".databrickscfg", text, next) })
}

fn entry(text: Text, key: &'static str, what: &'static str, value: &str) -> Result<Text, Failure> {
    Ok(text.words(key).words(" = ").value(what, value, ini)?.words("\n"))
}

fn decides_where(key: &str) -> bool {
    matches!(key, "host" | "account_id" | "workspace_id")
}

/// A name of a section that all readers take for one, and none for its settings.
fn section(name: &str) -> Result<Quoted, Unwritable> {
    const READERS: &str = "one of Databricks' tools";
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-');
    if name == crate::databrickscfg::SETTINGS {
        return Err(Unwritable::Sign { sign: "the name reserved for settings", reader: READERS });
    }
    if !name.chars().all(fits) {
        return Err(Unwritable::Sign { sign: "characters other than letters, digits, _ . and -", reader: READERS });
    }
    ini(name)
}
