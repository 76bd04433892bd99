//! The provider `databricks/databricks` of Terraform. Values stand in HCL; a secret is only ever the value of a sensitive variable.

use super::parts::{Inline, PUBLISH, account_id, documents, inline, secret_word};
use crate::{
    escape::{Text, hcl},
    format::{Answers, Document, DocumentFile, Field, Format, Group, Subject},
};
use brickpass_core::{
    connection::{AuthKind, AuthMethod, Connection},
    failure::Failure,
};

const BY: Field = Field::choice("by", "Authentication", &[("profile", "A published profile"), ("variables", "Variables")]);

pub(super) const TERRAFORM: Format = Format {
    id: "terraform",
    title: "Terraform provider",
    group: Group::Deployment,
    takes_secret: Some("in plain text in a variables file, which must not be committed"),
    fields: &[BY],
    make,
};

const PROVIDER: &str = "terraform {
  required_providers {
    databricks = {
      source = \"databricks/databricks\"
    }
  }
}
";

const STATE: &str = "Terraform's state contains values of some resources in plain text, including tokens it creates. Store the state where only you can read it.";

const BY_ADDRESS: &str = "Provider 1.50 and older look up tokens by host. If several connections share a host, use variables.";

fn make(subject: &Subject<'_>, answers: &Answers) -> Result<Document, Failure> {
    let secret = inline(subject)?;
    if secret.is_none() && answers.chosen(&BY) == Some("profile") {
        let text = Text::new().words(PROVIDER).words("\nprovider \"databricks\" {\n  profile = ");
        let text = text.value("The name of the profile", subject.profile, hcl)?.words("\n}\n");
        let document =
            documents(subject, vec![named("databricks.tf", text)], "Save the file beside your other .tf files and run terraform init.");
        return Ok(Document { notes: vec![PUBLISH.to_owned(), BY_ADDRESS.to_owned(), STATE.to_owned()], ..document });
    }
    let connection = subject.connection;
    let files = vec![named("databricks.tf", program(connection)), named("databricks.auto.tfvars", values(connection, secret.as_ref())?)];
    let next = match (subject.secret.is_some(), connection.auth.kind()) {
        (true, _) => {
            "Save both files beside your other .tf files, keep databricks.auto.tfvars out of version control, and run terraform init."
        }
        (false, AuthKind::ServicePrincipal) => {
            "Save both files beside your other .tf files. Set TF_VAR_databricks_client_secret to the client secret before you run terraform."
        }
        (false, _) => {
            "Save both files beside your other .tf files. Set TF_VAR_databricks_token to the output of brickpass token before you run terraform."
        }
    };
    Ok(Document { notes: vec![STATE.to_owned()], ..documents(subject, files, next) })
}

fn named(name: &'static str, text: Text) -> DocumentFile {
    DocumentFile { name: name.to_owned(), text: text.finish() }
}

/// Our own words alone: what differs from connection to connection are the variables.
fn program(connection: &Connection) -> Text {
    let account = account_id(connection).is_some();
    let text = Text::new().words(PROVIDER).words("\nvariable \"databricks_host\" {\n  type = string\n}\n");
    let text = if account { text.words("\nvariable \"databricks_account_id\" {\n  type = string\n}\n") } else { text };
    let text = match connection.auth {
        AuthMethod::ServicePrincipal { .. } => text
            .words("\nvariable \"databricks_client_id\" {\n  type = string\n}\n")
            .words("\nvariable \"databricks_client_secret\" {\n  type      = string\n  sensitive = true\n}\n"),
        AuthMethod::PersonalAccessToken | AuthMethod::Browser(_) => {
            text.words("\nvariable \"databricks_token\" {\n  type      = string\n  sensitive = true\n}\n")
        }
    };
    let text = text.words("\nprovider \"databricks\" {\n  host = var.databricks_host\n");
    let text = if account { text.words("  account_id = var.databricks_account_id\n") } else { text };
    text.words(match connection.auth {
        AuthMethod::ServicePrincipal { .. } => {
            "  auth_type = \"oauth-m2m\"\n  client_id = var.databricks_client_id\n  client_secret = var.databricks_client_secret\n}\n"
        }
        AuthMethod::PersonalAccessToken | AuthMethod::Browser(_) => "  auth_type = \"pat\"\n  token = var.databricks_token\n}\n",
    })
}

fn values(connection: &Connection, secret: Option<&Inline<'_>>) -> Result<Text, Failure> {
    let text = variable(Text::new(), "databricks_host = ", "The address", connection.base_url.as_str())?;
    let text = text.optional(account_id(connection), |text, id| variable(text, "databricks_account_id = ", "The account ID", id))?;
    let text = match &connection.auth {
        AuthMethod::ServicePrincipal { client_id, .. } => variable(text, "databricks_client_id = ", "The client ID", client_id.as_str())?,
        AuthMethod::PersonalAccessToken | AuthMethod::Browser(_) => text,
    };
    text.optional(secret, |text, secret| {
        let name = if matches!(secret, Inline::Token(_)) { "databricks_token = " } else { "databricks_client_secret = " };
        variable(text, name, secret_word(connection), secret.exposed())
    })
}

fn variable(text: Text, name: &'static str, what: &'static str, value: &str) -> Result<Text, Failure> {
    Ok(text.words(name).value(what, value, hcl)?.words("\n"))
}
