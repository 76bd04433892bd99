//! Connections that come from other tools' files: read for a preview, and saved only when the person has chosen.

use std::path::PathBuf;

use secrecy::SecretString;

use crate::{
    connection::{ConnectionId, Reviewed},
    interchange::import::Kind,
};

/// Where it comes from.
#[derive(Debug, Clone)]
pub enum ImportSource {
    /// Of a kind that is guessed when `None`.
    File { path: PathBuf, kind: Option<Kind> },
    /// `.databrickscfg` where the Databricks CLI looks for it.
    DatabricksCfg,
    /// What was pasted: a JDBC URL, an address, a linked service.
    Text { text: SecretString, kind: Option<Kind> },
    /// `DATABRICKS_*` as this program was started with.
    Environment,
    /// Our own encrypted backup.
    Backup { path: PathBuf, passphrase: SecretString },
}

/// What would come in.
#[derive(Debug)]
pub struct Preview {
    pub kind: Kind,
    pub from: String,
    pub rows: Vec<PreviewRow>,
    /// Keys that are not taken over, and why.
    pub ignored: Vec<(String, String)>,
}

#[derive(Debug)]
pub struct PreviewRow {
    /// What it is called there.
    pub place: String,
    /// `None` when it cannot become a connection: then `remarks` say why.
    pub connection: Option<Box<Reviewed>>,
    /// A secret comes along.
    pub with_secret: bool,
    pub remarks: Vec<String>,
    /// A connection that is there already: same address, level and way to sign in, or the same name.
    pub twin: Option<Twin>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Twin {
    pub id: ConnectionId,
    pub name: String,
    /// Nothing but the name would be another.
    pub same: bool,
}

/// What is to become of a row.
#[derive(Debug)]
pub struct Chosen {
    pub connection: Box<Reviewed>,
    /// Takes the place of this connection instead of standing beside it.
    pub replaces: Option<ConnectionId>,
}
