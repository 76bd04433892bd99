//! What the engine tells an administrator.

use super::{AdminDialog, AdminTroubleKind, FreshSecret, Office};
use crate::ui::{
    state::{Dialog, Notice, Page, State},
    text::admin as words,
};
use brickpass_core::{connection::ConnectionId, failure::Failure};
use brickpass_databricks::rest::{Entitlement, Object, Permission, WorkspaceRole};
use brickpass_engine::{AdminAnswer, AdminRequest, Command, Event, RunId};

type Outcome = Result<AdminAnswer, Failure>;

/// The answer that a request has; another one is none.
macro_rules! answer {
    ($outcome:expr, $shape:path) => {
        match $outcome {
            Ok($shape(value)) => Ok(value),
            Ok(_) => return Vec::new(),
            Err(failure) => Err(failure),
        }
    };
}

impl State {
    pub(in crate::ui::state) fn admin_event(&mut self, event: Event) -> Vec<Command> {
        let Event::Admin { run, id, request, outcome } = event else { return Vec::new() };
        match request {
            AdminRequest::CreateServicePrincipal { .. } => return self.principal_created(run, id, outcome),
            AdminRequest::CreateSecret { .. } => return self.secret_created(run, id, outcome),
            request if request.changes() => return self.changed(run, id, request, outcome),
            _ => {}
        }
        let Some(office) = self.admin.office_mut(id) else { return Vec::new() };
        match request {
            AdminRequest::TokenRules => {
                office.rules.answered(run, answer!(outcome, AdminAnswer::TokenRules));
            }
            AdminRequest::UsersTokens => office.tokens.answered(run, answer!(outcome, AdminAnswer::UsersTokens)),
            AdminRequest::ServicePrincipals => {
                office.principals.answered(run, answer!(outcome, AdminAnswer::ServicePrincipals));
                if office.principals.is_known() && office.principal().is_none() {
                    office.detail = None;
                }
            }
            request => {
                if let Some(detail) = &mut office.detail {
                    match request {
                        AdminRequest::Secrets { .. } => {
                            detail.secrets.answered(run, answer!(outcome, AdminAnswer::Secrets));
                        }
                        AdminRequest::Catalogs => {
                            detail.grants.catalogs.answered(run, answer!(outcome, AdminAnswer::Catalogs));
                        }
                        AdminRequest::Objects { .. } => detail.grants.objects.answered(run, answer!(outcome, AdminAnswer::Objects)),
                        AdminRequest::Permission { .. } => {
                            let grants = &mut detail.grants;
                            let came = grants.has.answered(run, answer!(outcome, AdminAnswer::Permission));
                            if came && grants.chosen.is_none() {
                                let least = || grants.kind.and_then(|kind| kind.permissions().first().copied());
                                grants.chosen = grants.has.value().copied().flatten().or_else(least);
                            }
                        }
                        _ => {}
                    }
                }
            }
        }
        Vec::new()
    }

    fn changed(&mut self, run: RunId, id: ConnectionId, request: AdminRequest, outcome: Outcome) -> Vec<Command> {
        match request {
            AdminRequest::SetTokensEnabled(_) | AdminRequest::SetMaximumDays(_) => self.ruled(run, id, outcome),
            AdminRequest::RevokeUsersTokens { .. } => self.users_tokens_revoked(run, id, outcome),
            AdminRequest::SetEntitlement { principal_id, entitlement, granted } => {
                self.entitlement_set(run, id, &principal_id, (entitlement, granted), outcome);
                Vec::new()
            }
            AdminRequest::DeleteSecret { principal_id, secret_id } => self.secret_deleted(run, id, &principal_id, &secret_id, outcome),
            AdminRequest::AddToWorkspace { principal_id, workspace_id, role } => {
                self.joined(run, id, &principal_id, (workspace_id, role), outcome);
                Vec::new()
            }
            AdminRequest::Grant { object, permission, .. } => self.granted(run, id, &object, permission, outcome),
            _ => Vec::new(),
        }
    }

