//! What clusters are made of: `clusters/list-node-types` and `clusters/spark-versions` (2.1 and 2.0), `/api/2.0/instance-pools/list`,
//! `/api/2.0/policies/clusters/list`, with the fields that the APIs give them.

use std::sync::Arc;

use axum::{
    Extension, Json, Router,
    response::{IntoResponse, Response},
    routing::get,
};
use serde_json::{Value, json};

use super::{
    Workspace,
    catalogue::{CloudKind, Nature},
    errors,
};

/// Name, cores, GB, category.
type Machine = (&'static str, u32, u32, &'static str);

const AZURE: [Machine; 7] = [
    ("Standard_D4ds_v5", 4, 16, "General Purpose"),
    ("Standard_D8ds_v5", 8, 32, "General Purpose"),
    ("Standard_E4ds_v5", 4, 32, "Memory Optimized"),
    ("Standard_E8ds_v5", 8, 64, "Memory Optimized"),
    ("Standard_F8s_v2", 8, 16, "Compute Optimized"),
    ("Standard_L8s_v3", 8, 64, "Storage Optimized"),
    ("Standard_NC4as_T4_v3", 4, 28, "GPU Accelerated"),
];
const AWS: [Machine; 7] = [
    ("m6gd.xlarge", 4, 16, "General Purpose"),
    ("m6gd.2xlarge", 8, 32, "General Purpose"),
    ("r6gd.xlarge", 4, 32, "Memory Optimized"),
    ("r6gd.2xlarge", 8, 64, "Memory Optimized"),
    ("c6gd.2xlarge", 8, 16, "Compute Optimized"),
    ("i3.xlarge", 4, 31, "Storage Optimized"),
    ("g4dn.xlarge", 4, 16, "GPU Accelerated"),
];
const GCP: [Machine; 6] = [
    ("n2-standard-4", 4, 16, "General Purpose"),
    ("n2-standard-8", 8, 32, "General Purpose"),
    ("n2-highmem-4", 4, 32, "Memory Optimized"),
    ("n2-highmem-8", 8, 64, "Memory Optimized"),
    ("c2-standard-8", 8, 32, "Compute Optimized"),
    ("g2-standard-4", 4, 16, "GPU Accelerated"),
];

const VERSIONS: [(&str, &str); 9] = [
    ("16.4.x-scala2.12", "16.4 LTS (includes Apache Spark 3.5.2, Scala 2.12)"),
    ("16.4.x-scala2.13", "16.4 LTS (includes Apache Spark 3.5.2, Scala 2.13)"),
    ("16.4.x-cpu-ml-scala2.12", "16.4 LTS ML (includes Apache Spark 3.5.2, Scala 2.12)"),
    ("15.4.x-scala2.12", "15.4 LTS (includes Apache Spark 3.5.0, Scala 2.12)"),
    ("15.4.x-cpu-ml-scala2.12", "15.4 LTS ML (includes Apache Spark 3.5.0, Scala 2.12)"),
    ("15.4.x-gpu-ml-scala2.12", "15.4 LTS ML (includes Apache Spark 3.5.0, GPU, Scala 2.12)"),
    ("14.3.x-scala2.12", "14.3 LTS (includes Apache Spark 3.5.0, Scala 2.12)"),
    ("14.3.x-photon-scala2.12", "14.3 LTS Photon (includes Apache Spark 3.5.0, Scala 2.12)"),
    ("9.1.x-scala2.12", "9.1 LTS (includes Apache Spark 3.1.2, Scala 2.12)"),
];

const POOLS: [&str; 3] = ["Job workers", "Interactive", "Large memory"];
const POLICIES: [&str; 4] = ["Personal Compute", "Shared Compute", "Job Compute", "Power User Compute"];

pub(super) fn routes() -> Router {
    Router::new()
        .route("/api/2.1/clusters/list-node-types", get(node_types))
        .route("/api/2.0/clusters/list-node-types", get(node_types))
        .route("/api/2.1/clusters/spark-versions", get(versions))
        .route("/api/2.0/clusters/spark-versions", get(versions))
        .route("/api/2.0/instance-pools/list", get(pools))
        .route("/api/2.0/policies/clusters/list", get(policies))
}

fn machines(workspace: &Workspace) -> &'static [Machine] {
    match workspace.cloud {
        CloudKind::Azure => &AZURE,
        CloudKind::Aws => &AWS,
        CloudKind::Gcp => &GCP,
    }
}

/// `{}` where there is nothing, as the service answers it.
fn answer(workspace: &Workspace, key: &str, found: impl FnOnce() -> Vec<Value>) -> Response {
    if workspace.nature == Nature::NoPermission {
        return errors::no_permission();
    }
    let found = found();
    if found.is_empty() { Json(json!({})).into_response() } else { Json(json!({ key: found })).into_response() }
}

async fn node_types(Extension(workspace): Extension<Arc<Workspace>>) -> Response {
    answer(&workspace, "node_types", || {
        let node = |&(id, cores, memory, category): &Machine| {
            json!({
                "node_type_id": id,
                "instance_type_id": id,
                "description": id,
                "num_cores": f64::from(cores),
                "memory_mb": memory * 1024,
                "num_gpus": u8::from(category == "GPU Accelerated"),
                "category": category,
                "is_deprecated": false,
                "is_hidden": false,
                "is_io_cache_enabled": true,
                "photon_worker_capable": true,
                "photon_driver_capable": true,
                "support_cluster_tags": true,
                "support_ebs_volumes": true,
                "support_port_forwarding": true,
                "display_order": 0,
            })
        };
        machines(&workspace).iter().map(node).collect()
    })
}

async fn versions(Extension(workspace): Extension<Arc<Workspace>>) -> Response {
    answer(&workspace, "versions", || VERSIONS.iter().map(|(key, name)| json!({ "key": key, "name": name })).collect())
}

/// The same at every start; none where there are no clusters.
async fn pools(Extension(workspace): Extension<Arc<Workspace>>) -> Response {
    answer(&workspace, "instance_pools", || {
        let mut random = fastrand::Rng::with_seed(workspace.id ^ 0x9001);
        let count = if workspace.clusters.is_empty() { 0 } else { POOLS.len() };
        let named = POOLS.iter().zip(machines(&workspace)).take(count);
        named
            .map(|(name, (node, ..))| {
                json!({
                    "instance_pool_id": format!("0213-090000-{}-pool-{:08x}", name.split(' ').next().unwrap_or_default().to_lowercase(), random.u32(..)),
                    "instance_pool_name": name,
                    "node_type_id": node,
                    "min_idle_instances": 0,
                    "max_capacity": 20,
                    "idle_instance_autotermination_minutes": 30,
                    "enable_elastic_disk": true,
                    "state": "ACTIVE",
                    "stats": { "used_count": 0, "idle_count": 0, "pending_used_count": 0, "pending_idle_count": 0 },
                    "status": {},
                })
            })
            .collect()
    })
}

/// Every workspace has these.
async fn policies(Extension(workspace): Extension<Arc<Workspace>>) -> Response {
    answer(&workspace, "policies", || {
        let mut random = fastrand::Rng::with_seed(workspace.id ^ 0x7011);
        let policy = |name: &&str| {
            json!({
                "policy_id": format!("{:016X}", random.u64(..)),
                "name": name,
                "definition": "{}",
                "is_default": true,
                "created_at_timestamp": 1_700_000_000_000_i64,
            })
        };
        POLICIES.iter().map(policy).collect()
    })
}
