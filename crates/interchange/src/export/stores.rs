//! Commands that put the token into a store of secrets: the same as *Copy to a secret store*, of which each is one.

use super::parts::document;
use crate::{
    escape::{Text, line},
    format::{Answers, Document, Field, Format, Group, Subject},
    send_to::{Destination, Field as Asked, Order, Platform, Source, Terminal},
};
use brickpass_core::{
    connection::AuthKind,
    failure::{Code, Failure},
};

const TO: Field = Field::choice(
    "to",
    "Store",
    &[
        ("azure", "Azure Key Vault"),
        ("aws", "AWS Secrets Manager"),
        ("google", "Google Secret Manager"),
        ("databricks", "Databricks secret scope"),
    ],
);
const VAULT: Field = Field::text("vault", "Key vault").required().when("to", &["azure"]);
const NAME: Field = Field::text("name", "Secret name").or("databricks-token").required().when("to", &["azure", "aws", "google"]);
const PROJECT: Field = Field::text("project", "Project").when("to", &["google"]).hint("Default: current project");
const SCOPE: Field = Field::text("scope", "Secret scope").required().when("to", &["databricks"]);
const KEY: Field = Field::text("key", "Key").or("token").required().when("to", &["databricks"]);
const EXISTS: Field = Field::flag("exists", "The secret already exists").when("to", &["aws", "google"]);
const TERMINAL: Field = Field::choice("terminal", "Shell", &[("sh", "sh, bash, zsh"), ("powershell", "PowerShell")]);

pub(super) const STORES: Format = Format {
    id: "secret-store",
    title: "Secret store: Azure, AWS, Google, Databricks",
    group: Group::Deployment,
    takes_secret: None,
    fields: &[TO, VAULT, NAME, PROJECT, SCOPE, KEY, EXISTS, TERMINAL],
    make,
};

fn make(subject: &Subject<'_>, answers: &Answers) -> Result<Document, Failure> {
    let connection = subject.connection;
    if connection.auth.kind() != AuthKind::PersonalAccessToken {
        return Err(Failure::new(
            Code::Unsupported,
            "This connection has no token to store elsewhere.",
            "It signs in each time and gets tokens that are valid for an hour.",
            "Choose a connection with a personal access token.",
        ));
    }
    let (destination, fields): (_, &[(Asked, Field)]) = match answers.chosen(&TO) {
        Some("aws") => (Destination::Aws, &[(Asked::SecretName, NAME)]),
        Some("google") => (Destination::Google, &[(Asked::SecretName, NAME), (Asked::Project, PROJECT)]),
        Some("databricks") => (Destination::Databricks, &[(Asked::Scope, SCOPE), (Asked::Key, KEY)]),
        _ => (Destination::AzureKeyVault, &[(Asked::Vault, VAULT), (Asked::SecretName, NAME)]),
    };
    let powershell = answers.chosen(&TERMINAL) == Some("powershell");
    let terminal = if powershell { Terminal::PowerShell } else { Terminal::Posix };
    let source = Source::Connection { name: connection.name.as_str().to_owned(), id: connection.id.to_string() };
    let mut order = Order::new(destination, terminal, Platform::Linux, source);
    order.exists = answers.is_set(&EXISTS);
    for (asked, field) in fields {
        let typed = answers.get(field).unwrap_or_default();
        destination.accept(*asked, typed).map_err(|why| unacceptable(field.label, &why))?;
        order = order.with(*asked, typed);
    }
    let command = order.command().map_err(|refusal| {
        Failure::new(
            Code::InvalidInput,
            "The command cannot be written for this shell.",
            format!("{refusal}."),
            "Choose another shell or secret store.",
        )
    })?;
    // Its parts went through the shell's grammar where it was put together.
    let text = Text::new().quoted(&line(&command).map_err(|why| why.of("The command"))?).words("\n");
    let next = "Run it in a shell. The token goes from Brickpass to the secret store through a pipe and is not written anywhere else.";
    let document = document(subject, if powershell { ".ps1" } else { ".sh" }, text, next);
    Ok(Document { contains_secret: false, ..document })
}

/// What a service says to a name.
pub(super) fn unacceptable(label: &'static str, why: &impl std::fmt::Display) -> Failure {
    Failure::new(Code::InvalidInput, format!("The secret store does not accept this \"{label}\"."), format!("{why}."), "Change it.")
}
