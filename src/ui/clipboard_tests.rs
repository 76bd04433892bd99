//! Copying a stored secret, in the whole window.

use std::{cell::Cell, rc::Rc};

use egui::{Key, Modifiers, OutputCommand, accesskit::Role};
use egui_kittest::kittest::Queryable as _;

use super::{
    fake_engine::{FakeEngine, connection},
    window_tests::{Window, click, open, open_at, settle, shows, type_into},
};
use brickpass_core::connection::SecretKind;
use brickpass_engine::Event;

const TOKEN: &str = "dapi0123456789abcdef3f9c";

fn with_a_token() -> FakeEngine {
    let sales = connection("Sales", |_| {});
    let engine = FakeEngine::with(std::slice::from_ref(&sales));
    engine.0.borrow_mut().secrets.insert((sales.id, SecretKind::PersonalAccessToken), TOKEN.into());
    engine
}

fn copies(window: &mut Window, engine: &FakeEngine) {
    window.key_press_modifiers(Modifiers::COMMAND | Modifiers::SHIFT, Key::C);
    settle(window, engine);
}

#[test]
fn a_stored_secret_is_copied_counted_down_kept_longer_and_cleared() {
    let (engine, seconds) = (with_a_token(), Rc::new(Cell::new(0)));
    let mut window = open_at(&engine, [1280.0, 800.0], Rc::clone(&seconds));
    assert!(!shows(&window, "copied, clears in"));
    click(&mut window, &engine, "Copy Access token");
    assert_eq!(engine.sent("CopyStored"), 1);
    assert!(shows(&window, "Access token copied, clears in 0:30"));
    seconds.set(7);
    settle(&mut window, &engine);
    assert!(shows(&window, "Access token copied, clears in 0:23"));

    window.get_by_role_and_label(Role::Button, "+30 s").click();
    settle(&mut window, &engine);
    assert!(shows(&window, "clears in 0:53"));
    window.get_by_role_and_label(Role::Button, "Clear now").click();
    settle(&mut window, &engine);
    assert_eq!(engine.sent("ClearClipboard"), 1);
    assert!(!shows(&window, "copied, clears in"));
    assert!(shows(&window, "Clipboard cleared"));
}

#[test]
fn the_secret_goes_by_no_clipboard_of_the_window() {
    let engine = with_a_token();
    let mut window = open(&engine, [1280.0, 800.0]);
    click(&mut window, &engine, "Show Access token");
    window.get_by_role_and_label(Role::Button, "Copy Access token").click();
    for _ in 0..6 {
        window.step();
        let copied = |command: &OutputCommand| matches!(command, OutputCommand::CopyText(_));
        assert!(!window.output().platform_output.commands.iter().any(copied));
    }
    settle(&mut window, &engine);
    assert_eq!(engine.sent("CopyStored"), 1);
    assert!(engine.log().iter().all(|line| !line.contains("dapi")));
}

#[test]
fn ctrl_shift_c_copies_what_is_stored_and_not_what_is_typed() {
    let engine = with_a_token();
    let mut window = open(&engine, [1280.0, 800.0]);
    copies(&mut window, &engine);
    assert_eq!(engine.sent("CopyStored"), 1);
    type_into(&mut window, &engine, Role::PasswordInput, "Access token", "dapi-another");
    assert!(window.query_by_label("Copy Access token").is_none());
    copies(&mut window, &engine);
    assert_eq!(engine.sent("Copy"), 1);
}

#[test]
fn without_a_stored_secret_there_is_nothing_to_copy() {
    let engine = FakeEngine::with(&[connection("Sales", |_| {})]);
    let mut window = open(&engine, [1280.0, 800.0]);
    assert!(window.query_by_label("Copy Access token").is_none());
    copies(&mut window, &engine);
    assert_eq!(engine.sent("Copy"), 0);
}

#[test]
fn ui_06_the_countdown_and_its_buttons_are_seen_in_the_smallest_window() {
    let engine = with_a_token();
    for size in [[640.0, 480.0], [480.0, 280.0]] {
        let mut window = open(&engine, size);
        engine.tell(Event::ClipboardHolds { what: "client secret".to_owned(), until: super::fake_engine::at(300), guaranteed: false });
        settle(&mut window, &engine);
        assert!(shows(&window, "Client secret copied, clears in 5:00 if the desktop allows it"));
        for label in ["Clear now", "+30 s"] {
            let rect = window.get_by_role_and_label(Role::Button, label).rect();
            assert!(rect.right() <= size[0] && rect.bottom() <= size[1], "{label} at {rect} in {size:?}");
        }
    }
}
