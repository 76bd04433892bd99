//! Service principals, and the details of the shown one.

use std::cmp::Ordering;

use super::{super::remote::Asked, AdminData, Listing};
use crate::ui::state::RunId;
use crate::ui::state::{
    Remote, State, TokensOf, ask,
    table_model::{Record, TableModel, by_words},
};
use brickpass_core::{connection::ConnectionId, failure::Failure};
use brickpass_databricks::rest::{
    AccountWorkspace, Entitlement, OAuthSecret, Object, Permission, Securable, ServicePrincipal, WorkspaceRole,
};
use brickpass_engine::{
    AddToWorkspace, Ask, GetPermission, GrantPermission, ListCatalogs, ListOAuthSecrets, ListObjects, ListServicePrincipals,
    ListWorkspaces, Request, SetEntitlement,
};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PrincipalColumn {
    Name,
    ApplicationId,
    Active,
}

impl Record for ServicePrincipal {
    type Column = PrincipalColumn;
    const USUAL: (PrincipalColumn, bool) = (PrincipalColumn::Name, false);

    fn id(&self) -> &str {
        &self.id
    }

    fn sought(&self) -> String {
        format!("{} {}", self.name, self.client_id.as_str())
    }

    fn compare(&self, other: &Self, column: PrincipalColumn) -> Ordering {
        let by_name = || by_words(&self.name, &other.name);
        match column {
            PrincipalColumn::Name => by_name(),
            PrincipalColumn::ApplicationId => self.client_id.as_str().cmp(other.client_id.as_str()),
            PrincipalColumn::Active => other.active.cmp(&self.active).then_with(by_name),
        }
    }
}

impl Record for Object {
    type Column = ();
    const USUAL: ((), bool) = ((), false);

    fn id(&self) -> &str {
        &self.id
    }

    fn sought(&self) -> String {
        format!("{} {}", self.name, self.id)
    }

    fn compare(&self, other: &Self, (): ()) -> Ordering {
        by_words(&self.name, &other.name)
    }
}

impl Record for AccountWorkspace {
    type Column = ();
    const USUAL: ((), bool) = ((), false);

    fn id(&self) -> &str {
        &self.id
    }

    fn sought(&self) -> String {
        let host = self.base_url.as_ref().map_or("", |base_url| base_url.host());
        format!("{} {} {host}", self.name, self.id)
    }

    fn compare(&self, other: &Self, (): ()) -> Ordering {
        by_words(&self.name, &other.name)
    }
}

/// One service principal.
#[derive(Debug)]
pub struct Detail {
    pub principal_id: String,
    pub secrets: Asked<Vec<OAuthSecret>>,
    pub(super) deleting: Vec<(RunId, String)>,
    pub(super) entitling: Vec<(RunId, Entitlement)>,
    pub joining: Joining,
    pub grants: Grants,
}

/// *Add to a workspace*, at account level.
#[derive(Debug)]
pub struct Joining {
    pub workspaces: Remote<()>,
    pub table_model: TableModel<AccountWorkspace>,
    pub chosen: Option<AccountWorkspace>,
    pub role: WorkspaceRole,
    pub(super) run: Option<RunId>,
    /// The last result: the workspace and its role there.
    pub joined: Option<(String, WorkspaceRole)>,
}

/// *Permissions*, at workspace level.
#[derive(Debug, Default)]
pub struct Grants {
    pub kind: Option<Securable>,
    pub catalogs: Asked<Vec<String>>,
    pub catalog: Option<String>,
    pub objects: Listing<Object>,
    pub object: Option<Object>,
    /// Its permission on the object.
    pub has: Asked<Option<Permission>>,
    pub chosen: Option<Permission>,
    pub(super) run: Option<RunId>,
}

impl Detail {
    fn new(principal_id: String) -> Self {
        Self {
            principal_id,
            secrets: Asked::default(),
            deleting: Vec::new(),
            entitling: Vec::new(),
            joining: Joining {
                workspaces: Remote::NotAsked,
                table_model: TableModel::default(),
                chosen: None,
                role: WorkspaceRole::User,
                run: None,
                joined: None,
            },
            grants: Grants::default(),
        }
    }

    pub fn is_deleting(&self, secret: &str) -> bool {
        self.deleting.iter().any(|(_, id)| id == secret)
    }

    pub fn is_entitling(&self, entitlement: Entitlement) -> bool {
        self.entitling.iter().any(|(_, of)| *of == entitlement)
    }
}

impl Joining {
    pub fn waits(&self) -> bool {
        self.run.is_some()
    }
}

impl Grants {
    pub fn waits(&self) -> bool {
        self.run.is_some()
    }

    pub fn may_grant(&self) -> bool {
        self.object.is_some()
            && self.chosen.is_some()
            && !self.waits()
            && !self.has.waits()
            && self.has.value().copied().flatten() != self.chosen
    }
}

