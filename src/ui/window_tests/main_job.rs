//! The main tasks: add, test, save, sign in, delete.

use super::*;
use brickpass_core::connection::FieldSpec;

#[test]
fn the_main_job_add_test_save_and_find_it_again() {
    let engine = FakeEngine::with(&[]);
    let mut window = open(&engine, [1280.0, 800.0]);
    click(&mut window, &engine, "Add workspace...");
    type_into(&mut window, &engine, Role::TextInput, "Name", "Sales lakehouse");
    type_into(&mut window, &engine, Role::TextInput, "Base URL", "adb-1234567890123456.7.azuredatabricks.net/?o=1234567890123456#job/5");
    type_into(&mut window, &engine, Role::PasswordInput, "Access token", "dapi0123456789abcdef0123456789ab3f9c");
    assert!(shows(&window, "Will be stored in GNOME Keyring"));
    assert!(shows(&window, "Workspace 1234567890123456"));

    click(&mut window, &engine, "Test connection");
    assert!(shows(&window, "Connected in 182 ms"));
    assert!(shows(&window, "you@example.com, 3 clusters, 1 running"));
    assert!(shows(&window, "nightly-etl, Running"));
    assert!(engine.0.borrow().entries.is_empty(), "testing saves nothing");

    click(&mut window, &engine, "Save");
    assert_eq!(engine.0.borrow().entries[0].connection.base_url.origin(), "https://adb-1234567890123456.7.azuredatabricks.net");
    assert_eq!(engine.0.borrow().secrets.len(), 1);
    assert!(shows(&window, "Stored in GNOME Keyring"));
    assert!(window.get_by_role_and_label(Role::PasswordInput, "Access token").value().is_none_or(|value| value.is_empty()));
    drop(window);

    let window = open(&engine, [1280.0, 800.0]);
    assert!(window.query_by_label_contains("Sales lakehouse, Environment not set, adb-1234567890123456.7.azuredatabricks.net").is_some());
    assert!(shows(&window, "Stored in GNOME Keyring"));
}

#[test]
fn each_plain_field_has_a_row_and_is_saved_and_searched() {
    let engine = FakeEngine::with(&workspaces(&["Sales"]));
    let mut window = open(&engine, [1280.0, 800.0]);
    let typed = |spec: &FieldSpec| format!("its {}", spec.word);
    for (spec, text) in Field::plain() {
        let role = if text.rows > 1 { Role::MultilineTextInput } else { Role::TextInput };
        type_into(&mut window, &engine, role, spec.label, &typed(spec));
    }
    click(&mut window, &engine, "Save");
    for (spec, text) in Field::plain() {
        assert_eq!((text.kept.get)(&engine.0.borrow().entries[0].connection), typed(spec));
        window.state_mut().state.connections.list.set_filter(&typed(spec));
        settle(&mut window, &engine);
        assert_eq!(shows(&window, "Results, 1"), text.searched, "{:?}", spec.field);
    }
}

#[test]
fn a_failure_says_what_why_and_what_to_do_and_its_button_leads_there() {
    let engine = FakeEngine::with(&workspaces(&["Sales"]));
    engine.0.borrow_mut().test_failure = Some(unauthorized());
    let mut window = open(&engine, [1280.0, 800.0]);
    click(&mut window, &engine, "Test connection");
    for words in ["Could not sign in", "does not accept this token", "expired or been revoked", "Generate a new one."] {
        assert!(shows(&window, words), "{words}");
    }
    click(&mut window, &engine, "Details");
    assert!(shows(&window, "HTTP 401"));
    click(&mut window, &engine, "Replace token");
    assert!(window.get_by_role_and_label(Role::PasswordInput, "Access token").is_focused());
}

#[test]
fn a_running_test_is_cancelled_in_place() {
    let engine = FakeEngine::with(&workspaces(&["Sales"]));
    engine.0.borrow_mut().tests_answer = false;
    let mut window = open(&engine, [1280.0, 800.0]);
    click(&mut window, &engine, "Test connection");
    assert!(shows(&window, "Waiting"));
    click(&mut window, &engine, "Cancel");
    assert_eq!(engine.0.borrow().cancelled_tests, 1);
    assert!(shows(&window, "Not tested yet"));
}

