//! `GET /api/2.0/preview/scim/v2/Me`.

use jiff::Timestamp;
use reqwest::header::{DATE, HeaderMap};

use super::{ApiError, Call, Client, retry};
use brickpass_core::failure::{Code, Failure, Remedy};

/// Names are shown on one line.
const NAME_LIMIT: usize = 200;

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
    user_name: Option<String>,
    display_name: Option<String>,
}

impl Client {
    /// Who the token belongs to.
    ///
    /// # Errors
    /// See [`ApiError`].
    pub async fn me(&self) -> Result<Me, ApiError> {
        self.me_within(&self.call()).await
    }

    /// The same, within the limits of `call`.
    ///
    /// # Errors
    /// See [`ApiError`].
    pub async fn me_within(&self, call: &Call<'_>) -> Result<Me, ApiError> {
        let (wire, headers): (Wire, _) = self.get("/api/2.0/preview/scim/v2/Me", call).await?;
        let name = |name| Some(self.shown(name, NAME_LIMIT)).filter(|name| !name.is_empty());
        let display_name = name(wire.display_name);
        let user_name = name(wire.user_name).or_else(|| display_name.clone()).ok_or_else(nobody)?;
        let clock_ahead_seconds = clock_ahead(&headers, Timestamp::now());
        Ok(Me { user_name, display_name, workspace_id: workspace_id(&headers), clock_ahead_seconds })
    }
}

/// A number; `0` stands for a host without a workspace of its own.
fn workspace_id(headers: &HeaderMap) -> Option<String> {
    let id = headers.get("X-Databricks-Org-Id")?.to_str().ok()?.trim();
    let fits = !id.is_empty() && id.len() <= 20 && id.bytes().all(|byte| byte.is_ascii_digit()) && id != "0";
    fits.then(|| id.to_owned())
}

fn clock_ahead(headers: &HeaderMap, now: Timestamp) -> Option<i64> {
    let server = retry::date(headers.get(DATE)?.to_str().ok()?)?;
    Some(server.as_second().saturating_sub(now.as_second()))
}

fn nobody() -> ApiError {
    let failure = Failure::new(
        Code::NotApi,
        "This is not the Databricks API.",
        "The server did not say which user the token belongs to.",
        "Check that the base URL is a workspace URL.",
    );
    ApiError::answered(failure.with_remedy(Remedy::EditBaseUrl), 200)
}
