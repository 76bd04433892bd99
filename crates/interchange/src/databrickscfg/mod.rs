//! `.databrickscfg`, as the Databricks CLI and SDKs read it: what stands in it, how each of them understands it, and how one section of it is
//! changed without touching a byte of the rest.
//!
//! The Go dialect (ini.v1) is the one that counts; where Python (`configparser`) or Java (commons-configuration) would read something else, that
//! is a warning. What is written is the subset that all of them read alike.

mod dialects;
mod diff;
mod edit;
mod former;
mod keys;
mod leads;
mod lines;
mod name;
pub mod python;
mod suspects;
#[cfg(test)]
mod tests;

use std::{collections::HashMap, ops::Range};

use secrecy::{ExposeSecret, SecretString};

use self::lines::{Kind, Line, Unreadable};
pub use self::{
    diff::{DiffKind, DiffLine},
    former::{Comparison, Former},
    keys::{decides, is_secret},
    leads::{Leads, Places},
    name::ProfileName,
    suspects::Suspect,
};

use brickpass_core::{
    connection::{Connection, ConnectionId, Level},
    failure::{Code, Failure},
};

/// The section that holds settings of the CLI and is never a profile.
pub const SETTINGS: &str = "__settings__";

/// More is no file of profiles (1 MiB, and room for a thousand of them many times over).
pub const LARGEST: usize = 4 * 1024 * 1024;

/// More of them say nothing new.
const MAX_WARNINGS: usize = 2;

/// The file as text and line by line: everything that is needed to change a line of it. It is taken apart once.
pub struct File {
    text: SecretString,
    lines: Vec<Line>,
}

/// One profile, as Go reads it: a view of the file.
pub struct Profile<'a> {
    pub name: &'a str,
    /// Keys in their order, secrets among them; the last of two wins.
    keys: Vec<(&'a str, Value<'a>)>,
    /// Lines of the file, counted from 1.
    pub lines: Range<usize>,
}

/// What stands behind a key, where it stands: it may be a secret, so it has to be exposed to be read, and no `Debug` shows it.
#[derive(Clone, Copy)]
pub struct Value<'a>(&'a str);

impl ExposeSecret<str> for Value<'_> {
    fn expose_secret(&self) -> &str {
        self.0
    }
}

impl<'a> Value<'a> {
    /// As long as the file is there.
    #[must_use]
    pub fn in_file(self) -> &'a str {
        self.0
    }

    /// A copy of its own.
    #[must_use]
    pub fn to_secret(self) -> SecretString {
        SecretString::from(self.0)
    }
}

impl<'a> Profile<'a> {
    /// A value that is no secret; `None` also for secrets.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&'a str> {
        self.keys().find(|(name, _)| *name == key && !is_secret(key)).map(|(_, value)| value.0)
    }

    /// All keys in their order, secrets among them.
    pub fn keys(&self) -> impl Iterator<Item = (&'a str, Value<'a>)> {
        self.keys.iter().copied()
    }

    /// The keys whose values are secrets and stand in the file in plain text: `token`, `client_secret`, `password`...
    pub fn secrets(&self) -> impl Iterator<Item = (&'a str, Value<'a>)> {
        self.keys().filter(|(key, _)| is_secret(key))
    }

    fn begun(name: &'a str, line: usize) -> Self {
        Self { name, keys: Vec::new(), lines: line..line + 1 }
    }

    /// The last one counts; an empty value is none.
    fn take(&mut self, key: &'a str, value: &'a str, line: usize) {
        self.keys.retain(|(known, _)| *known != key);
        if !value.is_empty() {
            self.keys.push((key, Value(value)));
        }
        self.lines.end = self.lines.end.max(line + 1);
    }
}

/// Another program reads something else, or nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remark {
    pub line: usize,
    /// In words, without a value of the file.
    pub words: String,
}

impl File {
    /// An empty file is one without profiles. `bytes` is all of it.
    ///
    /// # Errors
    /// Not UTF-8, too long, a line that Go refuses: which line, why.
    pub fn read(bytes: &[u8]) -> Result<Self, Failure> {
        Self::fits(bytes)?;
        if is_utf_16(bytes) {
            return Err(in_another_encoding(
                "It is UTF-16 text, as written by PowerShell's >, and no Databricks tool reads that.".to_owned(),
            ));
        }
        let text = std::str::from_utf8(bytes).map_err(|error| {
            let line = bytes.iter().take(error.valid_up_to()).filter(|byte| **byte == b'\n').count() + 1;
            in_another_encoding(format!(
                "Line {line} contains a character that is not UTF-8 (perhaps ANSI, perhaps in a comment), so the Python SDK rejects the whole file."
            ))
        })?;
        if text.contains('\0') {
            return Err(unreadable("It contains bytes that are not text.".to_owned()));
        }
        Self::of(SecretString::from(text.to_owned()))
            .map_err(|wrong| unreadable(format!("Line {} is {}, so the Databricks CLI rejects the whole file.", wrong.line, wrong.why)))
    }

