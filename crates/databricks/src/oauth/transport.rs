//! The bridge from the `oauth2` crate's requests to the HTTP client of all requests: same trust, same proxy, no redirects, limits.
//!
//! The crate is shown successful answers only. Its own errors carry what the server wrote, tokens included, so what an answer means otherwise
//! is judged here, and none of its errors leaves this folder.

use std::{pin::Pin, time::Duration};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use hyper::body::Bytes;
use jiff::Timestamp;
use oauth2::{AsyncHttpClient, HttpRequest, HttpResponse, RequestTokenError, basic::BasicErrorResponse};
use reqwest::{
    Method, Request, StatusCode,
    header::{ACCEPT, AUTHORIZATION, HeaderMap, HeaderValue},
};
use secrecy::SecretString;
use serde::de::IgnoredAny;
use tokio::time::Instant;
use url::{Url, form_urlencoded};
use zeroize::{Zeroize as _, Zeroizing};

use super::{OAuthError, refusal, refusal::Request as Asked, tokens::Granted};
use crate::rest::{Answer, Call, Http, PAGE, retry, unreadable};
use brickpass_core::connection::{BaseUrl, HostKind};

/// Of one request to a token endpoint.
const LIMIT: Duration = Duration::from_secs(30);

const JSON: HeaderValue = HeaderValue::from_static("application/json");

/// The parameters of a request that nobody may read (RFC 6749, RFC 7636, RFC 7009).
const SECRET_PARAMETERS: [&str; 5] = ["code", "code_verifier", "refresh_token", "client_secret", "token"];

/// The oauth2 crate's client, as far as it is used here: its messages, with our own reading of token responses.
pub(super) type Messages<Authorization = oauth2::EndpointNotSet, Token = oauth2::EndpointNotSet> = oauth2::Client<
    BasicErrorResponse,
    Granted,
    oauth2::basic::BasicTokenIntrospectionResponse,
    oauth2::StandardRevocableToken,
    oauth2::basic::BasicRevocationErrorResponse,
    Authorization,
    oauth2::EndpointNotSet,
    oauth2::EndpointNotSet,
    oauth2::EndpointNotSet,
    Token,
>;

/// What asking the crate for tokens ends in.
pub(super) type Outcome = Result<Granted, RequestTokenError<OAuthError, BasicErrorResponse>>;

/// Sends the crate's forms. What it lets through is a success with JSON.
pub(super) struct Post {
    pub http: Http,
    pub asked: Asked,
    pub deadline: Instant,
}

// Not a closure: of its futures the compiler could not show that they may move between threads.
impl<'c> AsyncHttpClient<'c> for Post {
    type Error = OAuthError;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, OAuthError>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(async move {
            let endpoint = request.uri().to_string();
            let mut answer = post(&self.http, request, self.asked, self.deadline).await?;
            let is_json = answer.content_type().split(';').next().is_some_and(|kind| kind.trim() == "application/json");
            if answer.status != StatusCode::OK || !is_json {
                return Err(refusal::not_oauth(&answer));
            }
            if serde_json::from_slice::<IgnoredAny>(&answer.body).is_err_and(|error| error.is_eof()) {
                return Err(cut_short(&endpoint));
            }
            // From here on the crate holds the body, which it does not wipe.
            Ok(HttpResponse::new(std::mem::take(&mut *answer.body)))
        })
    }
}

/// Sends a form. What comes back is a success with any content.
pub(super) async fn post(http: &Http, request: HttpRequest, asked: Asked, deadline: Instant) -> Result<Answer, OAuthError> {
    let (head, body) = request.into_parts();
    let body = Zeroizing::new(body);
    let url = Url::parse(&head.uri.to_string()).map_err(|_| OAuthError::unsafe_address())?;
    let base_url = origin(&url).ok_or_else(OAuthError::unsafe_address)?;
    let secrets = secrets(&head.headers, &body);
    let secrets: Vec<&SecretString> = secrets.iter().collect();
    let mut request = Request::new(head.method, url);
    *request.headers_mut() = head.headers;
    if let Some(credential) = request.headers_mut().get_mut(AUTHORIZATION) {
        credential.set_sensitive(true);
    }
    // The client drops its copy of the body when it is sent; this way it is wiped then.
    *request.body_mut() = Some(Bytes::from_owner(body).into());
    let deadline = deadline.min(Instant::now() + LIMIT);
    let answer = http.send(&base_url, request, deadline, &|| ()).await.map_err(OAuthError::lost)?;
    if answer.status.is_success() {
        return Ok(answer);
    }
    Err(refusal::read(asked, &answer, &base_url, &secrets, Timestamp::now()))
}

