//! `.databrickscfg`, as the Databricks CLI and SDKs read it: what stands in it, how each of them understands it, and how one section of it is
//! changed without touching a byte of the rest.
//!
//! The Go dialect (ini.v1) is the one that counts; where Python (`configparser`) or Java (commons-configuration) would read something else, that
//! is a warning. What is written is the subset that all of them read alike.

mod keys;
mod name;

pub use keys::is_secret;
pub use name::ProfileName;

use secrecy::SecretString;

use crate::{
    connection::{Connection, ConnectionId},
    failure::Failure,
};

/// The section that holds settings of the CLI and is never a profile.
pub const SETTINGS: &str = "__settings__";

/// The file as text: everything that is needed to change a line of it.
pub struct File {
    text: SecretString,
}

/// One profile, as Go reads it.
pub struct Profile {
    pub name: String,
    /// Keys in their order, secrets among them; the last of two wins.
    keys: Vec<(String, SecretString)>,
    /// Lines of the file, counted from 1.
    pub lines: std::ops::Range<usize>,
}

impl Profile {
    /// A value that is no secret; `None` also for secrets.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&str> {
        let _ = (key, &self.keys);
        todo!()
    }

    /// All keys in their order, secrets among them.
    pub fn keys(&self) -> impl Iterator<Item = (&str, &SecretString)> {
        self.keys.iter().map(|(key, value)| (key.as_str(), value))
    }

    /// The keys whose values are secrets and stand in the file in plain text: `token`, `client_secret`, `password`...
    pub fn secrets(&self) -> impl Iterator<Item = (&str, &SecretString)> {
        self.keys.iter().filter(|(key, _)| is_secret(key)).map(|(key, value)| (key.as_str(), value))
    }
}

/// Another program reads something else, or nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remark {
    pub line: usize,
    /// In words, without a value of the file.
    pub words: String,
}

impl File {
    /// An empty file is one without profiles. `bytes` is all of it.
    ///
    /// # Errors
    /// Not UTF-8, too long, a line that Go refuses: which line, why.
    pub fn read(bytes: &[u8]) -> Result<Self, Failure> {
        let _ = bytes;
        todo!()
    }

    /// In their order; [`SETTINGS`] is none.
    #[must_use]
    pub fn profiles(&self) -> Vec<Profile> {
        let _ = &self.text;
        todo!()
    }

    /// `[__settings__] default_profile`, else `DEFAULT` when it has a host.
    #[must_use]
    pub fn default_profile(&self) -> Option<String> {
        todo!()
    }

    /// Where Python or Java would read it otherwise than Go.
    #[must_use]
    pub fn remarks(&self) -> Vec<Remark> {
        todo!()
    }

    /// The text with one change, and what it is as a diff with secrets masked.
    ///
    /// # Errors
    /// A value that not all readers would read alike (rule C-8).
    pub fn changed(&self, edit: &Edit) -> Result<Changed, Failure> {
        let _ = edit;
        todo!()
    }
}

/// What is to be changed. All else keeps every byte.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Edit {
    /// The section holds these keys of ours and no other way to sign in; keys that are no credentials stay.
    Put { profile: ProfileName, keys: Vec<(&'static str, String)> },
    /// These keys go: *Move secrets out of this file*.
    RemoveKeys { profile: String, keys: Vec<String> },
    /// `[__settings__] default_profile`.
    Default { profile: String },
    /// One after the other, as one change: one diff, one backup, one way back. With the connection that each of them publishes, if any.
    Several(Vec<(Option<ConnectionId>, Edit)>),
}

pub struct Changed {
    pub text: SecretString,
    pub diff: Vec<DiffLine>,
}

/// Of a unified diff with three lines around; secrets are masked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DiffLine {
    pub kind: DiffKind,
    pub text: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DiffKind {
    Same,
    Added,
    Removed,
    /// Lines are left out here.
    Gap,
}

/// What stands in the section of a published connection: address, `auth_type = databricks-cli`, and where our program is. No secret.
#[must_use]
pub fn published(connection: &Connection, helper: &str) -> Vec<(&'static str, String)> {
    let _ = (connection, helper);
    todo!()
}
