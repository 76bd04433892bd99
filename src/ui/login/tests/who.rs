//! The signed-in user and the OAuth application.

use super::*;

#[test]
fn a_host_that_was_found_is_confirmed_before_anything_is_sent_and_enter_is_the_safe_answer() {
    for (how, yes) in [(Err(Key::Enter), false), (Err(Key::Escape), false), (Ok("Trust and sign in"), true)] {
        let engine = FakeEngine::with(&[browser("Sales")]);
        let (mut window, _) = waiting(&engine);
        let host = BaseUrl::read("https://dbc-a1b2c3d4-e5f6.cloud.databricks.com").unwrap().base_url;
        told(&mut window, &engine, SignInStep::ConfirmHost { host });
        assert!(shows(&window, "Trust this address?"));
        assert!(shows(&window, "https://dbc-a1b2c3d4-e5f6.cloud.databricks.com"));
        assert!(window.get_by_label("No, cancel").is_focused());
        match how {
            Err(key) => window.key_press(key),
            Ok(label) => window.get_by_label(label).click(),
        }
        settle(&mut window, &engine);
        assert_eq!(engine.0.borrow().answers, [yes]);
    }
}

#[test]
fn ot_15_another_user_takes_the_place_of_the_stored_one_only_when_told_to() {
    let engine = FakeEngine::with(&[browser("Sales")]);
    let (mut window, _) = waiting(&engine);
    let step = || SignInStep::OtherUser { stored: "priya@example.com".into(), new: "sam@example.com".into() };
    told(&mut window, &engine, step());
    assert!(shows(&window, "priya@example.com is signed in. In the browser, you signed in as sam@example.com."));
    assert!(window.get_by_label("Keep current user").is_focused(), "the default replaces nothing");
    window.key_press(Key::Enter);
    settle(&mut window, &engine);
    assert_eq!(engine.0.borrow().answers, [false]);
    assert!(shows(&window, "Nothing changes."));
    told(&mut window, &engine, step());
    click(&mut window, &engine, "Switch user");
    assert_eq!(engine.0.borrow().answers, [false, true]);
}

#[test]
fn signing_out_leaves_nobody_signed_in() {
    let sales = browser("Sales");
    let engine = FakeEngine::with(std::slice::from_ref(&sales));
    engine.0.borrow_mut().signed_in.insert(sales.id, sign_in("priya@example.com"));
    let mut window = open(&engine, SIZE);
    assert!(shows(&window, "priya@example.com"));
    assert!(window.query_by_label("Sign in").is_none());
    assert!(window.query_by_label("Sign in again").is_some());
    click(&mut window, &engine, "Sign out");
    assert!(shows(&window, "Not signed in"));
    assert!(shows(&window, "Signed out of Sales"));
    assert!(engine.0.borrow().signed_in.is_empty());
}

#[test]
fn a_connection_that_needs_a_sign_in_offers_it_in_the_head_and_in_the_palette() {
    let sales = browser("Sales");
    let engine = FakeEngine::with(std::slice::from_ref(&sales));
    engine.0.borrow_mut().signed_in.insert(sales.id, sign_in("priya@example.com"));
    let gone = Failure::new(Code::SignInNeeded, "Your sign-in has ended.", "It was revoked.", "Sign in again.").with_remedy(Remedy::SignIn);
    engine.0.borrow_mut().test_failure = Some(gone);
    let mut window = open(&engine, SIZE);
    assert!(window.query_by_label("Sign in").is_none(), "nothing is wrong so far");
    window.get_all_by_label("Test connection").next().unwrap().click();
    settle(&mut window, &engine);
    assert_eq!(window.query_all_by_label("Sign in").count(), 2, "in the head, and beside the failure");
    window.key_press_modifiers(egui::Modifiers::COMMAND, Key::K);
    settle(&mut window, &engine);
    window.event(egui::Event::Text("sign in".into()));
    settle(&mut window, &engine);
    window.key_press(Key::Enter);
    settle(&mut window, &engine);
    assert_eq!(engine.sent("SignIn"), 1);
    engine.sign_in_ends(Ok("priya@example.com"));
    settle(&mut window, &engine);
    assert!(window.query_by_label("Sign in").is_none());
    assert!(
        !window.state().state.connections.last_test(sales.id).is_some_and(|last| last.state == Status::SignIn),
        "that test is of yesterday"
    );
}

#[test]
fn who_does_not_know_the_address_signs_in_and_finds_it_in_the_form() {
    let engine = FakeEngine::with(&[]);
    let mut window = open(&engine, SIZE);
    click(&mut window, &engine, "Add workspace...");
    assert!(!shows(&window, "I don't know"));
    click(&mut window, &engine, "Authentication type: Personal access token");
    click(&mut window, &engine, "OAuth in the browser");
    click(&mut window, &engine, "I don't know my workspace URL");
    assert_eq!(engine.0.borrow().sign_ins[0].request.place, SignInPlace::Anywhere { level: LevelKind::Workspace });
    assert!(engine.0.borrow().entries.is_empty(), "nothing is saved yet");
    engine.sign_in_waits(true);
    settle(&mut window, &engine);
    assert!(shows(&window, "the Databricks sign-in page, which asks where you want to go"));
    engine.sign_in_finds(Found {
        base_url: BaseUrl::read("https://dbc-a1b2c3d4-e5f6.cloud.databricks.com").unwrap().base_url,
        account_id: None,
        workspace_id: Some("42".to_owned()),
    });
    settle(&mut window, &engine);
    assert!(shows(&window, "Save the connection to keep this sign-in."));
    let draft = window.state().state.connections.shown_form().unwrap().draft.clone();
    assert_eq!((draft.base_url.as_str(), draft.workspace_id.as_str()), ("https://dbc-a1b2c3d4-e5f6.cloud.databricks.com", "42"));
    assert_eq!(draft.name, "dbc-a1b2c3d4-e5f6.cloud.databricks.com");
    let id = draft.id;
    window.get_all_by_label("Save").last().unwrap().click();
    settle(&mut window, &engine);
    assert_eq!(engine.0.borrow().entries[0].connection.id, id, "the sign-in was held under this id");
    assert!(shows(&window, "as priya@example.com"));
}

#[test]
fn the_oauth_application_is_folded_away_until_it_is_needed() {
    let engine = FakeEngine::with(&[browser("Sales")]);
    let mut window = open(&engine, SIZE);
    assert!(window.query_by_label("Redirect port").is_none());
    click(&mut window, &engine, "OAuth application");
    assert!(shows(&window, "register http://localhost:8020 as its redirect URL"));
    type_into(&mut window, &engine, Role::TextInput, "Redirect port", "9000");
    assert!(shows(&window, "register http://localhost:9000"));
    type_into(&mut window, &engine, Role::TextInput, "Scopes", "all-apis");
    assert!(shows(&window, "Without offline_access you have to sign in again every hour"));
    window.key_press_modifiers(egui::Modifiers::COMMAND, Key::S);
    settle(&mut window, &engine);
    drop(window);
    let window = open(&engine, SIZE);
    assert!(window.query_by_role_and_label(Role::TextInput, "Redirect port").is_some(), "what is set is shown");
}
