//! `diagnostics`: information for support, to review before you share it.

use std::{path::PathBuf, process::ExitCode};

use serde_json::json;

use super::{
    output::{note, print_json, say},
    session::Session,
};
use brickpass_core::failure::Failure;
use brickpass_engine::{Diagnose, SaveDiagnostics};

/// It also works if the files cannot be read, because that is when it is needed.
pub(super) fn diagnostics(output: Option<PathBuf>, json: bool) -> Result<ExitCode, Failure> {
    let mut session = Session::start()?;
    let diagnostics = session.ask(Diagnose)?;
    let Some(to) = output else {
        say(diagnostics.text().trim_end());
        return Ok(ExitCode::SUCCESS);
    };
    session.ask(SaveDiagnostics { diagnostics, to: to.clone() })?;
    if json {
        print_json(&json!({ "saved": to }));
    } else {
        note(format_args!("Diagnostics written to {}", to.display()));
    }
    Ok(ExitCode::SUCCESS)
}
