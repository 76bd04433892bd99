//! The confirmations before something changes.

use std::{collections::BTreeSet, time::Duration};

use super::AdminData;
use crate::ui::state::RunId;
use crate::ui::{
    state::{Dialog, NameToType, Page, State, admin::AdminSection, ask},
    text::admin as words,
};
use brickpass_core::{connection::ConnectionId, failure::Failure};
use brickpass_databricks::rest::{OAuthSecret, ServicePrincipal, UserToken};
use brickpass_engine::{Ask, CreateOAuthSecret, CreateServicePrincipal, DeleteOAuthSecret, SetTokensEnabled};

/// The choices for the lifetime of an OAuth secret, in days; the longest that the service allows is last.
pub const SECRET_DAYS: [u32; 5] = [30, 90, 180, 365, 730];
/// The same default as for a personal access token.
const USUAL_DAYS: u32 = 90;

#[derive(Debug)]
pub enum AdminDialog {
    /// Switching off personal access tokens for all users.
    TokensOff(Confirm),
    Revoke(RevokeUsersTokens),
    NewPrincipal(NewPrincipal),
    NewSecret(NewSecret),
    DeleteSecret(DeleteSecret),
}

/// A confirmation; for production, the name must be typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Confirm {
    pub id: ConnectionId,
    pub expected: Option<NameToType>,
    pub typed: String,
}

impl Confirm {
    pub fn given(&self) -> bool {
        self.expected.as_ref().is_none_or(|expected| expected.is(&self.typed))
    }
}

#[derive(Debug)]
pub struct RevokeUsersTokens {
    pub confirm: Confirm,
    pub token_ids: Vec<String>,
    /// Their owners as text, created once: there may be a thousand.
    pub owners: String,
}

impl RevokeUsersTokens {
    pub(super) fn new(confirm: Confirm, tokens: &[UserToken]) -> Self {
        let owners: BTreeSet<&str> = tokens.iter().map(|token| token.owner.as_str()).collect();
        Self {
            confirm,
            token_ids: tokens.iter().map(|token| token.token.id.clone()).collect(),
            owners: words::revoke_owners(&owners.into_iter().collect::<Vec<_>>()),
        }
    }
}

#[derive(Debug)]
pub struct NewPrincipal {
    pub id: ConnectionId,
    pub name: String,
    pub(super) run: Option<RunId>,
    pub failure: Option<Failure>,
}

impl NewPrincipal {
    pub fn waits(&self) -> bool {
        self.run.is_some()
    }

    pub fn may_create(&self) -> bool {
        !self.name.trim().is_empty() && !self.waits()
    }
}

#[derive(Debug)]
pub struct NewSecret {
    pub id: ConnectionId,
    pub principal: ServicePrincipal,
    pub days: u32,
    pub(super) run: Option<RunId>,
    pub failure: Option<Failure>,
}

impl NewSecret {
    pub fn waits(&self) -> bool {
        self.run.is_some()
    }
}

#[derive(Debug)]
pub struct DeleteSecret {
    pub confirm: Confirm,
    pub principal: ServicePrincipal,
    pub secret: OAuthSecret,
}

impl State {
    pub fn can_create_principal(&self) -> bool {
        self.administered().is_some()
    }

    /// *New service principal*, from the page or by its key.
    pub fn ask_for_new_principal(&mut self) -> Vec<Ask> {
        let Some(id) = self.administered() else { return Vec::new() };
        let mut commands = self.show_section(AdminSection::ServicePrincipals);
        if self.page() != Page::Administration {
            commands.clear();
            commands = self.show_page(Page::Administration);
        }
        self.dialog =
            Some(Dialog::Admin(Box::new(AdminDialog::NewPrincipal(NewPrincipal { id, name: String::new(), run: None, failure: None }))));
        commands
    }

