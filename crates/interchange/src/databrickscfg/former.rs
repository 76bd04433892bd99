//! What stood in a section before a change of ours, key by key, so that it can be given back. A secret is never a part of it: the line that held
//! one is named, and whoever keeps the file as it was fills it in.

use std::{
    collections::{HashMap, HashSet},
    fmt,
};

use secrecy::ExposeSecret as _;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use super::{
    File, SETTINGS,
    keys::{may_be_secret, small},
    lines::{Kind, Line},
};
use brickpass_core::{connection::without_secrets, hex};

const DEFAULT_PROFILE: &str = "default_profile";

/// The state of one section before it was published.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Former {
    /// The section was not there: publishing made it.
    #[serde(default)]
    pub made: bool,
    /// The line breaks that were put in front of a section that was made at the end of the file.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(super) lead: String,
    /// The section ended the file without a line break, and keys were added behind that end.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(super) unended: bool,
    /// In the order in which they stood, those that were added last.
    #[serde(default)]
    pub(super) keys: Vec<FormerKey>,
    /// What `[__settings__]` said of the default profile before this one became it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) default: Option<Box<Former>>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct FormerKey {
    /// In small letters.
    pub(super) key: String,
    /// Digest of the value that was put there; `None`: the key was taken out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) ours: Option<String>,
    /// The line as it stood, without its line break.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) line: Option<FormerLine>,
    /// A line stood there and held a secret, so it is not a part of this.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(super) secret: bool,
    /// The key above it; `None`: it was the first of its section.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) behind: Option<String>,
    /// Comments and blank lines between that key and this one.
    #[serde(default)]
    pub(super) between: usize,
}

/// It may hold a secret once it was filled in, so no `Debug` shows it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct FormerLine(String);

impl Drop for FormerLine {
    fn drop(&mut self) {
        zeroize::Zeroize::zeroize(&mut self.0);
    }
}

impl fmt::Debug for FormerLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FormerLine(..)")
    }
}

impl FormerLine {
    pub(super) fn text(&self) -> &str {
        &self.0
    }
}

/// One key as it stands in a section.
struct Stands<'a> {
    key: String,
    value: &'a str,
    /// Without its line break.
    line: &'a str,
    between: usize,
}

struct Section<'a> {
    /// Where the line of its name begins; `None` for keys before any section.
    head: Option<usize>,
    /// Nothing follows it in the file.
    last: bool,
    keys: Vec<Stands<'a>>,
}

