//! Service principals, and the details of the shown one.

use std::cmp::Ordering;

use super::{Admin, AdminData, Answer, Listing};
use crate::ui::{
    admin::{DeleteSecret, NewSecret},
    state::{
        Connections, Output, Remote, RunId, Tests, TokensOf, ask,
        remote::Asked,
        table_model::{Record, TableModel, by_words},
    },
};
use brickpass_core::connection::ConnectionId;
use brickpass_databricks::rest::{
    AccountWorkspace, Entitlement, OAuthSecret, Object, Permission, Securable, ServicePrincipal, WorkspaceRole,
};
use brickpass_engine::{
    AddToWorkspace, DeleteOAuthSecret, GetPermission, GrantPermission, ListCatalogs, ListOAuthSecrets, ListObjects, ListServicePrincipals,
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
    fn shown_principal(&self) -> Option<(&Detail, &ServicePrincipal)> {
        Some((self.detail.as_ref()?, self.principal()?))
    }
}

impl Admin {
    pub(super) fn load_principals(&mut self, id: ConnectionId) -> Output {
        let note = |admin_data: &mut AdminData, run| admin_data.principals.asked.asked(run);
        self.request(id, ListServicePrincipals { id }, note, Self::principals_listed)
    }

    /// Loads the secrets of the shown principal.
    pub fn load_secrets(&mut self, id: ConnectionId) -> Output {
        let Some(detail) = self.by_connection.get(&id).and_then(|admin_data| admin_data.detail.as_ref()) else { return Output::none() };
        let request = ListOAuthSecrets { id, principal_id: detail.principal_id.clone() };
        self.load_into(id, request, |admin_data| Some(&mut admin_data.detail.as_mut()?.secrets))
    }

    /// A request about the shown principal.
    fn request_in_detail<R: Request, O: Into<Output>>(
        &mut self,
        id: ConnectionId,
        request: R,
        note: impl FnOnce(&mut Detail, RunId),
        then: impl FnOnce(&mut Self, Answer<R::Answer>) -> O + Send + 'static,
    ) -> Output {
        if self.by_connection.get(&id).is_none_or(|admin_data| admin_data.detail.is_none()) {
            return Output::none();
        }
        let note = |admin_data: &mut AdminData, run| {
            if let Some(detail) = &mut admin_data.detail {
                note(detail, run);
            }
        };
        self.request(id, request, note, then)
    }

    /// The details of the shown principal.
    pub fn detail(&self, connections: &Connections) -> Option<&Detail> {
        self.shown(connections)?.detail.as_ref()
    }

    pub fn detail_mut(&mut self, connections: &Connections) -> Option<&mut Detail> {
        self.shown_mut(connections)?.detail.as_mut()
    }

    pub(super) fn detail_of(&mut self, id: ConnectionId, principal_id: &str) -> Option<&mut Detail> {
        self.by_connection.get_mut(&id)?.detail.as_mut().filter(|detail| detail.principal_id == principal_id)
    }

    /// The shown principal, of which connection, and its details.
    pub fn principal(&self, connections: &Connections) -> Option<(ConnectionId, &Detail, &ServicePrincipal)> {
        let id = connections.administered()?;
        let (detail, principal) = self.by_connection.get(&id)?.shown_principal()?;
        Some((id, detail, principal))
    }

    /// Shows one service principal.
    pub fn open_principal(&mut self, id: ConnectionId, principal_id: &str, connections: &Connections, tests: &Tests) -> Output {
        let of_list = |admin_data: &&mut AdminData| admin_data.principals.table_model.get(principal_id).is_some();
        let Some(admin_data) = self.by_connection.get_mut(&id).filter(of_list) else { return Output::none() };
        admin_data.detail = Some(Detail::new(principal_id.to_owned()));
        admin_data.trouble = None;
        let mut output = self.load_secrets(id);
        if connections.tokens_of(id) == TokensOf::Account {
            output.extend(self.load_workspaces_to_join(id, tests));
        }
        output
    }

