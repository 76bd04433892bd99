//! Backing up through roles and labels, on an engine that keeps everything in memory.

use egui::{Key, Modifiers, accesskit::Role};
use egui_kittest::kittest::{NodeT as _, Queryable as _};

use crate::ui::{
    fake_engine::{FakeEngine, connection},
    text::{PASSPHRASE, PASSPHRASE_AGAIN, activity, backup as words},
    window_tests::{Window, click, open, settle, shows, type_into},
};
use brickpass_core::{
    connection::SecretKind,
    failure::{Code, Failure},
};

const PHRASE: &str = "correct horse";

fn asked(engine: &FakeEngine, size: [f32; 2]) -> Window {
    let mut window = open(engine, size);
    window.state_mut().state.preferences.save_folder = Some("/home/ada".into());
    window.key_press_modifiers(Modifiers::COMMAND | Modifiers::SHIFT, Key::B);
    settle(&mut window, engine);
    window
}

fn one() -> FakeEngine {
    let sales = connection("Sales", |_| {});
    let engine = FakeEngine::with(std::slice::from_ref(&sales));
    engine.0.borrow_mut().secrets.insert((sales.id, SecretKind::PersonalAccessToken), "dapi-of-sales".into());
    engine
}

/// The button of the dialog, not of the form behind it.
fn save_button(window: &Window) -> egui_kittest::Node<'_> {
    window.get_all_by_role_and_label(Role::Button, activity::SAVE).last().unwrap()
}

fn may_save(window: &Window) -> bool {
    !save_button(window).accesskit_node().is_disabled()
}

fn save(window: &mut Window, engine: &FakeEngine) {
    save_button(window).click();
    settle(window, engine);
}

#[test]
fn a_backup_wants_a_passphrase_that_was_typed_twice() {
    let engine = one();
    let mut window = asked(&engine, [1280.0, 800.0]);
    assert!(!may_save(&window));
    type_into(&mut window, &engine, Role::PasswordInput, PASSPHRASE, PHRASE);
    assert!(!may_save(&window));
    type_into(&mut window, &engine, Role::PasswordInput, PASSPHRASE_AGAIN, "correct");
    assert!(!may_save(&window) && shows(&window, "The passphrases do not match"));
    type_into(&mut window, &engine, Role::PasswordInput, PASSPHRASE_AGAIN, " horse");
    save(&mut window, &engine);
    let backups = engine.0.borrow().around.backups.clone();
    assert_eq!(backups.len(), 1);
    assert!(backups[0].0.starts_with("/home/ada") && backups[0].0.extension().unwrap() == "brickpass-backup" && backups[0].1 == PHRASE);
    for said in ["1 connection and 1 secret backed up", "Saved to /home/ada/brickpass-", "sign in again after restoring"] {
        assert!(shows(&window, said), "{said}");
    }
    click(&mut window, &engine, words::DONE);
    assert!(!window.state().state.dialogs.is_open());
}

#[test]
fn what_went_wrong_is_told_and_nothing_has_to_be_typed_again() {
    let engine = one();
    let mut window = asked(&engine, [640.0, 480.0]);
    type_into(&mut window, &engine, Role::PasswordInput, PASSPHRASE, PHRASE);
    type_into(&mut window, &engine, Role::PasswordInput, PASSPHRASE_AGAIN, PHRASE);
    engine.0.borrow_mut().around.failure = Some(Failure::new(Code::InvalidInput, "It is there already.", "A file.", "Take another name."));
    save(&mut window, &engine);
    assert!(shows(&window, "It is there already.") && may_save(&window));
    save(&mut window, &engine);
    assert!(shows(&window, "backed up"));
}

#[test]
fn escape_leaves_without_a_file() {
    let engine = one();
    let mut window = asked(&engine, [1280.0, 800.0]);
    window.key_press(Key::Escape);
    settle(&mut window, &engine);
    assert!(!window.state().state.dialogs.is_open() && engine.0.borrow().around.backups.is_empty());
}
