//! Sharing the diagnostics, and the title of the window.

use egui::{Key, Modifiers, OutputCommand, ViewportCommand, accesskit::Role};
use egui_kittest::kittest::{NodeT as _, Queryable as _};

use super::{
    fake_engine::{self as samples, FakeEngine, connection},
    window_tests::{Window, click, commands_of, open, settle, shows, type_into},
};
use brickpass_core::connection::SecretKind;

const SIZE: [f32; 2] = [1280.0, 800.0];
const TOKEN: &str = "dapi0123456789abcdef3f9c";

fn asked() -> (FakeEngine, Window) {
    let engine = FakeEngine::with(&[connection("Sales", |_| {})]);
    let mut window = open(&engine, SIZE);
    window.key_press_modifiers(Modifiers::COMMAND | Modifiers::SHIFT, Key::D);
    settle(&mut window, &engine);
    (engine, window)
}

fn text(window: &Window) -> Option<String> {
    let labels = window.query_all_by_label_contains("\"version\"").next()?;
    labels.accesskit_node().value().or_else(|| labels.accesskit_node().label())
}

#[test]
fn exactly_what_is_shown_is_copied_and_saved() {
    let (engine, mut window) = asked();
    assert!(shows(&window, "Collecting diagnostics") && window.query_by_label("Copy").is_none(), "nothing is copied unseen");
    let collected = samples::diagnostics();
    engine.0.borrow_mut().diagnosed(Ok(collected.clone()));
    settle(&mut window, &engine);
    assert_eq!(text(&window), Some(collected.text()));

    window.get_by_label("Copy").click();
    let mut copied = Vec::new();
    for _ in 0..4 {
        window.step();
        copied.extend(window.output().platform_output.commands.iter().filter_map(|command| match command {
            OutputCommand::CopyText(text) => Some(text.clone()),
            _ => None,
        }));
    }
    assert_eq!(copied, [collected.text()]);

    click(&mut window, &engine, "Save as...");
    window.get_by_role_and_label(Role::TextInput, "File").focus();
    window.run_steps(2);
    window.key_press_modifiers(Modifiers::COMMAND, Key::A);
    type_into(&mut window, &engine, Role::TextInput, "File", "/home/you/diagnostics.json");
    let save = window.query_all_by_role_and_label(Role::Button, "Save").last().unwrap();
    save.click();
    settle(&mut window, &engine);
    assert_eq!(engine.0.borrow().recorded.saved, [(collected.text(), "/home/you/diagnostics.json".into())]);
    assert!(shows(&window, "Saved as /home/you/diagnostics.json") && text(&window).is_none());
}

#[test]
fn they_are_reached_from_the_settings_and_cancel_leads_back_to_what_is_shown() {
    let engine = FakeEngine::with(&[connection("Sales", |_| {})]);
    engine.0.borrow_mut().recorded.diagnostics = Some(samples::diagnostics());
    let mut window = open(&engine, SIZE);
    click(&mut window, &engine, "Settings");
    // The keyboard scrolls it into view.
    window.get_by_label("Copy diagnostics...").focus();
    window.run_steps(3);
    window.key_press(Key::Enter);
    settle(&mut window, &engine);
    assert!(text(&window).is_some());
    click(&mut window, &engine, "Save as...");
    click(&mut window, &engine, "Cancel");
    assert!(text(&window).is_some() && window.query_by_role_and_label(Role::TextInput, "File").is_none());
    window.key_press(Key::Escape);
    settle(&mut window, &engine);
    assert!(text(&window).is_none());
}

#[test]
fn se_14_the_title_of_the_window_never_changes_whatever_is_shown() {
    let sales = connection("Sales", |_| {});
    let engine = FakeEngine::with(std::slice::from_ref(&sales));
    engine.0.borrow_mut().secrets.insert((sales.id, SecretKind::PersonalAccessToken), TOKEN.into());
    let mut window = open(&engine, SIZE);
    let quiet = |window: &mut Window| {
        for _ in 0..6 {
            engine.work();
            window.step();
            let titled = commands_of(window).into_iter().any(|command| matches!(command, ViewportCommand::Title(_)));
            assert!(!titled, "the title is set once, when the window is made");
        }
    };
    quiet(&mut window);
    for button in ["Show Access token", "Copy Access token", "Test connection"] {
        window.get_all_by_label(button).next().unwrap().click();
        quiet(&mut window);
    }
    for tab in ["Tokens", "Activity"] {
        window.get_by_role_and_label(Role::Tab, tab).click();
        quiet(&mut window);
    }
    window.key_press_modifiers(Modifiers::COMMAND, Key::G);
    quiet(&mut window);
    window.key_press(Key::Enter);
    quiet(&mut window);
    let program = include_str!("../main.rs");
    assert!(program.contains(r#"if prepared.is_demo() { "Brickpass (demo)" } else { "Brickpass" }"#), "and it is one of two");
}
