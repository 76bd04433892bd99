//! What a test holds in its hands while the demo runs: look at what was asked, switch faults on.

use std::{sync::Arc, time::Duration};

use jiff::Timestamp;

use super::{
    Fault, OAuthFault, Workspace,
    oidc::{self, Authority},
};
use brickpass_core::connection::OAuthApp;

/// The authorization server: what it was asked, and what it shall get wrong. One for the account and all its workspaces.
#[derive(Clone)]
pub struct DemoAuthorization {
    authority: Arc<Authority>,
}

impl DemoAuthorization {
    pub(super) fn of(authority: Arc<Authority>) -> Self {
        Self { authority }
    }

    /// From the next request on; replaces the fault that was there.
    pub fn set_fault(&self, fault: OAuthFault) {
        self.authority.set_fault(Some(fault));
    }

    pub fn clear_fault(&self) {
        self.authority.set_fault(None);
    }

    /// Registers `http://localhost:<port>` for the public client `databricks-cli`, besides 8020 to 8040.
    pub fn register_redirect_port(&self, port: u16) {
        self.authority.register(OAuthApp::DATABRICKS_CLI, oidc::redirect_uri(port));
    }

    /// Registers a public client of the person's own (a custom OAuth application) with `http://localhost:<port>`.
    pub fn register_application(&self, client_id: &str, port: u16) {
        self.authority.register(client_id, oidc::redirect_uri(port));
    }

    /// Of the access tokens that are issued from now on; an hour at first.
    pub fn set_access_token_lifetime(&self, lifetime: Duration) {
        self.authority.set_access_lifetime(lifetime);
    }

    /// Ends every access token that was issued so far, as if its time were over. Refresh tokens stay.
    pub fn expire_access_tokens(&self) {
        self.authority.expire_accesses();
    }

    /// Ends every code that was issued so far, as if its minute were over.
    pub fn expire_codes(&self) {
        self.authority.expire_codes();
    }

    /// Revokes every refresh token.
    pub fn revoke_all(&self) {
        self.authority.forget_refreshes();
    }

    /// How many refresh requests were answered with new tokens.
    #[must_use]
    pub fn refreshes(&self) -> usize {
        self.authority.counts().refreshes
    }

    /// The tokens that were issued, also those whose time is over: to look for traces of them. In no order.
    #[must_use]
    pub fn issued_tokens(&self) -> Vec<String> {
        self.authority.tokens()
    }

    /// The codes, PKCE verifiers and refresh tokens that the token endpoint was given: to look for traces of them.
    #[must_use]
    pub fn presented_secrets(&self) -> Vec<String> {
        self.authority.presented()
    }

    /// How often a used refresh token came again (which revokes its whole family).
    #[must_use]
    pub fn reuses(&self) -> usize {
        self.authority.counts().reuses
    }

    /// How many codes were exchanged for tokens.
    #[must_use]
    pub fn exchanges(&self) -> usize {
        self.authority.counts().exchanges
    }

    /// How many tokens were given for client credentials.
    #[must_use]
    pub fn client_credentials(&self) -> usize {
        self.authority.counts().client_credentials
    }

    /// The next change at account level is acted on, and its answer is lost: the connection is reset in the middle of it.
    pub fn lose_next_answer(&self) {
        self.authority.lose_next_answer();
    }

    /// Number in SCIM and name of all service principals of the account, oldest first.
    #[must_use]
    pub fn service_principals(&self) -> Vec<(String, String)> {
        self.authority.principals().list(None).map(|it| (it.id.to_string(), it.name.clone())).collect()
    }

    /// How many service principals there may be from now on; 10,000 at first.
    pub fn set_service_principal_quota(&self, quota: usize) {
        self.authority.principals().quota = quota;
    }

    /// The ids of the OAuth secrets of a service principal (by its number in SCIM), newest first.
    #[must_use]
    pub fn oauth_secrets(&self, principal_id: &str) -> Vec<String> {
        let id = principal_id.parse().unwrap_or_default();
        self.authority.principals().get(id, None).map(|it| it.secrets().map(|it| it.id.clone()).collect()).unwrap_or_default()
    }

    /// Ends this OAuth secret, as if its time were over.
    pub fn expire_oauth_secret(&self, id: &str) {
        self.authority.principals().expire_secret(id, Timestamp::now());
    }

    /// The last thousand requests to the authorization server and the account, oldest first: `GET /oidc/v1/authorize`,
    /// `POST /oidc/v1/token refresh_token`. No secrets in them, so no queries either.
    #[must_use]
    pub fn requests(&self) -> Vec<String> {
        self.authority.requests()
    }
}

/// One running workspace: what it was asked, and what it shall get wrong.
#[derive(Clone)]
pub struct DemoHandle {
    workspace: Arc<Workspace>,
}

impl DemoHandle {
    pub(super) fn of(workspace: Arc<Workspace>) -> Self {
        Self { workspace }
    }

    /// From the next request on; replaces the fault that was there.
    pub fn set_fault(&self, fault: Fault) {
        self.workspace.set_fault(Some(fault));
    }

    pub fn clear_fault(&self) {
        self.workspace.set_fault(None);
    }

    /// The next request that changes something (any but GET) is acted on, and its answer is lost: the connection is reset in the middle of it.
    pub fn lose_next_answer(&self) {
        self.workspace.lose_next_answer();
    }

    /// Id and comment of the personal access tokens that are valid, oldest first: that of the workspace's user, and all that were made since
    /// the start, by whomever.
    #[must_use]
    pub fn tokens(&self) -> Vec<(String, String)> {
        self.workspace.tokens().list(Timestamp::now())
    }

    /// How many tokens one user may have from now on; 600 at first.
    pub fn set_token_quota(&self, quota: usize) {
        self.workspace.tokens().quota = quota;
    }

    /// Switched off, no personal access token opens the API, and none is listed or made.
    pub fn set_tokens_enabled(&self, enabled: bool) {
        self.workspace.tokens().enabled = enabled;
    }

    /// Without the permission, nobody lists or makes tokens here, and those that are there open nothing.
    pub fn set_tokens_permitted(&self, permitted: bool) {
        self.workspace.tokens().permitted = permitted;
    }

    /// Ends this personal access token, as if its time were over.
    pub fn expire_token(&self, id: &str) {
        self.workspace.tokens().expire(id, Timestamp::now());
    }

    /// Whether this token, personal or of OAuth, opens the API at this moment.
    #[must_use]
    pub fn accepts(&self, token: &str) -> bool {
        self.workspace.caller(token).is_some()
    }

    /// The ids of all its clusters, in the order in which the API lists them.
    #[must_use]
    pub fn cluster_ids(&self) -> Vec<String> {
        self.workspace.clusters.iter().map(|cluster| cluster.id.clone()).collect()
    }

    /// As `X-Databricks-Org-Id` says it.
    #[must_use]
    pub fn workspace_id(&self) -> String {
        self.workspace.id.to_string()
    }

    /// The last thousand requests, `GET /api/2.1/clusters/list?page_size=20`, oldest first.
    #[must_use]
    pub fn requests(&self) -> Vec<String> {
        self.workspace.requests()
    }
}
