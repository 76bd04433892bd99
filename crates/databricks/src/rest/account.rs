//! `GET /api/2.0/accounts/{account_id}/workspaces`: the workspaces of an account.

use serde::Deserialize;

use super::{ApiError, Call, Client};
use brickpass_core::connection::{AccountId, BaseUrl};

/// More than any account has; a list that is longer is cut.
const MAX_ITEMS: usize = 10_000;

/// Names are shown on one line.
const NAME_LIMIT: usize = 100;
const WORD_LIMIT: usize = 40;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountWorkspace {
    /// A number; with it, requests are routed on hosts that serve many workspaces.
    pub id: String,
    pub name: String,
    /// Made of the deployment name and the account's own zone; `None` when they make no address.
    pub base_url: Option<BaseUrl>,
    /// The cloud's name of the region.
    pub region: Option<String>,
    /// `RUNNING`, `PROVISIONING`, `FAILED`...
    pub status: String,
}

/// A bare array, not paged. `aws_region` on AWS, `location` elsewhere.
#[derive(Deserialize)]
struct Wire {
    workspace_id: u64,
    workspace_name: Option<String>,
    deployment_name: Option<String>,
    aws_region: Option<String>,
    location: Option<String>,
    workspace_status: Option<String>,
}

impl Client {
    /// Sorted by name.
    ///
    /// # Errors
    /// See [`ApiError`].
    pub async fn account_workspaces(&self, account_id: &AccountId, call: &Call<'_>) -> Result<Vec<AccountWorkspace>, ApiError> {
        let path = format!("/api/2.0/accounts/{}/workspaces", account_id.as_str());
        let (wire, _): (Vec<Wire>, _) = self.get_whole(&path, call).await?;
        let mut workspaces: Vec<_> = wire.into_iter().take(MAX_ITEMS).map(|wire| self.workspace(wire)).collect();
        workspaces.sort_by_cached_key(|workspace| (workspace.name.to_lowercase(), workspace.id.clone()));
        Ok(workspaces)
    }

    fn workspace(&self, wire: Wire) -> AccountWorkspace {
        let id = wire.workspace_id.to_string();
        let word = |word| Some(self.shown(word, WORD_LIMIT)).filter(|word| !word.is_empty());
        let name = Some(self.shown(wire.workspace_name, NAME_LIMIT)).filter(|name| !name.is_empty());
        AccountWorkspace {
            name: name.unwrap_or_else(|| format!("Workspace {id}")),
            base_url: self.base_url().deployment(wire.deployment_name.as_deref().unwrap_or_default()),
            region: word(wire.aws_region).or_else(|| word(wire.location)),
            status: word(wire.workspace_status).unwrap_or_else(|| "UNKNOWN".to_owned()),
            id,
        }
    }
}
