//! What several formats have in common.

use secrecy::{ExposeSecret as _, SecretString};

use crate::{
    escape::{self, Text},
    format::{Answers, Document, DocumentFile, Field, Pick, Subject, missing},
    http_path::{HttpPath, is_id},
};
use brickpass_core::{
    connection::{AuthKind, AuthMethod, Connection, Level},
    failure::{Code, Failure},
};

/// Of SQL warehouses; `Pick` gives it, or it is pasted.
pub(super) const HTTP_PATH: Field =
    Field::pick("http_path", "HTTP path", Pick::HttpPath).hint("A SQL warehouse's path, ID, or address in the browser");
pub(super) const CLUSTER: Field = Field::pick("cluster", "Cluster", Pick::Cluster).hint("A cluster ID");
pub(super) const CATALOG: Field = Field::pick("catalog", "Catalog", Pick::Catalog).hint("Used for unqualified names");
pub(super) const SCHEMA: Field = Field::pick("schema", "Schema", Pick::Schema).hint("A schema in the catalog");

/// What stands in the export when the person wants the secret in it: one way to sign in, and no other.
pub(super) enum Inline<'a> {
    Token(&'a SecretString),
    ServicePrincipal { client_id: &'a str, secret: &'a SecretString },
}

/// `None`: the export refers to the connection.
///
/// # Errors
/// A token of a browser sign-in, which nobody hands over.
pub(super) fn inline<'a>(subject: &Subject<'a>) -> Result<Option<Inline<'a>>, Failure> {
    let Some(secret) = subject.secret else { return Ok(None) };
    match &subject.connection.auth {
        AuthMethod::PersonalAccessToken => Ok(Some(Inline::Token(secret))),
        AuthMethod::ServicePrincipal { client_id, .. } => Ok(Some(Inline::ServicePrincipal { client_id: client_id.as_str(), secret })),
        AuthMethod::Browser(_) => Err(no_token_of_a_person()),
    }
}

/// Also told when the secret of such a connection is asked for.
pub fn no_token_of_a_person() -> Failure {
    Failure::new(
        Code::Unsupported,
        "A browser sign-in cannot be exported.",
        "Its tokens are valid for an hour, and anyone who has them can act as you.",
        "Export it without the secret. The tool then gets tokens from Brickpass when it needs them.",
    )
}

/// The secret of a token, where nothing else will do.
///
/// # Errors
/// A service principal.
pub(super) fn token_only<'a>(inline: &Inline<'a>, format: &'static str) -> Result<&'a SecretString, Failure> {
    match *inline {
        Inline::Token(token) => Ok(token),
        Inline::ServicePrincipal { .. } => Err(Failure::new(
            Code::Unsupported,
            format!("{format} supports only personal access tokens."),
            "This connection signs in as a service principal with a client secret.",
            "Export it without the secret.",
        )),
    }
}

/// # Errors
/// A connection to an account, where there is no SQL and no compute.
pub(super) fn of_a_workspace(connection: &Connection) -> Result<(), Failure> {
    match connection.level {
        Level::Workspace => Ok(()),
        Level::Account { .. } => Err(Failure::new(
            Code::Unsupported,
            "This format needs a workspace.",
            "This is an account connection, and an account has no SQL warehouses or clusters.",
            "Choose a connection to one of its workspaces.",
        )),
    }
}

pub(super) fn account_id(connection: &Connection) -> Option<&str> {
    match &connection.level {
        Level::Workspace => None,
        Level::Account { account_id } => Some(account_id.as_str()),
    }
}

/// `host[:port]`.
pub(super) fn authority(connection: &Connection) -> &str {
    let origin = connection.base_url.as_str();
    origin.split_once("://").map_or(origin, |(_, authority)| authority)
}

pub(super) fn http_path(answers: &Answers) -> Result<Option<HttpPath>, Failure> {
    answers.get(&HTTP_PATH).map(HttpPath::read).transpose().map_err(|error| {
        Failure::new(
            Code::InvalidInput,
            "This is not a valid HTTP path.",
            format!("{error}."),
            "Choose a warehouse from the list, or paste its HTTP path.",
        )
    })
}

/// # Errors
/// There is none, or it is no path.
pub(super) fn required_http_path(answers: &Answers) -> Result<HttpPath, Failure> {
    http_path(answers)?.ok_or_else(|| missing(&HTTP_PATH))
}

/// # Errors
/// It is no id.
pub(super) fn cluster(answers: &Answers) -> Result<Option<&str>, Failure> {
    match answers.get(&CLUSTER) {
        Some(id) if !is_id(id) => Err(Failure::new(
            Code::InvalidInput,
            "This is not a valid cluster ID.",
            "A cluster ID contains letters, digits and hyphens, for example 0101-120000-abcd1234.",
            "Choose a cluster from the list, or copy its ID from its page.",
        )),
        found => Ok(found),
    }
}

/// The connection's name as an argument of `brickpass token`, in a shell; the id where the shell cannot carry the name.
pub(super) fn asked(text: Text, connection: &Connection, grammar: escape::Grammar) -> Result<Text, Failure> {
    called("brickpass token ", text, connection, grammar)
}

/// `asked`, of another command.
pub(super) fn called(command: &'static str, text: Text, connection: &Connection, grammar: escape::Grammar) -> Result<Text, Failure> {
    let name = connection.name.as_str();
    let quoted = match grammar(name) {
        Ok(quoted) if !name.starts_with('-') => quoted,
        _ => grammar(&connection.id.to_string()).map_err(|why| why.of("The connection"))?,
    };
    Ok(text.words(command).quoted(&quoted))
}

/// What a person would call the secret of this connection.
pub(super) fn secret_word(connection: &Connection) -> &'static str {
    match connection.auth.kind() {
        AuthKind::ServicePrincipal => "The client secret",
        AuthKind::PersonalAccessToken | AuthKind::Browser => "The token",
    }
}

/// A document of one file.
pub(super) fn document(subject: &Subject<'_>, ending: &'static str, text: Text, next: &'static str) -> Document {
    documents(subject, vec![file(subject, ending, text)], next)
}

pub(super) fn documents(subject: &Subject<'_>, files: Vec<DocumentFile>, next: &'static str) -> Document {
    Document { format: "", files, contains_secret: subject.secret.is_some(), limits_scopes: false, notes: Vec::new(), next }
}

/// A file that is named after the connection.
pub(super) fn file(subject: &Subject<'_>, ending: &'static str, text: Text) -> DocumentFile {
    DocumentFile { name: escape::file_name(&subject.connection.name, ending), text: text.finish() }
}

/// Among the notes of what names the connection's profile.
pub const PUBLISH: &str = "This needs the profile in your .databrickscfg. Publish the connection first.";

impl Inline<'_> {
    pub(super) fn exposed(&self) -> &str {
        match self {
            Self::Token(secret) | Self::ServicePrincipal { secret, .. } => secret.expose_secret(),
        }
    }
}
