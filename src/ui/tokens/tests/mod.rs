//! The *Tokens* tab as a person uses it: found by role and label, on an engine that keeps everything in memory.

mod generate;
mod keys;
mod list;
mod revoke;

use std::{cell::Cell, rc::Rc, time::Instant};

use egui::{Key, Modifiers, accesskit::Role};
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use secrecy::ExposeSecret as _;

use crate::{
    connection::{Connection, LastTest, SecretKind, Status},
    engine::{Event, RunId, TokenNote},
    failure::{Code, Failure, Remedy},
    ui::{
        fake_engine::{FakeEngine, account, at, browser, connection, new_value, production, token, unauthorized},
        window_tests::{Window, ask_to_close, click, open, open_at, settle, shows, type_into},
    },
};

const SIZE: [f32; 2] = [1280.0, 800.0];

fn engine(connections: &[Connection]) -> FakeEngine {
    let engine = FakeEngine::with(connections);
    engine.0.borrow_mut().tokens = vec![
        token("t1", "Brickpass on this laptop", -31, Some(23)),
        token("t2", "Data Factory linked service", -80, Some(3)),
        token("t3", "old notebook test", -265, None),
    ];
    engine.0.borrow_mut().in_use = Some("t1".to_owned());
    engine
}

fn opened(engine: &FakeEngine) -> Window {
    let mut window = open(engine, SIZE);
    tab(&mut window, engine);
    window
}

fn tab(window: &mut Window, engine: &FakeEngine) {
    window.get_by_role_and_label(Role::Tab, "Tokens").click();
    settle(window, engine);
}

fn sales() -> FakeEngine {
    engine(&[connection("Sales", |_| {})])
}

fn row(comment: &str) -> String {
    match comment {
        "Brickpass on this laptop" => "created 21 Aug 2026, expires in 23 days, this connection uses it".to_owned(),
        "Data Factory linked service" => "created 3 Jul 2026, expires in 3 days".to_owned(),
        other => panic!("{other}"),
    }
}

fn rows(window: &Window) -> Vec<String> {
    let mut rows: Vec<(f32, String)> = window
        .query_all_by_role(Role::CheckBox)
        .filter_map(|node| Some((node.rect().top(), node.accesskit_node().label()?)))
        .filter(|(_, label)| label.contains("expires"))
        .collect();
    rows.sort_by(|(a, _), (b, _)| a.total_cmp(b));
    rows.into_iter().map(|(_, label)| label.split(',').next().unwrap_or_default().to_owned()).collect()
}

fn tick(window: &mut Window, engine: &FakeEngine, comment: &str) {
    window.query_all_by_role(Role::CheckBox).find(|node| label(node).starts_with(comment)).unwrap().click();
    settle(window, engine);
}

fn label(node: &egui_kittest::Node<'_>) -> String {
    node.accesskit_node().label().unwrap_or_default()
}

fn key(window: &mut Window, engine: &FakeEngine, modifiers: Modifiers, key: Key) {
    window.key_press_modifiers(modifiers, key);
    settle(window, engine);
}

fn value_is_drawn_nowhere_in_words(window: &Window) -> bool {
    window.query_all(egui_kittest::kittest::by()).all(|node| {
        let node = node.accesskit_node();
        let value = new_value();
        ![node.label(), node.value()].into_iter().flatten().any(|words| words.contains(&value))
    })
}

fn generated(window: &mut Window, engine: &FakeEngine) {
    click(window, engine, "Generate token...");
    click(window, engine, "Generate");
}
