//! Postman: a collection with one request, and an environment in which the token is marked as secret.
//! Source: schema.getpostman.com, collection v2.1.0. What stands in `{{ }}` is a variable.

use serde_json::json;

use super::{
    http_client::{Request, token},
    parts::{documents, file},
};
use crate::{
    escape::{json_document, no_template},
    format::{Answers, Document, Format, Group, Subject},
};
use brickpass_core::failure::Failure;

pub(super) const POSTMAN: Format = Format {
    id: "postman",
    title: "Postman",
    group: Group::Http,
    takes_secret: Some("in plain text in the environment, and in Postman's cloud after the import"),
    fields: &[],
    make,
};

fn make(subject: &Subject<'_>, _: &Answers) -> Result<Document, Failure> {
    let name = no_template(subject.connection.name.as_str()).map_err(|why| why.of("The name of the connection"))?;
    let host = no_template(subject.connection.base_url.as_str()).map_err(|why| why.of("The address"))?;
    let token = token(subject)?;
    let Request { name: title, path } = Request::of(subject)?;
    let collection = json!({
        "info": { "name": "Databricks", "schema": "https://schema.getpostman.com/json/collection/v2.1.0/collection.json" },
        "auth": { "type": "bearer", "bearer": [{ "key": "token", "value": "{{token}}", "type": "string" }] },
        "item": [{ "name": title, "request": { "method": "GET", "url": format!("{{{{host}}}}{path}") } }],
    });
    let environment = json!({
        "name": name,
        "values": [
            { "key": "host", "value": host, "type": "default", "enabled": true },
            { "key": "token", "value": token.unwrap_or_default(), "type": "secret", "enabled": true },
        ],
        "_postman_variable_scope": "environment",
    });
    let files = vec![
        file(subject, ".postman_environment.json", json_document(&environment).map_err(|why| why.of("The token"))?),
        file(subject, ".postman_collection.json", json_document(&collection).map_err(|why| why.of("The address"))?),
    ];
    let next = if token.is_some() {
        "Import both files into Postman and choose the environment."
    } else {
        "Import both files into Postman, choose the environment, and paste the token into its variable, in Postman's vault or as the current value."
    };
    Ok(documents(subject, files, next))
}
