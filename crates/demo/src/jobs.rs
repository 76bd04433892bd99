//! `GET /api/2.2/jobs/list` and `jobs/get`: jobs, with the fields that the API gives them, without their tasks.

use std::sync::Arc;

use axum::{
    Extension, Json, Router,
    extract::Query,
    response::{IntoResponse, Response},
    routing::get,
};
use jiff::{Timestamp, ToSpan};
use serde_json::{Map, Value, json};

use super::{
    Workspace,
    catalogue::{Entry, Nature, USERS, User},
    errors,
    input::{Pairs, value},
    paging::{Size, page},
};

const SIZE: Size = Size { key: "limit", default: 20, largest: 100 };

const NAMES: [&str; 8] = [
    "Nightly load",
    "Hourly refresh",
    "Data quality report",
    "Retrain churn model",
    "Vacuum tables",
    "Export to partners",
    "Backfill",
    "Month-end close",
];

pub(super) struct Job {
    pub(super) id: u64,
    /// A user's name.
    pub(super) creator: String,
    name: String,
    facts: Value,
}

/// The same for the same workspace at every start, the newest first.
pub(super) fn jobs_of(entry: &Entry, now: Timestamp) -> Vec<Job> {
    let mut random = fastrand::Rng::with_seed(entry.workspace_id ^ 0x10b5);
    (0..entry.clusters.saturating_sub(2)).map(|index| job(entry, index, now, &mut random)).collect()
}

fn job(entry: &Entry, index: usize, now: Timestamp, random: &mut fastrand::Rng) -> Job {
    let id = random.u64(100_000_000_000_000..999_999_999_999_999);
    let base = NAMES.iter().cycle().nth(index).copied().unwrap_or("Backfill");
    let name = match index / NAMES.len() {
        0 => base.to_owned(),
        round => format!("{base} {}", round + 1),
    };
    let creator = if index.is_multiple_of(3) { random.choice(USERS).unwrap_or(entry.user) } else { entry.user };
    let creator = User::user_name(&creator);
    let age = 24 * i64::try_from(index).unwrap_or_default() + 7;
    let facts = json!({
        "job_id": id,
        "creator_user_name": creator,
        "run_as_user_name": creator,
        "created_time": now.saturating_sub(age.hours()).unwrap_or(now).as_millisecond(),
        "settings": {
            "name": name,
            "email_notifications": {},
            "timeout_seconds": 0,
            "max_concurrent_runs": 1,
            "format": "MULTI_TASK",
            "tags": { "team": entry.name },
        },
    });
    Job { id, creator, name, facts }
}

pub(super) fn routes() -> Router {
    Router::new()
        .route("/api/2.1/jobs/list", get(list))
        .route("/api/2.2/jobs/list", get(list))
        .route("/api/2.1/jobs/get", get(one))
        .route("/api/2.2/jobs/get", get(one))
}

async fn list(Extension(workspace): Extension<Arc<Workspace>>, Query(query): Pairs) -> Response {
    if workspace.nature == Nature::NoPermission {
        return errors::no_permission();
    }
    let named = |job: &&Job| value(&query, "name").is_none_or(|name| job.name.eq_ignore_ascii_case(name));
    let wanted: Vec<&Job> = workspace.jobs.iter().filter(named).collect();
    match page(&workspace, "jobs", &wanted, &query, SIZE) {
        Ok((jobs, next)) => {
            let mut answer = Map::from_iter([("has_more".to_owned(), json!(next.is_some()))]);
            if !jobs.is_empty() {
                answer.insert("jobs".to_owned(), jobs.iter().map(|it| it.facts.clone()).collect());
            }
            answer.extend(next.map(|next| ("next_page_token".to_owned(), json!(next))));
            Json(answer).into_response()
        }
        Err(message) => errors::invalid_parameter(&message),
    }
}

async fn one(Extension(workspace): Extension<Arc<Workspace>>, Query(query): Pairs) -> Response {
    if workspace.nature == Nature::NoPermission {
        return errors::no_permission();
    }
    let id = value(&query, "job_id").unwrap_or_default();
    match workspace.jobs.iter().find(|it| it.id.to_string() == id) {
        Some(job) => Json(&job.facts).into_response(),
        None => errors::invalid_parameter(&format!("Job {id} does not exist.")),
    }
}
