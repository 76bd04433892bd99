//! A connection of Apache Airflow: through a backend of secrets, or as a file that `airflow connections import` reads.
//! Source: apache-airflow-providers-databricks, "Databricks connection"; apache-airflow, `Connection.from_json` and `Connection.get_uri`.

use serde_json::{Map, Value, json};

use super::parts::{HTTP_PATH, Inline, asked, authority, documents, http_path, inline, of_a_workspace, secret_word};
use crate::{
    escape::{self, Text, json_document},
    format::{Answers, Document, DocumentFile, Field, Format, Group, Subject, missing},
    send_to::{Destination, Field as Asked},
};
use brickpass_core::{
    connection::AuthMethod,
    failure::{Code, Failure},
};

const FORM: Field = Field::choice(
    "form",
    "Form",
    &[
        ("azure", "Azure Key Vault as secrets backend"),
        ("aws", "AWS Secrets Manager as secrets backend"),
        ("google", "Google Secret Manager as secrets backend"),
        ("json", "JSON file for airflow connections import"),
        ("uri", "URI file for airflow connections import"),
    ],
);
const ID: Field = Field::text("connection_id", "Connection ID").or("databricks_default").required().hint("The ID used in your DAGs");
const VAULT: Field = Field::text("vault", "Key vault").required().when("form", &["azure"]).hint("Its name");
const PROJECT: Field = Field::text("project", "Project").required().when("form", &["google"]).hint("The Google Cloud project ID");

pub(super) const AIRFLOW: Format = Format {
    id: "airflow",
    title: "Apache Airflow",
    group: Group::Integration,
    takes_secret: Some("in plain text in a file for airflow connections import"),
    fields: &[FORM, ID, HTTP_PATH, VAULT, PROJECT],
    make,
};

fn make(subject: &Subject<'_>, answers: &Answers) -> Result<Document, Failure> {
    of_a_workspace(subject.connection)?;
    let login = match &subject.connection.auth {
        AuthMethod::PersonalAccessToken => "token",
        AuthMethod::ServicePrincipal { client_id, .. } => client_id.as_str(),
        AuthMethod::Browser(_) => return Err(not_a_person()),
    };
    let id = connection_id(answers.get(&ID).unwrap_or_default())?;
    let path = http_path(answers)?;
    let path = path.as_ref().map(crate::http_path::HttpPath::as_str);
    match answers.chosen(&FORM) {
        Some("json") => {
            let secret = inline(subject)?;
            let connection = connection(subject, login, path, secret.as_ref().map(Inline::exposed));
            let file = json_document(&json!({ id: connection })).map_err(|why| why.of(secret_word(subject.connection)))?;
            Ok(imported(subject, "connections.json", file))
        }
        Some("uri") => {
            let secret = inline(subject)?;
            let file = uri(subject, id, login, path, secret.as_ref())?;
            Ok(imported(subject, "connections.env", file))
        }
        backend => through_backend(subject, answers, backend.unwrap_or_default(), id, &connection(subject, login, path, None)),
    }
}

fn imported(subject: &Subject<'_>, name: &'static str, text: Text) -> Document {
    let next = if subject.secret.is_some() {
        "Run airflow connections import with this file, then delete the file: it contains the secret."
    } else {
        "Run airflow connections import with this file, then enter the connection's password in Airflow."
    };
    documents(subject, vec![DocumentFile { name: name.to_owned(), text: text.finish() }], next)
}

fn connection(subject: &Subject<'_>, login: &str, path: Option<&str>, password: Option<&str>) -> Value {
    let mut extra = Map::new();
    extra.extend(path.map(|path| ("http_path".to_owned(), json!(path))));
    if matches!(subject.connection.auth, AuthMethod::ServicePrincipal { .. }) {
        extra.insert("service_principal_oauth".to_owned(), json!(true));
    }
    let mut all = Map::new();
    all.insert("conn_type".to_owned(), json!("databricks"));
    all.insert("host".to_owned(), json!(subject.connection.base_url.as_str()));
    all.insert("login".to_owned(), json!(login));
    all.extend(password.map(|password| ("password".to_owned(), json!(password))));
    all.insert("extra".to_owned(), extra.into());
    all.into()
}

fn uri(subject: &Subject<'_>, id: &str, login: &str, path: Option<&str>, secret: Option<&Inline<'_>>) -> Result<Text, Failure> {
    let text = Text::new().value("The connection ID", id, escape::percent)?.words("=databricks://");
    let text = text.value("The client ID", login, escape::percent)?;
    let text =
        text.optional(secret, |text, secret| text.words(":").value(secret_word(subject.connection), secret.exposed(), escape::percent))?;
    let text = text.words("@").value("The host", authority(subject.connection), escape::address)?.words("/");
    let is_principal = matches!(subject.connection.auth, AuthMethod::ServicePrincipal { .. });
    let text = if is_principal { text.words("?service_principal_oauth=true") } else { text };
    let text = text.optional(path, |text, path| {
        text.words(if is_principal { "&http_path=" } else { "?http_path=" }).value("The HTTP path", path, escape::percent)
    })?;
    Ok(text.words("\n"))
}

