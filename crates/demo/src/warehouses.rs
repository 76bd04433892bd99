//! `GET /api/2.0/sql/warehouses`: SQL warehouses, with the fields that the API gives them.

use std::sync::Arc;

use axum::{
    Extension, Json, Router,
    extract::{Path, Query},
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::get,
};
use serde_json::{Map, Value, json};

use super::{
    Workspace,
    catalogue::{Entry, Nature},
    errors,
    input::Pairs,
    paging::{Size, page},
};

const SIZE: Size = Size { key: "page_size", default: 100, largest: 1000 };

const NAMES: [(&str, &str); 4] =
    [("Starter Warehouse", "Small"), ("Dashboards", "Medium"), ("Ad hoc SQL", "X-Small"), ("Nightly exports", "2X-Small")];

pub(super) struct Warehouse {
    pub(super) id: String,
    /// A user's name.
    pub(super) creator: String,
    facts: Value,
}

/// The same for the same workspace at every start; none where there are no clusters.
pub(super) fn warehouses_of(entry: &Entry) -> Vec<Warehouse> {
    let mut random = fastrand::Rng::with_seed(entry.workspace_id ^ 0x5a17);
    let count = entry.clusters.div_ceil(9).min(NAMES.len());
    NAMES.iter().take(count).enumerate().map(|(index, (name, size))| warehouse(entry, (index, name, size), &mut random)).collect()
}

fn warehouse(entry: &Entry, (index, name, size): (usize, &str, &str), random: &mut fastrand::Rng) -> Warehouse {
    let id = format!("{:016x}", random.u64(..));
    let creator = entry.user.user_name();
    let path = format!("/sql/1.0/warehouses/{id}");
    let running = index == 0;
    let facts = json!({
        "id": id,
        "name": name,
        "size": size,
        "cluster_size": size,
        "min_num_clusters": 1,
        "max_num_clusters": if index == 1 { 4 } else { 1 },
        "auto_stop_mins": 10,
        "creator_name": creator,
        "spot_instance_policy": "COST_OPTIMIZED",
        "enable_photon": true,
        "enable_serverless_compute": index != 3,
        "warehouse_type": "PRO",
        "num_clusters": usize::from(running),
        "num_active_sessions": 0,
        "state": if running { "RUNNING" } else { "STOPPED" },
        "odbc_params": { "hostname": "127.0.0.1", "path": path, "protocol": "https", "port": 443 },
    });
    Warehouse { id, creator, facts }
}

pub(super) fn routes() -> Router {
    Router::new().route("/api/2.0/sql/warehouses", get(list)).route("/api/2.0/sql/warehouses/{id}", get(one))
}

async fn list(Extension(workspace): Extension<Arc<Workspace>>, Query(query): Pairs) -> Response {
    if workspace.nature == Nature::NoPermission {
        return errors::no_permission();
    }
    match page(&workspace, "warehouses", &workspace.warehouses, &query, SIZE) {
        Ok((warehouses, next)) => {
            let mut answer = Map::new();
            if !warehouses.is_empty() {
                answer.insert("warehouses".to_owned(), warehouses.iter().map(|it| it.facts.clone()).collect());
            }
            answer.extend(next.map(|next| ("next_page_token".to_owned(), json!(next))));
            Json(answer).into_response()
        }
        Err(message) => errors::invalid_parameter(&message),
    }
}

async fn one(Extension(workspace): Extension<Arc<Workspace>>, Path(id): Path<String>) -> Response {
    if workspace.nature == Nature::NoPermission {
        return errors::no_permission();
    }
    match workspace.warehouses.iter().find(|it| it.id == id) {
        Some(warehouse) => Json(&warehouse.facts).into_response(),
        None => errors::api_error(StatusCode::NOT_FOUND, "RESOURCE_DOES_NOT_EXIST", &format!("SQL warehouse {id} does not exist.")),
    }
}