impl AdminData {
    pub(super) fn detail_of(&mut self, principal_id: &str) -> Option<&mut Detail> {
        self.detail.as_mut().filter(|detail| detail.principal_id == principal_id)
    }
}

impl State {
    pub(super) fn ask_for_principals(&mut self, id: ConnectionId) -> Vec<Ask> {
        let note = |admin_data: &mut AdminData, run| admin_data.principals.asked.asked(run);
        self.admin_ask(id, ListServicePrincipals { id }, note, move |state, run, outcome| state.principals_listed(run, id, outcome))
    }

    pub(super) fn ask_for_secrets(&mut self, id: ConnectionId) -> Vec<Ask> {
        let Some(detail) = self.admin.admin_data(id).and_then(|admin_data| admin_data.detail.as_ref()) else { return Vec::new() };
        let request = ListOAuthSecrets { id, principal_id: detail.principal_id.clone() };
        self.admin_question(id, request, |admin_data| Some(&mut admin_data.detail.as_mut()?.secrets))
    }

    /// A request about the shown principal.
    fn in_detail<R: Request>(
        &mut self,
        id: ConnectionId,
        request: R,
        note: impl FnOnce(&mut Detail, RunId),
        then: impl FnOnce(&mut Self, RunId, Result<R::Answer, Failure>) -> Vec<Ask> + Send + 'static,
    ) -> Vec<Ask> {
        if self.admin.admin_data(id).is_none_or(|admin_data| admin_data.detail.is_none()) {
            return Vec::new();
        }
        let note = |admin_data: &mut AdminData, run| {
            if let Some(detail) = &mut admin_data.detail {
                note(detail, run);
            }
        };
        self.admin_ask(id, request, note, then)
    }

    fn detail(&self) -> Option<(ConnectionId, &Detail, &ServicePrincipal)> {
        let id = self.administered()?;
        let admin_data = self.admin.admin_data(id)?;
        Some((id, admin_data.detail.as_ref()?, admin_data.principal()?))
    }

    pub fn detail_mut(&mut self) -> Option<&mut Detail> {
        self.admin_data_mut()?.detail.as_mut()
    }

    /// Shows one service principal.
    pub fn open_principal(&mut self, principal_id: &str) -> Vec<Ask> {
        let Some(id) = self.administered() else { return Vec::new() };
        self.open_principal_of(id, principal_id)
    }

    pub(super) fn open_principal_of(&mut self, id: ConnectionId, principal_id: &str) -> Vec<Ask> {
        let Some(admin_data) =
            self.admin.admin_data_mut(id).filter(|admin_data| admin_data.principals.table_model.get(principal_id).is_some())
        else {
            return Vec::new();
        };
        admin_data.detail = Some(Detail::new(principal_id.to_owned()));
        admin_data.trouble = None;
        let mut commands = self.ask_for_secrets(id);
        if self.tokens_of(id) == TokensOf::Account {
            commands.extend(self.ask_for_workspaces_to_join(id));
        }
        commands
    }

    /// Back to the list.
    pub fn close_principal(&mut self) {
        if let Some(admin_data) = self.admin_data_mut() {
            admin_data.detail = None;
            admin_data.trouble = None;
        }
    }

    /// Workspaces that a test has just found are not loaded again.
    fn ask_for_workspaces_to_join(&mut self, id: ConnectionId) -> Vec<Ask> {
        let found = self.tests.finished(id).and_then(|finished| finished.report.workspaces.clone());
        let Some(detail) = self.admin.admin_data_mut(id).and_then(|admin_data| admin_data.detail.as_mut()) else { return Vec::new() };
        if let Some(found) = found {
            detail.joining.table_model.set(found);
            detail.joining.workspaces = Remote::Ready(());
            return Vec::new();
        }
        detail.joining.workspaces.asked();
        vec![ask(ListWorkspaces { id }, move |state, outcome, _| {
            state.workspaces_to_join(id, outcome);
            Vec::new()
        })]
    }

    pub fn ask_for_workspaces_to_join_again(&mut self) -> Vec<Ask> {
        self.administered().map(|id| self.ask_for_workspaces_to_join(id)).unwrap_or_default()
    }