    /// # Errors
    /// It is longer than what is read again.
    pub fn fits(bytes: &[u8]) -> Result<(), Failure> {
        if bytes.len() > LARGEST {
            return Err(unreadable("It is too large for a profile file.".to_owned()));
        }
        Ok(())
    }

    fn of(text: SecretString) -> Result<Self, Unreadable> {
        let lines = lines::lines(text.expose_secret())?;
        Ok(Self { text, lines })
    }

    /// All of it, to be written back.
    #[must_use]
    pub fn text(&self) -> &SecretString {
        &self.text
    }

    /// In their order; [`SETTINGS`] is none. `DEFAULT` is one only when it holds something.
    #[must_use]
    pub fn profiles(&self) -> Vec<Profile<'_>> {
        let mut found = self.sections();
        found.retain(|section| section.name != SETTINGS && (section.name != "DEFAULT" || !section.keys.is_empty()));
        found
    }

    fn sections(&self) -> Vec<Profile<'_>> {
        let text = self.text.expose_secret();
        let mut found: Vec<Profile<'_>> = Vec::new();
        let mut place: HashMap<&str, usize> = HashMap::new();
        let mut current: Option<usize> = None;
        let mut open = |found: &mut Vec<_>, name, line| {
            *place.entry(name).or_insert_with(|| {
                found.push(Profile::begun(name, line));
                found.len() - 1
            })
        };
        for line in &self.lines {
            match &line.kind {
                Kind::Section(name) => current = Some(open(&mut found, name.of(text), line.number)),
                Kind::Entry(entry) => {
                    let at = *current.get_or_insert_with(|| open(&mut found, "DEFAULT", line.number));
                    if let Some(section) = found.get_mut(at) {
                        section.take(entry.key.of(text), entry.value.of(text), line.number);
                    }
                }
                Kind::Blank | Kind::Comment => {}
            }
        }
        found
    }

    /// Every secret that stands in it in plain text, whether Go reads it or a later line takes its place.
    pub fn secrets(&self) -> impl Iterator<Item = (&str, Value<'_>)> {
        let text = self.text.expose_secret();
        self.lines.iter().filter_map(move |line| match &line.kind {
            Kind::Entry(entry) => {
                Some((entry.key.of(text), Value(entry.value.of(text)))).filter(|(key, value)| is_secret(key) && !value.0.is_empty())
            }
            _ => None,
        })
    }

    /// One of [`Self::profiles`], without making the others.
    #[must_use]
    pub fn profile<'a>(&'a self, name: &'a str) -> Option<Profile<'a>> {
        let found = self.section(name).filter(|_| name != SETTINGS)?;
        (name != "DEFAULT" || !found.keys.is_empty()).then_some(found)
    }

    fn section<'a>(&'a self, name: &'a str) -> Option<Profile<'a>> {
        let text = self.text.expose_secret();
        let mut found: Option<Profile<'a>> = None;
        // Keys before any section belong to DEFAULT.
        let mut inside = name == "DEFAULT";
        for line in &self.lines {
            match &line.kind {
                Kind::Section(section) => {
                    inside = section.of(text) == name;
                    if inside {
                        found.get_or_insert_with(|| Profile::begun(name, line.number));
                    }
                }
                Kind::Entry(entry) if inside => {
                    let section = found.get_or_insert_with(|| Profile::begun(name, line.number));
                    section.take(entry.key.of(text), entry.value.of(text), line.number);
                }
                _ => {}
            }
        }
        found
    }

    /// The profile that is used when nobody names one: that of the settings, else `DEFAULT` when it has a host.
    #[must_use]
    pub fn default_profile(&self) -> Option<String> {
        if let Some(named) = self.setting("default_profile") {
            return Some(named).filter(|name| name != SETTINGS);
        }
        let default = self.section("DEFAULT")?;
        default.get("host").is_some().then(|| default.name.to_owned())
    }

    /// The first section or key that stands in the file twice, in words: Python's SDK refuses the whole file for it.
    #[must_use]
    pub fn duplicate(&self) -> Option<Remark> {
        dialects::duplicates(self.text.expose_secret(), &self.lines).into_iter().next()
    }

    /// What `[__settings__]` says of a key, where the Databricks CLI keeps what it was told.
    #[must_use]
    pub fn setting(&self, key: &str) -> Option<String> {
        self.section(SETTINGS)?.get(key).map(str::trim).filter(|value| !value.is_empty()).map(str::to_owned)
    }

    /// Where Python or Java would read it otherwise than Go.
    #[must_use]
    pub fn remarks(&self) -> Vec<Remark> {
        dialects::remarks(self.text.expose_secret(), &self.lines)
    }

    /// The text with one change, and what it is as a diff with secrets masked.
    ///
    /// # Errors
    /// A value that not all readers would read alike (rule C-8).
    pub fn changed(&self, edit: &Edit) -> Result<Changed, Failure> {
        edit::changed(self, edit)
    }
}

