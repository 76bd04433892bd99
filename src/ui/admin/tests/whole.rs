//! The tab as a whole.

use super::*;
use brickpass_engine::{Ask, ListServicePrincipals};

#[test]
fn an_account_has_service_principals_alone_and_adds_them_to_workspaces() {
    let engine = engine(&[account("Account")]);
    let workspace = brickpass_databricks::rest::AccountWorkspace {
        id: "42".to_owned(),
        name: "prod-west".to_owned(),
        base_url: None,
        region: None,
        status: "RUNNING".to_owned(),
    };
    engine.0.borrow_mut().workspaces = Ok(vec![workspace]);
    let mut window = opened(&engine);
    assert!(window.query_by_role_and_label(Role::RadioButton, "Tokens").is_none());
    look_at(&mut window, &engine, "nightly-etl");
    assert!(!shows(&window, "Permissions") && !shows(&window, "Access to this workspace"));
    window.get_by_role_and_label(Role::ListBoxOption, "prod-west").click();
    settle(&mut window, &engine);
    choose(&mut window, &engine, "Role: User", "Admin");
    click(&mut window, &engine, "Add");
    assert_eq!(engine.0.borrow().admin_data.joined, [("11".to_owned(), "42".to_owned(), WorkspaceRole::Admin)]);
    assert!(shows(&window, "Added to prod-west as Admin."));
}

#[test]
fn what_is_not_saved_has_no_administration() {
    let engine = engine(&[]);
    let mut window = open(&engine, SIZE);
    click(&mut window, &engine, "Add workspace...");
    tab(&mut window, &engine, "Administration");
    assert!(shows(&window, "Save this connection first"));
    assert_eq!(asked(&engine), 0);
}

#[test]
fn answers_for_another_connection_change_nothing_of_this_one() {
    let engine = engine(&[connection("Sales", |_| {}), connection("Finance", |_| {})]);
    engine.0.borrow_mut().admin_data.slow = vec!["ListServicePrincipals"];
    let mut window = opened(&engine);
    principals(&mut window, &engine);
    let first = window.state().state.connections.selection.shown().unwrap();
    let other = window.state().state.connections.list.shown().find(|other| *other != first).unwrap();
    let commands = window.state_mut().state.connections.select(other);
    window.state_mut().follow(commands);
    tab(&mut window, &engine, "Administration");
    let held: Vec<_> = {
        let mut inner = engine.0.borrow_mut();
        let of_first = |ask: &Ask| ask.of::<ListServicePrincipals>().is_some_and(|request| request.id == first);
        let (mine, theirs): (Vec<_>, Vec<_>) = std::mem::take(&mut inner.admin_data.held).into_iter().partition(of_first);
        inner.admin_data.held = mine;
        theirs
    };
    engine.0.borrow_mut().answer_held();
    settle(&mut window, &engine);
    assert!(shows(&window, "Loading service principals") && !shows(&window, "nightly-etl"));
    engine.0.borrow_mut().admin_data.principals = vec![principal(77, "theirs")];
    engine.0.borrow_mut().admin_data.held = held;
    engine.0.borrow_mut().answer_held();
    settle(&mut window, &engine);
    assert!(shows(&window, "theirs, 00000077"));
}

#[test]
fn an_engine_that_breaks_leaves_nothing_waiting() {
    let engine = sales();
    engine.0.borrow_mut().admin_data.slow = vec!["GetTokenRules", "ListUsersTokens"];
    let mut window = opened(&engine);
    assert!(shows(&window, "Loading"));
    let failure = Failure::new(Code::Internal, "Brickpass has made a mistake.", "This is a defect.", "Try again.");
    engine.0.borrow_mut().admin_data.failures = vec![("GetTokenRules", failure.clone()), ("ListUsersTokens", failure)];
    engine.0.borrow_mut().answer_held();
    settle(&mut window, &engine);
    assert!(!shows(&window, "Loading") && shows(&window, "Could not load token settings"));
}

#[test]
fn everything_can_be_reached_at_640x480() {
    let engine = sales();
    let mut window = open(&engine, [640.0, 480.0]);
    tab(&mut window, &engine, "Administration");
    for label in ["Refresh", "Maximum lifetime: 90 days"] {
        assert!(window.get_by_label(label).rect().right() <= 640.0, "{label}");
    }
    principals(&mut window, &engine);
    assert!(window.get_by_label("New...").rect().right() <= 640.0);
    look_at(&mut window, &engine, "nightly-etl");
    for label in ["New secret...", "Create connection", "Copy application ID", "Delete the secret created on 11 Sep 2026"] {
        assert!(window.get_by_label(label).rect().right() <= 640.0, "{label}");
    }
    // The keyboard scrolls it into view.
    window.get_by_label("New secret...").focus();
    settle(&mut window, &engine);
    assert!(window.get_by_label("New secret...").rect().bottom() <= 480.0);
    key(&mut window, &engine, Modifiers::NONE, Key::Enter);
    assert_eq!(engine.0.borrow().admin_data.secrets["11"].len(), 1, "the key that opened the dialog does not answer it");
    click(&mut window, &engine, "Create");
    for label in ["Copy", "Done", "Create connection", "Show New OAuth secret"] {
        let rect = window.query_all_by_label(label).last().unwrap().rect();
        assert!(rect.left() >= 0.0 && rect.right() <= 640.0 && rect.bottom() <= 480.0, "{label} {rect:?}");
    }
}
