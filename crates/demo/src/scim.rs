//! Service principals as SCIM shows them (RFC 7644), of a workspace and of the account. For admins only, as the documentation says.

use std::sync::Arc;

use axum::{
    Json, Router,
    body::Bytes,
    extract::{FromRequestParts, Path, Query},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{
    account::Account,
    catalogue::ACCOUNT_ID,
    errors,
    input::{self, Malformed, Pairs, number, value},
    place::Place,
    principals::{ENTITLEMENTS, Refused, ServicePrincipal},
};

/// The most that one answer lists, whatever `count` asks for.
const LARGEST_PAGE: usize = 10;

pub(super) fn routes() -> Router {
    below("/api/2.0/preview/scim/v2")
}

pub(super) fn account_routes() -> Router<Arc<Account>> {
    below(&format!("/api/2.0/accounts/{ACCOUNT_ID}/scim/v2"))
}

fn below<S: Clone + Send + Sync + 'static>(root: &str) -> Router<S>
where
    Place: FromRequestParts<S, Rejection = Response>,
{
    let all = format!("{root}/ServicePrincipals");
    Router::new().route(&all, get(list).post(create)).route(&format!("{all}/{{id}}"), get(one).patch(patch).delete(delete))
}

type Answer = Result<Response, ScimError>;

async fn list(place: Place, Query(query): Pairs) -> Answer {
    place.list(&query).map(shown)
}

async fn create(place: Place, body: Bytes) -> Answer {
    place.create(&body).map(|made| (StatusCode::CREATED, shown(made)).into_response())
}

async fn one(place: Place, Path(id): Path<String>) -> Answer {
    place.one(&id).map(shown)
}

async fn patch(place: Place, Path(id): Path<String>, body: Bytes) -> Answer {
    place.patch(&id, &body).map(shown)
}

async fn delete(place: Place, Path(id): Path<String>) -> Answer {
    place.authority.principals().remove(number(&id), place.workspace)?;
    Ok(StatusCode::NO_CONTENT.into_response())
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
    fn list(&self, query: &[(String, String)]) -> Result<Value, ScimError> {
        let asked = |key, otherwise| value(query, key).map_or(Ok(otherwise), str::parse::<usize>);
        let bad = |_| ScimError::bad("invalidValue", "startIndex and count are numbers.");
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

    fn create(&self, body: &[u8]) -> Result<Value, ScimError> {
        let asked: Create = input::read(body).map_err(ScimError::malformed)?;
        let entitlements = read_entitlements(&asked.entitlements.unwrap_or_default())?;
        let mut principals = self.authority.principals();
        let made = principals.create(asked.display_name.as_deref().unwrap_or_default(), asked.application_id.as_deref(), self.workspace);
        let id = made?.id;
        for entitlement in entitlements {
            if let Some(workspace) = self.workspace {
                principals.set_entitlement(id, workspace, entitlement, true)?;
            }
        }
        principals.set_active(id, self.workspace, asked.active.unwrap_or(true))?;
        principals.get(id, self.workspace).map(|it| self.shown(it, &[])).map_err(ScimError::from)
    }

    fn one(&self, id: &str) -> Result<Value, ScimError> {
        self.authority.principals().get(number(id), self.workspace).map(|it| self.shown(it, &[])).map_err(ScimError::from)
    }

    fn patch(&self, id: &str, body: &[u8]) -> Result<Value, ScimError> {
        let asked: Patch = input::read(body).map_err(ScimError::malformed)?;
        for operation in asked.operations {
            self.operate(number(id), operation)?;
        }
        self.one(id)
    }

    fn operate(&self, id: u64, Operation { op, path, value }: Operation) -> Result<(), ScimError> {
        let (op, path) = (op.to_ascii_lowercase(), path.unwrap_or_default());
        let mut principals = self.authority.principals();
        principals.get(id, self.workspace)?;
        let changed = match (op.as_str(), path.as_str(), self.workspace) {
            ("replace", "active", _) => {
                let active = value.and_then(|it| it.as_bool()).ok_or_else(|| ScimError::bad("invalidValue", "active is true or false."))?;
                principals.set_active(id, self.workspace, active)
            }
            ("replace", "displayName", _) => {
                principals.rename(id, self.workspace, value.as_ref().and_then(Value::as_str).unwrap_or_default())
            }
            ("add", "entitlements", Some(workspace)) => {
                let listed = serde_json::from_value::<Vec<_>>(value.unwrap_or_default());
                let listed = listed.map_err(|_| ScimError::bad("invalidValue", "entitlements is a list of values."))?;
                let entitlements = read_entitlements(&listed)?;
                entitlements.into_iter().try_for_each(|it| principals.set_entitlement(id, workspace, it, true))
            }
            ("remove", "entitlements", Some(workspace)) => {
                ENTITLEMENTS.into_iter().try_for_each(|it| principals.set_entitlement(id, workspace, it, false))
            }
            ("remove", path, Some(workspace)) => {
                let named = path.strip_prefix("entitlements[value eq \"").and_then(|rest| rest.strip_suffix("\"]"));
                let entitlement = known_entitlement(named.ok_or_else(|| ScimError::bad("invalidPath", "The path is not supported."))?)?;
                principals.set_entitlement(id, workspace, entitlement, false)
            }
            _ => return Err(ScimError::bad("invalidPath", "The operation is not supported.")),
        };
        changed.map_err(ScimError::from)
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
fn filter(text: &str) -> Result<Option<(String, String)>, ScimError> {
    if text.trim().is_empty() {
        return Ok(None);
    }
    let parts = text.trim().split_once(" eq ").map(|(key, value)| (key.trim(), value.trim().trim_matches('"')));
    match parts {
        Some((key @ ("displayName" | "applicationId"), value)) => Ok(Some((key.to_owned(), value.to_owned()))),
        _ => Err(ScimError::bad("invalidFilter", "The filter is not supported.")),
    }
}

fn read_entitlements(listed: &[Entitlement]) -> Result<Vec<&'static str>, ScimError> {
    listed.iter().map(|it| known_entitlement(&it.value)).collect()
}

fn known_entitlement(word: &str) -> Result<&'static str, ScimError> {
    ENTITLEMENTS
        .into_iter()
        .find(|known| *known == word)
        .ok_or_else(|| ScimError::bad("invalidValue", format!("Unsupported entitlement: {word}")))
}

fn shown(value: Value) -> Response {
    scim(Json(value).into_response())
}

fn scim(mut response: Response) -> Response {
    errors::set(&mut response, header::CONTENT_TYPE, "application/scim+json; charset=utf-8");
    response
}

/// RFC 7644, section 3.12.
#[derive(Debug)]
pub(super) struct ScimError {
    status: StatusCode,
    scim_type: Option<&'static str>,
    detail: String,
}

impl ScimError {
    pub(super) fn new(status: StatusCode, scim_type: Option<&'static str>, detail: impl Into<String>) -> Self {
        Self { status, scim_type, detail: detail.into() }
    }

    fn bad(scim_type: &'static str, detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, Some(scim_type), detail)
    }

    fn malformed(_: Malformed) -> Self {
        Self::bad("invalidSyntax", "The body of the request is not what SCIM expects.")
    }
}

impl From<Refused> for ScimError {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::NoName => Self::bad("invalidValue", "displayName must not be empty."),
            Refused::NameTooLong => Self::bad("invalidValue", "displayName is too long."),
            Refused::BadApplicationId => Self::bad("invalidValue", "applicationId is not a UUID."),
            Refused::Taken(id) => {
                let detail = format!("Service principal with application ID {id} already exists.");
                Self::new(StatusCode::CONFLICT, Some("uniqueness"), detail)
            }
            Refused::Quota(quota) => {
                let detail = format!("The limit of {quota} users and service principals in this account is reached.");
                Self::new(StatusCode::BAD_REQUEST, None, detail)
            }
            _ => Self::new(StatusCode::NOT_FOUND, None, "Service principal not found."),
        }
    }
}

impl IntoResponse for ScimError {
    fn into_response(self) -> Response {
        let mut body = json!({
            "schemas": ["urn:ietf:params:scim:api:messages:2.0:Error"],
            "detail": self.detail,
            "status": self.status.as_u16().to_string(),
        });
        if let (Some(body), Some(scim_type)) = (body.as_object_mut(), self.scim_type) {
            body.insert("scimType".to_owned(), json!(scim_type));
        }
        scim((self.status, Json(body)).into_response())
    }
}
