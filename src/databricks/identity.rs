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

impl Client {
    /// Who the token belongs to.
    ///
    /// # Errors
    /// See [`ApiError`].
    pub async fn me(&self) -> Result<Me, ApiError> {
        todo!()
    }
}
