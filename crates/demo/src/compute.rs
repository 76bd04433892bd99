//! The clusters of a workspace, with the fields that the clusters API gives them.

use jiff::{Timestamp, ToSpan, tz::TimeZone};
use serde_json::{Map, Value, json};

use super::catalogue::{CloudKind, Entry};

pub(super) struct Cluster {
    pub(super) id: String,
    /// As `clusters/get` answers it.
    pub(super) facts: Value,
}

const PURPOSES: [&str; 12] = [
    "Ad hoc analysis",
    "Nightly ingestion",
    "Dashboards",
    "Feature engineering",
    "Model training",
    "Data quality checks",
    "Streaming bronze",
    "Streaming silver",
    "Backfill",
    "Shared autoscaling",
    "Month-end close",
    "Exploration",
];
const OWNERS: [&str; 4] = ["priya.raman", "jonas.lindqvist", "amara.okafor", "wei.chen"];
const RUNTIMES: [&str; 4] = ["16.4.x-scala2.12", "15.4.x-scala2.12", "15.4.x-cpu-ml-scala2.12", "14.3.x-photon-scala2.12"];

/// The same clusters for the same workspace, seen from `now`.
pub(super) fn clusters_of(entry: &Entry, now: Timestamp) -> Vec<Cluster> {
    let mut random = fastrand::Rng::with_seed(entry.workspace_id);
    (0..entry.clusters).map(|index| cluster(entry, index, now, &mut random)).collect()
}

fn cluster(entry: &Entry, index: usize, now: Timestamp, random: &mut fastrand::Rng) -> Cluster {
    let owner = format!("{}@example.com", random.choice(OWNERS).unwrap_or("priya.raman"));
    let purpose = PURPOSES.iter().cycle().nth(index).copied().unwrap_or("Exploration");
    let name = match index / PURPOSES.len() {
        0 => purpose.to_owned(),
        round => format!("{purpose} {}", round + 1),
    };
    let created = now.saturating_sub((random.i64(2..=400) * 24).hours()).unwrap_or(now);
    let id = id_of(created, random);
    let mut facts = Map::new();
    let mut put = |key: &str, value: Value| facts.insert(key.to_owned(), value);
    put("cluster_id", json!(id));
    put("cluster_name", json!(name));
    put("creator_user_name", json!(owner));
    put("spark_version", json!(random.choice(RUNTIMES)));
    put("cluster_source", json!(if index % 6 == 1 { "JOB" } else { "UI" }));
    put("data_security_mode", json!(if index.is_multiple_of(2) { "USER_ISOLATION" } else { "SINGLE_USER" }));
    put("runtime_engine", json!(if index.is_multiple_of(3) { "PHOTON" } else { "STANDARD" }));
    put("autotermination_minutes", json!([20, 60, 120].into_iter().cycle().nth(index)));
    put("enable_elastic_disk", json!(true));
    put("default_tags", json!({ "Vendor": "Databricks", "Creator": owner, "ClusterName": name, "ClusterId": id }));
    let workers = random.u32(1..=12);
    if index.is_multiple_of(3) {
        put("autoscale", json!({ "min_workers": 1, "max_workers": workers + 1 }));
    } else {
        put("num_workers", json!(workers));
    }
    facts.extend(machines(entry.cloud));
    facts.extend(state(index, created, now, random));
    Cluster { id, facts: Value::Object(facts) }
}

/// `MMDD-HHMMSS-` and eight letters or digits, as cluster ids look.
fn id_of(created: Timestamp, random: &mut fastrand::Rng) -> String {
    let when = created.to_zoned(TimeZone::UTC).strftime("%m%d-%H%M%S").to_string();
    let tail: String = (0..8).map(|_| char::from_digit(random.u32(0..36), 36).unwrap_or('a')).collect();
    format!("{when}-{tail}")
}

