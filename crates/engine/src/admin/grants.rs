//! Permissions of a service principal on clusters, SQL warehouses, jobs and schemas.

use super::words;
use crate::reach::{Reach, look};
use brickpass_core::{connection::ClientId, failure::Failure};
use brickpass_databricks::rest::{Object, Permission, Securable};

pub(super) async fn catalogs(reach: &mut Reach) -> Result<Vec<String>, Failure> {
    reach.ask(|client, call| async move { client.catalogs(&call).await }).await.map_err(|error| error.failure)
}

pub(super) async fn objects(reach: &mut Reach, kind: Securable, catalog: Option<&str>) -> Result<Vec<Object>, Failure> {
    reach.ask(|client, call| async move { client.objects(kind, catalog, &call).await }).await.map_err(|error| error.failure)
}

pub(super) async fn permission(reach: &mut Reach, object: &Object, principal: &ClientId) -> Result<Option<Permission>, Failure> {
    reach.ask(|client, call| async move { client.permission(object, principal, &call).await }).await.map_err(|error| error.failure)
}

pub(super) async fn grant(reach: &mut Reach, object: &Object, principal: &ClientId, permission: Permission) -> Result<(), Failure> {
    let lost = match reach.ask(|client, call| async move { client.grant(object, principal, permission, &call).await }).await {
        Ok(()) => return Ok(()),
        Err(error) if error.may_have_been_acted_on() => error.failure,
        Err(error) => return Err(error.failure),
    };
    let looking = &*reach;
    let seen = look(|| {
        let mut reach = looking.clone();
        async move {
            let has = self::permission(&mut reach, object, principal).await?;
            Ok(step(object.kind, has).filter(|has| Some(*has) >= step(object.kind, Some(permission))).map(drop))
        }
    });
    match seen.await {
        Ok(Some(())) => Ok(()),
        Ok(None) => Err(words::not_granted(lost)),
        Err(unseen) => Err(words::nobody_knows(lost, &unseen, "Look at its permissions again later.")),
    }
}

/// How far up the ladder of its kind.
fn step(kind: Securable, permission: Option<Permission>) -> Option<usize> {
    let permission = permission?;
    kind.permissions().iter().position(|it| it.word == permission.word)
}
