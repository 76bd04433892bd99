//! Privileges on catalogs and schemas: `/api/2.1/unity-catalog/permissions/{type}/{name}` and `effective-permissions`.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::Arc,
};

use axum::{
    Extension, Json, Router,
    body::Bytes,
    extract::{Path, Query},
    http::StatusCode,
    routing::get,
};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    Workspace,
    catalogue::{Nature, USERS},
    errors::{self, ApiRefusal},
    input::{self, Pairs, value},
    oidc::Caller,
    unity_catalog::{no_such_catalog, no_such_schema},
};

/// Everybody in the account.
const EVERYBODY: &str = "account users";

const OF_SCHEMAS: [&str; 12] = [
    "ALL_PRIVILEGES",
    "APPLY_TAG",
    "CREATE_FUNCTION",
    "CREATE_MATERIALIZED_VIEW",
    "CREATE_MODEL",
    "CREATE_TABLE",
    "CREATE_VOLUME",
    "EXECUTE",
    "MANAGE",
    "MODIFY",
    "SELECT",
    "USE_SCHEMA",
];
/// Besides all those of schemas.
const OF_CATALOGS: [&str; 3] = ["BROWSE", "CREATE_SCHEMA", "USE_CATALOG"];

type Assignments = BTreeMap<String, BTreeSet<String>>;

/// What was given, by full name.
#[derive(Default)]
pub(super) struct Privileges {
    given: HashMap<String, Assignments>,
}

#[derive(Deserialize)]
struct Update {
    #[serde(default)]
    changes: Vec<Change>,
}

#[derive(Deserialize)]
struct Change {
    principal: String,
    #[serde(default)]
    add: Vec<String>,
    #[serde(default)]
    remove: Vec<String>,
}

pub(super) fn routes() -> Router {
    let below = "/api/2.1/unity-catalog";
    Router::new()
        .route(&format!("{below}/permissions/{{kind}}/{{name}}"), get(show).patch(update))
        .route(&format!("{below}/effective-permissions/{{kind}}/{{name}}"), get(effective))
}

type Who = (Extension<Arc<Workspace>>, Extension<Caller>);

type Answer = Result<Json<Value>, ApiRefusal>;

async fn show((workspace, caller): Who, Path((kind, name)): Path<(String, String)>, Query(query): Pairs) -> Answer {
    let securable = Securable::manage(&workspace, &caller, &kind, &name)?;
    let privileges = workspace.privileges();
    let listed = privileges.of(&securable.name).filter(|(principal, _)| is_asked_for(principal, &query));
    Ok(assignments(listed.map(|(principal, held)| json!({ "principal": principal, "privileges": held }))))
}

async fn effective((workspace, caller): Who, Path((kind, name)): Path<(String, String)>, Query(query): Pairs) -> Answer {
    let securable = Securable::manage(&workspace, &caller, &kind, &name)?;
    let privileges = workspace.privileges();
    let mut all: BTreeMap<&str, Vec<Value>> = BTreeMap::new();
    for (principal, held) in privileges.of(&securable.name) {
        all.entry(principal).or_default().extend(held.iter().map(|it| json!({ "privilege": it })));
    }
    for (principal, held) in securable.catalog.iter().flat_map(|catalog| privileges.of(catalog)) {
        let inherited =
            |it: &String| json!({ "privilege": it, "inherited_from_type": "CATALOG", "inherited_from_name": securable.catalog });
        all.entry(principal).or_default().extend(held.iter().map(inherited));
    }
    let listed = all.into_iter().filter(|(principal, _)| is_asked_for(principal, &query));
    Ok(assignments(listed.map(|(principal, held)| json!({ "principal": principal, "privileges": held }))))
}

