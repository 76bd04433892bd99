//! Service principals of a workspace (`/api/2.0/preview/scim/v2/ServicePrincipals`) or of an account
//! (`/api/2.0/accounts/{account_id}/scim/v2/ServicePrincipals`): RFC 7644. Source: Databricks SDK for Python, `service/iam`.

use super::{ApiError, Client, client::Call};
use crate::connection::{AccountId, ClientId};

/// Whose service principals are meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Directory<'a> {
    Workspace,
    Account(&'a AccountId),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServicePrincipal {
    /// Its number in SCIM, which names it in requests.
    pub id: String,
    /// `applicationId`: what it signs in with.
    pub client_id: ClientId,
    /// As it may be shown; never empty.
    pub name: String,
    pub active: bool,
    /// What it may do in the workspace by itself (not by way of a group); empty at account level.
    pub entitlements: Vec<Entitlement>,
}

/// What SCIM calls an entitlement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Entitlement {
    WorkspaceAccess,
    DatabricksSqlAccess,
    AllowClusterCreate,
}

impl Entitlement {
    pub const ALL: [Self; 3] = [Self::WorkspaceAccess, Self::DatabricksSqlAccess, Self::AllowClusterCreate];

    /// As SCIM writes it, and the command line.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::WorkspaceAccess => "workspace-access",
            Self::DatabricksSqlAccess => "databricks-sql-access",
            Self::AllowClusterCreate => "allow-cluster-create",
        }
    }
}

impl Client {
    /// All, page after page, sorted by name; 10,000 at most.
    ///
    /// # Errors
    /// See [`ApiError`].
    pub async fn service_principals(&self, directory: Directory<'_>, call: &Call<'_>) -> Result<Vec<ServicePrincipal>, ApiError> {
        let _ = (directory, call);
        todo!()
    }

    /// Made once; when no answer comes, [`ApiError::may_have_been_acted_on`] says whether to look before asking again.
    ///
    /// # Errors
    /// See [`ApiError`]; only admins may do this.
    pub async fn create_service_principal(
        &self,
        directory: Directory<'_>,
        name: &str,
        call: &Call<'_>,
    ) -> Result<ServicePrincipal, ApiError> {
        let _ = (directory, name, call);
        todo!()
    }

    /// Grants or takes away one entitlement in this workspace; the others stay.
    ///
    /// # Errors
    /// See [`ApiError`]; only admins may do this.
    pub async fn set_entitlement(&self, id: &str, entitlement: Entitlement, granted: bool, call: &Call<'_>) -> Result<(), ApiError> {
        let _ = (id, entitlement, granted, call);
        todo!()
    }
}
