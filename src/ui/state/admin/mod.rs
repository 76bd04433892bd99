//! The data and requests of the *Administration* tab. A late answer to an older request is ignored.

mod ask;
mod fresh;
mod outcome;
mod principals;
#[cfg(test)]
mod tests;
mod tokens;

use std::collections::{HashMap, VecDeque};

use ask::RevokeUsersTokens;
pub use ask::{AdminDialog, Confirm, NewPrincipal, NewSecret, SECRET_DAYS};
pub use fresh::FreshSecret;
use principals::Detail;
pub use principals::PrincipalColumn;
pub use tokens::{MAXIMUM_DAYS, UserColumn};

use super::{
    Page, State, TokensOf,
    remote::Asked,
    same_target,
    table_model::{Record, TableModel},
};
use crate::ui::state::RunId;
use brickpass_core::{
    connection::{Connection, ConnectionId},
    failure::Failure,
};
use brickpass_databricks::rest::{ServicePrincipal, TokenRules, UserToken};
use brickpass_engine::{Ask, GetTokenRules, Request};

/// A section of the tab.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum AdminSection {
    #[default]
    Tokens,
    ServicePrincipals,
}

impl AdminSection {
    pub const ALL: [Self; 2] = [Self::Tokens, Self::ServicePrincipals];
}

/// A table that is loaded on request.
#[derive(Debug)]
pub struct Listing<R: Record> {
    pub table_model: TableModel<R>,
    pub asked: Asked<()>,
}

impl<R: Record> Default for Listing<R> {
    fn default() -> Self {
        Self { table_model: TableModel::default(), asked: Asked::default() }
    }
}

impl<R: Record> Listing<R> {
    pub fn is_known(&self) -> bool {
        self.asked.value().is_some()
    }

    fn answered(&mut self, run: RunId, outcome: Result<Vec<R>, Failure>) {
        let (records, outcome) = match outcome {
            Ok(records) => (Some(records), Ok(())),
            Err(failure) => (None, Err(failure)),
        };
        if self.asked.answered(run, outcome)
            && let Some(records) = records
        {
            self.table_model.set(records);
        }
    }
}

/// A failed change.
#[derive(Debug, Clone)]
pub struct AdminTrouble {
    pub kind: AdminTroubleKind,
    pub failure: Failure,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AdminTroubleKind {
    Rules,
    /// The number of tokens that could not be revoked.
    Revoke(usize),
    Entitlement,
    DeleteSecret,
    Join,
    Grant,
    CreatePrincipal,
    CreateSecret,
}

/// What is known about the workspace or the account of a connection.
#[derive(Debug, Default)]
pub struct AdminData {
    /// The address and identity when it was loaded.
    target: Option<Connection>,
    pub rules: Asked<TokenRules>,
    /// A change of the rules is running.
    pending_rule_change: Option<RunId>,
    pub tokens: Listing<UserToken>,
    revoking: Option<RunId>,
    pub principals: Listing<ServicePrincipal>,
    pub detail: Option<Detail>,
    pub trouble: Option<AdminTrouble>,
}

impl AdminData {
    pub fn is_ruling(&self) -> bool {
        self.pending_rule_change.is_some()
    }

    pub fn is_revoking(&self) -> bool {
        self.revoking.is_some()
    }

    /// The shown service principal.
    pub fn principal(&self) -> Option<&ServicePrincipal> {
        self.principals.table_model.get(&self.detail.as_ref()?.principal_id)
    }
}

#[derive(Debug, Default)]
pub struct Admin {
    by_connection: HashMap<ConnectionId, AdminData>,
    section: AdminSection,
    /// Not part of any dialog, so that no other event replaces them.
    fresh: VecDeque<FreshSecret>,
    /// Secrets that are being created, by principal: their values would be lost if the window closed now.
    making: HashMap<RunId, ServicePrincipal>,
    /// The window was about to close when a new secret kept it open.
    close_afterwards: bool,
}

impl Admin {
    pub fn admin_data(&self, id: ConnectionId) -> Option<&AdminData> {
        self.by_connection.get(&id)
    }

