//! Insomnia: an export of version 5 (YAML) or 4 (JSON), with the address and the token in the environment.
//! Source: insomnia, `insomnia-v5` schema and `common/export`. What stands in `{{ }}` is a template of Nunjucks.

use serde_json::json;

use super::{
    http_client::{Request, token},
    parts::{document, file},
};
use crate::{
    escape::{Text, json_document, no_template, yaml, yaml_template},
    format::{Answers, Document, Field, Format, Group, Subject},
};
use brickpass_core::failure::Failure;

const VERSION: Field = Field::choice("version", "Version", &[("5", "Version 5, YAML"), ("4", "Version 4, JSON")]);

pub(super) const INSOMNIA: Format = Format {
    id: "insomnia",
    title: "Insomnia",
    group: Group::Http,
    takes_secret: Some("in plain text in the environment of the export"),
    fields: &[VERSION],
    make,
};

fn make(subject: &Subject<'_>, answers: &Answers) -> Result<Document, Failure> {
    let token = token(subject)?;
    let request = Request::of(subject)?;
    let next = if token.is_some() {
        "Import the file into Insomnia."
    } else {
        "Import the file into Insomnia, then enter the token in its environment."
    };
    if answers.chosen(&VERSION) == Some("4") {
        let text = version_4(subject, &request, token.unwrap_or_default())?;
        let file = file(subject, ".insomnia.json", text);
        return Ok(super::parts::documents(subject, vec![file], next));
    }
    Ok(document(subject, ".insomnia.yaml", version_5(subject, &request, token.unwrap_or_default())?, next))
}

fn version_5(subject: &Subject<'_>, request: &Request, token: &str) -> Result<Text, Failure> {
    let id = subject.connection.id.to_string().replace('-', "");
    let text = Text::new().words("type: \"collection.insomnia.rest/5.0\"\nschema_version: \"5.1\"\nname: ");
    let text = text.value("The name of the connection", subject.connection.name.as_str(), yaml_template)?;
    let text = text.words("\nmeta:\n  id: ").value("The connection", &format!("wrk_{id}"), yaml)?;
    let url = Text::new().words("{{ _.host }}").value("The account ID", &request.path, crate::escape::address)?;
    let text =
        text.words("\ncollection:\n  - name: \"").words(request.name).words("\"\n    url: ").quoted(&url.within("The account ID", yaml)?);
    let text = text.words("\n    meta:\n      id: ").value("The connection", &format!("req_{id}"), yaml)?;
    let text = text.words("\n    method: \"GET\"\n    authentication:\n      type: \"bearer\"\n      token: \"{{ _.token }}\"\n");
    let text = text.words("environments:\n  name: \"Base environment\"\n  meta:\n    id: ");
    let text = text.value("The connection", &format!("env_{id}"), yaml)?.words("\n  data:\n    host: ");
    let text = text.value("The address", subject.connection.base_url.as_str(), yaml_template)?.words("\n    token: ");
    Ok(text.value("The token", token, yaml_template)?.words("\n"))
}

fn version_4(subject: &Subject<'_>, request: &Request, token: &str) -> Result<Text, Failure> {
    let name = no_template(subject.connection.name.as_str()).map_err(|why| why.of("The name of the connection"))?;
    let host = no_template(subject.connection.base_url.as_str()).map_err(|why| why.of("The address"))?;
    let id = subject.connection.id.to_string().replace('-', "");
    let (workspace, environment, get) = (format!("wrk_{id}"), format!("env_{id}"), format!("req_{id}"));
    let export = json!({
        "_type": "export",
        "__export_format": 4,
        "__export_source": "brickpass",
        "resources": [
            { "_id": workspace, "_type": "workspace", "parentId": null, "name": name, "scope": "collection" },
            { "_id": environment, "_type": "environment", "parentId": workspace, "name": "Base environment",
              "data": { "host": host, "token": token } },
            { "_id": get, "_type": "request", "parentId": workspace, "name": request.name, "method": "GET",
              "url": format!("{{{{ _.host }}}}{}", request.path),
              "authentication": { "type": "bearer", "token": "{{ _.token }}" } },
        ],
    });
    Ok(json_document(&export).map_err(|why| why.of("The token"))?)
}