    pub fn ask_for_new_secret(&mut self) {
        let Some(id) = self.administered() else { return };
        let Some(principal) = self.admin_data().and_then(AdminData::principal).cloned() else { return };
        let dialog = NewSecret { id, principal, days: USUAL_DAYS, run: None, failure: None };
        self.dialog = Some(Dialog::Admin(Box::new(AdminDialog::NewSecret(dialog))));
    }

    pub fn ask_to_delete_secret(&mut self, secret: &OAuthSecret) {
        let Some(id) = self.administered() else { return };
        let Some(principal) = self.admin_data().and_then(AdminData::principal).cloned() else { return };
        let dialog = DeleteSecret { confirm: self.confirm(id), principal, secret: secret.clone() };
        self.dialog = Some(Dialog::Admin(Box::new(AdminDialog::DeleteSecret(dialog))));
    }

    /// The dialog's main button. A dialog that creates something stays open until it is created.
    pub fn answer_admin_dialog(&mut self) -> Vec<Ask> {
        let Some(Dialog::Admin(dialog)) = self.dialog.take() else { return Vec::new() };
        match *dialog {
            AdminDialog::TokensOff(confirm) if confirm.given() => {
                self.rule(confirm.id, SetTokensEnabled { id: confirm.id, enabled: false })
            }
            AdminDialog::Revoke(revoke) if revoke.confirm.given() => self.revoke_users_tokens(revoke.confirm.id, revoke.token_ids),
            AdminDialog::DeleteSecret(delete) if delete.confirm.given() => {
                self.delete_secret(delete.confirm.id, &delete.principal.id, &delete.secret.id)
            }
            AdminDialog::NewPrincipal(mut new) if new.may_create() => {
                let run = self.tests.new_run();
                let (id, name) = (new.id, new.name.trim().to_owned());
                new.run = Some(run);
                new.failure = None;
                self.dialog = Some(Dialog::Admin(Box::new(AdminDialog::NewPrincipal(new))));
                vec![ask(CreateServicePrincipal { id, name }, move |state, outcome, _| state.principal_created(run, id, outcome))]
            }
            AdminDialog::NewSecret(mut new) if !new.waits() => {
                let run = self.tests.new_run();
                let (id, principal) = (new.id, new.principal.clone());
                let lifetime = Some(Duration::from_hours(24 * u64::from(new.days)));
                let request = CreateOAuthSecret { id, principal_id: principal.id.clone(), lifetime };
                new.run = Some(run);
                new.failure = None;
                self.admin.making.insert(run, principal);
                self.dialog = Some(Dialog::Admin(Box::new(AdminDialog::NewSecret(new))));
                vec![ask(request, move |state, outcome, _| state.secret_created(run, id, outcome))]
            }
            // The input is incomplete: the dialog stays.
            other => {
                self.dialog = Some(Dialog::Admin(Box::new(other)));
                Vec::new()
            }
        }
    }

    fn revoke_users_tokens(&mut self, id: ConnectionId, token_ids: Vec<String>) -> Vec<Ask> {
        let note = |admin_data: &mut AdminData, run| {
            admin_data.trouble = None;
            admin_data.revoking = Some(run);
        };
        let then = move |state: &mut Self, run, outcome| state.users_tokens_revoked(run, id, outcome);
        self.admin_ask(id, brickpass_engine::RevokeUsersTokens { id, token_ids }, note, then)
    }

    fn delete_secret(&mut self, id: ConnectionId, principal_id: &str, secret_id: &str) -> Vec<Ask> {
        let (of, gone) = (principal_id.to_owned(), secret_id.to_owned());
        let request = DeleteOAuthSecret { id, principal_id: of.clone(), secret_id: gone.clone() };
        let note = |admin_data: &mut AdminData, run| {
            admin_data.trouble = None;
            if let Some(detail) = admin_data.detail_of(principal_id) {
                detail.deleting.push((run, secret_id.to_owned()));
            }
        };
        self.admin_ask(id, request, note, move |state, run, outcome| state.secret_deleted(run, id, &of, &gone, outcome))
    }
}
