//! What an administrator sets up: whether tokens are allowed, everybody's tokens, service principals with their secrets and permissions.

mod grants;
mod principals;
mod rules;
mod secrets;
#[cfg(test)]
mod tests;
mod users_tokens;
mod words;

pub use self::{
    grants::{GetPermission, GrantPermission, ListCatalogs, ListObjects},
    principals::{AddToWorkspace, CreateServicePrincipal, ListServicePrincipals, SetEntitlement},
    rules::{GetTokenRules, SetMaximumDays, SetTokensEnabled},
    secrets::{CreateOAuthSecret, DeleteOAuthSecret, ListOAuthSecrets},
    users_tokens::{ListUsersTokens, RevokeUsersTokens},
};
use super::{reach::Reach, request::Context};
use brickpass_core::{
    connection::{ConnectionId, Level},
    failure::Failure,
};

/// The workspace, or the account, that a connection leads to, unless the request is cancelled before. `allowed` refuses a level at which
/// what is to be asked does not exist.
async fn reach(context: &Context, id: ConnectionId, allowed: fn(&Level) -> Result<(), Failure>) -> Result<Reach, Failure> {
    context.unless_cancelled(Reach::of(&context.shared, id, allowed)).await
}
