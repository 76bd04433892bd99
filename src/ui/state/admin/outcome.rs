//! The answers to an administrator's requests.

use super::{AdminDialog, AdminTroubleKind, FreshSecret};
use crate::ui::state::RunId;
use crate::ui::{
    state::{Dialog, Notice, Page, State},
    text::admin as words,
};
use brickpass_core::{connection::ConnectionId, failure::Failure};
use brickpass_databricks::rest::{Entitlement, NewOAuthSecret, Object, Permission, ServicePrincipal, TokenRules, UserToken, WorkspaceRole};
use brickpass_engine::{Ask, RevokedTokens};

type Outcome<T> = Result<T, Failure>;

impl State {
    pub(super) fn users_tokens_listed(&mut self, run: RunId, id: ConnectionId, outcome: Outcome<Vec<UserToken>>) -> Vec<Ask> {
        if let Some(admin_data) = self.admin.admin_data_mut(id) {
            admin_data.tokens.answered(run, outcome);
        }
        Vec::new()
    }

    pub(super) fn principals_listed(&mut self, run: RunId, id: ConnectionId, outcome: Outcome<Vec<ServicePrincipal>>) -> Vec<Ask> {
        let Some(admin_data) = self.admin.admin_data_mut(id) else { return Vec::new() };
        admin_data.principals.answered(run, outcome);
        if admin_data.principals.is_known() && admin_data.principal().is_none() {
            admin_data.detail = None;
        }
        Vec::new()
    }

    pub(super) fn objects_listed(&mut self, run: RunId, id: ConnectionId, outcome: Outcome<Vec<Object>>) -> Vec<Ask> {
        if let Some(detail) = self.admin.admin_data_mut(id).and_then(|admin_data| admin_data.detail.as_mut()) {
            detail.grants.objects.answered(run, outcome);
        }
        Vec::new()
    }

    pub(super) fn permission_known(&mut self, run: RunId, id: ConnectionId, outcome: Outcome<Option<Permission>>) -> Vec<Ask> {
        let Some(detail) = self.admin.admin_data_mut(id).and_then(|admin_data| admin_data.detail.as_mut()) else { return Vec::new() };
        let grants = &mut detail.grants;
        if grants.has.answered(run, outcome) && grants.chosen.is_none() {
            let least = || grants.kind.and_then(|kind| kind.permissions().first().copied());
            grants.chosen = grants.has.value().copied().flatten().or_else(least);
        }
        Vec::new()
    }

    /// Returns whether it succeeded; a failure is shown.
    fn is_done(&mut self, id: ConnectionId, kind: AdminTroubleKind, outcome: Outcome<()>) -> bool {
        if let Err(failure) = outcome {
            self.admin_trouble(id, kind, failure);
            return false;
        }
        true
    }

    pub(super) fn entitlement_set(
        &mut self,
        run: RunId,
        id: ConnectionId,
        principal_id: &str,
        what: (Entitlement, bool),
        outcome: Outcome<()>,
    ) {
        let Some(detail) = self.admin.admin_data_mut(id).and_then(|admin_data| admin_data.detail_of(principal_id)) else { return };
        let Some(at) = detail.entitling.iter().position(|(running, _)| *running == run) else { return };
        detail.entitling.remove(at);
        if !self.is_done(id, AdminTroubleKind::Entitlement, outcome) {
            return;
        }
        let Some(admin_data) = self.admin.admin_data_mut(id) else { return };
        let Some(mut principal) = admin_data.principals.table_model.get(principal_id).cloned() else { return };
        let (entitlement, granted) = what;
        principal.entitlements.retain(|known| *known != entitlement);
        if granted {
            principal.entitlements.push(entitlement);
        }
        admin_data.principals.table_model.put(principal);
    }

    pub(super) fn secret_deleted(
        &mut self,
        run: RunId,
        id: ConnectionId,
        principal_id: &str,
        secret_id: &str,
        outcome: Outcome<()>,
    ) -> Vec<Ask> {
        let Some(detail) = self.admin.admin_data_mut(id).and_then(|admin_data| admin_data.detail_of(principal_id)) else {
            return Vec::new();
        };
        let Some(at) = detail.deleting.iter().position(|(running, _)| *running == run) else { return Vec::new() };
        detail.deleting.remove(at);
        if self.is_done(id, AdminTroubleKind::DeleteSecret, outcome) {
            if let Some(detail) = self.admin.admin_data_mut(id).and_then(|admin_data| admin_data.detail_of(principal_id))
                && let Some(known) = detail.secrets.value()
            {
                // They stay removed, whatever an older list says that is still loading.
                let kept = known.iter().filter(|secret| secret.id != secret_id).cloned().collect();
                detail.secrets.set(kept);
            }
            self.notices.push(Notice::Done(words::SECRET_DELETED.to_owned()));
        }
        self.ask_for_secrets(id)
    }

    pub(super) fn joined(&mut self, run: RunId, id: ConnectionId, principal_id: &str, what: (String, WorkspaceRole), outcome: Outcome<()>) {
        let joining = |state: &mut Self| -> Option<RunId> {
            let detail = state.admin.admin_data_mut(id)?.detail_of(principal_id)?;
            detail.joining.run.take_if(|running| *running == run)
        };
        if joining(self).is_none() || !self.is_done(id, AdminTroubleKind::Join, outcome) {
            return;
        }
        let Some(detail) = self.admin.admin_data_mut(id).and_then(|admin_data| admin_data.detail_of(principal_id)) else { return };
        let (workspace_id, role) = what;
        let name = detail.joining.table_model.get(&workspace_id).map(|workspace| workspace.name.clone());
        detail.joining.joined = Some((name.unwrap_or(workspace_id), role));
    }

