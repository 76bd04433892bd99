//! Kubernetes: a program that gets the connection from a secret of the cluster, and that secret: fetched by External Secrets from where it
//! really lies, or with the token in it. Source: kubernetes.io, "Secrets"; external-secrets.io, `ExternalSecret` v1.

use super::parts::{Inline, account_id, documents, inline, secret_word};
use crate::{
    escape::{Text, yaml},
    format::{Answers, Document, DocumentFile, Field, Format, Group, Subject},
    send_to::{Destination, Field as Asked},
};
use brickpass_core::{
    connection::{AuthKind, AuthMethod, Connection},
    failure::Failure,
};

const NAME: Field = Field::text("name", "Secret name").hint("Default: connection name");
const NAMESPACE: Field = Field::text("namespace", "Namespace").hint("Default: current namespace");
const STORE: Field = Field::text("store", "Secret store").or("secret-store").required().hint("The SecretStore of External Secrets");
const KEY: Field =
    Field::text("remote_key", "Key in the store").or("databricks-token").required().hint("The name of the secret in its store");

pub(super) const KUBERNETES: Format = Format {
    id: "kubernetes",
    title: "Kubernetes",
    group: Group::Deployment,
    takes_secret: Some("in plain text in the manifest of a Secret"),
    fields: &[NAME, NAMESPACE, STORE, KEY],
    make,
};

struct Names {
    secret: String,
    namespace: Option<String>,
}

fn make(subject: &Subject<'_>, answers: &Answers) -> Result<Document, Failure> {
    let connection = subject.connection;
    let accept = |field: &Field, asked: Asked, typed: &str| {
        let found = Destination::Kubernetes.accept(asked, typed).map(str::to_owned);
        found.map_err(|why| super::stores::unacceptable(field.label, &why))
    };
    let names = Names {
        secret: match answers.get(&NAME) {
            Some(name) => accept(&NAME, Asked::SecretName, name)?,
            None => default_name(connection),
        },
        namespace: answers.get(&NAMESPACE).map(|name| accept(&NAMESPACE, Asked::Namespace, name)).transpose()?,
    };
    let secret = inline(subject)?;
    let first = match &secret {
        Some(secret) => named("secret.yaml", with_secret(subject, &names, secret)?),
        None => named("external-secret.yaml", external(connection, &names, answers)?),
    };
    let files = vec![first, named("deployment.yaml", deployment(connection, &names)?)];
    let next = if secret.is_some() {
        "Run kubectl apply with secret.yaml, then delete the file: it contains the secret. deployment.yaml shows how a program gets it."
    } else {
        "Run kubectl apply with external-secret.yaml where External Secrets is installed. deployment.yaml shows how a program gets it."
    };
    let mut notes = Vec::new();
    if connection.auth.kind() == AuthKind::Browser {
        notes.push("A browser sign-in does not work there. The secret must be a personal access token.".to_owned());
    }
    Ok(Document { notes, ..documents(subject, files, next) })
}

fn named(name: &'static str, text: Text) -> DocumentFile {
    DocumentFile { name: name.to_owned(), text: text.finish() }
}

/// A label of DNS (RFC 1123).
fn default_name(connection: &Connection) -> String {
    let stem: String = connection.name.file_stem().to_ascii_lowercase().replace(['.', '_'], "-");
    let stem = stem.trim_matches('-');
    if stem.is_empty() {
        "databricks".to_owned()
    } else {
        format!("databricks-{}", stem.get(..50).unwrap_or(stem)).trim_end_matches('-').to_owned()
    }
}

/// The variable that holds the secret.
fn variable(connection: &Connection) -> &'static str {
    match connection.auth.kind() {
        AuthKind::ServicePrincipal => "DATABRICKS_CLIENT_SECRET",
        AuthKind::PersonalAccessToken | AuthKind::Browser => "DATABRICKS_TOKEN",
    }
}

fn entry(text: Text, key: &'static str, what: &'static str, value: &str) -> Result<Text, Failure> {
    Ok(text.words(key).value(what, value, yaml)?.words("\n"))
}

fn metadata(text: Text, names: &Names) -> Result<Text, Failure> {
    let text = entry(text.words("metadata:\n"), "  name: ", "The name of the secret", &names.secret)?;
    text.optional(names.namespace.as_ref(), |text, name| entry(text, "  namespace: ", "The namespace", name))
}

fn with_secret(subject: &Subject<'_>, names: &Names, secret: &Inline<'_>) -> Result<Text, Failure> {
    let text = metadata(Text::new().words("apiVersion: v1\nkind: Secret\n"), names)?.words("type: Opaque\nstringData:\n  ");
    entry(text.words(variable(subject.connection)), ": ", secret_word(subject.connection), secret.exposed())
}

fn external(connection: &Connection, names: &Names, answers: &Answers) -> Result<Text, Failure> {
    let text = metadata(Text::new().words("apiVersion: external-secrets.io/v1\nkind: ExternalSecret\n"), names)?;
    let text = text.words("spec:\n  refreshInterval: 1h\n  secretStoreRef:\n    kind: SecretStore\n");
    let text = entry(text, "    name: ", "The secret store", answers.get(&STORE).unwrap_or_default())?;
    let text = entry(text.words("  target:\n"), "    name: ", "The name of the secret", &names.secret)?;
    let text = text.words("  data:\n    - secretKey: ").words(variable(connection)).words("\n      remoteRef:\n");
    entry(text, "        key: ", "The key in the store", answers.get(&KEY).unwrap_or_default())
}

fn deployment(connection: &Connection, names: &Names) -> Result<Text, Failure> {
    let text = metadata(Text::new().words("apiVersion: apps/v1\nkind: Deployment\n"), names)?;
    let text =
        entry(text.words("spec:\n  replicas: 1\n  selector:\n    matchLabels:\n"), "      app: ", "The name of the secret", label(names))?;
    let text = entry(text.words("  template:\n    metadata:\n      labels:\n"), "        app: ", "The name of the secret", label(names))?;
    let text = text.words("    spec:\n      containers:\n        - name: app\n          image: \"your-image\"\n          env:\n");
    let text = plain(text, "DATABRICKS_HOST", "The address", connection.base_url.as_str())?;
    let text = text.optional(account_id(connection), |text, id| plain(text, "DATABRICKS_ACCOUNT_ID", "The account ID", id))?;
    let text = match &connection.auth {
        AuthMethod::ServicePrincipal { client_id, .. } => {
            let text = plain(text, "DATABRICKS_AUTH_TYPE", "", "oauth-m2m")?;
            plain(text, "DATABRICKS_CLIENT_ID", "The client ID", client_id.as_str())?
        }
        AuthMethod::PersonalAccessToken | AuthMethod::Browser(_) => plain(text, "DATABRICKS_AUTH_TYPE", "", "pat")?,
    };
    let text =
        text.words("            - name: ").words(variable(connection)).words("\n              valueFrom:\n                secretKeyRef:\n");
    let text = entry(text, "                  name: ", "The name of the secret", &names.secret)?;
    Ok(text.words("                  key: ").words(variable(connection)).words("\n"))
}

fn plain(text: Text, name: &'static str, what: &'static str, value: &str) -> Result<Text, Failure> {
    entry(text.words("            - name: ").words(name).words("\n"), "              value: ", what, value)
}

/// A label has at most 63 characters, a name 253.
fn label(names: &Names) -> &str {
    names.secret.get(..63).unwrap_or(&names.secret).trim_end_matches(['-', '.'])
}
