//! What a person pastes -> the origin of a workspace.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use url::{Host, Url};

use super::text;

/// The longest address that is looked at, in bytes after trimming. Browsers stop at about 2,000.
const LONGEST: usize = 2048;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Cloud {
    Aws,
    Azure,
    Gcp,
}

impl Cloud {
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Aws => "AWS",
            Self::Azure => "Azure",
            Self::Gcp => "GCP",
        }
    }
}

/// The DNS zones in which Databricks serves workspaces (databricks-sdk-go, `common/environment`). The most specific stand first.
const ZONES: [(&str, Option<Cloud>); 8] = [
    (".azuredatabricks.net", Some(Cloud::Azure)),
    (".databricks.azure.us", Some(Cloud::Azure)),
    (".databricks.azure.cn", Some(Cloud::Azure)),
    (".gcp.databricks.com", Some(Cloud::Gcp)),
    (".cloud.databricks.com", Some(Cloud::Aws)),
    (".cloud.databricks.us", Some(Cloud::Aws)),
    (".cloud.databricks.mil", Some(Cloud::Aws)),
    (".databricks.com", None),
];

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum HostKind {
    /// A workspace's own host.
    Workspace,
    /// `accounts.cloud.databricks.com` and its siblings.
    AccountConsole,
    /// One host for account and workspaces, `acme.databricks.com`.
    Unified,
    /// Loopback: the demo, or a tunnel.
    Loopback,
    /// Not a Databricks domain; used only after the person has confirmed it.
    Custom,
}

/// Why an address is used only after the person has confirmed it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Caution {
    NotDatabricks,
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
    pub base_url: BaseUrl,
    pub workspace_id: Option<String>,
    pub account_id: Option<String>,
    pub cluster_id: Option<String>,
    pub warehouse_id: Option<String>,
    /// What was cleaned away, in words for the person.
    pub notes: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BaseUrlError {
    #[error("Enter the workspace's address, for example https://adb-1234567890123456.7.azuredatabricks.net")]
    Empty,
    #[error("This is too long for an address; paste only the address of the workspace")]
    TooLong,
    #[error("The address contains {0}; paste it again as one line")]
    Unfit(text::Unfit),
    #[error("The address contains a space; paste only the address of the workspace")]
    Space,
    #[error("The address contains a user name before an @, a common trick to hide the real host; remove it")]
    UserName,
    #[error("The address contains a backslash; write it with forward slashes")]
    Backslash,
    #[error("The host name contains a % sign; write the plain host name")]
    EncodedHost,
    #[error("The address has no host name; it should look like https://adb-1234567890123456.7.azuredatabricks.net")]
    NoHost,
    #[error("Only https addresses can be used; {0} cannot")]
    Scheme(String),
    #[error("http would send your token unencrypted; use https")]
    NotEncrypted,
    #[error("The port is not a number from 1 to 65535")]
    Port,
    #[error("{0} is not a valid host name")]
    Host(String),
    #[error("A workspace is never at this kind of numeric address; use its host name")]
    NumericHost,
    #[error("The host name is incomplete; add its domain, for example .azuredatabricks.net")]
    Incomplete,
}

impl BaseUrl {
    /// Reads whatever a person pastes (a whole browser address, a bare host).
    ///
    /// # Errors
    /// Says what is wrong with the address and what to do.
    pub fn read(pasted: &str) -> Result<Pasted, BaseUrlError> {
        let mut notes = Vec::new();
        let cleaned = clean(pasted, &mut notes)?;
        let (scheme, rest) = split_scheme(&cleaned)?;
        let (authority, tail) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
        check_authority(authority)?;
        let parsed =
            Url::parse(&format!("{scheme}://{authority}/{}", tail.trim_start_matches('/'))).map_err(|error| not_a_url(error, authority))?;
        let url = origin_of(&parsed)?;
        if url.scheme() == "http" && !is_loopback(&url) {
            return Err(BaseUrlError::NotEncrypted);
        }
        let origin = url.as_str().trim_end_matches('/').to_owned();
        let base_url = Self { url, origin };
        if !tail.trim_matches('/').is_empty() {
            notes.push("Only the start of the address is kept".to_owned());
        }
        Ok(base_url.with_finds(&parsed, notes))
    }

