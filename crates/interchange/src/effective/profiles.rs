//! The file of profiles as each family of tools reads it.

use std::path::Path;

use secrecy::ExposeSecret as _;

use super::{Family, Problem, java_ini};
use crate::databrickscfg::{self, File, SETTINGS, python};

/// The configuration file.
pub enum Profiles {
    Missing,
    /// Why.
    Unreadable(Problem),
    Read {
        /// Of the settings.
        default_profile: Option<String>,
        sections: Vec<Section>,
        /// Where another family reads something else: the line, counted from 1, and what.
        remarks: Vec<(usize, String)>,
    },
}

/// One profile.
#[derive(Debug, Clone, Default)]
pub struct Section {
    pub name: String,
    /// Where it begins, counted from 1.
    pub line: usize,
    /// The line behind its last one; 0 where nobody knows.
    pub end: usize,
    /// `None`: a secret.
    pub values: Vec<(String, Option<String>)>,
    /// Keys without a value.
    pub empty: Vec<String>,
    /// Secrets that nobody can sign in with, and why.
    pub spoiled: Vec<(String, &'static str)>,
}

impl Section {
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.values.iter().find(|(known, _)| known == name)?.1.as_deref()
    }

    fn take(&mut self, key: &str, value: &str) {
        if value.is_empty() {
            self.empty.push(key.to_owned());
            return;
        }
        let secret = databrickscfg::is_secret(key);
        if secret && let Some(why) = spoiled(key, value) {
            self.spoiled.push((key.to_owned(), why));
        }
        self.values.push((key.to_owned(), (!secret).then(|| value.to_owned())));
    }

    pub(super) fn has_keys(&self) -> bool {
        !self.values.is_empty() || !self.empty.is_empty()
    }
}

/// Why nobody can sign in with a secret of this look.
pub(super) fn spoiled(key: &str, value: &str) -> Option<&'static str> {
    if !matches!(key, "token" | "client_secret") {
        return None;
    }
    let quotes = ['"', '\'', '`'];
    if value.starts_with(quotes) || value.ends_with(quotes) {
        return Some("The quotation marks are part of the value");
    }
    // Blanks around it are lost on the way.
    if value.trim_matches(' ').contains(char::is_whitespace) {
        return Some("A space and the text after it are part of the value");
    }
    None
}

impl From<&File> for Profiles {
    fn from(file: &File) -> Self {
        let profiles = file.profiles();
        let sections = profiles.iter().map(|profile| {
            let mut section =
                Section { name: profile.name.to_owned(), line: profile.lines.start, end: profile.lines.end, ..Section::default() };
            for (key, value) in profile.keys() {
                section.take(key, value.expose_secret());
            }
            // A key without a value is a line of the section all the same.
            if section.values.is_empty() && profile.lines.len() > 1 {
                section.empty.push(String::new());
            }
            section
        });
        let remarks = file.remarks().into_iter().map(|remark| (remark.line, remark.words));
        Self::Read { default_profile: file.setting("default_profile"), sections: sections.collect(), remarks: remarks.collect() }
    }
}

impl Profiles {
    /// `bytes`: all of the file at `path`.
    #[must_use]
    pub fn read(family: Family, path: &Path, bytes: &[u8]) -> Self {
        let path = path.display().to_string();
        if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
            let words = format!("{path} is UTF-16, which Databricks' tools cannot read.");
            return Self::Unreadable(Problem::ours(words).fixed_by("Save it as UTF-8 in your editor."));
        }
        match family {
            Family::Cli | Family::Go => Self::read_by_go(&path, bytes),
            Family::Python => Self::read_by_python(&path, bytes),
            Family::Java => Self::read_by_java(&String::from_utf8_lossy(bytes)),
        }
    }

    fn read_by_go(path: &str, bytes: &[u8]) -> Self {
        // Go takes bytes as they come, in a comment as in a value.
        match File::read(String::from_utf8_lossy(bytes).as_bytes()) {
            Ok(file) => Self::from(&file),
            Err(failure) => {
                let problem = Problem::ours(format!("{path} cannot be read. {}", failure.why));
                Self::Unreadable(problem.fixed_by(format!("Correct that line of {path} in an editor.")))
            }
        }
    }

    fn read_by_python(path: &str, bytes: &[u8]) -> Self {
        let text = match std::str::from_utf8(bytes) {
            Ok(text) => text,
            Err(error) => {
                let at = error.valid_up_to();
                let line = bytes.iter().take(at).filter(|byte| **byte == b'\n').count() + 1;
                let byte = bytes.get(at).copied().unwrap_or_default();
                let words = format!("'utf-8' codec can't decode byte 0x{byte:02x} in position {at}: invalid start byte");
                let fix = format!("Line {line} of {path} is not UTF-8 text. Save the file as UTF-8.");
                return Self::Unreadable(Problem::theirs(words).fixed_by(fix));
            }
        };
        let mut read = match python::sections(text, |_| true) {
            Ok(read) => read,
            Err(refusal) => {
                let fix = if refusal.line == 1 && text.starts_with('\u{feff}') {
                    format!("{path} starts with a byte order mark. Save it as UTF-8 without one.")
                } else {
                    format!("Correct line {} of {path}. Until then, Python reads none of its profiles.", refusal.line)
                };
                return Self::Unreadable(Problem::theirs(refusal.words(path)).fixed_by(fix));
            }
        };
        let default_profile = read.remove(SETTINGS).and_then(|mut values| values.remove("default_profile"));
        let default_profile = default_profile.map(|name| name.trim().to_owned()).filter(|name| !name.is_empty());
        let mut sections: Vec<Section> = read
            .into_iter()
            .map(|(name, values)| {
                let mut section = Section { name: name.to_owned(), line: header(text, name), ..Section::default() };
                let mut keys: Vec<_> = values.iter().collect();
                keys.sort_unstable_by_key(|(key, _)| *key);
                for (key, value) in keys {
                    section.take(key, value);
                }
                section
            })
            // What is empty is no fallback, but it is a profile.
            .filter(|section| section.name != "DEFAULT" || section.has_keys())
            .collect();
        sections.sort_unstable_by_key(|section| section.line);
        Self::Read { default_profile, sections, remarks: Vec::new() }
    }

    fn read_by_java(text: &str) -> Self {
        let mut default_profile = None;
        let mut sections = Vec::new();
        for read in java_ini::sections(text) {
            if read.name == SETTINGS {
                let named = read.values.iter().find(|(key, _)| *key == "default_profile");
                default_profile = named.map(|(_, name)| name.trim().to_owned()).filter(|name| !name.is_empty());
                continue;
            }
            let mut section = Section { name: read.name.to_owned(), line: read.line, ..Section::default() };
            for (key, value) in &read.values {
                section.take(key, value);
            }
            sections.push(section);
        }
        Self::Read { default_profile, sections, remarks: Vec::new() }
    }
}

