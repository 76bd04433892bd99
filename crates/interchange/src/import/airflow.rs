//! Airflow: a connection as JSON, what `airflow connections export` writes (JSON, YAML, lines of `id=URI`), the variables `AIRFLOW_CONN_<ID>`, and
//! Astronomer's `airflow_settings.yaml`.

use std::{borrow::Cow, rc::Rc};

use percent_encoding::percent_decode_str;
use serde_json::{Map, Value};

use super::{
    Found, FoundConnection, Kind,
    attributes::ENTRA,
    damaged, environment,
    found::Given,
    json,
    tree::{self, Node},
};
use brickpass_core::failure::Failure;

const NOT_OURS: &str = "not a connection to Databricks";

pub(super) const READER: super::Reader = super::Reader {
    word: "airflow",
    label: "Airflow connection",
    phrase: "Airflow connections",
    read: |text, _| read(text),
    nothing: "It contains no connection of the type databricks with a workspace URL.",
};

pub(super) fn read(text: &str) -> Result<Found, Failure> {
    let mut found = Found::new(Kind::Airflow);
    if is_lines(text) {
        lines(text, &mut found)?;
        return Ok(found);
    }
    for document in tree::parse(Kind::Airflow, text)? {
        for (id, connection) in connections(&document) {
            let taken = match connection.text() {
                Some(text) => take_value(&id, text, &mut found),
                None => connection.as_json().map(|connection| take(&id, &connection, &mut found)).ok_or("its aliases are circular"),
            };
            taken.map_err(|why| damaged(Kind::Airflow, format!("The connection {}: {why}.", super::text::shown(&id))))?;
        }
    }
    Ok(found)
}

/// Whether a document of JSON or YAML holds connections of Airflow.
pub(super) fn is_ours(document: &Rc<Node>) -> bool {
    connections(document).iter().any(|(_, connection)| is_connection(connection))
}

fn is_connection(node: &Node) -> bool {
    node.get("conn_type").is_some() || node.text().is_some_and(is_uri)
}

/// Of one connection; of an export, by their ids; of Astronomer's settings.
fn connections(document: &Rc<Node>) -> Vec<(String, &Rc<Node>)> {
    if document.get("conn_type").is_some() {
        return vec![(document.get_text("conn_id").unwrap_or("Airflow").to_owned(), document)];
    }
    let listed = document.get("airflow").and_then(|airflow| airflow.get("connections"));
    if let Some(listed) = listed {
        return listed.items().iter().map(|node| (node.get_text("conn_id").unwrap_or("Airflow").to_owned(), node)).collect();
    }
    document.entries().into_iter().map(|(id, node)| (id.to_owned(), node)).collect()
}

/// Whether a text is the URI of a connection to Databricks.
pub(super) fn is_uri(text: &str) -> bool {
    let is_scheme = |kind: &str| kind.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'+'));
    text.trim().split_once("://").is_some_and(|(kind, _)| is_scheme(kind) && is_databricks(kind))
}

fn is_lines(text: &str) -> bool {
    is_uri(text.trim_start().lines().next().unwrap_or_default())
        || has_uri_lines(text)
        || text.lines().any(|line| line.contains("AIRFLOW_CONN_"))
}

/// Whether a line gives an id a URI.
pub(super) fn has_uri_lines(text: &str) -> bool {
    text.lines().any(|line| uri_line(line).is_some())
}

/// `id=URI`, without quotation marks; ids of Airflow may have dots and dashes.
fn uri_line(line: &str) -> Option<(&str, &str)> {
    let (id, uri) = line.trim().split_once('=').filter(|(id, _)| !id.contains(':'))?;
    let uri = uri.trim().trim_matches(['\'', '"']);
    is_uri(uri).then(|| (id.trim().trim_start_matches("export ").trim(), uri))
}

fn lines(text: &str, found: &mut Found) -> Result<(), Failure> {
    let error = |line: usize, why: &str| damaged(Kind::Airflow, format!("Line {line}: {why}."));
    for (at, line) in text.lines().enumerate() {
        let line = line.trim();
        let (id, uri) = match uri_line(line) {
            // Those are read below, as a shell reads them.
            Some((id, _)) if id.starts_with("AIRFLOW_CONN_") => continue,
            Some(pair) => pair,
            None if is_uri(line) => ("Airflow", line),
            None => continue,
        };
        take_uri(id, uri, found).map_err(|why| error(at + 1, why))?;
    }
    for (line, name, value) in environment::lines(text, Kind::Airflow)? {
        let Some(id) = name.strip_prefix("AIRFLOW_CONN_") else { continue };
        let text = value.literal().ok_or("it is computed when it is used");
        text.and_then(|text| take_value(&id.to_ascii_lowercase(), text, found)).map_err(|why| error(line, why))?;
    }
    Ok(())
}

