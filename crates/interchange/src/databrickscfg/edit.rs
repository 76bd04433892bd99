//! One change to the text. Every line that is not asked about keeps every byte.

mod give_back;

use std::{
    collections::{HashMap, HashSet},
    iter::Peekable,
};

use secrecy::{ExposeSecret as _, SecretString};
use zeroize::Zeroizing;

use super::{
    Changed, Edit, File, SETTINGS,
    diff::diff,
    keys::{is_sign_in, place},
    lines::{Entry, Kind, Line},
    python,
};
use brickpass_core::failure::{Code, Failure};

/// What is to become of one line, or of what follows it.
enum Act {
    Keep,
    /// Another text in its place; empty: it goes.
    Replace(Zeroizing<String>),
}

struct Draft<'a> {
    text: &'a str,
    lines: &'a [Line],
    /// Of each name, when many are changed.
    found: Option<HashMap<&'a str, Vec<usize>>>,
    acts: Vec<Act>,
    /// Put behind the line of this number in the list.
    behind: Vec<(usize, Zeroizing<String>)>,
    /// Put at the end of the file.
    end: Zeroizing<String>,
    /// What goes from the end of the file.
    strip: String,
    newline: &'static str,
}

pub(super) fn changed(file: &File, edit: &Edit) -> Result<Changed, Failure> {
    let new = apply(file, edit)?;
    let diff = diff((file.text.expose_secret(), &file.lines), (new.text.expose_secret(), &new.lines));
    Ok(Changed { file: new, diff })
}

fn apply(file: &File, edit: &Edit) -> Result<File, Failure> {
    let mut draft = Draft::of(file);
    match edit {
        Edit::Put { profile, keys } => draft.publish(profile.as_str(), keys)?,
        Edit::RemoveKeys { profile, keys } => draft.remove_keys(profile, |key| keys.iter().any(|gone| gone == key)),
        Edit::Remove { profile, former: Some(former) } => return give_back::give_back(file, profile, former),
        Edit::Remove { profile, former: None } => {
            draft.remove_section(profile);
            draft.remove_default(profile);
        }
        Edit::Default { profile } => {
            if file.profile(profile).is_none() {
                return Err(no_profile(profile));
            }
            draft.put(SETTINGS, &[("default_profile", profile.clone())])?;
        }
        Edit::Several(edits) => {
            let mut now = None;
            let mut edits = edits.iter().map(|(_, edit)| edit).peekable();
            while edits.peek().is_some() {
                let before = now.as_ref().unwrap_or(file);
                now = Some(match together(before, &mut edits) {
                    Some(after) => after?,
                    None => edits.next().map_or_else(|| Err(not_read_back()), |edit| apply(before, edit))?,
                });
            }
            return now.map_or_else(|| File::of(file.text.clone()).map_err(|_| not_read_back()), Ok);
        }
    }
    let new = drawn(draft)?;
    if let Edit::Put { profile, keys } = edit {
        alike(file.text.expose_secret(), new.text.expose_secret(), &[(profile.as_str(), keys)])?;
    }
    Ok(new)
}

fn drawn(draft: Draft<'_>) -> Result<File, Failure> {
    let mut new = draft.finish();
    File::of(SecretString::from(std::mem::take(&mut *new))).map_err(|_| not_read_back())
}

/// Sections that stand in the file and are put one after the other: none of them knows of another one, so one pass over the file makes them
/// all. `None`: the next edit is of another kind.
fn together<'a>(file: &File, edits: &mut Peekable<impl Iterator<Item = &'a Edit>>) -> Option<Result<File, Failure>> {
    let mut draft = Draft::of(file);
    let sections = draft.sections();
    let mut put: Vec<Put<'a>> = Vec::new();
    let mut seen = HashSet::new();
    while let Some(Edit::Put { profile, keys }) = edits.next_if(|edit| match edit {
        Edit::Put { profile, .. } => sections.contains_key(profile.as_str()) && seen.insert(profile.as_str()),
        _ => false,
    }) {
        put.push((profile.as_str(), keys));
    }
    if put.is_empty() {
        return None;
    }
    draft.found = Some(sections);
    let published = put.iter().try_for_each(|(profile, keys)| draft.publish(profile, keys));
    Some(published.and_then(|()| {
        let new = drawn(draft)?;
        alike(file.text.expose_secret(), new.text.expose_secret(), &put)?;
        Ok(new)
    }))
}

