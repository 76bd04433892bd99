//! `GET /api/2.1/clusters/list`.

use super::{ApiError, Client};

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
    #[serde(default)]
    clusters: Vec<Wire>,
    #[serde(default)]
    next_page_token: String,
}

#[derive(serde::Deserialize)]
struct Wire {
    cluster_id: String,
    cluster_name: String,
    state: String,
}

impl Client {
    /// All clusters of the workspace.
    ///
    /// # Errors
    /// See [`ApiError`].
    pub async fn clusters(&self) -> Result<Vec<Cluster>, ApiError> {
        let mut found = Vec::new();
        let mut token = String::new();
        loop {
            let path =
                if token.is_empty() { "/api/2.1/clusters/list".to_owned() } else { format!("/api/2.1/clusters/list?page_token={token}") };
            let (page, _): (Page, _) = self.get(&path).await?;
            found.extend(page.clusters.into_iter().map(|wire| Cluster {
                id: wire.cluster_id,
                name: wire.cluster_name,
                state: match wire.state.as_str() {
                    "PENDING" => ClusterState::Pending,
                    "RUNNING" => ClusterState::Running,
                    "RESTARTING" => ClusterState::Restarting,
                    "RESIZING" => ClusterState::Resizing,
                    "TERMINATING" => ClusterState::Terminating,
                    "TERMINATED" => ClusterState::Terminated,
                    "ERROR" => ClusterState::Error,
                    _ => ClusterState::Other(wire.state),
                },
            }));
            if page.next_page_token.is_empty() || page.next_page_token == token {
                return Ok(found);
            }
            token = page.next_page_token;
        }
    }
}
