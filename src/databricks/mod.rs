//! The Databricks REST API: one file an API, typed answers, one error type.

mod client;
mod clusters;
mod error;
mod http;
mod identity;

pub use client::Client;
pub use clusters::{Cluster, ClusterState};
pub use error::ApiError;
pub use http::{Http, HttpSettings};
pub use identity::Me;
