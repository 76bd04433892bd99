//! `GET /api/2.0/accounts/{account_id}/workspaces`: the workspaces of an account.

use super::{ApiError, Client, client::Call};
use crate::connection::{AccountId, BaseUrl};

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

impl Client {
    pub(crate) async fn account_workspaces(&self, account_id: &AccountId, call: &Call<'_>) -> Result<Vec<AccountWorkspace>, ApiError> {
        let _ = (account_id, call);
        todo!()
    }
}
