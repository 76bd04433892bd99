//! Answers of the fake engine about activity and diagnostics.

use std::path::PathBuf;

use super::{Inner, at};
use brickpass_core::{
    connection::ConnectionId,
    failure::{Code, Failure},
};
use brickpass_engine::{
    ActivityEntry, Ask, AuditAction, Diagnose, Diagnostics, Event, ExportActivity, ReadActivity, SaveDiagnostics, Then,
};

/// The recorded entries, and the files that were written.
#[derive(Default)]
pub struct Recorded {
    /// Oldest first.
    pub entries: Vec<ActivityEntry>,
    pub failure: Option<Failure>,
    pub exports: Vec<(Option<ConnectionId>, PathBuf)>,
    /// `None`: collected when the test says so.
    pub diagnostics: Option<Diagnostics>,
    diagnosing: Option<Then<Diagnostics>>,
    pub saved: Vec<(String, PathBuf)>,
    /// Existing files.
    pub taken: Vec<PathBuf>,
}

/// An entry `seconds` after second 0.
pub fn entry(id: ConnectionId, name: &str, seconds: i64, what: AuditAction, failed: Option<Code>, detail: &str) -> ActivityEntry {
    let detail = Some(detail.to_owned()).filter(|detail| !detail.is_empty());
    ActivityEntry { at: at(seconds), connection: Some(id), name: name.to_owned(), what, failed, detail }
}

impl Inner {
    /// Returns requests that belong elsewhere.
    pub(super) fn answer_activity(&mut self, ask: Ask) -> Option<Ask> {
        let ask = self.on(ask, |inner, ReadActivity| {
            let newest_first = inner.recorded.entries.iter().rev().cloned().collect();
            inner.recorded.failure.clone().map_or(Ok(newest_first), Err)
        })?;
        let ask = self.on(ask, |inner, ExportActivity { id, to }| {
            inner.free(&to)?;
            inner.recorded.exports.push((id, to));
            Ok(())
        })?;
        let ask = self.on(ask, |inner, SaveDiagnostics { diagnostics, to }| {
            inner.free(&to)?;
            inner.recorded.saved.push((diagnostics.text(), to));
            Ok(())
        })?;
        if ask.of::<Diagnose>().is_none() {
            return Some(ask);
        }
        let (_, then) = ask.open::<Diagnose>()?;
        self.recorded.diagnosing = Some(then);
        if let Some(diagnostics) = self.recorded.diagnostics.clone() {
            self.diagnosed(Ok(diagnostics));
        }
        None
    }

    /// Completes the collection of the diagnostics.
    pub fn diagnosed(&mut self, outcome: Result<Diagnostics, Failure>) {
        let then = self.recorded.diagnosing.take().expect("they are being collected");
        self.events.push_back(Event::Answer(then(outcome)));
    }

    fn free(&self, to: &PathBuf) -> Result<(), Failure> {
        if self.recorded.taken.contains(to) {
            return Err(Failure::new(Code::FileUnwritable, "It exists already.", "It is never replaced.", "Choose another name."));
        }
        Ok(())
    }
}
