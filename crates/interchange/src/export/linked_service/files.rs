//! The files: the JSON of Git and PowerShell, the properties alone for `az`, an ARM template with its parameters, Bicep, Terraform.

use serde_json::{Map, Value, json};

use super::{
    model::{Node, Service},
    terraform,
};
use crate::{
    escape::{Text, Unwritable, arm_text, bicep, hcl, json_document},
    format::{Document, DocumentFile, Subject},
};
use brickpass_core::failure::Failure;

/// The same names in the template and in Bicep, so that one file of parameters serves both.
const FACTORY: &str = "factoryName";
const NAME: &str = "linkedServiceName";
const TOKEN: &str = "databricksToken";

pub(in crate::export) fn write(service: &Service, subject: &Subject<'_>) -> Result<Document, Failure> {
    let properties = service.properties();
    let plain = as_json(&properties, service.token());
    let mut files =
        vec![file("ls.json", document(&json!({ "name": service.name, "properties": plain }))?), file("properties.json", document(&plain)?)];
    if !service.synapse {
        files.push(file("arm.json", document(&template(service, &properties))?));
        files.push(file("arm.parameters.json", document(&parameters(service))?));
        files.push(file("main.bicep", in_bicep(service, &properties)?));
    }
    files.push(file("main.tf", terraform::write(service)?));
    let mut notes = service.notes.clone();
    if service.token().is_some() {
        notes.push(
            "main.bicep and main.tf do not contain the token: Bicep gets it from arm.parameters.json, and for Terraform set TF_VAR_databricks_token."
                .to_owned(),
        );
        notes.push("Terraform's state contains it in plain text. Store the state where only you can read it.".to_owned());
    }
    let next = if service.synapse {
        "Deploy one of: ls.json in Synapse Studio's Git folder or with Set-AzSynapseLinkedService, properties.json with az, main.tf with Terraform."
    } else {
        "Deploy one of: ls.json in the factory's Git folder or with Set-AzDataFactoryV2LinkedService, properties.json with az datafactory, arm.json or main.bicep with az deployment, main.tf with Terraform."
    };
    debug_assert!(service.token().is_none() || subject.secret.is_some(), "the only token there is");
    Ok(Document { format: "", files, contains_secret: service.token().is_some(), limits_scopes: false, notes, next })
}

fn file(name: &'static str, text: Text) -> DocumentFile {
    DocumentFile { name: name.to_owned(), text: text.finish() }
}

fn document(value: &Value) -> Result<Text, Failure> {
    json_document(value).map_err(|why| refused(why).into())
}

/// Every other value was looked at when it was read.
fn refused(why: Unwritable) -> crate::escape::Refused {
    why.of("The description of the connection, or its token,")
}

fn as_json(node: &Node, token: Option<&str>) -> Value {
    match node {
        Node::Text(text) => json!(text),
        Node::Token => json!(token),
        Node::Object(members) => members.iter().map(|(key, value)| (*key, as_json(value, token))).collect(),
        Node::Map(members) => members.iter().map(|(key, value)| (key.as_str(), as_json(value, token))).collect(),
        Node::List(values) => values.iter().map(|value| as_json(value, token)).collect(),
    }
}

fn in_arm(node: &Node) -> Value {
    match node {
        Node::Text(text) => json!(arm_text(text)),
        Node::Token => json!(format!("[parameters('{TOKEN}')]")),
        Node::Object(members) => members.iter().map(|(key, value)| (*key, in_arm(value))).collect(),
        Node::Map(members) => members.iter().map(|(key, value)| (key.as_str(), in_arm(value))).collect(),
        Node::List(values) => values.iter().map(in_arm).collect(),
    }
}

fn template(service: &Service, properties: &Node) -> Value {
    let mut declared = Map::new();
    declared.insert(FACTORY.to_owned(), json!({ "type": "string" }));
    // The name is a parameter, so that it stands in no expression.
    declared.insert(NAME.to_owned(), json!({ "type": "string", "defaultValue": arm_text(&service.name) }));
    if service.token().is_some() {
        declared.insert(TOKEN.to_owned(), json!({ "type": "securestring" }));
    }
    json!({
        "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
        "contentVersion": "1.0.0.0",
        "parameters": declared,
        "resources": [{
            "type": "Microsoft.DataFactory/factories/linkedservices",
            "apiVersion": "2018-06-01",
            "name": format!("[concat(parameters('{FACTORY}'), '/', parameters('{NAME}'))]"),
            "properties": in_arm(properties),
        }],
    })
}

/// Nothing in it is read for expressions.
fn parameters(service: &Service) -> Value {
    let mut given = Map::new();
    given.extend(service.factory.as_ref().map(|name| (FACTORY.to_owned(), json!({ "value": name }))));
    given.insert(NAME.to_owned(), json!({ "value": service.name }));
    given.extend(service.token().map(|token| (TOKEN.to_owned(), json!({ "value": token }))));
    json!({
        "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentParameters.json#",
        "contentVersion": "1.0.0.0",
        "parameters": given,
    })
}

fn in_bicep(service: &Service, properties: &Node) -> Result<Text, Failure> {
    let text = Text::new().words("param factoryName string\nparam linkedServiceName string = ");
    let text = text.value("The name of the linked service", &service.name, bicep)?.words("\n");
    let text = if service.token().is_some() { text.words("@secure()\nparam databricksToken string\n") } else { text };
    let text = text
        .words("\nresource factory 'Microsoft.DataFactory/factories@2018-06-01' existing = {\n  name: factoryName\n}\n")
        .words("\nresource linkedService 'Microsoft.DataFactory/factories/linkedservices@2018-06-01' = {\n")
        .words("  parent: factory\n  name: linkedServiceName\n  properties: ");
    Ok(BICEP.write(text, properties, 1)?.words("\n}\n"))
}

/// A language of objects in braces, one member a line.
pub(super) struct Language {
    between: &'static str,
    /// After each value of a list.
    after: &'static str,
    token: &'static str,
    grammar: crate::escape::Grammar,
}

const BICEP: Language = Language { between: ": ", after: "", token: TOKEN, grammar: bicep };
pub(super) const HCL: Language = Language { between: " = ", after: ",", token: "var.databricks_token", grammar: hcl };

impl Language {
    /// `depth`: in steps of two blanks, of the line that it begins on.
    pub(super) fn write(&self, text: Text, node: &Node, depth: usize) -> Result<Text, Failure> {
        match node {
            Node::Text(value) => Ok(text.value("The description of the connection", value, self.grammar)?),
            Node::Token => Ok(text.words(self.token)),
            Node::Object(members) => {
                let mut text = text.words("{\n");
                for (key, value) in members {
                    text = self.write(indented(text, depth + 1).words(key).words(self.between), value, depth + 1)?.words("\n");
                }
                Ok(indented(text, depth).words("}"))
            }
            Node::Map(members) => {
                let mut text = text.words("{\n");
                for (key, value) in members {
                    let named = indented(text, depth + 1).value("The name of a setting of the cluster", key, self.grammar)?;
                    text = self.write(named.words(self.between), value, depth + 1)?.words("\n");
                }
                Ok(indented(text, depth).words("}"))
            }
            Node::List(values) => {
                let mut text = text.words("[\n");
                for value in values {
                    text = self.write(indented(text, depth + 1), value, depth + 1)?.words(self.after).words("\n");
                }
                Ok(indented(text, depth).words("]"))
            }
        }
    }
}

fn indented(text: Text, depth: usize) -> Text {
    (0..depth).fold(text, |text, _| text.words("  "))
}