    /// Back to the list.
    pub fn close_principal(&mut self, connections: &Connections) {
        if let Some(admin_data) = self.shown_mut(connections) {
            admin_data.detail = None;
            admin_data.trouble = None;
        }
    }

    /// Workspaces that a test has just found are not loaded again.
    fn load_workspaces_to_join(&mut self, id: ConnectionId, tests: &Tests) -> Output {
        let found = tests.finished(id).and_then(|finished| finished.report.workspaces.clone());
        let Some(detail) = self.by_connection.get_mut(&id).and_then(|admin_data| admin_data.detail.as_mut()) else {
            return Output::none();
        };
        if let Some(found) = found {
            detail.joining.table_model.set(found);
            detail.joining.workspaces = Remote::Ready(());
            return Output::none();
        }
        detail.joining.workspaces.asked();
        ask(ListWorkspaces { id }, move |state, outcome, _| state.admin.workspaces_to_join_listed(id, outcome)).into()
    }

    pub fn load_workspaces_to_join_again(&mut self, connections: &Connections, tests: &Tests) -> Output {
        connections.administered().map(|id| self.load_workspaces_to_join(id, tests)).into()
    }

    pub fn join_workspace(&mut self, connections: &Connections) -> Output {
        let Some((id, detail, principal)) = self.principal(connections) else { return Output::none() };
        let Some(workspace) = detail.joining.chosen.as_ref().filter(|_| !detail.joining.waits()) else { return Output::none() };
        let (principal_id, workspace_id, role) = (principal.id.clone(), workspace.id.clone(), detail.joining.role);
        let request = AddToWorkspace { id, principal_id: principal_id.clone(), workspace_id: workspace_id.clone(), role };
        let note = |detail: &mut Detail, run| {
            detail.joining.run = Some(run);
            detail.joining.joined = None;
        };
        self.request_in_detail(id, request, note, move |admin, answer| admin.joined(&principal_id, (workspace_id, role), answer))
    }

    pub fn set_entitlement(&mut self, entitlement: Entitlement, granted: bool, connections: &Connections) -> Output {
        let Some((id, _, principal)) = self.principal(connections).filter(|(_, detail, _)| !detail.is_entitling(entitlement)) else {
            return Output::none();
        };
        let principal_id = principal.id.clone();
        let request = SetEntitlement { id, principal_id: principal_id.clone(), entitlement, granted };
        let note = |detail: &mut Detail, run| detail.entitling.push((run, entitlement));
        let then = move |admin: &mut Self, answer| admin.entitlement_set(&principal_id, (entitlement, granted), answer);
        self.request_in_detail(id, request, note, then)
    }

    pub fn ask_for_new_secret(&self, connections: &Connections) -> Output {
        let mut output = Output::none();
        if let Some((id, _, principal)) = self.principal(connections) {
            output.open(NewSecret::new(id, principal.clone()));
        }
        output
    }

    pub fn ask_to_delete_secret(&self, secret: &OAuthSecret, connections: &Connections) -> Output {
        let mut output = Output::none();
        if let Some((id, _, principal)) = self.principal(connections) {
            output.open(DeleteSecret::new(id, principal, secret, connections));
        }
        output
    }

    pub fn delete_secret(&mut self, id: ConnectionId, principal_id: &str, secret_id: &str) -> Output {
        let (of, gone) = (principal_id.to_owned(), secret_id.to_owned());
        let request = DeleteOAuthSecret { id, principal_id: of.clone(), secret_id: gone.clone() };
        let note = |admin_data: &mut AdminData, run| {
            admin_data.trouble = None;
            if let Some(detail) = admin_data.detail.as_mut().filter(|detail| detail.principal_id == principal_id) {
                detail.deleting.push((run, secret_id.to_owned()));
            }
        };
        self.request(id, request, note, move |admin, answer| admin.secret_deleted(&of, &gone, answer))
    }

