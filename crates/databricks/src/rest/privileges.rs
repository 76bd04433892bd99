//! Privileges on schemas and their catalogs: `/api/2.1/unity-catalog/permissions` and `effective-permissions`. Source: Databricks SDK for
//! Python, `service/catalog`.

use reqwest::Method;
use serde::{Deserialize, Serialize};

use super::{
    ApiError, Call, Client,
    admin_words::Asked,
    paging::{pages, segment},
};
use brickpass_core::{connection::ClientId, failure::Code};

/// The one that is given on the catalog of a schema.
const USE_CATALOG: &str = "USE_CATALOG";

/// More than there are privileges.
const MAX_ITEMS: usize = 1000;

#[derive(Deserialize)]
struct Assignment {
    principal: Option<String>,
    privileges: Option<Vec<Effective>>,
}

#[derive(Deserialize)]
struct Effective {
    privilege: Option<String>,
}

#[derive(Serialize)]
struct Update<'a> {
    changes: [Change<'a>; 1],
}

#[derive(Serialize)]
struct Change<'a> {
    principal: &'a str,
    add: &'a [&'a str],
}

pages!(Listed.privilege_assignments: Assignment);

impl Client {
    /// What the principal itself has on the schema, and on its catalog, which the schema inherits.
    pub(super) async fn schema_privileges(&self, schema: &str, principal: &ClientId, call: &Call<'_>) -> Result<Vec<String>, ApiError> {
        let mut held = self.effective_privileges("schema", schema, principal, call).await?;
        // Whether a schema lists it among what it inherits is not promised.
        if !held.is_empty() && !held.iter().any(|it| it == USE_CATALOG) {
            let above = self.effective_privileges("catalog", catalog_of(schema), principal, call).await?;
            held.extend(above.into_iter().filter(|it| it == USE_CATALOG));
        }
        Ok(held)
    }

    async fn effective_privileges(
        &self,
        kind: &str,
        full_name: &str,
        principal: &ClientId,
        call: &Call<'_>,
    ) -> Result<Vec<String>, ApiError> {
        let path = format!("/api/2.1/unity-catalog/effective-permissions/{kind}/{}", segment(full_name)?);
        let query = [("principal", principal.as_str()), ("max_results", "0")];
        let own = |it: &Assignment| it.principal.as_deref().is_some_and(|name| name.eq_ignore_ascii_case(principal.as_str()));
        let assignments = self.pages::<Listed>(&path, &query, MAX_ITEMS, call).await?.into_iter().filter(own);
        Ok(assignments.flat_map(|it| it.privileges.unwrap_or_default()).filter_map(|it| it.privilege).collect())
    }

    /// The schema comes first: without the use of its catalog its privileges open nothing, whereas the use of a catalog could open other
    /// schemas, where privileges were granted before.
    pub(super) async fn grant_on_schema(
        &self,
        schema: &str,
        principal: &ClientId,
        privileges: &[&str],
        call: &Call<'_>,
    ) -> Result<(), ApiError> {
        let (above, own): (Vec<&str>, Vec<&str>) = privileges.iter().partition(|&&it| it == USE_CATALOG);
        self.add_privileges("schema", schema, principal, &own, call).await.map_err(|error| error.about(Asked::Permissions("schema")))?;
        if above.is_empty() {
            return Ok(());
        }
        self.add_privileges("catalog", catalog_of(schema), principal, &above, call)
            .await
            .map_err(|error| half_done(error.about(Asked::Permissions("catalog"))))
    }

    async fn add_privileges(
        &self,
        kind: &str,
        full_name: &str,
        principal: &ClientId,
        add: &[&str],
        call: &Call<'_>,
    ) -> Result<(), ApiError> {
        let path = format!("/api/2.1/unity-catalog/permissions/{kind}/{}", segment(full_name)?);
        let changes = [Change { principal: principal.as_str(), add }];
        self.change(Method::PATCH, &path, Some(&Update { changes }), call).await.map(|_| ())
    }
}

/// The name of a catalog has no dot.
fn catalog_of(schema: &str) -> &str {
    schema.split_once('.').map_or(schema, |(catalog, _)| catalog)
}

/// The first of two requests was acted on, and the second one was not, or nobody knows.
fn half_done(mut error: ApiError) -> ApiError {
    error.failure.code = Code::PartlyDone;
    let second = std::mem::replace(&mut error.failure.what, "The permission was only partly granted.".to_owned());
    error.failure.why = format!("It was granted on the schema, but not on its catalog. Without USE CATALOG it has no effect. {second}");
    error
}
