//! Access control lists of clusters, SQL warehouses and jobs: `/api/2.0/permissions/{kind}/{id}`. Source: Databricks SDK for Python,
//! `service/iam`.

use reqwest::Method;
use serde::{Deserialize, Serialize};

use super::{ApiError, Call, Client, Permission, Securable, paging::segment};
use brickpass_core::connection::ClientId;

#[derive(Deserialize)]
struct Listed {
    access_control_list: Option<Vec<Entry>>,
}

#[derive(Deserialize)]
struct Entry {
    /// Its application id; left out for users and groups.
    service_principal_name: Option<String>,
    all_permissions: Option<Vec<Level>>,
}

#[derive(Deserialize)]
struct Level {
    permission_level: Option<String>,
}

#[derive(Serialize)]
struct Update<'a> {
    access_control_list: [Change<'a>; 1],
}

#[derive(Serialize)]
struct Change<'a> {
    service_principal_name: &'a str,
    permission_level: &'a str,
}

impl Client {
    /// What was given to the principal itself, on this object or on what it lies in.
    pub(super) async fn access_levels(
        &self,
        kind: Securable,
        id: &str,
        principal: &ClientId,
        call: &Call<'_>,
    ) -> Result<Vec<String>, ApiError> {
        let (listed, _): (Listed, _) = self.get_whole(&path(kind, id)?, call).await?;
        let own = |entry: &Entry| entry.service_principal_name.as_deref().is_some_and(|name| name.eq_ignore_ascii_case(principal.as_str()));
        let entries = listed.access_control_list.into_iter().flatten().filter(own);
        Ok(entries.flat_map(|entry| entry.all_permissions.unwrap_or_default()).filter_map(|level| level.permission_level).collect())
    }

    /// PATCH leaves the entries of others alone; PUT would replace them all.
    pub(super) async fn grant_access(
        &self,
        kind: Securable,
        id: &str,
        principal: &ClientId,
        permission: Permission,
        call: &Call<'_>,
    ) -> Result<(), ApiError> {
        let change = Change { service_principal_name: principal.as_str(), permission_level: permission.word };
        self.change(Method::PATCH, &path(kind, id)?, Some(&Update { access_control_list: [change] }), call).await.map(|_| ())
    }
}

fn path(kind: Securable, id: &str) -> Result<String, ApiError> {
    let kind = match kind {
        Securable::Cluster => "clusters",
        Securable::SqlWarehouse => "warehouses",
        Securable::Job => "jobs",
        Securable::Schema => "schemas",
    };
    Ok(format!("/api/2.0/permissions/{kind}/{}", segment(id)?))
}
