//! What a connection is for, so that nobody mistakes production for a playground.

use serde::{Deserialize, Serialize};

/// In JSON and on the command line: `dev`, `test`, `prod`, or any word of one's own.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub enum Environment {
    #[default]
    Development,
    Test,
    Production,
    /// A word of the person's own, trimmed, 1 to 20 characters.
    Own(String),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum EnvironmentKind {
    #[default]
    Development,
    Test,
    Production,
    Own,
}

impl Environment {
    #[must_use]
    pub fn kind(&self) -> EnvironmentKind {
        match self {
            Self::Development => EnvironmentKind::Development,
            Self::Test => EnvironmentKind::Test,
            Self::Production => EnvironmentKind::Production,
            Self::Own(_) => EnvironmentKind::Own,
        }
    }

    /// The short word: `dev`, `test`, `prod`, or the person's own.
    #[must_use]
    pub fn word(&self) -> &str {
        match self {
            Self::Development => "dev",
            Self::Test => "test",
            Self::Production => "prod",
            Self::Own(word) => word,
        }
    }
}

impl Environment {
    /// The longest word of one's own, in characters.
    pub const LONGEST: usize = 20;

    /// As a badge shows it: `DEV`, `TEST`, `PROD`, `STAGING`.
    #[must_use]
    pub fn badge(&self) -> String {
        self.word().to_uppercase()
    }

    #[must_use]
    pub fn label(&self) -> &str {
        match self {
            Self::Own(word) => word,
            known => known.kind().label(),
        }
    }
}

impl EnvironmentKind {
    pub const ALL: [Self; 4] = [Self::Development, Self::Test, Self::Production, Self::Own];

    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Development => "Development",
            Self::Test => "Test",
            Self::Production => "Production",
            Self::Own => "Other",
        }
    }
}

impl From<String> for Environment {
    fn from(word: String) -> Self {
        match word.to_lowercase().as_str() {
            "dev" | "development" | "" => Self::Development,
            "test" => Self::Test,
            "prod" | "production" => Self::Production,
            _ => Self::Own(word),
        }
    }
}

impl From<Environment> for String {
    fn from(environment: Environment) -> Self {
        environment.word().to_owned()
    }
}
