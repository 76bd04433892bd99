//! `GET /api/2.1/clusters/list` (paged), its predecessor 2.0 (all at once) and `clusters/get`.

use std::{sync::Arc, time::Duration};

use axum::{
    Extension, Json, Router,
    extract::Query,
    response::{IntoResponse, Response},
    routing::get,
};
use serde_json::{Map, Value, json};

use super::{Workspace, catalogue::Nature, compute::Cluster, errors};

/// The page size where none is asked for, and the largest that may be.
const DEFAULT_PAGE: usize = 20;
const LARGEST_PAGE: usize = 100;
/// A slow workspace: its cluster manager is busy, everything else is quick.
const SLOW: Duration = Duration::from_millis(2500);

/// In order and with repetitions: `filter_by.cluster_states` may come several times.
type Pairs = Query<Vec<(String, String)>>;

pub(super) fn routes() -> Router {
    Router::new()
        .route("/api/2.1/clusters/list", get(list))
        .route("/api/2.0/clusters/list", get(list_all))
        .route("/api/2.1/clusters/get", get(one))
        .route("/api/2.0/clusters/get", get(one))
}

async fn list(Extension(workspace): Extension<Arc<Workspace>>, Query(query): Pairs) -> Response {
    if let Some(refused) = entrance(&workspace).await {
        return refused;
    }
    match page(&workspace, &query) {
        Ok(page) => Json(page).into_response(),
        Err(message) => errors::invalid_parameter(&message),
    }
}

async fn list_all(Extension(workspace): Extension<Arc<Workspace>>) -> Response {
    if let Some(refused) = entrance(&workspace).await {
        return refused;
    }
    let mut answer = Map::new();
    put_clusters(&mut answer, workspace.clusters.iter());
    Json(answer).into_response()
}

async fn one(Extension(workspace): Extension<Arc<Workspace>>, Query(query): Pairs) -> Response {
    if let Some(refused) = entrance(&workspace).await {
        return refused;
    }
    let Some(id) = value(&query, "cluster_id") else {
        return errors::invalid_parameter("Missing required field: cluster_id");
    };
    match workspace.clusters.iter().find(|cluster| cluster.id == id) {
        Some(cluster) => Json(&cluster.facts).into_response(),
        None => errors::invalid_parameter(&format!("Cluster {id} does not exist")),
    }
}

async fn entrance(workspace: &Workspace) -> Option<Response> {
    match workspace.nature {
        Nature::NoPermission => return Some(errors::no_permission()),
        Nature::Slow => tokio::time::sleep(SLOW).await,
        _ => {}
    }
    None
}

/// One page; the tokens are empty where there is no further page.
fn page(workspace: &Workspace, query: &[(String, String)]) -> Result<Map<String, Value>, String> {
    let size = match value(query, "page_size") {
        None | Some("0") => DEFAULT_PAGE,
        Some(typed) => match typed.parse() {
            Ok(size @ 1..=LARGEST_PAGE) => size,
            _ => return Err(format!("page_size must be between 1 and {LARGEST_PAGE}, got: {typed}")),
        },
    }
    .min(workspace.page_cap);
    let from = match value(query, "page_token") {
        None | Some("") => 0,
        Some(token) => workspace.page_offset("clusters", token, workspace.clusters.len()).ok_or("Invalid page token")?,
    };
    let wanted: Vec<&Cluster> = workspace.clusters.iter().filter(|cluster| is_wanted(cluster, query)).collect();
    let to = from.saturating_add(size).min(wanted.len());
    let mut answer = Map::new();
    put_clusters(&mut answer, wanted.iter().copied().skip(from).take(size));
    let next = if to < wanted.len() { workspace.page_token("clusters", to) } else { String::new() };
    let previous = if from > 0 { workspace.page_token("clusters", from.saturating_sub(size)) } else { String::new() };
    answer.insert("next_page_token".into(), json!(next));
    answer.insert("prev_page_token".into(), json!(previous));
    Ok(answer)
}

/// An empty list is left out altogether, as the API leaves it out.
fn put_clusters<'a>(answer: &mut Map<String, Value>, clusters: impl Iterator<Item = &'a Cluster>) {
    let clusters: Vec<&Value> = clusters.map(|cluster| &cluster.facts).collect();
    if !clusters.is_empty() {
        answer.insert("clusters".into(), json!(clusters));
    }
}

fn is_wanted(cluster: &Cluster, query: &[(String, String)]) -> bool {
    let matches = |filter: &str, fact: &str| {
        let mut asked = query.iter().filter(|(key, _)| key == filter).map(|(_, value)| value.as_str()).peekable();
        asked.peek().is_none() || asked.any(|value| cluster.facts.get(fact).and_then(Value::as_str) == Some(value))
    };
    matches("filter_by.cluster_states", "state") && matches("filter_by.cluster_sources", "cluster_source")
}

fn value<'a>(query: &'a [(String, String)], key: &str) -> Option<&'a str> {
    query.iter().find(|(found, _)| found == key).map(|(_, value)| value.as_str())
}
