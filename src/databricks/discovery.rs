//! `GET /.well-known/databricks-config`: what a host says of itself to anybody who asks. Older hosts do not have it.

use super::{ApiError, Client, client::Call};

/// One word is expected.
const WORD_LIMIT: usize = 40;

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct HostConfig {
    /// `workspace`, `account` or `unified`.
    pub host_type: Option<String>,
    pub cloud: Option<String>,
}

#[derive(serde::Deserialize)]
struct Wire {
    host_type: Option<String>,
    cloud: Option<String>,
}

impl Client {
    pub(crate) async fn host_config(&self, call: &Call<'_>) -> Result<HostConfig, ApiError> {
        let wire: Wire = self.get_unsigned("/.well-known/databricks-config", call).await?;
        let word = |word| Some(self.shown(word, WORD_LIMIT)).filter(|word| !word.is_empty());
        Ok(HostConfig { host_type: word(wire.host_type), cloud: word(wire.cloud) })
    }
}
