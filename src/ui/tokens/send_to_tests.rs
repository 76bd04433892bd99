//! *Copy to a secret store* through roles and labels, on an engine that keeps everything in memory.

use egui::{Key, Modifiers, accesskit::Role};
use egui_kittest::kittest::{NodeT as _, Queryable as _};

use crate::ui::{
    fake_engine::{FakeEngine, browser, connection, new_value, token},
    window_tests::{Window, ask_to_close, click, open, settle, shows, type_into},
};

const SIZE: [f32; 2] = [1280.0, 800.0];

fn engine() -> FakeEngine {
    let engine = FakeEngine::with(&[connection("Sales", |_| {})]);
    engine.0.borrow_mut().tokens = vec![token("t1", "Brickpass on this laptop", -31, Some(23))];
    engine.0.borrow_mut().in_use = Some("t1".to_owned());
    engine
}

/// With a newly created token.
fn generated(engine: &FakeEngine) -> Window {
    generated_at(engine, SIZE)
}

fn generated_at(engine: &FakeEngine, size: [f32; 2]) -> Window {
    let mut window = open(engine, size);
    key(&mut window, engine, Modifiers::COMMAND, Key::G);
    click(&mut window, engine, "Generate");
    assert!(shows(&window, "Your new token"));
    window
}

fn key(window: &mut Window, engine: &FakeEngine, modifiers: Modifiers, key: Key) {
    window.key_press_modifiers(modifiers, key);
    settle(window, engine);
}

fn choose(window: &mut Window, engine: &FakeEngine, what: &str, from: &str, to: &str) {
    click(window, engine, &format!("{what}: {from}"));
    click(window, engine, to);
    assert!(window.query_by_role_and_label(Role::ComboBox, &format!("{what}: {to}")).is_some(), "{what} is {to}");
}

fn fill_in(window: &mut Window, engine: &FakeEngine) {
    choose(window, engine, "Destination", "Azure Key Vault", "GitHub Actions secret");
    choose_sh(window, engine);
    type_into(window, engine, Role::TextInput, "Repository", "ada/sales");
    type_into(window, engine, Role::TextInput, "Secret name", "DATABRICKS_TOKEN");
}

/// The default terminal is that of the platform.
fn choose_sh(window: &mut Window, engine: &FakeEngine) {
    if window.query_by_label("Terminal: PowerShell").is_some() {
        choose(window, engine, "Terminal", "PowerShell", "sh, bash, zsh");
    }
}

fn command(window: &Window) -> Option<String> {
    let labels = window.query_all_by_role(Role::Label).filter_map(|node| {
        let node = node.accesskit_node();
        node.label().or_else(|| node.value())
    });
    labels.into_iter().find_map(|label| label.strip_prefix("Command: ").map(str::to_owned))
}

fn copied_text(window: &Window) -> Option<String> {
    window.output().platform_output.commands.iter().find_map(|command| match command {
        egui::OutputCommand::CopyText(text) => Some(text.clone()),
        _ => None,
    })
}

#[test]
fn a_fresh_token_that_is_not_in_use_goes_by_way_of_the_clipboard_in_two_steps() {
    let engine = engine();
    let mut window = generated(&engine);
    click(&mut window, &engine, "Copy to a secret store...");
    assert!(shows(&window, "Copy token to a secret store") && !shows(&window, "CONTAINS NO SECRET"));
    assert_eq!(command(&window).as_deref(), Some("Fill in the fields above to see the command."));
    assert!(window.get_by_role_and_label(Role::Button, "Copy command").accesskit_node().is_disabled());

    fill_in(&mut window, &engine);
    let shown = command(&window).unwrap();
    assert!(shown.contains("| gh secret set DATABRICKS_TOKEN --repo ada/sales") && !shown.contains("brickpass token"), "{shown}");
    assert!(!shown.contains(&new_value()) && shows(&window, "CONTAINS NO SECRET"));
    assert!(shows(&window, "1. Copy the command and paste it into a terminal without running it."));
    assert!(shows(&window, "2. Copy the token, then run the command: it reads the clipboard."));

    window.get_by_role_and_label(Role::Button, "Copy command").click();
    window.step();
    assert_eq!(copied_text(&window), Some(shown));
    settle(&mut window, &engine);
    assert!(window.query_by_label("Command copied").is_some());
    assert_eq!(engine.sent("CopySecret"), 0, "the token is not there yet");
    click(&mut window, &engine, "Copy token");
    assert_eq!(engine.sent("CopySecret"), 1, "the engine copies it, never egui");
    assert!(window.query_by_label("Copied, clears in 30 s").is_some());
    click(&mut window, &engine, "Command copied");
    assert!(window.query_by_label("Copy token").is_some(), "the command has taken the token's place on the clipboard");

    click(&mut window, &engine, "Back");
    assert!(shows(&window, "Your new token"), "it is still there");
}

#[test]
fn a_fresh_token_that_is_in_use_needs_no_clipboard() {
    let engine = engine();
    let mut window = generated(&engine);
    click(&mut window, &engine, "Use in this connection");
    click(&mut window, &engine, "Copy to a secret store...");
    fill_in(&mut window, &engine);
    assert!(command(&window).unwrap().contains("$(brickpass token Sales)"));
    assert!(shows(&window, "It gets the token from Brickpass.") && window.query_by_label("Copy token").is_none());
    choose(&mut window, &engine, "Token source", "This connection (Sales)", "Clipboard");
    assert!(window.query_by_label("Copy token").is_some() && !command(&window).unwrap().contains("brickpass token"));
}

