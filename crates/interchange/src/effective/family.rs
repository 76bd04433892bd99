//! The families of tools: each reads the environment, the file and the address in its own way.

use std::fmt;

/// Whose view of the configuration is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Family {
    /// The Databricks CLI, the only one that reads bundles.
    Cli,
    /// The SDK for Go, and what is built on it, such as Terraform.
    #[default]
    Go,
    /// The SDK for Python, and what is built on it, such as mlflow and Databricks Connect.
    Python,
    /// The SDK for Java, and what is built on it, such as the JDBC driver.
    Java,
}

impl Family {
    pub const ALL: [Self; 4] = [Self::Cli, Self::Go, Self::Python, Self::Java];

    /// As the command line names it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Cli => "cli",
            Self::Go => "go",
            Self::Python => "python",
            Self::Java => "java",
        }
    }

    /// At the start of a sentence.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::Cli => "The Databricks CLI",
            Self::Go => "The SDK for Go",
            Self::Python => "The SDK for Python",
            Self::Java => "The SDK for Java",
        }
    }

    /// Go's own reader of the file and of addresses.
    pub(super) fn is_go(self) -> bool {
        matches!(self, Self::Cli | Self::Go)
    }
}

impl fmt::Display for Family {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Cli => "the Databricks CLI",
            Self::Go => "the SDK for Go",
            Self::Python => "the SDK for Python",
            Self::Java => "the SDK for Java",
        })
    }
}
