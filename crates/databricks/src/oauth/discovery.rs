//! A host's authorization server metadata (RFC 8414). Every endpoint is checked before it is used.

use std::time::Duration;

use secrecy::SecretString;
use serde::Deserialize;
use tokio::time::Instant;
use url::Url;

use super::{OAuthError, refusal, transport};
use crate::rest::{Call, Client, Http};
use brickpass_core::{
    connection::{AccountId, BaseUrl, Connection, HostKind, Level},
    failure::{Code, Failure, Remedy},
};

/// A short limit: a host that has it answers quickly, and it is only a hint.
const HOST_CONFIG_LIMIT: Duration = Duration::from_secs(5);

/// The maximum length of an endpoint's address, in bytes.
const ADDRESS_LIMIT: usize = 2048;

/// The workspace or account of the authorization server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    pub base_url: BaseUrl,
    /// The account level: tokens of the account.
    pub account_id: Option<AccountId>,
}

impl Target {
    #[must_use]
    pub fn of(connection: &Connection) -> Self {
        let account_id = match &connection.level {
            Level::Account { account_id } => Some(account_id.clone()),
            Level::Workspace => None,
        };
        Self { base_url: connection.base_url.clone(), account_id }
    }
}

/// The endpoints that may be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoints {
    /// Compared with `iss` in the browser's answer (RFC 9207).
    pub issuer: String,
    pub authorization: Url,
    pub token: Url,
    pub revocation: Option<Url>,
    /// The server promises `iss` in every answer (`authorization_response_iss_parameter_supported`).
    pub iss_promised: bool,
}

/// The part of RFC 8414, section 2, that is used here.
#[derive(Deserialize)]
struct Metadata {
    issuer: Option<String>,
    authorization_endpoint: String,
    token_endpoint: String,
    revocation_endpoint: Option<String>,
    code_challenge_methods_supported: Option<Vec<String>>,
    authorization_response_iss_parameter_supported: Option<bool>,
}

/// # Errors
/// The host cannot be reached, has no OAuth, or names endpoints that must not be used.
pub async fn discover(http: &Http, target: &Target, deadline: Instant) -> Result<Endpoints, OAuthError> {
    let account_id = match &target.account_id {
        Some(own) => Some(own.clone()),
        None => account_of_unified_host(http, &target.base_url, deadline).await,
    };
    let path = account_id.as_ref().map_or_else(|| "/oidc".to_owned(), |id| format!("/oidc/accounts/{}", id.as_str()));
    let metadata = format!("{path}/.well-known/oauth-authorization-server");
    match transport::get(http, &target.base_url, &metadata, deadline).await? {
        Some(answer) => match serde_json::from_slice::<Metadata>(&answer.body) {
            Ok(metadata) => metadata.checked(&target.base_url, &path),
            Err(_) => Err(refusal::not_oauth(&answer)),
        },
        // Account consoles have these two endpoints, even if they do not list them. Source: the Databricks SDKs, which use no discovery.
        None if account_id.is_some() => Ok(Endpoints::fixed(&target.base_url, &path)),
        None => Err(unsupported()),
    }
}

/// A unified host signs users in for their whole account, and returns its ID.
async fn account_of_unified_host(http: &Http, base_url: &BaseUrl, deadline: Instant) -> Option<AccountId> {
    if base_url.kind() == HostKind::Workspace {
        // A workspace's own host signs in for itself: no request needed.
        return None;
    }
    let deadline = deadline.min(Instant::now() + HOST_CONFIG_LIMIT);
    let client = Client::new(http.clone(), base_url.clone(), None, SecretString::default(), HOST_CONFIG_LIMIT);
    // Only a hint: without it, the host is treated as a workspace.
    let config = client.host_config(&Call::until(deadline)).await.ok()?;
    let by_account = config.oidc_endpoint.is_some_and(|endpoint| endpoint.contains("/oidc/accounts/"));
    config.account_id.filter(|_| by_account)
}

impl Endpoints {
    fn fixed(base_url: &BaseUrl, path: &str) -> Self {
        Self {
            issuer: format!("{base_url}{path}"),
            authorization: base_url.join(&format!("{path}/v1/authorize")),
            token: base_url.join(&format!("{path}/v1/token")),
            revocation: None,
            iss_promised: false,
        }
    }
}

