//! `GET /api/2.1/clusters/list`, or `/api/2.0/clusters/list` where 2.1 is not offered.

use std::collections::HashSet;

use url::form_urlencoded;

use super::{ApiError, Client, client::Call};
use brickpass_core::failure::{Code, Failure, Remedy};

/// What one answer may list; the service may give fewer.
const PAGE_SIZE: usize = 100;

/// Ten thousand clusters: a list that goes on does not end at all.
const PAGES: usize = 100;

/// Names are shown on one line.
const NAME_LIMIT: usize = 200;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cluster {
    pub id: String,
    pub name: String,
    pub state: ClusterState,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ClusterState {
    Pending,
    Running,
    Restarting,
    Resizing,
    Terminating,
    Terminated,
    Error,
    /// A state newer than this program.
    Other(String),
}

#[derive(serde::Deserialize)]
struct Page {
    clusters: Option<Vec<Wire>>,
    next_page_token: Option<String>,
}

#[derive(serde::Deserialize)]
struct Wire {
    cluster_id: Option<String>,
    cluster_name: Option<String>,
    state: Option<String>,
}

impl Client {
    /// All clusters of the workspace.
    ///
    /// # Errors
    /// See [`ApiError`].
    pub async fn clusters(&self) -> Result<Vec<Cluster>, ApiError> {
        self.clusters_within(&self.call()).await
    }

    pub(crate) async fn clusters_within(&self, call: &Call<'_>) -> Result<Vec<Cluster>, ApiError> {
        match self.paged(call).await {
            Err(error) if error.failure.code == Code::NotFound => {
                let (page, _): (Page, _) = self.get_whole("/api/2.0/clusters/list", call).await?;
                Ok(page.clusters.unwrap_or_default().into_iter().map(|wire| self.cluster(wire)).collect())
            }
            outcome => outcome,
        }
    }

    async fn paged(&self, call: &Call<'_>) -> Result<Vec<Cluster>, ApiError> {
        let mut found = Vec::new();
        let mut seen = HashSet::new();
        let mut token = None;
        for _ in 0..PAGES {
            let (page, _): (Page, _) = self.get(&page_path(token.as_deref()), call).await?;
            found.extend(page.clusters.unwrap_or_default().into_iter().map(|wire| self.cluster(wire)));
            let Some(next) = page.next_page_token.filter(|next| !next.is_empty()) else { return Ok(found) };
            if !seen.insert(next.clone()) {
                return Err(endless());
            }
            token = Some(next);
        }
        Err(endless())
    }

    fn cluster(&self, wire: Wire) -> Cluster {
        let id = self.shown(wire.cluster_id, NAME_LIMIT);
        let name = Some(self.shown(wire.cluster_name, NAME_LIMIT)).filter(|name| !name.is_empty()).unwrap_or_else(|| id.clone());
        Cluster { id, name, state: ClusterState::read(&self.shown(wire.state, NAME_LIMIT)) }
    }
}

fn page_path(token: Option<&str>) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.append_pair("page_size", &PAGE_SIZE.to_string());
    if let Some(token) = token {
        query.append_pair("page_token", token);
    }
    format!("/api/2.1/clusters/list?{}", query.finish())
}

impl ClusterState {
    fn read(word: &str) -> Self {
        match word {
            "PENDING" => Self::Pending,
            "RUNNING" => Self::Running,
            "RESTARTING" => Self::Restarting,
            "RESIZING" => Self::Resizing,
            "TERMINATING" => Self::Terminating,
            "TERMINATED" => Self::Terminated,
            "ERROR" => Self::Error,
            "" => Self::Other("UNKNOWN".to_owned()),
            other => Self::Other(other.to_owned()),
        }
    }
}

fn endless() -> ApiError {
    let failure = Failure::new(
        Code::Protocol,
        "The list of clusters does not end.",
        "The workspace keeps announcing another page of the same list.",
        "Try again. If it keeps happening, a proxy may be damaging the answers.",
    );
    ApiError::answered(failure.with_remedy(Remedy::TryAgain), 200)
}
