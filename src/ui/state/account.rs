//! *Add workspaces from this account*: the workspaces, which are ticked, and which are already added.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use super::{Connections, Go, Notice, Output, Remote, Tests, ask};
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

    pub fn list_again(&mut self) -> Output {
        self.failure = None;
        self.offers.asked();
        list(self.account).into()
    }

    fn listed(&mut self, outcome: Result<Vec<AccountWorkspace>, Failure>, connections: &Connections) {
        match outcome {
            Ok(found) => self.fill(connections.offers(&found)),
            Err(failure) => self.offers.failed(failure),
        }
    }

    /// Adds the chosen workspaces.
    pub fn add(&mut self, connections: &Connections) -> Output {
        let Some(account) = connections.entry(self.account).map(|entry| &entry.connection).filter(|_| self.may_add()) else {
            return Output::none();
        };
        let Ok(filed) = self.filing.whole().judge() else { return Output::none() };
        let mut names: HashSet<String> = HashSet::new();
        let chosen = self.offers.value().into_iter().flatten().filter(|offer| self.is_chosen(&offer.workspace.id));
        let connections: Vec<Connection> = chosen
            .filter_map(|offer| {
                let workspace = &offer.workspace;
                let base_url = workspace.base_url.clone()?;
                let mut made = Connection::of_workspace(account, &workspace.name, base_url, workspace.id.clone())?;
                let taken =
                    |name: &ConnectionName| connections.list.name_is_taken(name.as_str()) || names.contains(&name.as_str().to_lowercase());
                if taken(&made.name) {
                    // Two workspaces may have the same name; their IDs differ.
                    made.name = ConnectionName::tamed(&text::workspace_with_id(&workspace.name, &workspace.id))?;
                }
                names.insert(made.name.as_str().to_lowercase());
                filed.replace(&mut made);
                Some(made)
            })
            .collect();
        self.adding = true;
        self.failure = None;
        ask(brickpass_engine::AddWorkspaces { connections }, |state, outcome, _| {
            match (outcome, state.dialogs.find_mut::<Self>().filter(|dialog| dialog.adding)) {
                (Ok(ids), _) => {
                    state.dialogs.remove::<Self>();
                    state.connections.workspaces_added(&ids)
                }
                (Err(failure), Some(dialog)) => {
                    dialog.adding = false;
                    dialog.failure = Some(failure);
                    Output::none()
                }
                // It was closed.
                (Err(failure), None) => Notice::Failure(failure).into(),
            }
        })
        .into()
    }
}

impl Connections {
    /// This is an account connection, whose sign-in others may use.
    pub fn can_add_workspaces(&self, id: ConnectionId) -> bool {
        self.read_only().is_none()
            && self.entry(id).is_some_and(|entry| {
                matches!(entry.connection.level, Level::Account { .. }) && entry.connection.auth != AuthMethod::PersonalAccessToken
            })
    }

    /// Opens the dialog; workspaces that a test has just found are not loaded again.
    pub fn ask_for_workspaces(&self, account: ConnectionId, tests: &Tests) -> Output {
        let Some(entry) = self.entry(account).filter(|_| self.can_add_workspaces(account)) else { return Output::none() };
        let mut dialog = AddWorkspaces::new(&entry.connection);
        let mut output = Output::none();
        match tests.finished(account).and_then(|finished| finished.report.workspaces.as_ref()) {
            Some(found) => dialog.fill(self.offers(found)),
            None => output.request(list(account)),
        }
        output.open(dialog);
        output
    }

    /// Shows the first one, if need be as soon as it is listed.
    fn workspaces_added(&mut self, ids: &[ConnectionId]) -> Output {
        self.list.set_filter("");
        let added = Output::from(Notice::Done(text::added_workspaces(ids.len())));
        match ids.first().copied() {
            Some(first) if self.entry(first).is_none() => {
                self.select_when_listed = Some(first);
                added
            }
            first => added.and(first.map(Go::Select)),
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
}

fn list(account: ConnectionId) -> Ask {
    ask(ListWorkspaces { id: account }, move |state, outcome, _| {
        let dialog = state.dialogs.find_mut::<AddWorkspaces>().filter(|dialog| dialog.account == account);
        if let Some(dialog) = dialog {
            dialog.listed(outcome, &state.connections);
        }
    })
}
