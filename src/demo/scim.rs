//! Service principals as SCIM shows them (RFC 7644), of a workspace and of the account. For admins only, as the documentation says.

use std::sync::Arc;

use axum::{
    Extension, Json, Router,
    body::Bytes,
    extract::{Path, Query, State},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{
    Workspace,
    account::Account,
    catalogue::ACCOUNT_ID,
    errors,
    input::{self, Pairs, number, value},
    oidc::{Authority, Caller},
    principals::{ENTITLEMENTS, Refused, ServicePrincipal},
};

/// The most that one answer lists, whatever `count` asks for.
const LARGEST_PAGE: usize = 10;

/// Whose service principals are asked for.
#[derive(Clone)]
struct Place {
    authority: Arc<Authority>,
    /// `None`: the account.
    workspace: Option<u64>,
}

pub(super) fn routes() -> Router {
    let all = "/api/2.0/preview/scim/v2/ServicePrincipals";
    Router::new()
        .route(all, get(of_workspace::list).post(of_workspace::create))
        .route(&format!("{all}/{{id}}"), get(of_workspace::one).patch(of_workspace::patch).delete(of_workspace::delete))
}

pub(super) fn account_routes() -> Router<Arc<Account>> {
    let all = format!("/api/2.0/accounts/{ACCOUNT_ID}/scim/v2/ServicePrincipals");
    Router::new()
        .route(&all, get(of_account::list).post(of_account::create))
        .route(&format!("{all}/{{id}}"), get(of_account::one).patch(of_account::patch).delete(of_account::delete))
}

/// The same five deeds for each place.
macro_rules! deeds {
    ($who:ty, $place:expr) => {
        pub(super) async fn list(who: $who, caller: Extension<Caller>, Query(query): Pairs) -> Response {
            answer($place(who, &caller).and_then(|place| place.list(&query)))
        }

        pub(super) async fn create(who: $who, caller: Extension<Caller>, body: Bytes) -> Response {
            match $place(who, &caller).and_then(|place| place.create(&body)) {
                Ok(made) => (StatusCode::CREATED, answer(Ok(made))).into_response(),
                refused => answer(refused),
            }
        }

        pub(super) async fn one(who: $who, caller: Extension<Caller>, Path(id): Path<String>) -> Response {
            answer($place(who, &caller).and_then(|place| place.one(&id)))
        }

        pub(super) async fn patch(who: $who, caller: Extension<Caller>, Path(id): Path<String>, body: Bytes) -> Response {
            answer($place(who, &caller).and_then(|place| place.patch(&id, &body)))
        }

        pub(super) async fn delete(who: $who, caller: Extension<Caller>, Path(id): Path<String>) -> Response {
            match $place(who, &caller).and_then(|place| place.delete(&id)) {
                Ok(()) => StatusCode::NO_CONTENT.into_response(),
                Err(refused) => refused,
            }
        }
    };
}

mod of_workspace {
    use super::*;

    fn place(Extension(workspace): Extension<Arc<Workspace>>, caller: &Caller) -> Result<Place, Response> {
        let admin = workspace.has_admin(&caller.principal);
        let place = Place { authority: Arc::clone(&workspace.authority), workspace: Some(workspace.id) };
        if admin { Ok(place) } else { Err(error(StatusCode::FORBIDDEN, None, "Only workspace admins can manage service principals.")) }
    }

    deeds!(Extension<Arc<Workspace>>, place);
}

mod of_account {
    use super::*;

    fn place(State(account): State<Arc<Account>>, caller: &Caller) -> Result<Place, Response> {
        let place = Place { authority: Arc::clone(&account.authority), workspace: None };
        if caller.principal.is_account_admin() {
            Ok(place)
        } else {
            Err(error(StatusCode::FORBIDDEN, None, "Only account admins can manage service principals."))
        }
    }

    deeds!(State<Arc<Account>>, place);
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Create {
    display_name: Option<String>,
    application_id: Option<String>,
    entitlements: Option<Vec<Entitlement>>,
    active: Option<bool>,
}

#[derive(Deserialize)]
struct Entitlement {
    value: String,
}

#[derive(Deserialize)]
struct Patch {
    #[serde(rename = "Operations")]
    operations: Vec<Operation>,
}

#[derive(Deserialize)]
struct Operation {
    op: String,
    path: Option<String>,
    value: Option<Value>,
}

impl Place {
    fn list(&self, query: &[(String, String)]) -> Result<Value, Response> {
        let asked = |key, otherwise| value(query, key).map_or(Ok(otherwise), str::parse::<usize>);
        let bad = |_| error(StatusCode::BAD_REQUEST, Some("invalidValue"), "startIndex and count are numbers.");
        let (start, count) = (asked("startIndex", 1).map_err(bad)?.max(1), asked("count", 100).map_err(bad)?.min(LARGEST_PAGE));
        let wanted = filter(value(query, "filter").unwrap_or_default())?;
        let principals = self.authority.principals();
        let found: Vec<_> =
            principals.list(self.workspace).filter(|it| wanted.as_ref().is_none_or(|(key, value)| it.has(key, value))).collect();
        let page: Vec<_> = found.iter().skip(start - 1).take(count).map(|it| self.shown(it, query)).collect();
        let mut list = json!({
            "schemas": ["urn:ietf:params:scim:api:messages:2.0:ListResponse"],
            "totalResults": found.len(),
            "startIndex": start,
            "itemsPerPage": page.len(),
        });
        if let (Some(list), false) = (list.as_object_mut(), page.is_empty()) {
            list.insert("Resources".to_owned(), json!(page));
        }
        Ok(list)
    }

    fn create(&self, body: &[u8]) -> Result<Value, Response> {
        let asked: Create = input::read(body).map_err(IntoResponse::into_response)?;
        let entitlements = read_entitlements(asked.entitlements.unwrap_or_default())?;
        let mut principals = self.authority.principals();
        let made = principals.create(asked.display_name.as_deref().unwrap_or_default(), asked.application_id.as_deref(), self.workspace);
        let id = made.map_err(refusal)?.id;
        for entitlement in entitlements {
            if let Some(workspace) = self.workspace {
                principals.set_entitlement(id, workspace, entitlement, true).map_err(refusal)?;
            }
        }
        principals.set_active(id, self.workspace, asked.active.unwrap_or(true)).map_err(refusal)?;
        principals.get(id, self.workspace).map(|it| self.shown(it, &[])).map_err(refusal)
    }

    fn one(&self, id: &str) -> Result<Value, Response> {
        self.authority.principals().get(number(id), self.workspace).map(|it| self.shown(it, &[])).map_err(refusal)
    }

    fn delete(&self, id: &str) -> Result<(), Response> {
        self.authority.principals().remove(number(id), self.workspace).map_err(refusal)
    }

    fn patch(&self, id: &str, body: &[u8]) -> Result<Value, Response> {
        let asked: Patch = input::read(body).map_err(IntoResponse::into_response)?;
        for operation in asked.operations {
            self.operate(number(id), operation)?;
        }
        self.one(id)
    }

    fn operate(&self, id: u64, Operation { op, path, value }: Operation) -> Result<(), Response> {
        let bad = |scim_type, detail: &str| error(StatusCode::BAD_REQUEST, Some(scim_type), detail);
        let (op, path) = (op.to_ascii_lowercase(), path.unwrap_or_default());
        let mut principals = self.authority.principals();
        principals.get(id, self.workspace).map_err(refusal)?;
        let changed = match (op.as_str(), path.as_str(), self.workspace) {
            ("replace", "active", _) => {
                let active = value.and_then(|it| it.as_bool()).ok_or_else(|| bad("invalidValue", "active is true or false."))?;
                principals.set_active(id, self.workspace, active)
            }
            ("replace", "displayName", _) => {
                principals.rename(id, self.workspace, value.as_ref().and_then(Value::as_str).unwrap_or_default())
            }
            ("add", "entitlements", Some(workspace)) => {
                let listed = serde_json::from_value(value.unwrap_or_default());
                let listed = listed.map_err(|_| bad("invalidValue", "entitlements is a list of values."))?;
                let entitlements = read_entitlements(listed)?;
                entitlements.into_iter().try_for_each(|it| principals.set_entitlement(id, workspace, it, true))
            }
            ("remove", "entitlements", Some(workspace)) => {
                ENTITLEMENTS.into_iter().try_for_each(|it| principals.set_entitlement(id, workspace, it, false))
            }
            ("remove", path, Some(workspace)) => {
                let named = path.strip_prefix("entitlements[value eq \"").and_then(|rest| rest.strip_suffix("\"]"));
                let entitlement = known_entitlement(named.ok_or_else(|| bad("invalidPath", "The path is not supported."))?)?;
                principals.set_entitlement(id, workspace, entitlement, false)
            }
            _ => return Err(bad("invalidPath", "The operation is not supported.")),
        };
        changed.map_err(refusal)
    }

    /// Only the `attributes` that were asked for; the id always.
    fn shown(&self, it: &ServicePrincipal, query: &[(String, String)]) -> Value {
        let mut shown = Map::from_iter([
            ("schemas".to_owned(), json!(["urn:ietf:params:scim:schemas:core:2.0:ServicePrincipal"])),
            ("id".to_owned(), json!(it.id.to_string())),
            ("applicationId".to_owned(), json!(it.client_id)),
            ("displayName".to_owned(), json!(it.name)),
            ("active".to_owned(), json!(it.active)),
        ]);
        let entitlements: Vec<_> = self.workspace.into_iter().flat_map(|id| it.entitlements(id)).map(|it| json!({ "value": it })).collect();
        if !entitlements.is_empty() {
            shown.insert("entitlements".to_owned(), json!(entitlements));
        }
        if let Some(attributes) = value(query, "attributes") {
            shown.retain(|key, _| key == "id" || attributes.split(',').any(|wanted| wanted.trim() == key));
        }
        Value::Object(shown)
    }
}

impl ServicePrincipal {
    fn has(&self, key: &str, value: &str) -> bool {
        match key {
            "displayName" => self.name.eq_ignore_ascii_case(value),
            _ => self.client_id.eq_ignore_ascii_case(value),
        }
    }
}

/// `displayName eq "..."` and `applicationId eq "..."`, the quotes left out or not.
fn filter(text: &str) -> Result<Option<(String, String)>, Response> {
    if text.trim().is_empty() {
        return Ok(None);
    }
    let parts = text.trim().split_once(" eq ").map(|(key, value)| (key.trim(), value.trim().trim_matches('"')));
    match parts {
        Some((key @ ("displayName" | "applicationId"), value)) => Ok(Some((key.to_owned(), value.to_owned()))),
        _ => Err(error(StatusCode::BAD_REQUEST, Some("invalidFilter"), "The filter is not supported.")),
    }
}

fn read_entitlements(listed: Vec<Entitlement>) -> Result<Vec<&'static str>, Response> {
    listed.iter().map(|it| known_entitlement(&it.value)).collect()
}

fn known_entitlement(word: &str) -> Result<&'static str, Response> {
    ENTITLEMENTS
        .into_iter()
        .find(|known| *known == word)
        .ok_or_else(|| error(StatusCode::BAD_REQUEST, Some("invalidValue"), &format!("Unsupported entitlement: {word}")))
}

