//! What other tools hand to us: bytes in, drafts of connections out, for a preview. Nothing is run, expanded, opened or fetched.

mod address;
mod airflow;
mod attributes;
mod bicep;
mod braces;
mod brickpass;
mod bruno;
mod bundle;
mod connect;
mod csv;
mod databrickscfg;
mod dbt;
mod driver;
mod environment;
mod found;
mod guess;
mod hcl;
mod jdbc;
mod json;
mod kubernetes;
mod linked_service;
mod odbc;
mod pbids;
mod postman;
mod program;
mod reference;
mod settings;
mod tableau;
mod terraform;
mod text;
mod tree;
mod variables;
mod warehouse;
mod yaml;

use secrecy::SecretString;
use serde_json::Value;

use crate::backup;
use brickpass_core::{
    connection::BaseUrl,
    failure::{Code, Failure},
};
pub use found::{Found, FoundConnection, TO_BE_TYPED};
pub use guess::guess;
use guess::{Sample, sets_variable};

/// Where the bytes come from, or are thought to come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    DatabricksCfg,
    /// Lines of `NAME=value`, with or without `export`.
    Environment,
    /// `terraform.tfvars`, or a file with `provider "databricks"`.
    Tfvars,
    Jdbc,
    Odbc,
    /// A URL of Spark Connect: `sc://`.
    Connect,
    Dbt,
    LinkedService,
    Airflow,
    Pbids,
    /// An address copied from a browser.
    Address,
    Postman,
    Csv,
    /// `databricks.yml`.
    Bundle,
    /// Manifests: secrets, maps of settings, and the environment of what runs there.
    Kubernetes,
    /// JSON, YAML or TOML with variables or settings of a connection in it.
    Settings,
    Bruno,
    Tableau,
    /// The connection details of a SQL warehouse, as its page shows them.
    Warehouse,
    /// A program, a script or another text that names a workspace.
    Program,
    /// Our own JSON, and what an encrypted backup holds.
    Brickpass,
}

impl Kind {
    pub const ALL: [Self; 21] = [
        Self::DatabricksCfg,
        Self::Environment,
        Self::Tfvars,
        Self::Jdbc,
        Self::Odbc,
        Self::Connect,
        Self::Dbt,
        Self::LinkedService,
        Self::Airflow,
        Self::Pbids,
        Self::Address,
        Self::Postman,
        Self::Csv,
        Self::Bundle,
        Self::Kubernetes,
        Self::Settings,
        Self::Bruno,
        Self::Tableau,
        Self::Warehouse,
        Self::Program,
        Self::Brickpass,
    ];

    const fn reader(self) -> &'static Reader {
        match self {
            Self::DatabricksCfg => &databrickscfg::READER,
            Self::Environment => &environment::READER,
            Self::Tfvars => &terraform::READER,
            Self::Jdbc => &jdbc::READER,
            Self::Odbc => &odbc::READER,
            Self::Connect => &connect::READER,
            Self::Dbt => &dbt::READER,
            Self::LinkedService => &linked_service::READER,
            Self::Airflow => &airflow::READER,
            Self::Pbids => &pbids::READER,
            Self::Address => &address::READER,
            Self::Postman => &postman::READER,
            Self::Csv => &csv::READER,
            Self::Bundle => &bundle::READER,
            Self::Kubernetes => &kubernetes::READER,
            Self::Settings => &settings::READER,
            Self::Bruno => &bruno::READER,
            Self::Tableau => &tableau::READER,
            Self::Warehouse => &warehouse::READER,
            Self::Program => &program::READER,
            Self::Brickpass => &brickpass::READER,
        }
    }

    /// The word on the command line and in JSON.
    #[must_use]
    pub const fn word(self) -> &'static str {
        self.reader().word
    }

    /// As a person calls it.
    #[must_use]
    pub const fn label(self) -> &'static str {
        self.reader().label
    }

    /// As [`Self::label`], within a sentence.
    #[must_use]
    pub const fn phrase(self) -> &'static str {
        self.reader().phrase
    }

    #[must_use]
    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }
}

/// The `nothing` of a reader that has nothing more to say.
const NO_CONNECTION: &str = "It contains no connection.";

