//! The *Tokens* tab as a person uses it: found by role and label, on an engine that keeps everything in memory.

use std::{cell::Cell, rc::Rc, time::Instant};

use egui::{Key, Modifiers, accesskit::Role};
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use secrecy::ExposeSecret as _;

use crate::{
    connection::{Connection, LastTest, SecretKind, Status},
    engine::{Event, RunId, TokenNote},
    failure::{Code, Failure, Remedy},
    ui::{
        fake_engine::{FakeEngine, account, at, browser, connection, new_value, production, token, unauthorized},
        window_tests::{Window, ask_to_close, click, open, open_at, settle, shows, type_into},
    },
};

const SIZE: [f32; 2] = [1280.0, 800.0];

fn engine(connections: &[Connection]) -> FakeEngine {
    let engine = FakeEngine::with(connections);
    engine.0.borrow_mut().tokens = vec![
        token("t1", "Brickpass on this laptop", -31, Some(23)),
        token("t2", "Data Factory linked service", -80, Some(3)),
        token("t3", "old notebook test", -265, None),
    ];
    engine.0.borrow_mut().in_use = Some("t1".to_owned());
    engine
}

fn opened(engine: &FakeEngine) -> Window {
    let mut window = open(engine, SIZE);
    tab(&mut window, engine);
    window
}

fn tab(window: &mut Window, engine: &FakeEngine) {
    window.get_by_role_and_label(Role::Tab, "Tokens").click();
    settle(window, engine);
}

fn sales() -> FakeEngine {
    engine(&[connection("Sales", |_| {})])
}

fn row(comment: &str) -> String {
    match comment {
        "Brickpass on this laptop" => "created 21 Aug 2026, expires in 23 days, this connection uses it".to_owned(),
        "Data Factory linked service" => "created 3 Jul 2026, expires in 3 days".to_owned(),
        other => panic!("{other}"),
    }
}

fn rows(window: &Window) -> Vec<String> {
    let mut rows: Vec<(f32, String)> = window
        .query_all_by_role(Role::CheckBox)
        .filter_map(|node| Some((node.rect().top(), node.accesskit_node().label()?)))
        .filter(|(_, label)| label.contains("expires"))
        .collect();
    rows.sort_by(|(a, _), (b, _)| a.total_cmp(b));
    rows.into_iter().map(|(_, label)| label.split(',').next().unwrap_or_default().to_owned()).collect()
}

fn tick(window: &mut Window, engine: &FakeEngine, comment: &str) {
    window.query_all_by_role(Role::CheckBox).find(|node| label(node).starts_with(comment)).unwrap().click();
    settle(window, engine);
}

fn label(node: &egui_kittest::Node<'_>) -> String {
    node.accesskit_node().label().unwrap_or_default()
}

fn key(window: &mut Window, engine: &FakeEngine, modifiers: Modifiers, key: Key) {
    window.key_press_modifiers(modifiers, key);
    settle(window, engine);
}

fn value_is_drawn_nowhere_in_words(window: &Window) -> bool {
    window.query_all(egui_kittest::kittest::by()).all(|node| {
        let node = node.accesskit_node();
        let value = new_value();
        ![node.label(), node.value()].into_iter().flatten().any(|words| words.contains(&value))
    })
}

fn generated(window: &mut Window, engine: &FakeEngine) {
    click(window, engine, "Generate token...");
    click(window, engine, "Generate");
}

#[test]
fn the_tab_lists_the_tokens_when_it_is_opened_and_not_before() {
    let engine = sales();
    let mut window = open(&engine, SIZE);
    assert_eq!(engine.sent("ListTokens"), 0);
    tab(&mut window, &engine);
    assert_eq!(engine.sent("ListTokens"), 1);
    assert_eq!(rows(&window), ["Brickpass on this laptop", "Data Factory linked service", "old notebook test"]);
    for comment in ["Brickpass on this laptop", "Data Factory linked service"] {
        assert!(shows(&window, &format!("{comment}, {}", row(comment))), "{comment}");
    }
    assert!(shows(&window, "expires never"));
    assert!(shows(&window, "3 tokens. Databricks revokes tokens that are not used for 90 days."));
    click(&mut window, &engine, "Refresh");
    assert_eq!(engine.sent("ListTokens"), 2);
    window.get_by_role_and_label(Role::Tab, "Connection").click();
    settle(&mut window, &engine);
    assert!(window.query_by_label("Refresh").is_none());
    tab(&mut window, &engine);
    assert_eq!(engine.sent("ListTokens"), 3, "each time that the tab is opened");
}

