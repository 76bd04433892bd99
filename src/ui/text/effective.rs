//! The words of *Effective configuration*.

use crate::engine::{Attribute, Effective, Source};

pub const TITLE: &str = "Effective configuration";
pub const WHY: &str = "Which values Databricks' tools and SDKs would use in a folder, and where each comes from. The environment is the one that Brickpass was started with.";
pub const DIRECTORY: &str = "Folder to look at";
pub const WHOLE_PATH: &str = "Write the whole path of a folder";
pub const PROFILE: &str = "Profile";
pub const PROFILE_HINT: &str = "The one that the tools would take";
pub const FIND: &str = "Find out";
pub const FINDING: &str = "Looking";
pub const ATTRIBUTE: &str = "Attribute";
pub const VALUE: &str = "Value";
pub const SOURCE: &str = "Comes from";
pub const SHADOWED: &str = "Wins over";
pub const SET: &str = "Set";
pub const UNUSED: &str = "not used";
pub const NOTHING: &str = "Nothing is configured here: the tools would ask for an address and a way to sign in.";
pub const CONFLICT: &str = "The tools would refuse this configuration";
pub const OPEN: &str = "Show connection";
pub const NOT_OURS: &str = "No connection in Brickpass leads to this address.";
pub const CLOSE: &str = "Close";

pub fn source(source: &Source) -> String {
    match source {
        Source::Given => "Named above".to_owned(),
        Source::Environment(name) => format!("Environment, {name}"),
        Source::Profile { name, line } => format!("Profile {name}, line {line}"),
        Source::Settings => "Default profile of the file".to_owned(),
        Source::Bundle(path) => format!("Bundle, {}", path.display()),
        Source::Default => "Default".to_owned(),
    }
}

pub fn shadowed(attribute: &Attribute) -> String {
    attribute.shadowed.iter().map(source).collect::<Vec<_>>().join("; ")
}

pub fn value(attribute: &Attribute) -> &str {
    attribute.value.as_deref().unwrap_or(SET)
}

pub fn ours(name: &str) -> String {
    format!("This is the connection \u{201c}{name}\u{201d}.")
}

/// How they sign in, and with which profile of which file.
pub fn summary(effective: &Effective) -> String {
    let profile = match &effective.profile {
        Some(profile) => format!("profile {profile} of {}", effective.config_file.display()),
        None => "no profile".to_owned(),
    };
    match (&effective.auth_type, &effective.problem) {
        (Some(auth), _) => format!("Signs in with {auth}, {profile}"),
        // The problem says it better.
        (None, Some(_)) => format!("Does not sign in, {profile}"),
        (None, None) => format!("No way to sign in, {profile}"),
    }
}

/// The tools' own words, to be recognised and to be searched for.
pub fn they_say(problem: &str) -> String {
    format!("They say: {problem}")
}

/// What to do about a conflict, in words.
pub fn advice(effective: &Effective, problem: &str) -> String {
    if problem.contains("more than one authorization method") {
        let named = |source: &Source| match source {
            Source::Environment(name) => Some(name.clone()),
            _ => None,
        };
        let secret = |attribute: &&Attribute| attribute.value.is_none() || attribute.name == "client_id" || attribute.name == "username";
        let variables: Vec<String> = effective.attributes.iter().filter(secret).filter_map(|attribute| named(&attribute.source)).collect();
        return if variables.is_empty() {
            "Leave the values of one way to sign in, or name it: set auth_type in the profile, or DATABRICKS_AUTH_TYPE.".to_owned()
        } else {
            format!(
                "Take {} out of the environment, or name the way to sign in: set DATABRICKS_AUTH_TYPE, such as pat or databricks-cli.",
                super::and(&variables)
            )
        };
    }
    if problem.contains("cannot configure default credentials") {
        return "Publish a connection as a profile, or set DATABRICKS_HOST and a way to sign in.".to_owned();
    }
    if problem.contains("profile") {
        return "Look at the profile's name here and in the file, or publish a connection under that name.".to_owned();
    }
    "Look at the values below: the source that wins is named beside each.".to_owned()
}
