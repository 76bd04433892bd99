//! Test runs: the running ones and the last result. A late event of an older run never overwrites a newer one.

use std::collections::HashMap;

use jiff::Timestamp;

use super::ask::RunId;
use brickpass_core::{
    connection::{Connection, ConnectionId, LastTest, Status},
    failure::Code,
};
use brickpass_databricks::check::{Progress, Report, Step, StepReport};
use brickpass_engine::CancelHandle;

#[derive(Debug)]
pub struct Running {
    pub run: RunId,
    pub tested: Connection,
    /// A typed, unsaved secret was tested.
    pub typed_secret: bool,
    /// `None` while it waits for its turn.
    pub begun_at: Option<Timestamp>,
    pub planned: Vec<Step>,
    pub steps: Vec<StepReport>,
    pub current: Option<(Step, Timestamp)>,
    /// The service asked to wait: for how long, and since when.
    pub waiting: Option<(u64, Timestamp)>,
    /// Dropping it cancels the test.
    _cancel: CancelHandle,
}

#[derive(Debug, Clone)]
pub struct Finished {
    pub run: RunId,
    pub tested: Connection,
    pub typed_secret: bool,
    pub tested_at: Timestamp,
    pub planned: Vec<Step>,
    pub report: Report,
    /// A summary of the result; `None` if the test could not judge the connection (cancelled, not supported, crashed).
    pub last: Option<LastTest>,
}

#[derive(Debug, Default)]
pub struct Tests {
    running: HashMap<ConnectionId, Running>,
    finished: HashMap<ConnectionId, Finished>,
    /// How many tests of the current batch have ended; reset when none runs.
    pub ended_in_batch: usize,
}

impl Tests {
    pub fn running(&self, id: ConnectionId) -> Option<&Running> {
        self.running.get(&id)
    }

    pub fn finished(&self, id: ConnectionId) -> Option<&Finished> {
        self.finished.get(&id)
    }

    pub fn running_count(&self) -> usize {
        self.running.len()
    }

    /// Notes a new run and drops the previous result. Cancels a run that is still going.
    pub fn begin(&mut self, run: RunId, tested: Connection, typed_secret: bool, cancel: CancelHandle) {
        if self.running.is_empty() {
            self.ended_in_batch = 0;
        }
        let id = tested.id;
        self.finished.remove(&id);
        let running = Running {
            run,
            tested,
            typed_secret,
            begun_at: None,
            planned: Vec::new(),
            steps: Vec::new(),
            current: None,
            waiting: None,
            _cancel: cancel,
        };
        self.running.insert(id, running);
    }

    pub fn progress(&mut self, run: RunId, id: ConnectionId, progress: Progress, now: Timestamp) {
        let Some(running) = self.running.get_mut(&id).filter(|running| running.run == run) else { return };
        running.begun_at.get_or_insert(now);
        running.waiting = None;
        match progress {
            Progress::Planned(steps) => running.planned = steps,
            Progress::StepStarted(step) => running.current = Some((step, now)),
            Progress::StepFinished(report) => {
                running.current = None;
                running.steps.push(report);
            }
            Progress::Waiting { seconds } => running.waiting = Some((seconds, now)),
        }
    }

    /// Returns whether the result belongs to the newest run and is now shown.
    pub fn finish(&mut self, run: RunId, id: ConnectionId, tested_at: Timestamp, report: Report) -> bool {
        if self.running.get(&id).is_none_or(|running| running.run != run) {
            return false;
        }
        let Some(running) = self.running.remove(&id) else { return false };
        self.ended_in_batch += 1;
        let planned =
            if running.planned.is_empty() { report.steps.iter().map(|step| step.step).collect() } else { running.planned.clone() };
        let judged = report.state != Status::Untested && report.failure.as_ref().is_none_or(|failure| failure.code != Code::Cancelled);
        let duration_ms = u64::try_from(report.duration.as_millis()).unwrap_or(u64::MAX);
        let last = judged.then_some(LastTest { state: report.state, tested_at, duration_ms });
        let Running { tested, typed_secret, .. } = running;
        self.finished.insert(id, Finished { run, tested, typed_secret, tested_at, planned, report, last });
        true
    }

    /// Ends a run at once, whatever the engine is still doing: its later steps are ignored.
    pub fn cancel(&mut self, id: ConnectionId) {
        self.ended_in_batch += usize::from(self.running.remove(&id).is_some());
    }

    pub fn cancel_all(&mut self) {
        self.running.clear();
    }

    /// The last result is outdated.
    pub fn outlived(&mut self, id: ConnectionId) {
        self.finished.remove(&id);
    }

    /// Forgets a result that asked for a sign-in.
    pub(super) fn forget_rejected_sign_in(&mut self, id: ConnectionId) {
        if self.finished(id).is_some_and(|finished| finished.report.state == Status::SignIn) {
            self.forget(id);
        }
    }

    pub fn forget(&mut self, id: ConnectionId) {
        self.finished.remove(&id);
        self.cancel(id);
    }
}

/// Whether a test of one says anything about the other: same address, same authentication.
pub fn same_target(a: &Connection, b: &Connection) -> bool {
    a.base_url == b.base_url && a.auth == b.auth && a.level == b.level && a.workspace_id == b.workspace_id && a.timeout == b.timeout
}