#[test]
fn columns_sort_and_the_filter_sifts() {
    let engine = sales();
    let mut window = opened(&engine);
    click(&mut window, &engine, "Sort by Comment");
    click(&mut window, &engine, "Sort by Comment, ascending");
    assert_eq!(rows(&window), ["old notebook test", "Data Factory linked service", "Brickpass on this laptop"]);
    click(&mut window, &engine, "Sort by Expires");
    assert_eq!(rows(&window), ["Data Factory linked service", "Brickpass on this laptop", "old notebook test"]);
    click(&mut window, &engine, "Sort by Used by");
    assert_eq!(rows(&window)[0], "Brickpass on this laptop");
    type_into(&mut window, &engine, Role::TextInput, "Filter tokens", "notebook");
    assert_eq!(rows(&window), ["old notebook test"]);
    assert!(shows(&window, "1 of 3 tokens."));
    type_into(&mut window, &engine, Role::TextInput, "Filter tokens", "zzz");
    assert!(shows(&window, "No token matches"));
}

#[test]
fn a_generated_token_is_shown_masked_and_used() {
    let engine = sales();
    let (seconds, size) = (Rc::new(Cell::new(0)), SIZE);
    let mut window = open_at(&engine, size, Rc::clone(&seconds));
    tab(&mut window, &engine);
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
    assert!(value_is_drawn_nowhere_in_words(&window));
    click(&mut window, &engine, "Show New token");
    assert!(window.query_by_label("New token, shown").is_some());
    assert!(value_is_drawn_nowhere_in_words(&window), "shown in pixels alone");
    seconds.set(21);
    settle(&mut window, &engine);
    assert!(shows(&window, "New token, hidden"), "hidden again after 20 s");

    click(&mut window, &engine, "Use in this connection");
    assert!(shows(&window, "This connection signs in with it now."));
    let id = engine.0.borrow().entries[0].connection.id;
    let stored = engine.0.borrow().secrets[&(id, SecretKind::PersonalAccessToken)].clone();
    assert_eq!(stored.expose_secret(), new_value());
    click(&mut window, &engine, "Done");
    assert!(!shows(&window, "Your new token") && !shows(&window, "cannot be shown again"));
    assert!(shows(&window, "Brickpass on ada-laptop for CI, created 21 Sep 2026, expires in 30 days, this connection uses it"));
    assert!(window.state().state.tokens.fresh().is_none(), "the value is gone from the window");
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
    assert!(shows(&window, "The token cannot be shown again"));
    key(&mut window, &engine, Modifiers::NONE, Key::Enter);
    assert!(shows(&window, "Your new token"), "the safe answer is the default");
    click(&mut window, &engine, "Done");
    assert!(shows(&window, "The token cannot be shown again"));
    key(&mut window, &engine, Modifiers::NONE, Key::Escape);
    assert!(shows(&window, "Your new token"));
    click(&mut window, &engine, "Done");
    click(&mut window, &engine, "Leave it");
    assert!(!shows(&window, "Your new token") && window.state().state.tokens.fresh().is_none());
}

#[test]
fn closing_the_window_waits_for_a_token_that_would_be_lost() {
    let engine = sales();
    engine.0.borrow_mut().tokens_wait = true;
    let mut window = opened(&engine);
    generated(&mut window, &engine);
    ask_to_close(&mut window);
    settle(&mut window, &engine);
    assert!(!window.state().state.may_close());
    assert!(shows(&window, "A token is being made."));
    let id = engine.0.borrow().entries[0].connection.id;
    let made = {
        let mut inner = engine.0.borrow_mut();
        let request = inner.token_request.clone().unwrap();
        inner.make_token(&request)
    };
    engine.tell(Event::TokenGenerated { run: RunId(1), id, outcome: Ok(made) });
    settle(&mut window, &engine);
    assert!(shows(&window, "Your new token"));
    ask_to_close(&mut window);
    settle(&mut window, &engine);
    assert!(!window.state().state.may_close() && shows(&window, "The token cannot be shown again"));
    click(&mut window, &engine, "Leave it");
    assert!(window.state().state.may_close());
}

