//! The words of *Effective configuration*.

use brickpass_engine::{Attribute, Effective, Family, Problem, Source, Speaker};

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
pub const VIEW: &str = "As seen by";
pub const VIEWS: [&str; 5] = ["What fits the folder", "Databricks CLI", "Go, Terraform", "Python", "Java"];
pub const CONFLICT: &str = "This configuration does not work";
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
    let family = effective.family.title();
    match (&effective.auth_type, &effective.problem) {
        (Some(auth), None) => format!("{family} signs in with {auth}, {profile}"),
        // The problem says it better.
        (_, Some(_)) => format!("{family} does not sign in, {profile}"),
        (None, None) => format!("{family} has no way to sign in, {profile}"),
    }
}

/// The tool's own words, to be recognised and to be searched for; else ours.
pub fn said(family: Family, problem: &Problem) -> String {
    match problem.by {
        Speaker::Tool => format!("{} says: {}", family.title(), problem.words),
        Speaker::Brickpass => problem.words.clone(),
    }
}

/// What to do about a problem, in words.
pub fn advice(problem: &Problem) -> &str {
    problem.fix.as_deref().unwrap_or("Look at the values below: the source that wins is named beside each.")
}

pub fn depends_on(who: &str) -> String {
    format!("Whether it signs in, nothing here can tell: that depends on {who}.")
}
