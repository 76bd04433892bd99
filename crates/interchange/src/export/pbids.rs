//! Power BI: a `.pbids` file, which Power BI Desktop opens, and the same in Power Query's language. Neither has a place for a secret:
//! Power BI asks. Source: learn.microsoft.com, "Using PBIDS files to get data" and "Databricks" (connector).

use serde_json::json;

use super::parts::{CATALOG, HTTP_PATH, SCHEMA, authority, documents, file, of_a_workspace, required_http_path};
use crate::{
    escape::{Text, json_document, power_query},
    format::{Answers, Document, Field, Format, Group, Subject},
};
use brickpass_core::{connection::AuthKind, failure::Failure};

const MODE: Field = Field::choice("mode", "Data", &[("DirectQuery", "Queried when viewed"), ("Import", "Copied into the report")]);

pub(super) const PBIDS: Format = Format {
    id: "power-bi",
    title: "Power BI",
    group: Group::Integration,
    takes_secret: None,
    fields: &[HTTP_PATH.required(), CATALOG, SCHEMA, MODE],
    make,
};

fn make(subject: &Subject<'_>, answers: &Answers) -> Result<Document, Failure> {
    of_a_workspace(subject.connection)?;
    let path = required_http_path(answers)?;
    let (catalog, schema) = (answers.get(&CATALOG), answers.get(&SCHEMA));
    let source = json!({
        "version": "0.1",
        "connections": [{
            "details": {
                "protocol": "databricks-sql",
                "address": { "host": authority(subject.connection), "path": path.as_str() },
                "authentication": null,
                "query": null,
            },
            "options": { "Catalog": catalog.unwrap_or_default(), "Database": schema.unwrap_or_default() },
            "mode": answers.chosen(&MODE),
        }],
    });
    let text = json_document(&source).map_err(|why| why.of("The name of the catalog or schema"))?;
    let query =
        Text::new().words("let\n    Source = Databricks.Catalogs(").value("The host", authority(subject.connection), power_query)?;
    let query = query.words(", ").value("The HTTP path", path.as_str(), power_query)?.words(", [Catalog = ");
    let query = or_null(query, "The name of the catalog", catalog)?.words(", Database = ");
    let query = or_null(query, "The name of the schema", schema)?.words("])\nin\n    Source\n");
    let files = vec![file(subject, ".pbids", text), file(subject, ".pq", query)];
    let next = match subject.connection.auth.kind() {
        AuthKind::PersonalAccessToken => {
            "Open the .pbids file with Power BI Desktop, choose Personal Access Token when it asks, and paste the token. The other file is for its advanced editor."
        }
        AuthKind::Browser => {
            "Open the .pbids file with Power BI Desktop and sign in when it asks. The other file is for its advanced editor."
        }
        AuthKind::ServicePrincipal => {
            "Open the .pbids file with Power BI Desktop, choose Client Credentials when it asks, and enter the client ID and secret. The other file is for its advanced editor."
        }
    };
    let document = documents(subject, files, next);
    Ok(Document { contains_secret: false, ..document })
}

fn or_null(text: Text, what: &'static str, value: Option<&str>) -> Result<Text, Failure> {
    match value {
        Some(value) => Ok(text.value(what, value, power_query)?),
        None => Ok(text.words("null")),
    }
}
