//! Which connections were published as which profiles, as what, and what stood there before: no secret. A loss costs the knowledge of drift and of
//! what stood there before.

use std::{
    collections::HashSet,
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::json_file;
use brickpass_core::{connection::ConnectionId, failure::Failure};

const PART: &str = "publications";

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Publication {
    /// The file that holds the profile.
    pub file: PathBuf,
    pub profile: String,
    pub connection: ConnectionId,
    /// Digest of the section as it was then (or as the person has agreed to it since).
    pub section: String,
    /// Digest of what was published.
    pub published: String,
    /// What stood there before, in the form of whoever changes the file. `None`: it was published by a version that did not remember it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<Value>,
    /// The file as it was before, kept because it held secrets that nothing else holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub backup: Option<PathBuf>,
}

pub struct Publications {
    path: PathBuf,
}

impl Publications {
    #[must_use]
    pub fn new(state_dir: &Path) -> Self {
        Self { path: state_dir.join("publications.json") }
    }

    /// An unreadable file knows of none.
    #[must_use]
    pub fn load(&self) -> Vec<Publication> {
        let Some(Value::Array(all)) = json_file::read_part(&self.path, PART) else { return Vec::new() };
        all.into_iter().filter_map(|one| serde_json::from_value(one).ok()).collect()
    }

    /// In the place of what was known of that profile.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn record(&self, publication: &Publication) -> Result<(), Failure> {
        self.settle(&publication.file, std::slice::from_ref(publication), &[])
    }

    /// # Errors
    /// The file cannot be written.
    pub fn forget(&self, file: &Path, profile: &str) -> Result<(), Failure> {
        self.settle(file, &[], &[profile])
    }

    /// All that one change of that file has published and forgotten, with one write.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn settle(&self, file: &Path, published: &[Publication], forgotten: &[&str]) -> Result<(), Failure> {
        let file = serde_json::to_value(file).unwrap_or_default();
        let former: HashSet<&str> = published.iter().map(|now| now.profile.as_str()).chain(forgotten.iter().copied()).collect();
        let outcome = json_file::update_part(&self.path, PART, Value::Array(Vec::new()), |all| {
            let Value::Array(all) = all else { return };
            let profile = |one: &Value| one.get("profile").and_then(Value::as_str).is_some_and(|profile| former.contains(profile));
            all.retain(|one| one.get("file") != Some(&file) || !profile(one));
            all.extend(published.iter().filter_map(|now| serde_json::to_value(now).ok()));
        });
        outcome.map_err(|error| error.failure())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_profile_is_known_once_and_forgotten_alone() {
        let dir = tempfile::tempdir().unwrap();
        let known = Publications::new(dir.path());
        let of = |file: &str, profile: &str| Publication {
            file: file.into(),
            profile: profile.into(),
            connection: ConnectionId::random(),
            section: "1".into(),
            published: "2".into(),
            before: None,
            backup: None,
        };
        let [a, b, c, again] = [of("/x", "a"), of("/x", "b"), of("/y", "a"), of("/x", "a")];
        for one in [&a, &b, &c, &again] {
            known.record(one).unwrap();
        }
        assert_eq!(known.load(), [b.clone(), c.clone(), again]);
        known.forget(Path::new("/x"), "a").unwrap();
        assert_eq!(known.load(), [b, c]);
    }

    #[test]
    fn a_damaged_file_knows_of_none_and_is_written_again() {
        let dir = tempfile::tempdir().unwrap();
        let known = Publications::new(dir.path());
        assert!(known.load().is_empty());
        std::io::Write::write_all(&mut std::fs::File::create(dir.path().join("publications.json")).unwrap(), b"{\"publications\": 3}")
            .unwrap();
        assert!(known.load().is_empty());
        known.forget(Path::new("/x"), "a").unwrap();
    }
}
