//! `.databrickscfg`, as Go reads it.

use super::{
    Found, Kind,
    attributes::{Attributes, named},
    found::Given,
};
use crate::{failure::Failure, interchange::databrickscfg::File};

pub(super) fn read(text: &str) -> Result<Found, Failure> {
    let mut found = Found::new(Kind::DatabricksCfg);
    let file = File::read(text.as_bytes())?;
    for profile in file.profiles() {
        let mut attributes = Attributes::new();
        for (key, value) in profile.keys() {
            match named(key) {
                Some(attribute) => attributes.set(attribute, key, Given::Text(value.to_secret())),
                None => found.ignore(key, "not a setting that Databricks' tools know"),
            }
        }
        // Go has a DEFAULT in every file.
        if !attributes.is_empty() {
            let connection = attributes.into_connection(profile.name, &mut found);
            found.connections.push(connection);
        }
    }
    Ok(found)
}
