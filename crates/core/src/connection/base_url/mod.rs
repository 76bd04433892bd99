//! What a person pastes -> the origin of a workspace.

mod error;
mod host;
mod read;

pub use error::BaseUrlError;
pub use host::{Cloud, HostKind};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use url::Url;

/// Why an address is used only after the person has confirmed it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Caution {
    /// The host is not in a domain of Databricks.
    NotDatabricks,
    /// Another port than 443, which is given.
    UnusualPort(u16),
    /// The host was typed with letters outside ASCII; this is how the network spells it.
    NotAscii,
}

/// A canonical origin: scheme, host in lower-case ASCII (punycode), port when it is not the scheme's own.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct BaseUrl {
    /// With the path `/` and nothing behind it.
    url: Url,
    /// `https://host[:port]`.
    origin: String,
}

/// What was found in a pasted address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pasted {
    /// The origin alone.
    pub base_url: BaseUrl,
    /// From `?w=`, `?o=` or `?workspace_id=`, else from the host name.
    pub workspace_id: Option<String>,
    /// From `?a=` or `?account_id=`.
    pub account_id: Option<String>,
    /// From the path of a cluster page.
    pub cluster_id: Option<String>,
    /// From the path of a SQL warehouse page.
    pub warehouse_id: Option<String>,
    /// What was cleaned away, in words for the person.
    pub notes: Vec<String>,
}

impl BaseUrl {
    /// Reads whatever a person pastes (a whole browser address, a bare host).
    ///
    /// # Errors
    /// Says what is wrong with the address and what to do.
    pub fn read(pasted: &str) -> Result<Pasted, BaseUrlError> {
        read::read(pasted)
    }

    /// Where people sign in who do not know their workspace's address: as `read`, but login.databricks.com is no mistake here.
    ///
    /// # Errors
    /// Says what is wrong with the address and what to do.
    pub fn read_discovery_host(pasted: &str) -> Result<Self, BaseUrlError> {
        read::read_any(pasted).map(|pasted| pasted.base_url)
    }

    /// `https://login.databricks.com`.
    #[must_use]
    #[expect(clippy::expect_used, clippy::missing_panics_doc, reason = "a constant, which a test reads")]
    pub fn discovery_host() -> Self {
        Self::read_discovery_host("https://login.databricks.com").expect("an address")
    }

    /// `https://host[:port]`, no slash at the end.
    #[must_use]
    pub fn origin(&self) -> String {
        self.origin.clone()
    }

    /// As [`Self::origin`].
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.origin
    }

    /// Without the port; an IPv6 address in brackets.
    #[must_use]
    pub fn host(&self) -> &str {
        self.url.host_str().unwrap_or_default()
    }

    /// The port to connect to (the scheme's own when none is written).
    #[must_use]
    pub fn port(&self) -> u16 {
        self.url.port_or_known_default().unwrap_or(443)
    }

    /// `false` for plain http, which only loopback may use.
    #[must_use]
    pub fn is_https(&self) -> bool {
        self.url.scheme() == "https"
    }

    /// The cloud of a workspace or account console; `None` for every other host.
    #[must_use]
    pub fn cloud(&self) -> Option<Cloud> {
        host::cloud(self.host())
    }

    /// What the host is, by its name.
    #[must_use]
    pub fn kind(&self) -> HostKind {
        host::kind(self.host())
    }

    /// The id that a classic workspace host carries in its name.
    #[must_use]
    pub fn workspace_id_of_host(&self) -> Option<&str> {
        host::workspace_id(self.host())
    }

    /// Where the account above this workspace is managed: the address to enter instead at account level.
    #[must_use]
    pub fn account_console(&self) -> Option<String> {
        host::account_console(self.host())
    }

    /// The address of a workspace of the account that is managed here, from the deployment name that the account's API tells: on the console's
    /// own zone; on a unified host, this host itself; on loopback (the demo), the name is `host:port`. `None` for anything that makes no such
    /// address, since tokens of the account are sent there.
    #[must_use]
    pub fn deployment(&self, name: &str) -> Option<Self> {
        let (address, kind) = match self.kind() {
            HostKind::Unified => return Some(self.clone()),
            HostKind::AccountConsole => (format!("https://{name}{}", host::zone_of_console(self.host())?), HostKind::Workspace),
            HostKind::Loopback => (format!("{}://{name}", self.url.scheme()), HostKind::Loopback),
            HostKind::Workspace | HostKind::Custom => return None,
        };
        let loopback = kind == HostKind::Loopback;
        let fits =
            |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.') || (loopback && matches!(byte, b':' | b'[' | b']'));
        if name.is_empty() || !name.bytes().all(fits) {
            return None;
        }
        // What is read must be what was written: the name as a whole is the host, with nothing cleaned away.
        Self::read(&address)
            .ok()
            .map(|read| read.base_url)
            .filter(|found| found.kind() == kind && found.cautions().is_empty() && found.as_str().eq_ignore_ascii_case(&address))
    }

    /// Why a secret may not be sent there without a confirmation; empty if it may.
    #[must_use]
    pub fn cautions(&self) -> Vec<Caution> {
        let mut cautions = Vec::new();
        if self.kind() == HostKind::Loopback {
            return cautions;
        }
        if self.kind() == HostKind::Custom {
            cautions.push(Caution::NotDatabricks);
        }
        if host::is_international(self.host()) {
            cautions.push(Caution::NotAscii);
        }
        if let Some(port) = self.url.port() {
            cautions.push(Caution::UnusualPort(port));
        }
        cautions
    }

    /// The absolute URL of an API path (`/api/2.0/...`) on this origin: the one place where request URLs are made.
    #[must_use]
    pub fn join(&self, path: &str) -> Url {
        let mut url = self.url.clone();
        let (path, query) = path.split_once('?').map_or((path, None), |(path, query)| (path, Some(query)));
        url.set_path(path);
        url.set_query(query);
        url
    }
}

