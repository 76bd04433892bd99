//! What an administrator sets up: whether tokens are allowed, everybody's tokens, service principals with their secrets and permissions.

mod grants;
mod messages;
mod principals;
mod rules;
mod secrets;
#[cfg(test)]
mod tests;
mod users_tokens;

pub use self::{
    grants::{GetPermission, GrantPermission, ListCatalogs, ListObjects},
    principals::{AddToWorkspace, CreateServicePrincipal, ListServicePrincipals, SetEntitlement},
    rules::{GetTokenRules, SetMaximumDays, SetTokensEnabled},
    secrets::{CreateOAuthSecret, DeleteOAuthSecret, ListOAuthSecrets},
    users_tokens::{ListUsersTokens, RevokeUsersTokens},
};
use super::{api_context::ApiContext, request::Context};
use brickpass_core::{
    connection::{ConnectionId, Level},
    failure::Failure,
};

/// The workspace, or the account, that a connection leads to, unless the request is cancelled before. `allowed` refuses a level at which
/// what is to be asked does not exist.
async fn api(context: &Context, id: ConnectionId, allowed: fn(&Level) -> Result<(), Failure>) -> Result<ApiContext, Failure> {
    context.unless_cancelled(ApiContext::of(&context.shared, id, allowed)).await
}
