//! `GET /api/2.1/clusters/list`, or `/api/2.0/clusters/list` where 2.1 is not offered.

use super::{ApiError, Call, Client, paging::pages};
use brickpass_core::failure::Code;

/// What one answer may list; the service may give fewer.
const PAGE_SIZE: &str = "100";

/// No workspace has as many.
const MAX_CLUSTERS: usize = 10_000;

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
struct Wire {
    cluster_id: Option<String>,
    cluster_name: Option<String>,
    state: Option<String>,
}

pages!(Clusters.clusters: Wire);

impl Client {
    /// All clusters of the workspace.
    ///
    /// # Errors
    /// See [`ApiError`].
    pub async fn clusters(&self) -> Result<Vec<Cluster>, ApiError> {
        self.clusters_within(&self.call()).await
    }

    pub(crate) async fn clusters_within(&self, call: &Call<'_>) -> Result<Vec<Cluster>, ApiError> {
        let listed = match self.pages::<Clusters>("/api/2.1/clusters/list", &[("page_size", PAGE_SIZE)], MAX_CLUSTERS, call).await {
            Err(error) if error.failure.code == Code::NotFound => {
                let (page, _): (Clusters, _) = self.get_whole("/api/2.0/clusters/list", call).await?;
                page.clusters.unwrap_or_default()
            }
            listed => listed?,
        };
        Ok(listed.into_iter().map(|wire| self.cluster(wire)).collect())
    }

    fn cluster(&self, wire: Wire) -> Cluster {
        let id = self.shown(wire.cluster_id, NAME_LIMIT);
        let name = Some(self.shown(wire.cluster_name, NAME_LIMIT)).filter(|name| !name.is_empty()).unwrap_or_else(|| id.clone());
        Cluster { id, name, state: ClusterState::read(&self.shown(wire.state, NAME_LIMIT)) }
    }
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
