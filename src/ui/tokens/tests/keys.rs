//! Keys, and the parts around the list.

use super::*;

#[test]
fn the_keyboard_works_the_table() {
    let engine = sales();
    let mut window = opened(&engine);
    window.get_by_role_and_label(Role::TextInput, "Filter tokens").focus();
    window.run_steps(2);
    key(&mut window, &engine, Modifiers::NONE, Key::ArrowDown);
    let focused = window.query_all_by_role(Role::CheckBox).find(egui_kittest::Node::is_focused).map(|node| label(&node));
    assert!(focused.is_some_and(|label| label.starts_with("Brickpass on this laptop")), "a screen reader hears the row");
    key(&mut window, &engine, Modifiers::NONE, Key::ArrowDown);
    key(&mut window, &engine, Modifiers::NONE, Key::Space);
    assert!(window.query_by_label("Revoke 1 token...").is_some());
    key(&mut window, &engine, Modifiers::SHIFT, Key::End);
    assert!(window.query_by_label("Revoke 2 tokens...").is_some());
    key(&mut window, &engine, Modifiers::NONE, Key::Escape);
    assert!(window.query_by_label_contains("Revoke 2").is_none());
    key(&mut window, &engine, Modifiers::COMMAND, Key::A);
    assert!(window.query_by_label("Revoke 3 tokens...").is_some());
    key(&mut window, &engine, Modifiers::COMMAND, Key::A);
    key(&mut window, &engine, Modifiers::NONE, Key::Home);
    key(&mut window, &engine, Modifiers::NONE, Key::Delete);
    assert!(shows(&window, "Revoke \u{201c}Brickpass on this laptop\u{201d}?"), "the row, not the connection");
    key(&mut window, &engine, Modifiers::NONE, Key::Escape);
    assert_eq!(engine.sent("RevokeTokens") + engine.sent("Remove"), 0);
}

#[test]
fn the_actions_are_on_keys_and_in_the_palette() {
    let engine = sales();
    let mut window = open(&engine, SIZE);
    key(&mut window, &engine, Modifiers::COMMAND, Key::K);
    type_into(&mut window, &engine, Role::TextInput, "Search or jump to", "generate tok");
    key(&mut window, &engine, Modifiers::NONE, Key::Enter);
    assert!(window.get_by_role_and_label(Role::TextInput, "Comment").is_focused());
    key(&mut window, &engine, Modifiers::NONE, Key::Enter);
    assert!(shows(&window, "Your new token"), "Enter is the default");
    key(&mut window, &engine, Modifiers::COMMAND, Key::N);
    assert!(shows(&window, "Your new token"), "nothing happens behind it");
    click(&mut window, &engine, "Copy");
    click(&mut window, &engine, "Done");
    click(&mut window, &engine, "Select all tokens shown");
    key(&mut window, &engine, Modifiers::COMMAND | Modifiers::SHIFT, Key::Delete);
    assert!(shows(&window, "Revoke 4 tokens?"));
}

#[test]
fn a_token_about_to_end_is_told_in_days_where_the_connection_stands() {
    let engine = sales();
    engine.0.borrow_mut().in_use = Some("t2".to_owned());
    let mut window = open(&engine, SIZE);
    let id = window.state().state.connections.selection.shown().unwrap();
    let last = LastTest { state: Status::Expiring, tested_at: at(0), duration_ms: 182 };
    engine.tell(Event::History(vec![(id, Some(last))]));
    settle(&mut window, &engine);
    assert!(shows(&window, "Expires soon"));
    let note = TokenNote { token_id: "t2".to_owned(), origin: String::new(), comment: String::new(), expires_at: Some(at(5 * 86_400)) };
    engine.tell(Event::TokenNotes(vec![(id, Some(note))]));
    settle(&mut window, &engine);
    assert_eq!(window.query_all_by_label_contains("Expires in 5 days").count(), 2, "from what is remembered");
    engine.tell(Event::TokenNotes(vec![(id, None)]));
    tab(&mut window, &engine, "Tokens");
    assert_eq!(window.query_all_by_label_contains("Expires in 3 days").count(), 2, "in the list and in the head");
}

#[test]
fn a_key_held_down_since_the_dialog_before_uses_nothing() {
    let engine = sales();
    let mut window = opened(&engine);
    let enter = |pressed| egui::Event::Key { key: Key::Enter, physical_key: None, pressed, repeat: false, modifiers: Modifiers::NONE };
    click(&mut window, &engine, "Generate token...");
    for _ in 0..3 {
        window.input_mut().events.push(enter(true));
        settle(&mut window, &engine);
    }
    assert!(shows(&window, "Your new token") && engine.sent("UseToken") == 0);
    window.input_mut().events.push(enter(false));
    settle(&mut window, &engine);
    window.input_mut().events.push(enter(true));
    settle(&mut window, &engine);
    assert_eq!(engine.sent("UseToken"), 1);
}

#[test]
fn a_test_from_here_is_shown_where_its_result_stands() {
    let engine = sales();
    let mut window = opened(&engine);
    click(&mut window, &engine, "Test connection");
    assert!(shows(&window, "Connected in 182 ms"));
    tab(&mut window, &engine, "Tokens");
    assert_eq!(rows(&window).len(), 3);
}

#[test]
fn another_connection_begins_with_its_form_and_asks_its_workspace_for_nothing() {
    let engine = engine(&[connection("Sales", |_| {}), connection("Finance", |_| {})]);
    let mut window = opened(&engine);
    let shown = window.state().state.connections.selection.shown().unwrap();
    let other = window.state().state.connections.list.shown().find(|other| *other != shown).unwrap();
    let commands = window.state_mut().state.connections.select(other);
    window.state_mut().follow(commands);
    settle(&mut window, &engine);
    assert_eq!(engine.sent("ListTokens"), 1);
    assert!(window.query_by_label("Refresh").is_none());
}

#[test]
fn the_mark_that_finds_a_token_again_is_not_shown() {
    let engine = sales();
    engine.0.borrow_mut().tokens = vec![token("t1", "CI [bp-1a2b3c4d]", -1, None), token("t2", "[bp-1a2b3c4e]", -2, None)];
    let mut window = opened(&engine);
    assert_eq!(rows(&window), ["CI", "No comment"]);
    tick(&mut window, &engine, "CI");
    click(&mut window, &engine, "Revoke 1 token...");
    assert!(shows(&window, "Revoke \u{201c}CI\u{201d}?") && !shows(&window, "bp-"));
}
