//! Requests to one workspace, signed with one token.

use std::time::Duration;

use reqwest::{
    Method, Request,
    header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue},
};
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Serialize, de::DeserializeOwned};
use tokio::time::Instant;
use zeroize::Zeroizing;

use super::{
    ApiError, Call, Http,
    answer::Answer,
    exchange::{PAGE, WHOLE_LIST, own_origin},
    redact::{capped, shown},
    retry,
};
use brickpass_core::{
    connection::BaseUrl,
    failure::{Code, Failure, Remedy},
};

/// Routes a request on hosts that serve many workspaces; harmless on those that serve one.
const WORKSPACE_HEADER: &str = "X-Databricks-Workspace-Id";

/// For a request that says everything in its path.
pub(super) const NO_BODY: Option<&()> = None;

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

    pub(super) fn base_url(&self) -> &BaseUrl {
        &self.base_url
    }

    pub(super) fn call(&self) -> Call<'static> {
        Call::until(Instant::now() + self.timeout)
    }

    /// A signed GET, made again when that may help.
    pub(super) async fn get<T: DeserializeOwned>(&self, path: &str, call: &Call<'_>) -> Result<(T, HeaderMap), ApiError> {
        self.get_for(PAGE, path, call).await
    }

    /// As `get`, of a list that the service does not page.
    pub(super) async fn get_whole<T: DeserializeOwned>(&self, path: &str, call: &Call<'_>) -> Result<(T, HeaderMap), ApiError> {
        self.get_for(WHOLE_LIST, path, call).await
    }

    async fn get_for<T: DeserializeOwned>(&self, most: usize, path: &str, call: &Call<'_>) -> Result<(T, HeaderMap), ApiError> {
        let request = || {
            let mut request = Request::new(Method::GET, self.base_url.join(path));
            self.sign(&mut request)?;
            Ok(request)
        };
        let answer = retry::get(&self.http, most, &self.base_url, request, call, |answer| self.refused(answer)).await?;
        Ok((self.read(&answer)?, answer.headers))
    }

    /// A signed request that changes something (POST, PATCH, PUT, DELETE), with a JSON body or [`NO_BODY`]. It is made once: whether or not it
    /// arrived, it is never made again by itself.
    pub(super) async fn change(
        &self,
        method: Method,
        path: &str,
        body: Option<&impl Serialize>,
        call: &Call<'_>,
    ) -> Result<Answer, ApiError> {
        let mut request = Request::new(method, self.base_url.join(path));
        if let Some(body) = body {
            request.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
            *request.body_mut() = Some(serde_json::to_vec(body).map_err(|_| ApiError::before_an_answer(unfit_request()))?.into());
        }
        self.sign(&mut request)?;
        let answer = self.http.send(&self.base_url, request, call.deadline, call.accepted).await?;
        match self.refused(&answer) {
            Some(refusal) => Err(refusal),
            // A page of a portal would say 200 as well, and nothing would have changed.
            None if answer.is_web_page() => Err(self.unread(&answer)),
            None => Ok(answer),
        }
    }

    /// What a successful answer says.
    pub(super) fn read<T: DeserializeOwned>(&self, answer: &Answer) -> Result<T, ApiError> {
        serde_json::from_slice(&answer.body).map_err(|_| self.unread(answer))
    }

    /// A successful answer that cannot be read.
    pub(super) fn unread(&self, answer: &Answer) -> ApiError {
        answer.not_the_api(&[&self.token])
    }

    /// A GET that anybody may make, without the token and without retries.
    pub(super) async fn get_unsigned<T: DeserializeOwned>(&self, path: &str, call: &Call<'_>) -> Result<T, ApiError> {
        let request = Request::new(Method::GET, self.base_url.join(path));
        let answer = self.http.send(&self.base_url, request, call.deadline, call.accepted).await?;
        self.refused(&answer).map_or_else(|| self.read(&answer), Err)
    }

    /// What an answer without success means.
    fn refused(&self, answer: &Answer) -> Option<ApiError> {
        (!answer.status.is_success()).then(|| answer.refusal(&self.base_url, &[&self.token]))
    }

    /// What the workspace wrote, fit for the screen; `limit` in characters.
    pub(super) fn shown(&self, text: Option<String>, limit: usize) -> String {
        capped(&shown(&text.unwrap_or_default(), &[&self.token]), limit)
    }

    /// The one place where the token is attached, and only for the connection's own origin.
    fn sign(&self, request: &mut Request) -> Result<(), ApiError> {
        own_origin(&self.base_url, request.url())?;
        let bearer = Zeroizing::new(format!("Bearer {}", self.token.expose_secret()));
        let mut value = HeaderValue::from_str(&bearer).map_err(|_| ApiError::before_an_answer(unfit_token()))?;
        value.set_sensitive(true);
        request.headers_mut().insert(AUTHORIZATION, value);
        if let Some(id) = self.workspace_id.as_deref().and_then(|id| HeaderValue::from_str(id).ok()) {
            request.headers_mut().insert(WORKSPACE_HEADER, id);
        }
        Ok(())
    }
}

fn unfit_token() -> Failure {
    Failure::new(
        Code::InvalidInput,
        "The token contains an invalid character.",
        "Other text was probably pasted with it.",
        "Copy the token again and paste it here.",
    )
    .with_remedy(Remedy::ReplaceSecret)
}

fn unfit_request() -> Failure {
    Failure::new(
        Code::Internal,
        "The request could not be created.",
        "Part of it cannot be written as JSON.",
        "Please report this as a bug.",
    )
}

impl std::fmt::Debug for Client {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Client").field("base_url", &self.base_url.as_str()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rest::HttpSettings;

    fn client(base_url: &str, token: &str) -> Client {
        let base_url = BaseUrl::read(base_url).unwrap().base_url;
        Client::new(Http::new(HttpSettings::default()), base_url, None, SecretString::from(token), Duration::from_secs(1))
    }

    #[test]
    fn h_5_the_token_goes_to_the_own_origin_alone() {
        let client = client("https://adb-1.2.azuredatabricks.net", "dapi0123456789");
        let own = "https://adb-1.2.azuredatabricks.net";
        for target in [own.to_owned(), format!("{own}:443/api"), format!("{own}/api/2.0/x?y=z")] {
            let mut request = Request::new(Method::GET, target.parse().unwrap());
            client.sign(&mut request).unwrap();
            let header = &request.headers()[AUTHORIZATION];
            assert!(header.is_sensitive() && header == "Bearer dapi0123456789");
        }
        for target in [
            "http://adb-1.2.azuredatabricks.net/",
            "https://adb-1.2.azuredatabricks.net:8443/",
            "https://adb-1.2.azuredatabricks.net.evil.example/",
            "https://evil.example/adb-1.2.azuredatabricks.net",
            "https://user@adb-1.2.azuredatabricks.net/",
            "https://adb-1.2.azuredatabricks.net@evil.example/",
        ] {
            let mut request = Request::new(Method::GET, target.parse().unwrap());
            assert_eq!(client.sign(&mut request).unwrap_err().failure.code, Code::Internal, "{target}");
            assert!(request.headers().is_empty(), "{target}");
        }
    }

    #[test]
    fn a_token_cannot_add_a_header() {
        let client = client("https://adb-1.2.azuredatabricks.net", "dapi\r\nX-Evil: 1");
        let mut request = Request::new(Method::GET, client.base_url.join("/"));
        let error = client.sign(&mut request).unwrap_err();
        assert_eq!(error.failure.code, Code::InvalidInput);
        assert!(request.headers().is_empty());
        assert!(!format!("{error:?} {client:?}").contains("dapi"));
    }
}
