//! Revoking and rotating.

use super::*;

#[test]
fn two_tokens_are_revoked_after_a_question() {
    let engine = sales();
    let mut window = opened(&engine);
    tick(&mut window, &engine, "Data Factory");
    tick(&mut window, &engine, "Brickpass on");
    click(&mut window, &engine, "Revoke 2 tokens...");
    assert!(shows(&window, "Revoke 2 tokens?"));
    assert!(shows(&window, "Brickpass on this laptop, Data Factory linked service"));
    assert!(shows(&window, "This connection uses one of them"));
    assert!(engine.0.borrow().tokens.len() == 3, "nothing without the answer");
    click(&mut window, &engine, "Revoke");
    assert_eq!(rows(&window), ["old notebook test"]);
    assert!(shows(&window, "Revoked 2 tokens"));
    assert!(window.query_by_label_contains("Revoke 2").is_none() && shows(&window, "Generate token..."));
}

#[test]
fn what_cannot_be_revoked_stays_and_is_told() {
    let engine = sales();
    engine.0.borrow_mut().irrevocable = vec!["t2".to_owned()];
    let mut window = opened(&engine);
    tick(&mut window, &engine, "Data Factory");
    tick(&mut window, &engine, "old notebook");
    click(&mut window, &engine, "Revoke 2 tokens...");
    click(&mut window, &engine, "Revoke");
    assert!(shows(&window, "1 token was not revoked") && shows(&window, "does not accept this token"));
    assert_eq!(rows(&window), ["Brickpass on this laptop", "Data Factory linked service"]);
    click(&mut window, &engine, "Dismiss");
    assert!(!shows(&window, "1 token was not revoked"));
}

#[test]
fn production_asks_for_the_name_before_anything_is_revoked() {
    let engine = engine(&[production("Sales")]);
    let mut window = opened(&engine);
    click(&mut window, &engine, "Revoke old notebook test");
    assert!(shows(&window, "Revoke \u{201c}old notebook test\u{201d}?"));
    click(&mut window, &engine, "Revoke");
    assert_eq!(engine.sent("RevokeTokens"), 0);
    type_into(&mut window, &engine, Role::TextInput, "Production connection. Type Sales to confirm", "Sales");
    click(&mut window, &engine, "Revoke");
    assert_eq!(engine.sent("RevokeTokens"), 1);
    assert_eq!(engine.0.borrow().tokens.len(), 2);
}

#[test]
fn rotating_replaces_the_token_in_use_by_one_that_lives_as_long() {
    let engine = sales();
    let mut window = opened(&engine);
    click(&mut window, &engine, "Rotate this connection's token");
    assert!(shows(
        &window,
        "Brickpass creates a new token, valid for 54 days, then tests and saves it. It then revokes \u{201c}Brickpass on this laptop\u{201d}"
    ));
    window.get_all_by_label("Rotate").last().unwrap().click();
    settle(&mut window, &engine);
    let request = engine.0.borrow().token_request.clone().unwrap();
    assert_eq!((request.comment.as_str(), request.lifetime.unwrap().as_secs()), ("Brickpass on this laptop", 54 * 86_400));
    assert!(shows(&window, "Sales has a new token; the old one is revoked"));
    assert!(shows(&window, "Brickpass on this laptop, created 21 Sep 2026, expires in 54 days, used by this connection"));
    assert_eq!(rows(&window).len(), 3);
}

#[test]
fn a_rotation_that_fails_or_leaves_the_old_token_says_so() {
    let engine = sales();
    let mut window = opened(&engine);
    engine.0.borrow_mut().token_failure = Some(unauthorized());
    key(&mut window, &engine, Modifiers::COMMAND | Modifiers::SHIFT, Key::G);
    key(&mut window, &engine, Modifiers::NONE, Key::Enter);
    assert_eq!(engine.sent("RotateToken"), 1);
    assert!(shows(&window, "does not accept this token") && shows(&window, "Rotate this connection's token?"));
    key(&mut window, &engine, Modifiers::NONE, Key::Escape);
    engine.0.borrow_mut().token_failure = None;
    engine.0.borrow_mut().irrevocable = vec!["t1".to_owned()];
    click(&mut window, &engine, "Refresh");
    click(&mut window, &engine, "Rotate this connection's token");
    window.get_all_by_label("Rotate").last().unwrap().click();
    settle(&mut window, &engine);
    assert!(shows(&window, "The old token was not revoked"));
    assert!(shows(&window, "Sales has a new token; the old one is still active"));
}

#[test]
fn a_connection_that_signs_in_otherwise_has_nothing_to_rotate() {
    let engine = engine(&[browser("Sales")]);
    let window = opened(&engine);
    assert!(window.query_by_label("Rotate this connection's token").is_none());
    assert!(window.query_by_label("Generate token...").is_some());
}