/// A section, and what it is to hold.
type Put<'a> = (&'a str, &'a [(&'static str, String)]);

impl<'a> Draft<'a> {
    /// What [`Self::section`] finds, for all names.
    fn sections(&self) -> HashMap<&'a str, Vec<usize>> {
        let mut found: HashMap<&str, Vec<usize>> = HashMap::new();
        // Keys before any section belong to DEFAULT.
        let mut inside = "DEFAULT";
        for (at, line) in self.lines.iter().enumerate() {
            if let Kind::Section(section) = &line.kind {
                inside = section.of(self.text);
            }
            found.entry(inside).or_default().push(at);
        }
        found
    }

    fn of(file: &'a File) -> Self {
        let (text, lines) = (file.text.expose_secret(), file.lines.as_slice());
        Self {
            found: None,
            text,
            lines,
            acts: lines.iter().map(|_| Act::Keep).collect(),
            behind: Vec::new(),
            end: Zeroizing::default(),
            strip: String::new(),
            newline: if text.contains("\r\n") { "\r\n" } else { "\n" },
        }
    }
}

impl Draft<'_> {
    fn line(&self, at: usize) -> &str {
        self.lines.get(at).and_then(|line| self.text.get(line.bytes.clone())).unwrap_or_default()
    }

    /// Which lines belong to sections of this name; the head of each comes first. A section may stand in the file several times.
    fn section(&self, name: &str) -> Vec<usize> {
        if let Some(all) = &self.found {
            return all.get(name).cloned().unwrap_or_default();
        }
        // Keys before any section belong to DEFAULT.
        let mut inside = name == "DEFAULT";
        let mut found = Vec::new();
        for (at, line) in self.lines.iter().enumerate() {
            if let Kind::Section(section) = &line.kind {
                inside = section.of(self.text) == name;
            }
            if inside {
                found.push(at);
            }
        }
        found
    }

    fn entries(&self, name: &str) -> impl DoubleEndedIterator<Item = (usize, &Entry)> {
        self.section(name).into_iter().filter_map(|at| match self.lines.get(at).map(|line| &line.kind) {
            Some(Kind::Entry(entry)) => Some((at, entry)),
            _ => None,
        })
    }

    fn key<'a>(&'a self, entry: &'a Entry) -> &'a str {
        entry.key.of(self.text)
    }

    fn value<'a>(&'a self, entry: &'a Entry) -> &'a str {
        entry.value.of(self.text)
    }

    fn replace(&mut self, at: usize, text: Zeroizing<String>) {
        if let Some(act) = self.acts.get_mut(at) {
            *act = Act::Replace(text);
        }
    }

    fn remove_keys(&mut self, profile: &str, gone: impl Fn(&str) -> bool) {
        let going: Vec<usize> = self.entries(profile).filter(|(_, entry)| gone(self.key(entry))).map(|(at, _)| at).collect();
        for at in going {
            self.replace(at, Zeroizing::default());
        }
    }

    /// The section holds these keys of ours and no other way to sign in.
    fn publish(&mut self, profile: &str, keys: &[(&'static str, String)]) -> Result<(), Failure> {
        // Small letters: to Python they are the same.
        let elsewhere = self.leads_elsewhere(profile, keys);
        let foreign = |key: &str| {
            let small = key.to_lowercase();
            // Whose account and workspace the former address was in, the new one knows nothing of.
            let goes = is_sign_in(&small) || elsewhere && matches!(small.as_str(), "account_id" | "workspace_id");
            goes && keys.iter().all(|(ours, _)| *ours != small)
        };
        self.remove_keys(profile, foreign);
        self.put(profile, keys)
    }

    /// The section has another address than the one that is put.
    fn leads_elsewhere(&self, profile: &str, keys: &[(&'static str, String)]) -> bool {
        let new = keys.iter().find(|(key, _)| *key == "host").map(|(_, host)| host.trim_end_matches('/'));
        let old = self.entries(profile).rfind(|(_, entry)| self.key(entry) == "host" && !self.value(entry).is_empty());
        new.zip(old).is_some_and(|(new, (_, old))| !self.value(old).trim_end_matches('/').eq_ignore_ascii_case(new))
    }

    /// A default profile that is not there is an error to the SDKs.
    fn remove_default(&mut self, profile: &str) {
        let is_it = |entry: &Entry| self.key(entry) == "default_profile" && self.value(entry).trim() == profile;
        let going: Vec<usize> = self.entries(SETTINGS).filter(|(_, entry)| is_it(entry)).map(|(at, _)| at).collect();
        for at in going {
            self.replace(at, Zeroizing::default());
        }
    }

    /// With its own comments and the blank lines behind it; comments right above the next section stay with that one.
    fn remove_section(&mut self, profile: &str) {
        let all = self.section(profile);
        for (position, &at) in all.iter().enumerate() {
            let last_entry =
                all.iter().rposition(|&at| matches!(self.lines.get(at).map(|line| &line.kind), Some(Kind::Entry(_) | Kind::Section(_))));
            let comment = matches!(self.lines.get(at).map(|line| &line.kind), Some(Kind::Comment));
            if last_entry.is_some_and(|last| position <= last) || !comment {
                self.replace(at, Zeroizing::default());
            }
        }
    }

    fn put(&mut self, section: &str, keys: &[(&'static str, String)]) -> Result<(), Failure> {
        for (key, value) in keys {
            fit(value).map_err(|why| unwritable(&format!("The value of {key}"), why))?;
        }
        if self.section(section).is_empty() {
            self.append_section(section, keys);
            return Ok(());
        }
        let mut missing: Vec<&(&'static str, String)> = Vec::new();
        for pair in keys {
            let (key, value) = pair;
            let there: Vec<usize> =
                self.entries(section).filter(|(_, entry)| self.key(entry).eq_ignore_ascii_case(key)).map(|(at, _)| at).collect();
            // The last one counts; a second one would be an error to Python.
            let Some((&last, others)) = there.split_last() else {
                missing.push(pair);
                continue;
            };
            for &at in others {
                self.replace(at, Zeroizing::default());
            }
            self.set_value(last, key, value);
        }
        missing.sort_by_key(|(key, _)| place(key));
        self.add(section, &missing);
        Ok(())
    }

    fn set_value(&mut self, at: usize, key: &str, value: &str) {
        let line = Zeroizing::new(self.line(at).to_owned());
        let Some(Kind::Entry(entry)) = self.lines.get(at).map(|line| &line.kind) else { return };
        let before = line.get(..entry.place.start).unwrap_or_default();
        let (written, delimiter) = before.split_once(['=', ':']).unwrap_or((before, ""));
        let named = written.trim() == key;
        let plain = !entry.written.quoted && !entry.written.only_go && !entry.written.colon && entry.comment.is_none();
        if named && plain && self.value(entry) == value {
            return;
        }
        let ending = line.get(line.trim_end_matches(['\r', '\n']).len()..).unwrap_or_default();
        let indent = written.get(..written.len() - written.trim_start().len()).unwrap_or_default();
        let mut new = Zeroizing::new(String::with_capacity(line.len() + key.len() + value.len() + 4));
        if let Some(comment) = entry.comment.clone().and_then(|place| line.get(place)) {
            // Behind the value, Python and Java take it for a part of that.
            new.push_str(indent);
            new.push_str(comment);
            new.push_str(if ending.is_empty() { self.newline } else { ending });
        }
        if named {
            new.push_str(written);
        } else {
            new.push_str(indent);
            new.push_str(key);
            new.push(' ');
        }
        // JavaScript knows no colon.
        new.push('=');
        new.push_str(if named && delimiter.trim().is_empty() && !delimiter.is_empty() { delimiter } else { " " });
        new.push_str(value);
        new.push_str(if ending.is_empty() || ending.matches('\n').count() == 1 { ending } else { self.newline });
        self.replace(at, new);
    }

    /// Behind the last key of the section, aligned as its neighbours are.
    fn add(&mut self, section: &str, keys: &[&(&'static str, String)]) {
        if keys.is_empty() {
            return;
        }
        let columns: Vec<usize> = self.entries(section).filter_map(|(at, _)| self.line(at).find('=')).collect();
        let aligned = columns.first().copied().filter(|first| columns.len() > 1 && columns.iter().all(|column| column == first));
        let width = aligned.map_or(0, |column| column.saturating_sub(1));
        let all = self.section(section);
        let last = self.entries(section).map(|(at, _)| at).next_back();
        let Some(behind) =
            last.or_else(|| all.iter().copied().find(|at| matches!(self.lines.get(*at).map(|line| &line.kind), Some(Kind::Section(_)))))
        else {
            return;
        };
        let mut text = Zeroizing::new(String::new());
        let line = self.line(behind);
        if !line.ends_with('\n') {
            text.push_str(self.newline);
        }
        // A value that the end of the file has cut off would go on in the line that comes next.
        let goes_on = line.trim_end().ends_with('\\') && line.rsplit('\\').next().is_some_and(|rest| rest.matches('\n').count() < 2);
        let replaced = matches!(self.acts.get(behind), Some(Act::Replace(_)));
        if goes_on && !replaced && matches!(self.lines.get(behind).map(|line| &line.kind), Some(Kind::Entry(_))) {
            text.push_str(self.newline);
        }
        for (key, value) in keys.iter().copied() {
            push_entry(&mut text, key, value, width, self.newline);
        }
        self.behind.push((behind, text));
    }

    fn append_section(&mut self, section: &str, keys: &[(&'static str, String)]) {
        let width = keys.iter().map(|(key, _)| key.len()).max().unwrap_or_default();
        let mut text = Zeroizing::new(String::new());
        let ends = self.text.ends_with('\n') || self.text.is_empty();
        if !ends {
            text.push_str(self.newline);
        }
        let blank = self.lines.last().is_none_or(|line| matches!(line.kind, Kind::Blank));
        if !blank || !ends {
            text.push_str(self.newline);
        }
        text.push('[');
        text.push_str(section);
        text.push(']');
        text.push_str(self.newline);
        let mut keys: Vec<&(&'static str, String)> = keys.iter().collect();
        keys.sort_by_key(|(key, _)| place(key));
        for (key, value) in keys {
            push_entry(&mut text, key, value, width, self.newline);
        }
        self.end = text;
    }

    fn finish(mut self) -> Zeroizing<String> {
        self.behind.sort_by_key(|(at, _)| *at);
        // Room for everything, so that no copy is left behind by growing.
        let added: usize = self.behind.iter().map(|(_, text)| text.len()).sum::<usize>() + self.end.len();
        let replaced: usize = self.acts.iter().map(|act| if let Act::Replace(text) = act { text.len() } else { 0 }).sum();
        let mut new = Zeroizing::new(String::with_capacity(self.text.len() + added + replaced));
        let mut behind = self.behind.iter().peekable();
        for at in 0..self.lines.len() {
            match self.acts.get(at) {
                Some(Act::Replace(text)) => new.push_str(text),
                _ => new.push_str(self.line(at)),
            }
            while let Some((_, text)) = behind.next_if(|(behind, _)| *behind == at) {
                new.push_str(text);
            }
        }
        new.push_str(&self.end);
        if let Some(kept) = new.strip_suffix(&self.strip).map(str::len) {
            new.truncate(kept);
        }
        // No reader but Go bears it.
        // A second one belongs to the first line, which would be read differently without the first.
        let marks = new.chars().take_while(|&at| at == super::lines::BOM).count();
        if marks == 1 && added + replaced > 0 {
            new.drain(..super::lines::BOM.len_utf8());
        }
        new
    }
}

fn push_entry(text: &mut String, key: &str, value: &str, width: usize, newline: &str) {
    text.push_str(key);
    for _ in key.len()..width {
        text.push(' ');
    }
    text.push_str(" = ");
    text.push_str(value);
    text.push_str(newline);
}

/// What Python makes of what was put: a line of the person's own, which stays as it is, may change that.
fn alike(before: &str, after: &str, put: &[Put<'_>]) -> Result<(), Failure> {
    let names: HashSet<&str> = if let [_] = put { HashSet::new() } else { put.iter().map(|(section, _)| *section).collect() };
    let wanted = |name: &str| if let [(only, _)] = put { name == *only } else { names.contains(name) };
    let Ok(read) = python::sections(after, wanted) else {
        // What it could not read before is told by the remarks.
        let refused_before = python::sections(before, |_| false).is_err();
        return if refused_before { Ok(()) } else { Err(otherwise(put.first().map_or("", |(section, _)| section))) };
    };
    let meant = |(section, keys): &Put<'_>| {
        let found = read.get(section);
        keys.iter().all(|(key, value)| found.and_then(|found| found.get(*key)).is_some_and(|found| **found == *value))
    };
    put.iter().find(|put| !meant(put)).map_or(Ok(()), |(section, _)| Err(otherwise(section)))
}

fn otherwise(section: &str) -> Failure {
    Failure::new(
        Code::InvalidInput,
        format!("The profile {section} cannot be changed in its current form."),
        "One of its lines is indented deeper than the line before, or continues on the next line, so the Python SDK and the CLI would read the profile differently.",
        "Nothing was changed. Write each key on its own line without an indent, or choose a different profile name.",
    )
}

/// Go, Python, Java and JavaScript read it alike: rule by rule what one of them would change.
fn fit(value: &str) -> Result<(), &'static str> {
    if value.is_empty() {
        return Err("it is empty");
    }
    if !value.chars().all(|c| c.is_ascii_graphic() || c == ' ') {
        return Err("it contains characters that Databricks' tools read differently");
    }
    if value.trim() != value {
        return Err("it starts or ends with a space");
    }
    if value.starts_with(['#', ';']) {
        return Err("it starts like a comment");
    }
    if value.contains(['"', '\'', '`']) {
        return Err("it contains a quotation mark, which some tools remove and others keep");
    }
    if value.contains("${") || value.contains("%(") {
        return Err("it contains the start of a variable");
    }
    if value.contains(" #") || value.contains(" ;") {
        return Err("some tools would read part of it as a comment");
    }
    if value.ends_with('\\') {
        return Err("it ends with a backslash, which would include the next line");
    }
    Ok(())
}

fn no_profile(name: &str) -> Failure {
    Failure::new(
        Code::InvalidInput,
        format!("Profile \"{}\" does not exist.", name.escape_debug()),
        "Tools that use it as the default would fail.",
        "Nothing was changed. Choose a profile in the file.",
    )
}

fn not_read_back() -> Failure {
    unwritable("One of its lines", "it would not be read back")
}

fn unwritable(what: &str, why: &str) -> Failure {
    Failure::new(
        Code::InvalidInput,
        format!("{what} cannot be written into this file."),
        format!("The format has no safe way to write it: {why}."),
        "Change the value, or export the connection in another format.",
    )
}
