//! The answers to an administrator's requests.

use super::{Admin, AdminTroubleKind, Answer};
use crate::ui::{
    state::{Notice, Output, Remote},
    text::{admin as words, tokens as token_words},
};
use brickpass_core::{connection::ConnectionId, failure::Failure};
use brickpass_databricks::rest::{
    AccountWorkspace, Entitlement, Object, Permission, ServicePrincipal, TokenRules, UserToken, WorkspaceRole,
};
use brickpass_engine::RevokedTokens;

impl Admin {
    pub(super) fn users_tokens_listed(&mut self, Answer { id, run, outcome, .. }: Answer<Vec<UserToken>>) {
        if let Some(admin_data) = self.by_connection.get_mut(&id) {
            admin_data.tokens.answered(run, outcome);
        }
    }

    pub(super) fn rules_changed(&mut self, Answer { id, run, outcome, in_view }: Answer<TokenRules>) -> Output {
        let Some(admin_data) = self.by_connection.get_mut(&id).filter(|admin_data| admin_data.pending_rule_change == Some(run)) else {
            return Output::none();
        };
        admin_data.pending_rule_change = None;
        match outcome {
            Ok(rules) => {
                // This also answers a request that is still running.
                admin_data.rules.replace(rules);
                Output::none()
            }
            Err(failure) => self.trouble(id, AdminTroubleKind::Rules, failure, in_view),
        }
    }

    pub(super) fn users_tokens_revoked(&mut self, Answer { id, run, outcome, in_view }: Answer<RevokedTokens>) -> Output {
        let Some(admin_data) = self.by_connection.get_mut(&id).filter(|admin_data| admin_data.revoking == Some(run)) else {
            return Output::none();
        };
        admin_data.revoking = None;
        let mut output = Output::none();
        match outcome {
            Ok(RevokedTokens { revoked, failed }) => {
                admin_data.tokens.table_model.remove(&revoked);
                if !revoked.is_empty() {
                    output.notice(Notice::Done(token_words::revoked(revoked.len())));
                }
                let count = failed.len();
                if let Some((_, failure)) = failed.into_iter().next() {
                    output.extend(self.trouble(id, AdminTroubleKind::Revoke(count), failure, in_view));
                }
            }
            Err(failure) => output.extend(self.trouble(id, AdminTroubleKind::Revoke(0), failure, in_view)),
        }
        if in_view { output.and(self.load_users_tokens(id)) } else { output }
    }

    pub(super) fn principals_listed(&mut self, Answer { id, run, outcome, .. }: Answer<Vec<ServicePrincipal>>) {
        let Some(admin_data) = self.by_connection.get_mut(&id) else { return };
        admin_data.principals.answered(run, outcome);
        if admin_data.principals.is_known() && admin_data.principal().is_none() {
            admin_data.detail = None;
        }
    }

    /// The list contains the new principal, also before it is loaded again.
    pub fn principal_created(&mut self, id: ConnectionId, principal: ServicePrincipal) -> Output {
        let words = words::created(&principal.name);
        if let Some(admin_data) = self.by_connection.get_mut(&id).filter(|admin_data| admin_data.principals.is_known()) {
            admin_data.principals.table_model.put(principal);
        }
        Notice::Done(words).into()
    }

    pub(super) fn entitlement_set(&mut self, principal_id: &str, what: (Entitlement, bool), answer: Answer<()>) -> Output {
        let Answer { id, run, outcome, in_view } = answer;
        let Some(detail) = self.detail_of(id, principal_id) else { return Output::none() };
        let Some(at) = detail.entitling.iter().position(|(running, _)| *running == run) else { return Output::none() };
        detail.entitling.remove(at);
        if let Err(failure) = outcome {
            return self.trouble(id, AdminTroubleKind::Entitlement, failure, in_view);
        }
        let Some(admin_data) = self.by_connection.get_mut(&id) else { return Output::none() };
        let Some(mut principal) = admin_data.principals.table_model.get(principal_id).cloned() else { return Output::none() };
        let (entitlement, granted) = what;
        principal.entitlements.retain(|known| *known != entitlement);
        if granted {
            principal.entitlements.push(entitlement);
        }
        admin_data.principals.table_model.put(principal);
        Output::none()
    }

