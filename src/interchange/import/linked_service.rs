//! Linked services of Azure Data Factory and Synapse: one file each, the body of a request, or an ARM template with some of them.

use serde_json::Value;

use super::{Found, FoundConnection, Kind, found::Given, json, text::shown};
use crate::failure::Failure;

const TYPES: [&str; 2] = ["AzureDatabricks", "AzureDatabricksDeltaLake"];

pub(super) fn read(text: &str) -> Result<Found, Failure> {
    let mut found = Found::new(Kind::LinkedService);
    let document = json::parse(Kind::LinkedService, text)?;
    let all = document.get("resources").or(Some(&document)).and_then(Value::as_array).or_else(|| document.get("value")?.as_array());
    match all {
        Some(all) => {
            for resource in all.iter().take(super::MOST + 1) {
                take(resource, &document, &mut found);
            }
        }
        // In newer templates the resources have names.
        None => match document.get("resources").and_then(Value::as_object) {
            Some(named) => named.values().take(super::MOST + 1).for_each(|resource| take(resource, &document, &mut found)),
            None => take(&document, &document, &mut found),
        },
    }
    Ok(found)
}

/// `resource`: `{name, properties}`, or the properties alone.
fn take(resource: &Value, document: &Value, found: &mut Found) {
    let properties = resource.get("properties").unwrap_or(resource);
    let service = Service { properties, settings: properties.get("typeProperties").unwrap_or(&Value::Null), template: document };
    let name = json::scalar(resource.get("name")).map_or_else(|| "Linked service".to_owned(), |name| last_part(&name));
    match properties.get("type").and_then(Value::as_str) {
        Some(kind) if TYPES.contains(&kind) => {
            let made = service.connection(&name, found);
            found.connections.push(made);
        }
        // A factory, a dataset, another store.
        _ => found.ignore(&name, "not a linked service of Databricks"),
    }
}

/// `[concat(parameters('factoryName'), '/LS_Databricks')]` -> `LS_Databricks`.
fn last_part(name: &str) -> String {
    let inner = name.strip_prefix('[').filter(|rest| !rest.starts_with('[')).and_then(|rest| rest.strip_suffix(']'));
    let Some(inner) = inner else { return name.rsplit('/').next().unwrap_or(name).to_owned() };
    let literal = inner.split('\'').rfind(|part| part.starts_with('/')).unwrap_or("Linked service");
    literal.trim_start_matches('/').to_owned()
}

struct Service<'a> {
    properties: &'a Value,
    settings: &'a Value,
    template: &'a Value,
}

impl Service<'_> {
    fn connection(&self, name: &str, found: &mut Found) -> FoundConnection {
        let mut made = FoundConnection::at(name);
        self.sign_in(&mut made);
        self.cluster(&mut made, found);
        made.host(self.given(self.settings.get("domain")).as_ref(), "domain");
        made.settle_level();
        for key in self.settings.as_object().into_iter().flat_map(|settings| settings.keys()) {
            match key.as_str() {
                "domain" | "accessToken" | "authentication" | "credential" | "newClusterNumOfWorker" => {}
                "encryptedCredential" => found.ignore(key, "only the service that wrote it can open it"),
                "workspaceResourceId" => found.ignore(key, "the workspace is named by its address"),
                cluster if cluster.contains("luster") || ["instancePoolId", "policyId", "dataSecurityMode"].contains(&cluster) => {
                    found.ignore(key, "a connection names no compute; it is chosen when the connection is handed over");
                }
                _ => found.ignore(key, "not a part of a connection"),
            }
        }
        made
    }

    fn sign_in(&self, made: &mut FoundConnection) {
        let msi = self.given(self.settings.get("authentication")).is_some_and(|word| word.literal() == Some("MSI"));
        if msi || self.settings.get("credential").is_some() {
            return made.refuse("It signs in with a managed identity of Azure, which Brickpass cannot.");
        }
        let Some(token) = self.settings.get("accessToken") else {
            return made.token(None);
        };
        match token.get("type").and_then(Value::as_str) {
            Some("AzureKeyVaultSecret") => {
                let secret = json::scalar(token.get("secretName")).unwrap_or_default();
                let store = token.get("store").and_then(|store| json::scalar(store.get("referenceName"))).unwrap_or_default();
                let place = format!("it lies in Key Vault ({}) as {}", shown(&store), shown(&secret));
                made.token(Some(&Given::Elsewhere(place)));
            }
            _ => made.token(self.given(token.get("value").or(Some(token))).as_ref()),
        }
    }

    /// How many workers a new cluster would have: looked at, since a mistake there means that the file is not what it seems.
    fn cluster(&self, made: &mut FoundConnection, found: &mut Found) {
        let Some(workers) = self.given(self.settings.get("newClusterNumOfWorker")) else { return };
        let Some(text) = workers.literal() else { return };
        match workers_of(text) {
            Some((least, most)) if least == most => {
                found.ignore(
                    "newClusterNumOfWorker",
                    format!("a new cluster of {least} workers is chosen when the connection is handed over"),
                );
            }
            Some((least, most)) => {
                let why = format!("a new cluster of {least} to {most} workers is chosen when the connection is handed over");
                found.ignore("newClusterNumOfWorker", why);
            }
            None => made.refuse("Its newClusterNumOfWorker is neither a number nor a range such as 1:10."),
        }
    }

    /// A literal, or what a parameter is when nobody says otherwise.
    fn given(&self, value: Option<&Value>) -> Option<Given> {
        let text = json::scalar(value).or_else(|| {
            // `{"value": "@linkedService().x", "type": "Expression"}`
            json::scalar(value?.get("value"))
        })?;
        Some(self.resolved(&text))
    }

    fn resolved(&self, text: &str) -> Given {
        if let Some(literal) = text.strip_prefix("[[") {
            return Given::text(&format!("[{literal}"));
        }
        if let Some(expression) = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            let name = expression.trim().strip_prefix("parameters('").and_then(|rest| rest.strip_suffix("')"));
            return default_of(self.template, name, "a parameter of the template says what it is");
        }
        if let Some(literal) = text.strip_prefix("@@") {
            return Given::text(&format!("@{}", literal.replace("@@{", "@{")));
        }
        if let Some(expression) = text.strip_prefix('@') {
            let expression = expression.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')).unwrap_or(expression);
            let name = expression.trim().strip_prefix("linkedService().");
            return default_of(self.properties, name, "a parameter of the linked service says what it is");
        }
        if text.replace("@@{", "").contains("@{") {
            return Given::Elsewhere("a parameter of the linked service is a part of it".to_owned());
        }
        Given::text(&text.replace("@@{", "@{"))
    }
}

/// `parameters.<name>.defaultValue`, if that is a literal.
fn default_of(of: &Value, name: Option<&str>, else_: &str) -> Given {
    let default = name.and_then(|name| json::scalar(of.get("parameters")?.get(name)?.get("defaultValue")));
    match default {
        Some(default) if !default.is_empty() && !default.starts_with(['@', '[']) => Given::text(&default),
        _ => Given::Elsewhere(else_.to_owned()),
    }
}

/// `2`, `1:10`.
fn workers_of(text: &str) -> Option<(u32, u32)> {
    let number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse::<u32>().ok()).flatten();
    let (least, most) = match text.split_once(':') {
        Some((least, most)) => (number(least)?, number(most)?),
        None => (number(text)?, number(text)?),
    };
    (least <= most).then_some((least, most))
}
