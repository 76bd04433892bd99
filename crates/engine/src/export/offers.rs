//! What the live workspace offers for a field of an export.

use std::sync::Arc;

use crate::{
    api_context::ApiContext,
    request::{Context, Order, Request},
    shared::Shared,
};
use brickpass_core::{
    connection::{ConnectionId, Level},
    failure::{Code, Failure},
};
use brickpass_databricks::rest::{Choice, Securable};
use brickpass_interchange::format::Pick;

/// Lists the workspace's choices for a field of an export; `within`: the catalog of schemas.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListOffers {
    pub id: ConnectionId,
    pub pick: Pick,
    pub within: Option<String>,
}

/// A choice that the live workspace offers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    /// What the export contains.
    pub value: String,
    pub label: String,
}

impl Request for ListOffers {
    type Answer = Vec<Offer>;

    const ORDER: Order = Order::Question;

    async fn run(self, context: Context) -> Result<Vec<Offer>, Failure> {
        offers(&context.shared, self.id, self.pick, self.within.as_deref()).await
    }
}

async fn offers(shared: &Arc<Shared>, id: ConnectionId, pick: Pick, within: Option<&str>) -> Result<Vec<Offer>, Failure> {
    if pick == Pick::Schema && within.is_none() {
        return Err(no_catalog());
    }
    let mut api = ApiContext::of(shared, id, of_a_workspace).await?;
    let found = match pick {
        Pick::Cluster => {
            let clusters = api.ask(|client, call| async move { client.objects(Securable::Cluster, None, &call).await }).await;
            clusters.map(|found| found.into_iter().map(|it| Offer { value: it.id, label: it.name }).collect())
        }
        Pick::HttpPath => api.ask(|client, call| async move { client.warehouse_paths(&call).await }).await.map(of_choices),
        Pick::NodeType => api.ask(|client, call| async move { client.node_types(&call).await }).await.map(of_choices),
        Pick::RuntimeVersion => api.ask(|client, call| async move { client.runtime_versions(&call).await }).await.map(of_choices),
        Pick::InstancePool => api.ask(|client, call| async move { client.instance_pools(&call).await }).await.map(of_choices),
        Pick::Policy => api.ask(|client, call| async move { client.cluster_policies(&call).await }).await.map(of_choices),
        Pick::Catalog => {
            let names = api.ask(|client, call| async move { client.catalogs(&call).await }).await;
            names.map(|names| names.into_iter().map(|name| Offer { label: name.clone(), value: name }).collect())
        }
        Pick::Schema => {
            let schemas = api.ask(|client, call| async move { client.objects(Securable::Schema, within, &call).await }).await;
            // The catalog has a field of its own.
            schemas.map(|found| found.into_iter().map(|it| Offer { value: it.name.clone(), label: it.name }).collect())
        }
    };
    found.map_err(|error| api.explained(error.failure))
}

fn of_choices(choices: Vec<Choice>) -> Vec<Offer> {
    choices.into_iter().map(|Choice { value, label }| Offer { value, label }).collect()
}

fn of_a_workspace(level: &Level) -> Result<(), Failure> {
    match level {
        Level::Workspace => Ok(()),
        Level::Account { .. } => Err(Failure::new(
            Code::Unsupported,
            "Not available for an account.",
            "Clusters, warehouses and catalogs belong to workspaces.",
            "Choose a connection to one of its workspaces.",
        )),
    }
}

fn no_catalog() -> Failure {
    Failure::new(Code::InvalidInput, "The schemas cannot be listed yet.", "A schema belongs to a catalog.", "Choose the catalog first.")
}
