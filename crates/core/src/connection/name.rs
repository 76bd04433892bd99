//! The name a person gives to a connection.

use serde::{Deserialize, Serialize};

use super::text::{self, Unfit};

/// 1 to 100 characters, trimmed, every one of them visible; fit to become the name of a profile in `.databrickscfg`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ConnectionName(String);

/// Why a name is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NameError {
    /// Nothing but spaces.
    #[error("Enter a name")]
    Empty,
    /// Holds the number of characters.
    #[error("{0} characters; the limit is 100")]
    TooLong(usize),
    /// A line break, or a character that cannot be seen.
    #[error("The name contains {0}; remove it")]
    Unfit(Unfit),
    /// A section of `.databrickscfg` with a meaning of its own.
    #[error("This name is reserved by the Databricks configuration file; choose another")]
    Reserved,
    /// Holds the bracket.
    #[error("The name contains {0}; use ( and ) instead, because profile files mark sections with [ and ]")]
    Bracket(char),
    /// Holds the first character.
    #[error("The name begins with {0}, which starts a comment in profile files; start with another character")]
    Comment(char),
}

impl ConnectionName {
    /// In characters.
    pub const MAX_CHARS: usize = 100;

    /// # Errors
    /// Empty, too long, reserved, with the signs of a profile file, or with characters that cannot be seen.
    pub fn parse(typed: &str) -> Result<Self, NameError> {
        let name = typed.trim();
        if name.is_empty() {
            return Err(NameError::Empty);
        }
        let length = name.chars().count();
        if length > Self::MAX_CHARS {
            return Err(NameError::TooLong(length));
        }
        if let Some(unfit) = text::unfit(name) {
            return Err(NameError::Unfit(unfit));
        }
        if let Some(bracket) = name.chars().find(|c| matches!(c, '[' | ']')) {
            return Err(NameError::Bracket(bracket));
        }
        if let Some(first) = name.chars().next().filter(|c| matches!(c, ';' | '#')) {
            return Err(NameError::Comment(first));
        }
        if name.eq_ignore_ascii_case("__settings__") {
            return Err(NameError::Reserved);
        }
        Ok(Self(name.to_owned()))
    }

    /// The name that another side gives (a workspace in its account), with what no name has taken out; `None` when nothing is left.
    #[must_use]
    pub fn tamed(given: &str) -> Option<Self> {
        let visible = text::visible(given).replace('[', "(").replace(']', ")");
        let one_line = visible.split_whitespace().collect::<Vec<_>>().join(" ");
        let begins = one_line.trim_start_matches(|c: char| c.is_whitespace() || matches!(c, ';' | '#'));
        let kept: String = begins.chars().take(Self::MAX_CHARS).collect();
        // A cut may leave the joiner of an emoji behind.
        Self::parse(kept.trim_end_matches(text::is_zero_width)).ok()
    }

    /// Trimmed.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// "Sales (2)", or the next number that is free; shortened so that it is a name again.
    #[must_use]
    pub fn copy_of(&self, taken: &dyn Fn(&str) -> bool) -> Self {
        self.copy_from(2, taken).0
    }

    /// As `copy_of`, counting from `first` on; and the number that it got.
    #[must_use]
    pub fn copy_from(&self, first: u64, taken: &dyn Fn(&str) -> bool) -> (Self, u64) {
        let stem = self.0.strip_suffix(')').and_then(|rest| rest.rsplit_once(" (")).filter(|(_, number)| number.parse::<u32>().is_ok());
        let stem = stem.map_or(self.0.as_str(), |(stem, _)| stem);
        let mut number = first;
        loop {
            let suffix = format!(" ({number})");
            let kept: String = stem.chars().take(Self::MAX_CHARS - suffix.chars().count()).collect();
            // A cut may leave the joiner of an emoji behind.
            let kept = kept.trim_end_matches(|c: char| c.is_whitespace() || text::is_zero_width(c));
            let name = format!("{kept}{suffix}");
            if !taken(&name) {
                return (Self(name), number);
            }
            number += 1;
        }
    }

