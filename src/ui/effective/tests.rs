//! Effective configuration through roles and labels.

use std::path::PathBuf;

use egui::{Key, Modifiers, accesskit::Role};
use egui_kittest::kittest::{NodeT as _, Queryable as _};

use crate::ui::{
    fake_engine::{FakeEngine, connection},
    text::effective as words,
    window_tests::{Window, click, open, settle, shows, type_into},
};
use brickpass_core::connection::ConnectionId;
use brickpass_engine::{Attribute, Effective, Family, Problem, Source};

fn effective(connection: Option<ConnectionId>) -> Effective {
    let profile = || Source::Profile { name: "sales".to_owned(), line: 3 };
    let variable = |name: &str| Source::Environment(name.to_owned());
    let attribute = |name, value: Option<&str>, source| Attribute {
        name,
        value: value.map(str::to_owned),
        source,
        shadowed: Vec::new(),
        unused: false,
    };
    let host = attribute("host", Some("https://adb-1234567890123456.7.azuredatabricks.net"), variable("DATABRICKS_HOST"));
    let host = Attribute { shadowed: vec![profile()], ..host };
    let client_id = Attribute { unused: true, ..attribute("client_id", Some("abc"), profile()) };
    Effective {
        family: Family::Go,
        config_file: PathBuf::from("/home/you/.databrickscfg"),
        profile: Some("sales".to_owned()),
        attributes: vec![host, attribute("token", None, variable("DATABRICKS_TOKEN")), client_id],
        auth_type: None,
        problem: Some(
            Problem::theirs("validate: more than one authorization method configured: oauth and pat")
                .fixed_by("Set DATABRICKS_AUTH_TYPE, or unset DATABRICKS_TOKEN."),
        ),
        depends_on: None,
        notes: vec!["Python reads line 7 otherwise.".to_owned()],
        connection,
    }
}

fn asked(engine: &FakeEngine) -> Window {
    let mut window = open(engine, [1280.0, 800.0]);
    window.key_press_modifiers(Modifiers::COMMAND | Modifiers::SHIFT, Key::Y);
    settle(&mut window, engine);
    assert!(window.get_by_label(words::FIND).accesskit_node().is_disabled(), "no folder yet");
    type_into(&mut window, engine, Role::TextInput, words::DIRECTORY, "/home/you/project");
    click(&mut window, engine, words::FIND);
    window
}

#[test]
fn each_value_has_its_source_secrets_are_only_set_and_conflicts_come_first() {
    let sales = connection("Sales lakehouse", |_| {});
    let engine = FakeEngine::with(&[connection("Ops", |_| {}), sales.clone()]);
    engine.0.borrow_mut().around.effective = Some(effective(Some(sales.id)));
    let mut window = asked(&engine);
    assert!(shows(&window, "more than one authorization method configured"));
    assert!(shows(&window, "Set DATABRICKS_AUTH_TYPE, or unset DATABRICKS_TOKEN."));
    assert!(shows(&window, "token: Set, Environment, DATABRICKS_TOKEN"));
    assert!(shows(&window, "Environment, DATABRICKS_HOST, overrides Profile sales, line 3"));
    assert!(shows(&window, "client_id (not used): abc"));
    assert!(shows(&window, "Python reads line 7 otherwise."));
    click(&mut window, &engine, words::OPEN);
    assert_eq!(window.state().state.connections.selection.shown(), Some(sales.id));
    assert!(!window.state().state.dialogs.is_open());
}

#[test]
fn a_folder_that_cannot_be_read_is_told_and_can_be_changed() {
    let engine = FakeEngine::with(&[connection("Ops", |_| {})]);
    let mut window = asked(&engine);
    assert!(shows(&window, "This folder cannot be read."));
    engine.0.borrow_mut().around.effective = Some(effective(None));
    click(&mut window, &engine, words::FIND);
    assert!(shows(&window, words::NOT_OURS));
    assert!(!shows(&window, "This folder cannot be read."));
}

#[test]
fn without_an_address_nothing_is_said_of_whose_it_is() {
    let engine = FakeEngine::with(&[connection("Ops", |_| {})]);
    let mut found = effective(None);
    found.attributes.remove(0);
    let variable = |name, variable: &str| Attribute {
        name,
        value: None,
        source: Source::Environment(variable.to_owned()),
        shadowed: Vec::new(),
        unused: false,
    };
    found.attributes.extend([variable("client_id", "DATABRICKS_CLIENT_ID"), variable("client_secret", "DATABRICKS_CLIENT_SECRET")]);
    engine.0.borrow_mut().around.effective = Some(found);
    let window = asked(&engine);
    assert!(!shows(&window, words::NOT_OURS));
    assert!(shows(&window, "cannot sign in, profile sales of") && !shows(&window, "has no way to sign in"));
}

/// The view of another family is loaded as soon as it is chosen.
#[test]
fn ev_20_each_family_of_tools_has_its_view_in_the_window() {
    let engine = FakeEngine::with(&[connection("Ops", |_| {})]);
    let mut window = asked(&engine);
    engine.0.borrow_mut().around.effective = Some(Effective {
        family: Family::Python,
        problem: Some(Problem::ours("No host has the sign \" in its name.").fixed_by("The quotation marks belong to the value.")),
        ..effective(None)
    });
    click(&mut window, &engine, "Python");
    assert!(shows(&window, "No host has the sign \" in its name."));
    assert!(shows(&window, "The quotation marks belong to the value."));
    assert!(!shows(&window, "says: No host"), "these are no words of the tool");
    let family = engine.0.borrow().around.effective_question.as_ref().map(|question| question.family);
    assert_eq!(family, Some(Some(Family::Python)));
}

#[test]
fn what_somebody_else_decides_is_told() {
    let engine = FakeEngine::with(&[connection("Ops", |_| {})]);
    engine.0.borrow_mut().around.effective =
        Some(Effective { problem: None, depends_on: Some("the Azure CLI".to_owned()), ..effective(None) });
    let window = asked(&engine);
    assert!(shows(&window, "that depends on the Azure CLI"));
}

#[test]
fn escape_closes_it() {
    let engine = FakeEngine::with(&[connection("Ops", |_| {})]);
    let mut window = asked(&engine);
    window.key_press(Key::Escape);
    settle(&mut window, &engine);
    assert!(!window.state().state.dialogs.is_open());
}