    pub(super) fn secret_deleted(&mut self, principal_id: &str, secret_id: &str, answer: Answer<()>) -> Output {
        let Answer { id, run, outcome, in_view } = answer;
        let Some(detail) = self.detail_of(id, principal_id) else { return Output::none() };
        let Some(at) = detail.deleting.iter().position(|(running, _)| *running == run) else { return Output::none() };
        detail.deleting.remove(at);
        let output = match outcome {
            Ok(()) => {
                if let Some(known) = detail.secrets.value() {
                    // They stay removed, whatever an older list says that is still loading.
                    let kept = known.iter().filter(|secret| secret.id != secret_id).cloned().collect();
                    detail.secrets.set(kept);
                }
                Notice::Done(words::SECRET_DELETED.to_owned()).into()
            }
            Err(failure) => self.trouble(id, AdminTroubleKind::DeleteSecret, failure, in_view),
        };
        output.and(self.load_secrets(id))
    }

    pub(super) fn workspaces_to_join_listed(&mut self, id: ConnectionId, outcome: Result<Vec<AccountWorkspace>, Failure>) {
        let detail = self.by_connection.get_mut(&id).and_then(|admin_data| admin_data.detail.as_mut());
        let Some(joining) = detail.map(|detail| &mut detail.joining).filter(|joining| matches!(joining.workspaces, Remote::Pending { .. }))
        else {
            return;
        };
        match outcome {
            Ok(found) => {
                joining.table_model.set(found);
                joining.workspaces = Remote::Ready(());
            }
            Err(failure) => joining.workspaces.failed(failure),
        }
    }

    pub(super) fn joined(&mut self, principal_id: &str, what: (String, WorkspaceRole), answer: Answer<()>) -> Output {
        let Answer { id, run, outcome, in_view } = answer;
        let Some(joining) = self.detail_of(id, principal_id).map(|detail| &mut detail.joining) else { return Output::none() };
        if joining.run.take_if(|running| *running == run).is_none() {
            return Output::none();
        }
        if let Err(failure) = outcome {
            return self.trouble(id, AdminTroubleKind::Join, failure, in_view);
        }
        let (workspace_id, role) = what;
        let name = joining.table_model.get(&workspace_id).map(|workspace| workspace.name.clone());
        joining.joined = Some((name.unwrap_or(workspace_id), role));
        Output::none()
    }

    pub(super) fn objects_listed(&mut self, Answer { id, run, outcome, .. }: Answer<Vec<Object>>) {
        if let Some(detail) = self.by_connection.get_mut(&id).and_then(|admin_data| admin_data.detail.as_mut()) {
            detail.grants.objects.answered(run, outcome);
        }
    }

    pub(super) fn permission_loaded(&mut self, Answer { id, run, outcome, .. }: Answer<Option<Permission>>) {
        let Some(detail) = self.by_connection.get_mut(&id).and_then(|admin_data| admin_data.detail.as_mut()) else { return };
        let grants = &mut detail.grants;
        if grants.has.answered(run, outcome) && grants.chosen.is_none() {
            let least = || grants.kind.and_then(|kind| kind.permissions().first().copied());
            grants.chosen = grants.has.value().copied().flatten().or_else(least);
        }
    }

    pub(super) fn granted(&mut self, object: &Object, permission: Permission, answer: Answer<()>) -> Output {
        let Answer { id, run, outcome, in_view } = answer;
        let detail = self.by_connection.get_mut(&id).and_then(|admin_data| admin_data.detail.as_mut());
        if detail.and_then(|detail| detail.grants.run.take_if(|running| *running == run)).is_none() {
            return Output::none();
        }
        match outcome {
            Err(failure) => self.trouble(id, AdminTroubleKind::Grant, failure, in_view),
            // The tab shows the permission.
            Ok(()) if in_view => self.load_permission(id),
            Ok(()) => Notice::Done(words::granted(permission.label, &object.name)).into(),
        }
    }
}
