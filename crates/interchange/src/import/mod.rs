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

use brickpass_core::failure::{Code, Failure};
pub use found::{Found, FoundConnection, TO_BE_TYPED};
pub use guess::guess;

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

    /// The word on the command line and in JSON.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::DatabricksCfg => "databrickscfg",
            Self::Environment => "env",
            Self::Tfvars => "terraform",
            Self::Jdbc => "jdbc",
            Self::Odbc => "odbc",
            Self::Connect => "spark-connect",
            Self::Dbt => "dbt",
            Self::LinkedService => "linked-service",
            Self::Airflow => "airflow",
            Self::Pbids => "pbids",
            Self::Address => "address",
            Self::Postman => "postman",
            Self::Csv => "csv",
            Self::Bundle => "bundle",
            Self::Kubernetes => "kubernetes",
            Self::Settings => "settings",
            Self::Bruno => "bruno",
            Self::Tableau => "tableau",
            Self::Warehouse => "sql-warehouse",
            Self::Program => "program",
            Self::Brickpass => "brickpass",
        }
    }

    /// As a person calls it.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::DatabricksCfg => "Databricks configuration file",
            Self::Environment => "Environment variables",
            Self::Tfvars => "Terraform",
            Self::Jdbc => "JDBC URL",
            Self::Odbc => "ODBC",
            Self::Connect => "Spark Connect URL",
            Self::Dbt => "dbt profiles",
            Self::LinkedService => "Data Factory linked service",
            Self::Airflow => "Airflow connection",
            Self::Pbids => "Power BI",
            Self::Address => "Address",
            Self::Postman => "Postman",
            Self::Csv => "CSV",
            Self::Bundle => "Databricks bundle",
            Self::Kubernetes => "Kubernetes manifest",
            Self::Settings => "Settings in JSON, YAML or TOML",
            Self::Bruno => "Bruno environment",
            Self::Tableau => "Tableau data source",
            Self::Warehouse => "Connection details of a SQL warehouse",
            Self::Program => "Program or script",
            Self::Brickpass => "Brickpass",
        }
    }

    #[must_use]
    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }
}

/// The limit of rules C-13 and M-15.
pub const LARGEST: usize = 1024 * 1024;
pub const MOST: usize = 1000;

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
/// As `read_as`. More than [`MOST`] are too many, of those that are asked for.
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
    let mut found = of_kind(kind, &text, only)?.without_open_secrets();
    found.name_places();
    if found.connections.is_empty() && only.is_empty() {
        return Err(nothing(kind, &text));
    }
    found.keep_only(only);
    if found.connections.len() > MOST {
        return Err(Failure::new(
            Code::TooLarge,
            "Nothing was imported.",
            format!("It contains more than {MOST} connections."),
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

fn of_kind(kind: Kind, text: &str, only: &[String]) -> Result<Found, Failure> {
    let found = Found::of(kind, only);
    match kind {
        Kind::DatabricksCfg => databrickscfg::read(text, found),
        Kind::Environment => environment::read(text),
        Kind::Tfvars => terraform::read(text),
        Kind::Jdbc => jdbc::read(text),
        Kind::Odbc => odbc::read(text),
        Kind::Connect => connect::read(text),
        Kind::Dbt => dbt::read(text, found),
        Kind::LinkedService => linked_service::read(text, found),
        Kind::Airflow => airflow::read(text),
        Kind::Pbids => pbids::read(text),
        Kind::Address => Ok(address::read(text)),
        Kind::Postman => postman::read(text),
        Kind::Csv => csv::read(text, found),
        Kind::Bundle => bundle::read(text, found),
        Kind::Kubernetes => kubernetes::read(text),
        Kind::Settings => settings::read(text),
        Kind::Bruno => Ok(bruno::read(text)),
        Kind::Tableau => tableau::read(text),
        Kind::Warehouse => Ok(warehouse::read(text)),
        Kind::Program => Ok(program::read(text)),
        Kind::Brickpass => brickpass::read(text),
    }
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
    let why = match kind {
        Kind::DatabricksCfg => return no_profile(text),
        Kind::Environment => "None of the Databricks variables is set, such as DATABRICKS_HOST.",
        Kind::Tfvars => {
            "It contains no databricks provider, no variable such as databricks_host with its own value, and no Databricks linked service."
        }
        Kind::Odbc => "It contains no data source with a Host.",
        Kind::Dbt => "It contains no target of the type databricks.",
        Kind::LinkedService => "It contains no linked service of the type AzureDatabricks or AzureDatabricksDeltaLake.",
        Kind::Airflow => "It contains no connection of the type databricks with a workspace URL.",
        Kind::Pbids => "It contains no Databricks connection.",
        Kind::Postman | Kind::Bruno => "It contains no variable with a workspace URL, such as host.",
        Kind::Bundle => "It contains no target that has a workspace with a host or profile.",
        Kind::Kubernetes => "It contains no Secret, ConfigMap or environment with a workspace URL, such as DATABRICKS_HOST.",
        Kind::Settings => {
            "It contains no variable or setting with a workspace URL, such as DATABRICKS_HOST. If it refers to a profile, import .databrickscfg, which contains the address."
        }
        Kind::Tableau => "It contains no connection of the class databricks.",
        Kind::Warehouse => "It has no line Server hostname with a host.",
        Kind::Program => "It contains no Databricks address.",
        Kind::Jdbc | Kind::Connect | Kind::Address | Kind::Csv | Kind::Brickpass => "It contains no connection.",
    };
    no_connection(kind, why)
}

fn no_profile(text: &str) -> Failure {
    let is_section = |line: &&str| line.trim_start().starts_with('[');
    let why = match text.lines().find(is_section) {
        Some(section) if text.lines().any(|line| line.contains('=')) => {
            format!("Its profile {} is empty: none of its keys has a value.", text::shown(section.trim().trim_matches(['[', ']'])))
        }
        _ => "It contains no profile.".to_owned(),
    };
    no_connection(Kind::DatabricksCfg, &why)
}

fn no_connection(kind: Kind, why: &str) -> Failure {
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
