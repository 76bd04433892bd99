//! The *Tokens* tab through roles and labels, on an engine that keeps everything in memory.

mod generate;
mod keys;
mod list;
mod revoke;

use std::{cell::Cell, rc::Rc, time::Instant};

use egui::{Key, Modifiers, accesskit::Role};
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use secrecy::ExposeSecret as _;

use crate::ui::state::{Fresh, RunId};
use crate::ui::{
    fake_engine::{FakeEngine, account, at, browser, connection, new_value, production, token, unauthorized},
    window_tests::{Window, ask_to_close, boxes, click, is_in_words, key, label, open, open_at, settle, shows, tab, tick, type_into},
};
use brickpass_core::{
    connection::{Connection, LastTest, SecretKind, Status},
    failure::{Code, Failure, Remedy},
};
use brickpass_engine::{Event, TokenNote};

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
    tab(&mut window, engine, "Tokens");
    window
}

fn sales() -> FakeEngine {
    engine(&[connection("Sales", |_| {})])
}

fn row(comment: &str) -> String {
    match comment {
        "Brickpass on this laptop" => "created 21 Aug 2026, expires in 23 days, used by this connection".to_owned(),
        "Data Factory linked service" => "created 3 Jul 2026, expires in 3 days".to_owned(),
        other => panic!("{other}"),
    }
}

fn generated(window: &mut Window, engine: &FakeEngine) {
    click(window, engine, "Generate token...");
    click(window, engine, "Generate");
}

/// From top to bottom.
fn rows(window: &Window) -> Vec<String> {
    boxes(window, "expires", ",")
}
