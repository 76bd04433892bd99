//! Whether the Databricks CLI can use the tokens that it was given for published profiles.

use std::path::Path;

use jiff::Timestamp;

use super::{finding::Finding, foreign::clean, output::count};
use brickpass_storage::{CliTokens, NotedToken, Whose};

const CHECK: &str = "Databricks CLI";

/// Nothing to say where nothing was given.
pub(super) fn findings(state_dir: &Path, now: Timestamp) -> Vec<Finding> {
    let tokens = CliTokens::new(state_dir);
    let noted = tokens.noted();
    if noted.is_empty() {
        return Vec::new();
    }
    let wrong: Vec<Finding> = noted.iter().filter_map(|(profile, noted)| wrong(&tokens, profile, noted, now)).collect();
    if wrong.is_empty() {
        vec![Finding::fine(CHECK, format!("has tokens of {}", count(noted.len(), "profile", "profiles")))]
    } else {
        wrong
    }
}

fn wrong(tokens: &CliTokens, profile: &str, noted: &NotedToken, now: Timestamp) -> Option<Finding> {
    let name = clean(profile);
    let (detail, fix) = match tokens.whose(profile) {
        Err(failure) => (format!("{} {}", failure.what, failure.why), failure.fix),
        Ok(Some(Whose::TheClis)) => return Some(Finding::fine(CHECK, format!("has its own sign-in for the profile {name}"))),
        Ok(None) => {
            let detail = format!("it was signed out of the profile {name}: the token is no longer in the keyring.");
            (detail, format!("Publish the connection again. To keep it signed out: brickpass unpublish --profile \"{name}\""))
        }
        Ok(Some(Whose::Ours)) => {
            noted.expires_at.filter(|end| *end <= now)?;
            (
                format!("its token for the profile {name} has expired."),
                "Open Brickpass, or use brickpass exec, which does not need it.".to_owned(),
            )
        }
    };
    Some(Finding { check: CHECK, ok: false, detail, fix: Some(fix) })
}
