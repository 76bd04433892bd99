//! What an administrator sets up: whether tokens are allowed, everybody's tokens, service principals with their secrets and permissions.

use std::{sync::Arc, time::Duration};

use super::{RunId, shared::Shared};
use crate::{
    connection::{ClientId, ConnectionId},
    databricks::{
        Entitlement, NewOAuthSecret, OAuthSecret, Object, Permission, Securable, ServicePrincipal, TokenRules, UserToken, WorkspaceRole,
    },
    failure::Failure,
};

/// What is asked of the workspace, or the account, that a connection reaches. `principal_id` is a principal's number in SCIM.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AdminRequest {
    TokenRules,
    SetTokensEnabled(bool),
    /// `None`: the service's own limit.
    SetMaximumDays(Option<u32>),
    UsersTokens,
    RevokeUsersTokens {
        token_ids: Vec<String>,
    },
    ServicePrincipals,
    CreateServicePrincipal {
        name: String,
    },
    /// At account level.
    AddToWorkspace {
        principal_id: String,
        workspace_id: String,
        role: WorkspaceRole,
    },
    SetEntitlement {
        principal_id: String,
        entitlement: Entitlement,
        granted: bool,
    },
    Secrets {
        principal_id: String,
    },
    CreateSecret {
        principal_id: String,
        lifetime: Option<Duration>,
    },
    DeleteSecret {
        principal_id: String,
        secret_id: String,
    },
    Catalogs,
    Objects {
        kind: Securable,
        /// Of schemas.
        catalog: Option<String>,
    },
    /// What a principal may do with an object.
    Permission {
        object: Object,
        client_id: ClientId,
    },
    Grant {
        object: Object,
        client_id: ClientId,
        permission: Permission,
    },
}

impl AdminRequest {
    /// It changes something there.
    #[must_use]
    pub fn changes(&self) -> bool {
        !matches!(
            self,
            Self::TokenRules
                | Self::UsersTokens
                | Self::ServicePrincipals
                | Self::Secrets { .. }
                | Self::Catalogs
                | Self::Objects { .. }
                | Self::Permission { .. }
        )
    }
}

/// What came of it.
#[derive(Debug, Clone)]
pub enum AdminAnswer {
    /// Also after a change of them.
    TokenRules(TokenRules),
    UsersTokens(Vec<UserToken>),
    UsersTokensRevoked {
        revoked: Vec<String>,
        failed: Vec<(String, Failure)>,
    },
    ServicePrincipals(Vec<ServicePrincipal>),
    ServicePrincipalCreated(ServicePrincipal),
    Secrets(Vec<OAuthSecret>),
    SecretCreated(NewOAuthSecret),
    Catalogs(Vec<String>),
    Objects(Vec<Object>),
    Permission(Option<Permission>),
    /// A change without an answer of its own: what was asked for is so now.
    Done,
}

/// All that run.
pub(super) struct Admin {
    shared: Arc<Shared>,
}

impl Admin {
    pub(super) fn new(shared: Arc<Shared>) -> Self {
        Self { shared }
    }

    /// What has begun to change something is brought to its end, whatever becomes of the window.
    pub(super) fn start(&mut self, run: RunId, id: ConnectionId, request: AdminRequest) {
        let _ = (&self.shared, run, id, request);
        todo!()
    }

    /// Returns when what changes something has come to its end.
    #[expect(clippy::unused_async, reason = "it waits for what runs")]
    pub(super) async fn landed(self) {}
}
