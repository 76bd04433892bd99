//! The program that a published profile names: every tool starts it as this user.

use std::path::Path;

use brickpass_core::failure::{Code, Failure};
use brickpass_storage::{Replacer, replaceable};

/// What a person should know of who may replace it.
///
/// # Errors
/// Everybody may.
pub(super) fn judge(helper: &Path) -> Result<Option<String>, Failure> {
    let Some(found) = replaceable(helper) else { return Ok(None) };
    if found.by == Replacer::Everybody {
        return Err(Failure::new(
            Code::FileUnsafe,
            "Publishing is blocked because other users can replace Brickpass's program.",
            found.words(),
            format!("Nothing was changed. {}", found.fix()),
        ));
    }
    Ok(Some(format!("{} {}", found.words(), found.fix())))
}