#[test]
fn a_look_alike_address_is_used_only_after_a_tick() {
    let engine = FakeEngine::with(&[]);
    let mut window = open(&engine, [1280.0, 800.0]);
    click(&mut window, &engine, "Add workspace...");
    type_into(&mut window, &engine, Role::TextInput, "Name", "Own domain");
    type_into(&mut window, &engine, Role::TextInput, "Base URL", "https://databricks.example.com");
    click(&mut window, &engine, "Save");
    assert!(engine.0.borrow().entries.is_empty());
    click(&mut window, &engine, "I trust https://databricks.example.com");
    click(&mut window, &engine, "Save");
    assert!(engine.0.borrow().entries[0].connection.address_confirmed);
}

#[test]
fn signing_in_through_the_browser_needs_no_secret() {
    let engine = FakeEngine::with(&workspaces(&["Sales"]));
    let mut window = open(&engine, [1280.0, 800.0]);
    click(&mut window, &engine, "Authentication type: Personal access token");
    click(&mut window, &engine, "OAuth in the browser");
    assert!(shows(&window, "Not signed in"));
    assert!(!shows(&window, "later version"), "nothing is left for later");
    assert!(window.query_by_role(Role::PasswordInput).is_none(), "no field for a secret that is not needed");
    click(&mut window, &engine, "Save");
    assert_eq!(engine.0.borrow().entries[0].connection.auth.kind(), brickpass_core::connection::AuthKind::Browser);
}

#[test]
fn deleting_offers_undo_in_a_message_that_goes() {
    let engine = FakeEngine::with(&workspaces(&["Alpha", "Beta"]));
    let seconds = Rc::new(Cell::new(0));
    let mut window = open_at(&engine, [1280.0, 800.0], Rc::clone(&seconds));
    focus_list(&mut window);
    window.key_press(Key::Delete);
    settle(&mut window, &engine);
    assert!(!shows(&window, "Alpha, DEV"));
    click(&mut window, &engine, "Undo");
    assert!(shows(&window, "Alpha, DEV"));
    focus_list(&mut window);
    window.key_press(Key::Delete);
    settle(&mut window, &engine);
    seconds.set(29);
    settle(&mut window, &engine);
    assert!(window.query_by_label("Undo").is_some());
    seconds.set(31);
    settle(&mut window, &engine);
    assert!(window.query_by_label("Undo").is_none());
    assert_eq!(engine.sent("Purge"), 1);
}

#[test]
fn wn_14_the_dialog_that_deletes_offers_to_revoke_a_known_token() {
    let engine = FakeEngine::with(&workspaces(&["Alpha", "Beta"]));
    let seconds = Rc::new(Cell::new(0));
    let mut window = open_at(&engine, [640.0, 480.0], Rc::clone(&seconds));
    let all: Vec<Connection> = engine.0.borrow().entries.iter().map(|entry| entry.connection.clone()).collect();
    for connection in &all {
        engine.0.borrow_mut().secrets.insert((connection.id, SecretKind::PersonalAccessToken), "dapi0123456789".into());
    }
    let origin = all[0].base_url.origin();
    let note = brickpass_engine::TokenNote { token_id: "t1".into(), origin, comment: "CI".into(), expires_at: None };
    engine.tell(brickpass_engine::Event::TokenNotes(vec![(all[0].id, Some(note))]));
    engine.0.borrow_mut().commands.push_back(crate::ui::state::probe_vault());
    settle(&mut window, &engine);
    focus_list(&mut window);
    key(&mut window, &engine, Modifiers::NONE, Key::ArrowDown);
    key(&mut window, &engine, Modifiers::NONE, Key::Delete);
    assert!(shows(&window, "Delete Beta?") && window.query_by_label("Revoke its token in Databricks").is_none());
    key(&mut window, &engine, Modifiers::NONE, Key::Escape);
    focus_list(&mut window);
    key(&mut window, &engine, Modifiers::NONE, Key::ArrowUp);
    key(&mut window, &engine, Modifiers::NONE, Key::Delete);
    assert!(shows(&window, "stays valid in Databricks"));
    for label in ["Revoke its token in Databricks", "Cancel", "Delete"] {
        let rect = window.get_by_label(label).rect();
        assert!(rect.right() <= 640.0 && rect.bottom() <= 480.0, "{label} {rect:?}");
    }
    click(&mut window, &engine, "Revoke its token in Databricks");
    assert!(shows(&window, "The token is revoked in Databricks when you can no longer undo this."));
    click(&mut window, &engine, "Delete");
    seconds.set(31);
    settle(&mut window, &engine);
    assert_eq!(engine.0.borrow().revoked_when_purged, ["Alpha"]);
}

