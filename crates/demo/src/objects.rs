//! What permissions are granted on, the permissions, and what clusters are made of.

use axum::Router;

use super::{access, compute_choices, jobs, privileges, unity_catalog, warehouses};

pub(super) fn routes() -> Router {
    Router::new()
        .merge(warehouses::routes())
        .merge(compute_choices::routes())
        .merge(jobs::routes())
        .merge(unity_catalog::routes())
        .merge(access::routes())
        .merge(privileges::routes())
}
