//! Each request and what answers it.

use super::{AdminAnswer, AdminRequest, grants, principals, rules, secrets, users_tokens, words};
use crate::{reach::Reach, running::Deserted};
use brickpass_core::failure::Failure;

/// What the requests have in common besides the place that they are made to.
pub(super) struct Aids {
    pub(super) deserted: Deserted,
    pub(super) secrets: secrets::OneAtATime,
}

pub(super) async fn ask(mut reach: Reach, request: &AdminRequest, aids: &Aids) -> Result<AdminAnswer, Failure> {
    let answered = Box::pin(answer(&mut reach, request, aids)).await;
    answered.map_err(|failure| words::explained(request, failure, &reach))
}

async fn answer(reach: &mut Reach, request: &AdminRequest, aids: &Aids) -> Result<AdminAnswer, Failure> {
    let done = |()| AdminAnswer::Done;
    match request {
        AdminRequest::TokenRules => rules::read(reach).await.map(AdminAnswer::TokenRules),
        AdminRequest::SetTokensEnabled(enabled) => {
            rules::change(reach, rules::Change::Enabled(*enabled)).await.map(AdminAnswer::TokenRules)
        }
        AdminRequest::SetMaximumDays(days) => rules::change(reach, rules::Change::MaximumDays(*days)).await.map(AdminAnswer::TokenRules),
        AdminRequest::UsersTokens => users_tokens::list(reach).await.map(AdminAnswer::UsersTokens),
        AdminRequest::RevokeUsersTokens { token_ids } => {
            let (revoked, failed) = users_tokens::revoke(reach, request, token_ids).await;
            Ok(AdminAnswer::UsersTokensRevoked { revoked, failed })
        }
        AdminRequest::ServicePrincipals => principals::list(reach).await.map(AdminAnswer::ServicePrincipals),
        AdminRequest::CreateServicePrincipal { name } => principals::create(reach, name).await.map(AdminAnswer::ServicePrincipalCreated),
        AdminRequest::AddToWorkspace { principal_id, workspace_id, role } => {
            principals::add_to_workspace(reach, principal_id, workspace_id, *role).await.map(done)
        }
        AdminRequest::SetEntitlement { principal_id, entitlement, granted } => {
            principals::set_entitlement(reach, principal_id, *entitlement, *granted).await.map(done)
        }
        AdminRequest::Secrets { principal_id } => secrets::list(reach, principal_id).await.map(AdminAnswer::Secrets),
        AdminRequest::CreateSecret { principal_id, lifetime } => {
            secrets::create(reach, principal_id, *lifetime, aids).await.map(AdminAnswer::SecretCreated)
        }
        AdminRequest::DeleteSecret { principal_id, secret_id } => secrets::delete(reach, principal_id, secret_id).await.map(done),
        AdminRequest::Catalogs => grants::catalogs(reach).await.map(AdminAnswer::Catalogs),
        AdminRequest::Objects { kind, catalog } => grants::objects(reach, *kind, catalog.as_deref()).await.map(AdminAnswer::Objects),
        AdminRequest::Permission { object, client_id } => grants::permission(reach, object, client_id).await.map(AdminAnswer::Permission),
        AdminRequest::Grant { object, client_id, permission } => grants::grant(reach, object, client_id, *permission).await.map(done),
    }
}