    /// Chooses the type of object for permissions.
    pub fn choose_kind(&mut self, kind: Securable, connections: &Connections) -> Output {
        let Some((id, ..)) = self.principal(connections) else { return Output::none() };
        if let Some(detail) = self.detail_mut(connections) {
            detail.grants = Grants { kind: Some(kind), ..Grants::default() };
        }
        if kind == Securable::Schema {
            self.load_into(id, ListCatalogs { id }, |admin_data| Some(&mut admin_data.detail.as_mut()?.grants.catalogs))
        } else {
            self.load_objects(id, kind, None)
        }
    }

    pub fn choose_catalog(&mut self, catalog: String, connections: &Connections) -> Output {
        let Some((id, ..)) = self.principal(connections) else { return Output::none() };
        if let Some(detail) = self.detail_mut(connections) {
            let catalogs = std::mem::take(&mut detail.grants.catalogs);
            detail.grants = Grants { kind: Some(Securable::Schema), catalogs, catalog: Some(catalog.clone()), ..Grants::default() };
        }
        self.load_objects(id, Securable::Schema, Some(catalog))
    }

    fn load_objects(&mut self, id: ConnectionId, kind: Securable, catalog: Option<String>) -> Output {
        let note = |detail: &mut Detail, run| detail.grants.objects.asked.asked(run);
        self.request_in_detail(id, ListObjects { id, kind, catalog }, note, Self::objects_listed)
    }

    /// Tries again to load what failed.
    pub fn load_objects_again(&mut self, connections: &Connections) -> Output {
        let Some((_, detail, _)) = self.principal(connections) else { return Output::none() };
        match (detail.grants.kind, detail.grants.catalog.clone()) {
            (Some(Securable::Schema), Some(catalog)) => self.choose_catalog(catalog, connections),
            (Some(kind), _) => self.choose_kind(kind, connections),
            (None, _) => Output::none(),
        }
    }

    pub fn choose_object(&mut self, object: &Object, connections: &Connections) -> Output {
        if let Some(detail) = self.detail_mut(connections) {
            detail.grants.object = Some(object.clone());
            detail.grants.has = Asked::default();
            detail.grants.chosen = None;
            detail.grants.run = None;
        }
        connections.administered().map(|id| self.load_permission(id)).into()
    }

    /// Back to the list of objects.
    pub fn choose_no_object(&mut self, connections: &Connections) {
        if let Some(detail) = self.detail_mut(connections) {
            detail.grants.object = None;
            detail.grants.has = Asked::default();
            detail.grants.run = None;
        }
    }

    pub fn load_permission(&mut self, id: ConnectionId) -> Output {
        let Some((detail, principal)) = self.by_connection.get(&id).and_then(AdminData::shown_principal) else { return Output::none() };
        let Some(object) = detail.grants.object.clone() else { return Output::none() };
        let request = GetPermission { id, object, client_id: principal.client_id.clone() };
        let note = |detail: &mut Detail, run| detail.grants.has.asked(run);
        self.request_in_detail(id, request, note, Self::permission_loaded)
    }

    pub fn grant(&mut self, connections: &Connections) -> Output {
        let Some((id, detail, principal)) = self.principal(connections) else { return Output::none() };
        let (Some(object), Some(permission), true) = (detail.grants.object.clone(), detail.grants.chosen, detail.grants.may_grant()) else {
            return Output::none();
        };
        let request = GrantPermission { id, object: object.clone(), client_id: principal.client_id.clone(), permission };
        let note = |detail: &mut Detail, run| detail.grants.run = Some(run);
        self.request_in_detail(id, request, note, move |admin, answer| admin.granted(&object, permission, answer))
    }
}

impl Connections {
    pub fn can_create_principal(&self) -> bool {
        self.administered().is_some()
    }
}