fn machines(cloud: CloudKind) -> Map<String, Value> {
    let (node, key, attributes) = match cloud {
        CloudKind::Azure => (
            "Standard_D4ds_v5",
            "azure_attributes",
            json!({ "first_on_demand": 1, "availability": "ON_DEMAND_AZURE", "spot_bid_max_price": -1.0 }),
        ),
        CloudKind::Aws => (
            "m6gd.xlarge",
            "aws_attributes",
            json!({ "first_on_demand": 1, "availability": "SPOT_WITH_FALLBACK", "zone_id": "auto", "spot_bid_price_percent": 100 }),
        ),
        CloudKind::Gcp => (
            "n2-highmem-4",
            "gcp_attributes",
            json!({ "use_preemptible_executors": false, "availability": "ON_DEMAND_GCP", "zone_id": "auto" }),
        ),
    };
    Map::from_iter([
        ("node_type_id".to_owned(), json!(node)),
        ("driver_node_type_id".to_owned(), json!(node)),
        (key.to_owned(), attributes),
    ])
}

/// Most clusters are off; some run; one of every nine is coming up and one has failed. The first always runs.
fn state(index: usize, created: Timestamp, now: Timestamp, random: &mut fastrand::Rng) -> Map<String, Value> {
    let ago = |minutes: i64| json!(now.saturating_sub(minutes.minutes()).unwrap_or(now).as_millisecond());
    let age = now.duration_since(created).as_mins();
    let minutes = random.i64(5..=600);
    let facts = match index % 9 {
        0 | 3 | 7 => json!({
            "state": "RUNNING",
            "state_message": "",
            "start_time": ago(minutes),
            "last_restarted_time": ago(minutes),
            "last_state_loss_time": 0,
            "cluster_cores": 12.0,
            "cluster_memory_mb": 49152,
            "jdbc_port": 10000,
            "spark_context_id": random.i64(1_000_000_000_000_000..=i64::MAX),
        }),
        4 => {
            json!({ "state": "PENDING", "state_message": "Finding instances for new nodes, acquiring more instances if necessary", "start_time": ago(2) })
        }
        8 => json!({
            "state": "ERROR",
            "state_message": "The cloud provider could not launch the requested instances.",
            "start_time": ago(age),
            "terminated_time": ago(minutes),
            "termination_reason": { "code": "CLOUD_PROVIDER_LAUNCH_FAILURE", "type": "CLOUD_FAILURE", "parameters": { "instance_id": "unknown" } },
        }),
        _ => json!({
            "state": "TERMINATED",
            "state_message": "Inactive cluster terminated (inactive for 60 minutes).",
            "start_time": ago(age),
            "terminated_time": ago(minutes),
            "termination_reason": { "code": "INACTIVITY", "type": "SUCCESS", "parameters": { "inactivity_duration_min": "60" } },
        }),
    };
    match facts {
        Value::Object(facts) => facts,
        _ => Map::new(),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::catalogue;

    fn first() -> Vec<Cluster> {
        clusters_of(&catalogue::entries(1)[0], "2026-03-01T12:00:00Z".parse().unwrap())
    }

    #[test]
    fn the_sales_lakehouse_has_clusters_in_every_common_state_and_no_id_twice() {
        let clusters = first();
        assert_eq!(clusters.len(), 27);
        assert_eq!(clusters.iter().map(|cluster| &cluster.id).collect::<HashSet<_>>().len(), 27);
        let states: HashSet<_> = clusters.iter().map(|cluster| cluster.facts["state"].as_str().unwrap()).collect();
        assert_eq!(states, HashSet::from(["RUNNING", "PENDING", "TERMINATED", "ERROR"]));
    }

    #[test]
    fn a_workspace_has_the_same_clusters_at_every_start() {
        let ids = |clusters: Vec<Cluster>| clusters.into_iter().map(|cluster| cluster.id).collect::<Vec<_>>();
        assert_eq!(ids(first()), ids(first()));
    }

    #[test]
    fn no_cluster_was_started_in_the_future() {
        let now: Timestamp = "2026-03-01T12:00:00Z".parse().unwrap();
        for cluster in first() {
            assert!(cluster.facts["start_time"].as_i64().unwrap() <= now.as_millisecond());
        }
    }
}
