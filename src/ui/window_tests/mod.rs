//! The whole window, found by role and label as a screen reader does, on an engine that keeps everything in memory.

mod list;
mod main_job;
mod monkey;
mod whole;

use std::{
    cell::Cell,
    rc::Rc,
    time::{Duration, Instant},
};

use egui::{Event, Key, Modifiers, PointerButton, Pos2, accesskit::Role, pos2};
use egui_kittest::{Harness, kittest::Queryable as _};

use super::{
    BrickpassApp, Setup,
    fake_engine::{FakeEngine, at, connection, ok_report, production, unauthorized},
    state::Dialog,
};
use crate::{
    connection::{Connection, Field, SecretKind},
    engine::Command,
    failure::{Code, Failure},
    storage::{ThemeChoice, WindowMemory},
};

pub(super) type Window = Harness<'static, BrickpassApp>;

pub(super) fn open(engine: &FakeEngine, size: [f32; 2]) -> Window {
    open_at(engine, size, Rc::new(Cell::new(0)))
}

pub(super) fn open_at(engine: &FakeEngine, size: [f32; 2], seconds: Rc<Cell<i64>>) -> Window {
    let wires = engine.wires();
    let mut window = Harness::builder().with_size(size).with_max_steps(40).allow_missing_glyphs().build_eframe(move |creation| {
        let setup = Setup {
            clock: Box::new(move || at(seconds.get())),
            theme: ThemeChoice::Light,
            window: WindowMemory::default(),
            files: vec![("Configuration", "/somewhere".to_owned())],
        };
        BrickpassApp::new(&creation.egui_ctx, wires, setup).with_token_comment("Brickpass on ada-laptop".to_owned())
    });
    settle(&mut window, engine);
    window
}

/// Lets the engine work and the window draw until both are quiet.
pub(super) fn settle(window: &mut Window, engine: &FakeEngine) {
    for _ in 0..4 {
        engine.work();
        window.run_steps(3);
    }
}

fn workspaces(names: &[&str]) -> Vec<Connection> {
    names.iter().map(|name| connection(name, |_| {})).collect()
}

pub(super) fn click(window: &mut Window, engine: &FakeEngine, label: &str) {
    window.get_all_by_label(label).next().unwrap_or_else(|| panic!("nothing is called {label}")).click();
    settle(window, engine);
}

pub(super) fn type_into(window: &mut Window, engine: &FakeEngine, role: Role, label: &str, words: &str) {
    window.get_by_role_and_label(role, label).focus();
    window.run_steps(2);
    window.get_by_role_and_label(role, label).type_text(words);
    settle(window, engine);
}

pub(super) fn shows(window: &Window, words: &str) -> bool {
    window.query_all_by_label_contains(words).next().is_some()
}

pub(super) fn ask_to_close(window: &mut Window) {
    let id = egui::ViewportId::ROOT;
    window.input_mut().viewports.entry(id).or_default().events.push(egui::ViewportEvent::Close);
    window.step();
    window.input_mut().viewports.entry(id).or_default().events.clear();
}

pub(super) fn commands_of(window: &Window) -> Vec<egui::ViewportCommand> {
    window.output().viewport_output.get(&egui::ViewportId::ROOT).map(|output| output.commands.clone()).unwrap_or_default()
}