    /// Whether it is done. Why it is not is told.
    fn is_done(&mut self, id: ConnectionId, kind: AdminTroubleKind, outcome: Outcome) -> bool {
        if let Err(failure) = outcome {
            self.admin_trouble(id, kind, failure);
            return false;
        }
        true
    }

    fn entitlement_set(&mut self, run: RunId, id: ConnectionId, principal_id: &str, what: (Entitlement, bool), outcome: Outcome) {
        let Some(detail) = self.admin.office_mut(id).and_then(|office| office.detail_of(principal_id)) else { return };
        let Some(at) = detail.entitling.iter().position(|(running, _)| *running == run) else { return };
        detail.entitling.remove(at);
        if !self.is_done(id, AdminTroubleKind::Entitlement, outcome) {
            return;
        }
        let Some(office) = self.admin.office_mut(id) else { return };
        let Some(mut principal) = office.principals.sheet.get(principal_id).cloned() else { return };
        let (entitlement, granted) = what;
        principal.entitlements.retain(|known| *known != entitlement);
        if granted {
            principal.entitlements.push(entitlement);
        }
        office.principals.sheet.put(principal);
    }

    fn secret_deleted(&mut self, run: RunId, id: ConnectionId, principal_id: &str, secret_id: &str, outcome: Outcome) -> Vec<Command> {
        let Some(detail) = self.admin.office_mut(id).and_then(|office| office.detail_of(principal_id)) else { return Vec::new() };
        let Some(at) = detail.deleting.iter().position(|(running, _)| *running == run) else { return Vec::new() };
        detail.deleting.remove(at);
        if self.is_done(id, AdminTroubleKind::DeleteSecret, outcome) {
            if let Some(detail) = self.admin.office_mut(id).and_then(|office| office.detail_of(principal_id))
                && let Some(known) = detail.secrets.value()
            {
                // Gone, whatever a list says that is still on its way.
                let kept = known.iter().filter(|secret| secret.id != secret_id).cloned().collect();
                detail.secrets.set(kept);
            }
            self.notices.push(Notice::Done(words::SECRET_DELETED.to_owned()));
        }
        self.ask_for_secrets(id)
    }

    fn joined(&mut self, run: RunId, id: ConnectionId, principal_id: &str, what: (String, WorkspaceRole), outcome: Outcome) {
        let joining = |state: &mut Self| -> Option<RunId> {
            let detail = state.admin.office_mut(id)?.detail_of(principal_id)?;
            detail.joining.run.take_if(|running| *running == run)
        };
        if joining(self).is_none() || !self.is_done(id, AdminTroubleKind::Join, outcome) {
            return;
        }
        let Some(detail) = self.admin.office_mut(id).and_then(|office| office.detail_of(principal_id)) else { return };
        let (workspace_id, role) = what;
        let name = detail.joining.sheet.get(&workspace_id).map(|workspace| workspace.name.clone());
        detail.joining.joined = Some((name.unwrap_or(workspace_id), role));
    }

    fn granted(&mut self, run: RunId, id: ConnectionId, object: &Object, permission: Permission, outcome: Outcome) -> Vec<Command> {
        let detail = self.admin.office_mut(id).and_then(|office| office.detail.as_mut());
        if detail.and_then(|detail| detail.grants.run.take_if(|running| *running == run)).is_none() {
            return Vec::new();
        }
        if !self.is_done(id, AdminTroubleKind::Grant, outcome) {
            return Vec::new();
        }
        // Where it is looked at, what it has now says it.
        if self.shows_administration_of(id) {
            return self.ask_for_permission();
        }
        self.notices.push(Notice::Done(words::granted(permission.label, &object.name)));
        Vec::new()
    }

    fn ruled(&mut self, run: RunId, id: ConnectionId, outcome: Outcome) -> Vec<Command> {
        let Some(office) = self.admin.office_mut(id).filter(|office| office.ruling == Some(run)) else { return Vec::new() };
        office.ruling = None;
        match outcome {
            // A question that is still on its way is answered by this, too.
            Ok(AdminAnswer::TokenRules(rules)) => {
                office.rules.replace(rules);
                Vec::new()
            }
            Ok(_) => self.admin_ask(id, AdminRequest::TokenRules, |office, run| office.rules.asked(run)),
            Err(failure) => {
                self.admin_trouble(id, AdminTroubleKind::Rules, failure);
                Vec::new()
            }
        }
    }