impl Metadata {
    fn checked(self, base_url: &BaseUrl, path: &str) -> Result<Endpoints, OAuthError> {
        let issuer = format!("{base_url}{path}");
        if self.issuer.is_some_and(|said| said != issuer) {
            return Err(unsafe_host("The server identifies itself as a different authorization server."));
        }
        if self.code_challenge_methods_supported.is_some_and(|methods| !methods.iter().any(|method| method == "S256")) {
            return Err(unsafe_host("The server does not support the protection that a sign-in needs (PKCE with S256)."));
        }
        let endpoint = |address: &str| endpoint(address, base_url).ok_or_else(OAuthError::unsafe_address);
        Ok(Endpoints {
            authorization: endpoint(&self.authorization_endpoint)?,
            token: endpoint(&self.token_endpoint)?,
            revocation: self.revocation_endpoint.as_deref().map(endpoint).transpose()?,
            issuer,
            iss_promised: self.authorization_response_iss_parameter_supported == Some(true),
        })
    }
}

/// An endpoint that may be used: encrypted, and on the host that the user entered. Databricks' own hosts may name each other, as a workspace
/// names its account; no other host may name Databricks, because it would get the tokens of a sign-in that looks like Databricks'.
fn endpoint(address: &str, base_url: &BaseUrl) -> Option<Url> {
    if address.len() > ADDRESS_LIMIT || !address.bytes().all(|byte| byte.is_ascii_graphic()) {
        return None;
    }
    let url = Url::parse(address).ok()?;
    let origin = transport::origin(&url)?;
    let allowed = match base_url.kind() {
        _ if origin == *base_url => true,
        // The demo's account and workspaces share an authorization server on its own port.
        HostKind::Loopback => origin.kind() == HostKind::Loopback,
        HostKind::Custom => false,
        HostKind::Workspace | HostKind::AccountConsole | HostKind::Unified => is_databricks(&origin),
    };
    allowed.then_some(url)
}

/// In one of Databricks' zones, over https, at the usual port.
pub(super) fn is_databricks(origin: &BaseUrl) -> bool {
    let known = matches!(origin.kind(), HostKind::Workspace | HostKind::AccountConsole | HostKind::Unified);
    known && origin.is_https() && origin.cautions().is_empty()
}

fn unsupported() -> OAuthError {
    OAuthError::refused(
        Failure::new(
            Code::OauthUnsupported,
            "This host does not support OAuth.",
            "It is not a Databricks workspace, or it is too old for OAuth.",
            "Check the base URL, or use a personal access token.",
        )
        .with_remedy(Remedy::EditBaseUrl),
    )
}