impl std::fmt::Display for BaseUrl {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.origin)
    }
}

impl Serialize for BaseUrl {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.origin)
    }
}

impl<'de> Deserialize<'de> for BaseUrl {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::read(&text).map(|pasted| pasted.base_url).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn deployment(console: &str, name: &str) -> Option<String> {
        BaseUrl::read(console).unwrap().base_url.deployment(name).map(|found| found.origin())
    }

    #[test]
    fn a_workspace_lies_where_its_account_does() {
        for (console, name, address) in [
            ("https://accounts.cloud.databricks.com", "dbc-a1b2c3d4-e5f6", "https://dbc-a1b2c3d4-e5f6.cloud.databricks.com"),
            ("https://accounts-dod.cloud.databricks.us", "acme-prod", "https://acme-prod.cloud.databricks.us"),
            ("https://accounts.azuredatabricks.net", "adb-1234567890123456.7", "https://adb-1234567890123456.7.azuredatabricks.net"),
            ("https://accounts.gcp.databricks.com", "1234567890123456.7", "https://1234567890123456.7.gcp.databricks.com"),
            ("https://acme.databricks.com", "anything at all", "https://acme.databricks.com"),
            ("http://127.0.0.1:4000", "127.0.0.1:4001", "http://127.0.0.1:4001"),
            ("http://localhost:4000", "[::1]:4001", "http://[::1]:4001"),
        ] {
            assert_eq!(deployment(console, name).as_deref(), Some(address), "{console} {name}");
        }
    }

    #[test]
    fn an_odd_deployment_name_makes_no_address() {
        let console = "https://accounts.cloud.databricks.com";
        for odd in [
            "",
            ".",
            "-a",
            "a.",
            "a..b",
            ".a",
            "a/b",
            "evil.example/",
            "evil.example#",
            "evil.example?x=",
            "evil.example\\",
            "user@evil",
            "a:443",
            "a b",
            " a",
            "a\n",
            "a%2e",
            "\u{FF41}",
            "xn--bcher-kva",
            "accounts",
            "a.staging",
        ] {
            assert_eq!(deployment(console, odd), None, "{odd:?}");
        }
        assert_eq!(deployment("http://127.0.0.1:4000", "evil.example:80"), None);
        assert_eq!(deployment("http://127.0.0.1:4000", "127.0.0.1.evil.example"), None);
        assert_eq!(deployment("https://adb-1.2.azuredatabricks.net", "adb-3.4"), None, "no account is managed there");
        assert_eq!(deployment("https://evil.example", "adb-3.4"), None);
    }

    #[test]
    fn the_discovery_host_is_an_address_but_no_workspace() {
        let host = BaseUrl::discovery_host();
        assert_eq!(host.as_str(), "https://login.databricks.com");
        assert_eq!(BaseUrl::read(host.as_str()), Err(BaseUrlError::NotAWorkspace("login.databricks.com".to_owned())));
        assert!(BaseUrl::read_discovery_host("http://login.databricks.com").is_err());
    }
}
