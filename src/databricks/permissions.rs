//! What a service principal may do with clusters, SQL warehouses, jobs (`/api/2.0/permissions`) and schemas
//! (`/api/2.1/unity-catalog/permissions`). Source: Databricks SDK for Python, `service/iam`, `service/catalog`.

use super::{ApiError, Client, client::Call};
use crate::connection::ClientId;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Securable {
    Cluster,
    SqlWarehouse,
    Job,
    Schema,
}

/// Something that permissions are granted on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Object {
    pub kind: Securable,
    /// As requests name it; of a schema its full name, `catalog.schema`.
    pub id: String,
    pub name: String,
}

/// One step on the ladder of a kind: for schemas a set of privileges that belong together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Permission {
    /// As the API writes it (`CAN_RESTART`), and for schemas our own word (`READ`).
    pub word: &'static str,
    /// For people.
    pub label: &'static str,
    /// What has to be granted, in the API's words. For schemas the privileges; `USE_CATALOG` goes to the catalog.
    pub grants: &'static [&'static str],
}

impl Securable {
    pub const ALL: [Self; 4] = [Self::Cluster, Self::SqlWarehouse, Self::Job, Self::Schema];

    /// The least first.
    #[must_use]
    pub fn permissions(self) -> &'static [Permission] {
        const fn permission(word: &'static str, label: &'static str, grants: &'static [&'static str]) -> Permission {
            Permission { word, label, grants }
        }
        const CLUSTER: [Permission; 3] = [
            permission("CAN_ATTACH_TO", "Can attach to", &["CAN_ATTACH_TO"]),
            permission("CAN_RESTART", "Can restart", &["CAN_RESTART"]),
            permission("CAN_MANAGE", "Can manage", &["CAN_MANAGE"]),
        ];
        const WAREHOUSE: [Permission; 4] = [
            permission("CAN_VIEW", "Can view", &["CAN_VIEW"]),
            permission("CAN_USE", "Can use", &["CAN_USE"]),
            permission("CAN_MONITOR", "Can monitor", &["CAN_MONITOR"]),
            permission("CAN_MANAGE", "Can manage", &["CAN_MANAGE"]),
        ];
        const JOB: [Permission; 3] = [
            permission("CAN_VIEW", "Can view", &["CAN_VIEW"]),
            permission("CAN_MANAGE_RUN", "Can manage run", &["CAN_MANAGE_RUN"]),
            permission("CAN_MANAGE", "Can manage", &["CAN_MANAGE"]),
        ];
        const SCHEMA: [Permission; 3] = [
            permission("READ", "Can read", &["USE_CATALOG", "USE_SCHEMA", "SELECT"]),
            permission("WRITE", "Can read and write", &["USE_CATALOG", "USE_SCHEMA", "SELECT", "MODIFY"]),
            permission("CREATE", "Can read, write and create tables", &["USE_CATALOG", "USE_SCHEMA", "SELECT", "MODIFY", "CREATE_TABLE"]),
        ];
        match self {
            Self::Cluster => &CLUSTER,
            Self::SqlWarehouse => &WAREHOUSE,
            Self::Job => &JOB,
            Self::Schema => &SCHEMA,
        }
    }
}

impl Client {
    /// What permissions of a kind can be granted on, sorted by name; 2,000 at most. Schemas need the name of their catalog.
    ///
    /// # Errors
    /// See [`ApiError`].
    pub async fn objects(&self, kind: Securable, catalog: Option<&str>, call: &Call<'_>) -> Result<Vec<Object>, ApiError> {
        let _ = (kind, catalog, call);
        todo!()
    }

    /// The names of the catalogs that the caller may see, sorted.
    ///
    /// # Errors
    /// See [`ApiError`].
    pub async fn catalogs(&self, call: &Call<'_>) -> Result<Vec<String>, ApiError> {
        let _ = call;
        todo!()
    }

    /// The highest step that was granted to the principal itself or that it inherits; `None`: no step of the ladder.
    ///
    /// # Errors
    /// See [`ApiError`].
    pub async fn permission(&self, object: &Object, principal: &ClientId, call: &Call<'_>) -> Result<Option<Permission>, ApiError> {
        let _ = (object, principal, call);
        todo!()
    }

    /// Adds a permission; what others have stays as it is.
    ///
    /// # Errors
    /// See [`ApiError`].
    pub async fn grant(&self, object: &Object, principal: &ClientId, permission: Permission, call: &Call<'_>) -> Result<(), ApiError> {
        let _ = (object, principal, permission, call);
        todo!()
    }
}
