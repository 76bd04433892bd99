//! Whether what was published in `.databrickscfg` still works, and whether the Databricks CLI can start at all.

use super::{finding::Finding, foreign::clean, output::count, session::Session};
use brickpass_engine::{CliTokenState, CliTokensOff, ListProfiles, Places, off_by_storage};

const CHECK: &str = "Profiles";

pub(super) fn findings(session: &mut Session, places: &Places) -> Vec<Finding> {
    // One that cannot be read is told with the surroundings.
    let Ok(file) = session.ask(ListProfiles) else { return Vec::new() };
    let path = file.path.display();
    let mut found = Vec::new();
    for line in &file.profiles {
        if let Some(orphan) = line.orphan {
            found.push(Finding {
                check: CHECK,
                ok: false,
                detail: format!("[{}] in {path} gets its token from Brickpass, but {}.", clean(&line.name), orphan.words()),
                fix: Some(format!("To remove it: brickpass profiles clean, or: brickpass unpublish --profile {}", clean(&line.name))),
            });
        }
    }
    if found.is_empty() {
        let published = file.profiles.iter().filter(|line| line.published.is_some()).count();
        found.push(Finding::fine(CHECK, format!("{} published in {path}", count(published, "profile is", "profiles are"))));
    }
    if let Some(off) = off_by_storage(places, file.auth_storage.as_deref()) {
        // In a plain file is the person's choice, at an unknown place is a mistake.
        let ok = off == CliTokensOff::PlainFile;
        found.push(Finding { check: "Databricks CLI", ok, detail: CliTokenState::Off(off).words(""), fix: None });
    }
    found
}
