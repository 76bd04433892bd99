//! The issuer of an answer from a server that was not known before: whether the code may be sent to it.

use url::Url;

use super::{OAuthError, discovery::is_databricks, transport};
use brickpass_core::{
    connection::{AccountId, BaseUrl, HostKind},
    failure::{Code, Failure, Remedy},
};

/// The maximum length of an issuer, in bytes.
const LIMIT: usize = 2048;

/// Where to send a code from a host on which the user chose the workspace.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Issuer {
    pub base_url: BaseUrl,
    pub account_id: Option<AccountId>,
    /// Derived from the issuer, as in Databricks' own clients.
    pub token: Url,
}

impl Issuer {
    /// Anybody who can reach the listener and knows the key could name any server; so only Databricks' own hosts are taken, and this computer
    /// when the login began on it.
    pub(super) fn read(iss: &str, asked: &BaseUrl) -> Result<Self, OAuthError> {
        Self::judged(iss, asked).ok_or_else(not_databricks)
    }

    fn judged(iss: &str, asked: &BaseUrl) -> Option<Self> {
        if iss.len() > LIMIT || !iss.bytes().all(|byte| byte.is_ascii_graphic()) {
            return None;
        }
        let url = Url::parse(iss).ok().filter(|url| url.query().is_none())?;
        let base_url = transport::origin(&url)?;
        let on_this_computer = base_url.kind() == HostKind::Loopback && asked.kind() == HostKind::Loopback;
        if !on_this_computer && !is_databricks(&base_url) {
            return None;
        }
        let path = url.path().strip_suffix('/').unwrap_or(url.path());
        let account_id = match path.strip_prefix("/oidc")? {
            "" => None,
            account => Some(AccountId::parse(account.strip_prefix("/accounts/")?).ok()?),
        };
        let token = base_url.join(&format!("{path}/v1/token"));
        Some(Self { base_url, account_id, token })
    }
}

fn not_databricks() -> OAuthError {
    OAuthError::refused(
        Failure::new(
            Code::OauthProtocol,
            "The sign-in was stopped for your safety.",
            "The browser's answer came from a server that is not known to be Databricks. Nothing was sent to it.",
            "Sign in again. If it happens again, enter your workspace URL by hand.",
        )
        .with_remedy(Remedy::SignIn),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    const ACCOUNT: &str = "12345678-90ab-cdef-1234-567890abcdef";

    fn read(iss: &str, asked: &str) -> Option<Issuer> {
        Issuer::read(iss, &BaseUrl::read_discovery_host(asked).unwrap()).ok()
    }

    #[test]
    fn the_issuer_tells_workspace_or_account_and_where_the_code_goes() {
        let asked = "https://login.databricks.com";
        for end in ["", "/"] {
            let workspace = read(&format!("https://adb-1.2.azuredatabricks.net/oidc{end}"), asked).unwrap();
            assert_eq!(workspace.base_url.as_str(), "https://adb-1.2.azuredatabricks.net");
            assert_eq!(workspace.token.as_str(), "https://adb-1.2.azuredatabricks.net/oidc/v1/token");
            assert_eq!(workspace.account_id, None);
            let account = read(&format!("https://accounts.cloud.databricks.com/oidc/accounts/{ACCOUNT}{end}"), asked).unwrap();
            assert_eq!(account.token.path(), format!("/oidc/accounts/{ACCOUNT}/v1/token"));
            assert_eq!(account.account_id.unwrap().as_str(), ACCOUNT);
        }
        assert!(read("https://acme.databricks.com/oidc", asked).is_some());
        assert!(read("http://127.0.0.1:8000/oidc", "http://127.0.0.1:9000").is_some());
    }

    #[test]
    fn lb_48_only_databricks_own_hosts_are_taken() {
        for iss in [
            "https://evil.example",
            "https://evil.example/oidc",
            "https://adb-1.2.azuredatabricks.net.evil.example/oidc",
            "https://evilazuredatabricks.net/oidc",
            "https://adb-1.2.azuredatabricks.net@evil.example/oidc",
            "https://user@adb-1.2.azuredatabricks.net/oidc",
            "http://adb-1.2.azuredatabricks.net/oidc",
            "https://adb-1.2.azuredatabricks.net:8443/oidc",
            "https://adb-1.2.azuredatabricks.net/oidc?x=y",
            "https://adb-1.2.azuredatabricks.net/oidc#x",
            "https://adb-1.2.azuredatabricks.net/other",
            "https://adb-1.2.azuredatabricks.net/oidcx",
            "https://adb-1.2.azuredatabricks.net/oidc/accounts/1/../../..",
            "https://adb-1.2.azuredatabricks.net/oidc/accounts/nobody",
            "https://login.databricks.com/oidc",
            "https://x.staging.cloud.databricks.com/oidc",
            "https://xn--zure-63d.azuredatabricks.net/oidc",
            "http://127.0.0.1:8000/oidc",
            "http://localhost/oidc",
            "https://adb-1.2.azuredatabricks.net/oidc\u{202E}",
            "https:/\\evil.example/oidc",
            "adb-1.2.azuredatabricks.net/oidc",
            "",
        ] {
            assert_eq!(read(iss, "https://login.databricks.com"), None, "{iss}");
        }
        assert_eq!(read("http://10.0.0.1:8000/oidc", "http://127.0.0.1:9000"), None);
    }
}