#[test]
fn ot_18_a_token_that_could_not_be_stored_is_still_there() {
    let engine = sales();
    let mut window = opened(&engine);
    generated(&mut window, &engine);
    let failure = Failure::new(Code::VaultUnavailable, "The keyring does not answer.", "It may have crashed.", "Try again.");
    engine.0.borrow_mut().token_failure = Some(failure.with_remedy(Remedy::OpenVaultSettings));
    click(&mut window, &engine, "Use in this connection");
    for words in ["The token is not stored. It is still here.", "The keyring does not answer.", "It may have crashed.", "Try again."] {
        assert!(shows(&window, words), "{words}");
    }
    assert!(shows(&window, "New token, hidden: dapi"));
    // The remedy opens another dialog; the value comes back when that is closed.
    click(&mut window, &engine, "Open settings...");
    assert!(!shows(&window, "Your new token"));
    key(&mut window, &engine, Modifiers::NONE, Key::Escape);
    assert!(shows(&window, "New token, hidden: dapi"));
    click(&mut window, &engine, "Done");
    assert!(shows(&window, "The token cannot be shown again"), "it is not safe yet");
    click(&mut window, &engine, "Keep showing it");
    engine.0.borrow_mut().token_failure = None;
    click(&mut window, &engine, "Use in this connection");
    assert!(shows(&window, "This connection signs in with it now."));
}

#[test]
fn ot_18_a_token_comes_even_if_its_dialog_was_closed_or_something_else_is_shown() {
    let engine = engine(&[connection("Sales", |_| {}), connection("Finance", |_| {})]);
    engine.0.borrow_mut().tokens_wait = true;
    let mut window = opened(&engine);
    let id = window.state().state.selection.shown().unwrap();
    generated(&mut window, &engine);
    key(&mut window, &engine, Modifiers::NONE, Key::Escape);
    assert!(shows(&window, "Generating"));
    let other = window.state().state.list.shown().find(|other| *other != id).unwrap();
    let commands = window.state_mut().state.select(other);
    window.state().send(commands);
    let new = engine.0.borrow_mut().make_token(&engine_request());
    engine.tell(Event::TokenGenerated { run: RunId(1), id, outcome: Ok(new) });
    settle(&mut window, &engine);
    assert!(shows(&window, "Your new token"));
    click(&mut window, &engine, "Use in this connection");
    assert!(engine.0.borrow().secrets.contains_key(&(id, SecretKind::PersonalAccessToken)), "the connection that it was made for");
}

fn engine_request() -> crate::databricks::TokenRequest {
    crate::databricks::TokenRequest { comment: "late".to_owned(), lifetime: None, scopes: Vec::new() }
}

#[test]
fn an_answer_to_an_older_run_changes_nothing() {
    let engine = sales();
    engine.0.borrow_mut().tokens_wait = true;
    let mut window = opened(&engine);
    generated(&mut window, &engine);
    let id = window.state().state.selection.shown().unwrap();
    engine.tell(Event::TokenGenerated { run: RunId(99), id, outcome: Err(unauthorized()) });
    engine.tell(Event::TokenRotated { run: RunId(99), id, outcome: Err(unauthorized()) });
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
    assert!(!shows(&window, "The APIs that it opens"));
    click(&mut window, &engine, "Limit what it may do");
    assert!(shows(&window, "The APIs that it opens, separated by spaces or commas."));
    type_into(&mut window, &engine, Role::TextInput, "Scopes", "sql;clusters");
    assert!(shows(&window, "A scope has only letters, digits and") && window.get_by_label("Generate").accesskit_node().is_disabled());
    click(&mut window, &engine, "Limit what it may do");
    assert!(shows(&window, "A scope has only letters, digits and"), "what is wrong stays in view");
    type_into(&mut window, &engine, Role::TextInput, "Scopes", " ");
    for _ in 0.."sql;clusters ".len() {
        key(&mut window, &engine, Modifiers::NONE, Key::Backspace);
    }
    type_into(&mut window, &engine, Role::TextInput, "Scopes", "sql, clusters sql");
    click(&mut window, &engine, "Limit what it may do");
    assert!(window.query_by_label("Limit what it may do: sql, clusters").is_some(), "folded, it says what was chosen");

    let unknown = Failure::new(Code::TokenScope, "The workspace does not accept these scopes.", "It does not know one.", "Check them.");
    engine.0.borrow_mut().token_failure = Some(unknown);
    click(&mut window, &engine, "Generate");
    assert!(shows(&window, "The workspace does not accept these scopes."));
    assert!(window.query_by_label("Limit what it may do: sql, clusters").is_some(), "nothing typed is lost");
    engine.0.borrow_mut().token_failure = None;
    click(&mut window, &engine, "Generate");
    assert_eq!(engine.0.borrow().token_request.clone().unwrap().scopes, ["sql", "clusters"]);
    click(&mut window, &engine, "Use in this connection");
    click(&mut window, &engine, "Done");
    assert!(shows(&window, "limited to sql, clusters, this connection uses it"));
    click(&mut window, &engine, "Rotate this connection's token");
    assert!(shows(&window, "and, as the old one, limited to sql, clusters."));
    window.get_all_by_label("Rotate").last().unwrap().click();
    settle(&mut window, &engine);
    assert_eq!(engine.0.borrow().token_request.clone().unwrap().scopes, ["sql", "clusters"]);
}

