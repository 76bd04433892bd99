//! Which configuration Databricks' tools would use, and where each value comes from: each family of tools has its own order of sources, its own reader
//! of the file and its own chain of ways to sign in. Go (v0.175) is the oracle in `make interop`.
//! Pure: the environment, the file, the bundle and what stands around come in as values.
//!
//! First who has a value keeps it: what a bundle says, the environment, the profile. The file is not looked at when no profile is named and the
//! environment already says how to sign in, or where.

mod attributes;
mod bundle;
mod chain;
mod family;
mod go_url;
mod host;
mod java_ini;
mod notes;
mod problem;
mod profiles;
mod resolve;
mod select;
mod surroundings;
#[cfg(test)]
mod tests;

use std::{collections::BTreeMap, fmt, path::PathBuf};

use secrecy::SecretString;

pub use attributes::{TARGET as BUNDLE_TARGET, variables};
use brickpass_core::connection::ConnectionId;
pub use bundle::{BUNDLE_FILES, Bundle};
pub use chain::CLI as DATABRICKS_CLI;
pub use family::Family;
pub use host::origin;
pub use notes::differences;
pub use problem::{Problem, Speaker};
pub use profiles::{Profiles, Section};
pub use resolve::resolve;
pub use surroundings::{Nothing, Program, Surroundings, TokenFile};

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

/// In words, for a person who has to look there.
impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Given => f.write_str("--profile"),
            Self::Environment(name) => f.write_str(name),
            Self::Profile { name, line } => write!(f, "[{name}] at line {line}"),
            Self::Settings => f.write_str("default_profile in [__settings__]"),
            Self::Bundle(path) => write!(f, "{}", path.display()),
            Self::Default => f.write_str("the default"),
        }
    }
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
    /// Whose view it is.
    pub family: Family,
    pub config_file: PathBuf,
    pub profile: Option<String>,
    /// In the SDKs' own order; only those that have a value.
    pub attributes: Vec<Attribute>,
    /// `pat`, `oauth-m2m`, `databricks-cli`...
    pub auth_type: Option<String>,
    /// The tool would not sign in.
    pub problem: Option<Problem>,
    /// Nothing here stands in the way, and whether there will be credentials somebody else decides: who.
    pub depends_on: Option<String>,
    /// What else is worth knowing: a file that is not read, tools that would see it otherwise.
    pub notes: Vec<String>,
    /// The saved connection that it is: published as this profile, or the only one to this address.
    pub connection: Option<ConnectionId>,
}

/// Whether the tool would sign in, as far as can be known without asking anybody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// All that it needs is here.
    Works,
    Fails,
    /// Somebody else decides.
    Unknown,
}

impl Effective {
    /// The value of an attribute that is no secret.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.attribute(name)?.value.as_deref()
    }

    #[must_use]
    pub fn attribute(&self, name: &str) -> Option<&Attribute> {
        self.attributes.iter().find(|it| it.name == name)
    }

    #[must_use]
    pub fn verdict(&self) -> Verdict {
        match (&self.problem, &self.depends_on) {
            (Some(_), _) => Verdict::Fails,
            (None, Some(_)) => Verdict::Unknown,
            (None, None) => Verdict::Works,
        }
    }
}

/// What the resolution looks at.
pub struct Given<'a> {
    pub family: Family,
    pub variables: &'a Variables,
    pub config_file: PathBuf,
    pub profiles: Profiles,
    /// `--profile`, or `profile` in code.
    pub profile: Option<&'a str>,
    /// Of the folder, or one above it.
    pub bundle: Option<&'a Bundle>,
    /// `--target` is named: the CLI reads the bundle beside `--profile`, too.
    pub target_named: bool,
    pub around: &'a dyn Surroundings,
}
