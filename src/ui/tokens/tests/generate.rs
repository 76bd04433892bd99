//! A new token, from its dialog to its use.

use super::*;
use brickpass_databricks::rest::TokenRequest;

#[test]
fn a_generated_token_is_shown_masked_and_used() {
    let engine = sales();
    let (seconds, size) = (Rc::new(Cell::new(0)), SIZE);
    let mut window = open_at(&engine, size, Rc::clone(&seconds));
    tab(&mut window, &engine, "Tokens");
    click(&mut window, &engine, "Generate token...");
    assert_eq!(window.get_by_role_and_label(Role::TextInput, "Comment").value().as_deref(), Some("Brickpass on ada-laptop"));
    assert!(window.query_by_label("Lifetime: 90 days").is_some(), "as Databricks proposes");
    type_into(&mut window, &engine, Role::TextInput, "Comment", " for CI");
    click(&mut window, &engine, "Lifetime: 90 days");
    click(&mut window, &engine, "30 days");
    click(&mut window, &engine, "Generate");
    let request = engine.0.borrow().token_request.clone().unwrap();
    assert_eq!((request.comment.as_str(), request.lifetime.unwrap().as_secs()), ("Brickpass on ada-laptop for CI", 30 * 86_400));

    assert!(shows(&window, "Your new token"));
    assert!(shows(&window, "New token, hidden: dapi"));
    assert!(!is_in_words(&window, &new_value()));
    click(&mut window, &engine, "Show New token");
    assert!(window.query_by_label("New token, shown").is_some());
    assert!(!is_in_words(&window, &new_value()), "shown in pixels alone");
    seconds.set(21);
    settle(&mut window, &engine);
    assert!(shows(&window, "New token, hidden"), "hidden again after 20 s");

    click(&mut window, &engine, "Use in this connection");
    assert!(shows(&window, "This connection now uses this token."));
    let id = engine.0.borrow().entries[0].connection.id;
    let stored = engine.0.borrow().secrets[&(id, SecretKind::PersonalAccessToken)].clone();
    assert_eq!(stored.expose_secret(), new_value());
    click(&mut window, &engine, "Done");
    assert!(!shows(&window, "Your new token") && !shows(&window, "cannot be shown again"));
    assert!(shows(&window, "Brickpass on ada-laptop for CI, created 21 Sep 2026, expires in 30 days, used by this connection"));
    assert!(window.state().state.dialogs.find::<Fresh>().is_none(), "the value is gone from the window");
}

#[test]
fn a_copied_token_counts_as_kept_and_says_when_it_goes() {
    let engine = sales();
    let mut window = opened(&engine);
    generated(&mut window, &engine);
    click(&mut window, &engine, "Copy");
    assert_eq!(engine.sent("CopySecret"), 1, "the engine copies, never egui");
    assert!(window.query_by_label("Copied, clears in 30 s").is_some());
    click(&mut window, &engine, "Done");
    assert!(!shows(&window, "cannot be shown again") && !shows(&window, "Your new token"));
}

#[test]
fn leaving_a_token_that_was_neither_used_nor_copied_asks_once() {
    let engine = sales();
    let mut window = opened(&engine);
    generated(&mut window, &engine);
    key(&mut window, &engine, Modifiers::NONE, Key::Escape);
    assert!(shows(&window, "This token cannot be shown again"));
    key(&mut window, &engine, Modifiers::NONE, Key::Enter);
    assert!(shows(&window, "Your new token"), "the safe answer is the default");
    click(&mut window, &engine, "Done");
    assert!(shows(&window, "This token cannot be shown again"));
    key(&mut window, &engine, Modifiers::NONE, Key::Escape);
    assert!(shows(&window, "Your new token"));
    click(&mut window, &engine, "Done");
    click(&mut window, &engine, "Close anyway");
    assert!(!shows(&window, "Your new token") && window.state().state.dialogs.find::<Fresh>().is_none());
}

#[test]
fn closing_the_window_waits_for_a_token_that_would_be_lost() {
    let engine = sales();
    engine.0.borrow_mut().tokens_wait = true;
    let mut window = opened(&engine);
    generated(&mut window, &engine);
    ask_to_close(&mut window);
    settle(&mut window, &engine);
    assert!(!window.state().state.view.may_close());
    assert!(shows(&window, "A token is being created."));
    {
        let mut inner = engine.0.borrow_mut();
        let request = inner.token_request.clone().unwrap();
        let made = inner.make_token(&request);
        inner.token_is_made(Ok(made));
    }
    settle(&mut window, &engine);
    assert!(shows(&window, "Your new token"));
    ask_to_close(&mut window);
    settle(&mut window, &engine);
    assert!(!window.state().state.view.may_close() && shows(&window, "This token cannot be shown again"));
    click(&mut window, &engine, "Close anyway");
    assert!(window.state().state.view.may_close());
}

