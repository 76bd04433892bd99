//! Exports to shells, programs, drivers and tools: for each hostile value in each field that a person can fill, an independent reader of the
//! format gets exactly what was meant, or the export was refused.

#![expect(clippy::format_push_string, clippy::format_collect, reason = "programs that tests write need no speed")]
#![cfg(target_os = "linux")]

mod code;
mod curl;
mod data;
mod drivers;
mod shells;
mod whole;

use std::{collections::BTreeMap, fs, path::Path, time::Duration};

use brickpass::{
    connection::{AuthKind, Connection, ConnectionId, ConnectionName, Draft},
    failure::Failure,
    interchange::{
        export,
        format::{Answers, Document, Subject},
    },
};
use secrecy::{ExposeSecret as _, SecretString};

use crate::support::hostile_values;

const LIMIT: Duration = Duration::from_secs(60);
const URL: &str = "https://adb-1234567890123456.7.azuredatabricks.net";
const HOST: &str = "adb-1234567890123456.7.azuredatabricks.net";
const PATH: &str = "/sql/1.0/warehouses/abc123def4567890";
const CLIENT_ID: &str = "12345678-90ab-cdef-1234-567890abcdef";
const HELPER: &str = "/opt/brickpass/brickpass-credential";

fn connection(auth: AuthKind) -> Connection {
    let mut draft = Draft::new(ConnectionId::random());
    "Sales".clone_into(&mut draft.name);
    URL.clone_into(&mut draft.base_url);
    draft.auth = auth;
    if auth == AuthKind::ServicePrincipal {
        CLIENT_ID.clone_into(&mut draft.client_id);
    }
    if auth != AuthKind::Browser {
        draft.secret = "dose0123456789".into();
    }
    draft.review(&|_| false).result.expect("a valid form").connection
}

/// What goes into one export.
#[derive(Clone)]
struct Asked {
    connection: Connection,
    profile: String,
    secret: Option<String>,
    answers: Answers,
}

impl Asked {
    fn of(auth: AuthKind) -> Self {
        Self { connection: connection(auth), profile: "sales".to_owned(), secret: None, answers: Answers::default() }
    }

    fn set(mut self, field: &str, value: &str) -> Self {
        self.answers.set(field, value);
        self
    }

    fn secret(self, secret: &str) -> Self {
        Self { secret: Some(secret.to_owned()), ..self }
    }

    fn profile(self, profile: &str) -> Self {
        Self { profile: profile.to_owned(), ..self }
    }

    /// `None`: no connection can be called so.
    fn name(mut self, name: &str) -> Option<Self> {
        self.connection.name = ConnectionName::parse(name).ok()?;
        Some(self)
    }

    fn write(&self, format: &str) -> Result<Document, Failure> {
        let secret = self.secret.clone().map(SecretString::from);
        let subject = Subject { connection: &self.connection, secret: secret.as_ref(), profile: &self.profile, helper: HELPER };
        export::find(format).unwrap().write(&subject, &self.answers)
    }
}

fn text(document: &Document) -> String {
    document.files[0].text.expose_secret().to_owned()
}

/// One export that was made: what it says, and what a reader must find under each name.
struct Made {
    value: String,
    place: &'static str,
    text: String,
    expected: BTreeMap<&'static str, String>,
}

/// How many of the hostile values were carried and refused, format by format.
struct Score {
    format: &'static str,
    made: Vec<Made>,
    refused: usize,
}

impl Score {
    fn new(format: &'static str) -> Self {
        Self { format, made: Vec::new(), refused: 0 }
    }

    /// Every hostile value in one place. `None` of `ask`: the place takes no such value at all.
    fn place(
        mut self,
        place: &'static str,
        ask: impl Fn(&str) -> Option<Asked>,
        expect: impl Fn(&Asked, &str) -> Vec<(&'static str, String)>,
    ) -> Self {
        for (number, value) in hostile_values() {
            let Some(asked) = ask(&value) else {
                self.refused += 1;
                continue;
            };
            match asked.write(self.format) {
                Ok(document) => {
                    let expected = expect(&asked, &value).into_iter().collect();
                    assert_no_hidden(&document, number);
                    self.made.push(Made { text: text(&document), expected, value, place });
                }
                Err(failure) => {
                    assert!(!failure.what.is_empty() && failure.why.ends_with('.') && !failure.fix.is_empty(), "{failure:?}");
                    // A refusal never tells a secret.
                    let told = value.len() > 6 && failure.to_string().contains(&value);
                    assert!(place != "token" || !told, "{failure}");
                    self.refused += 1;
                }
            }
        }
        self
    }

    /// What a reader found, in the order of `made`; each expected name must be there with its value.
    fn judge(&self, reader: &str, found: &[BTreeMap<String, String>]) {
        assert_eq!(found.len(), self.made.len(), "{}: {reader} read another number of documents", self.format);
        for (made, found) in self.made.iter().zip(found) {
            for (name, expected) in &made.expected {
                let actual = found.get(*name);
                assert_eq!(
                    actual,
                    Some(expected),
                    "{} read by {reader}: V in {} was {:?}, {name} came out otherwise in\n{}",
                    self.format,
                    made.place,
                    made.value,
                    made.text
                );
            }
        }
        println!("{:<20} {reader:<14} {:>3} exact, {:>3} refused, 0 wrong", self.format, self.made.len(), self.refused);
    }
}

/// What nobody can see is in no export, whatever the place.
fn assert_no_hidden(document: &Document, number: u8) {
    for file in &document.files {
        let text = file.text.expose_secret();
        let hidden = text.chars().find(|c| matches!(c, '\0' | '\u{1b}' | '\u{202A}'..='\u{202E}' | '\u{200B}'));
        assert_eq!(hidden, None, "V{number} in {}", file.name);
        let name_fits = file.name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-'));
        assert!(name_fits && file.name.len() <= 96 && !file.name.starts_with(['.', '-']), "V{number} made the name {:?}", file.name);
    }
}

/// One file for each export, `0.sh`, `1.sh`...
fn write_all(folder: &Path, made: &[Made], ending: &str) {
    for (at, made) in made.iter().enumerate() {
        fs::write(folder.join(format!("{at}.{ending}")), &made.text).unwrap();
    }
}

fn maps(json: &str) -> Vec<BTreeMap<String, String>> {
    serde_json::from_str(json).unwrap_or_else(|error| panic!("{error}: {json}"))
}

fn pairs<const N: usize>(pairs: [(&'static str, &str); N]) -> Vec<(&'static str, String)> {
    pairs.into_iter().map(|(name, value)| (name, value.to_owned())).collect()
}
