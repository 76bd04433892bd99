//! Which configuration the Databricks SDKs would use, and where each value comes from: their own order of sources, as the Go SDK (v0.175) has it.
//! Pure: the environment, the file and the bundle come in as values.
//!
//! First who has a value keeps it: what a bundle says, the environment, the profile. The file is not looked at when no profile is named and the
//! environment already says how to sign in, or where.

mod attributes;
mod bundle;
mod chain;
mod resolve;
#[cfg(test)]
mod tests;

use std::{collections::BTreeMap, path::PathBuf};

use secrecy::{ExposeSecret as _, SecretString};

use super::databrickscfg::{self, SETTINGS};
use crate::connection::ConnectionId;
pub use attributes::{TARGET as BUNDLE_TARGET, variables};
pub use bundle::{BUNDLE_FILES, Bundle};
pub use resolve::resolve;

/// Variables by name. Only those of [`variables`] are looked at, and most of them may hold secrets.
pub type Variables = BTreeMap<String, SecretString>;

/// Where an attribute's value comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// Named by whoever asks: `--profile`.
    Given,
    Environment(String),
    Profile {
        name: String,
        /// Where its section begins.
        line: usize,
    },
    /// `[__settings__] default_profile`.
    Settings,
    /// `databricks.yml` of a bundle names the profile or the host. Only the Databricks CLI reads it.
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
    /// In the SDKs' own order; only those that have a value.
    pub attributes: Vec<Attribute>,
    /// `pat`, `oauth-m2m`, `databricks-cli`...
    pub auth_type: Option<String>,
    /// In the words of the SDKs: `validate: more than one authorization method configured: oauth and pat`.
    pub problem: Option<String>,
    /// What else is worth knowing: a file that is not read, tools that would see it otherwise.
    pub notes: Vec<String>,
    /// The saved connection that it is: published as this profile, or the only one to this address.
    pub connection: Option<ConnectionId>,
}

impl Effective {
    /// The value of an attribute that is no secret.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|it| it.name == name)?.value.as_deref()
    }
}

/// What the resolution looks at.
pub struct Given<'a> {
    pub variables: &'a Variables,
    pub config_file: PathBuf,
    pub profiles: Profiles,
    /// `--profile`, or `profile` in code.
    pub profile: Option<&'a str>,
    /// Of the folder, or one above it.
    pub bundle: Option<&'a Bundle>,
}

/// The configuration file.
pub enum Profiles {
    Missing,
    /// Why.
    Unreadable(String),
    Read {
        /// Of the settings.
        default_profile: Option<String>,
        sections: Vec<Section>,
    },
}

/// One profile.
pub struct Section {
    pub name: String,
    /// Where it begins, counted from 1.
    pub line: usize,
    /// `None`: a secret.
    pub values: Vec<(String, Option<String>)>,
}

impl From<&databrickscfg::File> for Profiles {
    fn from(file: &databrickscfg::File) -> Self {
        let profiles = file.profiles();
        let plain = |key: &str, value: databrickscfg::Value<'_>| (!databrickscfg::is_secret(key)).then(|| value.expose_secret().to_owned());
        let sections = profiles.iter().map(|profile| {
            let values = profile.keys().map(|(key, value)| (key.to_owned(), plain(key, value))).collect();
            Section { name: profile.name.to_owned(), line: profile.lines.start, values }
        });
        Self::Read { default_profile: file.setting("default_profile"), sections: sections.collect() }
    }
}

impl Profiles {
    /// The words of the SDKs for a profile that is reserved.
    fn reserved() -> String {
        format!("{SETTINGS} is a reserved section name and cannot be used as a profile")
    }
}
