//! Permissions of a service principal on clusters, SQL warehouses, jobs and schemas.

use super::{api, messages};
use crate::{
    activity::{self, Done},
    api_context::{ApiContext, look},
    request::{Context, Order, Recorder, Request},
};
use brickpass_core::{
    connection::{ClientId, ConnectionId},
    failure::Failure,
};
use brickpass_databricks::rest::{Object, Permission, Securable};
use brickpass_storage::AuditAction;

/// Lists the names of a workspace's catalogs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ListCatalogs {
    pub id: ConnectionId,
}

impl Request for ListCatalogs {
    type Answer = Vec<String>;

    const ORDER: Order = Order::Question;

    async fn run(self, context: Context) -> Result<Vec<String>, Failure> {
        let mut api = api(&context, self.id, messages::where_access_is_granted).await?;
        catalogs(&mut api).await.map_err(|failure| messages::explained(failure, &api))
    }
}

/// Lists the objects of one type in a workspace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListObjects {
    pub id: ConnectionId,
    pub kind: Securable,
    /// Of schemas.
    pub catalog: Option<String>,
}

impl Request for ListObjects {
    type Answer = Vec<Object>;

    const ORDER: Order = Order::Question;

    async fn run(self, context: Context) -> Result<Vec<Object>, Failure> {
        let mut api = api(&context, self.id, messages::where_access_is_granted).await?;
        let listed = objects(&mut api, self.kind, self.catalog.as_deref()).await;
        listed.map_err(|failure| messages::explained_by_name(failure, &api))
    }
}

/// Gets a service principal's permission on an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GetPermission {
    pub id: ConnectionId,
    pub object: Object,
    pub client_id: ClientId,
}

impl Request for GetPermission {
    type Answer = Option<Permission>;

    const ORDER: Order = Order::Question;

    async fn run(self, context: Context) -> Result<Option<Permission>, Failure> {
        let mut api = api(&context, self.id, messages::where_access_is_granted).await?;
        let has = permission(&mut api, &self.object, &self.client_id).await;
        has.map_err(|failure| messages::explained_by_name(failure, &api))
    }
}

/// Grants a service principal a permission on an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GrantPermission {
    pub id: ConnectionId,
    pub object: Object,
    pub client_id: ClientId,
    pub permission: Permission,
}

impl Request for GrantPermission {
    type Answer = ();

    const ORDER: Order = Order::Change;

    fn recorder(&self) -> Recorder<()> {
        let Self { id, object, client_id, permission } = self;
        // Names of schemas are people's own words.
        let (kind, object) = match object.kind {
            Securable::Cluster => ("cluster", Some(object.id.as_str())),
            Securable::SqlWarehouse => ("warehouse", Some(object.id.as_str())),
            Securable::Job => ("job", Some(object.id.as_str())),
            Securable::Schema => ("schema", None),
        };
        let detail = activity::ids(&[Some(client_id.as_str()), Some(permission.word), Some(kind), object]);
        let done = Done::new(*id, AuditAction::PermissionGranted).with(detail);
        Box::new(|outcome| vec![done.ended(outcome)])
    }

    async fn run(self, context: Context) -> Result<(), Failure> {
        let mut api = api(&context, self.id, messages::where_access_is_granted).await?;
        let granted = grant(&mut api, &self.object, &self.client_id, self.permission).await;
        granted.map_err(|failure| messages::explained_by_name(failure, &api))
    }
}

async fn catalogs(api: &mut ApiContext) -> Result<Vec<String>, Failure> {
    api.ask(|client, call| async move { client.catalogs(&call).await }).await.map_err(|error| error.failure)
}

async fn objects(api: &mut ApiContext, kind: Securable, catalog: Option<&str>) -> Result<Vec<Object>, Failure> {
    api.ask(|client, call| async move { client.objects(kind, catalog, &call).await }).await.map_err(|error| error.failure)
}

async fn permission(api: &mut ApiContext, object: &Object, principal: &ClientId) -> Result<Option<Permission>, Failure> {
    api.ask(|client, call| async move { client.permission(object, principal, &call).await }).await.map_err(|error| error.failure)
}

async fn grant(api: &mut ApiContext, object: &Object, principal: &ClientId, permission: Permission) -> Result<(), Failure> {
    let lost = match api.ask(|client, call| async move { client.grant(object, principal, permission, &call).await }).await {
        Ok(()) => return Ok(()),
        Err(error) if error.may_have_been_acted_on() => error.failure,
        Err(error) => return Err(error.failure),
    };
    let looking = &*api;
    let seen = look(|| {
        let mut api = looking.clone();
        async move {
            let has = self::permission(&mut api, object, principal).await?;
            Ok(step(object.kind, has).filter(|has| Some(*has) >= step(object.kind, Some(permission))).map(drop))
        }
    });
    match seen.await {
        Ok(Some(())) => Ok(()),
        Ok(None) => Err(messages::not_granted(lost)),
        Err(unseen) => Err(messages::nobody_knows(lost, &unseen, "Check its permissions later.")),
    }
}

/// How far up the ladder of its kind.
fn step(kind: Securable, permission: Option<Permission>) -> Option<usize> {
    let permission = permission?;
    kind.permissions().iter().position(|it| it.word == permission.word)
}
