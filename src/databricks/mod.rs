//! The Databricks REST API: one file an API, typed answers, one error type.

mod account;
mod answer;
mod cause;
mod client;
mod clusters;
mod discovery;
mod error;
mod exchange;
mod http;
mod identity;
pub(crate) mod redact;
pub(crate) mod retry;
mod tls;
mod token_words;
mod tokens;

pub use account::AccountWorkspace;
pub(crate) use answer::Answer;
pub(crate) use cause::Phase;
pub use client::{Call, Client};
pub use clusters::{Cluster, ClusterState};
pub use error::ApiError;
pub(crate) use error::{no_way, timed_out, unreadable};
pub(crate) use http::{CONNECT_LIMIT, Route};
pub use http::{Http, HttpSettings};
pub use identity::Me;
pub use tokens::{NewToken, Token, TokenRequest};
