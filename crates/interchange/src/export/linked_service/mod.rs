//! The linked service `AzureDatabricks` of Azure Data Factory and Synapse, as the five ways to deploy one take it, from one model.
//! Source: azure-rest-api-specs, `Microsoft.DataFactory`, `stable/2018-06-01/entityTypes/LinkedService.json`; what stands there as
//! "string (or Expression)" is read for expressions, and nothing else is.

mod cluster;
mod files;
mod model;
mod plain_secret;
mod rules;
mod terraform;

pub(super) use files::write;
pub(super) use model::{Compute, Service};
pub(super) use rules::azure_only;

use super::parts::of_a_workspace;
use crate::format::{Answers, Document, Field, Format, Group, Subject};
use brickpass_core::failure::Failure;

const BY_VAULT: &[&str] = &["key-vault"];
const BY_IDENTITY: &[&str] = &["managed-identity", "user-assigned"];
const BY_USER_ASSIGNED: &[&str] = &["user-assigned"];

pub(super) const PRODUCT: Field =
    Field::choice("service", "Target", &[("data-factory", "Azure Data Factory"), ("synapse", "Azure Synapse Analytics")]);
pub(super) const NAME: Field = Field::text("name", "Name").hint("Default: connection name");
pub(super) const AUTH: Field = Field::choice(
    "authentication",
    "Authentication",
    &[
        ("key-vault", "A token from Azure Key Vault"),
        ("managed-identity", "The service's managed identity"),
        ("user-assigned", "Your own managed identity"),
    ],
);
pub(super) const VAULT: Field = Field::text("vault", "Key Vault")
    .or("LS_KeyVault")
    .required()
    .when("authentication", BY_VAULT)
    .hint("The name of the linked service for the vault");
pub(super) const SECRET_NAME: Field = Field::text("secret_name", "Secret name")
    .or("databricks-token")
    .required()
    .when("authentication", BY_VAULT)
    .hint("The secret in the vault that contains the token");
pub(super) const SECRET_VERSION: Field =
    Field::text("secret_version", "Secret version").when("authentication", BY_VAULT).hint("Default: latest");
pub(super) const WORKSPACE: Field = Field::text("workspace_resource_id", "Workspace resource")
    .required()
    .when("authentication", BY_IDENTITY)
    .hint("The resource ID, shown in the Azure portal under JSON View: /subscriptions/.../Microsoft.Databricks/workspaces/...");
pub(super) const CREDENTIAL: Field = Field::text("credential", "Credential")
    .required()
    .when("authentication", BY_USER_ASSIGNED)
    .hint("The name of the credential with the user-assigned managed identity");
pub(super) const RUNTIME: Field = Field::text("integration_runtime", "Integration runtime").hint("Default: AutoResolve");
pub(super) const FACTORY: Field =
    Field::text("factory", "Data factory").when("service", &["data-factory"]).hint("Default: ask at deployment");

pub(super) const LINKED_SERVICE: Format = Format {
    id: "linked-service",
    title: "Data Factory and Synapse linked service",
    group: Group::Integration,
    takes_secret: Some("in plain text in the linked service's definition and the template's parameters"),
    fields: &[
        PRODUCT,
        NAME,
        AUTH,
        VAULT,
        SECRET_NAME,
        SECRET_VERSION,
        WORKSPACE,
        CREDENTIAL,
        cluster::COMPUTE,
        cluster::EXISTING_CLUSTER,
        cluster::VERSION,
        cluster::NODE_TYPE,
        cluster::DRIVER_NODE_TYPE,
        cluster::POOL,
        cluster::WORKERS,
        cluster::POLICY,
        cluster::ACCESS_MODE,
        RUNTIME,
        FACTORY,
        cluster::SPARK_CONF,
        cluster::SPARK_ENV,
        cluster::TAGS,
        cluster::INIT_SCRIPTS,
        cluster::LOG_DESTINATION,
    ],
    make,
};

fn make(subject: &Subject<'_>, answers: &Answers) -> Result<Document, Failure> {
    of_a_workspace(subject.connection)?;
    azure_only(subject.connection)?;
    let service = Service::read("AzureDatabricks", subject, answers, cluster::compute(answers)?)?;
    write(&service, subject)
}

#[cfg(test)]
mod tests;
