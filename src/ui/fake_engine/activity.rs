//! What the fake engine answers about activity and diagnostics.

use std::path::PathBuf;

use super::{Inner, at};
use brickpass_core::{
    connection::ConnectionId,
    failure::{Code, Failure},
};
use brickpass_engine::{ActivityEntry, Command, Deed, Diagnostics, Event};

/// What was recorded, and what was written to where.
#[derive(Default)]
pub struct Recorded {
    /// The oldest first.
    pub entries: Vec<ActivityEntry>,
    pub failure: Option<Failure>,
    pub exports: Vec<(Option<ConnectionId>, PathBuf)>,
    pub diagnostics: Option<Diagnostics>,
    pub saved: Vec<(String, PathBuf)>,
    /// Files that are there already.
    pub taken: Vec<PathBuf>,
}

/// Done `seconds` after second 0.
pub fn entry(id: ConnectionId, name: &str, seconds: i64, what: Deed, failed: Option<Code>, detail: &str) -> ActivityEntry {
    let detail = Some(detail.to_owned()).filter(|detail| !detail.is_empty());
    ActivityEntry { at: at(seconds), connection: Some(id), name: name.to_owned(), what, failed, detail }
}

impl Inner {
    pub fn answer_activity(&mut self, command: Command) {
        let event = match command {
            Command::ReadActivity => {
                let newest_first = self.recorded.entries.iter().rev().cloned().collect();
                Event::Activity { outcome: self.recorded.failure.clone().map_or(Ok(newest_first), Err) }
            }
            Command::ExportActivity { id, to } => {
                let outcome = self.free(&to);
                if outcome.is_ok() {
                    self.recorded.exports.push((id, to.clone()));
                }
                Event::ActivityExported { to, outcome }
            }
            Command::Diagnose => match &self.recorded.diagnostics {
                Some(diagnostics) => Event::Diagnostics(Box::new(diagnostics.clone())),
                None => return,
            },
            Command::SaveDiagnostics { diagnostics, to } => {
                let outcome = self.free(&to);
                if outcome.is_ok() {
                    self.recorded.saved.push((diagnostics.text(), to.clone()));
                }
                Event::DiagnosticsSaved { to, outcome }
            }
            _ => return,
        };
        self.events.push_back(event);
    }

    fn free(&self, to: &PathBuf) -> Result<(), Failure> {
        if self.recorded.taken.contains(to) {
            return Err(Failure::new(Code::FileUnwritable, "It exists already.", "It is never replaced.", "Choose another name."));
        }
        Ok(())
    }
}
