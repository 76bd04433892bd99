//! What a cluster can be made of: `clusters/list-node-types`, `clusters/spark-versions` (both API 2.1, else 2.0),
//! `/api/2.0/instance-pools/list`, `/api/2.0/policies/clusters/list`; and the HTTP paths of SQL warehouses.
//! Source: Databricks SDK for Python, `service/compute`, `service/sql`.

use std::cmp::Reverse;

use serde::{Deserialize, de::DeserializeOwned};

use super::{ApiError, Call, Client, paging::pages};
use brickpass_core::failure::Code;

/// A list that is longer is cut.
const MAX_ITEMS: usize = 2000;

/// Names are shown on one line.
const NAME_LIMIT: usize = 200;

/// Something of the workspace that a configuration names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// What stands in the configuration, exactly as the workspace wrote it.
    pub value: String,
    /// What a person knows it by.
    pub label: String,
}

#[derive(Deserialize)]
struct NodeTypes {
    node_types: Option<Vec<NodeType>>,
}

#[derive(Deserialize)]
struct NodeType {
    #[serde(rename = "node_type_id")]
    id: Option<String>,
    memory_mb: Option<f64>,
    num_cores: Option<f64>,
    num_gpus: Option<f64>,
    category: Option<String>,
    #[serde(default)]
    is_deprecated: Option<bool>,
    #[serde(default)]
    is_hidden: Option<bool>,
}

#[derive(Deserialize)]
struct Versions {
    versions: Option<Vec<Version>>,
}

#[derive(Deserialize)]
struct Version {
    key: Option<String>,
    name: Option<String>,
}

#[derive(Deserialize)]
struct Pools {
    instance_pools: Option<Vec<Pool>>,
}

#[derive(Deserialize)]
struct Pool {
    instance_pool_id: Option<String>,
    instance_pool_name: Option<String>,
    #[serde(rename = "node_type_id")]
    id: Option<String>,
    state: Option<String>,
}

#[derive(Deserialize)]
struct Policies {
    policies: Option<Vec<Policy>>,
}

#[derive(Deserialize)]
struct Policy {
    policy_id: Option<String>,
    name: Option<String>,
}

#[derive(Deserialize)]
struct Warehouse {
    id: Option<String>,
    name: Option<String>,
    cluster_size: Option<String>,
    odbc_params: Option<OdbcParams>,
}

#[derive(Deserialize)]
struct OdbcParams {
    path: Option<String>,
}

pages!(Warehouses.warehouses: Warehouse);

impl Client {
    /// Those that clusters may still be made of, sorted by name.
    ///
    /// # Errors
    /// See [`ApiError`].
    pub async fn node_types(&self, call: &Call<'_>) -> Result<Vec<Choice>, ApiError> {
        let found: NodeTypes = self.of_either("list-node-types", call).await?;
        let usable = found.node_types.into_iter().flatten().filter(|it| it.is_deprecated != Some(true) && it.is_hidden != Some(true));
        Ok(self.choices(usable.map(|it| {
            let label = size(&it);
            (it.id, label)
        })))
    }

    /// Versions of Databricks Runtime, newest first.
    ///
    /// # Errors
    /// See [`ApiError`].
    pub async fn runtime_versions(&self, call: &Call<'_>) -> Result<Vec<Choice>, ApiError> {
        let found: Versions = self.of_either("spark-versions", call).await?;
        let mut choices = self.choices(found.versions.into_iter().flatten().map(|it| (it.key, it.name)));
        choices.sort_by_cached_key(|it| Reverse(number(&it.value)));
        Ok(choices)
    }

    /// Sorted by name.
    ///
    /// # Errors
    /// See [`ApiError`].
    pub async fn instance_pools(&self, call: &Call<'_>) -> Result<Vec<Choice>, ApiError> {
        let (found, _): (Pools, _) = self.get_whole("/api/2.0/instance-pools/list", call).await?;
        let there = found.instance_pools.into_iter().flatten().filter(|it| it.state.as_deref() != Some("DELETED"));
        Ok(self.choices(there.map(|it| {
            let name = it.instance_pool_name.zip(it.id).map(|(name, node)| format!("{name} ({node})"));
            (it.instance_pool_id, name)
        })))
    }