#[test]
fn ot_18_a_token_that_could_not_be_stored_is_still_there() {
    let engine = sales();
    let mut window = opened(&engine);
    generated(&mut window, &engine);
    let failure = Failure::new(Code::VaultUnavailable, "The keyring does not answer.", "It may have crashed.", "Try again.");
    engine.0.borrow_mut().token_failure = Some(failure.with_remedy(Remedy::OpenVaultSettings));
    click(&mut window, &engine, "Use in this connection");
    for words in ["The token was not saved. It is still shown here.", "The keyring does not answer.", "It may have crashed.", "Try again."]
    {
        assert!(shows(&window, words), "{words}");
    }
    assert!(shows(&window, "New token, hidden: dapi"));
    // The remedy opens another dialog; the value returns when that is closed.
    click(&mut window, &engine, "Open settings...");
    assert!(!shows(&window, "Your new token"));
    key(&mut window, &engine, Modifiers::NONE, Key::Escape);
    assert!(shows(&window, "New token, hidden: dapi"));
    click(&mut window, &engine, "Done");
    assert!(shows(&window, "This token cannot be shown again"), "it is not safe yet");
    click(&mut window, &engine, "Go back");
    engine.0.borrow_mut().token_failure = None;
    click(&mut window, &engine, "Use in this connection");
    assert!(shows(&window, "This connection now uses this token."));
}

#[test]
fn ot_18_a_token_comes_even_if_its_dialog_was_closed_or_something_else_is_shown() {
    let engine = engine(&[connection("Sales", |_| {}), connection("Finance", |_| {})]);
    engine.0.borrow_mut().tokens_wait = true;
    let mut window = opened(&engine);
    let id = window.state().state.connections.selection.shown().unwrap();
    generated(&mut window, &engine);
    key(&mut window, &engine, Modifiers::NONE, Key::Escape);
    assert!(shows(&window, "Generating"));
    let other = window.state().state.connections.list.shown().find(|other| *other != id).unwrap();
    let commands = window.state_mut().state.connections.select(other);
    window.state_mut().follow(commands);
    let new = engine.0.borrow_mut().make_token(&engine_request());
    engine.0.borrow_mut().token_is_made(Ok(new));
    settle(&mut window, &engine);
    assert!(shows(&window, "Your new token"));
    click(&mut window, &engine, "Use in this connection");
    assert!(engine.0.borrow().secrets.contains_key(&(id, SecretKind::PersonalAccessToken)), "the connection that it was made for");
}

fn engine_request() -> TokenRequest {
    TokenRequest { comment: "late".to_owned(), lifetime: None, scopes: Vec::new() }
}

#[test]
fn tokens_that_come_together_wait_their_turn_and_the_one_that_would_be_lost_is_asked_about() {
    let engine = sales();
    let mut window = opened(&engine);
    let id = window.state().state.connections.selection.shown().unwrap();
    for comment in ["Nightly job", "Weekly job"] {
        let new = engine.0.borrow_mut().make_token(&TokenRequest { comment: comment.to_owned(), ..engine_request() });
        let state = &mut window.state_mut().state;
        let output = state.tokens.generated(RunId(99), id, Ok(new), &mut state.dialogs, false);
        window.state_mut().follow(output);
    }
    settle(&mut window, &engine);
    assert!(shows(&window, "\u{201c}Nightly job\u{201d}, never expires") && !shows(&window, "Weekly job"));
    click(&mut window, &engine, "Copy");
    ask_to_close(&mut window);
    settle(&mut window, &engine);
    assert!(shows(&window, "This token cannot be shown again") && !window.state().state.view.may_close());
    click(&mut window, &engine, "Go back");
    assert!(shows(&window, "\u{201c}Weekly job\u{201d}, never expires"));
    click(&mut window, &engine, "Done");
    click(&mut window, &engine, "Close anyway");
    assert!(shows(&window, "\u{201c}Nightly job\u{201d}, never expires") && !window.state().state.view.may_close(), "the window stays");
    click(&mut window, &engine, "Done");
    assert!(!window.state().state.dialogs.is_open());
}

