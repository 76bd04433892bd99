//! Linked services of Azure Data Factory and Synapse: one file each, the body of a request, an ARM template with some of them, or Bicep. Expressions
//! are told, never evaluated; where the default of a parameter is an address, it is taken with a remark.

use serde_json::Value;

use super::{Found, FoundConnection, Kind, attributes::ENTRA, bicep, found::Given, json, reference, text::shown};
use brickpass_core::failure::Failure;

const TYPES: [&str; 2] = ["AzureDatabricks", "AzureDatabricksDeltaLake"];

pub(super) const READER: super::Reader = super::Reader {
    word: "linked-service",
    label: "Data Factory linked service",
    phrase: "linked service",
    read,
    nothing: "It contains no linked service of the type AzureDatabricks or AzureDatabricksDeltaLake.",
};

pub(super) fn read(text: &str, mut found: Found) -> Result<Found, Failure> {
    let document = if text.trim_start().starts_with(['{', '[']) {
        json::lenient(Kind::LinkedService, text)?
    } else {
        bicep::template(text)
            .map_err(|line| super::damaged(Kind::LinkedService, format!("The text or bracket in line {line} is not closed.")))?
    };
    let all = document.get("resources").or(Some(&document)).and_then(Value::as_array).or_else(|| document.get("value")?.as_array());
    match all {
        Some(all) => {
            for resource in all {
                take(resource, &document, &mut found);
            }
        }
        // In newer templates the resources have names.
        None => match document.get("resources").and_then(Value::as_object) {
            Some(named) => named.values().for_each(|resource| take(resource, &document, &mut found)),
            None => take(&document, &document, &mut found),
        },
    }
    Ok(found)
}

/// Whether JSON may be one of them, or hold some.
pub(super) fn is_ours(document: &Value) -> bool {
    let first = document.as_array().and_then(|list| list.first()).unwrap_or(document);
    ["typeProperties", "properties", "resources"].iter().any(|key| first.get(key).is_some())
        || document.get("value").and_then(Value::as_array).is_some_and(|list| list.iter().any(|item| item.get("properties").is_some()))
        || first.get("type").and_then(Value::as_str).is_some_and(|kind| TYPES.contains(&kind))
}

/// `resource`: `{name, properties}`, or the properties alone.
pub(super) fn take(resource: &Value, document: &Value, found: &mut Found) {
    let properties = resource.get("properties").unwrap_or(resource);
    // Some tools leave the settings among the properties.
    let service = Service { properties, settings: properties.get("typeProperties").unwrap_or(properties), template: document };
    let name = json::scalar(resource.get("name")).map_or_else(|| "Linked service".to_owned(), |name| service.name(&name));
    match properties.get("type").and_then(Value::as_str) {
        Some(kind) if TYPES.contains(&kind) => {
            if found.wants(&name) {
                found.push(service.connection(&name));
            }
        }
        // A factory, a dataset, another store.
        _ => found.ignore(&name, "not a Databricks linked service"),
    }
}

struct Service<'a> {
    properties: &'a Value,
    settings: &'a Value,
    template: &'a Value,
}