    fn workspaces_to_join(&mut self, id: ConnectionId, outcome: Result<Vec<AccountWorkspace>, Failure>) {
        let detail = self.admin.admin_data_mut(id).and_then(|admin_data| admin_data.detail.as_mut());
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

    pub fn join_workspace(&mut self) -> Vec<Ask> {
        let Some((id, detail, principal)) = self.detail() else { return Vec::new() };
        let Some(workspace) = detail.joining.chosen.as_ref().filter(|_| !detail.joining.waits()) else { return Vec::new() };
        let (principal_id, workspace_id, role) = (principal.id.clone(), workspace.id.clone(), detail.joining.role);
        let request = AddToWorkspace { id, principal_id: principal_id.clone(), workspace_id: workspace_id.clone(), role };
        let note = |detail: &mut Detail, run| {
            detail.joining.run = Some(run);
            detail.joining.joined = None;
        };
        self.in_detail(id, request, note, move |state, run, outcome| {
            state.joined(run, id, &principal_id, (workspace_id, role), outcome);
            Vec::new()
        })
    }

    pub fn set_entitlement(&mut self, entitlement: Entitlement, granted: bool) -> Vec<Ask> {
        let Some((id, detail, principal)) = self.detail() else { return Vec::new() };
        if detail.is_entitling(entitlement) {
            return Vec::new();
        }
        let principal_id = principal.id.clone();
        let request = SetEntitlement { id, principal_id: principal_id.clone(), entitlement, granted };
        let note = |detail: &mut Detail, run| detail.entitling.push((run, entitlement));
        self.in_detail(id, request, note, move |state, run, outcome| {
            state.entitlement_set(run, id, &principal_id, (entitlement, granted), outcome);
            Vec::new()
        })
    }

    /// Chooses the type of object for permissions.
    pub fn choose_kind(&mut self, kind: Securable) -> Vec<Ask> {
        let Some((id, ..)) = self.detail() else { return Vec::new() };
        if let Some(detail) = self.detail_mut() {
            detail.grants = Grants { kind: Some(kind), ..Grants::default() };
        }
        if kind == Securable::Schema {
            self.admin_question(id, ListCatalogs { id }, |admin_data| Some(&mut admin_data.detail.as_mut()?.grants.catalogs))
        } else {
            self.ask_for_objects(id, kind, None)
        }
    }

    pub fn choose_catalog(&mut self, catalog: String) -> Vec<Ask> {
        let Some((id, ..)) = self.detail() else { return Vec::new() };
        if let Some(detail) = self.detail_mut() {
            let catalogs = std::mem::take(&mut detail.grants.catalogs);
            detail.grants = Grants { kind: Some(Securable::Schema), catalogs, catalog: Some(catalog.clone()), ..Grants::default() };
        }
        self.ask_for_objects(id, Securable::Schema, Some(catalog))
    }

    fn ask_for_objects(&mut self, id: ConnectionId, kind: Securable, catalog: Option<String>) -> Vec<Ask> {
        let note = |detail: &mut Detail, run| detail.grants.objects.asked.asked(run);
        self.in_detail(id, ListObjects { id, kind, catalog }, note, move |state, run, outcome| state.objects_listed(run, id, outcome))
    }

    /// Tries again to load what failed.
    pub fn ask_for_objects_again(&mut self) -> Vec<Ask> {
        let Some((_, detail, _)) = self.detail() else { return Vec::new() };
        match (detail.grants.kind, detail.grants.catalog.clone()) {
            (Some(Securable::Schema), Some(catalog)) => self.choose_catalog(catalog),
            (Some(kind), _) => self.choose_kind(kind),
            (None, _) => Vec::new(),
        }
    }

    pub fn choose_object(&mut self, object: &Object) -> Vec<Ask> {
        if let Some(detail) = self.detail_mut() {
            detail.grants.object = Some(object.clone());
            detail.grants.has = Asked::default();
            detail.grants.chosen = None;
            detail.grants.run = None;
        }
        self.ask_for_permission()
    }

    /// Back to the list of objects.
    pub fn choose_no_object(&mut self) {
        if let Some(detail) = self.detail_mut() {
            detail.grants.object = None;
            detail.grants.has = Asked::default();
            detail.grants.run = None;
        }
    }

    pub fn ask_for_permission(&mut self) -> Vec<Ask> {
        let Some((id, detail, principal)) = self.detail() else { return Vec::new() };
        let Some(object) = detail.grants.object.clone() else { return Vec::new() };
        let request = GetPermission { id, object, client_id: principal.client_id.clone() };
        let note = |detail: &mut Detail, run| detail.grants.has.asked(run);
        self.in_detail(id, request, note, move |state, run, outcome| state.permission_known(run, id, outcome))
    }

    pub fn grant(&mut self) -> Vec<Ask> {
        let Some((id, detail, principal)) = self.detail() else { return Vec::new() };
        let (Some(object), Some(permission), true) = (detail.grants.object.clone(), detail.grants.chosen, detail.grants.may_grant()) else {
            return Vec::new();
        };
        let request = GrantPermission { id, object: object.clone(), client_id: principal.client_id.clone(), permission };
        let note = |detail: &mut Detail, run| detail.grants.run = Some(run);
        self.in_detail(id, request, note, move |state, run, outcome| state.granted(run, id, &object, permission, outcome))
    }
}
