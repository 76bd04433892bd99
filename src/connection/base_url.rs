//! What a person pastes -> the origin of a workspace.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

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
    NotAscii,
}

/// A canonical origin: scheme, host in lower-case ASCII (punycode), port when it is not the scheme's own.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct BaseUrl {
    url: url::Url,
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
}

impl BaseUrl {
    /// Reads whatever a person pastes (a whole browser address, a bare host).
    ///
    /// # Errors
    /// Says what is wrong with the address and what to do.
    pub fn read(_pasted: &str) -> Result<Pasted, BaseUrlError> {
        todo!()
    }

    /// `https://host[:port]`, no slash at the end.
    #[must_use]
    pub fn origin(&self) -> String {
        todo!()
    }

    #[must_use]
    pub fn host(&self) -> &str {
        todo!()
    }

    /// The port to connect to (the scheme's own when none is written).
    #[must_use]
    pub fn port(&self) -> u16 {
        todo!()
    }

    #[must_use]
    pub fn is_https(&self) -> bool {
        todo!()
    }

    #[must_use]
    pub fn cloud(&self) -> Option<Cloud> {
        todo!()
    }

    #[must_use]
    pub fn kind(&self) -> HostKind {
        todo!()
    }

    #[must_use]
    pub fn cautions(&self) -> Vec<Caution> {
        todo!()
    }

    /// The absolute URL of an API path (`/api/2.0/...`) on this origin: the one place where request URLs are made.
    #[must_use]
    pub fn join(&self, _path: &str) -> url::Url {
        todo!()
    }
}

impl std::fmt::Display for BaseUrl {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.origin())
    }
}

impl Serialize for BaseUrl {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for BaseUrl {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::read(&text).map(|pasted| pasted.base_url).map_err(serde::de::Error::custom)
    }
}