    pub(super) fn granted(
        &mut self,
        run: RunId,
        id: ConnectionId,
        object: &Object,
        permission: Permission,
        outcome: Outcome<()>,
    ) -> Vec<Ask> {
        let detail = self.admin.admin_data_mut(id).and_then(|admin_data| admin_data.detail.as_mut());
        if detail.and_then(|detail| detail.grants.run.take_if(|running| *running == run)).is_none() {
            return Vec::new();
        }
        if !self.is_done(id, AdminTroubleKind::Grant, outcome) {
            return Vec::new();
        }
        // If the principal is shown, its current permission says so.
        if self.shows_administration_of(id) {
            return self.ask_for_permission();
        }
        self.notices.push(Notice::Done(words::granted(permission.label, &object.name)));
        Vec::new()
    }

    pub(super) fn ruled(&mut self, run: RunId, id: ConnectionId, outcome: Outcome<TokenRules>) -> Vec<Ask> {
        let Some(admin_data) = self.admin.admin_data_mut(id).filter(|admin_data| admin_data.pending_rule_change == Some(run)) else {
            return Vec::new();
        };
        admin_data.pending_rule_change = None;
        match outcome {
            // This also answers a request that is still running.
            Ok(rules) => admin_data.rules.replace(rules),
            Err(failure) => self.admin_trouble(id, AdminTroubleKind::Rules, failure),
        }
        Vec::new()
    }

    pub(super) fn users_tokens_revoked(&mut self, run: RunId, id: ConnectionId, outcome: Outcome<RevokedTokens>) -> Vec<Ask> {
        let Some(admin_data) = self.admin.admin_data_mut(id).filter(|admin_data| admin_data.revoking == Some(run)) else {
            return Vec::new();
        };
        admin_data.revoking = None;
        match outcome {
            Ok(RevokedTokens { revoked, failed }) => {
                admin_data.tokens.table_model.remove(&revoked);
                if !revoked.is_empty() {
                    self.notices.push(Notice::Done(crate::ui::text::tokens::revoked(revoked.len())));
                }
                let count = failed.len();
                if let Some((_, failure)) = failed.into_iter().next() {
                    self.admin_trouble(id, AdminTroubleKind::Revoke(count), failure);
                }
            }
            Err(failure) => self.admin_trouble(id, AdminTroubleKind::Revoke(0), failure),
        }
        if self.shows_administration_of(id) { self.ask_for_users_tokens(id) } else { Vec::new() }
    }

    fn shows_administration_of(&self, id: ConnectionId) -> bool {
        self.page() == Page::Administration && self.selection.shown() == Some(id)
    }

    pub(super) fn principal_created(&mut self, run: RunId, id: ConnectionId, outcome: Outcome<ServicePrincipal>) -> Vec<Ask> {
        let in_dialog = matches!(&self.dialog, Some(Dialog::Admin(dialog)) if dialog.run() == Some(run));
        match outcome {
            Ok(principal) => {
                let name = principal.name.clone();
                let principal_id = principal.id.clone();
                if let Some(admin_data) = self.admin.admin_data_mut(id).filter(|admin_data| admin_data.principals.is_known()) {
                    admin_data.principals.table_model.put(principal);
                }
                self.notices.push(Notice::Done(words::created(&name)));
                if !in_dialog {
                    return Vec::new();
                }
                self.dialog = None;
                self.open_principal_of(id, &principal_id)
            }
            Err(failure) => {
                self.making_failed(run, id, AdminTroubleKind::CreatePrincipal, failure);
                Vec::new()
            }
        }
    }

    pub(super) fn secret_created(&mut self, run: RunId, id: ConnectionId, outcome: Outcome<NewOAuthSecret>) -> Vec<Ask> {
        let Some(principal) = self.admin.making.remove(&run) else { return Vec::new() };
        match outcome {
            Ok(new) => {
                if matches!(&self.dialog, Some(Dialog::Admin(dialog)) if dialog.run() == Some(run)) {
                    self.dialog = None;
                }
                self.admin.fresh.push_back(FreshSecret::new(id, principal, new));
                if self.shows_administration_of(id) { self.ask_for_secrets(id) } else { Vec::new() }
            }
            Err(failure) => {
                self.making_failed(run, id, AdminTroubleKind::CreateSecret, failure);
                // It may have been created anyway.
                if self.shows_administration_of(id) { self.ask_for_secrets(id) } else { Vec::new() }
            }
        }
    }

    /// Shown in the dialog that requested it; if that is closed, on the page.
    fn making_failed(&mut self, run: RunId, id: ConnectionId, kind: AdminTroubleKind, failure: Failure) {
        match &mut self.dialog {
            Some(Dialog::Admin(dialog)) if dialog.run() == Some(run) => dialog.failed(failure),
            _ => self.admin_trouble(id, kind, failure),
        }
    }
}

impl AdminDialog {
    fn run(&self) -> Option<RunId> {
        match self {
            Self::NewPrincipal(new) => new.run,
            Self::NewSecret(new) => new.run,
            Self::TokensOff(_) | Self::Revoke(_) | Self::DeleteSecret(_) => None,
        }
    }

    fn failed(&mut self, why: Failure) {
        let (run, failure) = match self {
            Self::NewPrincipal(new) => (&mut new.run, &mut new.failure),
            Self::NewSecret(new) => (&mut new.run, &mut new.failure),
            Self::TokensOff(_) | Self::Revoke(_) | Self::DeleteSecret(_) => return,
        };
        *run = None;
        *failure = Some(why);
    }
}