/// A format: what it is called, and how it is read. Each is in a file of its own.
struct Reader {
    /// On the command line and in JSON.
    word: &'static str,
    /// As a person calls it.
    label: &'static str,
    /// The label within a sentence.
    phrase: &'static str,
    read: fn(&str, Found) -> Result<Found, Failure>,
    /// Why there is no connection in it: what it would need.
    nothing: &'static str,
}

/// A kind, and how it is known. The first that fits counts: what is certain comes before what only its name says.
type Rule = (Kind, fn(&Sample<'_>) -> bool);

/// How formats are recognized, those of all readers in one order.
const GUESSES: &[Rule] = &[
    // By how it begins
    (Kind::Jdbc, |it| it.starts("jdbc:")),
    (Kind::Connect, |it| connect::is_url(it.text)),
    (Kind::Airflow, |it| airflow::is_uri(it.text.lines().next().unwrap_or_default())),
    (Kind::Address, |it| it.is_address()),
    (Kind::Tableau, |it| it.text.starts_with('<')),
    (Kind::Warehouse, |it| warehouse::is_ours(it.text)),
    // Documents, by what is in them
    (Kind::Brickpass, |it| it.json(|json| backup::is_ours(json) || brickpass::listed(json).is_some())),
    (Kind::Airflow, |it| it.any_document(airflow::is_ours)),
    (Kind::Bundle, |it| it.any_document(|node| bundle::is_ours(node))),
    (Kind::Dbt, |it| it.any_document(|node| dbt::is_ours(node))),
    (Kind::Kubernetes, |it| it.any_document(|node| kubernetes::is_ours(node))),
    (Kind::Postman, |it| it.json(postman::is_ours)),
    (Kind::Jdbc, |it| it.is_document() && jdbc::is_within(it.text) && !it.text.contains("DATABRICKS_HOST")),
    (Kind::Tfvars, |it| it.ends(&[".tfvars.json"])),
    (Kind::Settings, |it| it.json(|json| json.get("_type").is_some() || json.get("__export_format").is_some())),
    (Kind::LinkedService, |it| it.json(linked_service::is_ours)),
    (Kind::Pbids, |it| it.json(|json| json.get("connections").is_some_and(Value::is_array))),
    (Kind::Settings, |it| it.is_document() && settings::names_a_workspace(it.documents())),
    // By the name of the file
    (Kind::DatabricksCfg, |it| it.ends(&["databrickscfg"])),
    (Kind::LinkedService, |it| it.ends(&[".bicep"])),
    (Kind::Tfvars, |it| it.ends(&[".tfvars", ".tf"])),
    (Kind::Csv, |it| it.ends(&[".csv", ".tsv"])),
    (Kind::Odbc, |it| it.ends(&["odbc.ini", ".dsn"])),
    (Kind::Airflow, |it| it.ends(&[".env"]) && it.sets_connections_alone()),
    (Kind::Environment, |it| it.is_environment() && it.lines().any(sets_variable)),
    // By lines
    (Kind::Airflow, |it| it.sets_connections_alone()),
    (Kind::Pbids, |it| pbids::is_query(it.text)),
    (Kind::LinkedService, |it| bicep::is_ours(it.text)),
    (Kind::Bruno, |it| bruno::is_ours(it.text)),
    (Kind::Odbc, |it| it.is_odbc()),
    (Kind::DatabricksCfg, |it| it.first_line().starts_with('[') && !it.is_list()),
    (Kind::Tfvars, |it| {
        it.lines().any(|line| line.starts_with("provider ") || line.starts_with("resource \"") || line.starts_with("terraform {"))
    }),
    (Kind::Environment, |it| it.lines().any(sets_variable)),
    (Kind::Jdbc, |it| jdbc::is_within(it.text)),
    (Kind::Csv, |it| it.first_line().contains([',', ';', '\t']) && csv::is_header(it.first_line())),
    // Terraform quotes its texts, profiles do not.
    (Kind::Tfvars, |it| it.names_a_host() && it.lines().any(|line| line.ends_with('"'))),
    (Kind::DatabricksCfg, |it| it.names_a_host()),
    (Kind::Address, |it| {
        it.lines().all(|line| BaseUrl::read(line).is_ok() && line.contains('.') && !line.contains(char::is_whitespace)) && !it.is_empty()
    }),
    (Kind::Program, |it| program::is_ours(it.text)),
    // Nothing of it leads anywhere: what it would have been.
    (Kind::Environment, |it| it.is_environment()),
    (Kind::Settings, |it| it.is_document() || it.ends(&[".yml", ".yaml", ".json", ".toml"])),
];

/// The limit of rules C-13 and M-15.
pub const LARGEST: usize = 1024 * 1024;
pub const MAX_CONNECTIONS: usize = 1000;

/// # Errors
/// It is not of that kind, or damaged: where and why, without a value of it.
pub fn read(kind: Kind, bytes: &[u8]) -> Result<Found, Failure> {
    read_only(Some(kind), None, &[], bytes)
}

/// As [`read`], of a kind that is guessed when the person did not say.
///
/// # Errors
/// As `read`; nobody knows what it is.
pub fn read_as(kind: Option<Kind>, name: Option<&str>, bytes: &[u8]) -> Result<Found, Failure> {
    read_only(kind, name, &[], bytes)
}

/// As [`read_as`], and of the connections in it only those that the file calls so; all when `only` is empty.
///
/// # Errors
/// As `read_as`. More than [`MAX_CONNECTIONS`] are too many, of those that are asked for.
pub fn read_only(kind: Option<Kind>, name: Option<&str>, only: &[String], bytes: &[u8]) -> Result<Found, Failure> {
    let text::Read { text, utf_16 } = text::of(bytes)?;
    let kind = kind.or_else(|| guess::of_text(name, &text)).ok_or_else(|| {
        Failure::new(
            Code::InvalidInput,
            "Nothing was imported.",
            "Brickpass does not recognize this file, and it contains no workspace URL.",
            "Check that you copied all of it, or enter the workspace URL as a new connection.",
        )
    })?;
    let mut found = (kind.reader().read)(&text, Found::of(kind, only))?.without_open_secrets();
    found.name_places();
    if found.connections.is_empty() && only.is_empty() {
        return Err(nothing(kind, &text));
    }
    found.keep_only(only);
    if found.connections.len() > MAX_CONNECTIONS {
        return Err(Failure::new(
            Code::TooLarge,
            "Nothing was imported.",
            format!("It contains more than {MAX_CONNECTIONS} connections."),
            "Import it in parts. On the command line, --only NAME imports single connections.",
        ));
    }
    if utf_16 && kind == Kind::DatabricksCfg {
        for made in &mut found.connections {
            made.remark("The file is UTF-16, which Databricks' own tools cannot read. Save it as UTF-8.");
        }
    }
    Ok(found)
}

/// The text of what was piped or pasted, in whatever encoding of Unicode it is.
///
/// # Errors
/// It is no text, or too long.
pub fn decoded(bytes: &[u8]) -> Result<SecretString, Failure> {
    text::of(bytes).map(|read| SecretString::from(read.text.into_owned()))
}

/// What an encrypted backup holds. It may have more secrets than a file that comes from elsewhere.
///
/// # Errors
/// As `read`.
pub fn read_backup(plain: &[u8]) -> Result<Found, Failure> {
    let text = std::str::from_utf8(plain).map_err(|_| damaged(Kind::Brickpass, "The backup does not contain text."))?;
    brickpass::read(text).map(Found::without_open_secrets)
}

/// The variables that a program was started with: those of Databricks' own tools make one connection.
///
/// # Errors
/// There is none that names a workspace.
pub fn read_variables(variables: Vec<(String, SecretString)>) -> Result<Found, Failure> {
    let found = environment::of_variables(variables).without_open_secrets();
    if found.connections.is_empty() { Err(nothing(Kind::Environment, "")) } else { Ok(found) }
}

/// What it was taken for, and what it would need.
fn nothing(kind: Kind, text: &str) -> Failure {
    let empty = if kind == Kind::DatabricksCfg { databrickscfg::empty_profile(text) } else { None };
    let why = empty.unwrap_or_else(|| kind.reader().nothing.to_owned());
    Failure::new(
        Code::InvalidInput,
        "Nothing was imported.",
        format!("Detected type: {}. {why}", kind.label()),
        "Choose another file, choose the type if it was not detected correctly, or enter the workspace URL as a new connection.",
    )
}

/// It cannot be read. `why` repeats no value of it.
fn damaged(kind: Kind, why: impl std::fmt::Display) -> Failure {
    Failure::new(
        Code::InvalidInput,
        "Nothing was imported.",
        format!("Detected type: {}. {why}", kind.label()),
        "Nothing was changed. Correct this and import it again.",
    )
}

#[cfg(test)]
mod tests;
