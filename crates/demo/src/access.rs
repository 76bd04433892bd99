//! Access control lists of clusters, SQL warehouses and jobs: `/api/2.0/permissions/{kind}/{id}`.

use std::{collections::HashMap, sync::Arc};

use axum::{Extension, Json, Router, body::Bytes, extract::Path, http::StatusCode, routing::get};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    Workspace,
    catalogue::{Nature, Principal, USERS},
    errors::{self, ApiRefusal},
    input,
    oidc::Caller,
};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Kind {
    Cluster,
    Warehouse,
    Job,
}

/// Who was given something.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Grantee {
    User(String),
    /// By its application id.
    ServicePrincipal(String),
    Group(String),
}

/// What was given, by object; what owners and admins have comes on top.
#[derive(Default)]
pub(super) struct Access {
    given: HashMap<(Kind, String), Vec<(Grantee, &'static str)>>,
}

#[derive(Deserialize)]
struct Update {
    #[serde(default)]
    access_control_list: Vec<Entry>,
}

#[derive(Deserialize)]
struct Entry {
    user_name: Option<String>,
    service_principal_name: Option<String>,
    group_name: Option<String>,
    permission_level: Option<String>,
}

pub(super) fn routes() -> Router {
    Router::new()
        .route("/api/2.0/permissions/{kind}/{id}", get(show).patch(add).put(replace))
        .route("/api/2.0/permissions/sql/{kind}/{id}", get(show).patch(add).put(replace))
}

type Who = (Extension<Arc<Workspace>>, Extension<Caller>);

type Answer = Result<Json<Value>, ApiRefusal>;

async fn show((workspace, caller): Who, Path((kind, id)): Path<(String, String)>) -> Answer {
    Object::manage(&workspace, &caller, &kind, &id).map(|object| Json(object.list(&workspace)))
}

async fn add(who: Who, Path(path): Path<(String, String)>, body: Bytes) -> Answer {
    change(&who, &path, &body, false)
}

async fn replace(who: Who, Path(path): Path<(String, String)>, body: Bytes) -> Answer {
    change(&who, &path, &body, true)
}

fn change((workspace, caller): &Who, (kind, id): &(String, String), body: &[u8], whole: bool) -> Answer {
    let object = Object::manage(workspace, caller, kind, id)?;
    let asked: Update = input::read(body)?;
    let new = asked.access_control_list.into_iter().map(|entry| object.read(workspace, entry)).collect::<Result<Vec<_>, _>>()?;
    let mut access = workspace.access();
    let given = access.given.entry((object.kind, object.id.clone())).or_default();
    if whole {
        given.clear();
    }
    for (grantee, level) in new {
        given.retain(|(known, _)| *known != grantee);
        given.push((grantee, level));
    }
    drop(access);
    Ok(Json(object.list(workspace)))
}

impl Kind {
    fn read(word: &str) -> Option<Self> {
        match word {
            "clusters" => Some(Self::Cluster),
            "warehouses" => Some(Self::Warehouse),
            "jobs" => Some(Self::Job),
            _ => None,
        }
    }

    /// Type of the object in an answer, and where it lies.
    fn names(self) -> (&'static str, &'static str) {
        match self {
            Self::Cluster => ("cluster", "/clusters/"),
            Self::Warehouse => ("warehouses", "/sql/warehouses/"),
            Self::Job => ("job", "/jobs/"),
        }
    }

    /// The least first; owners are not made here.
    fn levels(self) -> &'static [&'static str] {
        match self {
            Self::Cluster => &["CAN_ATTACH_TO", "CAN_RESTART", "CAN_MANAGE"],
            Self::Warehouse => &["CAN_VIEW", "CAN_USE", "CAN_MONITOR", "CAN_MANAGE"],
            Self::Job => &["CAN_VIEW", "CAN_MANAGE_RUN", "CAN_MANAGE"],
        }
    }
}

/// One that is there, in the hands of somebody who may manage it.
struct Object {
    kind: Kind,
    id: String,
    owner: String,
}

impl Object {
    fn manage(workspace: &Workspace, caller: &Caller, kind: &str, id: &str) -> Result<Self, ApiRefusal> {
        if workspace.nature == Nature::NoPermission {
            return Err(errors::no_entitlement());
        }
        let Some(kind) = Kind::read(kind) else {
            return Err(ApiRefusal::invalid_parameter(format!("Unsupported object type: {kind}")));
        };
        let owner = match kind {
            Kind::Cluster => workspace
                .clusters
                .iter()
                .find(|it| it.id == id)
                .map(|it| it.facts.get("creator_user_name").and_then(Value::as_str).unwrap_or_default().to_owned()),
            Kind::Warehouse => workspace.warehouses.iter().find(|it| it.id == id).map(|it| it.creator.clone()),
            Kind::Job => workspace.jobs.iter().find(|it| it.id.to_string() == id).map(|it| it.creator.clone()),
        };
        let object = Self { kind, id: id.to_owned(), owner: owner.ok_or_else(|| no_such_object(kind, id))? };
        if object.is_managed_by(workspace, &caller.principal) { Ok(object) } else { Err(object.not_managed_by(&caller.principal)) }
    }