/// The line of a section's name.
fn header(text: &str, name: &str) -> usize {
    let is_it = |line: &str| line.trim().strip_prefix('[').and_then(|rest| rest.rsplit_once(']')).is_some_and(|(found, _)| found == name);
    text.split('\n').position(is_it).map_or(0, |at| at + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(family: Family, text: &str) -> Profiles {
        Profiles::read(family, Path::new("/home/you/.databrickscfg"), text.as_bytes())
    }

    fn host(family: Family, text: &str) -> Option<String> {
        let Profiles::Read { sections, .. } = read(family, text) else { return None };
        sections.iter().find(|it| it.name == "p").and_then(|it| it.get("host")).map(str::to_owned)
    }

    fn refusal(family: Family, text: &str) -> (String, String) {
        let Profiles::Unreadable(problem) = read(family, text) else { panic!("{family} reads {text:?}") };
        (problem.words, problem.fix.unwrap_or_default())
    }

    #[test]
    fn what_ends_the_file_for_python_is_told_with_path_and_line() {
        let path = "/home/you/.databrickscfg";
        let quoted = format!("{}('{path}')", if cfg!(windows) { "WindowsPath" } else { "PosixPath" });
        for (text, words) in [
            ("[p]\nhost = x\n[q]\na = 1\n[q]\n", format!("While reading from {quoted} [line  5]: section 'q' already exists")),
            (
                "[p]\nhost = x\n[q]\nA = 1\na = 2\n",
                format!("While reading from {quoted} [line  5]: option 'a' in section 'q' already exists"),
            ),
            ("\u{feff}[p]\nhost = x\n", format!("File contains no section headers. file: {quoted}, line: 1")),
            ("[p]\nhost\n", format!("Source contains parsing errors: {quoted} [line  2]")),
        ] {
            let (said, fix) = refusal(Family::Python, text);
            assert_eq!(said, words);
            assert!(fix.contains(path), "{fix}");
        }
    }

    #[test]
    fn the_same_lines_are_other_values_to_other_families() {
        for (text, go, python, java) in [
            ("[p]\nhost = \"https://h\"\n", "https://h", "\"https://h\"", "https://h"),
            ("[p]\nhost = https://h # ours\n", "https://h", "https://h # ours", "https://h"),
            ("[p]\nhost = https://h\n  /x\n", "", "https://h\n/x", "https://h"),
            ("[p]\nhost = %(x)s\n", "%(x)s", "%(x)s", "%(x)s"),
        ] {
            assert_eq!(host(Family::Go, text).unwrap_or_default(), go, "{text}");
            assert_eq!(host(Family::Python, text).unwrap_or_default(), python, "{text}");
            assert_eq!(host(Family::Java, text).unwrap_or_default(), java, "{text}");
        }
        assert_eq!((host(Family::Go, "[p]\nHOST = x\n"), host(Family::Python, "[p]\nHOST = x\n")), (None, Some("x".to_owned())));
    }

    #[test]
    fn other_encodings_are_told_and_a_comment_in_one_does_not_matter_to_go() {
        let ansi = [b"; M\xfcller\n".as_slice(), b"[p]\nhost = https://h\n"].concat();
        let path = Path::new("f");
        assert!(matches!(Profiles::read(Family::Go, path, &ansi), Profiles::Read { .. }));
        let Profiles::Unreadable(problem) = Profiles::read(Family::Python, path, &ansi) else { panic!() };
        assert!(problem.words.contains("can't decode byte 0xfc") && problem.fix.unwrap().starts_with("Line 1 of f"));
        for family in Family::ALL {
            let Profiles::Unreadable(problem) = Profiles::read(family, path, b"\xff\xfe[\0p\0]\0") else { panic!("{family}") };
            assert!(problem.words.contains("UTF-16"));
        }
    }

    #[test]
    fn a_secret_with_quotation_marks_is_known_to_be_spoiled_without_being_kept() {
        let Profiles::Read { sections, .. } = read(Family::Python, "[p]\ntoken = \"dapi-planted\"\n") else { panic!() };
        assert_eq!(sections[0].spoiled.len(), 1);
        assert!(!format!("{sections:?}").contains("planted"));
        let Profiles::Read { sections, .. } = read(Family::Go, "[p]\ntoken = \"dapi-planted\"\n") else { panic!() };
        assert!(sections[0].spoiled.is_empty());
    }
}
