//! Answers of the fake engine about tests of connections, at once or when the test says so.

use super::*;
use brickpass_engine::{Canceller, TestConnection, TestResult};

/// A running test.
pub struct RunningTest {
    pub request: TestConnection,
    then: Then<TestResult>,
    canceller: Canceller,
}

impl FakeEngine {
    /// Ends the latest test with this.
    pub fn test_ends(&self, report: Report) {
        let mut inner = self.0.borrow_mut();
        let test = inner.running.pop().unwrap();
        inner.events.push_back(Event::Answer((test.then)(Ok(TestResult { tested_at: at(0), report }))));
    }
}

impl Inner {
    pub(super) fn answer_tests(&mut self, ask: Ask) -> Option<Ask> {
        if ask.of::<TestConnection>().is_none() {
            return Some(ask);
        }
        let canceller = ask.canceller();
        let (request, then) = ask.open::<TestConnection>()?;
        let test = RunningTest { request, then, canceller };
        if self.tests_answer {
            self.finish(test);
        } else {
            self.running.push(test);
        }
        None
    }

    pub(super) fn end_what_is_cancelled(&mut self) {
        let (tests, sign_ins) = (self.running.len(), self.sign_ins.len());
        self.running.retain(|test| !test.canceller.is_cancelled());
        self.sign_ins.retain(|sign_in| !sign_in.is_cancelled());
        self.cancelled_tests += tests - self.running.len();
        self.cancelled_sign_ins += sign_ins - self.sign_ins.len();
    }

    pub fn finish(&mut self, RunningTest { request: TestConnection { connection, progress, .. }, then, .. }: RunningTest) {
        let report = match self.test_failure.clone() {
            Some(failure) => Report { duration: Duration::from_millis(90), ..Report::not_begun(Status::SignIn, failure) },
            None => ok_report(),
        };
        let mut step = |step| self.events.extend(progress.of(step).map(Event::Answer));
        step(Progress::Planned(PLANNED.to_vec()));
        for of_report in &report.steps {
            step(Progress::StepStarted(of_report.step));
            step(Progress::StepFinished(of_report.clone()));
        }
        if self.entries.iter().any(|entry| entry.connection == *connection) {
            let last = LastTest { state: report.state, tested_at: at(0), duration_ms: 182 };
            self.events.push_back(Event::History(vec![(connection.id, Some(last))]));
        }
        self.events.push_back(Event::Answer(then(Ok(TestResult { tested_at: at(0), report }))));
    }
}
