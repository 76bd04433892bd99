//! The state, without a window.

mod closing;
mod deleting;
mod list;
mod saving;
mod testing;

use std::sync::Arc;

use jiff::Timestamp;

use super::*;
use crate::ui::fake_engine::{
    FakeEngine, PLANNED, account, at, browser, connection, ok_report, production, sign_in, snapshot, unauthorized,
};
use crate::ui::state::Output;
use crate::ui::state::start;
use brickpass_core::{
    connection::{Draft, Environment, Field, SecretKind, Status},
    failure::Failure,
};
use brickpass_databricks::check::{Progress, Report};
use brickpass_engine::{Ask, Event, StoredSecret};
use brickpass_storage::{Mode, Revision, VaultStatus};

pub(super) struct Desk {
    pub state: State,
    pub engine: FakeEngine,
    port: crate::ui::EnginePort,
    pub now: Timestamp,
}

impl Desk {
    pub fn with(connections: &[Connection]) -> Self {
        let engine = FakeEngine::with(connections);
        let port = engine.port();
        let mut desk = Self { state: State::default(), engine, port, now: at(0) };
        desk.send(start());
        desk.settle();
        desk
    }

    pub fn send(&mut self, output: impl Into<Output>) {
        let requests = self.state.follow(output.into());
        self.ask(requests);
    }

    fn ask(&self, requests: Vec<Ask>) {
        for request in requests {
            (self.port.send)(request);
        }
    }

    /// Lets the engine work and applies its events until nothing more happens.
    pub fn settle(&mut self) {
        loop {
            self.engine.work();
            let Some(event) = (self.port.next)() else { return };
            let requests = self.state.apply(event, self.now);
            self.ask(requests);
        }
    }

    pub fn run<O: Into<Output>>(&mut self, intent: impl FnOnce(&mut State, Timestamp) -> O) {
        let output = intent(&mut self.state, self.now);
        self.send(output);
        self.settle();
    }

    /// Presses a button of the topmost dialog of this type, which closes it.
    pub fn answer<D: Dialog, O: Into<Output>>(&mut self, press: impl FnOnce(&D, &mut State, Timestamp) -> O) {
        let dialog = self.state.dialogs.remove::<D>().unwrap();
        self.run(|state, now| press(&dialog, state, now));
    }

    pub fn edit(&mut self, change: impl FnOnce(&mut Draft)) {
        change(&mut self.state.connections.shown_form_mut().unwrap().draft);
        self.state.connections.judge_shown();
    }

    pub fn shown(&self) -> ConnectionId {
        self.state.connections.selection.shown().unwrap()
    }

    fn names(&self) -> Vec<String> {
        self.state.connections.list.shown().map(|id| self.state.connections.name_of(id).to_owned()).collect()
    }
}

fn three() -> Vec<Connection> {
    ["Alpha", "beta", "Gamma"].map(|name| connection(name, |_| {})).to_vec()
}
