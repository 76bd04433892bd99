//! What a connection is for, so that nobody mistakes production for a playground.

use serde::{Deserialize, Serialize};

use super::text;

/// In JSON and on the command line: `dev`, `test`, `prod`, or any word of one's own.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(from = "Written", into = "String")]
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

/// A word out of a file that anybody may have edited.
#[derive(Deserialize)]
#[serde(transparent)]
struct Written(String);

impl From<Written> for Environment {
    fn from(Written(word): Written) -> Self {
        let word: String = text::visible(word).chars().take(Self::LONGEST).collect();
        Self::from(word.trim().to_owned())
    }
}

/// Takes the word as it is; the form judges it.
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_known_word_gives_the_known_environment_and_a_word_out_of_a_file_cannot_lie() {
        let read = |json: &str| serde_json::from_str::<Environment>(json).unwrap();
        assert_eq!(read("\"PROD\""), Environment::Production);
        assert_eq!(read("\"pro\\u200bd\""), Environment::Production);
        assert_eq!(read("\"staging\""), Environment::Own("staging".to_owned()));
        assert_eq!(read(&format!("\"{}\"", "x".repeat(500))).word().len(), Environment::LONGEST);
        assert_eq!(Environment::Own("staging".to_owned()).badge(), "STAGING");
    }
}
