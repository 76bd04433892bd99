//! What looks like a secret where no tool keeps one: under a key that nobody knows, or in a comment. Brickpass does not touch it, and tells of it.

use secrecy::ExposeSecret as _;

use super::{File, keys::is_secret, lines::Kind};
use crate::no_secret;
use brickpass_core::connection::without_secrets;

/// Something that looks like a secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suspect {
    /// Counted from 1.
    pub line: usize,
    /// The section that it stands in.
    pub profile: String,
    /// As it is shown: it can be the token itself. `None`: it stands in a comment.
    pub key: Option<String>,
}

impl Suspect {
    /// Where it stands, to begin a sentence with.
    #[must_use]
    pub fn place(&self) -> String {
        match &self.key {
            Some(key) => key.clone(),
            None => format!("A comment (line {})", self.line),
        }
    }
}

impl File {
    /// In the order of the file.
    #[must_use]
    pub fn suspects(&self) -> Vec<Suspect> {
        let text = self.text.expose_secret();
        let mut found = Vec::new();
        let mut profile = "DEFAULT";
        let suspicious = |words: &str| no_secret::checked(words, []).is_err();
        for line in &self.lines {
            let whole = text.get(line.bytes.clone()).unwrap_or_default();
            match &line.kind {
                Kind::Section(name) => profile = name.of(text),
                Kind::Entry(entry) => {
                    let key = entry.key.of(text);
                    let value = whole.get(entry.place.start..).unwrap_or_default();
                    let shown = if is_secret(key) { suspicious(key) } else { suspicious(key) || suspicious(value) };
                    if shown {
                        found.push(Suspect { line: line.number, profile: profile.to_owned(), key: Some(without_secrets(key)) });
                    }
                }
                Kind::Comment if suspicious(whole) => {
                    found.push(Suspect { line: line.number, profile: profile.to_owned(), key: None });
                }
                Kind::Comment | Kind::Blank => {}
            }
        }
        found
    }
}