fn unsafe_host(why: &str) -> OAuthError {
    OAuthError::refused(
        Failure::new(
            Code::OauthProtocol,
            "The sign-in was stopped for your safety.",
            why,
            "Check that the base URL is your workspace or account URL.",
        )
        .with_remedy(Remedy::EditBaseUrl),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    const WORKSPACE: &str = "https://adb-1.2.azuredatabricks.net";

    fn base_url(text: &str) -> BaseUrl {
        BaseUrl::read(text).unwrap().base_url
    }

    fn checked(base: &str, json: &str) -> Result<Endpoints, Code> {
        let metadata: Metadata = serde_json::from_str(json).unwrap();
        metadata.checked(&base_url(base), "/oidc").map_err(|error| error.failure.code)
    }

    fn with(rest: &str) -> String {
        format!(r#"{{"authorization_endpoint":"{WORKSPACE}/oidc/v1/authorize","token_endpoint":"{WORKSPACE}/oidc/v1/token"{rest}}}"#)
    }

    #[test]
    fn endpoints_of_the_own_host_are_taken() {
        let found =
            checked(WORKSPACE, &with(&format!(r#","issuer":"{WORKSPACE}/oidc","revocation_endpoint":"{WORKSPACE}/oidc/v1/revoke""#)))
                .unwrap();
        assert_eq!(found.issuer, format!("{WORKSPACE}/oidc"));
        assert_eq!(found.token.as_str(), format!("{WORKSPACE}/oidc/v1/token"));
        assert_eq!(found.revocation.unwrap().path(), "/oidc/v1/revoke");
        assert!(!found.iss_promised);
        assert!(checked(WORKSPACE, &with(r#","authorization_response_iss_parameter_supported":true"#)).unwrap().iss_promised);
    }

    #[test]
    fn another_issuer_is_refused() {
        for issuer in [
            "https://adb-3.4.azuredatabricks.net/oidc",
            &format!("{WORKSPACE}/oidc/"),
            WORKSPACE,
            "",
            "https://ADB-1.2.azuredatabricks.net/oidc",
        ] {
            assert_eq!(checked(WORKSPACE, &with(&format!(r#","issuer":"{issuer}""#))), Err(Code::OauthProtocol), "{issuer}");
        }
    }

    #[test]
    fn ot_13_without_s256_there_is_no_sign_in() {
        for methods in [r#"["plain"]"#, "[]", r#"["s256"]"#] {
            let json = with(&format!(r#","code_challenge_methods_supported":{methods}"#));
            assert_eq!(checked(WORKSPACE, &json), Err(Code::OauthProtocol), "{methods}");
        }
        for methods in [r#"["plain","S256"]"#, "null"] {
            assert!(checked(WORKSPACE, &with(&format!(r#","code_challenge_methods_supported":{methods}"#))).is_ok());
        }
    }

    #[test]
    fn endpoints_lie_on_the_own_host_or_in_databricks_zones() {
        let may = |base: &str, address: &str| endpoint(address, &base_url(base)).is_some();
        for address in [
            "https://adb-1.2.azuredatabricks.net/oidc/v1/token",
            "https://adb-1.2.azuredatabricks.net:443/oidc/v1/token?x=y",
            "https://accounts.azuredatabricks.net/oidc/accounts/1/v1/token",
            "https://accounts.cloud.databricks.com/oidc/v1/token",
            "https://acme.databricks.com/oidc/v1/token",
        ] {
            assert!(may(WORKSPACE, address), "{address}");
        }
        for address in [
            "http://adb-1.2.azuredatabricks.net/oidc/v1/token",
            "http://127.0.0.1:8000/oidc/v1/token",
            "https://evil.example/oidc/v1/token",
            "https://adb-1.2.azuredatabricks.net.evil.example/oidc",
            "https://evilazuredatabricks.net/oidc",
            "https://user@adb-1.2.azuredatabricks.net/oidc",
            "https://adb-1.2.azuredatabricks.net:pw@evil.example/oidc",
            "https://adb-1.2.azuredatabricks.net/oidc#fragment",
            "https://adb-1.2.azuredatabricks.net:8443/oidc",
            "https://accounts.cloud.databricks.com:8443/oidc",
            "https://login.staging.cloud.databricks.com/oidc",
            "https://xn--zure-63d.azuredatabricks.net/oidc",
            "https:\\\\evil.example\\oidc",
            "https://adb-1.2.azuredatabricks.net/\u{202E}oidc",
            "javascript:alert(1)",
            "/oidc/v1/token",
            "",
        ] {
            assert!(!may(WORKSPACE, address), "{address}");
        }
        assert!(!may(WORKSPACE, &format!("{WORKSPACE}/{}", "x".repeat(ADDRESS_LIMIT))));
    }

    #[test]
    fn a_host_outside_databricks_cannot_borrow_a_sign_in_of_databricks() {
        for base in ["https://databricks.example.com", "http://127.0.0.1:8000"] {
            assert!(endpoint(&format!("{base}/oidc/v1/token"), &base_url(base)).is_some());
            assert!(endpoint("https://accounts.cloud.databricks.com/oidc/v1/authorize", &base_url(base)).is_none(), "{base}");
        }
        assert!(endpoint("http://localhost:9000/oidc/v1/token", &base_url("http://127.0.0.1:8000")).is_some());
        assert!(endpoint("http://192.168.0.1:9000/oidc/v1/token", &base_url("http://127.0.0.1:8000")).is_none());
    }
}