    fn users_tokens_revoked(&mut self, run: RunId, id: ConnectionId, outcome: Outcome) -> Vec<Command> {
        let Some(office) = self.admin.office_mut(id).filter(|office| office.revoking == Some(run)) else { return Vec::new() };
        office.revoking = None;
        match outcome {
            Ok(AdminAnswer::UsersTokensRevoked { revoked, failed }) => {
                office.tokens.sheet.remove(&revoked);
                if !revoked.is_empty() {
                    self.notices.push(Notice::Done(crate::ui::text::tokens::revoked(revoked.len())));
                }
                let count = failed.len();
                if let Some((_, failure)) = failed.into_iter().next() {
                    self.admin_trouble(id, AdminTroubleKind::Revoke(count), failure);
                }
            }
            Ok(_) => {}
            Err(failure) => self.admin_trouble(id, AdminTroubleKind::Revoke(0), failure),
        }
        if self.shows_administration_of(id) { self.ask_for_users_tokens(id) } else { Vec::new() }
    }

    fn shows_administration_of(&self, id: ConnectionId) -> bool {
        self.page() == Page::Administration && self.selection.shown() == Some(id)
    }

    fn principal_created(&mut self, run: RunId, id: ConnectionId, outcome: Outcome) -> Vec<Command> {
        let in_dialog = matches!(&self.dialog, Some(Dialog::Admin(dialog)) if dialog.run() == Some(run));
        match answer!(outcome, AdminAnswer::ServicePrincipalCreated) {
            Ok(principal) => {
                let name = principal.name.clone();
                let principal_id = principal.id.clone();
                if let Some(office) = self.admin.office_mut(id).filter(|office| office.principals.is_known()) {
                    office.principals.sheet.put(principal);
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

    fn secret_created(&mut self, run: RunId, id: ConnectionId, outcome: Outcome) -> Vec<Command> {
        let Some(principal) = self.admin.making.remove(&run) else { return Vec::new() };
        match answer!(outcome, AdminAnswer::SecretCreated) {
            Ok(new) => {
                if matches!(&self.dialog, Some(Dialog::Admin(dialog)) if dialog.run() == Some(run)) {
                    self.dialog = None;
                }
                self.admin.fresh.push_back(FreshSecret::new(id, principal, new));
                if self.shows_administration_of(id) { self.ask_for_secrets(id) } else { Vec::new() }
            }
            Err(failure) => {
                self.making_failed(run, id, AdminTroubleKind::CreateSecret, failure);
                // It may have been made all the same.
                if self.shows_administration_of(id) { self.ask_for_secrets(id) } else { Vec::new() }
            }
        }
    }

    /// Told in the dialog that asked for it; when that is closed, in its place on the page.
    fn making_failed(&mut self, run: RunId, id: ConnectionId, kind: AdminTroubleKind, failure: Failure) {
        match &mut self.dialog {
            Some(Dialog::Admin(dialog)) if dialog.run() == Some(run) => dialog.failed(failure),
            _ => self.admin_trouble(id, kind, failure),
        }
    }

    /// The engine's work ended without an answer of its own: nothing waits for it any longer.
    pub(in crate::ui::state) fn admin_work_crashed(&mut self, failure: &Failure) {
        self.admin.making.clear();
        for office in self.admin.offices.values_mut() {
            office.crashed(failure);
        }
        if let Some(Dialog::Admin(dialog)) = &mut self.dialog
            && dialog.run().is_some()
        {
            dialog.failed(failure.clone());
        }
    }
}

impl Office {
    fn crashed(&mut self, failure: &Failure) {
        self.rules.crashed(failure);
        self.tokens.asked.crashed(failure);
        self.principals.asked.crashed(failure);
        self.ruling = None;
        self.revoking = None;
        if let Some(detail) = &mut self.detail {
            detail.crashed(failure);
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
