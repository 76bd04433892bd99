//! Requests to one workspace, signed with one token.

use std::time::Duration;

use reqwest::header::HeaderMap;
use secrecy::{ExposeSecret as _, SecretString};
use serde::de::DeserializeOwned;

use super::{ApiError, Http};
use crate::{
    connection::BaseUrl,
    failure::{Code, Failure, Remedy},
};

pub struct Client {
    http: Http,
    base_url: BaseUrl,
    workspace_id: Option<String>,
    token: SecretString,
    timeout: Duration,
}

impl Client {
    /// `timeout` bounds each call as a whole, its retries included.
    #[must_use]
    pub fn new(http: Http, base_url: BaseUrl, workspace_id: Option<String>, token: SecretString, timeout: Duration) -> Self {
        Self { http, base_url, workspace_id, token, timeout }
    }

    pub(super) async fn get<T: DeserializeOwned>(&self, path: &str) -> Result<(T, HeaderMap), ApiError> {
        let mut request = self.http.client()?.get(self.base_url.join(path)).bearer_auth(self.token.expose_secret()).timeout(self.timeout);
        if let Some(id) = &self.workspace_id {
            request = request.header("X-Databricks-Workspace-Id", id);
        }
        let answer = request.send().await.map_err(|error| lost(&error))?;
        let (status, headers) = (answer.status(), answer.headers().clone());
        let body = answer.bytes().await.map_err(|error| lost(&error))?;
        if !status.is_success() {
            let text = String::from_utf8_lossy(&body);
            let (code, what, why) = match status.as_u16() {
                401 => (Code::Unauthorized, "The workspace does not accept this token.", "It has probably expired or been revoked."),
                403 if text.contains("Invalid access token") => {
                    (Code::Unauthorized, "The workspace does not accept this token.", "It has probably expired or been revoked.")
                }
                403 => (Code::Forbidden, "You are signed in, but may not do this.", "An entitlement is missing."),
                429 => (Code::RateLimited, "The workspace asks to slow down.", "Too many requests were made."),
                _ => (Code::ServerError, "The workspace answered with an error.", "It may be unavailable."),
            };
            let failure = Failure::new(code, what, why, "Generate a new token and paste it here.").with_remedy(Remedy::ReplaceSecret);
            return Err(ApiError { failure, status: Some(status.as_u16()) });
        }
        let value = serde_json::from_slice(&body).map_err(|_| ApiError {
            failure: Failure::new(Code::NotApi, "This is not the Databricks API.", "The answer is not JSON.", "Check the address."),
            status: Some(status.as_u16()),
        })?;
        Ok((value, headers))
    }
}

fn lost(error: &reqwest::Error) -> ApiError {
    let code = if error.is_timeout() { Code::ReadTimeout } else { Code::Refused };
    ApiError {
        failure: Failure::new(code, "The workspace cannot be reached.", "The connection failed.", "Check the address."),
        status: None,
    }
}