/// A GET that anybody may make, repeated when that may help. `None` where there is nothing for just anybody: 404, 401.
pub(super) async fn get(http: &Http, base_url: &BaseUrl, path: &str, deadline: Instant) -> Result<Option<Answer>, OAuthError> {
    let request = || {
        let mut request = Request::new(Method::GET, base_url.join(path));
        request.headers_mut().insert(ACCEPT, JSON);
        Ok(request)
    };
    let not_here = |answer: &Answer| matches!(answer.status, StatusCode::NOT_FOUND | StatusCode::UNAUTHORIZED);
    let refusal = |answer: &Answer| (!answer.status.is_success() && !not_here(answer)).then(|| answer.refusal(base_url, &[]));
    let answer = retry::get(http, PAGE, base_url, request, &Call::until(deadline), refusal).await.map_err(OAuthError::lost)?;
    Ok(Some(answer).filter(|answer| !not_here(answer)))
}

/// What the crate made of an answer that [`Post`] let through.
pub(super) fn granted(outcome: Outcome) -> Result<Granted, OAuthError> {
    outcome.map_err(|error| match error {
        RequestTokenError::Request(error) => error,
        RequestTokenError::Parse(_, mut body) => {
            body.zeroize();
            refusal::no_tokens()
        }
        RequestTokenError::ServerResponse(_) | RequestTokenError::Other(_) => refusal::no_tokens(),
    })
}

/// JSON that ends too early: HTTP/1.0 and some proxies cannot tell that an answer was cut.
fn cut_short(endpoint: &str) -> OAuthError {
    let base_url = Url::parse(endpoint).ok().and_then(|url| origin(&url));
    base_url.map_or_else(refusal::no_tokens, |base_url| OAuthError::unknown(unreadable(&base_url)))
}

/// The origin of an endpoint, if one may send secrets there at all: https, or this computer.
pub(super) fn origin(url: &Url) -> Option<BaseUrl> {
    let base_url = BaseUrl::read(&url.origin().ascii_serialization()).ok()?.base_url;
    let safe = base_url.is_https() || base_url.kind() == HostKind::Loopback;
    (safe && url.username().is_empty() && url.password().is_none() && url.fragment().is_none()).then_some(base_url)
}

/// What of a request must not come back in an error: each secret plain, and as the form spells it.
fn secrets(headers: &HeaderMap, body: &[u8]) -> Vec<SecretString> {
    let mut found = Vec::new();
    let mut add = |secret: String| {
        let spelled: String = form_urlencoded::byte_serialize(secret.as_bytes()).collect();
        found.extend([SecretString::from(secret), SecretString::from(spelled)]);
    };
    for (name, value) in form_urlencoded::parse(body) {
        if SECRET_PARAMETERS.contains(&name.as_ref()) {
            add(value.into_owned());
        }
    }
    let basic = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok()?.strip_prefix("Basic "));
    if let Some(basic) = basic {
        add(basic.to_owned());
        let pair = BASE64_STANDARD.decode(basic).map(Zeroizing::new).unwrap_or_default();
        let pair = std::str::from_utf8(&pair).unwrap_or_default();
        // The pair is spelled as in a form; a name of its own makes it one.
        if let Some((_, secret)) = pair.split_once(':')
            && let Some((_, secret)) = form_urlencoded::parse(Zeroizing::new(format!("s={secret}")).as_bytes()).next()
        {
            add(secret.into_owned());
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret as _;

    use super::*;

    #[test]
    fn every_secret_of_a_request_is_known_in_both_spellings() {
        let body = b"grant_type=authorization_code&code=c%2Fd+e&code_verifier=v&client_id=public&refresh_token=r&token=t";
        let basic = BASE64_STANDARD.encode("id:s%2Bcret");
        let headers = HeaderMap::from_iter([(AUTHORIZATION, HeaderValue::from_str(&format!("Basic {basic}")).unwrap())]);
        let found = secrets(&headers, body);
        let found: Vec<&str> = found.iter().map(SecretString::expose_secret).collect();
        for secret in ["c/d e", "c%2Fd+e", "v", "r", "t", &basic, "s+cret", "s%2Bcret"] {
            assert!(found.contains(&secret), "{secret} in {found:?}");
        }
        assert!(!found.contains(&"public") && !found.contains(&"authorization_code"), "{found:?}");
    }

    #[test]
    fn secrets_go_over_https_or_stay_on_this_computer() {
        let allowed = |url: &str| origin(&url.parse().unwrap()).is_some();
        for url in [
            "https://adb-1.2.azuredatabricks.net/oidc/v1/token",
            "http://127.0.0.1:8000/oidc",
            "http://localhost:1/",
            "https://h.example:8443/x",
        ] {
            assert!(allowed(url), "{url}");
        }
        for url in [
            "http://adb-1.2.azuredatabricks.net/oidc/v1/token",
            "http://127.0.0.1.evil.example/",
            "https://user@adb-1.2.azuredatabricks.net/",
            "https://:secret@adb-1.2.azuredatabricks.net/",
            "https://adb-1.2.azuredatabricks.net/#x",
            "ftp://127.0.0.1/",
            "data:text/plain,x",
        ] {
            assert!(!allowed(url), "{url}");
        }
    }
}