    /// Of clusters, sorted by name.
    ///
    /// # Errors
    /// See [`ApiError`].
    pub async fn cluster_policies(&self, call: &Call<'_>) -> Result<Vec<Choice>, ApiError> {
        let (found, _): (Policies, _) = self.get_whole("/api/2.0/policies/clusters/list", call).await?;
        Ok(self.choices(found.policies.into_iter().flatten().map(|it| (it.policy_id, it.name))))
    }

    /// The HTTP paths of the SQL warehouses, sorted by name.
    ///
    /// # Errors
    /// See [`ApiError`].
    pub async fn warehouse_paths(&self, call: &Call<'_>) -> Result<Vec<Choice>, ApiError> {
        let found = self.pages::<Warehouses>("/api/2.0/sql/warehouses", &[("page_size", "100")], MAX_ITEMS, call).await?;
        Ok(self.choices(found.into_iter().map(|it| {
            let path = it.odbc_params.and_then(|it| it.path).or_else(|| it.id.map(|id| format!("/sql/1.0/warehouses/{id}")));
            let label = match (it.name, it.cluster_size) {
                (Some(name), Some(size)) => Some(format!("{name} ({size})")),
                (name, _) => name,
            };
            (path, label)
        })))
    }

    async fn of_either<T: DeserializeOwned>(&self, list: &str, call: &Call<'_>) -> Result<T, ApiError> {
        match self.get_whole(&format!("/api/2.1/clusters/{list}"), call).await {
            Err(error) if error.failure.code == Code::NotFound => {
                self.get_whole(&format!("/api/2.0/clusters/{list}"), call).await.map(|(found, _)| found)
            }
            found => found.map(|(found, _)| found),
        }
    }

    /// What cannot be shown as it is cannot be chosen.
    fn choices(&self, found: impl Iterator<Item = (Option<String>, Option<String>)>) -> Vec<Choice> {
        let readable = |value: &String| !value.is_empty() && self.shown(Some(value.clone()), NAME_LIMIT) == *value;
        let mut choices: Vec<Choice> = found
            .take(MAX_ITEMS)
            .filter_map(|(value, label)| {
                let value = value.filter(readable)?;
                let label = Some(self.shown(label, NAME_LIMIT)).filter(|label| !label.is_empty()).unwrap_or_else(|| value.clone());
                Some(Choice { value, label })
            })
            .collect();
        choices.sort_by_cached_key(|it| (it.label.to_lowercase(), it.value.clone()));
        choices
    }
}

/// `Standard_D4ds_v5, 4 cores, 16 GB (General Purpose)`
fn size(node: &NodeType) -> Option<String> {
    use std::fmt::Write as _;
    let mut label = node.id.clone()?;
    if let Some(cores) = node.num_cores {
        let _ = write!(label, ", {cores} {}", if cores > 1.0 { "cores" } else { "core" });
    }
    if let Some(memory) = node.memory_mb {
        let _ = write!(label, ", {} GB", (memory / 102.4).round() / 10.0);
    }
    if let Some(count) = node.num_gpus.filter(|count| *count > 0.0) {
        let _ = write!(label, ", {count} GPU");
    }
    if let Some(category) = &node.category {
        let _ = write!(label, " ({category})");
    }
    Some(label)
}

/// `16.4.x-scala2.12` is newer than `9.1.x-scala2.12`.
fn number(key: &str) -> (u32, u32) {
    let mut parts = key.split(['.', '-']).map(|part| part.parse().unwrap_or_default());
    (parts.next().unwrap_or_default(), parts.next().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_runtime_comes_first() {
        let mut keys = ["9.1.x-scala2.12", "16.4.x-scala2.12", "15.4.x-cpu-ml-scala2.12", "custom:x"];
        keys.sort_by_key(|key| Reverse(number(key)));
        assert_eq!(keys, ["16.4.x-scala2.12", "15.4.x-cpu-ml-scala2.12", "9.1.x-scala2.12", "custom:x"]);
    }

    #[test]
    fn a_node_type_says_how_large_it_is() {
        let node: NodeType = serde_json::from_str(
            r#"{"node_type_id":"Standard_D4ds_v5","memory_mb":16384,"num_cores":4.0,"num_gpus":0,"category":"General Purpose"}"#,
        )
        .unwrap();
        assert_eq!(size(&node).unwrap(), "Standard_D4ds_v5, 4 cores, 16 GB (General Purpose)");
    }
}
