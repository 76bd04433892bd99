//! *Add workspaces from this account*: the workspaces, which are ticked, and which are already added.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use super::{Dialog, Notice, Remote, State, ask};
use crate::ui::{filing::FilingForm, text};
use brickpass_core::{
    connection::{AuthMethod, BaseUrl, Connection, ConnectionId, ConnectionName, Filing, Level},
    failure::Failure,
};
use brickpass_databricks::rest::AccountWorkspace;
use brickpass_engine::{Ask, ListWorkspaces};

/// One workspace of the account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    pub workspace: AccountWorkspace,
    pub standing: OfferStanding,
    /// The text that the filter searches, in lower case.
    sought: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OfferStanding {
    New,
    /// The name of the connection that already has this address and workspace ID.
    There(String),
    /// It has no usable address yet.
    NoAddress,
}

/// The state of the dialog.
#[derive(Debug)]
pub struct AddWorkspaces {
    pub account: ConnectionId,
    pub offers: Remote<Vec<Offer>>,
    filter: String,
    /// The offers that match the filter.
    shown: Vec<usize>,
    /// Workspace IDs.
    chosen: HashSet<String>,
    /// Environment, folder and tags of the new connections: those of the account by default.
    pub filing: FilingForm,
    adding: bool,
    failure: Option<Failure>,
}

impl AddWorkspaces {
    fn new(account: &Connection) -> Self {
        Self {
            account: account.id,
            offers: Remote::Pending { previous: None },
            filter: String::new(),
            shown: Vec::new(),
            chosen: HashSet::new(),
            filing: Filing::of(account).into(),
            adding: false,
            failure: None,
        }
    }

    fn fill(&mut self, offers: Vec<Offer>) {
        self.chosen.retain(|id| offers.iter().any(|offer| offer.workspace.id == *id && offer.standing == OfferStanding::New));
        self.offers = Remote::Ready(offers);
        self.sift();
    }

    pub fn filter(&self) -> &str {
        &self.filter
    }

    pub fn set_filter(&mut self, filter: String) {
        if filter != self.filter {
            self.filter = filter;
            self.sift();
        }
    }

    fn sift(&mut self) {
        let sought = self.filter.to_lowercase();
        let words: Vec<&str> = sought.split_whitespace().collect();
        let offers = self.offers.value().map(Vec::as_slice).unwrap_or_default();
        let matches = |offer: &Offer| words.iter().all(|word| offer.sought.contains(word));
        self.shown = offers.iter().enumerate().filter(|(_, offer)| matches(offer)).map(|(at, _)| at).collect();
    }

    pub fn shown(&self) -> &[usize] {
        &self.shown
    }

    pub fn offer(&self, at: usize) -> Option<&Offer> {
        self.offers.value()?.get(at)
    }

    fn offers_shown(&self) -> impl Iterator<Item = &Offer> {
        self.shown.iter().filter_map(|at| self.offer(*at)).filter(|offer| offer.standing == OfferStanding::New)
    }

    pub fn is_chosen(&self, workspace: &str) -> bool {
        self.chosen.contains(workspace)
    }

    pub fn choose(&mut self, workspace: &str, chosen: bool) {
        if chosen {
            self.chosen.insert(workspace.to_owned());
        } else {
            self.chosen.remove(workspace);
        }
    }

    /// Whether all visible workspaces that can be added are ticked; `None` if there are none.
    pub fn all_shown_chosen(&self) -> Option<bool> {
        let mut any = false;
        let all = self.offers_shown().all(|offer| {
            any = true;
            self.chosen.contains(&offer.workspace.id)
        });
        any.then_some(all)
    }

    pub fn choose_shown(&mut self, chosen: bool) {
        let ids: Vec<String> = self.offers_shown().map(|offer| offer.workspace.id.clone()).collect();
        for id in ids {
            self.choose(&id, chosen);
        }
    }

    pub fn chosen_count(&self) -> usize {
        self.chosen.len()
    }

    pub fn may_add(&self) -> bool {
        !self.chosen.is_empty() && !self.adding && self.filing.is_fine()
    }

    /// The workspaces are being added.
    pub fn waits(&self) -> bool {
        self.adding
    }

    pub fn failure(&self) -> Option<&Failure> {
        self.failure.as_ref().or_else(|| self.offers.failure())
    }

    pub fn failed(&mut self, failure: Failure) {
        self.adding = false;
        self.failure = Some(failure);
    }
}

impl State {
    /// This is an account connection, whose sign-in others may use.
    pub fn can_add_workspaces(&self, id: ConnectionId) -> bool {
        self.read_only().is_none()
            && self.entry(id).is_some_and(|entry| {
                matches!(entry.connection.level, Level::Account { .. }) && entry.connection.auth != AuthMethod::PersonalAccessToken
            })
    }

    /// Opens the dialog; workspaces that a test has just found are not loaded again.
    pub fn ask_for_workspaces(&mut self, account: ConnectionId) -> Vec<Ask> {
        if !self.can_add_workspaces(account) {
            return Vec::new();
        }
        let Some(connection) = self.entry(account).map(|entry| &entry.connection) else { return Vec::new() };
        let mut dialog = AddWorkspaces::new(connection);
        let found = self.tests.finished(account).and_then(|finished| finished.report.workspaces.clone());
        let commands = match found {
            Some(found) => {
                dialog.fill(self.offers(&found));
                Vec::new()
            }
            None => vec![list_workspaces(account)],
        };
        self.dialog = Some(Dialog::AddWorkspaces(Box::new(dialog)));
        commands
    }

