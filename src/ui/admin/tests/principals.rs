//! Service principals and their secrets.

use super::*;

#[test]
fn service_principals_are_listed_filtered_and_copied() {
    let engine = sales();
    let mut window = opened(&engine);
    principals(&mut window, &engine);
    assert!(shows(&window, "nightly-etl, 00000011-0000-4000-8000-000000000000, Active"));
    assert!(shows(&window, "ci-pipeline, 00000012-0000-4000-8000-000000000000, Inactive"));
    click(&mut window, &engine, "Copy application ID of ci-pipeline");
    assert!(shows(&window, "Copied"));
    type_into(&mut window, &engine, Role::TextInput, "Filter service principals", "nightly");
    assert!(shows(&window, "1 of 2 service principals.") && !shows(&window, "ci-pipeline, "));
    key(&mut window, &engine, Modifiers::NONE, Key::Enter);
    key(&mut window, &engine, Modifiers::NONE, Key::Enter);
    assert!(shows(&window, "OAuth secrets"), "opened by the keyboard alone");
    click(&mut window, &engine, "All service principals");
    assert!(shows(&window, "1 of 2 service principals."));
}

#[test]
fn a_new_service_principal_is_created_from_the_keyboard_and_looked_at() {
    let engine = sales();
    let mut window = open(&engine, SIZE);
    key(&mut window, &engine, Modifiers::COMMAND | Modifiers::SHIFT, Key::N);
    type_into(&mut window, &engine, Role::TextInput, "Name", "loader");
    engine.0.borrow_mut().admin_data.failures = vec![("CreateServicePrincipal", forbidden())];
    key(&mut window, &engine, Modifiers::NONE, Key::Enter);
    assert!(shows(&window, "Only workspace admins may."), "told in the dialog, which keeps what was typed");
    engine.0.borrow_mut().admin_data.failures.clear();
    click(&mut window, &engine, "Create");
    assert!(shows(&window, "Created service principal loader"));
    assert!(shows(&window, "Application ID 00000102-") && shows(&window, "No OAuth secrets"));
}

#[test]
fn a_new_secret_is_shown_masked_and_copied_by_the_engine() {
    let engine = sales();
    let mut window = at_principal(&engine);
    assert!(shows(&window, "Expires in 5 days"));
    click(&mut window, &engine, "New secret...");
    choose(&mut window, &engine, "Lifetime: 90 days", "180 days");
    click(&mut window, &engine, "Create");
    assert!(shows(&window, "Your new OAuth secret") && shows(&window, "New OAuth secret, hidden: "));
    assert!(shows(&window, "For nightly-etl, expires 20 March 2027"));
    assert!(!is_in_words(&window, SECRET_VALUE));
    click(&mut window, &engine, "Show New OAuth secret");
    assert!(window.query_by_label("New OAuth secret, shown").is_some());
    assert!(!is_in_words(&window, SECRET_VALUE), "shown in pixels alone");
    click(&mut window, &engine, "Copy");
    assert_eq!(engine.sent("CopySecret"), 1, "the engine copies, never egui");
    assert!(window.query_by_label("Copied, clears in 30 s").is_some());
    click(&mut window, &engine, "Done");
    assert!(!shows(&window, "cannot be shown again") && window.state().state.dialogs.find::<FreshSecret>().is_none());
    assert!(shows(&window, "Expires in 180 days"), "the list knows it");
}

