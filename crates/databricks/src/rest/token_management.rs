//! `/api/2.0/token-management`: the tokens of everybody in a workspace, for its admins. Source: Databricks SDK for Python, `service/settings`.

use std::collections::HashMap;

use reqwest::Method;
use serde::Deserialize;
use url::form_urlencoded;

use super::{
    ApiError, Call, Client, Token,
    client::NO_BODY,
    error::Reason,
    token_words,
    tokens::{Info, names_a_token},
};

const TOKENS: &str = "/api/2.0/token-management/tokens";

/// More than any workspace has; a list that is longer is cut.
const MAX_ITEMS: usize = 100_000;

/// Names are shown on one line.
const NAME_LIMIT: usize = 200;

/// A token of anybody in the workspace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserToken {
    pub token: Token,
    /// Whose it is: a user's name, or the application id of a service principal; where the list does not name them, their number in SCIM.
    pub owner: String,
}

/// Left out when there is none.
#[derive(Deserialize)]
struct Listed {
    token_infos: Option<Vec<OwnedInfo>>,
}

/// An admin may have made the token on behalf of its owner, a service principal.
#[derive(Deserialize)]
struct OwnedInfo {
    #[serde(flatten)]
    info: Info,
    created_by_id: Option<u64>,
    created_by_username: Option<String>,
    owner_id: Option<u64>,
}

impl Client {
    /// Every valid token of the workspace, or those that `created_by` (a user's name) made; the service does not page them.
    ///
    /// # Errors
    /// See [`ApiError`]; only admins may ask.
    pub async fn users_tokens(&self, created_by: Option<&str>, call: &Call<'_>) -> Result<Vec<UserToken>, ApiError> {
        let path = match created_by {
            Some(name) => {
                format!("{TOKENS}?{}", form_urlencoded::Serializer::new(String::new()).append_pair("created_by_username", name).finish())
            }
            None => TOKENS.to_owned(),
        };
        let (listed, _): (Listed, _) = self.get_whole(&path, call).await.map_err(|error| error.about_tokens().admins_only())?;
        let infos = listed.token_infos.unwrap_or_default();
        let names: HashMap<u64, String> =
            infos.iter().filter_map(|info| Some((info.created_by_id?, self.shown(info.created_by_username.clone(), NAME_LIMIT)))).collect();
        let owned = infos.into_iter().filter_map(|OwnedInfo { info, created_by_id, created_by_username, owner_id }| {
            let owner = match owner_id.filter(|id| Some(*id) != created_by_id) {
                Some(other) => names.get(&other).cloned().unwrap_or_else(|| other.to_string()),
                None => self.shown(created_by_username, NAME_LIMIT),
            };
            Some(UserToken { token: self.token_of(info, &[])?, owner })
        });
        Ok(owned.take(MAX_ITEMS).collect())
    }

    /// A token that is gone already is no error.
    ///
    /// # Errors
    /// See [`ApiError`]; only admins may ask.
    pub async fn revoke_users_token(&self, id: &str, call: &Call<'_>) -> Result<(), ApiError> {
        if !names_a_token(id) {
            return Err(ApiError::before_an_answer(token_words::no_such_id()));
        }
        match self.change(Method::DELETE, &format!("{TOKENS}/{id}"), NO_BODY, call).await {
            Ok(_) => Ok(()),
            Err(error) if error.reason == Reason::ResourceDoesNotExist => Ok(()),
            Err(error) => Err(error.about_tokens().admins_only()),
        }
    }
}