fn answer(outcome: Result<Value, Response>) -> Response {
    match outcome {
        Ok(value) => scim(Json(value).into_response()),
        Err(refused) => refused,
    }
}

fn refusal(refused: Refused) -> Response {
    let (status, scim_type, detail) = match refused {
        Refused::NoName => (StatusCode::BAD_REQUEST, Some("invalidValue"), "displayName must not be empty.".to_owned()),
        Refused::NameTooLong => (StatusCode::BAD_REQUEST, Some("invalidValue"), "displayName is too long.".to_owned()),
        Refused::BadApplicationId => (StatusCode::BAD_REQUEST, Some("invalidValue"), "applicationId is not a UUID.".to_owned()),
        Refused::Taken(id) => {
            (StatusCode::CONFLICT, Some("uniqueness"), format!("Service principal with application ID {id} already exists."))
        }
        Refused::Quota(quota) => {
            (StatusCode::BAD_REQUEST, None, format!("The limit of {quota} users and service principals in this account is reached."))
        }
        _ => (StatusCode::NOT_FOUND, None, "Service principal not found.".to_owned()),
    };
    error(status, scim_type, &detail)
}

/// RFC 7644, section 3.12.
fn error(status: StatusCode, scim_type: Option<&str>, detail: &str) -> Response {
    let mut body = json!({
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:Error"],
        "detail": detail,
        "status": status.as_u16().to_string(),
    });
    if let (Some(body), Some(scim_type)) = (body.as_object_mut(), scim_type) {
        body.insert("scimType".to_owned(), json!(scim_type));
    }
    scim((status, Json(body)).into_response())
}

fn scim(mut response: Response) -> Response {
    errors::set(&mut response, header::CONTENT_TYPE, "application/scim+json; charset=utf-8");
    response
}