#[test]
fn a_fresh_secret_that_would_be_lost_is_asked_about_once_and_holds_the_window_up() {
    let engine = sales();
    let mut window = at_principal(&engine);
    engine.0.borrow_mut().admin_data.slow = vec!["CreateOAuthSecret"];
    click(&mut window, &engine, "New secret...");
    click(&mut window, &engine, "Create");
    ask_to_close(&mut window);
    settle(&mut window, &engine);
    assert!(!window.state().state.view.may_close() && shows(&window, "An OAuth secret is being created."));
    key(&mut window, &engine, Modifiers::NONE, Key::Escape);
    engine.0.borrow_mut().answer_held();
    settle(&mut window, &engine);
    assert!(shows(&window, "Your new OAuth secret"), "it comes even if its dialog was closed");
    key(&mut window, &engine, Modifiers::NONE, Key::Escape);
    assert!(shows(&window, "This secret cannot be shown again"));
    key(&mut window, &engine, Modifiers::NONE, Key::Enter);
    assert!(shows(&window, "Your new OAuth secret"), "the safe answer is the default");
    ask_to_close(&mut window);
    settle(&mut window, &engine);
    assert!(!window.state().state.view.may_close() && shows(&window, "This secret cannot be shown again"));
    click(&mut window, &engine, "Close anyway");
    assert!(window.state().state.view.may_close());
}

#[test]
fn a_connection_is_created_with_the_new_secret_in_it() {
    let engine = sales();
    let mut window = at_principal(&engine);
    click(&mut window, &engine, "New secret...");
    click(&mut window, &engine, "Create");
    click(&mut window, &engine, "Create connection");
    assert!(window.state().state.dialogs.find::<FreshSecret>().is_none() && !shows(&window, "cannot be shown again"));
    assert!(!is_in_words(&window, SECRET_VALUE));
    assert_eq!(window.get_by_role_and_label(Role::TextInput, "Name").value().as_deref(), Some("nightly-etl"));
    ask_to_close(&mut window);
    settle(&mut window, &engine);
    assert!(shows(&window, "Save your changes before closing?"), "the form is not left without a question");
    key(&mut window, &engine, Modifiers::NONE, Key::Escape);
    // The keyboard scrolls it into view.
    window.get_by_role_and_label(Role::Button, "Save").focus();
    window.run_steps(3);
    click(&mut window, &engine, "Save");
    let entry = engine.0.borrow().entries.iter().find(|entry| entry.connection.name.as_str() == "nightly-etl").cloned().unwrap();
    let AuthMethod::ServicePrincipal { client_id, .. } = &entry.connection.auth else { panic!("{:?}", entry.connection.auth) };
    assert_eq!(client_id.as_str(), "00000011-0000-4000-8000-000000000000");
    assert_eq!(entry.connection.base_url, engine.0.borrow().entries[0].connection.base_url);
    assert_eq!(entry.connection.workspace_id.as_deref(), Some("1234567890123456"));
    let stored = engine.0.borrow().secrets[&(entry.connection.id, SecretKind::ClientSecret)].clone();
    assert_eq!(stored.expose_secret(), SECRET_VALUE);
}

#[test]
fn a_connection_without_a_new_secret_waits_for_one_to_be_typed() {
    let engine = sales();
    let mut window = at_principal(&engine);
    click(&mut window, &engine, "Create connection from this service principal");
    let form = window.state().state.connections.shown_form().unwrap();
    assert!(form.is_new() && form.is_unsaved() && form.draft.secret.is_empty());
    assert_eq!((form.draft.auth, form.draft.client_id.as_str()), (AuthKind::ServicePrincipal, "00000011-0000-4000-8000-000000000000"));
}

#[test]
fn a_secret_is_deleted_after_a_question() {
    let engine = sales();
    let mut window = at_principal(&engine);
    click(&mut window, &engine, "Delete the secret created on 11 Sep 2026");
    assert!(shows(&window, "Delete this OAuth secret?"));
    click(&mut window, &engine, "Cancel");
    assert_eq!(engine.0.borrow().admin_data.secrets["11"].len(), 1);
    click(&mut window, &engine, "Delete the secret created on 11 Sep 2026");
    click(&mut window, &engine, "Delete");
    assert!(engine.0.borrow().admin_data.secrets["11"].is_empty());
    assert!(shows(&window, "No OAuth secrets") && shows(&window, "OAuth secret deleted"));
}
