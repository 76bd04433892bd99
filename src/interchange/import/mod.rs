//! What other tools hand to us: bytes in, drafts of connections out, for a preview. Nothing is run, expanded, opened or fetched.

use secrecy::SecretString;

use crate::{
    connection::{Draft, SecretKind},
    failure::Failure,
};

/// Where the bytes come from, or are thought to come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    DatabricksCfg,
    /// Lines of `NAME=value`, with or without `export`.
    Environment,
    Tfvars,
    Jdbc,
    Odbc,
    Dbt,
    LinkedService,
    Airflow,
    Pbids,
    /// An address copied from a browser.
    Address,
    Csv,
    /// Our own secret-free JSON.
    Brickpass,
}

/// What was found, in the order of the file.
pub struct Found {
    pub kind: Kind,
    pub connections: Vec<FoundConnection>,
    /// What stands there and is not taken: the key as written (never its value) and why, in words.
    pub ignored: Vec<(String, String)>,
}

pub struct FoundConnection {
    /// What it is called there: a profile, a target, a section.
    pub place: String,
    pub draft: Draft,
    pub secret: Option<(SecretKind, SecretString)>,
    /// In words: a secret that was masked and has to be typed, an insecure setting that was not taken over.
    pub remarks: Vec<String>,
    /// It cannot become a connection: why.
    pub refused: Option<String>,
}

/// The limit of C-13 and M-15.
pub const LARGEST: usize = 1024 * 1024;
pub const MOST: usize = 1000;

/// What kind the bytes look like; `name` is the file's, when there is one.
#[must_use]
pub fn guess(name: Option<&str>, bytes: &[u8]) -> Option<Kind> {
    let _ = (name, bytes);
    todo!()
}

/// # Errors
/// It is not of that kind, or damaged: where and why, without a value of it.
pub fn read(kind: Kind, bytes: &[u8]) -> Result<Found, Failure> {
    let _ = (kind, bytes);
    todo!()
}
