//! What an answer that is no result means, in words.
//!
//! The shapes and wordings of errors are those of the Databricks REST API: `{"error_code", "message"}`, where the code is a word or a number,
//! `{"error"}` of unknown API versions, and `{"detail"}` of SCIM.

use reqwest::{
    StatusCode,
    header::{CONTENT_TYPE, HeaderMap, LOCATION},
};
use secrecy::SecretString;
use serde_json::Value;
use url::Url;
use zeroize::Zeroizing;

use super::{
    error::{ApiError, Reason, place, proxy_sign_in},
    redact::{capped, shown},
};
use brickpass_core::{
    connection::BaseUrl,
    failure::{Code, Failure, Remedy},
};

/// An answer, read to its end or to the limit.
pub(crate) struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    /// Wiped when dropped: it may hold tokens.
    pub body: Zeroizing<Vec<u8>>,
}

impl Answer {
    /// An answer with any status but 2xx. `secrets` are those of the request: no word of them is shown.
    pub(crate) fn refusal(&self, base_url: &BaseUrl, secrets: &[&SecretString]) -> ApiError {
        let said = Said::read(&self.body);
        let mut failure = match self.status.as_u16() {
            300..=399 => self.redirect(base_url, secrets),
            401 if !said.mentions("wrong audience") => unauthorized("It has expired, was revoked, or belongs to another workspace."),
            403 => forbidden(&said),
            404 => not_found(&said),
            407 => proxy_sign_in(None),
            429 => rate_limited(base_url),
            400 | 401 if said.mentions("wrong audience") => {
                unauthorized("It was issued for another service; this workspace accepts only tokens for Databricks.")
            }
            status @ 500..=599 => Failure::new(
                Code::ServerError,
                format!("The {} is unavailable.", place(base_url)),
                format!("It returned the error {status}. It may be restarting or under maintenance."),
                "Wait a moment, then try again.",
            )
            .with_remedy(Remedy::TryAgain),
            status => Failure::new(
                Code::NotApi,
                "The workspace did not understand the request.",
                format!("It returned the status {status}, which the Databricks API does not use for this request."),
                "Check that the base URL is a workspace URL.",
            )
            .with_remedy(Remedy::EditBaseUrl),
        };
        if failure.details.is_none()
            && let Some(details) = said.details(self.status.as_u16(), secrets)
        {
            failure = failure.with_details(details);
        }
        ApiError { reason: Reason::of(&said.code), ..ApiError::answered(failure, self.status.as_u16()) }
    }

    /// An answer with a status of success that is not what the API gives.
    pub(crate) fn not_the_api(&self, secrets: &[&SecretString]) -> ApiError {
        let text = String::from_utf8_lossy(&self.body);
        let failure = if self.is_web_page() {
            let title = title(&text);
            let page = if title.is_some_and(|title| title.eq_ignore_ascii_case("Databricks - Sign In")) {
                // The address is right: a redirect to the login page was followed on the way.
                Failure::new(
                    Code::NotApi,
                    "The Databricks login page answered instead of the API.",
                    "The workspace may accept connections only through Private Link, or a proxy followed a redirect to the login page.",
                    "Connect to the VPN or network that reaches the workspace. If you are already on it, ask your network team about the proxy.",
                )
            } else {
                Failure::new(
                    Code::NotApi,
                    "A web page answered instead of the Databricks API.",
                    "The network may require you to sign in first, or the base URL is not a workspace URL.",
                    "Open the base URL in a browser to see the page, then check the base URL.",
                )
            };
            match title {
                Some(title) => page.with_details(format!("Page title: {}", capped(&shown(title, secrets), 80))),
                None => page,
            }
        } else {
            Failure::new(
                Code::NotApi,
                "This is not the Databricks API.",
                "The server's answer is not one of the API.",
                "Check that the base URL is a workspace URL.",
            )
        };
        ApiError::answered(failure.with_remedy(Remedy::EditBaseUrl), self.status.as_u16())
    }

    /// By its content type, or by how it begins.
    pub(crate) fn is_web_page(&self) -> bool {
        let text = String::from_utf8_lossy(&self.body);
        let start = text.trim_start().get(..15).unwrap_or_default().to_ascii_lowercase();
        self.content_type().contains("html") || start.starts_with("<!doctype html") || start.starts_with("<html")
    }

    /// In lower case; empty when the answer does not say.
    pub(crate) fn content_type(&self) -> String {
        self.headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default().to_ascii_lowercase()
    }

    fn redirect(&self, base_url: &BaseUrl, secrets: &[&SecretString]) -> Failure {
        let target = self.headers.get(LOCATION).and_then(|at| at.to_str().ok()).and_then(|at| base_url.join("/").join(at).ok());
        if target.as_ref().is_some_and(is_private_link) {
            return Failure::new(
                Code::PrivateLink,
                "This workspace accepts connections only through Private Link.",
                "Your request came from outside the private network of the workspace.",
                "Connect to the VPN or network that reaches the workspace, then try again.",
            )
            .with_remedy(Remedy::TryAgain);
        }
        // Only the name: a path or a query may carry what is nobody's business.
        let host = target.as_ref().and_then(Url::host_str).map(|host| capped(&shown(host, secrets), 120));
        let why = match host {
            Some(host) if host == base_url.host() => "It redirects to another page of the same host, probably a login page.".to_owned(),
            Some(host) => format!("It redirects to {host}. Your credentials were not sent there."),
            None => "The redirect has no target.".to_owned(),
        };
        Failure::new(
            Code::Redirect,
            "The server redirects to another address.",
            why,
            "Enter the URL of the workspace itself as the base URL.",
        )
        .with_remedy(Remedy::EditBaseUrl)
    }
}

