//! Airflow: a connection as JSON, what `airflow connections export` writes, or connection URIs, one a line.

use percent_encoding::percent_decode_str;
use serde_json::{Map, Value};

use super::{Found, FoundConnection, Kind, damaged, found::Given, json};
use crate::failure::Failure;

pub(super) fn read(text: &str) -> Result<Found, Failure> {
    let mut found = Found::new(Kind::Airflow);
    if !text.trim_start().starts_with('{') {
        for (at, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
            // `AIRFLOW_CONN_<ID>=`, or `<id>=`, as a file of variables has it.
            let line = line.trim();
            let (id, uri) = line.split_once('=').filter(|(id, _)| !id.contains(':')).unwrap_or(("", line));
            let id = id.trim_start_matches("export ").trim_start_matches("AIRFLOW_CONN_").to_ascii_lowercase();
            take_uri(&id, uri.trim_matches(['\'', '"']), at + 1, &mut found)?;
        }
        return Ok(found);
    }
    let document = json::parse(Kind::Airflow, text)?;
    if document.get("conn_type").is_some() {
        take(json::scalar(document.get("conn_id")).as_deref().unwrap_or("Airflow"), &document, &mut found);
        return Ok(found);
    }
    for (id, value) in document.as_object().into_iter().flatten().take(super::MOST + 1) {
        match value {
            Value::String(uri) => take_uri(id, uri, 1, &mut found)?,
            value => take(id, value, &mut found),
        }
    }
    Ok(found)
}

fn take(id: &str, connection: &Value, found: &mut Found) {
    if !json::scalar(connection.get("conn_type")).is_some_and(|kind| is_databricks(&kind)) {
        return found.ignore(id, "not a connection to Databricks");
    }
    // A text with JSON in it, as older versions write it.
    let extra = match connection.get("extra") {
        Some(Value::String(text)) => serde_json::from_str(text).unwrap_or(Value::Null),
        other => other.cloned().unwrap_or(Value::Null),
    };
    let empty = Map::new();
    let extra = extra.as_object().unwrap_or(&empty);
    let key = |name: &str| json::scalar(connection.get(name)).filter(|text| !text.is_empty());
    let made = connection_of(id, key("host").as_deref(), key("login").as_deref(), key("password").as_deref(), extra, found);
    found.connections.push(made);
}

fn is_databricks(kind: &str) -> bool {
    kind == "databricks" || kind.starts_with("databricks_") || kind.starts_with("databricks-")
}

fn take_uri(id: &str, uri: &str, line: usize, found: &mut Found) -> Result<(), Failure> {
    let error = |why: &str| damaged(Kind::Airflow, format!("Line {line}: {why}."));
    let (kind, rest) = uri.split_once("://").ok_or_else(|| error("a connection URI begins with databricks://"))?;
    if !is_databricks(kind) {
        found.ignore(id, "not a connection to Databricks");
        return Ok(());
    }
    let decode = |text: &str| {
        percent_decode_str(text).decode_utf8().map(std::borrow::Cow::into_owned).map_err(|_| error("it is not percent-encoded text"))
    };
    let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
    let (user, host) = rest.rsplit_once('@').unwrap_or(("", rest));
    let (login, password) = user.split_once(':').unwrap_or((user, ""));
    let host = host.split('/').next().unwrap_or_default();
    let mut extra = Map::new();
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        if let (key, Value::Object(more)) = (decode(key)?, serde_json::from_str(&decode(value)?).unwrap_or(Value::Null))
            && key == "__extra__"
        {
            extra.extend(more);
        } else {
            extra.insert(decode(key)?, Value::String(decode(value)?));
        }
    }
    let text = |text: &str| decode(text).map(|text| Some(text).filter(|text| !text.is_empty()));
    let id = if id.is_empty() { "Airflow" } else { id };
    let made = connection_of(id, text(host)?.as_deref(), text(login)?.as_deref(), text(password)?.as_deref(), &extra, found);
    found.connections.push(made);
    Ok(())
}

fn connection_of(
    id: &str,
    host: Option<&str>,
    login: Option<&str>,
    password: Option<&str>,
    extra: &Map<String, Value>,
    found: &mut Found,
) -> FoundConnection {
    let mut made = FoundConnection::at(id);
    let login_given = login.map(Given::text);
    let password = password.map(Given::text);
    let on =
        |name: &str| json::scalar(extra.get(name)).is_some_and(|value| !matches!(value.to_ascii_lowercase().as_str(), "" | "false" | "0"));
    if ["azure_tenant_id", "azure_resource_id", "use_azure_managed_identity", "use_default_azure_credential"].iter().any(|name| on(name)) {
        made.refuse("It signs in with Microsoft Entra ID, which Brickpass cannot.");
    } else if on("federated_k8s") || on("k8s_projected_volume_token_path") {
        made.refuse("It signs in with a token of the cluster that it runs in, which Brickpass has not.");
    } else if on("service_principal_oauth") {
        made.principal(login_given.as_ref(), password.as_ref());
    } else if extra.contains_key("token") {
        made.token(json::given(extra.get("token")).as_ref());
    } else if login.is_some_and(|login| login != "token") {
        made.refuse("It signs in with a user name and password, which Databricks does not accept any more.");
    } else {
        made.token(password.as_ref());
    }
    let host = json::scalar(extra.get("host")).or_else(|| host.map(str::to_owned));
    made.host(host.as_deref().map(Given::text).as_ref(), "host");
    made.settle_level();
    for key in extra.keys() {
        match key.as_str() {
            "token" | "service_principal_oauth" | "host" => {}
            "http_path" => found.ignore(key, "a connection names no compute; it is chosen when the connection is handed over"),
            _ => found.ignore(key, "a setting of Airflow"),
        }
    }
    made
}
