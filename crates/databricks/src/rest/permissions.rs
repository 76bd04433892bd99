//! What a service principal may do with clusters, SQL warehouses, jobs and schemas: the steps that it can be given, whichever API keeps them.

use super::{ApiError, Call, Client, admin_words::Asked};
use brickpass_core::connection::ClientId;

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

    /// In a sentence.
    pub(super) fn noun(self) -> &'static str {
        match self {
            Self::Cluster => "cluster",
            Self::SqlWarehouse => "SQL warehouse",
            Self::Job => "job",
            Self::Schema => "schema",
        }
    }
}

impl Client {
    /// The highest step that was granted to the principal itself or that it inherits; `None`: no step of the ladder.
    ///
    /// # Errors
    /// See [`ApiError`].
    pub async fn permission(&self, object: &Object, principal: &ClientId, call: &Call<'_>) -> Result<Option<Permission>, ApiError> {
        let found = match object.kind {
            Securable::Schema => self.schema_privileges(&object.id, principal, call).await,
            kind => self.access_levels(kind, &object.id, principal, call).await,
        };
        let held = found.map_err(|error| error.about(Asked::Permissions(object.kind.noun())))?;
        Ok(highest(object.kind.permissions(), &held))
    }

    /// Adds a permission; what others have stays as it is. A schema takes two requests, and the first one alone opens nothing: when only the
    /// second one fails, the failure says so.
    ///
    /// # Errors
    /// See [`ApiError`].
    pub async fn grant(&self, object: &Object, principal: &ClientId, permission: Permission, call: &Call<'_>) -> Result<(), ApiError> {
        match object.kind {
            Securable::Schema => self.grant_on_schema(&object.id, principal, permission.grants, call).await,
            kind => {
                let granted = self.grant_access(kind, &object.id, principal, permission, call).await;
                granted.map_err(|error| error.about(Asked::Permissions(kind.noun())))
            }
        }
    }
}

fn highest(ladder: &[Permission], held: &[String]) -> Option<Permission> {
    let all = held.iter().any(|held| held == "ALL_PRIVILEGES");
    let holds = |grants: &[&str]| all || grants.iter().all(|grant| held.iter().any(|held| held == grant));
    // An owner may do all that those may who manage.
    let owns = held.iter().any(|held| held == "IS_OWNER");
    ladder.iter().rev().find(|step| owns || holds(step.grants)).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn word(kind: Securable, held: &[&str]) -> Option<&'static str> {
        let held: Vec<_> = held.iter().map(|&it| it.to_owned()).collect();
        highest(kind.permissions(), &held).map(|step| step.word)
    }

    #[test]
    fn the_highest_step_counts_and_a_step_needs_all_of_its_privileges() {
        assert_eq!(word(Securable::Cluster, &["CAN_ATTACH_TO", "CAN_RESTART"]), Some("CAN_RESTART"));
        assert_eq!(word(Securable::Job, &["IS_OWNER"]), Some("CAN_MANAGE"));
        assert_eq!(word(Securable::SqlWarehouse, &["CAN_OF_TOMORROW"]), None);
        assert_eq!(word(Securable::Schema, &["USE_SCHEMA", "SELECT", "MODIFY"]), None);
        assert_eq!(word(Securable::Schema, &["USE_CATALOG", "USE_SCHEMA", "SELECT"]), Some("READ"));
        assert_eq!(word(Securable::Schema, &["MODIFY", "USE_CATALOG", "USE_SCHEMA", "SELECT", "APPLY_TAG"]), Some("WRITE"));
        assert_eq!(word(Securable::Schema, &["ALL_PRIVILEGES"]), Some("CREATE"));
        assert_eq!(word(Securable::Schema, &[]), None);
    }
}
