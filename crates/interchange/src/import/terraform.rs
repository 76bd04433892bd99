//! Terraform: `terraform.tfvars`, `provider "databricks"` blocks, and linked services of Data Factory and Synapse. Literals only: an expression is
//! told, never evaluated.

use serde_json::{Map, Value, json};

use super::{
    Found, Kind,
    attributes::{Attributes, named},
    braces::{self, Branch, Item},
    damaged,
    found::Given,
    hcl, linked_service,
    reference::expression,
    settings,
    variables::by_any_name,
};
use brickpass_core::failure::Failure;

pub(super) const READER: super::Reader = super::Reader {
    word: "terraform",
    label: "Terraform",
    phrase: "Terraform variables",
    read: |text, _| read(text),
    nothing: "It contains no databricks provider, no variable such as databricks_host with its own value, and no Databricks linked service.",
};

pub(super) fn read(text: &str) -> Result<Found, Failure> {
    // `terraform.tfvars.json`.
    if text.trim_start().starts_with('{') {
        return settings::read_as(Kind::Tfvars, text);
    }
    let mut found = Found::new(Kind::Tfvars);
    let tokens = hcl::tokens(text).map_err(|line| damaged(Kind::Tfvars, format!("The text or comment in line {line} is not closed.")))?;
    let items = braces::items(&tokens).ok_or_else(|| damaged(Kind::Tfvars, "Its blocks are nested too deeply."))?;
    let mut variables = Attributes::new();
    for item in &items {
        match item.head.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
            ["provider", "databricks"] => provider(item, &mut found),
            ["resource", kind, label] => resource(kind, label, &item.branch, &mut found),
            [key] if matches!(item.branch, Branch::Object(_)) => object(key, &item.branch, &mut found),
            [key] => match variable(key) {
                Some(attribute) => variables.set(attribute, key, given(&item.branch)),
                None => found.ignore(key, "not part of a connection"),
            },
            _ => {}
        }
    }
    if variables.names_databricks() {
        found.push(variables.into_connection("terraform"));
    }
    Ok(found)
}

fn provider(item: &Item, found: &mut Found) {
    let mut attributes = Attributes::new();
    let mut others = Vec::new();
    let mut name = "databricks";
    for setting in item.branch.items() {
        match setting.key() {
            Some("alias") => name = setting.branch.text().unwrap_or(name),
            Some(key) => match named(key) {
                Some(attribute) => attributes.set(attribute, key, given(&setting.branch)),
                None => others.push(key),
            },
            None => {}
        }
    }
    let mut made = attributes.into_connection(name);
    for key in others {
        made.ignore(key, "a setting of other tools");
    }
    found.push(made);
}

/// `databricks = { host = "...", token = "..." }`
fn object(key: &str, branch: &Branch, found: &mut Found) {
    let mut attributes = Attributes::new();
    for setting in branch.items() {
        if let Some((key, attribute)) = setting.key().and_then(|key| Some((key, by_any_name(key)?))) {
            attributes.set(attribute, key, given(&setting.branch));
        }
    }
    if key.contains("databricks") && attributes.has("host") {
        found.push(attributes.into_connection(key));
    } else {
        found.ignore(key, "not part of a connection");
    }
}

/// The names that variables for the provider usually have.
fn variable(name: &str) -> Option<&'static str> {
    match name.strip_prefix("databricks_").unwrap_or(name) {
        "workspace_url" | "workspace_host" | "url" => Some("host"),
        "access_token" | "pat" => Some("token"),
        name => named(name),
    }
}

fn given(branch: &Branch) -> Given {
    match branch {
        Branch::Text(text) => Given::text(text),
        Branch::Null => Given::text(""),
        Branch::Expression(words) => Given::Elsewhere(expression(words, "of Terraform")),
        Branch::List(_) | Branch::Object(_) => Given::Elsewhere("it is a Terraform expression".to_owned()),
    }
}

/// The resources of azurerm that are linked services of Databricks.
fn resource(kind: &str, label: &str, branch: &Branch, found: &mut Found) {
    let name = branch.get("name").and_then(Branch::text).unwrap_or(label);
    let properties = match kind {
        "azurerm_data_factory_linked_service_azure_databricks" => json!({ "type": "AzureDatabricks", "typeProperties": own(branch) }),
        "azurerm_data_factory_linked_custom_service" | "azurerm_synapse_linked_service" => {
            let settings = match branch.get("type_properties_json") {
                Some(Branch::Text(text)) => serde_json::from_str(text).unwrap_or_default(),
                other => other.map(Branch::as_template).unwrap_or_default(),
            };
            json!({ "type": branch.get("type").and_then(Branch::text), "typeProperties": settings })
        }
        _ => return,
    };
    linked_service::take(&json!({ "name": name, "properties": properties }), &Value::Null, found);
}

/// The resource of this linked service alone has names of its own.
fn own(branch: &Branch) -> Value {
    let mut settings = Map::new();
    for item in branch.items() {
        let value = || item.branch.as_template();
        match item.key() {
            Some("adb_domain") => settings.insert("domain".to_owned(), value()),
            Some("access_token") => settings.insert("accessToken".to_owned(), value()),
            Some("msi_work_space_resource_id" | "msi_workspace_id") => settings.insert("authentication".to_owned(), json!("MSI")),
            Some("key_vault_password") => {
                let of = |key: &str| item.branch.get(key).map(Branch::as_template);
                let secret = json!({
                    "type": "AzureKeyVaultSecret",
                    "store": { "referenceName": of("linked_service_name") },
                    "secretName": of("secret_name"),
                });
                settings.insert("accessToken".to_owned(), secret)
            }
            _ => None,
        };
    }
    Value::Object(settings)
}