#[test]
fn production_asks_for_its_name_and_escape_changes_nothing() {
    let engine = FakeEngine::with(&[production("Sales lakehouse")]);
    let mut window = open(&engine, [1280.0, 800.0]);
    focus_list(&mut window);
    window.key_press(Key::Delete);
    settle(&mut window, &engine);
    assert!(shows(&window, "Delete Sales lakehouse?"));
    window.key_press(Key::Enter);
    settle(&mut window, &engine);
    assert_eq!(engine.sent("Remove"), 0, "destructive is never the default");
    window.key_press(Key::Escape);
    settle(&mut window, &engine);
    assert!(!window.state().state.dialogs.is_open());
    focus_list(&mut window);
    window.key_press(Key::Delete);
    settle(&mut window, &engine);
    type_into(&mut window, &engine, Role::TextInput, "Type Sales lakehouse to confirm", "Sales lakehouse");
    click(&mut window, &engine, "Delete");
    assert_eq!(engine.sent("Remove"), 1);
}

#[test]
fn ui_04_closing_with_unsaved_edits_shows_a_dialog() {
    let engine = FakeEngine::with(&workspaces(&["Sales"]));
    let mut window = open(&engine, [1280.0, 800.0]);
    type_into(&mut window, &engine, Role::MultilineTextInput, "Description", "half a thought");
    ask_to_close(&mut window);
    let cancelled = |window: &Window| commands_of(window).contains(&egui::ViewportCommand::CancelClose);
    assert!(cancelled(&window));
    settle(&mut window, &engine);
    assert!(shows(&window, "Sales has unsaved changes."));
    click(&mut window, &engine, "Cancel");
    assert!(!window.state().state.dialogs.is_open());
    ask_to_close(&mut window);
    settle(&mut window, &engine);
    window.get_by_label("Save and close").click();
    engine.work();
    for _ in 0..6 {
        engine.work();
        window.step();
        if commands_of(&window).contains(&egui::ViewportCommand::Close) {
            assert_eq!(engine.0.borrow().entries[0].connection.description, "half a thought");
            return;
        }
    }
    panic!("the window did not close after saving");
}

#[test]
fn everything_that_is_strange_about_an_address_is_said() {
    let engine = FakeEngine::with(&[]);
    let mut window = open(&engine, [1280.0, 800.0]);
    click(&mut window, &engine, "Add workspace...");
    type_into(&mut window, &engine, Role::TextInput, "Base URL", "https://databricks.example.com:8443");
    window.key_press(Key::Tab);
    settle(&mut window, &engine);
    assert!(shows(&window, "is not a Databricks domain"));
    assert!(shows(&window, "Port 8443 is unusual"));
}

#[test]
fn an_account_console_says_at_once_that_it_takes_no_access_tokens() {
    let engine = FakeEngine::with(&[]);
    let mut window = open(&engine, [1280.0, 800.0]);
    click(&mut window, &engine, "Add workspace...");
    type_into(&mut window, &engine, Role::TextInput, "Base URL", "https://accounts.azuredatabricks.net");
    window.key_press(Key::Tab);
    settle(&mut window, &engine);
    assert!(shows(&window, "does not accept personal access tokens"));
    click(&mut window, &engine, "Authentication type: Personal access token");
    click(&mut window, &engine, "Service principal");
    for label in ["Account ID", "Client ID"] {
        assert!(window.query_by_role_and_label(Role::TextInput, label).is_some(), "{label}");
    }
    assert!(window.query_by_role_and_label(Role::PasswordInput, "Client secret").is_some());
}

