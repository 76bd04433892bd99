//! The whole window through roles and labels, as a screen reader sees it, on an engine that keeps everything in memory.

mod focus;
mod list;
mod locked;
mod main_job;
mod monkey;
mod painter;
mod pictures;
mod whole;

use std::{
    cell::Cell,
    rc::Rc,
    time::{Duration, Instant},
};

use egui::{Event, Key, Modifiers, PointerButton, Pos2, accesskit::Role, pos2};
use egui_kittest::{
    Harness,
    kittest::{NodeT as _, Queryable as _},
};

use super::{
    BrickpassApp, Setup,
    fake_engine::{FakeEngine, at, connection, production, unauthorized},
};
use brickpass_core::{
    connection::{Connection, Field, SecretKind},
    failure::{Code, Failure},
};
use brickpass_storage::{ThemeChoice, WindowMemory};

pub(super) type Window = Harness<'static, BrickpassApp>;

pub(super) fn open(engine: &FakeEngine, size: [f32; 2]) -> Window {
    open_at(engine, size, Rc::new(Cell::new(0)))
}

pub(super) fn open_at(engine: &FakeEngine, size: [f32; 2], seconds: Rc<Cell<i64>>) -> Window {
    let port = engine.port();
    let mut window = Harness::builder().with_size(size).with_max_steps(40).allow_missing_glyphs().build_eframe(move |creation| {
        let setup = Setup {
            clock: Box::new(move || at(seconds.get())),
            theme: ThemeChoice::Light,
            window: WindowMemory::default(),
            files: vec![("Configuration", "/somewhere".to_owned())],
        };
        BrickpassApp::new(&creation.egui_ctx, port, setup).with_token_comment("Brickpass on ada-laptop".to_owned())
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

pub(super) fn key(window: &mut Window, engine: &FakeEngine, modifiers: Modifiers, key: Key) {
    window.key_press_modifiers(modifiers, key);
    settle(window, engine);
}

pub(super) fn tab(window: &mut Window, engine: &FakeEngine, title: &str) {
    window.get_by_role_and_label(Role::Tab, title).click();
    settle(window, engine);
}

pub(super) fn label(node: &egui_kittest::Node<'_>) -> String {
    node.accesskit_node().label().unwrap_or_default()
}

/// The first box whose label begins with this.
pub(super) fn tick(window: &mut Window, engine: &FakeEngine, start: &str) {
    window.query_all_by_role(Role::CheckBox).find(|node| label(node).starts_with(start)).unwrap().click();
    settle(window, engine);
}

/// The boxes from top to bottom whose labels contain `word`, up to `end`.
pub(super) fn boxes(window: &Window, word: &str, end: &str) -> Vec<String> {
    let all = window.query_all_by_role(Role::CheckBox).map(|node| (node.rect().top(), label(&node)));
    let mut found: Vec<(f32, String)> = all.filter(|(_, label)| label.contains(word)).collect();
    found.sort_by(|(a, _), (b, _)| a.total_cmp(b));
    found.into_iter().map(|(_, label)| label.split(end).next().unwrap_or_default().to_owned()).collect()
}

/// Whether it appears anywhere, for a person or a screen reader.
pub(super) fn is_in_words(window: &Window, secret: &str) -> bool {
    window.query_all(egui_kittest::kittest::by()).any(|node| {
        let node = node.accesskit_node();
        [node.label(), node.value()].into_iter().flatten().any(|words| words.contains(secret))
    })
}

pub(super) fn shows(window: &Window, words: &str) -> bool {
    window.query_all_by_label_contains(words).next().is_some()
}

/// Moves the focus to the list of connections.
fn focus_list(window: &mut Window) {
    window.get_by_role_and_label(Role::ListBox, "Connections").focus();
    window.run_steps(2);
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
