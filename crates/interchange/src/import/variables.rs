//! Variables that belong together (a file of them, the environment of a service, a block of settings) -> the connections that they describe.

use super::{
    Found, FoundConnection, airflow,
    attributes::{self, Attributes, named, of_variable},
    connect,
    found::Given,
    jdbc,
    reference::reference,
};
use brickpass_core::connection::{BaseUrl, HostKind};

/// Variables, in their order.
pub(super) type Variables = Vec<(String, Given)>;

const AIRFLOW: &str = "AIRFLOW_CONN_";

/// What people call the variables that Databricks' tools know by another name. They count where the real one is not set.
fn alias(name: &str) -> Option<&'static str> {
    match name {
        "DATABRICKS_WORKSPACE_URL"
        | "DATABRICKS_WORKSPACE_HOST"
        | "DATABRICKS_HOSTNAME"
        | "DATABRICKS_URL"
        | "DATABRICKS_BASE_URL"
        | "DATABRICKS_INSTANCE"
        | "DATABRICKS_INSTANCE_URL"
        | "DATABRICKS_HOST_NAME"
        | "DATABRICKS_DOMAIN"
        | "DATABRICKS_API_URL" => Some("host"),
        "DATABRICKS_PAT" | "DATABRICKS_PAT_TOKEN" | "DATABRICKS_API_TOKEN" | "DATABRICKS_API_KEY" | "DATABRICKS_PERSONAL_ACCESS_TOKEN" => {
            Some("token")
        }
        _ => None,
    }
}

/// What dbt's templates for Databricks ask for. Other databases use the same names.
fn of_dbt(name: &str) -> Option<&'static str> {
    match name {
        "DBT_HOST" | "DBT_DATABRICKS_HOST" | "DBT_DATABRICKS_HOST_NAME" => Some("host"),
        "DBT_ACCESS_TOKEN" | "DBT_DATABRICKS_TOKEN" | "DBT_ENV_SECRET_ACCESS_TOKEN" | "DBT_ENV_SECRET_DATABRICKS_TOKEN" => Some("token"),
        _ => None,
    }
}

/// Whether a variable of this name may be part of a connection.
pub(super) fn is_known(name: &str) -> bool {
    let bare = name.strip_prefix("TF_VAR_").unwrap_or(name);
    name.starts_with(AIRFLOW)
        || name == "SPARK_REMOTE"
        || name.starts_with("DATABRICKS_")
        || of_dbt(name).is_some()
        || (bare != name && bare.starts_with("databricks_"))
}

/// By the names that people give to settings of a connection: `host`, `workspace_url`, `databricks_token`, `accessToken`...
pub(super) fn by_any_name(key: &str) -> Option<&'static str> {
    let plain: String = key.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase();
    match plain.strip_prefix("databricks").unwrap_or(&plain) {
        "host" | "hostname" | "serverhostname" | "baseurl" | "url" | "workspaceurl" | "workspacehost" | "instance" | "workspace"
        | "domain" => Some("host"),
        "token" | "accesstoken" | "pat" | "bearertoken" | "personalaccesstoken" | "apitoken" => Some("token"),
        "authtype" => Some("auth_type"),
        "orgid" | "workspaceid" => Some("workspace_id"),
        "clientid" => Some("client_id"),
        "clientsecret" => Some("client_secret"),
        "accountid" => Some("account_id"),
        _ => named(key).or_else(|| of_variable(key)),
    }
}

/// Whether a variable or setting of this name holds the address.
pub(super) fn is_host(name: &str) -> bool {
    let bare = name.strip_prefix("TF_VAR_").unwrap_or(name);
    of_dbt(name) == Some("host") || by_any_name(bare) == Some("host")
}

/// The variable of an attribute, if Databricks' tools have one.
pub(super) fn variable_of(attribute: &str) -> Option<&'static str> {
    attributes::variable_of(attribute)
}

/// Whether a value is an address that only Databricks has.
pub(super) fn is_databricks(value: &Given) -> bool {
    value
        .literal()
        .and_then(|text| BaseUrl::read(text).ok())
        .is_some_and(|pasted| matches!(pasted.base_url.kind(), HostKind::Workspace | HostKind::AccountConsole | HostKind::Unified))
}

/// `place`: what the connection of the plain variables is called there; empty: as its host.
pub(super) fn connections(place: &str, variables: Variables, found: &mut Found) {
    let mut attributes = Attributes::new();
    let mut others: Vec<(&'static str, String, Given)> = Vec::new();
    for (name, value) in variables {
        if let Some(id) = name.strip_prefix(AIRFLOW) {
            of_airflow(&id.to_ascii_lowercase(), &value, found);
            continue;
        }
        if let Some(url) = value.literal().filter(|text| connect::is_url(text)) {
            let made = connect::url(url).unwrap_or_else(|why| unreadable(&name, why));
            found.push(made);
            continue;
        }
        if let Some(url) = value.literal().filter(|text| jdbc::is_url(text)) {
            let made = jdbc::url(url, Vec::new()).unwrap_or_else(|(_, why)| unreadable(&name, why));
            found.push(made);
            continue;
        }
        let bare = name.strip_prefix("TF_VAR_databricks_").and_then(by_any_name);
        match of_variable(&name).or(bare) {
            Some(attribute) => attributes.set(attribute, &name, value),
            None => match alias(&name) {
                Some(attribute) => others.push((attribute, name, value)),
                None => match of_dbt(&name) {
                    // That of another database.
                    Some("host") if !is_databricks(&value) && value.literal().and_then(reference).is_none() => {}
                    Some(attribute) => others.push((attribute, name, value)),
                    None if name.starts_with("DATABRICKS_") => found.ignore(&name, "not part of a connection"),
                    None => {}
                },
            },
        }
    }
    if !others.iter().any(|(attribute, ..)| *attribute == "host") {
        others.retain(|(_, name, _)| of_dbt(name).is_none());
    }
    for (attribute, name, value) in others {
        if !attributes.has(attribute) {
            attributes.set(attribute, &name, value);
        }
    }
    if attributes.names_databricks() {
        found.push(attributes.into_connection(place));
    }
}

fn of_airflow(id: &str, value: &Given, found: &mut Found) {
    let outcome = match value.literal() {
        Some(text) => airflow::take_value(id, text, found),
        None => Err("it is computed when it is used"),
    };
    if let Err(why) = outcome {
        found.push(unreadable(id, why));
    }
}

/// A row that says that a value of that name cannot be read.
fn unreadable(name: &str, why: &str) -> FoundConnection {
    let mut made = FoundConnection::at(name);
    made.refuse(format!("It cannot be read: {why}."));
    made
}
