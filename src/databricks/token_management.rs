//! `/api/2.0/token-management`: the tokens of everybody in a workspace, for its admins. Source: Databricks SDK for Python, `service/settings`.

use super::{ApiError, Client, Token, client::Call};

/// A token of anybody in the workspace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserToken {
    pub token: Token,
    /// Whose it is: a user's name, or the application id of a service principal.
    pub owner: String,
}

impl Client {
    /// Every valid token of the workspace, or those that `created_by` (a user's name) made; the service does not page them.
    ///
    /// # Errors
    /// See [`ApiError`]; only admins may ask.
    pub async fn users_tokens(&self, created_by: Option<&str>, call: &Call<'_>) -> Result<Vec<UserToken>, ApiError> {
        let _ = (created_by, call);
        todo!()
    }

    /// A token that is gone already is no error.
    ///
    /// # Errors
    /// See [`ApiError`]; only admins may ask.
    pub async fn revoke_users_token(&self, id: &str, call: &Call<'_>) -> Result<(), ApiError> {
        let _ = (id, call);
        todo!()
    }
}
