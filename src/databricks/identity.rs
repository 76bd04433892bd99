//! `GET /api/2.0/preview/scim/v2/Me`.

use super::{ApiError, Client};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Me {
    pub user_name: String,
    pub display_name: Option<String>,
    /// From the response header `X-Databricks-Org-Id`.
    pub workspace_id: Option<String>,
    /// How far the server's clock is ahead of ours, from its `Date` header, when it was readable.
    pub clock_ahead_seconds: Option<i64>,
}

#[derive(serde::Deserialize)]
#[serde(rename_all = "camelCase")]
struct Wire {
    user_name: String,
    display_name: Option<String>,
}

impl Client {
    /// Who the token belongs to.
    ///
    /// # Errors
    /// See [`ApiError`].
    pub async fn me(&self) -> Result<Me, ApiError> {
        let (wire, headers): (Wire, _) = self.get("/api/2.0/preview/scim/v2/Me").await?;
        let workspace_id = headers.get("X-Databricks-Org-Id").and_then(|id| id.to_str().ok()).map(str::to_owned);
        Ok(Me { user_name: wire.user_name, display_name: wire.display_name, workspace_id, clock_ahead_seconds: None })
    }
}
