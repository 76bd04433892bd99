//! What other tools hand to us: bytes in, drafts of connections out, for a preview. Nothing is run, expanded, opened or fetched.

mod address;
mod airflow;
mod attributes;
mod brickpass;
mod connect;
mod csv;
mod databrickscfg;
mod dbt;
mod driver;
mod environment;
mod found;
mod guess;
mod jdbc;
mod json;
mod linked_service;
mod odbc;
mod pbids;
mod postman;
mod terraform;
mod text;
mod yaml;

use secrecy::SecretString;

use crate::failure::{Code, Failure};
pub use found::{Found, FoundConnection};
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
    /// Our own JSON, and what an encrypted backup holds.
    Brickpass,
}

impl Kind {
    pub const ALL: [Self; 14] = [
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
            Self::Pbids => "Power BI data source",
            Self::Address => "Address",
            Self::Postman => "Postman environment",
            Self::Csv => "CSV",
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
    let text = text::of(bytes)?;
    let found = match kind {
        Kind::DatabricksCfg => databrickscfg::read(&text),
        Kind::Environment => environment::read(&text),
        Kind::Tfvars => terraform::read(&text),
        Kind::Jdbc => jdbc::read(&text),
        Kind::Odbc => odbc::read(&text),
        Kind::Connect => connect::read(&text),
        Kind::Dbt => dbt::read(&text),
        Kind::LinkedService => linked_service::read(&text),
        Kind::Airflow => airflow::read(&text),
        Kind::Pbids => pbids::read(&text),
        Kind::Address => Ok(address::read(&text)),
        Kind::Postman => postman::read(&text),
        Kind::Csv => csv::read(&text),
        Kind::Brickpass => brickpass::read(&text),
    }?;
    let found = found.without_open_secrets();
    if found.connections.len() > MOST {
        return Err(Failure::new(
            Code::TooLarge,
            "Nothing was imported.",
            format!("There are more than {MOST} connections in it."),
            "Import it in parts.",
        ));
    }
    if found.connections.is_empty() {
        return Err(nothing(kind));
    }
    Ok(found)
}

/// As [`read`], of a kind that is guessed when the person did not say.
///
/// # Errors
/// As `read`; nobody knows what it is.
pub fn read_as(kind: Option<Kind>, name: Option<&str>, bytes: &[u8]) -> Result<Found, Failure> {
    text::of(bytes)?;
    let kind = kind.or_else(|| guess(name, bytes)).ok_or_else(|| {
        Failure::new(
            Code::InvalidInput,
            "Nothing was imported.",
            "It does not look like any file of connections that Brickpass reads.",
            "Check that all of it was copied; or enter the workspace's address as a new connection.",
        )
    })?;
    read(kind, bytes)
}

/// What an encrypted backup holds. It may have more secrets than a file that comes from elsewhere.
///
/// # Errors
/// As `read`.
pub fn read_backup(plain: &[u8]) -> Result<Found, Failure> {
    let text = std::str::from_utf8(plain).map_err(|_| damaged(Kind::Brickpass, "What is in the backup is not text."))?;
    brickpass::read(text).map(Found::without_open_secrets)
}

/// The variables that a program was started with: those of Databricks' own tools make one connection.
///
/// # Errors
/// There is none that names a workspace.
pub fn read_variables(variables: Vec<(String, SecretString)>) -> Result<Found, Failure> {
    let found = environment::of_variables(variables).without_open_secrets();
    if found.connections.is_empty() { Err(nothing(Kind::Environment)) } else { Ok(found) }
}

fn nothing(kind: Kind) -> Failure {
    let why = match kind {
        Kind::DatabricksCfg => "There is no profile in it.",
        Kind::Environment => "None of the variables of Databricks' tools is set, such as DATABRICKS_HOST.",
        Kind::Tfvars => "There is no databricks provider in it, and no variable such as databricks_host with a value of its own.",
        Kind::Odbc => "No data source in it names a Host.",
        Kind::Dbt => "No target in it is of the type databricks.",
        Kind::LinkedService => "No linked service in it is of the type AzureDatabricks or AzureDatabricksDeltaLake.",
        Kind::Airflow => "No connection in it is of the type databricks.",
        Kind::Pbids => "No connection in it is one to Databricks.",
        Kind::Postman => "No variable in it names a workspace, such as host.",
        Kind::Jdbc | Kind::Connect | Kind::Address | Kind::Csv | Kind::Brickpass => "There is no connection in it.",
    };
    Failure::new(
        Code::InvalidInput,
        "Nothing was imported.",
        why,
        "Choose something else, or enter the workspace's address as a new connection.",
    )
}

/// It cannot be read. `why` repeats no value of it.
fn damaged(kind: Kind, why: impl Into<String>) -> Failure {
    Failure::new(
        Code::InvalidInput,
        format!("This cannot be read ({}).", kind.label()),
        why,
        "Correct that place and import it again. Nothing was changed.",
    )
}

#[cfg(test)]
mod tests;
