//! Service principals of a workspace (`/api/2.0/preview/scim/v2/ServicePrincipals`) or of an account
//! (`/api/2.0/accounts/{account_id}/scim/v2/ServicePrincipals`): RFC 7644. Source: Databricks SDK for Python, `service/iam`.

use std::collections::HashSet;

use reqwest::Method;
use serde::{Deserialize, Serialize};

use super::{
    ApiError, Call, Client,
    admin_words::{Asked, Directory},
    paging::{endless, segment, with_query},
};
use brickpass_core::connection::ClientId;

/// More than an account may have; a list that is longer is cut.
const MAX_ITEMS: usize = 10_000;

/// What one answer lists; the service may give fewer.
const PAGE_SIZE: &str = "100";

/// What is read here: groups and roles can make an answer long.
const ATTRIBUTES: &str = "id,applicationId,displayName,active,entitlements";

/// Names are shown on one line.
const NAME_LIMIT: usize = 200;

const SCHEMA: &str = "urn:ietf:params:scim:schemas:core:2.0:ServicePrincipal";
const PATCH_SCHEMA: &str = "urn:ietf:params:scim:api:messages:2.0:PatchOp";

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServicePrincipal {
    /// Its number in SCIM, which names it in requests.
    pub id: String,
    /// `applicationId`: what it signs in with.
    pub client_id: ClientId,
    /// As it may be shown; never empty.
    pub name: String,
    pub active: bool,
    /// What it may do in the workspace by itself (not by way of a group); empty at account level.
    pub entitlements: Vec<Entitlement>,
}

/// What SCIM calls an entitlement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Entitlement {
    WorkspaceAccess,
    DatabricksSqlAccess,
    AllowClusterCreate,
}

impl Entitlement {
    pub const ALL: [Self; 3] = [Self::WorkspaceAccess, Self::DatabricksSqlAccess, Self::AllowClusterCreate];

    /// As SCIM writes it, and the command line.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::WorkspaceAccess => "workspace-access",
            Self::DatabricksSqlAccess => "databricks-sql-access",
            Self::AllowClusterCreate => "allow-cluster-create",
        }
    }
}

impl Directory<'_> {
    fn path(self) -> String {
        match self {
            Self::Workspace => "/api/2.0/preview/scim/v2/ServicePrincipals".to_owned(),
            Self::Account(id) => format!("/api/2.0/accounts/{}/scim/v2/ServicePrincipals", id.as_str()),
        }
    }
}

/// RFC 7644, section 3.4.2. `Resources` is left out where there are none.
#[derive(Deserialize)]
struct Page {
    #[serde(rename = "Resources")]
    resources: Option<Vec<Wire>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Wire {
    id: Option<String>,
    application_id: Option<String>,
    display_name: Option<String>,
    active: Option<bool>,
    entitlements: Option<Vec<Value>>,
}

#[derive(Serialize, Deserialize)]
struct Value {
    value: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Create<'a> {
    schemas: [&'static str; 1],
    display_name: &'a str,
    active: bool,
}

/// RFC 7644, section 3.5.2.
#[derive(Serialize)]
struct Patch {
    schemas: [&'static str; 1],
    #[serde(rename = "Operations")]
    operations: [Operation; 1],
}

#[derive(Serialize)]
struct Operation {
    op: &'static str,
    path: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<[Value; 1]>,
}

impl Client {
    /// All, page after page, sorted by name; 10,000 at most.
    ///
    /// # Errors
    /// See [`ApiError`].
    pub async fn service_principals(&self, directory: Directory<'_>, call: &Call<'_>) -> Result<Vec<ServicePrincipal>, ApiError> {
        let mut found: Vec<ServicePrincipal> = Vec::new();
        let (mut seen, mut read, mut nothing_new) = (HashSet::new(), 0, false);
        while read < MAX_ITEMS {
            let start = (read + 1).to_string();
            let path = with_query(&directory.path(), &[("attributes", ATTRIBUTES), ("startIndex", &start), ("count", PAGE_SIZE)]);
            let (page, _): (Page, _) = self.get(&path, call).await.map_err(|error| error.about(Asked::Principals(directory)))?;
            let listed = page.resources.unwrap_or_default();
            if listed.is_empty() {
                break;
            }
            read += listed.len();
            let before = seen.len();
            // Whoever was added meanwhile pushes others onto the next page.
            let unseen = listed.into_iter().filter(|wire| seen.insert(wire.id.clone()));
            found.extend(unseen.filter_map(|wire| self.service_principal(wire)));
            let new = seen.len() > before;
            if !new && nothing_new {
                return Err(endless());
            }
            nothing_new = !new;
        }
        found.truncate(MAX_ITEMS);
        found.sort_by_cached_key(|it| (it.name.to_lowercase(), it.id.clone()));
        Ok(found)
    }

    /// Made once; when no answer comes, [`ApiError::may_have_been_acted_on`] says whether to look before asking again.
    ///
    /// # Errors
    /// See [`ApiError`]; only admins may do this.
    pub async fn create_service_principal(
        &self,
        directory: Directory<'_>,
        name: &str,
        call: &Call<'_>,
    ) -> Result<ServicePrincipal, ApiError> {
        let body = Create { schemas: [SCHEMA], display_name: name, active: true };
        let answer = self.change(Method::POST, &directory.path(), Some(&body), call).await;
        let answer = answer.map_err(|error| error.about(Asked::Principals(directory)))?;
        self.service_principal(self.read(&answer)?).ok_or_else(|| self.unread(&answer))
    }

    /// Grants or takes away one entitlement in this workspace; the others stay.
    ///
    /// # Errors
    /// See [`ApiError`]; only admins may do this.
    pub async fn set_entitlement(&self, id: &str, entitlement: Entitlement, granted: bool, call: &Call<'_>) -> Result<(), ApiError> {
        let (op, path, value) = if granted {
            ("add", "entitlements".to_owned(), Some([Value { value: Some(entitlement.word().to_owned()) }]))
        } else {
            ("remove", format!("entitlements[value eq \"{}\"]", entitlement.word()), None)
        };
        let body = Patch { schemas: [PATCH_SCHEMA], operations: [Operation { op, path, value }] };
        let path = format!("{}/{}", Directory::Workspace.path(), segment(id)?);
        let changed = self.change(Method::PATCH, &path, Some(&body), call).await;
        changed.map(|_| ()).map_err(|error| error.about(Asked::Principals(Directory::Workspace)))
    }

    /// `None` for one that no request could name or that nobody could sign in as.
    fn service_principal(&self, wire: Wire) -> Option<ServicePrincipal> {
        let id = wire.id.filter(|id| segment(id).is_ok())?;
        let client_id = ClientId::parse(&wire.application_id?).ok()?;
        let name = Some(self.shown(wire.display_name, NAME_LIMIT)).filter(|name| !name.is_empty());
        let has = |entitlement: &Entitlement| {
            wire.entitlements.iter().flatten().any(|listed| listed.value.as_deref() == Some(entitlement.word()))
        };
        Some(ServicePrincipal {
            name: name.unwrap_or_else(|| client_id.as_str().to_owned()),
            id,
            client_id,
            active: wire.active.unwrap_or(true),
            entitlements: Entitlement::ALL.into_iter().filter(has).collect(),
        })
    }
}
