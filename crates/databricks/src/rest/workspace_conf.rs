//! `/api/2.0/workspace-conf`: what a workspace's admins have decided about personal access tokens. Values are text, or null where nothing is set.
//! Source: Databricks SDK for Python, `service/settings`.

use std::collections::HashMap;

use reqwest::Method;
use serde_json::{Value, json};

use super::{ApiError, Call, Client};

const PATH: &str = "/api/2.0/workspace-conf";
const ENABLED: &str = "enableTokensConfig";
const MAXIMUM_DAYS: &str = "maxTokenLifetimeDays";

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
        let path = format!("{PATH}?keys={ENABLED},{MAXIMUM_DAYS}");
        let (conf, _): (HashMap<String, Value>, _) = self.get(&path, call).await.map_err(ApiError::about_rules)?;
        let text = |key| conf.get(key).and_then(Value::as_str).map(str::trim);
        Ok(TokenRules {
            enabled: text(ENABLED).and_then(|value| value.to_ascii_lowercase().parse().ok()),
            maximum_days: text(MAXIMUM_DAYS).and_then(|value| value.parse().ok()).filter(|&days| days > 0),
        })
    }

    /// Made once; when no answer comes, [`ApiError::may_have_been_acted_on`] says whether to look before asking again.
    ///
    /// # Errors
    /// See [`ApiError`]; only admins may do this.
    pub async fn set_tokens_enabled(&self, enabled: bool, call: &Call<'_>) -> Result<(), ApiError> {
        self.set(ENABLED, &enabled.to_string(), call).await
    }

    /// For tokens that are made from now on; `None`: the service's own limit. Made once, as above.
    ///
    /// # Errors
    /// See [`ApiError`]; only admins may do this.
    pub async fn set_maximum_token_days(&self, days: Option<u32>, call: &Call<'_>) -> Result<(), ApiError> {
        // Zero takes the limit away.
        self.set(MAXIMUM_DAYS, &days.unwrap_or(0).to_string(), call).await
    }

    async fn set(&self, key: &str, value: &str, call: &Call<'_>) -> Result<(), ApiError> {
        let set = self.change(Method::PATCH, PATH, Some(&json!({ key: value })), call).await;
        set.map(drop).map_err(ApiError::about_rules)
    }
}
