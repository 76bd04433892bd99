//! What an administrator sets up: whether tokens are allowed, everybody's tokens, service principals with their secrets and permissions.

mod ask;
mod grants;
mod principals;
mod rules;
mod secrets;
mod users_tokens;
mod words;

use std::{sync::Arc, time::Duration};

use super::{
    Event, RunId,
    reach::Reach,
    running::{Cancelled, Running},
    shared::Shared,
};
use brickpass_core::{
    connection::{ClientId, ConnectionId},
    failure::Failure,
};
use brickpass_databricks::rest::{
    Entitlement, NewOAuthSecret, OAuthSecret, Object, Permission, Securable, ServicePrincipal, TokenRules, UserToken, WorkspaceRole,
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
    running: Running,
    secrets: secrets::OneAtATime,
}

impl Admin {
    pub(super) fn new(shared: Arc<Shared>) -> Self {
        Self { running: Running::new(Arc::clone(&shared)), shared, secrets: Arc::default() }
    }

    /// What has begun to change something is brought to its end, whatever becomes of the window.
    pub(super) fn start(&mut self, run: RunId, id: ConnectionId, request: AdminRequest) {
        let shared = Arc::clone(&self.shared);
        let aids = ask::Aids { deserted: self.running.deserted(), secrets: Arc::clone(&self.secrets) };
        let asked = request.clone();
        let work = |cancelled: Cancelled| async move {
            let begun = Reach::of(&shared, id, |level| words::exists(&asked, level));
            if asked.changes() {
                let reach = cancelled.or(begun).await?;
                ask::ask(reach, &asked, &aids).await
            } else {
                cancelled.or(async { ask::ask(begun.await?, &asked, &aids).await }).await
            }
        };
        self.running.start(run, work, move |outcome| Event::Admin { run, id, request, outcome });
    }

    pub(super) fn cancel(&mut self, run: RunId) {
        self.running.cancel(run);
    }

    /// See [`Running::landed`].
    pub(super) async fn landed(self, deserted: bool) {
        self.running.landed(deserted).await;
    }
}
