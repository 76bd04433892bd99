//! `/api/2.0/workspace-conf`: what a workspace's admins have decided about personal access tokens. Values are text, or null where nothing is set.

use super::{ApiError, Client, client::Call};

/// `None`: nothing was set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct TokenRules {
    /// `enableTokensConfig`
    pub enabled: Option<bool>,
    /// `maxTokenLifetimeDays`
    pub maximum_days: Option<u32>,
}

impl Client {
    /// # Errors
    /// See [`ApiError`]; only admins may ask.
    pub async fn token_rules(&self, call: &Call<'_>) -> Result<TokenRules, ApiError> {
        let _ = call;
        todo!()
    }

    /// # Errors
    /// See [`ApiError`]; only admins may do this.
    pub async fn set_tokens_enabled(&self, enabled: bool, call: &Call<'_>) -> Result<(), ApiError> {
        let _ = (enabled, call);
        todo!()
    }

    /// For tokens that are made from now on; `None`: the service's own limit.
    ///
    /// # Errors
    /// See [`ApiError`]; only admins may do this.
    pub async fn set_maximum_token_days(&self, days: Option<u32>, call: &Call<'_>) -> Result<(), ApiError> {
        let _ = (days, call);
        todo!()
    }
}