#[test]
fn wn_11_the_question_after_a_change_elsewhere_shows_both_versions_and_when() {
    let sales = connection("Sales", |_| {});
    let engine = FakeEngine::with(std::slice::from_ref(&sales));
    let seconds = Rc::new(Cell::new(0));
    let mut window = open_at(&engine, [640.0, 480.0], Rc::clone(&seconds));
    type_into(&mut window, &engine, Role::MultilineTextInput, "Description", "mine");
    {
        let mut inner = engine.0.borrow_mut();
        inner.entries[0].connection.description = "theirs".to_owned();
        inner.entries[0].revision.0 = 7;
        inner.recorded.entries.push(crate::ui::fake_engine::activity::entry(
            sales.id,
            "Sales",
            60,
            brickpass_engine::AuditAction::Save,
            None,
            "",
        ));
    }
    seconds.set(240);
    key(&mut window, &engine, Modifiers::COMMAND, Key::S);
    assert!(shows(&window, "Changed elsewhere"));
    assert!(shows(&window, "was changed in another window or by another program 3 min ago"));
    for side in ["Description, Mine: mine", "Description, Other: theirs"] {
        assert!(window.query_by_role_and_label(Role::RadioButton, side).is_some(), "{side}");
    }
    assert!(!shows(&window, "Changed elsewhere."), "one notice: the form has none of its own");
    window.get_by_role_and_label(Role::RadioButton, "Description, Other: theirs").click();
    settle(&mut window, &engine);
    click(&mut window, &engine, "Save choices");
    assert_eq!(engine.0.borrow().entries[0].connection.description, "theirs");
    assert!(!window.state().state.connections.is_unsaved(sales.id));
}

#[test]
fn wn_13_a_save_that_hangs_can_be_cancelled_and_loses_nothing() {
    let engine = FakeEngine::with(&workspaces(&["Sales"]));
    engine.0.borrow_mut().saves_hang = true;
    let seconds = Rc::new(Cell::new(0));
    let mut window = open_at(&engine, [1280.0, 800.0], Rc::clone(&seconds));
    type_into(&mut window, &engine, Role::MultilineTextInput, "Description", "half a thought");
    click(&mut window, &engine, "Save");
    assert!(window.query_by_label("Cancel saving").is_none(), "not at once: it would flicker");
    seconds.set(3);
    settle(&mut window, &engine);
    click(&mut window, &engine, "Cancel saving");
    assert!(shows(&window, "Saving was cancelled."));
    let form = window.state().state.connections.shown_form().unwrap();
    assert!(!form.is_saving() && form.is_unsaved() && form.failure.is_none());
    assert_eq!(form.draft.description, "half a thought");
    engine.0.borrow_mut().saves_hang = false;
    click(&mut window, &engine, "Save");
    assert_eq!(engine.0.borrow().entries[0].connection.description, "half a thought");
}

#[test]
fn bd_17_the_form_says_which_address_a_stored_token_was_entered_for() {
    const WORDS: &str = "The stored token was entered for https://adb-9.9.azuredatabricks.net and is not used here. Enter the token again.";
    let engine = FakeEngine::with(&workspaces(&["Alpha"]));
    let (id, kind) = (engine.0.borrow().entries[0].connection.id, SecretKind::PersonalAccessToken);
    let elsewhere = connection("Elsewhere", |draft| "https://adb-9.9.azuredatabricks.net".clone_into(&mut draft.base_url));
    engine.0.borrow_mut().secrets.insert((id, kind), "dapi0123456789".into());
    engine.0.borrow_mut().entered_for.insert((id, kind), brickpass_core::connection::EnteredFor::of(&elsewhere, kind).unwrap());
    let mut window = open(&engine, [1280.0, 800.0]);
    assert!(shows(&window, WORDS) && !shows(&window, "Stored in"));

    engine.0.borrow_mut().entered_for.clear();
    engine.0.borrow_mut().commands.push_back(crate::ui::state::probe_vault());
    settle(&mut window, &engine);
    assert!(!shows(&window, "was entered for") && shows(&window, "Stored in GNOME Keyring"), "it is for this address");
    type_into(&mut window, &engine, Role::PasswordInput, "Access token", "dapi-another");
    assert!(!shows(&window, "was entered for"), "another one is typed");
}
