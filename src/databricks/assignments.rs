//! Who may enter a workspace: `/api/2.0/accounts/{account_id}/workspaces/{workspace_id}/permissionassignments`. Account admins only.
//! Source: Databricks SDK for Python, `service/iam`.

use super::{ApiError, Client, client::Call};
use crate::connection::AccountId;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum WorkspaceRole {
    User,
    Admin,
}

impl WorkspaceRole {
    pub const ALL: [Self; 2] = [Self::User, Self::Admin];

    /// As the API writes it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::User => "USER",
            Self::Admin => "ADMIN",
        }
    }
}

impl Client {
    /// Lets a principal (its number in SCIM) into a workspace, or changes what it is there.
    ///
    /// # Errors
    /// See [`ApiError`].
    pub async fn assign_to_workspace(
        &self,
        account_id: &AccountId,
        workspace_id: &str,
        principal_id: &str,
        role: WorkspaceRole,
        call: &Call<'_>,
    ) -> Result<(), ApiError> {
        let _ = (account_id, workspace_id, principal_id, role, call);
        todo!()
    }
}