/// The secret goes from Brickpass, or from the keyboard, through pipes into the store; Airflow fetches it there.
fn through_backend(subject: &Subject<'_>, answers: &Answers, backend: &str, id: &str, connection: &Value) -> Result<Document, Failure> {
    let without = escape::posix(&connection.to_string()).map_err(|why| why.of("The connection"))?;
    let text = Text::new().words("#!/bin/sh\nset -eu\n");
    let text = if matches!(subject.connection.auth, AuthMethod::PersonalAccessToken) {
        let text = asked(text, subject.connection, escape::posix)?;
        text.words(" |\n  python3 -c 'import json, sys; c = json.loads(sys.argv[1]); c[\"password\"] = sys.stdin.read().strip(); print(json.dumps(c) if c[\"password\"] else sys.exit(1))' ")
    } else {
        text.words("python3 -c 'import getpass, json, sys; c = json.loads(sys.argv[1]); c[\"password\"] = getpass.getpass(\"Client secret: \").strip(); print(json.dumps(c) if c[\"password\"] else sys.exit(1))' ")
    };
    let text = text.quoted(&without).words(" |\n  ");
    let accepted = |destination: Destination, field: &Field, asked: Asked| {
        let typed = answers.get(field).ok_or_else(|| missing(field))?;
        destination.accept(asked, typed).map(str::to_owned).map_err(|why| super::stores::unacceptable(field.label, &why))
    };
    let (text, class, options) = match backend {
        "azure" => {
            let vault = accepted(Destination::AzureKeyVault, &VAULT, Asked::Vault)?;
            let text = text.words("az keyvault secret set --vault-name ").value("The key vault", &vault, escape::posix)?;
            // The backend looks for hyphens in place of what a vault does not take.
            let text = text.words(" --name airflow-connections-").value("The connection ID", &id.replace('_', "-"), escape::percent)?;
            let options = json!({ "connections_prefix": "airflow-connections", "vault_url": format!("https://{vault}.vault.azure.net/") });
            let class = "airflow.providers.microsoft.azure.secrets.key_vault.AzureKeyVaultBackend";
            (text.words(" --file /dev/stdin --encoding utf-8 --output none\n"), class, options)
        }
        "aws" => {
            let text = text.words("aws secretsmanager create-secret --name airflow/connections/");
            let text = text.value("The connection ID", id, escape::percent)?.words(" --secret-string file:///dev/stdin\n");
            let class = "airflow.providers.amazon.aws.secrets.secrets_manager.SecretsManagerBackend";
            (text, class, json!({ "connections_prefix": "airflow/connections" }))
        }
        _ => {
            let project = accepted(Destination::Google, &PROJECT, Asked::Project)?;
            let text = text.words("gcloud secrets create airflow-connections-").value("The connection ID", id, escape::percent)?;
            let text = text.words(" --replication-policy=automatic --data-file=- --project ");
            let class = "airflow.providers.google.cloud.secrets.secret_manager.CloudSecretManagerBackend";
            let options = json!({ "connections_prefix": "airflow-connections", "project_id": project });
            (text.value("The project", &project, escape::posix)?.words("\n"), class, options)
        }
    };
    let settings = Text::new().words("[secrets]\nbackend = ").words(class).words("\nbackend_kwargs = ");
    let settings = settings.quoted(&escape::odbc_ini(&options.to_string()).map_err(|why| why.of("The backend"))?).words("\n");
    let file = |name: &str, text: Text| DocumentFile { name: name.to_owned(), text: text.finish() };
    let next = "Run store.sh once to write the connection and its secret to the secret store. Add these lines to airflow.cfg so that Airflow finds it there.";
    let document = documents(subject, vec![file("store.sh", text), file("airflow.cfg", settings)], next);
    let mut notes = Vec::new();
    if subject.secret.is_some() {
        notes.push("These files do not contain the secret. It goes into the secrets backend.".to_owned());
    }
    Ok(Document { contains_secret: false, notes, ..document })
}

fn connection_id(typed: &str) -> Result<&str, Failure> {
    let fits = typed.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'));
    if fits && (1..=100).contains(&typed.len()) && typed.starts_with(|c: char| c.is_ascii_alphanumeric()) {
        return Ok(typed);
    }
    Err(Failure::new(
        Code::InvalidInput,
        "Not every secrets backend accepts this connection ID.",
        "All of them accept letters, digits, - and _, with a letter or digit at the start.",
        "Choose an ID such as databricks_default.",
    ))
}

fn not_a_person() -> Failure {
    Failure::new(
        Code::Unsupported,
        "Airflow cannot sign in with a browser.",
        "It runs unattended, and this connection signs in as you.",
        "Choose a connection with a service principal or a personal access token.",
    )
}
