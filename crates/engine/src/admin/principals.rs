//! Service principals: list, create, add to a workspace, grant entitlements.

use super::{api, messages};
use crate::{
    activity::{self, Done},
    api_context::{ApiContext, directory, look},
    request::{Context, Order, Recorder, Request},
};
use brickpass_core::{connection::ConnectionId, failure::Failure};
use brickpass_databricks::rest::{Entitlement, ServicePrincipal, WorkspaceRole, redact};
use brickpass_storage::AuditAction;

/// Lists the service principals of a workspace or an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ListServicePrincipals {
    pub id: ConnectionId,
}

impl Request for ListServicePrincipals {
    type Answer = Vec<ServicePrincipal>;

    const ORDER: Order = Order::Question;

    async fn run(self, context: Context) -> Result<Vec<ServicePrincipal>, Failure> {
        let mut api = api(&context, self.id, messages::anywhere).await?;
        list(&mut api).await.map_err(|failure| messages::explained(failure, &api))
    }
}

/// Creates a service principal in a workspace or an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CreateServicePrincipal {
    pub id: ConnectionId,
    pub name: String,
}

impl Request for CreateServicePrincipal {
    type Answer = ServicePrincipal;

    const ORDER: Order = Order::Change;

    fn recorder(&self) -> Recorder<ServicePrincipal> {
        let done = Done::new(self.id, AuditAction::ServicePrincipalCreated);
        Box::new(|outcome| {
            let made = outcome.as_ref().ok().map(|made| made.client_id.as_str());
            vec![done.with(activity::ids(&[made])).ended(outcome)]
        })
    }

    async fn run(self, context: Context) -> Result<ServicePrincipal, Failure> {
        let mut api = api(&context, self.id, messages::anywhere).await?;
        create(&mut api, &self.name).await.map_err(|failure| messages::explained(failure, &api))
    }
}

/// Lets a service principal of an account into one of its workspaces.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AddToWorkspace {
    pub id: ConnectionId,
    /// Its number in SCIM.
    pub principal_id: String,
    pub workspace_id: String,
    pub role: WorkspaceRole,
}

impl Request for AddToWorkspace {
    type Answer = ();

    const ORDER: Order = Order::Change;

    fn recorder(&self) -> Recorder<()> {
        let detail = activity::ids(&[Some(&self.principal_id), Some(&self.workspace_id), Some(self.role.word())]);
        let done = Done::new(self.id, AuditAction::AddedToWorkspace).with(detail);
        Box::new(|outcome| vec![done.ended(outcome)])
    }

    async fn run(self, context: Context) -> Result<(), Failure> {
        let mut api = api(&context, self.id, messages::where_workspaces_are_assigned).await?;
        let added = add_to_workspace(&mut api, &self.principal_id, &self.workspace_id, self.role).await;
        added.map_err(|failure| messages::explained_by_name(failure, &api))
    }
}

/// Grants a service principal an entitlement in a workspace, or removes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SetEntitlement {
    pub id: ConnectionId,
    /// Its number in SCIM.
    pub principal_id: String,
    pub entitlement: Entitlement,
    pub granted: bool,
}

impl Request for SetEntitlement {
    type Answer = ();

    const ORDER: Order = Order::Change;

    fn recorder(&self) -> Recorder<()> {
        let what = if self.granted { AuditAction::EntitlementGranted } else { AuditAction::EntitlementTaken };
        let done = Done::new(self.id, what).with(activity::ids(&[Some(&self.principal_id), Some(self.entitlement.word())]));
        Box::new(|outcome| vec![done.ended(outcome)])
    }

    async fn run(self, context: Context) -> Result<(), Failure> {
        let mut api = api(&context, self.id, messages::where_access_is_granted).await?;
        let set = set_entitlement(&mut api, &self.principal_id, self.entitlement, self.granted).await;
        set.map_err(|failure| messages::explained_by_name(failure, &api))
    }
}

async fn list(api: &mut ApiContext) -> Result<Vec<ServicePrincipal>, Failure> {
    let account = api.account_id();
    let account = account.as_ref();
    let listed = api.ask(|client, call| async move { client.service_principals(directory(account), &call).await });
    listed.await.map_err(|error| error.failure)
}

/// Sent once. Names are not unique, so a lost answer could be about either of two with the same name.
async fn create(api: &mut ApiContext, name: &str) -> Result<ServicePrincipal, Failure> {
    let name = name.trim();
    if name.is_empty() {
        return Err(messages::no_name());
    }
    let account = api.account_id();
    let account = account.as_ref();
    let made = api.ask(|client, call| async move { client.create_service_principal(directory(account), name, &call).await });
    match made.await {
        Ok(made) => Ok(made),
        Err(error) if error.may_have_been_acted_on() => Err(look_after(api, name, error.failure).await),
        Err(error) => Err(error.failure),
    }
}

async fn look_after(api: &ApiContext, name: &str, lost: Failure) -> Failure {
    // As lists show it.
    let shown = &redact::plain(name);
    let seen = look(|| {
        let mut api = api.clone();
        async move {
            let named =
                |it: &ServicePrincipal| it.name == *shown || it.name.strip_suffix('\u{2026}').is_some_and(|cut| shown.starts_with(cut));
            let found: Vec<ServicePrincipal> = list(&mut api).await?.into_iter().filter(named).collect();
            Ok((!found.is_empty()).then_some(found))
        }
    });
    match seen.await {
        Ok(Some(found)) => messages::there_is_one(lost, name, &found),
        Ok(None) => messages::not_changed(lost, "The list shows no service principal with this name."),
        Err(unseen) => messages::nobody_knows(lost, &unseen, "Check the list of service principals before you create it again."),
    }
}

/// Sent again if the answer was lost: adding an existing member changes nothing.
async fn add_to_workspace(api: &mut ApiContext, principal: &str, workspace: &str, role: WorkspaceRole) -> Result<(), Failure> {
    let Some(account) = api.account_id() else { return Err(messages::only_at_account_level()) };
    let account = &account;
    let added = api.ask_again(|client, call| async move { client.assign_to_workspace(account, workspace, principal, role, &call).await });
    added.await.map_err(|error| error.failure)
}

async fn set_entitlement(api: &mut ApiContext, principal: &str, entitlement: Entitlement, granted: bool) -> Result<(), Failure> {
    match api.ask(|client, call| async move { client.set_entitlement(principal, entitlement, granted, &call).await }).await {
        Ok(()) => Ok(()),
        Err(error) if error.may_have_been_acted_on() => {
            let seen = look(|| {
                let mut api = api.clone();
                async move {
                    let all = list(&mut api).await?;
                    let has = all.iter().any(|it| it.id == principal && it.entitlements.contains(&entitlement));
                    Ok((has == granted).then_some(()))
                }
            });
            match seen.await {
                Ok(Some(())) => Ok(()),
                Ok(None) => Err(messages::not_changed(error.failure, "The list of service principals is unchanged.")),
                Err(unseen) => Err(messages::nobody_knows(error.failure, &unseen, "Check the service principal later.")),
            }
        }
        Err(error) => Err(error.failure),
    }
}
