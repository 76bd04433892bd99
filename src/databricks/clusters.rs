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

impl Client {
    /// All clusters of the workspace: 2.1 with paging, 2.0 where 2.1 is absent.
    ///
    /// # Errors
    /// See [`ApiError`].
    pub async fn clusters(&self) -> Result<Vec<Cluster>, ApiError> {
        todo!()
    }
}