    /// The ids that the path and the query name.
    fn with_finds(self, pasted: &Url, notes: Vec<String>) -> Pasted {
        let query = |keys: &[&str]| {
            keys.iter().find_map(|key| pasted.query_pairs().find(|(name, _)| name == key).map(|(_, value)| value.into_owned()))
        };
        let digits = |id: &String| !id.is_empty() && id.len() <= 20 && id.bytes().all(|byte| byte.is_ascii_digit());
        let word = |id: &String| !id.is_empty() && id.len() <= 64 && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        // `w` may be any word; the older `o` and `workspace_id` are digits. The Go SDK's order.
        let workspace_id =
            query(&["w"]).filter(word).or_else(|| query(&["o"]).filter(digits)).or_else(|| query(&["workspace_id"]).filter(digits));
        // Single-page addresses carry the path behind the `#`.
        let path = format!("{}/{}", pasted.path(), pasted.fragment().unwrap_or_default());
        let segments: Vec<&str> = path.split('/').filter(|segment| !segment.is_empty()).collect();
        let after = |name: &str| {
            let at = segments.iter().position(|segment| *segment == name)?;
            segments.get(at + 1).map(|id| (*id).to_owned()).filter(word)
        };
        Pasted {
            workspace_id: workspace_id.or_else(|| self.workspace_id_in_host()),
            account_id: query(&["a", "account_id"]).filter(word),
            cluster_id: after("clusters"),
            warehouse_id: after("warehouses").or_else(|| after("endpoints")),
            notes,
            base_url: self,
        }
    }

    /// `adb-<workspace id>.<number>.azuredatabricks.net` names its workspace.
    fn workspace_id_in_host(&self) -> Option<String> {
        if self.cloud() != Some(Cloud::Azure) || self.kind() != HostKind::Workspace {
            return None;
        }
        let id = self.host().strip_prefix("adb-")?.split('.').next()?;
        (!id.is_empty() && id.bytes().all(|byte| byte.is_ascii_digit())).then(|| id.to_owned())
    }

    /// `https://host[:port]`, no slash at the end.
    #[must_use]
    pub fn origin(&self) -> String {
        self.origin.clone()
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.origin
    }

    #[must_use]
    pub fn host(&self) -> &str {
        self.url.host_str().unwrap_or_default()
    }

    /// The port to connect to (the scheme's own when none is written).
    #[must_use]
    pub fn port(&self) -> u16 {
        self.url.port_or_known_default().unwrap_or(443)
    }

    #[must_use]
    pub fn is_https(&self) -> bool {
        self.url.scheme() == "https"
    }

    #[must_use]
    pub fn cloud(&self) -> Option<Cloud> {
        self.zone().and_then(|(_, cloud)| cloud)
    }

    /// The compiled-in Databricks zone of this host, compared at a dot, so that look-alikes never match.
    fn zone(&self) -> Option<(&'static str, Option<Cloud>)> {
        let host = self.host();
        ZONES.into_iter().find(|(zone, _)| host.strip_suffix(zone).is_some_and(|rest| !rest.is_empty()))
    }

    #[must_use]
    pub fn kind(&self) -> HostKind {
        if is_loopback(&self.url) {
            return HostKind::Loopback;
        }
        match self.zone() {
            None => HostKind::Custom,
            Some(_) if self.host().starts_with("accounts.") || self.host().starts_with("accounts-dod.") => HostKind::AccountConsole,
            Some((_, None)) => HostKind::Unified,
            Some((_, Some(_))) => HostKind::Workspace,
        }
    }

