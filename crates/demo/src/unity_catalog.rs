//! `GET /api/2.1/unity-catalog/catalogs` and `schemas`: what the workspace's metastore holds.

use std::sync::Arc;

use axum::{
    Extension, Json, Router,
    extract::Query,
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::get,
};
use jiff::{Timestamp, ToSpan};
use serde_json::{Map, Value, json};

use super::{
    Workspace,
    catalogue::{Entry, Nature},
    errors::{self, ApiRefusal},
    input::{Pairs, value},
    paging::{Size, page},
};

/// 0 stands for a number of the service's choice.
const SIZE: Size = Size { key: "max_results", default: 1000, largest: 1000 };

const METASTORE: &str = "f6b2a0d4-3c71-4e9a-8d25-91c04b7ae3f8";

/// Catalogs with their schemas, besides `information_schema`, which each has.
const CATALOGS: [(&str, &[&str]); 3] = [
    (
        "main",
        &[
            "default",
            "sales",
            "returns",
            "forecasts",
            "customers",
            "inventory",
            "pricing",
            "suppliers",
            "web_events",
            "campaigns",
            "stores",
            "payments",
        ],
    ),
    ("sandbox", &["priya", "jonas", "shared"]),
    ("samples", &["nyctaxi", "tpch"]),
];

pub(super) struct Catalog {
    pub(super) name: String,
    /// A user's name.
    pub(super) owner: String,
    facts: Value,
    pub(super) schemas: Vec<Schema>,
}

pub(super) struct Schema {
    /// `catalog.schema`
    pub(super) full_name: String,
    /// A user's name.
    pub(super) owner: String,
    facts: Value,
}

/// The same at every start; none where there are no clusters.
pub(super) fn catalogs_of(entry: &Entry, now: Timestamp) -> Vec<Catalog> {
    let made = now.saturating_sub((300 * 24).hours()).unwrap_or(now).as_millisecond();
    let count = if entry.clusters == 0 { 0 } else { CATALOGS.len() };
    CATALOGS.iter().take(count).map(|(name, schemas)| catalog(entry, name, schemas, made)).collect()
}

fn catalog(entry: &Entry, name: &str, schemas: &[&str], made: i64) -> Catalog {
    let owner = entry.user.user_name();
    let schema = |schema: &str| {
        let full_name = format!("{name}.{schema}");
        let facts = json!({
            "name": schema,
            "catalog_name": name,
            "full_name": full_name,
            "owner": owner,
            "catalog_type": "MANAGED_CATALOG",
            "metastore_id": METASTORE,
            "created_at": made,
            "created_by": owner,
            "securable_type": "SCHEMA",
        });
        Schema { full_name, owner: owner.clone(), facts }
    };
    let facts = json!({
        "name": name,
        "full_name": name,
        "owner": owner,
        "catalog_type": "MANAGED_CATALOG",
        "isolation_mode": "OPEN",
        "metastore_id": METASTORE,
        "created_at": made,
        "created_by": owner,
        "securable_type": "CATALOG",
    });
    Catalog {
        name: name.to_owned(),
        owner: owner.clone(),
        facts,
        schemas: ["information_schema"].iter().chain(schemas).map(|it| schema(it)).collect(),
    }
}

pub(super) fn routes() -> Router {
    Router::new().route("/api/2.1/unity-catalog/catalogs", get(catalogs)).route("/api/2.1/unity-catalog/schemas", get(schemas))
}

async fn catalogs(Extension(workspace): Extension<Arc<Workspace>>, Query(query): Pairs) -> Response {
    if workspace.nature == Nature::NoPermission {
        return errors::no_permission();
    }
    answer("catalogs", page(&workspace, "catalogs", &workspace.catalogs, &query, SIZE), |it| &it.facts)
}

async fn schemas(Extension(workspace): Extension<Arc<Workspace>>, Query(query): Pairs) -> Response {
    if workspace.nature == Nature::NoPermission {
        return errors::no_permission();
    }
    let name = value(&query, "catalog_name").unwrap_or_default();
    match workspace.catalogs.iter().find(|it| it.name == name) {
        Some(catalog) => answer("schemas", page(&workspace, name, &catalog.schemas, &query, SIZE), |it| &it.facts),
        None => no_such_catalog(name).into_response(),
    }
}

fn answer<T>(key: &str, page: Result<(&[T], Option<String>), String>, facts: impl Fn(&T) -> &Value) -> Response {
    match page {
        Ok((items, next)) => {
            let mut answer = Map::new();
            if !items.is_empty() {
                answer.insert(key.to_owned(), items.iter().map(|it| facts(it).clone()).collect());
            }
            answer.extend(next.map(|next| ("next_page_token".to_owned(), json!(next))));
            Json(answer).into_response()
        }
        Err(message) => errors::invalid_parameter(&message),
    }
}

pub(super) fn no_such_catalog(name: &str) -> ApiRefusal {
    ApiRefusal::new(StatusCode::NOT_FOUND, "CATALOG_DOES_NOT_EXIST", format!("Catalog '{name}' does not exist."))
}

pub(super) fn no_such_schema(full_name: &str) -> ApiRefusal {
    ApiRefusal::new(StatusCode::NOT_FOUND, "SCHEMA_DOES_NOT_EXIST", format!("Schema '{full_name}' does not exist."))
}