#[test]
fn a_wrong_name_is_told_beside_its_field_and_there_is_no_command() {
    let engine = engine();
    let mut window = generated(&engine);
    click(&mut window, &engine, "Copy to a secret store...");
    fill_in(&mut window, &engine);
    type_into(&mut window, &engine, Role::TextInput, "Secret name", " 2");
    assert!(shows(&window, "A secret's name cannot contain a space; use letters, digits and _"));
    assert!(window.get_by_role_and_label(Role::Button, "Copy command").accesskit_node().is_disabled());
    assert!(command(&window).unwrap().starts_with("Fill in"));
}

#[test]
fn a_terminal_that_would_spoil_the_secret_is_refused_with_a_way_out() {
    let engine = engine();
    let mut window = generated(&engine);
    click(&mut window, &engine, "Copy to a secret store...");
    choose(&mut window, &engine, "Destination", "Azure Key Vault", "Google Secret Manager");
    type_into(&mut window, &engine, Role::TextInput, "Secret name", "databricks");
    choose_sh(&mut window, &engine);
    assert!(command(&window).unwrap().contains("gcloud secrets versions add databricks --data-file=-"));
    choose(&mut window, &engine, "Secret", "Add new version", "Create");
    assert!(command(&window).unwrap().contains("gcloud secrets create databricks"));
    choose(&mut window, &engine, "Terminal", "sh, bash, zsh", "PowerShell");
    assert!(shows(&window, "PowerShell adds a line break to the input of gcloud") && command(&window).is_none());
    assert!(window.get_by_role_and_label(Role::Button, "Copy command").accesskit_node().is_disabled());
}

#[test]
fn another_destination_is_a_command_that_is_not_copied_yet_and_what_was_typed_is_there_again() {
    let engine = engine();
    let mut window = generated(&engine);
    click(&mut window, &engine, "Copy to a secret store...");
    fill_in(&mut window, &engine);
    click(&mut window, &engine, "Copy command");
    assert!(window.query_by_label("Command copied").is_some());
    choose(&mut window, &engine, "Destination", "GitHub Actions secret", "GitLab CI/CD variable");
    assert!(window.query_by_label("Command copied").is_none(), "that was another command");
    key(&mut window, &engine, Modifiers::NONE, Key::Escape);
    assert!(shows(&window, "Your new token"), "Escape leads back");
    click(&mut window, &engine, "Copy to a secret store...");
    assert_eq!(window.get_by_role_and_label(Role::TextInput, "Project path").value().as_deref(), Some("ada/sales"));
}

#[test]
fn the_question_before_the_window_closes_stands_in_front_of_the_command() {
    let engine = engine();
    let mut window = generated(&engine);
    click(&mut window, &engine, "Copy to a secret store...");
    fill_in(&mut window, &engine);
    ask_to_close(&mut window);
    settle(&mut window, &engine);
    assert!(shows(&window, "This token cannot be shown again") && !window.state().state.view.may_close());
    click(&mut window, &engine, "Go back");
    assert!(shows(&window, "Your new token"));
    click(&mut window, &engine, "Copy to a secret store...");
    assert_eq!(window.get_by_role_and_label(Role::TextInput, "Repository").value().as_deref(), Some("ada/sales"));
}

#[test]
fn the_token_that_a_connection_uses_can_be_sent_without_being_seen() {
    let engine = engine();
    let mut window = open(&engine, SIZE);
    key(&mut window, &engine, Modifiers::COMMAND | Modifiers::SHIFT, Key::K);
    assert!(shows(&window, "Copy token to a secret store"));
    fill_in(&mut window, &engine);
    assert!(command(&window).unwrap().contains("$(brickpass token Sales)"));
    assert!(window.query_by_label_contains("Token source").is_none(), "there is nothing to choose");
    assert_eq!((engine.sent("RevealSecret"), engine.sent("CopySecret"), engine.sent("CopyStored")), (0, 0, 0));
    click(&mut window, &engine, "Close");
    assert!(!shows(&window, "Copy token to a secret store"));

    let engine = FakeEngine::with(&[browser("Sales")]);
    let mut window = open(&engine, SIZE);
    key(&mut window, &engine, Modifiers::COMMAND | Modifiers::SHIFT, Key::K);
    assert!(!shows(&window, "Copy token to a secret store"), "a sign-in gives out nothing that could be stored elsewhere");
}

#[test]
fn everything_is_reached_by_the_tab_key_in_the_order_of_the_steps() {
    let engine = engine();
    let mut window = generated(&engine);
    click(&mut window, &engine, "Copy to a secret store...");
    fill_in(&mut window, &engine);
    let mut stops = Vec::new();
    for _ in 0..12 {
        key(&mut window, &engine, Modifiers::NONE, Key::Tab);
        let focused = window.query_all(egui_kittest::kittest::by()).find(|node| node.accesskit_node().is_focused());
        stops.extend(focused.and_then(|node| node.accesskit_node().label()));
    }
    let at = |label: &str| stops.iter().position(|stop| stop == label).unwrap_or_else(|| panic!("{label} is not among {stops:?}"));
    at("Destination: GitHub Actions secret");
    at("Repository");
    assert!(at("Copy command") < at("Copy token") && at("Copy token") < at("Back"), "{stops:?}");
}

#[test]
fn in_a_small_window_the_way_back_stays_in_view() {
    let engine = engine();
    let mut window = generated_at(&engine, [640.0, 480.0]);
    click(&mut window, &engine, "Copy to a secret store...");
    fill_in(&mut window, &engine);
    let back = window.get_by_role_and_label(Role::Button, "Back").rect();
    assert!(back.bottom() <= 480.0 && back.right() <= 640.0, "{back:?}");
}