    #[must_use]
    pub fn cautions(&self) -> Vec<Caution> {
        let mut cautions = Vec::new();
        if self.kind() == HostKind::Loopback {
            return cautions;
        }
        if self.kind() == HostKind::Custom {
            cautions.push(Caution::NotDatabricks);
        }
        if self.host().split('.').any(|label| label.starts_with("xn--")) {
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

/// Takes away what surrounds an address in mails, chats and documents.
fn clean(pasted: &str, notes: &mut Vec<String>) -> Result<String, BaseUrlError> {
    // A paste of megabytes is refused before anything looks at its characters.
    if pasted.len() > 4 * LONGEST {
        return Err(BaseUrlError::TooLong);
    }
    let around =
        |c: char| c.is_whitespace() || text::is_zero_width(c) || "<>\"'`\u{2018}\u{2019}\u{201C}\u{201D}\u{00AB}\u{00BB}".contains(c);
    let kept = pasted.trim_start_matches(around).trim_end_matches(|c| around(c) || ",;.!)".contains(c));
    let visible: String = kept.chars().filter(|c| !text::is_zero_width(*c)).collect();
    if visible.is_empty() {
        return Err(BaseUrlError::Empty);
    }
    if visible.len() > LONGEST {
        return Err(BaseUrlError::TooLong);
    }
    if visible.chars().count() != kept.chars().count() {
        notes.push("Invisible characters were removed".to_owned());
    } else if kept.len() != pasted.trim().len() {
        notes.push("The characters around the address were removed".to_owned());
    }
    if let Some(unfit) = text::unfit(&visible) {
        return Err(BaseUrlError::Unfit(unfit));
    }
    if visible.chars().any(char::is_whitespace) {
        return Err(BaseUrlError::Space);
    }
    if visible.contains('\\') {
        return Err(BaseUrlError::Backslash);
    }
    Ok(visible)
}

fn split_scheme(cleaned: &str) -> Result<(&'static str, &str), BaseUrlError> {
    let Some((scheme, rest)) = cleaned.split_once("://") else {
        // `mailto:x`, `javascript:x`, but not `host:8443`.
        let scheme = cleaned
            .split_once(':')
            .filter(|(name, rest)| !name.contains('.') && *name != "localhost" && !rest.starts_with(|c: char| c.is_ascii_digit()));
        return match scheme {
            Some((name, _)) if name.bytes().all(|byte| byte.is_ascii_alphabetic()) && !name.is_empty() => {
                Err(BaseUrlError::Scheme(name.chars().take(20).collect()))
            }
            _ => Ok(("https", cleaned)),
        };
    };
    if rest.starts_with('/') {
        return Err(BaseUrlError::NoHost);
    }
    match scheme.to_ascii_lowercase().as_str() {
        "https" => Ok(("https", rest)),
        "http" => Ok(("http", rest)),
        other => Err(BaseUrlError::Scheme(other.chars().take(20).collect())),
    }
}

/// What the `url` crate would quietly mend is refused: a mended host may not be the one that the person read.
fn check_authority(authority: &str) -> Result<(), BaseUrlError> {
    if authority.is_empty() {
        return Err(BaseUrlError::NoHost);
    }
    if authority.contains('@') {
        return Err(BaseUrlError::UserName);
    }
    if authority.contains('%') {
        return Err(BaseUrlError::EncodedHost);
    }
    let (host, port) = match authority.rfind(']') {
        Some(end) => (&authority[..=end], authority[end + 1..].strip_prefix(':')),
        None => authority.split_once(':').map_or((authority, None), |(host, port)| (host, Some(port))),
    };
    if host.is_empty() {
        return Err(BaseUrlError::NoHost);
    }
    match port {
        None => Ok(()),
        Some(port) if port.bytes().all(|byte| byte.is_ascii_digit()) && port.parse::<u16>().is_ok_and(|port| port > 0) => Ok(()),
        Some(_) => Err(BaseUrlError::Port),
    }
}

fn not_a_url(error: url::ParseError, authority: &str) -> BaseUrlError {
    match error {
        url::ParseError::EmptyHost => BaseUrlError::NoHost,
        url::ParseError::InvalidPort => BaseUrlError::Port,
        url::ParseError::InvalidIpv4Address | url::ParseError::InvalidIpv6Address => BaseUrlError::NumericHost,
        _ => BaseUrlError::Host(authority.chars().take(80).collect()),
    }
}

/// Scheme, host and port alone, the host held to the rules of DNS (RFC 1123).
fn origin_of(parsed: &Url) -> Result<Url, BaseUrlError> {
    let mut url = parsed.clone();
    url.set_path("/");
    url.set_query(None);
    url.set_fragment(None);
    match parsed.host() {
        None => return Err(BaseUrlError::NoHost),
        Some(Host::Ipv4(address)) if !address.is_loopback() => return Err(BaseUrlError::NumericHost),
        Some(Host::Ipv6(address)) if !address.is_loopback() => return Err(BaseUrlError::NumericHost),
        Some(Host::Ipv4(_) | Host::Ipv6(_)) => {}
        Some(Host::Domain(domain)) => {
            let host = domain.strip_suffix('.').unwrap_or(domain);
            let fits = |label: &str| {
                let inner = label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
                !label.is_empty() && label.len() <= 63 && inner && !label.starts_with('-') && !label.ends_with('-')
            };
            if host.len() > 253 || !host.split('.').all(fits) {
                return Err(BaseUrlError::Host(domain.chars().take(80).collect()));
            }
            if host != "localhost" && !host.contains('.') {
                return Err(BaseUrlError::Incomplete);
            }
            url.set_host(Some(host)).map_err(|_| BaseUrlError::NoHost)?;
        }
    }
    Ok(url)
}

/// The parsed host, never a prefix of the text: `127.0.0.1.evil.com` is not loopback.
fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(domain)) => domain == "localhost",
        Some(Host::Ipv4(address)) => IpAddr::V4(address).is_loopback() && address != Ipv4Addr::UNSPECIFIED,
        Some(Host::Ipv6(address)) => address == Ipv6Addr::LOCALHOST,
        None => false,
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
