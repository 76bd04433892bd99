//! Which hosts are Databricks, and what they say about themselves.
//!
//! The zones are those of the Databricks SDK for Go, `common/environment`, without the ones for Databricks' own development.

use std::net::{IpAddr, Ipv4Addr};

/// Where a workspace runs, if its host name says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Cloud {
    /// Amazon Web Services, also the zones for US government.
    Aws,
    /// Microsoft Azure, also its national clouds.
    Azure,
    /// Google Cloud.
    Gcp,
}

impl Cloud {
    /// As the window shows it.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Aws => "AWS",
            Self::Azure => "Azure",
            Self::Gcp => "GCP",
        }
    }
}

/// What a host is, by its name alone.
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

/// Each zone with its leading dot, so that `evilazuredatabricks.net` does not match.
const ZONES: [(&str, Cloud); 7] = [
    (".cloud.databricks.com", Cloud::Aws),
    (".cloud.databricks.us", Cloud::Aws),
    (".cloud.databricks.mil", Cloud::Aws),
    (".azuredatabricks.net", Cloud::Azure),
    (".databricks.azure.us", Cloud::Azure),
    (".databricks.azure.cn", Cloud::Azure),
    (".gcp.databricks.com", Cloud::Gcp),
];

const UNIFIED_ZONE: &str = ".databricks.com";

/// Databricks' own development and staging: not what a customer's token is for.
const INTERNAL_ZONES: [&str; 6] = [
    ".dev.databricks.com",
    ".staging.cloud.databricks.com",
    ".dev.azuredatabricks.net",
    ".staging.azuredatabricks.net",
    ".dev.gcp.databricks.com",
    ".staging.gcp.databricks.com",
];

/// Sites under `databricks.com` that have no API of a workspace.
const OWN_SITES: [&str; 16] = [
    "www",
    "docs",
    "community",
    "help",
    "kb",
    "status",
    "login",
    "partners",
    "marketplace",
    "support",
    "ideas",
    "academy",
    "customer-academy",
    "training",
    "api-docs",
    "trust",
];

pub(super) fn kind(host: &str) -> HostKind {
    if is_loopback(host) {
        HostKind::Loopback
    } else if is_international(host) || INTERNAL_ZONES.iter().any(|zone| host.ends_with(zone)) {
        HostKind::Custom
    } else if zone(host).is_some() || host.ends_with(UNIFIED_ZONE) {
        match host.split('.').next() {
            Some("accounts" | "accounts-dod") => HostKind::AccountConsole,
            _ if zone(host).is_some() => HostKind::Workspace,
            _ => HostKind::Unified,
        }
    } else {
        HostKind::Custom
    }
}

pub(super) fn cloud(host: &str) -> Option<Cloud> {
    matches!(kind(host), HostKind::Workspace | HostKind::AccountConsole).then(|| zone(host).map(|(_, _, cloud)| cloud))?
}

/// Exactly `localhost`, 127.0.0.0/8 or `::1`: never what merely begins like it.
pub(super) fn is_loopback(host: &str) -> bool {
    host == "localhost" || host.parse::<Ipv4Addr>().is_ok_and(|address| address.is_loopback()) || host == "[::1]"
}

/// A host with a label in punycode, which may look like another one.
pub(super) fn is_international(host: &str) -> bool {
    host.split('.').any(|label| label.starts_with("xn--"))
}

/// A site of Databricks that cannot be a workspace: its web pages, and the bare zones.
pub(super) fn is_own_site(host: &str) -> bool {
    host.strip_suffix(UNIFIED_ZONE).is_some_and(|name| OWN_SITES.contains(&name))
        || host == "databricks.com"
        || ZONES.iter().any(|(zone, _)| zone.strip_prefix('.') == Some(host))
}

/// Azure: `adb-<workspace id>.<n>.azuredatabricks.net`; Google Cloud: `<workspace id>.<n>.gcp.databricks.com`.
pub(super) fn workspace_id(host: &str) -> Option<&str> {
    let (name, _, cloud) = zone(host).filter(|_| kind(host) == HostKind::Workspace)?;
    let name = match cloud {
        Cloud::Azure => name.strip_prefix("adb-")?,
        Cloud::Gcp => name,
        Cloud::Aws => return None,
    };
    let (id, shard) = name.split_once('.')?;
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    (digits(id) && digits(shard)).then_some(id)
}

pub(super) fn account_console(host: &str) -> Option<String> {
    (kind(host) == HostKind::Workspace).then(|| zone(host).map(|(_, zone, _)| format!("https://accounts{zone}")))?
}

/// The zone of an account console's own cloud: its workspaces lie there too.
pub(super) fn zone_of_console(host: &str) -> Option<&'static str> {
    (kind(host) == HostKind::AccountConsole).then(|| zone(host).map(|(_, zone, _)| zone))?
}

/// Addresses that no workspace can have: this network, link-local (cloud metadata lives there), multicast, broadcast.
pub(super) fn is_reserved(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => v4.octets().first() == Some(&0) || v4.is_link_local() || v4.is_multicast() || v4.is_broadcast(),
        IpAddr::V6(v6) => {
            let [first, second, ..] = v6.segments();
            v6.is_unspecified()
                || v6.is_multicast()
                || v6.is_unicast_link_local()
                || (first, second) == (0xfd00, 0x0ec2)
                || v6.to_ipv4().is_some_and(|_| !v6.is_loopback())
        }
    }
}

/// What stands before the zone, the zone and its cloud.
fn zone(host: &str) -> Option<(&str, &'static str, Cloud)> {
    ZONES.iter().find_map(|(zone, cloud)| host.strip_suffix(zone).filter(|name| !name.is_empty()).map(|name| (name, *zone, *cloud)))
}
