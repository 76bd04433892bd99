//! Which configuration the Databricks SDKs would use in a directory and environment, and where each value comes from.

use std::path::PathBuf;

/// Where an attribute's value comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    Environment(String),
    Profile {
        name: String,
        line: usize,
    },
    /// `databricks.yml` of a bundle names the profile or the host.
    Bundle(PathBuf),
    Default,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attribute {
    pub name: &'static str,
    /// `None` for a secret: that there is one is said by `source`.
    pub value: Option<String>,
    pub source: Source,
    /// Values that lose against this one.
    pub shadowed: Vec<Source>,
    /// Belongs to another way to sign in than the one that is used.
    pub unused: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Effective {
    pub config_file: PathBuf,
    pub profile: Option<String>,
    pub attributes: Vec<Attribute>,
    /// `pat`, `oauth-m2m`, `databricks-cli`...
    pub auth_type: Option<String>,
    /// In the words of the SDKs: `validate: more than one authorization method configured: oauth and pat`.
    pub problem: Option<String>,
}
