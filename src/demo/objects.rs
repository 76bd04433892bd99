//! What permissions are granted on, and the permissions.

use axum::Router;

use super::{access, jobs, privileges, unity_catalog, warehouses};

pub(super) fn routes() -> Router {
    Router::new()
        .merge(warehouses::routes())
        .merge(jobs::routes())
        .merge(unity_catalog::routes())
        .merge(access::routes())
        .merge(privileges::routes())
}