#[test]
fn the_last_use_is_shown_and_sorts_where_the_workspace_tells_it() {
    let engine = sales();
    let mut window = opened(&engine);
    assert!(window.query_by_label("Sort by Last used").is_none() && !shows(&window, "last used"));
    let used = |days: i64| Some(at(-days * 86_400).to_zoned(jiff::tz::TimeZone::UTC).date());
    engine.0.borrow_mut().tokens[0].last_used = used(1);
    engine.0.borrow_mut().tokens[1].last_used = used(62);
    click(&mut window, &engine, "Refresh");
    assert!(shows(&window, "expires in 23 days, last used yesterday, this connection uses it"));
    assert!(shows(&window, "last used 62 days ago. Not used for 62 days. Databricks revokes it after 90."));
    assert!(shows(&window, "last used never. Not used for 265 days."), "from its making");
    assert!(shows(&window, "2 of yours have not been used for 60 days or more."));
    click(&mut window, &engine, "Sort by Last used");
    assert_eq!(rows(&window), ["old notebook test", "Data Factory linked service", "Brickpass on this laptop"]);
    click(&mut window, &engine, "Sort by Last used, ascending");
    assert_eq!(rows(&window)[0], "Brickpass on this laptop");
    for size in [[1280.0, 800.0], [900.0, 600.0], [640.0, 480.0]] {
        window.set_size(size.into());
        settle(&mut window, &engine);
        let sorts = |node: &egui_kittest::Node<'_>| label(node).starts_with("Sort by");
        for node in window.query_all_by_role(Role::Button).filter(sorts) {
            assert!(node.rect().right() <= size[0], "{} at {size:?}", label(&node));
        }
    }
}

#[test]
fn two_tokens_are_revoked_after_a_question() {
    let engine = sales();
    let mut window = opened(&engine);
    tick(&mut window, &engine, "Data Factory");
    tick(&mut window, &engine, "Brickpass on");
    click(&mut window, &engine, "Revoke 2 tokens...");
    assert!(shows(&window, "Revoke 2 tokens?"));
    assert!(shows(&window, "Brickpass on this laptop, Data Factory linked service"));
    assert!(shows(&window, "This connection signs in with one of them"));
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
    type_into(&mut window, &engine, Role::TextInput, "This is production. Type Sales to revoke", "Sales");
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
        "A new token is generated, tried and stored. It is valid for 54 days. Then \u{201c}Brickpass on this laptop\u{201d} is revoked"
    ));
    window.get_all_by_label("Rotate").last().unwrap().click();
    settle(&mut window, &engine);
    let request = engine.0.borrow().token_request.clone().unwrap();
    assert_eq!((request.comment.as_str(), request.lifetime.unwrap().as_secs()), ("Brickpass on this laptop", 54 * 86_400));
    assert!(shows(&window, "Sales has a new token; the old one is revoked"));
    assert!(shows(&window, "Brickpass on this laptop, created 21 Sep 2026, expires in 54 days, this connection uses it"));
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
    assert!(shows(&window, "Sales has a new token; the old one is still valid"));
}

#[test]
fn a_connection_that_signs_in_otherwise_has_nothing_to_rotate() {
    let engine = engine(&[browser("Sales")]);
    let window = opened(&engine);
    assert!(window.query_by_label("Rotate this connection's token").is_none());
    assert!(window.query_by_label("Generate token...").is_some());
}

