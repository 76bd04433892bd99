//! `profiles.yml` of dbt, which dbt goes over with Jinja before it reads it.
//! Source: docs.getdbt.com, "Databricks setup"; names that begin with `DBT_ENV_SECRET` stay out of its logs.

use super::parts::{CATALOG, HTTP_PATH, SCHEMA, authority, document, inline, of_a_workspace, required_http_path, secret_word};
use crate::{
    escape::{Text, yaml_jinja, yaml_key_jinja},
    format::{Answers, Document, Field, Format, Group, Pick, Subject},
};
use brickpass_core::{
    connection::AuthMethod,
    failure::{Code, Failure},
};

/// dbt has no default for it.
const DBT_SCHEMA: Field = Field::pick("schema", "Schema", Pick::Schema).required().hint("Where dbt builds its models");
const TARGET: Field = Field::text("target", "Target").or("dev").hint("The name of this target in the profile");
const THREADS: Field = Field::text("threads", "Threads").or("4").hint("The number of models that dbt builds in parallel");

pub(super) const DBT: Format = Format {
    id: "dbt",
    title: "dbt profiles.yml",
    group: Group::Integration,
    takes_secret: Some("in plain text in profiles.yml"),
    fields: &[HTTP_PATH.required(), CATALOG, DBT_SCHEMA, TARGET, THREADS],
    make,
};

fn make(subject: &Subject<'_>, answers: &Answers) -> Result<Document, Failure> {
    debug_assert_eq!(SCHEMA.id, DBT_SCHEMA.id, "the schema of one format is that of another");
    of_a_workspace(subject.connection)?;
    let path = required_http_path(answers)?;
    let secret = inline(subject)?;
    let target = answers.get(&TARGET).unwrap_or_default();
    let text = Text::new().value("The name of the profile", subject.profile, yaml_key_jinja)?.words(":\n");
    let text = entry(text, "  target: ", "The name of the target", target)?;
    let text =
        text.words("  outputs:\n    ").value("The name of the target", target, yaml_key_jinja)?.words(":\n      type: \"databricks\"\n");
    let text = text.optional(answers.get(&CATALOG), |text, name| entry(text, "      catalog: ", "The name of the catalog", name))?;
    let text = entry(text, "      schema: ", "The name of the schema", schema(answers)?)?;
    let text = entry(text, "      host: ", "The host", authority(subject.connection))?;
    let text = entry(text, "      http_path: ", "The HTTP path", path.as_str())?;
    let word = secret_word(subject.connection);
    let exposed = secret.as_ref().map(super::parts::Inline::exposed);
    let text = match &subject.connection.auth {
        AuthMethod::PersonalAccessToken => match exposed {
            Some(token) => entry(text, "      token: ", word, token)?,
            None => text.words("      token: \"{{ env_var('DBT_ENV_SECRET_DATABRICKS_TOKEN') }}\"\n"),
        },
        AuthMethod::Browser(_) => text.words("      auth_type: \"oauth\"\n"),
        AuthMethod::ServicePrincipal { client_id, .. } => {
            let text = entry(text.words("      auth_type: \"oauth\"\n"), "      client_id: ", "The client ID", client_id.as_str())?;
            match exposed {
                Some(secret) => entry(text, "      client_secret: ", word, secret)?,
                None => text.words("      client_secret: \"{{ env_var('DBT_ENV_SECRET_DATABRICKS_CLIENT_SECRET') }}\"\n"),
            }
        }
    };
    let text = text.words("      threads: ").number(threads(answers)?).words("\n");
    let next = match (secret.is_some(), &subject.connection.auth) {
        (true, _) => "Add these lines to ~/.dbt/profiles.yml, and make the file readable only by you.",
        (false, AuthMethod::Browser(_)) => "Add these lines to ~/.dbt/profiles.yml. dbt opens your browser to sign in.",
        (false, AuthMethod::PersonalAccessToken) => {
            "Add these lines to ~/.dbt/profiles.yml, and set DBT_ENV_SECRET_DATABRICKS_TOKEN to the output of brickpass token."
        }
        (false, AuthMethod::ServicePrincipal { .. }) => {
            "Add these lines to ~/.dbt/profiles.yml, and set DBT_ENV_SECRET_DATABRICKS_CLIENT_SECRET to the client secret."
        }
    };
    Ok(document(subject, "-profiles.yml", text, next))
}

fn entry(text: Text, key: &'static str, what: &'static str, value: &str) -> Result<Text, Failure> {
    Ok(text.words(key).value(what, value, yaml_jinja)?.words("\n"))
}

/// A schema alone: dbt-databricks refuses one with its catalog before it.
fn schema(answers: &Answers) -> Result<&str, Failure> {
    let schema = answers.get(&DBT_SCHEMA).unwrap_or_default();
    if schema.contains('.') {
        return Err(Failure::new(
            Code::InvalidInput,
            "dbt does not accept this schema.",
            "It contains a dot, which would separate catalog and schema.",
            "Enter the catalog in its own field.",
        ));
    }
    Ok(schema)
}

fn threads(answers: &Answers) -> Result<u64, Failure> {
    let number = answers.get(&THREADS).unwrap_or_default().parse().ok();
    number.filter(|number| (1..=1000).contains(number)).ok_or_else(|| {
        Failure::new(
            Code::InvalidInput,
            "The number of threads is not valid.",
            "dbt accepts whole numbers from 1.",
            "Enter a number, for example 4.",
        )
    })
}
