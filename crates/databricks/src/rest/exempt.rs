//! `NO_PROXY`, as Go's `httpproxy` reads it, and so the Databricks CLI and Terraform.

use std::net::IpAddr;

use ipnet::IpNet;

/// Entries between commas: `*`, an IP address, a network (`10.0.0.0/8`), a domain with its subdomains (`example.com`), or its subdomains alone
/// (`.example.com`, `*.example.com`); each but a network may end in `:port`.
#[derive(Debug, Default)]
pub(super) struct Exempt(Vec<Entry>);

#[derive(Debug)]
struct Entry {
    who: Who,
    port: Option<u16>,
}

#[derive(Debug)]
enum Who {
    Everybody,
    Address(IpAddr),
    Network(IpNet),
    Domain { name: String, itself: bool },
}

impl Exempt {
    pub(super) fn read(text: &str) -> Self {
        Self(text.split(',').filter_map(|entry| Entry::read(&entry.trim().to_ascii_lowercase())).collect())
    }

    /// `host` as in a URL: an IPv6 address in brackets.
    pub(super) fn contains(&self, host: &str, port: u16) -> bool {
        let host = unbracketed(host);
        let address = host.parse().ok();
        self.0.iter().any(|entry| entry.port.is_none_or(|wanted| wanted == port) && entry.who.is(host, address))
    }
}

impl Entry {
    fn read(text: &str) -> Option<Self> {
        if text == "*" {
            return Some(Self { who: Who::Everybody, port: None });
        }
        if let Ok(network) = text.parse() {
            return Some(Self { who: Who::Network(network), port: None });
        }
        // A bare IPv6 address has colons of its own.
        let bare = unbracketed(text).parse::<IpAddr>().is_ok();
        let (host, port) = match text.rsplit_once(':') {
            Some((host, port)) if !bare => (host, Some(port.parse().ok()?)),
            _ => (text, None),
        };
        let who = unbracketed(host).parse().ok().map(Who::Address).or_else(|| Who::domain(host))?;
        Some(Self { who, port })
    }
}

impl Who {
    fn domain(text: &str) -> Option<Self> {
        let name = text.strip_prefix('*').unwrap_or(text);
        let (name, itself) = name.strip_prefix('.').map_or((name, true), |name| (name, false));
        (!name.is_empty()).then(|| Self::Domain { name: name.to_owned(), itself })
    }

    fn is(&self, host: &str, address: Option<IpAddr>) -> bool {
        match self {
            Self::Everybody => true,
            Self::Address(known) => address == Some(*known),
            Self::Network(network) => address.is_some_and(|address| network.contains(&address)),
            Self::Domain { name, itself } => {
                let before = host.strip_suffix(name.as_str());
                before.is_some_and(|before| if before.is_empty() { *itself } else { before.ends_with('.') })
            }
        }
    }
}

fn unbracketed(host: &str) -> &str {
    host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_are_exempt_as_go_has_it() {
        let host = "adb-1.azuredatabricks.net";
        for (text, direct) in [
            ("", false),
            ("*", true),
            (" other.example , * ", true),
            ("azuredatabricks.net", true),
            (".azuredatabricks.net", true),
            ("*.azuredatabricks.net", true),
            ("AzureDatabricks.NET", true),
            ("adb-1.azuredatabricks.net", true),
            (".adb-1.azuredatabricks.net", false),
            ("*.adb-1.azuredatabricks.net", false),
            ("databricks.net", false),
            ("adb-1.azuredatabricks.net:443", true),
            ("*.azuredatabricks.net:8443", false),
            ("azuredatabricks.net:x", false),
            (",,.,:443,*.", false),
        ] {
            assert_eq!(Exempt::read(text).contains(host, 443), direct, "{text:?}");
        }
    }

    #[test]
    fn addresses_and_networks_are_exempt() {
        for (text, host, direct) in [
            ("10.0.0.0/8", "10.1.2.3", true),
            ("10.0.0.0/8", "11.1.2.3", false),
            ("10.1.2.3", "10.1.2.3", true),
            ("10.1.2.3:443", "10.1.2.3", true),
            ("10.1.2.3:80", "10.1.2.3", false),
            ("fd00::/8", "[fd00::1]", true),
            ("fd00::1", "[fd00::1]", true),
            ("[fd00::1]:443", "[fd00::1]", true),
            ("10.0.0.0/8", "ten.example", false),
        ] {
            assert_eq!(Exempt::read(text).contains(host, 443), direct, "{text} {host}");
        }
    }
}
