//! Every hostile value in every place of a format: what was made of it, what was refused, and what a reader finds in it.

use std::{collections::BTreeMap, fs, path::Path};

use brickpass_interchange::format::Document;
use secrecy::ExposeSecret as _;
use serde_json::Value;

use super::asked::Asked;
use crate::support::hostile_values;

/// By name, what a reader found in one export.
pub type Found = BTreeMap<String, String>;

/// One export that was made: its files, and what a reader must find under each name.
pub struct Made {
    pub value: String,
    pub place: &'static str,
    pub files: Vec<(String, String)>,
    pub expected: BTreeMap<&'static str, String>,
}

impl Made {
    /// The first file.
    pub fn text(&self) -> &str {
        &self.files[0].1
    }

    pub fn file(&self, name: &str) -> &str {
        self.find(name).unwrap_or_else(|| panic!("no {name} in {:?}", self.files))
    }

    pub fn find(&self, name: &str) -> Option<&str> {
        self.files.iter().find(|(file, _)| file == name).map(|(_, text)| text.as_str())
    }

    pub fn by_name(&self) -> Value {
        self.files.iter().map(|(name, text)| (name.clone(), Value::from(text.as_str()))).collect::<serde_json::Map<_, _>>().into()
    }
}

pub fn files(document: &Document) -> Vec<(String, String)> {
    document.files.iter().map(|file| (file.name.clone(), file.text.expose_secret().to_owned())).collect()
}

/// How many of the hostile values were carried and refused, format by format.
pub struct Score {
    pub format: &'static str,
    pub made: Vec<Made>,
    pub refused: usize,
}

impl Score {
    pub fn new(format: &'static str) -> Self {
        Self { format, made: Vec::new(), refused: 0 }
    }

    /// Every hostile value in each of these places of what is asked; a reader finds it under the name of the place.
    pub fn places(self, asked: &Asked, places: &[&'static str]) -> Self {
        places.iter().fold(self, |score, &place| {
            score.place(
                place,
                |value| asked.clone().put(place, value),
                |asked, value| asked.meant(place, value).map(|it| (place, it)).into_iter().collect(),
            )
        })
    }

    /// Every hostile value in one place. `None` of `ask`: the place takes no such value at all.
    pub fn place(
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
                    let files = files(&document);
                    for (name, text) in &files {
                        assert_no_hidden(text, &format!("{}: V{number} in {place}", self.format));
                        assert_plain(name);
                    }
                    self.made.push(Made { value, place, files, expected });
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

    pub fn only(mut self, wanted: impl Fn(&Made) -> bool) -> Self {
        self.made.retain(wanted);
        self
    }

    /// What was read otherwise than meant; each expected name must be there with its value. `found` is in the order of `made`.
    pub fn wrong(&self, reader: &str, found: &[Found]) -> Vec<String> {
        assert_eq!(found.len(), self.made.len(), "{}: {reader} read another number of documents", self.format);
        let all = self.made.iter().zip(found).flat_map(|(made, found)| {
            made.expected.iter().filter(|(name, expected)| found.get(**name) != Some(*expected)).map(move |(name, expected)| {
                let actual = found.get(*name);
                format!(
                    "{} read by {reader}: {:?} in {}: {name} is {actual:?}, not {expected:?}, in\n{:#?}",
                    self.format, made.value, made.place, made.files
                )
            })
        });
        all.collect()
    }

    pub fn judge(&self, reader: &str, found: &[Found]) {
        assert!(!self.made.is_empty(), "{} was never made", self.format);
        let wrong = self.wrong(reader, found);
        assert!(wrong.is_empty(), "{} wrong, the first: {}", wrong.len(), wrong[0]);
        println!("{:<26} {reader:<16} read back {:>3}, refused {:>3}, wrong 0", self.format, self.made.len(), self.refused);
    }
}

/// What nobody can see is in no export, whatever the place.
fn assert_no_hidden(text: &str, told: &str) {
    let hidden = |c: &char| matches!(c, '\0' | '\u{1b}' | '\u{202A}'..='\u{202E}' | '\u{200B}');
    assert_eq!(text.trim_start_matches('\u{FEFF}').chars().find(hidden), None, "{told}");
}

/// Relative, and nowhere above the folder.
pub fn assert_plain(name: &str) {
    let fits = |part: &str| {
        !matches!(part, "" | "." | "..")
            && !part.starts_with('-')
            && part.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-'))
            && part.len() <= 110
    };
    assert!(name.split('/').all(fits), "{name:?}");
}

/// The first file of each export: `0.sh`, `1.sh`...
pub fn write_all(folder: &Path, made: &[Made], ending: &str) {
    for (at, made) in made.iter().enumerate() {
        fs::write(folder.join(format!("{at}.{ending}")), made.text()).unwrap();
    }
}

pub fn maps(json: &str) -> Vec<Found> {
    serde_json::from_str(json).unwrap_or_else(|error| panic!("{error}: {json}"))
}

pub fn pairs<const N: usize>(pairs: [(&'static str, &str); N]) -> Vec<(&'static str, String)> {
    pairs.into_iter().map(|(name, value)| (name, value.to_owned())).collect()
}

/// What became of the reading.
pub enum Read {
    Found(Vec<Found>),
    /// The reader is not to be had here, and why.
    Missing(String),
}

/// From where a reader comes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum From {
    /// As its maker publishes it.
    Registry,
    /// A program of this machine.
    Machine,
    /// Nobody offers one here: a reader after the grammar, in these tests.
    Own,
}

type Reader = Box<dyn Fn(&[Made]) -> Read>;

/// The exports of one format, and a reader of them.
pub struct Reading {
    pub reader: &'static str,
    pub from: From,
    pub score: Score,
    pub read: Reader,
}

impl Reading {
    pub fn new(reader: &'static str, from: From, score: Score, read: impl Fn(&[Made]) -> Read + 'static) -> Self {
        Self { reader, from, score, read: Box::new(read) }
    }

    /// The promise of one test.
    pub fn hold(&self, test: &str) {
        match (self.read)(&self.score.made) {
            Read::Found(found) => self.score.judge(self.reader, &found),
            Read::Missing(why) => crate::support::skip(&format!("{test} ({})", self.reader), &why),
        }
    }
}