/// What is to be changed. All else keeps every byte.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Edit {
    /// The section holds these keys of ours and no other way to sign in; keys that are no credentials stay.
    Put { profile: ProfileName, keys: Vec<(&'static str, String)> },
    /// These keys go: *Move secrets out of this file*. In a plan, without a key: nobody holds its secrets, and they stay.
    RemoveKeys { profile: String, keys: Vec<String> },
    /// The profile that was published goes, and what stood there before comes back: `former`, which the engine knows. Without it, the whole section
    /// goes.
    Remove { profile: String, former: Option<Former> },
    /// `[__settings__] default_profile`.
    Default { profile: String },
    /// One after the other, as one change: one diff, one backup, one way back. With the connection that each of them publishes, if any.
    Several(Vec<(Option<ConnectionId>, Edit)>),
}

impl Edit {
    /// What a person should know before they agree to it: tools that the profile will not work with.
    #[must_use]
    pub fn warnings(&self) -> Vec<String> {
        match self {
            Self::Put { profile, keys } => {
                // It splits the command at blanks (`CliTokenSource`), and there is no way to quote it.
                let helper = keys.iter().find(|(key, path)| *key == "databricks_cli_path" && path.contains(char::is_whitespace));
                let words = |(_, path): &(&str, String)| {
                    format!(
                        "The SDK for Java cannot sign in with the profile {}: it cannot start a program with a space in its path ({path}). \
                         All other tools can. For Java, install Brickpass in a folder without a space, then publish again.",
                        profile.as_str()
                    )
                };
                helper.map(words).into_iter().collect()
            }
            Self::Several(edits) => {
                let staying: Vec<&str> = edits.iter().filter_map(|(_, edit)| edit.stays()).collect();
                let mut warnings: Vec<String> = edits.iter().flat_map(|(_, edit)| edit.warnings()).collect();
                // The same program stands in all of them.
                warnings.truncate(MAX_WARNINGS);
                warnings.extend(staying_words(&staying));
                warnings
            }
            Self::RemoveKeys { .. } | Self::Remove { .. } | Self::Default { .. } => Vec::new(),
        }
    }

    /// How many sections are put.
    #[must_use]
    pub fn published(&self) -> usize {
        match self {
            Self::Put { .. } => 1,
            Self::Several(edits) => edits.iter().map(|(_, edit)| edit.published()).sum(),
            Self::RemoveKeys { .. } | Self::Remove { .. } | Self::Default { .. } => 0,
        }
    }

    fn stays(&self) -> Option<&str> {
        match self {
            Self::RemoveKeys { profile, keys } if keys.is_empty() => Some(profile),
            _ => None,
        }
    }
}

fn staying_words(profiles: &[&str]) -> Option<String> {
    let (first, others) = profiles.split_first()?;
    let of = match others.len() {
        0 => format!("the profile {first}"),
        more => format!("{} profiles ({first} and {more} more)", more + 1),
    };
    Some(format!("The secrets of {of} stay in the file: no connection to the same workspace has the same secrets. Import them first."))
}

pub struct Changed {
    /// What the change made of it, read again.
    pub file: File,
    /// Empty: nothing changes.
    pub diff: Vec<DiffLine>,
}

/// What stands in the section of a published connection: address, `auth_type = databricks-cli`, and where our program is. No secret.
#[must_use]
pub fn published(connection: &Connection, helper: &str) -> Vec<(&'static str, String)> {
    let mut keys = vec![("host", connection.base_url.as_str().to_owned())];
    if let Level::Account { account_id } = &connection.level {
        keys.push(("account_id", account_id.as_str().to_owned()));
    }
    keys.extend(connection.workspace_id.clone().map(|id| ("workspace_id", id)));
    keys.extend(own_scopes(connection).map(|scopes| ("scopes", scopes)));
    keys.push(("auth_type", "databricks-cli".to_owned()));
    keys.push(("databricks_cli_path", helper.to_owned()));
    keys
}

/// What a person has limited a sign-in to, as the CLI's `auth login --scopes` writes it. SDKs compare it with the token, so it
/// is only written where the token is asked for with just these.
fn own_scopes(connection: &Connection) -> Option<String> {
    let scopes = connection.auth.own_scopes().filter(|_| connection.sign_in_of.is_none())?;
    let own: Vec<&str> = scopes.iter().filter(|scope| *scope != "offline_access").collect();
    (!own.is_empty() && own != ["all-apis"]).then(|| own.join(","))
}

fn is_utf_16(bytes: &[u8]) -> bool {
    let nothing = |bytes: &[u8], at: usize| bytes.len() > 3 && bytes.iter().skip(at).step_by(2).take(32).all(|byte| *byte == 0);
    bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") || (nothing(bytes, 0) != nothing(bytes, 1))
}

fn in_another_encoding(why: String) -> Failure {
    Failure { fix: "Save it as UTF-8 in an editor. Brickpass does not change the file.".to_owned(), ..unreadable(why) }
}

fn unreadable(why: String) -> Failure {
    Failure::new(
        Code::FileUnreadable,
        "The profile file cannot be read.",
        why,
        "Correct that line in an editor. Brickpass does not change the file.",
    )
}
