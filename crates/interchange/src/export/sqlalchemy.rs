//! `SQLAlchemy` with Databricks' dialect, which signs in with a token only. The address with the token in it is made only when that is asked for.

use secrecy::ExposeSecret as _;

use super::parts::{CATALOG, HTTP_PATH, SCHEMA, authority, document, inline, of_a_workspace, required_http_path, token_only};
use crate::{
    escape::{Grammar, Text, address, percent, python},
    format::{Answers, Document, Format, Group, Subject},
};
use brickpass_core::failure::Failure;

pub(super) const SQLALCHEMY: Format = Format {
    id: "sqlalchemy",
    title: "SQLAlchemy",
    group: Group::Sql,
    takes_secret: Some("in plain text in the database URL, which programs often log"),
    fields: &[HTTP_PATH.required(), CATALOG, SCHEMA],
    make,
};

fn make(subject: &Subject<'_>, answers: &Answers) -> Result<Document, Failure> {
    of_a_workspace(subject.connection)?;
    let path = required_http_path(answers)?;
    let host = authority(subject.connection);
    if let Some(secret) = inline(subject)? {
        let token = token_only(&secret, "SQLAlchemy's dialect for Databricks")?;
        let text = Text::new().words("databricks://token:").value("The token", token.expose_secret(), percent)?;
        let text = text.words("@").value("The host", host, address)?;
        let text = text.words("?http_path=").value("The HTTP path", path.as_str(), percent)?;
        let text = named(text, answers, "&catalog=", "&schema=", "", percent)?.words("\n");
        return Ok(document(subject, ".txt", text, "Pass this address to create_engine."));
    }
    let text =
        Text::new().words("import os\n\nfrom sqlalchemy import URL, create_engine, text\n\nurl = URL.create(\n    \"databricks\",\n");
    let text = text.words("    username=\"token\",\n    password=os.environ[\"DATABRICKS_TOKEN\"],\n    host=");
    let (name, port) = host.split_once(':').map_or((host, None), |(name, port)| (name, port.parse().ok()));
    let text = text.value("The host", name, python)?;
    let text = match port {
        Some(port) => text.words(",\n    port=").number(port),
        None => text,
    };
    let text = text.words(",\n    query={\n        \"http_path\": ").value("The HTTP path", path.as_str(), python)?.words(",\n");
    let text = named(text, answers, "        \"catalog\": ", "        \"schema\": ", ",\n", python)?;
    let text = text
        .words("    },\n)\nwith create_engine(url).connect() as connection:\n    print(connection.execute(text(\"SELECT 1\")).all())\n");
    let next =
        "Run pip install databricks-sqlalchemy, and set DATABRICKS_TOKEN to the output of brickpass token before you start the program.";
    Ok(document(subject, ".py", text, next))
}

fn named(
    text: Text,
    answers: &Answers,
    catalog: &'static str,
    schema: &'static str,
    after: &'static str,
    grammar: Grammar,
) -> Result<Text, Failure> {
    let text = text.optional(answers.get(&CATALOG), |text, name| {
        Ok::<_, Failure>(text.words(catalog).value("The name of the catalog", name, grammar)?.words(after))
    })?;
    text.optional(answers.get(&SCHEMA), |text, name| Ok(text.words(schema).value("The name of the schema", name, grammar)?.words(after)))
}
