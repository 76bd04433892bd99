//! `.databrickscfg`, as Go reads it.

use secrecy::ExposeSecret as _;

use super::{
    Found, FoundConnection,
    attributes::{Attributes, named},
    found::Given,
    text::shown,
};
use crate::databrickscfg::File;
use brickpass_core::{connection::contains_secret, failure::Failure};

pub(super) const READER: super::Reader = super::Reader {
    word: "databrickscfg",
    label: "Databricks configuration file",
    phrase: "Databricks configuration file",
    read,
    nothing: "It contains no profile.",
};

pub(super) fn read(text: &str, mut found: Found) -> Result<Found, Failure> {
    let file = File::read(text.as_bytes())?;
    for profile in file.profiles() {
        if !found.wants(profile.name) {
            continue;
        }
        let mut attributes = Attributes::new();
        let mut unknown = Vec::new();
        for (key, value) in profile.keys() {
            match named(key) {
                Some(attribute) => attributes.set(attribute, key, Given::Text(value.to_secret())),
                None if contains_secret(value.to_secret().expose_secret()) => {
                    found.ignore(key, "it contains what looks like a token in plain text, which no Databricks tool reads");
                }
                None => unknown.push(key),
            }
        }
        let mut connection = attributes.into_connection(profile.name);
        if profile.keys().next().is_none() {
            connection = FoundConnection::at(profile.name);
            connection.refuse("The profile is empty: none of its keys has a value.");
        }
        for key in unknown {
            connection.ignore(key, "not a setting of Databricks' tools");
        }
        found.push(connection);
    }
    Ok(found)
}

/// The profile of a file in which no key has a value.
pub(super) fn empty_profile(text: &str) -> Option<String> {
    let section = text.lines().find(|line| line.trim_start().starts_with('['))?;
    let has_keys = text.lines().any(|line| line.contains('='));
    has_keys.then(|| format!("Its profile {} is empty: none of its keys has a value.", shown(section.trim().trim_matches(['[', ']']))))
}
