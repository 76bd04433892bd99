//! Signing in through roles and labels, on an engine that advances when the test says so.

mod accounts;
mod attempt;
mod who;
mod window;

use std::{cell::Cell, rc::Rc};

use egui::{Key, accesskit::Role};
use egui_kittest::kittest::{NodeT as _, Queryable as _};

use crate::ui::{
    fake_engine::{FakeEngine, LINK, account, browser, connection, ok_report, sign_in},
    state::AddWorkspaces,
    window_tests::{Window, ask_to_close, click, commands_of, open, open_at, settle, shows, type_into},
};
use brickpass_core::{
    connection::{AuthKind, BaseUrl, Connection, ConnectionId, Environment, EnvironmentKind, Level, LevelKind, Status},
    failure::{Code, Failure, Remedy},
};
use brickpass_databricks::rest::AccountWorkspace;
use brickpass_engine::{Event, Found, SignInPlace, SignInStep, SignedIn};
use brickpass_storage::VaultStatus;

const SIZE: [f32; 2] = [1280.0, 800.0];

/// A window whose clock the test sets.
fn clocked(engine: &FakeEngine) -> (Window, Rc<Cell<i64>>) {
    let seconds = Rc::new(Cell::new(0));
    (open_at(engine, SIZE, Rc::clone(&seconds)), seconds)
}

fn told(window: &mut Window, engine: &FakeEngine, step: SignInStep) {
    engine.sign_in_step(step);
    settle(window, engine);
}

/// A sign-in that waits for the browser.
fn waiting(engine: &FakeEngine) -> (Window, Rc<Cell<i64>>) {
    let (mut window, seconds) = clocked(engine);
    click(&mut window, engine, "Sign in");
    engine.sign_in_waits(true);
    settle(&mut window, engine);
    (window, seconds)
}

fn copied(window: &Window) -> Option<String> {
    window.output().platform_output.commands.iter().rev().find_map(|command| match command {
        egui::OutputCommand::CopyText(text) => Some(text.clone()),
        _ => None,
    })
}

fn failure() -> Failure {
    Failure::new(Code::SignInTimeout, "Nobody signed in within 5 minutes.", "The page was closed, perhaps.", "Sign in again.")
        .with_remedy(Remedy::SignIn)
}
