//! `diagnostics`: what somebody who helps may see, to be read before it is passed on.

use std::{path::PathBuf, process::ExitCode};

use serde_json::json;

use super::{
    output::{note, print_json, say},
    session::Session,
};
use brickpass_core::failure::Failure;
use brickpass_engine::{Command, Event};

/// It works also where the files cannot be read: that is when somebody needs it.
pub(super) fn diagnostics(output: Option<PathBuf>, json: bool) -> Result<ExitCode, Failure> {
    let mut session = Session::start()?;
    session.send(Command::Diagnose);
    let diagnostics = session.wait(|event| if let Event::Diagnostics(found) = event { Some(Ok(found)) } else { None })?;
    let Some(to) = output else {
        say(diagnostics.text().trim_end());
        return Ok(ExitCode::SUCCESS);
    };
    session.send(Command::SaveDiagnostics { diagnostics, to });
    let saved = session.wait(|event| match event {
        Event::DiagnosticsSaved { to, outcome } => Some(outcome.map(|()| to)),
        _ => None,
    })?;
    if json {
        print_json(&json!({ "saved": saved }));
    } else {
        note(format_args!("Diagnostics written to {}", saved.display()));
    }
    Ok(ExitCode::SUCCESS)
}