/// Two states of a file, of which one was made out of the other.
pub struct Comparison<'a> {
    before: (&'a str, HashMap<&'a str, Section<'a>>),
    after: (&'a str, HashMap<&'a str, Section<'a>>),
}

impl<'a> Comparison<'a> {
    /// Of these profiles.
    #[must_use]
    pub fn of(before: &'a File, after: &'a File, wanted: impl Fn(&str) -> bool) -> Self {
        let side = |file: &'a File| (file.text.expose_secret(), sections(file, &|name| name == SETTINGS || wanted(name)));
        Self { before: side(before), after: side(after) }
    }

    /// What the change did to this profile. With what an earlier change of ours did to it: what stood there before that one counts, but for keys
    /// that somebody else has changed since.
    #[must_use]
    pub fn former(&self, profile: &str, earlier: Option<&Former>) -> Former {
        let now = self.section(profile, |_| true);
        let became_default = self.section(SETTINGS, |key| key == DEFAULT_PROFILE);
        let names_it = self.after.1.get(SETTINGS).is_some_and(|settings| settings.keys.iter().any(|it| is_default(it, profile)));
        let default = (names_it && !became_default.keys.is_empty()).then(|| Box::new(became_default));
        let Some(earlier) = earlier.filter(|_| self.before.1.contains_key(profile)) else { return Former { default, ..now } };
        let values = |section: Option<&Section<'_>>| -> HashMap<String, String> {
            section.map(|it| it.keys.iter().map(|it| (it.key.clone(), digest(it.value))).collect()).unwrap_or_default()
        };
        let was = values(self.before.1.get(profile));
        let untouched = |former: &FormerKey| was.get(&former.key) == former.ours.as_ref();
        let changed: HashMap<&str, &FormerKey> = now.keys.iter().map(|it| (it.key.as_str(), it)).collect();
        let mut keys: Vec<FormerKey> = Vec::with_capacity(earlier.keys.len());
        for former in &earlier.keys {
            match changed.get(former.key.as_str()) {
                None => keys.push(former.clone()),
                Some(again) if untouched(former) => {
                    let nothing = former.ours.is_some() && again.ours.is_none() && former.line.is_none() && !former.secret;
                    keys.extend((!nothing).then(|| FormerKey { ours: again.ours.clone(), ..former.clone() }));
                }
                Some(again) => keys.push((*again).clone()),
            }
        }
        let known: HashSet<String> = earlier.keys.iter().map(|former| former.key.clone()).collect();
        keys.extend(now.keys.into_iter().filter(|it| !known.contains(&it.key)));
        Former {
            made: earlier.made,
            lead: earlier.lead.clone(),
            unended: earlier.unended,
            keys,
            default: default.or_else(|| earlier.default.clone()),
        }
    }

    /// Of what was published before and became the default one now: what the settings said before.
    #[must_use]
    pub fn with_default(&self, profile: &str, earlier: &Former) -> Former {
        let default = self.former(profile, None).default;
        Former { default: default.or_else(|| earlier.default.clone()), ..earlier.clone() }
    }

    fn section(&self, name: &str, counts: impl Fn(&str) -> bool) -> Former {
        let (before, after) = (self.before.1.get(name), self.after.1.get(name));
        let Some(after) = after else { return Former::default() };
        let stood = before.map(|it| it.keys.as_slice()).unwrap_or_default();
        let stands: HashMap<&str, &Stands<'_>> = after.keys.iter().map(|it| (it.key.as_str(), it)).collect();
        let mut keys = Vec::new();
        let mut behind: Option<&str> = None;
        for former in stood {
            let now = stands.get(former.key.as_str());
            if counts(&former.key) && now.is_none_or(|now| now.line != former.line) {
                keys.push(FormerKey::of(former, now.map(|now| now.value), behind));
            }
            behind = Some(&former.key);
        }
        let known: HashSet<&str> = stood.iter().map(|it| it.key.as_str()).collect();
        let added = after.keys.iter().filter(|it| counts(&it.key) && !known.contains(it.key.as_str()));
        keys.extend(added.map(|it| FormerKey {
            key: it.key.clone(),
            ours: Some(digest(it.value)),
            line: None,
            secret: false,
            behind: None,
            between: 0,
        }));
        let made = before.is_none();
        let lead = if made { lead(self.before.0, self.after.0, after.head) } else { "" };
        let unended = before.is_some_and(|it| it.last) && !self.before.0.ends_with('\n') && self.after.0.ends_with('\n');
        Former { made, lead: lead.to_owned(), unended, keys, default: None }
    }
}

fn is_default(it: &Stands<'_>, profile: &str) -> bool {
    it.key == DEFAULT_PROFILE && it.value.trim() == profile
}

/// What stands in front of the new section and did not end the file before.
fn lead<'a>(before: &str, after: &'a str, head: Option<usize>) -> &'a str {
    let breaks = ['\r', '\n'];
    let front = head.and_then(|head| after.get(..head)).unwrap_or_default();
    let put = front.get(front.trim_end_matches(breaks).len()..).unwrap_or_default();
    if before.trim_end_matches(breaks).is_empty() {
        // The break that ends the line above belongs to that line.
        return put.find('\n').and_then(|end| put.get(end + 1..)).unwrap_or_default();
    }
    let ended = before.get(before.trim_end_matches(breaks).len()..).unwrap_or_default();
    put.strip_prefix(ended).unwrap_or_default()
}

impl FormerKey {
    fn of(former: &Stands<'_>, ours: Option<&str>, behind: Option<&str>) -> Self {
        let secret = may_be_secret(&former.key) || without_secrets(former.line) != former.line;
        Self {
            key: former.key.clone(),
            ours: ours.map(digest),
            line: (!secret).then(|| FormerLine(former.line.to_owned())),
            secret,
            behind: behind.map(str::to_owned),
            between: former.between,
        }
    }
}

impl Former {
    /// A section that holds what was published and nothing else: all of it goes.
    #[must_use]
    pub fn made_by_us(file: &File, profile: &str) -> Self {
        let found = sections(file, &|name| name == profile).remove(profile);
        let keys = found.into_iter().flat_map(|section| section.keys);
        Self { made: true, ..Self::added(keys) }
    }

    /// A section of which these keys were added and nothing else is known.
    #[must_use]
    pub fn only(file: &File, profile: &str, ours: impl Fn(&str) -> bool) -> Self {
        let found = sections(file, &|name| name == profile).remove(profile);
        Self::added(found.into_iter().flat_map(|section| section.keys).filter(|it| ours(&it.key)))
    }