    pub fn ask_for_workspaces_again(&mut self) -> Vec<Ask> {
        let Some(Dialog::AddWorkspaces(dialog)) = &mut self.dialog else { return Vec::new() };
        dialog.failure = None;
        dialog.offers.asked();
        vec![list_workspaces(dialog.account)]
    }

    pub fn workspaces_came(&mut self, id: ConnectionId, outcome: Result<Vec<AccountWorkspace>, Failure>) {
        let offers = outcome.map(|found| self.offers(&found));
        let Some(Dialog::AddWorkspaces(dialog)) = self.dialog.as_mut() else { return };
        if dialog.account != id {
            return;
        }
        match offers {
            Ok(offers) => dialog.fill(offers),
            Err(failure) => dialog.offers.failed(failure),
        }
    }

    fn offers(&self, found: &[AccountWorkspace]) -> Vec<Offer> {
        let entries = self.library().value().map(Arc::clone);
        let connections = entries.iter().flat_map(|snapshot| &snapshot.entries).map(|entry| &entry.connection);
        let mut by_address: HashMap<&str, Vec<&Connection>> = HashMap::new();
        for connection in connections.filter(|connection| connection.level == Level::Workspace) {
            by_address.entry(connection.base_url.as_str()).or_default().push(connection);
        }
        let there = |base_url: &BaseUrl, id: &str| {
            let same_address = by_address.get(base_url.as_str())?;
            same_address.iter().find(|known| known.workspace_id.as_deref().is_none_or(|known| known == id)).map(|known| known.name.as_str())
        };
        let mut offers: Vec<Offer> = found
            .iter()
            .map(|workspace| {
                let standing = match &workspace.base_url {
                    None => OfferStanding::NoAddress,
                    Some(base_url) => {
                        there(base_url, &workspace.id).map_or(OfferStanding::New, |name| OfferStanding::There(name.to_owned()))
                    }
                };
                let host = workspace.base_url.as_ref().map_or("", |base_url| base_url.host());
                let region = workspace.region.as_deref().unwrap_or_default();
                let sought = format!("{} {host} {} {region} {}", workspace.name, workspace.id, workspace.status).to_lowercase();
                Offer { workspace: workspace.clone(), standing, sought }
            })
            .collect();
        offers.sort_by_cached_key(|offer| offer.workspace.name.to_lowercase());
        offers
    }

    pub fn add_workspaces(&mut self) -> Vec<Ask> {
        let Some(Dialog::AddWorkspaces(dialog)) = &self.dialog else { return Vec::new() };
        let Some(account) = self.entry(dialog.account).map(|entry| &entry.connection) else { return Vec::new() };
        if !dialog.may_add() {
            return Vec::new();
        }
        let Ok(filed) = dialog.filing.whole().judge() else { return Vec::new() };
        let mut names: HashSet<String> = HashSet::new();
        let chosen = dialog.offers.value().into_iter().flatten().filter(|offer| dialog.is_chosen(&offer.workspace.id));
        let connections: Vec<Connection> = chosen
            .filter_map(|offer| {
                let workspace = &offer.workspace;
                let base_url = workspace.base_url.clone()?;
                let mut made = Connection::of_workspace(account, &workspace.name, base_url, workspace.id.clone())?;
                let taken = |name: &ConnectionName| self.list.name_is_taken(name.as_str()) || names.contains(&name.as_str().to_lowercase());
                if taken(&made.name) {
                    // Two workspaces may have the same name; their IDs differ.
                    made.name = ConnectionName::tamed(&text::workspace_with_id(&workspace.name, &workspace.id))?;
                }
                names.insert(made.name.as_str().to_lowercase());
                filed.replace(&mut made);
                Some(made)
            })
            .collect();
        if let Some(Dialog::AddWorkspaces(dialog)) = &mut self.dialog {
            dialog.adding = true;
            dialog.failure = None;
        }
        vec![ask(brickpass_engine::AddWorkspaces { connections }, |state, outcome, _| match outcome {
            Ok(ids) => state.workspaces_added(&ids),
            Err(failure) => state.workspaces_not_added(failure),
        })]
    }

    pub fn workspaces_added(&mut self, ids: &[ConnectionId]) -> Vec<Ask> {
        if matches!(self.dialog, Some(Dialog::AddWorkspaces(_))) {
            self.dialog = None;
        }
        self.notices.push(Notice::Done(text::added_workspaces(ids.len())));
        self.list.set_filter("");
        let Some(first) = ids.first().copied() else { return Vec::new() };
        if self.entry(first).is_some() {
            return self.select(first);
        }
        self.select_when_listed = Some(first);
        Vec::new()
    }

    fn workspaces_not_added(&mut self, failure: Failure) -> Vec<Ask> {
        match &mut self.dialog {
            Some(Dialog::AddWorkspaces(adding)) if adding.waits() => adding.failed(failure),
            _ => self.notices.push(Notice::Failure(failure)),
        }
        Vec::new()
    }
}

fn list_workspaces(account: ConnectionId) -> Ask {
    ask(ListWorkspaces { id: account }, move |state, outcome, _| {
        state.workspaces_came(account, outcome);
        Vec::new()
    })
}
