//! Whose service principals a request is about, in the hands of an admin of that place.

use std::sync::Arc;

use axum::{
    Extension, RequestPartsExt as _,
    extract::FromRequestParts,
    http::{StatusCode, request::Parts},
    response::{IntoResponse as _, Response},
};

use super::{
    Workspace,
    account::Account,
    errors::{self, ApiRefusal},
    oidc::{Authority, Caller},
    scim::ScimError,
};

pub(super) struct Place {
    pub(super) authority: Arc<Authority>,
    /// `None`: the account.
    pub(super) workspace: Option<u64>,
}

/// In a workspace.
impl FromRequestParts<()> for Place {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, (): &()) -> Result<Self, Response> {
        let Extension(workspace) = parts.extract::<Extension<Arc<Workspace>>>().await.map_err(|_| errors::missing_credential())?;
        let Extension(caller) = parts.extract::<Extension<Caller>>().await.map_err(|_| errors::missing_credential())?;
        if !workspace.has_admin(&caller.principal) {
            return Err(not_allowed(parts, "workspace"));
        }
        Ok(Self { authority: Arc::clone(&workspace.authority), workspace: Some(workspace.id) })
    }
}

/// At account level.
impl FromRequestParts<Arc<Account>> for Place {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, account: &Arc<Account>) -> Result<Self, Response> {
        let Extension(caller) = parts.extract::<Extension<Caller>>().await.map_err(|_| errors::missing_credential())?;
        if !caller.principal.is_account_admin() {
            return Err(not_allowed(parts, "account"));
        }
        Ok(Self { authority: Arc::clone(&account.authority), workspace: None })
    }
}

/// In the shape of the API that was asked.
fn not_allowed(parts: &Parts, place: &str) -> Response {
    let message = format!("Only {place} admins can manage service principals.");
    if parts.uri.path().contains("/scim/") {
        ScimError::new(StatusCode::FORBIDDEN, None, message).into_response()
    } else {
        ApiRefusal::new(StatusCode::FORBIDDEN, "PERMISSION_DENIED", message).into_response()
    }
}
