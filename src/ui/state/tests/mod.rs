//! The state, without a window.

mod closing;
mod deleting;
mod list;
mod saving;
mod testing;

use super::*;
use crate::ui::fake_engine::{
    FakeEngine, PLANNED, account, at, browser, connection, ok_report, production, sign_in, snapshot, unauthorized,
};
use crate::ui::state::RunId;
use crate::ui::state::start;
use brickpass_core::connection::{Draft, SecretKind};
use brickpass_databricks::check::{Progress, Report};
use brickpass_engine::{Ask, Event};
use brickpass_storage::{Revision, VaultStatus};

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
        desk.send(vec![start()]);
        desk.settle();
        desk
    }

    pub fn send(&self, commands: Vec<Ask>) {
        for command in commands {
            (self.port.send)(command);
        }
    }

    /// Lets the engine work and applies its events until nothing more happens.
    pub fn settle(&mut self) {
        loop {
            self.engine.work();
            let Some(event) = (self.port.next)() else { return };
            let commands = self.state.apply(event, self.now);
            self.send(commands);
        }
    }

    pub fn run(&mut self, intent: impl FnOnce(&mut State, Timestamp) -> Vec<Ask>) {
        let commands = intent(&mut self.state, self.now);
        self.send(commands);
        self.settle();
    }

    pub fn edit(&mut self, change: impl FnOnce(&mut Draft)) {
        change(&mut self.state.shown_form_mut().unwrap().draft);
        self.state.judge_shown();
    }

    pub fn shown(&self) -> ConnectionId {
        self.state.selection.shown().unwrap()
    }

    fn names(&self) -> Vec<String> {
        self.state.list.shown().map(|id| self.state.name_of(id).to_owned()).collect()
    }
}

fn three() -> Vec<Connection> {
    ["Alpha", "beta", "Gamma"].map(|name| connection(name, |_| {})).to_vec()
}