    fn added<'a>(keys: impl Iterator<Item = Stands<'a>>) -> Self {
        let added =
            |it: Stands<'_>| FormerKey { ours: Some(digest(it.value)), key: it.key, line: None, secret: false, behind: None, between: 0 };
        Self { keys: keys.map(added).collect(), ..Self::default() }
    }

    /// The lines with secrets, out of the file as it was before.
    #[must_use]
    pub fn filled_from(mut self, before: &File, profile: &str) -> Self {
        let Some(section) = sections(before, &|name| name == profile).remove(profile) else { return self };
        for former in self.keys.iter_mut().filter(|former| former.secret) {
            let line = section.keys.iter().find(|it| it.key == former.key).map(|it| FormerLine(it.line.to_owned()));
            former.line = line.or_else(|| former.line.take());
        }
        self
    }

    /// Keys whose secrets stood there, and of which the line is not known.
    pub fn withheld(&self) -> impl Iterator<Item = &str> {
        self.keys.iter().filter(|former| former.secret && former.line.is_none()).map(|former| former.key.as_str())
    }

    /// Whether a secret stood there.
    #[must_use]
    pub fn held_secrets(&self) -> bool {
        self.keys.iter().any(|former| former.secret)
    }

    /// The keys that somebody has changed or added since, and which stay as they are.
    #[must_use]
    pub fn stays(&self, file: &File, profile: &str) -> Vec<String> {
        let Some(section) = sections(file, &|name| name == profile).remove(profile) else { return Vec::new() };
        let known: HashMap<&str, &FormerKey> = self.keys.iter().map(|former| (former.key.as_str(), former)).collect();
        let stays = |it: &&Stands<'_>| match known.get(it.key.as_str()) {
            Some(former) => former.ours.as_deref() != Some(digest(it.value).as_str()),
            None => self.made,
        };
        section.keys.iter().filter(stays).map(|it| it.key.clone()).collect()
    }
}

/// Of a value, so that what was put there is known again without being remembered.
pub(super) fn digest(value: &str) -> String {
    hex(&Sha256::digest(value))
}

/// As Go reads them: of a key that stands there twice the last one counts.
fn sections<'a>(file: &'a File, wanted: &dyn Fn(&str) -> bool) -> HashMap<&'a str, Section<'a>> {
    let text = file.text.expose_secret();
    let mut found: HashMap<&str, Section<'_>> = HashMap::new();
    let mut inside = Some("DEFAULT").filter(|name| wanted(name));
    let mut between = 0;
    for line in &file.lines {
        match &line.kind {
            Kind::Section(name) => {
                inside = Some(name.of(text)).filter(|name| wanted(name));
                between = 0;
                if let Some(name) = inside {
                    found.entry(name).or_insert(Section { head: Some(line.bytes.start), last: false, keys: Vec::new() });
                }
            }
            Kind::Entry(entry) => {
                if let Some(name) = inside {
                    let section = found.entry(name).or_insert(Section { head: None, last: false, keys: Vec::new() });
                    let key = small(entry.key.of(text)).into_owned();
                    section.keys.retain(|known| known.key != key);
                    section.keys.push(Stands { key, value: entry.value.of(text), line: written(text, line), between });
                }
                between = 0;
            }
            Kind::Blank | Kind::Comment => between += 1,
        }
    }
    if let Some(section) = inside.and_then(|name| found.get_mut(name)) {
        section.last = true;
    }
    found
}

fn written<'a>(text: &'a str, line: &Line) -> &'a str {
    text.get(line.bytes.clone()).unwrap_or_default().trim_end_matches(['\r', '\n'])
}

/// The comment behind the value of this line, sign included.
pub(super) fn comment_of(line: &str) -> Option<Zeroizing<String>> {
    let lines = super::lines::lines(line).ok()?;
    let Kind::Entry(entry) = &lines.first()?.kind else { return None };
    line.get(entry.comment.clone()?).map(|comment| Zeroizing::new(comment.to_owned()))
}

/// The value that this line gives its key.
pub(super) fn value_of(line: &str) -> Option<Zeroizing<String>> {
    let lines = super::lines::lines(line).ok()?;
    let Kind::Entry(entry) = &lines.first()?.kind else { return None };
    Some(Zeroizing::new(entry.value.of(line).to_owned()))
}
