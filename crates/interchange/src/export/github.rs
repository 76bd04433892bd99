//! A workflow of GitHub Actions. It holds no secret: it names one of the repository's, or needs none (`OpenID` Connect).
//! Source: docs.databricks.com, "Authenticate with GitHub OIDC"; docs.github.com, "Contexts".

use super::parts::{account_id, documents, file};
use crate::{
    escape::{Text, percent, yaml_workflow},
    format::{Answers, Document, Field, Format, Group, Subject, missing},
    send_to::{Destination, Field as Asked},
};
use brickpass_core::{
    connection::{AuthKind, AuthMethod, ClientId},
    failure::Failure,
};

const BY: Field = Field::choice("by", "Authentication", &[("secret", "A repository secret"), ("oidc", "GitHub's own identity, no secret")]);
const SECRET: Field =
    Field::text("secret_name", "Secret name").when("by", &["secret"]).hint("Default: DATABRICKS_TOKEN or DATABRICKS_CLIENT_SECRET");
const CLIENT_ID: Field = Field::text("client_id", "Client ID")
    .when("by", &["oidc"])
    .hint("The client ID of a service principal with a federation policy for the repository");

pub(super) const GITHUB: Format = Format {
    id: "github-actions",
    title: "GitHub Actions",
    group: Group::Deployment,
    takes_secret: None,
    fields: &[BY, SECRET, CLIENT_ID],
    make,
};

fn make(subject: &Subject<'_>, answers: &Answers) -> Result<Document, Failure> {
    let connection = subject.connection;
    let own = if let AuthMethod::ServicePrincipal { client_id, .. } = &connection.auth { Some(client_id.as_str()) } else { None };
    let by_oidc = answers.chosen(&BY) == Some("oidc");
    let text = Text::new().words("name: Databricks\non: workflow_dispatch\npermissions:\n  contents: read\n");
    let text = if by_oidc { text.words("  id-token: write\n") } else { text };
    let text = text.words("jobs:\n  databricks:\n    runs-on: ubuntu-latest\n    env:\n      DATABRICKS_HOST: ");
    let text = text.value("The address", connection.base_url.as_str(), yaml_workflow)?.words("\n");
    let text = text.optional(account_id(connection), |text, id| entry(text, "      DATABRICKS_ACCOUNT_ID: ", "The account ID", id))?;
    let text = if by_oidc {
        let id = answers.get(&CLIENT_ID).or(own).ok_or_else(|| missing(&CLIENT_ID))?;
        let id = ClientId::parse(id).map_err(|error| super::stores::unacceptable(CLIENT_ID.label, &error))?;
        entry(text.words("      DATABRICKS_AUTH_TYPE: \"github-oidc\"\n"), "      DATABRICKS_CLIENT_ID: ", "The client ID", id.as_str())?
    } else {
        let usual = if own.is_some() { "DATABRICKS_CLIENT_SECRET" } else { "DATABRICKS_TOKEN" };
        let name = Destination::GitHub
            .accept(Asked::SecretName, answers.get(&SECRET).unwrap_or(usual))
            .map_err(|why| super::stores::unacceptable(SECRET.label, &why))?;
        let text = match own {
            Some(id) => {
                let text = text.words("      DATABRICKS_AUTH_TYPE: \"oauth-m2m\"\n");
                entry(text, "      DATABRICKS_CLIENT_ID: ", "The client ID", id)?.words("      DATABRICKS_CLIENT_SECRET: ${{ secrets.")
            }
            None => text.words("      DATABRICKS_AUTH_TYPE: \"pat\"\n      DATABRICKS_TOKEN: ${{ secrets."),
        };
        // It has letters, digits and _ alone, which stay as they are.
        text.value("The name of the secret", name, percent)?.words(" }}\n")
    };
    let text =
        text.words("    steps:\n      - uses: actions/checkout@v4\n      - uses: databricks/setup-cli@main\n      - run: databricks ");
    let text = text.words(if account_id(connection).is_some() { "account workspaces list\n" } else { "current-user me\n" });
    let next = if by_oidc {
        "Add the file to .github/workflows in the repository, and give the service principal a federation policy for the repository."
    } else {
        "Add the file to .github/workflows in the repository, and store the secret in the repository with gh secret set, which asks for it."
    };
    let mut notes = Vec::new();
    if !by_oidc && connection.auth.kind() == AuthKind::Browser {
        notes.push("A browser sign-in does not work there. The secret must be a personal access token.".to_owned());
    }
    let document = documents(subject, vec![file(subject, ".yml", text)], next);
    Ok(Document { contains_secret: false, notes, ..document })
}

fn entry(text: Text, key: &'static str, what: &'static str, value: &str) -> Result<Text, Failure> {
    Ok(text.words(key).value(what, value, yaml_workflow)?.words("\n"))
}