#[test]
fn an_answer_to_an_older_run_changes_nothing() {
    let engine = sales();
    engine.0.borrow_mut().tokens_wait = true;
    let mut window = opened(&engine);
    generated(&mut window, &engine);
    let id = window.state().state.connections.selection.shown().unwrap();
    let state = &mut window.state_mut().state;
    let generated = state.tokens.generated(RunId::next(), id, Err(unauthorized()), &mut state.dialogs, true);
    let rotated = state.token_rotated(RunId::next(), id, Err(unauthorized()));
    assert!(generated.is_empty() && rotated.is_empty());
    settle(&mut window, &engine);
    assert!(!shows(&window, "does not accept this token"));
    assert!(shows(&window, "Generating"));
}

#[test]
fn a_refused_generation_says_so_in_the_dialog_and_loses_nothing_typed() {
    let engine = sales();
    engine.0.borrow_mut().longest_days = Some(60);
    let mut window = opened(&engine);
    let failure = Failure::new(Code::TokenQuota, "You have 600 tokens already.", "No more are allowed.", "Revoke some.");
    engine.0.borrow_mut().token_failure = Some(failure);
    click(&mut window, &engine, "Generate token...");
    assert!(window.query_by_label("Lifetime: Custom").is_some(), "90 days are more than this workspace allows");
    assert!(shows(&window, "This workspace allows 1 to 60 days"));
    type_into(&mut window, &engine, Role::TextInput, "Lifetime in days", "9");
    assert!(window.get_by_label("Generate").accesskit_node().is_disabled(), "609 days");
    key(&mut window, &engine, Modifiers::NONE, Key::Backspace);
    click(&mut window, &engine, "Generate");
    for words in ["You have 600 tokens already.", "No more are allowed.", "Revoke some."] {
        assert!(shows(&window, words), "{words}");
    }
    engine.0.borrow_mut().token_failure = None;
    click(&mut window, &engine, "Generate");
    assert!(shows(&window, "Your new token"));
    assert_eq!(engine.0.borrow().token_request.clone().unwrap().lifetime.unwrap().as_secs(), 60 * 86_400);
}

#[test]
fn a_token_can_be_limited_to_scopes_which_are_folded_away_at_first() {
    let engine = sales();
    let mut window = opened(&engine);
    click(&mut window, &engine, "Generate token...");
    assert!(!shows(&window, "Space- or comma-separated"));
    click(&mut window, &engine, "Restrict scopes");
    assert!(shows(&window, "Space- or comma-separated."));
    type_into(&mut window, &engine, Role::TextInput, "Scopes", "sql;clusters");
    assert!(shows(&window, "Use only letters, digits and") && window.get_by_label("Generate").accesskit_node().is_disabled());
    click(&mut window, &engine, "Restrict scopes");
    assert!(shows(&window, "Use only letters, digits and"), "what is wrong stays in view");
    type_into(&mut window, &engine, Role::TextInput, "Scopes", " ");
    for _ in 0.."sql;clusters ".len() {
        key(&mut window, &engine, Modifiers::NONE, Key::Backspace);
    }
    type_into(&mut window, &engine, Role::TextInput, "Scopes", "sql, clusters sql");
    click(&mut window, &engine, "Restrict scopes");
    assert!(window.query_by_label("Restrict scopes: sql, clusters").is_some(), "folded, it says what was chosen");

    let unknown = Failure::new(Code::TokenScope, "The workspace does not accept these scopes.", "It does not know one.", "Check them.");
    engine.0.borrow_mut().token_failure = Some(unknown);
    click(&mut window, &engine, "Generate");
    assert!(shows(&window, "The workspace does not accept these scopes."));
    assert!(window.query_by_label("Restrict scopes: sql, clusters").is_some(), "nothing typed is lost");
    engine.0.borrow_mut().token_failure = None;
    click(&mut window, &engine, "Generate");
    assert_eq!(engine.0.borrow().token_request.clone().unwrap().scopes, ["sql", "clusters"]);
    click(&mut window, &engine, "Use in this connection");
    click(&mut window, &engine, "Done");
    assert!(shows(&window, "limited to sql, clusters, used by this connection"));
    click(&mut window, &engine, "Rotate this connection's token");
    assert!(shows(&window, "and limited to sql, clusters like the old one"));
    window.get_all_by_label("Rotate").last().unwrap().click();
    settle(&mut window, &engine);
    assert_eq!(engine.0.borrow().token_request.clone().unwrap().scopes, ["sql", "clusters"]);
}