    fn is_managed_by(&self, workspace: &Workspace, principal: &Principal) -> bool {
        let name = principal.name();
        let own = |(grantee, level): &(Grantee, &str)| {
            let named = match grantee {
                Grantee::User(name) | Grantee::ServicePrincipal(name) => name,
                // Everybody is a user; who is an admin needs no grant.
                Grantee::Group(group) => return group == "users" && *level == "CAN_MANAGE",
            };
            *named == name && *level == "CAN_MANAGE"
        };
        self.owner == name || workspace.has_admin(principal) || workspace.access().of(self).iter().any(own)
    }

    /// As the service words it.
    fn not_managed_by(&self, principal: &Principal) -> ApiRefusal {
        let object = match self.kind {
            Kind::Cluster => format!("Cluster {}", self.id),
            Kind::Warehouse => format!("SQL warehouse {}", self.id),
            Kind::Job => format!("Job with ID: ElasticJobId({})", self.id),
        };
        let message = format!(
            "{} does not have Manage permissions on {object}. Please contact the owner or an administrator for access.",
            principal.name()
        );
        ApiRefusal::new(StatusCode::FORBIDDEN, "PERMISSION_DENIED", message)
    }

    fn read(&self, workspace: &Workspace, entry: Entry) -> Result<(Grantee, &'static str), ApiRefusal> {
        let unknown = |who: String| ApiRefusal::unknown(format!("Principal: {who} does not exist"));
        let grantee = match (entry.user_name, entry.service_principal_name, entry.group_name) {
            (Some(name), None, None) if USERS.iter().any(|it| it.user_name() == name) => Grantee::User(name),
            (Some(name), None, None) => return Err(unknown(format!("UserName({name})"))),
            (None, Some(name), None) => {
                let principals = workspace.authority.principals();
                let known = principals.list(Some(workspace.id)).find(|it| it.client_id.eq_ignore_ascii_case(&name));
                Grantee::ServicePrincipal(known.ok_or_else(|| unknown(format!("ServicePrincipalName({name})")))?.client_id.clone())
            }
            (None, None, Some(name)) if name == "users" || name == "admins" => Grantee::Group(name),
            (None, None, Some(name)) => return Err(unknown(format!("GroupName({name})"))),
            _ => return Err(ApiRefusal::invalid_parameter("Exactly one of user_name, group_name, service_principal_name must be set.")),
        };
        let asked = entry.permission_level.unwrap_or_default();
        let level = self.kind.levels().iter().find(|level| **level == asked).copied();
        let kind = self.kind.names().0;
        let level =
            level.ok_or_else(|| ApiRefusal::invalid_parameter(format!("Permission level {asked} is not supported for {kind} objects.")))?;
        Ok((grantee, level))
    }

    fn list(&self, workspace: &Workspace) -> Value {
        let (kind, place) = self.kind.names();
        let direct = |level: &str| json!([{ "permission_level": level, "inherited": false }]);
        let owner = if self.kind == Kind::Cluster { "CAN_MANAGE" } else { "IS_OWNER" };
        let mut entries = vec![json!({ "user_name": self.owner, "all_permissions": direct(owner) })];
        let access = workspace.access();
        entries.extend(access.of(self).iter().map(|(grantee, level)| match grantee {
            Grantee::User(name) => json!({ "user_name": name, "all_permissions": direct(level) }),
            Grantee::ServicePrincipal(id) => json!({ "service_principal_name": id, "all_permissions": direct(level) }),
            Grantee::Group(name) => json!({ "group_name": name, "all_permissions": direct(level) }),
        }));
        entries.push(json!({
            "group_name": "admins",
            "all_permissions": [{ "permission_level": "CAN_MANAGE", "inherited": true, "inherited_from_object": [place] }],
        }));
        json!({ "object_id": format!("{place}{}", self.id), "object_type": kind, "access_control_list": entries })
    }
}

impl Access {
    fn of(&self, object: &Object) -> &[(Grantee, &'static str)] {
        self.given.get(&(object.kind, object.id.clone())).map_or(&[], Vec::as_slice)
    }
}

fn no_such_object(kind: Kind, id: &str) -> ApiRefusal {
    ApiRefusal::unknown(match kind {
        Kind::Cluster => format!("Cluster {id} does not exist"),
        Kind::Warehouse => format!("SQL warehouse {id} does not exist."),
        Kind::Job => format!("Job {id} does not exist."),
    })
}
