//! One function for each target grammar. A value that a person or a server wrote becomes part of a document through one of them and in no
//! other way; where a grammar has no safe way to write a value, the export is refused with the reason, never emitted otherwise.
//!
//! That is held by types: a [`Text`] takes words of this program (`&'static str`) and [`Quoted`] values, and only the functions here make those.

mod code;
mod data;
mod shells;

use secrecy::SecretString;
use serde_json::Value;
use zeroize::Zeroizing;

pub use code::{bicep, go, hcl, java, javascript, power_query, python, rust};
pub use data::{
    address, arm_text, connection_string, csv_cell, csv_formula, data_factory_text, dotenv, env_file, header, ini, jdbc, json, line,
    no_template, odbc_ini, pair, percent, yaml, yaml_jinja, yaml_key_jinja, yaml_template, yaml_workflow,
};
pub use shells::{Shell, batch, cmd, curl, fish, posix, powershell, powershell_ascii};

use brickpass_core::{
    connection::{ConnectionName, Unfit, unfit},
    failure::{Code, Failure},
};

/// A value as it stands in a document of one grammar.
pub struct Quoted(Zeroizing<String>);

impl Quoted {
    fn new(text: String) -> Self {
        Self(Zeroizing::new(text))
    }

    /// It holds nothing that any of the grammars looks at.
    fn expose(&self) -> &str {
        &self.0
    }
}

/// How a value is written in one grammar.
pub type Grammar = fn(&str) -> Result<Quoted, Unwritable>;

/// Why a grammar cannot carry a value. It never holds the value.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unwritable {
    #[error("it contains {0}")]
    Unfit(Unfit),
    #[error("it contains {sign}, which {reader} would misread")]
    Sign { sign: &'static str, reader: &'static str },
    #[error("it starts or ends with a space, which {0} would remove")]
    Blank(&'static str),
    #[error("it ends with a backslash, which {0} would misread")]
    Backslash(&'static str),
    #[error("PowerShell passes {what} to programs in different ways, depending on its version")]
    Argument { what: &'static str },
    #[error("it is too long for {0}")]
    TooLong(&'static str),
    #[error("it is empty")]
    Empty,
}

impl Unwritable {
    /// The export as a whole is refused. `what`: "The name of the catalog".
    #[must_use]
    pub fn of(self, what: &'static str) -> Refused {
        Refused { what, why: self, instead: None }
    }
}

/// An export that is not made, since one of its values cannot be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    what: &'static str,
    why: Unwritable,
    instead: Option<&'static str>,
}

impl Refused {
    /// The variant that can carry the value, as something to do.
    #[must_use]
    pub fn instead(self, instead: &'static str) -> Self {
        Self { instead: Some(instead), ..self }
    }
}

impl From<Refused> for Failure {
    fn from(refused: Refused) -> Self {
        let why = refused.why.to_string();
        let mut letters = why.chars();
        let why = letters.next().map_or_else(String::new, |first| format!("{}{}.", first.to_uppercase(), letters.as_str()));
        Self::new(
            Code::InvalidInput,
            format!("{} cannot be written in this format.", refused.what),
            why,
            refused.instead.unwrap_or("Change it, or choose another format."),
        )
    }
}

/// A document that is being written.
#[derive(Default)]
pub struct Text(Zeroizing<String>);

impl Text {
    #[must_use]
    pub fn new() -> Self {
        // A document that grows past this leaves its former bytes behind for the allocator, which wipes them.
        Self(Zeroizing::new(String::with_capacity(4096)))
    }

    /// Words of this program.
    #[must_use]
    pub fn words(mut self, words: &'static str) -> Self {
        self.0.push_str(words);
        self
    }

    /// `what` is told when it cannot be written: "The address".
    ///
    /// # Errors
    /// The grammar cannot carry it.
    pub fn value(mut self, what: &'static str, value: &str, grammar: Grammar) -> Result<Self, Refused> {
        self.0.push_str(grammar(value).map_err(|why| why.of(what))?.expose());
        Ok(self)
    }

    #[must_use]
    pub fn quoted(mut self, value: &Quoted) -> Self {
        self.0.push_str(value.expose());
        self
    }

    #[must_use]
    pub fn number(mut self, number: u64) -> Self {
        self.0.push_str(&number.to_string());
        self
    }

    /// What was written elsewhere, for the same grammar.
    #[must_use]
    pub fn part(mut self, part: &Self) -> Self {
        self.0.push_str(&part.0);
        self
    }

    /// A part that is only there at times.
    ///
    /// # Errors
    /// Those of `part`.
    pub fn optional<T, E>(self, given: Option<T>, part: impl FnOnce(Self, T) -> Result<Self, E>) -> Result<Self, E> {
        match given {
            Some(given) => part(self, given),
            None => Ok(self),
        }
    }

    /// What was written becomes a value of another grammar: a URL within a program.
    ///
    /// # Errors
    /// The outer grammar cannot carry it.
    pub fn within(&self, what: &'static str, grammar: Grammar) -> Result<Quoted, Refused> {
        grammar(&self.0).map_err(|why| why.of(what))
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The characters that it has.
    #[must_use]
    pub fn is_ascii(&self) -> bool {
        self.0.is_ascii()
    }

    #[must_use]
    pub fn finish(mut self) -> SecretString {
        SecretString::from(std::mem::take(&mut *self.0))
    }
}

/// A JSON document, with a line break at its end. Of its texts, none may hold what cannot be seen.
///
/// # Errors
/// One does.
pub fn json_document(document: &Value) -> Result<Text, Unwritable> {
    seen_through(document)?;
    let mut text = Zeroizing::new(serde_json::to_string_pretty(document).unwrap_or_default());
    text.push('\n');
    Ok(Text(text))
}

fn seen_through(value: &Value) -> Result<(), Unwritable> {
    match value {
        Value::String(text) => visible(text).map(drop),
        Value::Array(values) => values.iter().try_for_each(seen_through),
        Value::Object(members) => members.iter().try_for_each(|(key, value)| visible(key).and_then(|_| seen_through(value))),
        Value::Null | Value::Bool(_) | Value::Number(_) => Ok(()),
    }
}

/// What a person cannot see has no place in a document that they hand to a program.
fn visible(value: &str) -> Result<&str, Unwritable> {
    unfit(value).map_or(Ok(value), |hidden| Err(Unwritable::Unfit(hidden)))
}

/// As visible, and without blanks at its ends, which `reader` would cut off.
fn trimmed<'a>(value: &'a str, reader: &'static str) -> Result<&'a str, Unwritable> {
    let value = visible(value)?;
    if value.trim() == value { Ok(value) } else { Err(Unwritable::Blank(reader)) }
}

/// None of these signs is in it.
fn without<'a>(value: &'a str, signs: &[&'static str], reader: &'static str) -> Result<&'a str, Unwritable> {
    match signs.iter().find(|sign| value.contains(**sign)) {
        Some(sign) => Err(Unwritable::Sign { sign, reader }),
        None => Ok(value),
    }
}

/// The name of a file that is about this connection: `[A-Za-z0-9._-]`, no dot in front, none of Windows' device names, 80 bytes at most
/// besides `ending`, which is put behind a dot or a hyphen as it is: `.json`, `-profiles.yml`.
#[must_use]
pub fn file_name(name: &ConnectionName, ending: &'static str) -> String {
    let mut stem = name.file_stem();
    stem.push_str(ending);
    stem
}

#[cfg(test)]
mod tests;
