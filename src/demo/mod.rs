//! An embedded Databricks to try everything on and to test against: a real HTTP server on loopback.

use std::time::Duration;

use crate::connection::Connection;

#[derive(Debug, Clone)]
pub struct DemoOptions {
    /// The first workspace's port, the next ones follow; 0 lets the system choose each.
    pub port: u16,
    /// Added to every answer.
    pub latency: Duration,
    /// How many healthy workspaces besides the faulty ones.
    pub workspaces: usize,
}

impl Default for DemoOptions {
    fn default() -> Self {
        Self { port: 0, latency: Duration::ZERO, workspaces: 1 }
    }
}

/// One workspace of the demo. Its token is made at start and is worth nothing outside this process.
#[derive(Debug, Clone, serde::Serialize)]
pub struct DemoWorkspace {
    pub name: String,
    pub base_url: String,
    pub token: String,
    pub user: String,
}

/// Serves until dropped.
pub struct Demo {}

impl Demo {
    /// Starts a runtime thread of its own, so that windows, command line and tests can start it alike.
    ///
    /// # Errors
    /// A port is taken.
    pub fn start(_options: &DemoOptions) -> std::io::Result<Self> {
        todo!()
    }

    #[must_use]
    pub fn workspaces(&self) -> &[DemoWorkspace] {
        todo!()
    }

    /// The connections that `brickpass --demo` shows, with their tokens: a choice of workspaces in every state.
    #[must_use]
    pub fn connections(&self) -> Vec<(Connection, String)> {
        todo!()
    }

    /// The first line that `brickpass demo` prints.
    #[must_use]
    pub fn announcement(&self) -> serde_json::Value {
        todo!()
    }
}
