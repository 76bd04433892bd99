//! Bruno, in its own language and as `OpenCollection`. The token is a secret variable, or stands in a `.env` file beside the collection, which
//! Bruno keeps out of version control. Source: docs.usebruno.com, "Bru lang", "Secret variables"; opencollection.com, the specification.

use super::{
    http_client::{Request, token},
    parts::documents,
};
use crate::{
    escape::{Quoted, Text, address, dotenv, yaml},
    format::{Answers, Document, DocumentFile, Field, Format, Group, Subject},
};
use brickpass_core::failure::Failure;

const FORM: Field = Field::choice("form", "Form", &[("bru", "Bruno files"), ("opencollection", "OpenCollection, YAML")]);

pub(super) const BRUNO: Format = Format {
    id: "bruno",
    title: "Bruno",
    group: Group::Http,
    takes_secret: Some("in plain text in a .env file beside the collection"),
    fields: &[FORM],
    make,
};

fn make(subject: &Subject<'_>, answers: &Answers) -> Result<Document, Failure> {
    let token = token(subject)?;
    let request = Request::of(subject)?;
    let host = address(subject.connection.base_url.as_str()).map_err(|why| why.of("The address"))?;
    let path = address(&request.path).map_err(|why| why.of("The account ID"))?;
    let mut files = if answers.chosen(&FORM) == Some("opencollection") {
        open_collection(&request, &path, subject.connection.base_url.as_str(), token.is_some())?
    } else {
        own(&request, &path, &host, token.is_some())
    };
    if let Some(token) = token {
        files.push(named(".env", Text::new().words("DATABRICKS_TOKEN=").value("The token", token, dotenv)?.words("\n")));
    }
    files.push(named(".gitignore", Text::new().words(".env\n")));
    let next = if token.is_some() {
        "Open the folder in Bruno and choose the environment databricks."
    } else {
        "Open the folder in Bruno, choose the environment databricks, and enter the token as its secret variable."
    };
    Ok(documents(subject, files, next))
}

fn named(name: &'static str, text: Text) -> DocumentFile {
    DocumentFile { name: name.to_owned(), text: text.finish() }
}

/// `inline`: the token is in the environment of the process, which `.env` fills.
fn own(request: &Request, path: &Quoted, host: &Quoted, inline: bool) -> Vec<DocumentFile> {
    let get = Text::new().words("meta {\n  name: ").words(request.name).words("\n  type: http\n  seq: 1\n}\n\nget {\n  url: {{host}}");
    let get = get.quoted(path).words("\n  body: none\n  auth: bearer\n}\n\nauth:bearer {\n  token: {{token}}\n}\n");
    let environment = Text::new().words("vars {\n  host: ").quoted(host);
    let environment =
        environment.words(if inline { "\n  token: {{process.env.DATABRICKS_TOKEN}}\n}\n" } else { "\n}\nvars:secret [\n  token\n]\n" });
    let collection = Text::new().words("{\n  \"version\": \"1\",\n  \"name\": \"Databricks\",\n  \"type\": \"collection\"\n}\n");
    vec![named("bruno.json", collection), named("request.bru", get), named("environments/databricks.bru", environment)]
}

fn open_collection(request: &Request, path: &Quoted, host: &str, inline: bool) -> Result<Vec<DocumentFile>, Failure> {
    let collection = Text::new().words("opencollection: \"1.0.0\"\ninfo:\n  name: \"Databricks\"\n");
    let url = Text::new().words("{{host}}").quoted(path).within("The account ID", yaml)?;
    let get = Text::new().words("info:\n  name: \"").words(request.name).words("\"\n  type: http\n  seq: 1\nhttp:\n  method: GET\n  url: ");
    let get = get.quoted(&url).words("\n  auth:\n    type: bearer\n    token: \"{{token}}\"\n");
    let environment = Text::new().words("name: \"databricks\"\nvariables:\n  - name: \"host\"\n    value: ");
    let environment = environment.value("The address", host, yaml)?.words("\n  - name: \"token\"\n");
    let environment = environment.words(if inline { "    value: \"{{process.env.DATABRICKS_TOKEN}}\"\n" } else { "    secret: true\n" });
    Ok(vec![named("opencollection.yml", collection), named("request.yml", get), named("environments/databricks.yml", environment)])
}