/// What a variable or an export says of a connection: JSON or a URI.
///
/// # Errors
/// Why it is neither, in words without a value of it.
pub(super) fn take_value(id: &str, text: &str, found: &mut Found) -> Result<(), &'static str> {
    if text.trim_start().starts_with('{') {
        let connection: Value = serde_json::from_str(text).map_err(|_| "it is not valid JSON")?;
        take(id, &connection, found);
        return Ok(());
    }
    take_uri(id, text.trim(), found)
}

fn take(id: &str, connection: &Value, found: &mut Found) {
    if !json::scalar(connection.get("conn_type")).is_some_and(|kind| is_databricks(&kind)) {
        return found.ignore(id, NOT_OURS);
    }
    // Astronomer's settings have other names.
    let value = |name: &str| connection.get(name).or_else(|| connection.get(format!("conn_{name}")));
    // A text with JSON in it, as older versions write it.
    let extra = match value("extra") {
        Some(Value::String(text)) => serde_json::from_str(text).unwrap_or(Value::Null),
        other => other.cloned().unwrap_or(Value::Null),
    };
    let empty = Map::new();
    let extra = extra.as_object().unwrap_or(&empty);
    let key = |name: &str| json::scalar(value(name)).filter(|text| !text.is_empty());
    let parts = Parts { host: key("host"), login: key("login"), password: key("password"), extra };
    parts.take(id, found);
}

fn is_databricks(kind: &str) -> bool {
    kind == "databricks" || kind.starts_with("databricks_") || kind.starts_with("databricks-")
}

fn take_uri(id: &str, uri: &str, found: &mut Found) -> Result<(), &'static str> {
    let (kind, rest) = uri.split_once("://").ok_or("a connection URI starts with databricks://")?;
    if !is_databricks(kind) {
        found.ignore(id, NOT_OURS);
        return Ok(());
    }
    let decode = |text: &str| percent_decode_str(text).decode_utf8().map(Cow::into_owned).map_err(|_| "it is not percent-encoded text");
    let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
    let (user, host) = rest.rsplit_once('@').unwrap_or(("", rest));
    let (login, password) = user.split_once(':').unwrap_or((user, ""));
    let host = host.split('/').next().unwrap_or_default();
    let mut extra = Map::new();
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        let (key, value) = (decode(key)?, decode(value)?);
        match serde_json::from_str(&value) {
            Ok(Value::Object(more)) if key == "__extra__" => extra.extend(more),
            _ => {
                extra.insert(key, Value::String(value));
            }
        }
    }
    let text = |text: &str| decode(text).map(|text| Some(text).filter(|text| !text.is_empty()));
    let parts = Parts { host: text(host)?, login: text(login)?, password: text(password)?, extra: &extra };
    parts.take(id, found);
    Ok(())
}

/// What a connection of Airflow consists of.
struct Parts<'a> {
    host: Option<String>,
    login: Option<String>,
    password: Option<String>,
    extra: &'a Map<String, Value>,
}

impl Parts<'_> {
    fn take(self, id: &str, found: &mut Found) {
        let host = json::scalar(self.extra.get("host")).or_else(|| self.host.clone());
        let has_secret = self.password.is_some() || self.extra.contains_key("token");
        if !has_secret && host.as_deref().is_none_or(|host| ["localhost", ""].contains(&host)) {
            return found.ignore(id, "Airflow's own example: it has no workspace URL");
        }
        let mut made = FoundConnection::at(id);
        self.sign_in(&mut made);
        made.host(host.as_deref().map(Given::text).as_ref(), "host");
        made.settle_level();
        for key in self.extra.keys() {
            match key.as_str() {
                "token" | "service_principal_oauth" | "host" => {}
                "http_path" => made.ignore(key, "connections contain no compute; choose it when you export"),
                _ => made.ignore(key, "an Airflow setting"),
            }
        }
        found.push(made);
    }

    fn on(&self, name: &str) -> bool {
        json::scalar(self.extra.get(name)).is_some_and(|value| !matches!(value.to_ascii_lowercase().as_str(), "" | "false" | "0"))
    }

    fn sign_in(&self, made: &mut FoundConnection) {
        let [login, password] = [&self.login, &self.password].map(|text| text.as_deref().map(Given::text));
        let entra = ["azure_tenant_id", "azure_resource_id", "use_azure_managed_identity", "use_default_azure_credential"];
        if entra.iter().any(|name| self.on(name)) {
            made.through_browser(ENTRA);
        } else if self.on("federated_k8s") || self.on("k8s_projected_volume_token_path") {
            made.through_browser("a token of the cluster it runs in");
        } else if self.on("service_principal_oauth") {
            made.principal(login.as_ref(), password.as_ref());
        } else if self.extra.contains_key("token") {
            made.token(json::given(self.extra.get("token")).as_ref());
        } else {
            made.user_and_password(login.as_ref(), password.as_ref());
        }
    }
}
