//! What permissions can be granted on: clusters, `GET /api/2.0/sql/warehouses`, `GET /api/2.2/jobs/list`, and the catalogs and schemas of
//! `/api/2.1/unity-catalog`. Source: Databricks SDK for Python, `service/sql`, `service/jobs`, `service/catalog`.

use serde::Deserialize;

use super::{
    ApiError, Call, Client, Object, Securable,
    paging::{pages, segment},
};

/// A list that is longer is cut.
const MAX_ITEMS: usize = 2000;

/// Names are shown on one line.
const NAME_LIMIT: usize = 200;

/// Every catalog has it; nothing can be granted on it.
const INFORMATION_SCHEMA: &str = "information_schema";

#[derive(Deserialize)]
struct Warehouse {
    id: Option<String>,
    name: Option<String>,
}

#[derive(Deserialize)]
struct Job {
    job_id: Option<u64>,
    settings: Option<JobSettings>,
}

#[derive(Deserialize)]
struct JobSettings {
    name: Option<String>,
}

#[derive(Deserialize)]
struct Catalog {
    name: Option<String>,
}

#[derive(Deserialize)]
struct Schema {
    name: Option<String>,
    full_name: Option<String>,
}

pages!(Warehouses.warehouses: Warehouse, Jobs.jobs: Job, Catalogs.catalogs: Catalog, Schemas.schemas: Schema);

impl Client {
    /// What permissions of a kind can be granted on, sorted by name; 2,000 at most. Schemas need the name of their catalog.
    ///
    /// # Errors
    /// See [`ApiError`].
    pub async fn objects(&self, kind: Securable, catalog: Option<&str>, call: &Call<'_>) -> Result<Vec<Object>, ApiError> {
        let named: Vec<(Option<String>, Option<String>)> = match kind {
            Securable::Cluster => self.clusters_within(call).await?.into_iter().map(|it| (Some(it.id), Some(it.name))).collect(),
            Securable::SqlWarehouse => {
                let found = self.pages::<Warehouses>("/api/2.0/sql/warehouses", &[("page_size", "100")], MAX_ITEMS, call).await?;
                found.into_iter().map(|it| (it.id, it.name)).collect()
            }
            Securable::Job => {
                let found = self.pages::<Jobs>("/api/2.2/jobs/list", &[("limit", "100")], MAX_ITEMS, call).await?;
                found.into_iter().map(|it| (it.job_id.map(|id| id.to_string()), it.settings.and_then(|it| it.name))).collect()
            }
            Securable::Schema => {
                let query = [("catalog_name", catalog.unwrap_or_default()), ("max_results", "0")];
                let found = self.pages::<Schemas>("/api/2.1/unity-catalog/schemas", &query, MAX_ITEMS, call).await?;
                let own = found.into_iter().filter(|it| it.name.as_deref() != Some(INFORMATION_SCHEMA));
                own.map(|it| (it.full_name, it.name)).collect()
            }
        };
        let mut objects: Vec<_> = named.into_iter().take(MAX_ITEMS).filter_map(|(id, name)| self.object(kind, id?, name)).collect();
        objects.sort_by_cached_key(|it| (it.name.to_lowercase(), it.id.clone()));
        Ok(objects)
    }

    /// The names of the catalogs that the caller may see, sorted.
    ///
    /// # Errors
    /// See [`ApiError`].
    pub async fn catalogs(&self, call: &Call<'_>) -> Result<Vec<String>, ApiError> {
        let found = self.pages::<Catalogs>("/api/2.1/unity-catalog/catalogs", &[("max_results", "0")], MAX_ITEMS, call).await?;
        let mut names: Vec<_> = found.into_iter().filter_map(|it| it.name).filter(|name| self.is_readable(name)).collect();
        names.sort_by_cached_key(|name| name.to_lowercase());
        Ok(names)
    }

    /// `None` for one that no request could name.
    fn object(&self, kind: Securable, id: String, name: Option<String>) -> Option<Object> {
        segment(&id).ok()?;
        let name = Some(self.shown(name, NAME_LIMIT)).filter(|name| !name.is_empty());
        Some(Object { kind, name: name.unwrap_or_else(|| self.shown(Some(id.clone()), NAME_LIMIT)), id })
    }

    /// The name of a catalog is shown as it is asked for.
    fn is_readable(&self, name: &str) -> bool {
        segment(name).is_ok() && self.shown(Some(name.to_owned()), NAME_LIMIT) == name
    }
}
