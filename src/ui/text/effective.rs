//! The texts of *Effective configuration*.

use brickpass_engine::{Attribute, Effective, Family, Problem, Source, Speaker};

pub const TITLE: &str = "Effective configuration";
pub const WHY: &str = "Shows which settings the Databricks CLI and SDKs would use in a folder, and why. Uses the environment variables that Brickpass was started with.";
pub const DIRECTORY: &str = "Folder to check";
pub const WHOLE_PATH: &str = "Enter the full path of a folder";
pub const PROFILE: &str = "Profile";
pub const PROFILE_HINT: &str = "Default: the tools' choice";
pub const FIND: &str = "Check";
pub const FINDING: &str = "Checking";
pub const ATTRIBUTE: &str = "Attribute";
pub const VALUE: &str = "Value";
pub const SOURCE: &str = "Source";
pub const SHADOWED: &str = "Overrides";
pub const SET: &str = "Set";
pub const UNUSED: &str = "not used";
pub const NOTHING: &str = "Nothing is configured here: the tools would have no address and no way to sign in.";
pub const VIEW: &str = "As seen by";
pub const VIEWS: [&str; 5] = ["Detect from folder", "Databricks CLI", "Go, Terraform", "Python", "Java"];
pub const CONFLICT: &str = "This configuration does not work";
pub const OPEN: &str = "Show connection";
pub const NOT_OURS: &str = "No Brickpass connection uses this address.";
pub const CLOSE: &str = "Close";

pub fn source(source: &Source) -> String {
    match source {
        Source::Given => "Entered above".to_owned(),
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

/// The authentication type, and the profile and its file.
pub fn summary(effective: &Effective) -> String {
    let profile = match &effective.profile {
        Some(profile) => format!("profile {profile} of {}", effective.config_file.display()),
        None => "no profile".to_owned(),
    };
    let family = effective.family.title();
    match (&effective.auth_type, &effective.problem) {
        (Some(auth), None) => format!("{family} signs in with {auth}, {profile}"),
        // The problem says it better.
        (_, Some(_)) => format!("{family} cannot sign in, {profile}"),
        (None, None) => format!("{family} has no way to sign in, {profile}"),
    }
}

/// The tool's own message, which people recognize and search for, or ours.
pub fn said(family: Family, problem: &Problem) -> String {
    match problem.by {
        Speaker::Tool => format!("{} says: {}", family.title(), problem.words),
        Speaker::Brickpass => problem.words.clone(),
    }
}

/// What to do about a problem, in words.
pub fn advice(problem: &Problem) -> &str {
    problem.fix.as_deref().unwrap_or("Check the values below: each names the source it comes from.")
}

pub fn depends_on(who: &str) -> String {
    format!("Brickpass cannot tell whether sign-in works: that depends on {who}.")
}
