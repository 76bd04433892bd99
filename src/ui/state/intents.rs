//! *Test* and *Try again* in the connection that is shown.

use super::{Connections, Go, Later, Output, Page, SignIns, State, Tests};
use crate::ui::{
    state::RunId,
    state::ask::{ask_cancellable, progress},
    text,
};
use brickpass_core::connection::{Connection, ConnectionId, Status};
use brickpass_databricks::check::Report;
use brickpass_engine::{SignInPlace, TestConnection, TestResult};

impl State {
    /// Tests what is typed, saved or not.
    pub fn test(&mut self) -> Output {
        let Self { connections, tests, sign_ins, .. } = self;
        if connections.selection.count() > 1 {
            return tests.start_these(&connections.selection.all(), connections, sign_ins);
        }
        let Some(id) = connections.selection.shown() else { return Output::none() };
        let Some(mut form) = connections.forms.remove(&id) else { return Output::none() };
        let reviewed = form.for_test(text::NEW_CONNECTION, &|name| connections.name_taken(id, name));
        connections.forms.insert(id, form);
        let started = match reviewed {
            Ok(reviewed) => {
                sign_ins.forget_result(id, connections);
                tests.start(reviewed.connection, reviewed.secret.map(|(_, secret)| secret))
            }
            Err(field) => Go::Focus(field).into(),
        };
        Output::from(Go::ShowTest(true)).and(started)
    }

    pub fn do_later(&mut self, later: Later) -> Output {
        let shown = self.show_page(Page::Connection);
        let done = match later {
            Later::TryAgain => self.try_again(),
            Later::SignIn => match self.last_sign_in() {
                Some(SignInPlace::Anywhere { .. }) => self.sign_ins.begin_anywhere(&self.connections, &mut self.tests),
                Some(SignInPlace::Here) | None => self.sign_in(),
            },
            Later::AddWorkspaces => {
                self.connections.selection.shown().map(|id| self.connections.ask_for_workspaces(id, &self.tests)).into()
            }
        };
        shown.and(done)
    }

    /// *Try again* next to a failure: repeats a failed save or a failed test.
    pub fn try_again(&mut self) -> Output {
        if self.connections.shown_form().is_some_and(|form| form.failure.is_some()) {
            return self.save();
        }
        match self.last_sign_in() {
            None => self.test(),
            Some(SignInPlace::Here) => self.sign_in(),
            Some(SignInPlace::Anywhere { .. }) => self.sign_ins.begin_anywhere(&self.connections, &mut self.tests),
        }
    }

    /// Where the shown connection last signed in; `None` while that is running.
    fn last_sign_in(&self) -> Option<SignInPlace> {
        let attempt = self.sign_ins.attempt_for(self.connections.selection.shown()?, &self.connections)?;
        (!attempt.runs()).then_some(attempt.place)
    }

    /// The authentication type was changed: the secret in the vault may not be known yet.
    pub fn auth_changed(&mut self) -> Output {
        self.secrets.revealed = None;
        self.connections.selection.shown().map(|id| self.describe(id)).into()
    }
}

impl Tests {
    /// Tests what is saved.
    pub fn start_these(&mut self, ids: &[ConnectionId], connections: &Connections, sign_ins: &mut SignIns) -> Output {
        let saved = ids.iter().filter_map(|id| connections.entry(*id)).map(|entry| &entry.connection);
        saved
            .map(|connection| {
                sign_ins.forget_result(connection.id, connections);
                self.start(connection.clone(), None)
            })
            .collect()
    }

    fn start(&mut self, connection: Connection, secret: Option<secrecy::SecretString>) -> Output {
        let (run, id, typed_secret) = (RunId::next(), connection.id, secret.is_some());
        let progress = progress(move |state, step, now| state.tests.progress(run, id, step, now));
        let request = TestConnection { connection: Box::new(connection.clone()), secret, progress };
        let (ask, cancel) = ask_cancellable(request, move |state, outcome, now| {
            let untested = |failure| TestResult { tested_at: now, report: Report::not_begun(Status::Untested, failure) };
            let TestResult { tested_at, report } = outcome.unwrap_or_else(untested);
            let shown = state.connections.selection.shown() == Some(id);
            (state.tests.finish(run, id, tested_at, report) && shown).then_some(Go::ShowTest(false))
        });
        self.begin(run, connection, typed_secret, cancel);
        ask.into()
    }

    /// Cancels the tests of these connections.
    pub fn cancel_these(&mut self, ids: &[ConnectionId]) {
        for id in ids {
            self.cancel(*id);
        }
    }
}
