//! Who may enter a workspace: `/api/2.0/accounts/{account_id}/workspaces/{workspace_id}/permissionassignments`. Account admins only.
//! Source: Databricks SDK for Python, `service/iam`.

use reqwest::Method;
use serde::{Deserialize, Serialize};

use super::{ApiError, Call, Client, admin_words::Asked, paging::segment};
use brickpass_core::{
    connection::AccountId,
    failure::{Code, Failure},
};

/// What a server says is shown on one line.
const ERROR_LIMIT: usize = 300;

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

#[derive(Serialize)]
struct Update {
    permissions: [&'static str; 1],
}

#[derive(Deserialize)]
struct Updated {
    /// A refusal with a status of success.
    error: Option<String>,
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
        let path = format!(
            "/api/2.0/accounts/{}/workspaces/{}/permissionassignments/principals/{}",
            account_id.as_str(),
            segment(workspace_id)?,
            segment(principal_id)?
        );
        let answer = self.change(Method::PUT, &path, Some(&Update { permissions: [role.word()] }), call).await;
        let answer = answer.map_err(|error| error.about(Asked::Assignment))?;
        let updated: Updated = self.read(&answer)?;
        match self.shown(updated.error, ERROR_LIMIT) {
            error if error.is_empty() => Ok(()),
            error => Err(ApiError::answered(not_added().with_details(error), answer.status.as_u16())),
        }
    }
}

fn not_added() -> Failure {
    Failure::new(
        Code::InvalidInput,
        "The service principal was not added to the workspace.",
        "The account accepted the request, but reported that it failed.",
        "See the details, then try again.",
    )
}
