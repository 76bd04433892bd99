//! The HTTP client under all requests: TLS trust, proxy, limits.

use std::{
    path::PathBuf,
    sync::{Arc, OnceLock},
    time::Duration,
};

use super::ApiError;
use crate::failure::{Code, Failure};

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct HttpSettings {
    /// Certificate authorities to trust besides the system's: a PEM file.
    pub ca_file: Option<PathBuf>,
}

/// Cheap to clone; builds the underlying client on first use (it reads the system's certificates).
#[derive(Clone)]
pub struct Http {
    client: Arc<OnceLock<Result<reqwest::Client, String>>>,
}

impl Http {
    #[must_use]
    pub fn new(_settings: HttpSettings) -> Self {
        Self { client: Arc::default() }
    }

    pub(super) fn client(&self) -> Result<reqwest::Client, ApiError> {
        let built = self.client.get_or_init(|| {
            // A second install means that it is there already.
            let _ = rustls::crypto::ring::default_provider().install_default();
            reqwest::Client::builder()
                .redirect(reqwest::redirect::Policy::none())
                .connect_timeout(Duration::from_secs(10))
                .user_agent(concat!("brickpass/", env!("CARGO_PKG_VERSION")))
                .build()
                .map_err(|error| error.to_string())
        });
        built.clone().map_err(|error| ApiError {
            failure: Failure::new(Code::Tls, "No secure connection can be made.", error, "Install ca-certificates."),
            status: None,
        })
    }
}
