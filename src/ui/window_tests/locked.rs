//! A locked vault says so, and asks for its passphrase.

use super::*;
use crate::ui::fake_engine::browser;
use brickpass_engine::Event as Told;
use brickpass_storage::{VaultHome, VaultStatus};

fn locked_file() -> VaultStatus {
    VaultStatus::Locked { place: "the encrypted file".to_owned(), new: false }
}

fn passphrase(window: &Window) -> egui_kittest::Node<'_> {
    window.get_by_role_and_label(Role::PasswordInput, "Passphrase")
}

#[test]
fn wn_09_a_locked_vault_asks_for_its_passphrase_at_start() {
    let engine = FakeEngine::with(&workspaces(&["Sales"]));
    engine.0.borrow_mut().vault = Some(locked_file());
    let mut window = open(&engine, [1280.0, 800.0]);
    assert!(shows(&window, "Unlock the encrypted file"));
    assert!(passphrase(&window).is_focused());

    passphrase(&window).type_text("wrong");
    settle(&mut window, &engine);
    key(&mut window, &engine, Modifiers::NONE, Key::Enter);
    let said =
        window.query_all_by_label_contains("That is not the passphrase.").next().unwrap_or_else(|| panic!("{:?}", engine.log())).rect();
    let field = passphrase(&window).rect();
    assert!(said.top() >= field.bottom() && said.top() - field.bottom() < 24.0, "right below the field: {field:?}, {said:?}");
    assert!(passphrase(&window).is_focused());
    // Typing replaces the selected text.
    passphrase(&window).type_text("open sesame");
    settle(&mut window, &engine);
    key(&mut window, &engine, Modifiers::NONE, Key::Enter);
    assert!(!window.state().state.dialogs.is_open());
    assert_eq!(engine.sent("UnlockVault"), 2);
}

#[test]
fn wn_09_who_closes_the_question_is_not_asked_again_and_sees_what_is_locked() {
    let sales = connection("Sales", |_| {});
    let engine = FakeEngine::with(&[sales, browser("Web")]);
    engine.0.borrow_mut().vault = Some(locked_file());
    let mut window = open(&engine, [1280.0, 800.0]);
    key(&mut window, &engine, Modifiers::NONE, Key::Escape);
    engine.0.borrow_mut().commands.push_back(crate::ui::state::probe_vault());
    settle(&mut window, &engine);
    assert!(!window.state().state.dialogs.is_open());
    assert!(shows(&window, "Secrets are stored in the encrypted file, which is locked"));
    assert!(!shows(&window, "Paste a personal access token"));
    click(&mut window, &engine, "Unlock...");
    assert!(shows(&window, "Unlock the encrypted file"));
    key(&mut window, &engine, Modifiers::NONE, Key::Escape);
    focus_list(&mut window);
    key(&mut window, &engine, Modifiers::NONE, Key::ArrowDown);
    assert!(shows(&window, "which is locked") && !shows(&window, "Not signed in"));
    assert!(window.query_by_label("Unlock...").is_some(), "a connection that signs in with the browser says it, too");
}

#[test]
fn wn_09_a_secret_that_was_asked_for_before_the_vault_was_known_to_be_locked_says_locked() {
    let sales = connection("Sales", |_| {});
    let engine = FakeEngine::with(std::slice::from_ref(&sales));
    let mut window = open(&engine, [1280.0, 800.0]);
    let failure = Failure::new(Code::VaultLocked, "The keyring is locked.", "Nobody unlocked it.", "Unlock it.");
    let stored = brickpass_engine::StoredSecret::Unavailable(failure);
    window.state_mut().state.secrets.secret_described(sales.id, SecretKind::PersonalAccessToken, stored);
    settle(&mut window, &engine);
    assert!(shows(&window, "The system keyring is locked"));
    let before = engine.sent("ProbeVault");
    click(&mut window, &engine, "Unlock...");
    assert_eq!(engine.sent("ProbeVault"), before + 1, "looking into it brings up the question of the system");
    assert_eq!(window.state().state.secrets.vault.value().map(|(home, _)| *home), Some(VaultHome::Keyring));
}

#[test]
fn wn_10_a_wrong_passphrase_in_the_settings_is_said_below_its_field() {
    let engine = FakeEngine::with(&workspaces(&["Sales"]));
    let mut window = open(&engine, [1280.0, 800.0]);
    engine.tell(Told::Vault { home: VaultHome::File, status: locked_file() });
    settle(&mut window, &engine);
    key(&mut window, &engine, Modifiers::COMMAND, Key::Comma);
    assert!(passphrase(&window).is_focused());
    passphrase(&window).type_text("wrong");
    settle(&mut window, &engine);
    key(&mut window, &engine, Modifiers::NONE, Key::Enter);
    let said = window.query_all_by_label_contains("That is not the passphrase.").next().expect("it was refused").rect();
    assert!(said.top() - passphrase(&window).rect().bottom() < 24.0);
    passphrase(&window).type_text("o");
    settle(&mut window, &engine);
    assert!(!shows(&window, "That is not the passphrase."), "what is typed now was not refused");
}

#[test]
fn wn_16_who_has_forgotten_the_passphrase_starts_a_new_vault_from_the_dialog_that_asks_for_it() {
    let engine = FakeEngine::with(&workspaces(&["Sales"]));
    engine.0.borrow_mut().vault = Some(locked_file());
    let mut window = open(&engine, [640.0, 480.0]);
    passphrase(&window).type_text("perhaps this one");
    settle(&mut window, &engine);
    click(&mut window, &engine, "Forgot the passphrase?");
    assert!(shows(&window, "You give up the stored secrets") && shows(&window, "are kept next to the new one"));
    click(&mut window, &engine, "Create a new vault");
    assert_eq!(engine.sent("Recover"), 0, "what was typed for the other vault is no passphrase of this one");
    click(&mut window, &engine, "Back");
    assert!(shows(&window, "Unlock the encrypted file") && passphrase(&window).is_focused());
    click(&mut window, &engine, "Forgot the passphrase?");
    type_into(&mut window, &engine, Role::PasswordInput, "Passphrase", "correct horse");
    type_into(&mut window, &engine, Role::PasswordInput, "Repeat passphrase", "correct horse");
    for label in ["Cancel", "Back", "Create a new vault"] {
        let rect = window.get_by_role_and_label(Role::Button, label).rect();
        assert!(rect.left() >= 0.0 && rect.right() <= 640.0 && rect.bottom() <= 480.0, "{label} {rect:?}");
    }
    click(&mut window, &engine, "Create a new vault");
    assert_eq!((engine.sent("Recover"), engine.sent("UnlockVault")), (1, 0));
    assert!(!window.state().state.dialogs.is_open() && shows(&window, "A new vault was created."));
}