async fn update((workspace, caller): Who, Path((kind, name)): Path<(String, String)>, body: Bytes) -> Answer {
    let securable = Securable::manage(&workspace, &caller, &kind, &name)?;
    let asked: Update = input::read(&body)?;
    let read = |words: Vec<String>| words.iter().map(|it| securable.privilege(it)).collect::<Result<Vec<_>, _>>();
    let mut updates = Vec::with_capacity(asked.changes.len());
    // All or nothing.
    for change in asked.changes {
        updates.push((known(&workspace, &change.principal)?, read(change.add)?, read(change.remove)?));
    }
    let mut privileges = workspace.privileges();
    let given = privileges.given.entry(securable.name).or_default();
    for (principal, add, remove) in updates {
        let held = given.entry(principal).or_default();
        held.extend(add);
        held.retain(|it| !remove.contains(it));
    }
    given.retain(|_, held| !held.is_empty());
    Ok(assignments(given.iter().map(|(principal, held)| json!({ "principal": principal, "privileges": held }))))
}

/// One that is there, in the hands of somebody who may manage it.
struct Securable {
    /// Its full name.
    name: String,
    /// Of a schema.
    catalog: Option<String>,
}

impl Securable {
    fn manage(workspace: &Workspace, caller: &Caller, kind: &str, name: &str) -> Result<Self, ApiRefusal> {
        if workspace.nature == Nature::NoPermission {
            return Err(errors::no_entitlement());
        }
        let mut catalogs = workspace.catalogs.iter();
        let (securable, owner, kind) = match kind.to_ascii_lowercase().as_str() {
            "catalog" => {
                let found = catalogs.find(|it| it.name == name).ok_or_else(|| no_such_catalog(name))?;
                (Self { name: name.to_owned(), catalog: None }, &found.owner, "Catalog")
            }
            "schema" => {
                let above = catalogs.find(|it| name.split('.').next() == Some(it.name.as_str())).ok_or_else(|| no_such_schema(name))?;
                let found = above.schemas.iter().find(|it| it.full_name == name).ok_or_else(|| no_such_schema(name))?;
                (Self { name: name.to_owned(), catalog: Some(above.name.clone()) }, &found.owner, "Schema")
            }
            other => return Err(ApiRefusal::invalid_parameter(format!("Unsupported securable type: {other}"))),
        };
        let who = caller.principal.name();
        let manages = |name: &String| workspace.privileges().of(name).any(|(principal, held)| *principal == who && held.contains("MANAGE"));
        let given = manages(&securable.name) || securable.catalog.as_ref().is_some_and(manages);
        if *owner == who || workspace.has_admin(&caller.principal) || given {
            return Ok(securable);
        }
        Err(ApiRefusal::new(StatusCode::FORBIDDEN, "PERMISSION_DENIED", format!("User does not have MANAGE on {kind} '{name}'.")))
    }

    /// Written with underscores or blanks.
    fn privilege(&self, word: &str) -> Result<String, ApiRefusal> {
        let word = word.replace(' ', "_").to_ascii_uppercase();
        let fits = OF_SCHEMAS.contains(&word.as_str()) || (self.catalog.is_none() && OF_CATALOGS.contains(&word.as_str()));
        let message = format!("Privilege {word} is not applicable to this entity [{}].", self.name);
        if fits { Ok(word) } else { Err(ApiRefusal::invalid_parameter(message)) }
    }
}

/// As it is kept.
fn known(workspace: &Workspace, name: &str) -> Result<String, ApiRefusal> {
    let principals = workspace.authority.principals();
    if let Some(machine) = principals.by_client_id(name) {
        return Ok(machine.client_id.clone());
    }
    if name == EVERYBODY || USERS.iter().any(|it| it.user_name() == name) {
        return Ok(name.to_owned());
    }
    // As the service words it.
    Err(ApiRefusal::new(StatusCode::NOT_FOUND, "PRINCIPAL_DOES_NOT_EXIST", format!("Could not find principal with name {name}")))
}

fn is_asked_for(principal: &str, query: &[(String, String)]) -> bool {
    value(query, "principal").is_none_or(|wanted| wanted.is_empty() || wanted.eq_ignore_ascii_case(principal))
}

fn assignments(listed: impl Iterator<Item = Value>) -> Json<Value> {
    let listed: Vec<_> = listed.collect();
    Json(if listed.is_empty() { json!({}) } else { json!({ "privilege_assignments": listed }) })
}

impl Privileges {
    fn of(&self, name: &str) -> impl Iterator<Item = (&String, &BTreeSet<String>)> {
        self.given.get(name).into_iter().flatten()
    }
}
