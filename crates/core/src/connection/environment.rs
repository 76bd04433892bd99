//! What a connection is for, so that nobody mistakes production for a playground.

use serde::{Deserialize, Serialize};

use super::text;

/// In JSON and on the command line: `not-set`, `dev`, `test`, `prod`, or any word of one's own.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(from = "Written", into = "String")]
pub enum Environment {
    /// Nobody has said what the connection is for, so it is handled as carefully as production.
    #[default]
    NotSet,
    /// To try things out.
    Development,
    /// To verify changes.
    Test,
    /// Real data and jobs: handled with care.
    Production,
    /// A word of the person's own, trimmed, 1 to 20 characters.
    Own(String),
}

/// An [`Environment`] without the own word, as the form offers it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[expect(missing_docs, reason = "each variant is the environment of that name")]
pub enum EnvironmentKind {
    #[default]
    NotSet,
    Development,
    Test,
    Production,
    Own,
}

/// Why the person is asked to type a name before something cannot be taken back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Care {
    /// It is production.
    Production,
    /// It might be production.
    NotSet,
}

impl Environment {
    /// Why a connection of this environment is handled with care; `None` where a mistake costs little.
    #[must_use]
    pub fn care(&self) -> Option<Care> {
        match self {
            Self::Production => Some(Care::Production),
            Self::NotSet => Some(Care::NotSet),
            Self::Development | Self::Test | Self::Own(_) => None,
        }
    }

    /// The same without the own word.
    #[must_use]
    pub fn kind(&self) -> EnvironmentKind {
        match self {
            Self::NotSet => EnvironmentKind::NotSet,
            Self::Development => EnvironmentKind::Development,
            Self::Test => EnvironmentKind::Test,
            Self::Production => EnvironmentKind::Production,
            Self::Own(_) => EnvironmentKind::Own,
        }
    }

    /// The short word: `not-set`, `dev`, `test`, `prod`, or the person's own.
    #[must_use]
    pub fn word(&self) -> &str {
        match self {
            Self::NotSet => "not-set",
            Self::Development => "dev",
            Self::Test => "test",
            Self::Production => "prod",
            Self::Own(word) => word,
        }
    }
}

impl Environment {
    /// The longest word of one's own, in characters.
    pub const MAX_CHARS: usize = 20;

    /// As a badge shows it: `DEV`, `TEST`, `PROD`, `STAGING`.
    #[must_use]
    pub fn badge(&self) -> String {
        self.word().to_uppercase()
    }

    /// As a list shows it: `Production`, or the own word.
    #[must_use]
    pub fn label(&self) -> &str {
        match self {
            Self::Own(word) => word,
            known => known.kind().label(),
        }
    }
}

impl EnvironmentKind {
    /// In the order of the form.
    pub const ALL: [Self; 5] = [Self::NotSet, Self::Development, Self::Test, Self::Production, Self::Own];

    /// As the form shows it.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::NotSet => "Not set",
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
        let word: String = text::visible(&word).chars().take(Self::MAX_CHARS).collect();
        Self::from(word.trim().to_owned())
    }
}

/// Takes the word as it is; the form judges it.
impl From<String> for Environment {
    fn from(word: String) -> Self {
        match word.to_lowercase().as_str() {
            "" | "not-set" | "not set" | "unset" => Self::NotSet,
            "dev" | "development" => Self::Development,
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
        assert_eq!(read("\"dev\""), Environment::Development);
        for unset in ["\"\"", "\"not-set\"", "\"Not set\"", "\"not\\u200b-set\""] {
            assert_eq!(read(unset), Environment::NotSet, "{unset}");
        }
        assert_eq!(read("\"pro\\u200bd\""), Environment::Production);
        assert_eq!(read("\"staging\""), Environment::Own("staging".to_owned()));
        assert_eq!(read(&format!("\"{}\"", "x".repeat(500))).word().len(), Environment::MAX_CHARS);
        assert_eq!(Environment::Own("staging".to_owned()).badge(), "STAGING");
    }

    #[test]
    fn wn_06_what_is_not_set_is_handled_as_carefully_as_production() {
        assert_eq!(Environment::default(), Environment::NotSet);
        assert_eq!(Environment::NotSet.care(), Some(Care::NotSet));
        assert_eq!(Environment::Production.care(), Some(Care::Production));
        for careless in [Environment::Development, Environment::Test, Environment::Own("staging".to_owned())] {
            assert_eq!(careless.care(), None);
        }
        let written = serde_json::to_string(&Environment::NotSet).unwrap();
        assert_eq!(serde_json::from_str::<Environment>(&written).unwrap(), Environment::NotSet);
    }
}