#[test]
fn a_list_that_cannot_be_had_says_why_and_its_button_leads_there() {
    let engine = sales();
    engine.0.borrow_mut().token_failure = Some(unauthorized());
    let mut window = opened(&engine);
    for words in ["Your tokens could not be listed", "does not accept this token", "expired or been revoked", "Generate a new one."] {
        assert!(shows(&window, words), "{words}");
    }
    click(&mut window, &engine, "Replace token");
    assert!(window.get_by_role_and_label(Role::PasswordInput, "Access token").is_focused(), "in the form");
    let failure = Failure::new(Code::ReadTimeout, "No answer.", "", "Try again.").with_remedy(Remedy::TryAgain);
    engine.0.borrow_mut().token_failure = Some(failure);
    tab(&mut window, &engine);
    engine.0.borrow_mut().token_failure = None;
    click(&mut window, &engine, "Try again");
    assert_eq!(rows(&window).len(), 3);
}

#[test]
fn an_account_has_no_tokens_and_a_form_that_is_not_saved_has_none_yet() {
    let engine = engine(&[account("Account")]);
    let mut window = opened(&engine);
    assert!(shows(&window, "Personal access tokens belong to a workspace; an account has none."));
    assert_eq!(engine.sent("ListTokens"), 0);
    assert!(window.query_by_label("Generate token...").is_none());
    click(&mut window, &engine, "New connection");
    tab(&mut window, &engine);
    assert!(shows(&window, "Save this connection first."));
    assert_eq!(engine.sent("ListTokens"), 0);
}

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
    let id = window.state().state.selection.shown().unwrap();
    let last = LastTest { state: Status::Expiring, tested_at: at(0), duration_ms: 182 };
    engine.tell(Event::History(vec![(id, Some(last))]));
    settle(&mut window, &engine);
    assert!(shows(&window, "Expires soon"));
    let note = TokenNote { token_id: "t2".to_owned(), origin: String::new(), comment: String::new(), expires_at: Some(at(5 * 86_400)) };
    engine.tell(Event::TokenNotes(vec![(id, Some(note))]));
    settle(&mut window, &engine);
    assert_eq!(window.query_all_by_label_contains("Expires in 5 days").count(), 2, "from what is remembered");
    engine.tell(Event::TokenNotes(vec![(id, None)]));
    tab(&mut window, &engine);
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
    tab(&mut window, &engine);
    assert_eq!(rows(&window).len(), 3);
}

#[test]
fn another_connection_begins_with_its_form_and_asks_its_workspace_for_nothing() {
    let engine = engine(&[connection("Sales", |_| {}), connection("Finance", |_| {})]);
    let mut window = opened(&engine);
    let shown = window.state().state.selection.shown().unwrap();
    let other = window.state().state.list.shown().find(|other| *other != shown).unwrap();
    let commands = window.state_mut().state.select(other);
    window.state().send(commands);
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

#[test]
fn a_thousand_tokens_draw_only_the_rows_in_view_and_sort_and_filter_without_a_stall() {
    let engine = sales();
    let days = |number: i64| (number * 7919) % 1000;
    engine.0.borrow_mut().tokens =
        (0..1000).map(|number| token(&format!("t{number}"), &format!("Job {number:04}"), -days(number), Some(days(number)))).collect();
    let mut window = opened(&engine);
    let drawn = rows(&window).len();
    assert!((8..30).contains(&drawn), "{drawn} rows");
    assert!(shows(&window, "Generate token..."));
    let before = Instant::now();
    click(&mut window, &engine, "Sort by Comment");
    assert_eq!(rows(&window)[0], "Job 0000");
    type_into(&mut window, &engine, Role::TextInput, "Filter tokens", "99");
    assert_eq!(rows(&window)[0], "Job 0099");
    assert!(before.elapsed().as_secs() < 5, "{:?}", before.elapsed());
    key(&mut window, &engine, Modifiers::NONE, Key::ArrowDown);
    key(&mut window, &engine, Modifiers::NONE, Key::End);
    assert_eq!(rows(&window).last().map(String::as_str), Some("Job 0999"), "the keyboard brings its row into view");
}

#[test]
fn everything_can_be_reached_at_640x480() {
    let engine = sales();
    let mut window = open(&engine, [640.0, 480.0]);
    tab(&mut window, &engine);
    for label in ["Refresh", "Rotate...", "Generate token..."] {
        assert!(window.get_by_label(label).rect().right() <= 640.0, "{label}");
    }
    click(&mut window, &engine, "Generate token...");
    click(&mut window, &engine, "Generate");
    for label in ["Copy", "Done", "Use in this connection", "Show New token"] {
        let rect = window.get_by_label(label).rect();
        assert!(rect.left() >= 0.0 && rect.right() <= 640.0 && rect.bottom() <= 480.0, "{label} {rect:?}");
    }
}
