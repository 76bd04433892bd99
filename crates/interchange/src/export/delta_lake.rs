//! The linked service `AzureDatabricksDeltaLake` of Azure Data Factory and Synapse: for copies and lookups. It starts no clusters of its own.
//! Source: azure-rest-api-specs, `Microsoft.DataFactory`, `stable/2018-06-01/entityTypes/LinkedService.json`.

use super::{
    linked_service::{
        AUTH, CREDENTIAL, Compute, FACTORY, NAME, PRODUCT, RUNTIME, SECRET_NAME, SECRET_VERSION, Service, VAULT, WORKSPACE, azure_only,
        write,
    },
    parts::{CLUSTER, cluster, of_a_workspace},
};
use crate::format::{Answers, Document, Format, Group, Subject};
use brickpass_core::failure::Failure;

pub(super) const DELTA_LAKE: Format = Format {
    id: "linked-service-delta-lake",
    title: "Data Factory and Synapse linked service for Delta Lake",
    group: Group::Integration,
    takes_secret: Some("in plain text in the linked service's definition and the template's parameters"),
    fields: &[PRODUCT, NAME, AUTH, VAULT, SECRET_NAME, SECRET_VERSION, WORKSPACE, CREDENTIAL, CLUSTER, RUNTIME, FACTORY],
    make,
};

fn make(subject: &Subject<'_>, answers: &Answers) -> Result<Document, Failure> {
    of_a_workspace(subject.connection)?;
    azure_only(subject.connection)?;
    let cluster = cluster(answers)?.map(str::to_owned);
    write(&Service::read("AzureDatabricksDeltaLake", subject, answers, Compute::Reading(cluster))?, subject)
}
