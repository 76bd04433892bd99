//! What a profile may be called.

use brickpass_core::connection::{ConnectionName, contains_secret};

use super::SETTINGS;

/// A name of a section, fit for all readers: `[A-Za-z0-9_.-]`, not [`SETTINGS`].
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ProfileName(String);

impl ProfileName {
    pub const MAX_CHARS: usize = 100;

    /// # Errors
    /// Not fit, with the reason in words (CF-12). The reason holds nothing of the text but single visible characters.
    pub fn parse(text: &str) -> Result<Self, String> {
        if text.is_empty() {
            return Err("Enter a profile name.".to_owned());
        }
        if text.len() > Self::MAX_CHARS {
            return Err(format!("A profile name can have at most {} characters.", Self::MAX_CHARS));
        }
        if text.eq_ignore_ascii_case(SETTINGS) {
            return Err(format!("{SETTINGS} is for the settings of the Databricks CLI and cannot be a profile. Choose a different name."));
        }
        if contains_secret(text) {
            return Err("This looks like a token. Choose a different name: everyone who can read the file would see it.".to_owned());
        }
        if text.starts_with('-') {
            return Err("Start with a letter or digit: tools read a name that starts with - as an option.".to_owned());
        }
        match text.chars().find(|c| !fits(*c)) {
            None => Ok(Self(text.to_owned())),
            Some(' ') => Err("Use - instead of a space: some tools cannot use profile names with spaces.".to_owned()),
            Some(c) if brickpass_core::connection::unfit(c.encode_utf8(&mut [0; 4])).is_some() => {
                Err("Remove the invisible character: use only letters, digits and _ . - in a profile name.".to_owned())
            }
            Some(c) => Err(format!("Remove {c}: use only letters, digits and _ . - in a profile name.")),
        }
    }

    /// What a connection is called there unless the person says otherwise: its name in small letters, with `-` for what does not fit.
    #[must_use]
    pub fn of(name: &ConnectionName) -> Self {
        let mut made = String::with_capacity(name.as_str().len());
        for c in name.as_str().chars().flat_map(char::to_lowercase) {
            // A dot is allowed, but the Java SDK's reader takes it for a path.
            if fits(c) && c != '.' && c != '-' {
                made.push(c);
            } else if !made.is_empty() && !made.ends_with('-') {
                made.push('-');
            }
        }
        let cut: String = made.chars().take(Self::MAX_CHARS).collect();
        let fit = cut.trim_matches('-');
        let fit = if fit.eq_ignore_ascii_case(SETTINGS) { fit.trim_matches('_') } else { fit };
        Self(if fit.is_empty() { "brickpass".to_owned() } else { fit.to_owned() })
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for ProfileName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

fn fits(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn of(name: &str) -> String {
        ProfileName::of(&ConnectionName::parse(name).unwrap()).as_str().to_owned()
    }

    #[test]
    fn cf_12_a_name_that_would_break_out_of_its_section_is_refused_with_the_reason() {
        for bad in [
            "__settings__",
            "__SETTINGS__",
            "a]b",
            "[a",
            "x\n[y]",
            "x\r",
            "",
            "-rf",
            "a b",
            "a\u{202e}b",
            "a\0b",
            "a;b",
            "a#b",
            "Ærlig",
            "a\u{1b}[31m",
        ] {
            let reason = ProfileName::parse(bad).unwrap_err();
            assert!(reason.ends_with('.') && !reason.contains(char::is_control), "{bad:?}: {reason:?}");
        }
        assert!(ProfileName::parse(&"a".repeat(101)).is_err());
        for good in ["DEFAULT", "prod", "Prod_2.eu-west", &"a".repeat(100)] {
            assert_eq!(ProfileName::parse(good).unwrap().as_str(), good);
        }
    }

    #[test]
    fn a_connection_becomes_a_profile_that_reads_like_its_name() {
        for (name, profile) in [
            ("Sales Production", "sales-production"),
            ("dev", "dev"),
            ("Sales (2)", "sales-2"),
            ("a.b", "a-b"),
            ("__settings__ !", "settings"),
            ("Ærlig Øl", "rlig-l"),
            ("日本", "brickpass"),
            ("--", "brickpass"),
        ] {
            assert_eq!(of(name), profile, "{name}");
        }
    }

    proptest! {
        #[test]
        fn every_connection_has_a_fit_profile_name(name in "\\PC{1,100}") {
            if let Ok(name) = ConnectionName::parse(&name) {
                let profile = ProfileName::of(&name);
                prop_assert_eq!(ProfileName::parse(profile.as_str()), Ok(profile.clone()));
            }
        }
    }
}