    /// The name as a file's: `[A-Za-z0-9._-]`, at most 80 bytes, no leading dot, none of Windows' device names.
    #[must_use]
    pub fn file_stem(&self) -> String {
        let mut stem = String::new();
        for c in self.0.chars() {
            let safe = if c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-') { c } else { '-' };
            if !(matches!(safe, '-' | '.') && stem.ends_with(['-', '.'])) {
                stem.push(safe);
            }
        }
        let mut stem = stem.trim_matches(['-', '.']).to_owned();
        // Leaves room for the word in front of a device name.
        stem.truncate(69);
        let stem = stem.trim_end_matches(['-', '.']).to_owned();
        let first = stem.split('.').next().unwrap_or_default().to_ascii_uppercase();
        let numbered = |device: &str| first.strip_prefix(device).is_some_and(|rest| matches!(rest.as_bytes(), [b'0'..=b'9']));
        let is_device = matches!(first.as_str(), "CON" | "PRN" | "AUX" | "NUL") || numbered("COM") || numbered("LPT");
        if stem.is_empty() || is_device { format!("connection-{stem}").trim_end_matches('-').to_owned() } else { stem }
    }
}

impl TryFrom<String> for ConnectionName {
    type Error = NameError;
    fn try_from(name: String) -> Result<Self, NameError> {
        Self::parse(&name)
    }
}

impl From<ConnectionName> for String {
    fn from(name: ConnectionName) -> Self {
        name.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_another_side_gives_becomes_one_that_fits() {
        let tamed = |given: &str| ConnectionName::tamed(given).map(String::from);
        assert_eq!(tamed(" Sales\n\tEMEA ").as_deref(), Some("Sales EMEA"));
        assert_eq!(tamed("#; [DEFAULT]").as_deref(), Some("(DEFAULT)"));
        assert_eq!(tamed("a\u{202E}b\u{7}").as_deref(), Some("ab"));
        assert_eq!(tamed(&"x".repeat(300)).map(|name| name.len()), Some(100));
        assert_eq!(tamed(" \u{200B} "), None);
        for (_, hostile) in [(0, "\0"), (1, "__settings__"), (2, "[]"), (3, "\u{1F468}\u{200D}")] {
            assert!(ConnectionName::tamed(hostile).is_none_or(|name| ConnectionName::parse(name.as_str()).as_ref() == Ok(&name)));
        }
    }

    fn name(text: &str) -> ConnectionName {
        ConnectionName::parse(text).unwrap()
    }

    #[test]
    fn a_name_is_trimmed_and_bounded() {
        assert_eq!(name("  Sales  ").as_str(), "Sales");
        assert_eq!(ConnectionName::parse(" "), Err(NameError::Empty));
        assert_eq!(ConnectionName::parse(&"x".repeat(101)), Err(NameError::TooLong(101)));
        assert!(ConnectionName::parse(&"ø".repeat(100)).is_ok());
    }

    #[test]
    fn what_a_profile_file_cannot_hold_is_refused() {
        assert_eq!(ConnectionName::parse("a]"), Err(NameError::Bracket(']')));
        assert_eq!(ConnectionName::parse("[a"), Err(NameError::Bracket('[')));
        assert_eq!(ConnectionName::parse(" #a"), Err(NameError::Comment('#')));
        assert_eq!(ConnectionName::parse(";a"), Err(NameError::Comment(';')));
        assert_eq!(ConnectionName::parse("__Settings__"), Err(NameError::Reserved));
        assert!(ConnectionName::parse("a;b #c").is_ok());
        assert!(serde_json::from_str::<ConnectionName>("\"a\\u202eb\"").is_err());
    }

    #[test]
    fn a_copy_takes_the_next_free_number() {
        assert_eq!(name("Sales").copy_of(&|_| false).as_str(), "Sales (2)");
        assert_eq!(name("Sales (2)").copy_of(&|taken| taken == "Sales (2)").as_str(), "Sales (3)");
        assert_eq!(name("Sales (eu)").copy_of(&|_| false).as_str(), "Sales (eu) (2)");
        assert_eq!(name(&"x".repeat(100)).copy_of(&|_| false).as_str().chars().count(), 100);
    }

    #[test]
    fn a_file_stem_is_safe_everywhere() {
        assert_eq!(name("Ærlig Øl / ../x").file_stem(), "rlig-l-x");
        assert_eq!(name("CON").file_stem(), "connection-CON");
        assert_eq!(name("com1.txt").file_stem(), "connection-com1.txt");
        assert_eq!(name("東京").file_stem(), "connection");
        assert_eq!(name(".hidden").file_stem(), "hidden");
        assert_eq!(name("../../x").file_stem(), "x");
        assert_eq!(name("-rf").file_stem(), "rf");
        assert!(name(&format!("con.{}", "x".repeat(90))).file_stem().len() <= 80);
    }
}