/// What the service says of an error.
struct Said {
    code: String,
    message: String,
}

impl Said {
    fn read(body: &[u8]) -> Self {
        let Ok(value) = serde_json::from_slice::<Value>(body) else {
            let text = String::from_utf8_lossy(body);
            let message = if text.contains('<') { title(&text).unwrap_or_default().to_owned() } else { text.into_owned() };
            return Self { code: String::new(), message };
        };
        let code = match value.get("error_code") {
            Some(Value::String(code)) => code.clone(),
            Some(Value::Number(code)) => code.to_string(),
            _ => String::new(),
        };
        let message = ["message", "detail", "error_description", "error"].into_iter().find_map(|key| value.get(key)?.as_str());
        Self { code, message: message.unwrap_or_default().to_owned() }
    }

    /// `HTTP 403, PERMISSION_DENIED: ...`
    fn details(&self, status: u16, secrets: &[&SecretString]) -> Option<String> {
        let (code, message) = (shown(&self.code, secrets), shown(&self.message, secrets));
        match (code.is_empty(), message.is_empty()) {
            (true, true) => None,
            (true, false) => Some(format!("HTTP {status}: {message}")),
            (false, true) => Some(format!("HTTP {status}, {code}")),
            (false, false) => Some(format!("HTTP {status}, {code}: {message}")),
        }
    }

    /// `clusters` in "... does not have required scopes: clusters". A scope is a short word; anything else is not repeated.
    fn missing_scope(&self) -> Option<&str> {
        let start = self.message.to_ascii_lowercase().find("required scopes:")? + "required scopes:".len();
        let scope = self.message.get(start..)?.split_whitespace().next()?.trim_end_matches(['.', ',']);
        let is_scope = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b':');
        Some(scope).filter(|scope| (1..=40).contains(&scope.len()) && scope.bytes().all(is_scope))
    }

    fn mentions(&self, words: &str) -> bool {
        self.message.to_ascii_lowercase().contains(words)
    }
}

fn forbidden(said: &Said) -> Failure {
    if said.mentions("ip access list") || said.mentions("ip acl") {
        return Failure::new(
            Code::IpBlocked,
            "The workspace does not accept connections from your network.",
            "Your IP address is not on the workspace's access list.",
            "Connect to your company's VPN, or ask a workspace admin to add your address.",
        )
        .with_remedy(Remedy::TryAgain);
    }
    if said.mentions("invalid access token") || said.mentions("token is expired") || said.mentions("invalid token") {
        return unauthorized("It is mistyped, has expired, was revoked, or belongs to another workspace.");
    }
    if said.mentions("required scopes") {
        let which =
            said.missing_scope().map_or_else(|| "the one for this part of the API".to_owned(), |scope| format!("the scope {scope}"));
        return Failure::new(
            Code::MissingScope,
            "The token is limited and does not allow this.",
            format!("Its scopes do not include {which}."),
            "Use a token that has this scope, or a token without scopes.",
        )
        .with_remedy(Remedy::ReplaceSecret);
    }
    if said.mentions("invalid access to org") {
        return Failure::new(
            Code::Forbidden,
            "You are not a member of this workspace.",
            "Your sign-in is valid, but you have no access to this workspace. The token may also belong to another workspace.",
            "Check that the base URL is the workspace you mean, or ask a workspace admin to add you.",
        );
    }
    Failure::new(
        Code::Forbidden,
        "You are signed in, but you are not allowed to do this.",
        "You lack an entitlement or permission in this workspace.",
        "Ask a workspace admin for access.",
    )
}

fn unauthorized(why: &str) -> Failure {
    Failure::new(
        Code::Unauthorized,
        "The workspace does not accept this token.",
        why,
        "Generate a new token in the workspace and paste it here.",
    )
    .with_remedy(Remedy::ReplaceSecret)
}

fn not_found(said: &Said) -> Failure {
    let why = if said.message.starts_with("Bad Target") || said.code == "ENDPOINT_NOT_FOUND" {
        "The server does not have this part of the API. The address may belong to an account or another service."
    } else {
        "The workspace may have been deleted, or the address belongs to another service."
    };
    Failure::new(
        Code::NotFound,
        "There is no workspace at this address.",
        why,
        "Copy the workspace URL from your browser and paste it as the base URL.",
    )
    .with_remedy(Remedy::EditBaseUrl)
}

fn rate_limited(base_url: &BaseUrl) -> Failure {
    Failure::new(
        Code::RateLimited,
        format!("Too many requests to the {}.", place(base_url)),
        "You, or others in the same account, exceeded the rate limit.",
        "Wait a minute, then try again.",
    )
    .with_remedy(Remedy::TryAgain)
}

/// Where a front-end sends callers from outside: `/login.html?error=private-link-validation-error:<workspace id>`.
fn is_private_link(target: &Url) -> bool {
    let reason = |value: &str| value.split(':').next() == Some("private-link-validation-error");
    target.path() == "/login.html" && target.query_pairs().any(|(key, value)| key == "error" && reason(&value))
}

fn title(page: &str) -> Option<&str> {
    // ASCII lower case keeps every offset.
    let lower = page.to_ascii_lowercase();
    let open = lower.find("<title")?;
    let start = open + lower.get(open..)?.find('>')? + 1;
    let end = start + lower.get(start..)?.find("</title")?;
    page.get(start..end).map(str::trim).filter(|title| !title.is_empty())
}
