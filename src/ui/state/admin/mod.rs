//! The data and requests of the *Administration* tab. A late answer to an older request is ignored.

mod connect;
mod outcome;
mod principals;
#[cfg(test)]
mod tests;
mod tokens;

use std::collections::{HashMap, HashSet};

use principals::Detail;
pub use principals::PrincipalColumn;
pub use tokens::{MAXIMUM_DAYS, UserColumn};

use super::{
    Connections, Go, Notice, Output, Page, RunId, State, TokensOf, View, ask,
    remote::Asked,
    same_target,
    table_model::{Record, TableModel},
};
use crate::ui::{
    admin::{FreshSecret, NewPrincipal},
    text::admin as words,
};
use brickpass_core::{
    connection::{Connection, ConnectionId},
    failure::Failure,
};
use brickpass_databricks::rest::{ServicePrincipal, TokenRules, UserToken};
use brickpass_engine::{GetTokenRules, Request};

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

/// The answer to a request about the workspace or the account of a connection.
struct Answer<T> {
    id: ConnectionId,
    run: RunId,
    outcome: Result<T, Failure>,
    /// The tab is in view, which shows a failure.
    in_view: bool,
}

#[derive(Debug, Default)]
pub struct Admin {
    by_connection: HashMap<ConnectionId, AdminData>,
    section: AdminSection,
    /// Secrets that are being created: their values would be lost if the window closed now.
    new_secrets: HashSet<RunId>,
}

impl Admin {
    /// What is known about the workspace or account of the shown connection.
    pub fn shown(&self, connections: &Connections) -> Option<&AdminData> {
        self.by_connection.get(&connections.administered()?)
    }

    pub fn shown_mut(&mut self, connections: &Connections) -> Option<&mut AdminData> {
        self.by_connection.get_mut(&connections.administered()?)
    }

    /// An account has only service principals.
    pub fn section(&self, connections: &Connections) -> AdminSection {
        let account = connections.selection.shown().is_some_and(|id| connections.tokens_of(id) == TokensOf::Account);
        if account { AdminSection::ServicePrincipals } else { self.section }
    }

    pub fn show_section(&mut self, section: AdminSection, connections: &Connections) -> Output {
        if std::mem::replace(&mut self.section, section) == section { Output::none() } else { self.load(connections) }
    }

    /// Loads what the section shows. Also *Refresh*.
    pub fn load(&mut self, connections: &Connections) -> Output {
        let Some(id) = connections.administered() else { return Output::none() };
        let Some(connection) = connections.entry(id).map(|entry| entry.connection.clone()) else { return Output::none() };
        let admin_data = self.by_connection.entry(id).or_default();
        if admin_data.target.as_ref().is_some_and(|target| !same_target(target, &connection)) {
            *admin_data = AdminData::default();
        }
        admin_data.target = Some(connection);
        match self.section(connections) {
            AdminSection::Tokens => {
                self.load_into(id, GetTokenRules { id }, |admin_data| Some(&mut admin_data.rules)).and(self.load_users_tokens(id))
            }
            AdminSection::ServicePrincipals => self.load_principals(id).and(self.load_secrets(id)),
        }
    }

    /// *New service principal*, from the page or by its key.
    pub fn ask_for_new_principal(&mut self, view: &View, connections: &Connections) -> Output {
        let Some(id) = connections.administered() else { return Output::none() };
        let mut output = Output::none();
        if view.page == Page::Administration {
            output.extend(self.show_section(AdminSection::ServicePrincipals, connections));
        } else {
            self.section = AdminSection::ServicePrincipals;
            output.go(Go::Page(Page::Administration));
        }
        output.open(NewPrincipal::new(id));
        output
    }

    /// Sends a request; `note` stores the run where `then` finds it again.
    fn request<R: Request, O: Into<Output>>(
        &mut self,
        id: ConnectionId,
        request: R,
        note: impl FnOnce(&mut AdminData, RunId),
        then: impl FnOnce(&mut Self, Answer<R::Answer>) -> O + Send + 'static,
    ) -> Output {
        let run = RunId::next();
        let Some(admin_data) = self.by_connection.get_mut(&id) else { return Output::none() };
        note(admin_data, run);
        let request = ask(request, move |state, outcome, _| {
            let in_view = state.view.shows_administration_of(id, &state.connections);
            then(&mut state.admin, Answer { id, run, outcome, in_view })
        });
        request.into()
    }

    /// Loads what belongs in this place.
    fn load_into<R: Request>(
        &mut self,
        id: ConnectionId,
        request: R,
        place: fn(&mut AdminData) -> Option<&mut Asked<R::Answer>>,
    ) -> Output {
        let note = move |admin_data: &mut AdminData, run| {
            if let Some(asked) = place(admin_data) {
                asked.asked(run);
            }
        };
        self.request(id, request, note, move |admin, Answer { run, outcome, .. }| {
            if let Some(asked) = admin.by_connection.get_mut(&id).and_then(place) {
                asked.answered(run, outcome);
            }
        })
    }

    /// Shows a failed change in its place; if that is not in view, also as a toast.
    pub fn trouble(&mut self, id: ConnectionId, kind: AdminTroubleKind, failure: Failure, in_view: bool) -> Output {
        let notice = (!in_view).then(|| Notice::Failure(failure.clone()));
        if let Some(admin_data) = self.by_connection.get_mut(&id) {
            admin_data.trouble = Some(AdminTrouble { kind, failure });
        }
        notice.into()
    }

    /// A new secret is requested.
    pub fn secret_requested(&mut self, run: RunId) {
        self.new_secrets.insert(run);
    }

    /// The request for a new secret is answered.
    pub fn secret_answered(&mut self, run: RunId) {
        self.new_secrets.remove(&run);
    }

    pub(super) fn forget(&mut self, id: ConnectionId) {
        self.by_connection.remove(&id);
    }
}

impl View {
    pub fn shows_administration_of(&self, id: ConnectionId, connections: &Connections) -> bool {
        self.page == Page::Administration && connections.administered() == Some(id)
    }
}

impl State {
    /// Keeps the window open if a value would be lost. Returns whether one would.
    pub(super) fn held_up_by_secret(&mut self) -> bool {
        if self.admin.new_secrets.is_empty() {
            return FreshSecret::hold_window(&mut self.dialogs);
        }
        self.view.notices.push(Notice::Info(words::BEING_MADE.to_owned()));
        true
    }
}

impl Connections {
    /// The connection whose administration can be shown.
    pub fn administered(&self) -> Option<ConnectionId> {
        self.selection.shown().filter(|id| self.selection.count() == 1 && self.tokens_of(*id) != TokensOf::NotSaved)
    }
}
