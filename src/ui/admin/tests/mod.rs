//! The *Administration* tab through roles and labels, on an engine that keeps everything in memory.

mod access;
mod principals;
mod tokens;
mod whole;

use std::time::Instant;

use egui::{Key, Modifiers, accesskit::Role};
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use secrecy::ExposeSecret as _;

use super::FreshSecret;
use crate::ui::{
    fake_engine::admin::{FakeAdmin, REQUESTS, SECRET_VALUE, forbidden, object, principal, users_token},
    fake_engine::{FakeEngine, account, connection, production},
    window_tests::{Window, ask_to_close, boxes, click, is_in_words, key, label, open, settle, shows, tab, tick, type_into},
};
use brickpass_core::{
    connection::{AuthKind, AuthMethod, Connection, SecretKind},
    failure::{Code, Failure},
};
use brickpass_databricks::rest::{Entitlement, Permission, Securable, WorkspaceRole};

const SIZE: [f32; 2] = [1280.0, 800.0];

fn engine(connections: &[Connection]) -> FakeEngine {
    let engine = FakeEngine::with(connections);
    engine.0.borrow_mut().admin_data = FakeAdmin::furnished();
    engine
}

fn sales() -> FakeEngine {
    engine(&[connection("Sales", |draft| draft.workspace_id = "1234567890123456".to_owned())])
}

/// The number of administrator requests of a kind.
fn asked(engine: &FakeEngine) -> usize {
    REQUESTS.iter().map(|request| engine.sent(request)).sum()
}

fn opened(engine: &FakeEngine) -> Window {
    let mut window = open(engine, SIZE);
    tab(&mut window, engine, "Administration");
    window
}

fn principals(window: &mut Window, engine: &FakeEngine) {
    window.get_by_role_and_label(Role::RadioButton, "Service principals").click();
    settle(window, engine);
}

fn look_at(window: &mut Window, engine: &FakeEngine, name: &str) {
    let row = window.query_all_by_role(Role::ListBoxOption).find(|node| label(node).starts_with(name)).unwrap();
    row.click();
    settle(window, engine);
}

fn at_principal(engine: &FakeEngine) -> Window {
    let mut window = opened(engine);
    principals(&mut window, engine);
    look_at(&mut window, engine, "nightly-etl");
    window
}

fn is_ticked(window: &Window, words: &str) -> bool {
    let node = window.get_by_role_and_label(Role::CheckBox, words);
    node.accesskit_node().toggled() == Some(egui::accesskit::Toggled::True)
}

/// Chooses from the list that a field opens.
fn choose(window: &mut Window, engine: &FakeEngine, field: &str, option: &str) {
    click(window, engine, field);
    window.get_by_role_and_label(Role::ListBoxOption, option).click();
    settle(window, engine);
}

/// From top to bottom.
fn rows(window: &Window) -> Vec<String> {
    boxes(window, "last used", ", created")
}
