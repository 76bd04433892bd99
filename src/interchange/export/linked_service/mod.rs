//! The linked service `AzureDatabricks` of Azure Data Factory and Synapse, as the five ways to deploy one take it, from one model.
//! Source: azure-rest-api-specs, `Microsoft.DataFactory`, `stable/2018-06-01/entityTypes/LinkedService.json`; what stands there as
//! "string (or Expression)" is read for expressions, and nothing else is.

mod files;
mod model;
mod rules;
mod terraform;

pub(super) use files::write;
pub(super) use model::{Compute, Service};
pub(super) use rules::azure_only;
use rules::id;

use super::parts::{CLUSTER, of_a_workspace};
use crate::{
    failure::{Code, Failure},
    interchange::format::{Answers, Document, Field, Format, Group, Pick, Subject},
};

const BY_VAULT: &[&str] = &["key-vault"];
const BY_IDENTITY: &[&str] = &["managed-identity", "user-assigned"];
const BY_USER_ASSIGNED: &[&str] = &["user-assigned"];
const EXISTING: &[&str] = &["existing"];
const JOB: &[&str] = &["job"];
const POOL_ONLY: &[&str] = &["pool"];
const NEW: &[&str] = &["job", "pool"];

pub(super) const PRODUCT: Field =
    Field::choice("service", "For", &[("data-factory", "Azure Data Factory"), ("synapse", "Azure Synapse Analytics")]);
pub(super) const NAME: Field = Field::text("name", "Name of the linked service").hint("Named after the connection when this is empty");
pub(super) const AUTH: Field = Field::choice(
    "authentication",
    "Signs in with",
    &[
        ("key-vault", "A token from Azure Key Vault"),
        ("managed-identity", "The managed identity of the service"),
        ("user-assigned", "A managed identity of your own"),
    ],
);
pub(super) const VAULT: Field = Field::text("vault", "Key Vault linked service")
    .or("LS_KeyVault")
    .required()
    .when("authentication", BY_VAULT)
    .hint("The name of the linked service that opens the vault");
pub(super) const SECRET_NAME: Field = Field::text("secret_name", "Name of the secret")
    .or("databricks-token")
    .required()
    .when("authentication", BY_VAULT)
    .hint("The secret of the vault that holds the token");
pub(super) const SECRET_VERSION: Field =
    Field::text("secret_version", "Version of the secret").when("authentication", BY_VAULT).hint("The newest one when this is empty");
pub(super) const WORKSPACE: Field = Field::text("workspace_resource_id", "Resource ID of the workspace")
    .required()
    .when("authentication", BY_IDENTITY)
    .hint("The Azure portal shows it under JSON View: /subscriptions/.../Microsoft.Databricks/workspaces/...");
pub(super) const CREDENTIAL: Field = Field::text("credential", "Credential")
    .required()
    .when("authentication", BY_USER_ASSIGNED)
    .hint("The name of the credential that holds the user-assigned managed identity");
pub(super) const RUNTIME: Field = Field::text("integration_runtime", "Integration runtime").hint("The service's own when this is empty");
pub(super) const FACTORY: Field =
    Field::text("factory", "Data factory").when("service", &["data-factory"]).hint("Asked for at the deployment when this is empty");

const COMPUTE: Field = Field::choice(
    "compute",
    "Runs on",
    &[("existing", "An existing cluster"), ("job", "A new job cluster"), ("pool", "A new job cluster from an instance pool")],
);
const EXISTING_CLUSTER: Field = CLUSTER.required().when("compute", EXISTING);
const VERSION: Field = Field::pick("runtime_version", "Databricks Runtime", Pick::RuntimeVersion)
    .required()
    .when("compute", NEW)
    .hint("Such as 15.4.x-scala2.12");
const NODE_TYPE: Field =
    Field::pick("node_type", "Node type", Pick::NodeType).required().when("compute", JOB).hint("Such as Standard_D4ds_v5");
const DRIVER_NODE_TYPE: Field = Field::pick("driver_node_type", "Node type of the driver", Pick::NodeType)
    .when("compute", JOB)
    .hint("As the workers when this is empty");
const POOL: Field = Field::pick("instance_pool", "Instance pool", Pick::InstancePool).required().when("compute", POOL_ONLY);
const WORKERS: Field =
    Field::text("workers", "Workers").or("2").required().when("compute", NEW).hint("A number, or the least and the most, as in 1:8");
const POLICY: Field = Field::pick("policy", "Cluster policy", Pick::Policy).when("compute", NEW);

pub(super) const LINKED_SERVICE: Format = Format {
    id: "linked-service",
    title: "Data Factory and Synapse linked service",
    group: Group::Integration,
    takes_secret: Some("in plain text in the definition of the linked service and in the parameters of the template"),
    fields: &[
        PRODUCT,
        NAME,
        AUTH,
        VAULT,
        SECRET_NAME,
        SECRET_VERSION,
        WORKSPACE,
        CREDENTIAL,
        COMPUTE,
        EXISTING_CLUSTER,
        VERSION,
        NODE_TYPE,
        DRIVER_NODE_TYPE,
        POOL,
        WORKERS,
        POLICY,
        RUNTIME,
        FACTORY,
    ],
    make,
};

fn make(subject: &Subject<'_>, answers: &Answers) -> Result<Document, Failure> {
    of_a_workspace(subject.connection)?;
    azure_only(subject.connection)?;
    let service = Service::read("AzureDatabricks", subject, answers, compute(answers)?)?;
    write(&service, subject)
}

fn compute(answers: &Answers) -> Result<Compute, Failure> {
    let text = |field: &Field| answers.get(field).unwrap_or_default();
    let optional = |field: &Field| answers.get(field).map(|value| id(field, value)).transpose();
    let (least, most) = match answers.chosen(&COMPUTE) {
        Some("job" | "pool") => rules::workers(text(&WORKERS))?,
        _ => return Ok(Compute::Existing(super::parts::cluster(answers)?.unwrap_or_default().to_owned())),
    };
    let version = id(&VERSION, text(&VERSION))?;
    let policy = optional(&POLICY)?;
    if answers.chosen(&COMPUTE) == Some("job") {
        let (node_type, driver) = (id(&NODE_TYPE, text(&NODE_TYPE))?, optional(&DRIVER_NODE_TYPE)?);
        return Ok(Compute::Job { version, node_type, driver, workers: (least, most), policy });
    }
    if most.is_some() {
        return Err(Failure::new(
            Code::InvalidInput,
            "A cluster from an instance pool cannot change its size.",
            "Data Factory takes one number of workers for it.",
            "Enter one number such as 2, or choose a new job cluster without a pool.",
        ));
    }
    Ok(Compute::Pool { pool: id(&POOL, text(&POOL))?, version, workers: least, policy })
}

#[cfg(test)]
mod tests;