    pub fn admin_data_mut(&mut self, id: ConnectionId) -> Option<&mut AdminData> {
        self.by_connection.get_mut(&id)
    }
}

impl State {
    /// The connection whose administration can be shown.
    pub fn administered(&self) -> Option<ConnectionId> {
        self.selection.shown().filter(|id| self.selection.count() == 1 && self.tokens_of(*id) != TokensOf::NotSaved)
    }

    /// What is known about the workspace or account of the shown connection.
    pub fn admin_data(&self) -> Option<&AdminData> {
        self.admin.admin_data(self.administered()?)
    }

    pub fn admin_data_mut(&mut self) -> Option<&mut AdminData> {
        let id = self.administered()?;
        self.admin.admin_data_mut(id)
    }

    /// An account has only service principals.
    pub fn admin_section(&self) -> AdminSection {
        let account = self.selection.shown().is_some_and(|id| self.tokens_of(id) == TokensOf::Account);
        if account { AdminSection::ServicePrincipals } else { self.admin.section }
    }

    pub fn show_section(&mut self, section: AdminSection) -> Vec<Ask> {
        if std::mem::replace(&mut self.admin.section, section) == section { Vec::new() } else { self.ask_for_administration() }
    }

    /// Also *Refresh*.
    pub fn ask_for_administration(&mut self) -> Vec<Ask> {
        let Some(id) = self.administered() else { return Vec::new() };
        let Some(connection) = self.entry(id).map(|entry| entry.connection.clone()) else { return Vec::new() };
        let admin_data = self.admin.by_connection.entry(id).or_default();
        if admin_data.target.as_ref().is_some_and(|target| !same_target(target, &connection)) {
            *admin_data = AdminData::default();
        }
        admin_data.target = Some(connection);
        match self.admin_section() {
            AdminSection::Tokens => {
                let mut commands = self.admin_question(id, GetTokenRules { id }, |admin_data| Some(&mut admin_data.rules));
                commands.extend(self.ask_for_users_tokens(id));
                commands
            }
            AdminSection::ServicePrincipals => {
                let mut commands = self.ask_for_principals(id);
                commands.extend(self.ask_for_secrets(id));
                commands
            }
        }
    }

    /// Sends a request; `note` stores the run where `then` finds it again.
    fn admin_ask<R: Request>(
        &mut self,
        id: ConnectionId,
        request: R,
        note: impl FnOnce(&mut AdminData, RunId),
        then: impl FnOnce(&mut Self, RunId, Result<R::Answer, Failure>) -> Vec<Ask> + Send + 'static,
    ) -> Vec<Ask> {
        let run = self.tests.new_run();
        let Some(admin_data) = self.admin.by_connection.get_mut(&id) else { return Vec::new() };
        note(admin_data, run);
        vec![super::ask(request, move |state, outcome, _| then(state, run, outcome))]
    }

    /// Loads what belongs in this place.
    fn admin_question<R: Request>(
        &mut self,
        id: ConnectionId,
        request: R,
        place: fn(&mut AdminData) -> Option<&mut Asked<R::Answer>>,
    ) -> Vec<Ask> {
        let note = move |admin_data: &mut AdminData, run| {
            if let Some(asked) = place(admin_data) {
                asked.asked(run);
            }
        };
        self.admin_ask(id, request, note, move |state, run, outcome| {
            if let Some(asked) = state.admin.admin_data_mut(id).and_then(place) {
                asked.answered(run, outcome);
            }
            Vec::new()
        })
    }

    /// Shown in its place; if that is not visible, also as a toast.
    fn admin_trouble(&mut self, id: ConnectionId, kind: AdminTroubleKind, failure: Failure) {
        if self.selection.shown() != Some(id) || self.page() != Page::Administration {
            self.notices.push(super::Notice::Failure(failure.clone()));
        }
        if let Some(admin_data) = self.admin.by_connection.get_mut(&id) {
            admin_data.trouble = Some(AdminTrouble { kind, failure });
        }
    }

    pub(super) fn forget_admin(&mut self, id: ConnectionId) {
        self.admin.by_connection.remove(&id);
    }
}