impl Service<'_> {
    /// `[concat(parameters('factoryName'), '/LS_Databricks')]` -> `LS_Databricks`; a parameter is what its default says.
    fn name(&self, name: &str) -> String {
        let inner = name.strip_prefix('[').filter(|rest| !rest.starts_with('[')).and_then(|rest| rest.strip_suffix(']'));
        let Some(inner) = inner else { return name.rsplit('/').next().unwrap_or(name).to_owned() };
        let literals = inner.split('\'').skip(1).step_by(2);
        let last = literals.last().unwrap_or_default();
        let default = || json::scalar(self.template.get("parameters")?.get(last)?.get("defaultValue"));
        let is_parameter = inner.trim_end_matches([')', ' ']).ends_with(&format!("parameters('{last}'"));
        let found =
            if is_parameter { default().filter(|text| !is_expression(text)) } else { Some(last.trim_start_matches('/').to_owned()) };
        found.filter(|name| !name.is_empty()).unwrap_or_else(|| "Linked service".to_owned())
    }

    fn connection(&self, name: &str) -> FoundConnection {
        let mut made = FoundConnection::at(name);
        self.sign_in(&mut made);
        self.cluster(&mut made);
        self.address(&mut made);
        made.settle_level();
        for key in self.settings.as_object().into_iter().flat_map(|settings| settings.keys()) {
            match key.as_str() {
                "domain"
                | "accessToken"
                | "authentication"
                | "credential"
                | "newClusterNumOfWorker"
                | "type"
                | "typeProperties"
                | "annotations"
                | "description"
                | "connectVia"
                | "parameters"
                | "version" => {}
                "encryptedCredential" => made.ignore(key, "only the service that wrote it can read it"),
                "workspaceResourceId" => made.ignore(key, "the address identifies the workspace"),
                cluster if cluster.contains("luster") || ["instancePoolId", "policyId", "dataSecurityMode"].contains(&cluster) => {
                    made.ignore(key, "connections contain no compute; choose it when you export");
                }
                _ => made.ignore(key, "not part of a connection"),
            }
        }
        made
    }

    fn address(&self, made: &mut FoundConnection) {
        let domain = given(self.settings.get("domain"));
        let default = match &domain {
            Some(Given::Elsewhere(_)) => text_of(self.settings.get("domain")).and_then(|text| self.default_of(&text)),
            _ => None,
        };
        match default {
            Some((name, address)) => {
                made.remark(format!(
                    "Its address is the default of the parameter {}, which can be set differently when the service is used.",
                    shown(&name)
                ));
                made.host(Some(&Given::text(&address)), "domain");
            }
            None => made.host(domain.as_ref(), "domain"),
        }
    }

    fn sign_in(&self, made: &mut FoundConnection) {
        let msi = given(self.settings.get("authentication")).is_some_and(|word| word.literal() == Some("MSI"));
        let token = self.settings.get("accessToken");
        // Of Delta Lake, the workspace's ID alone means the identity of the factory.
        let by_identity = token.is_none() && self.settings.get("workspaceResourceId").is_some();
        if msi || self.settings.get("credential").is_some() || by_identity {
            return made.through_browser(&format!("an Azure managed identity ({ENTRA})"));
        }
        let Some(token) = token else {
            return made.token(None);
        };
        match token.get("type").and_then(Value::as_str) {
            Some("AzureKeyVaultSecret") => {
                let store = token.get("store").and_then(|store| json::scalar(store.get("referenceName"))).unwrap_or_default();
                let place = match text_of(token.get("secretName")) {
                    Some(secret) if !is_expression(&secret) => format!("it is in Key Vault ({}) as {}", shown(&store), shown(&secret)),
                    Some(_) => format!("it is in Key Vault ({}) under a name that is an expression", shown(&store)),
                    None => format!("it is in Key Vault ({})", shown(&store)),
                };
                made.token(Some(&Given::Elsewhere(place)));
            }
            _ => made.token(given(token.get("value").or(Some(token))).as_ref()),
        }
    }

    /// How many workers a new cluster would have: looked at, since a mistake there means that the file is not what it seems.
    fn cluster(&self, made: &mut FoundConnection) {
        let workers = given(self.settings.get("newClusterNumOfWorker"));
        let text = match &workers {
            None => return,
            Some(Given::Elsewhere(place)) => return made.ignore("newClusterNumOfWorker", format!("it is not in the file: {place}")),
            Some(given) => given.literal().unwrap_or_default(),
        };
        match workers_of(text) {
            Some((least, most)) if least == most => {
                made.ignore("newClusterNumOfWorker", format!("choose a new cluster with {least} workers when you export"));
            }
            Some((least, most)) => {
                let why = format!("choose a new cluster with {least} to {most} workers when you export");
                made.ignore("newClusterNumOfWorker", why);
            }
            None => made.refuse("Its newClusterNumOfWorker is neither a number nor a range such as 1:10."),
        }
    }

    /// The parameter that an expression is, and its default, if that is a literal.
    fn default_of(&self, expression: &str) -> Option<(String, String)> {
        let (of, name) = if let Some(expression) = expression.strip_prefix('[') {
            (self.template, expression.strip_suffix(']')?.trim().strip_prefix("parameters('")?.strip_suffix("')")?)
        } else {
            let expression = expression.strip_prefix('@')?;
            let expression = expression.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')).unwrap_or(expression);
            (self.properties, expression.trim().strip_prefix("linkedService().")?)
        };
        let default = json::scalar(of.get("parameters")?.get(name)?.get("defaultValue"))?;
        (!default.is_empty() && !is_expression(&default)).then(|| (name.to_owned(), default))
    }
}

fn given(value: Option<&Value>) -> Option<Given> {
    Some(literal_or_told(&text_of(value)?))
}

/// A text, or that of `{"value": "@linkedService().x", "type": "Expression"}`.
fn text_of(value: Option<&Value>) -> Option<String> {
    json::scalar(value).or_else(|| json::scalar(value?.get("value")))
}

fn is_expression(text: &str) -> bool {
    matches!(literal_or_told(text), Given::Elsewhere(_))
}

/// Of ARM, expressions stand in brackets; of Data Factory, behind an @.
fn literal_or_told(text: &str) -> Given {
    if let Some(literal) = text.strip_prefix("[[") {
        return Given::text(&format!("[{literal}"));
    }
    if let Some(expression) = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        return Given::Elsewhere(reference::expression(expression, "of the template"));
    }
    if let Some(literal) = text.strip_prefix("@@") {
        return Given::text(&format!("@{}", literal.replace("@@{", "@{")));
    }
    if text.starts_with('@') || text.replace("@@{", "").contains("@{") {
        return Given::Elsewhere(reference::expression(text, "of the linked service"));
    }
    Given::text(&text.replace("@@{", "@{"))
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
