//! The rest of the window around a sign-in.

use super::*;
use crate::ui::dialogs::Unlock;

#[test]
fn a_renewed_sign_in_that_is_not_stored_holds_the_window_up() {
    let sales = browser("Sales");
    let engine = FakeEngine::with(std::slice::from_ref(&sales));
    let mut window = open(&engine, SIZE);
    let failure = Failure::new(Code::VaultBusy, "The keyring does not answer.", "", "Unlock it.");
    engine.0.borrow_mut().unsaved_sign_ins = (vec![sales.id], Some(failure.clone()));
    engine.tell(Event::SignInsUnsaved { ids: vec![sales.id], failure: Some(failure) });
    settle(&mut window, &engine);
    ask_to_close(&mut window);
    assert!(commands_of(&window).contains(&egui::ViewportCommand::CancelClose));
    settle(&mut window, &engine);
    assert!(shows(&window, "The sign-in of Sales was renewed but could not be saved."));
    assert!(shows(&window, "The keyring does not answer."));
    window.key_press(Key::Enter);
    settle(&mut window, &engine);
    assert_eq!(engine.sent("StoreSignIns"), 1, "Enter tries again, it never quits");
    assert!(shows(&window, "Quit anyway"), "it did not work, so the dialog stays");
    window.key_press(Key::Escape);
    settle(&mut window, &engine);
    assert!(!window.state().state.dialogs.is_open() && !window.state().state.view.may_close());

    ask_to_close(&mut window);
    settle(&mut window, &engine);
    engine.0.borrow_mut().unsaved_sign_ins = (Vec::new(), None);
    click(&mut window, &engine, "Try again");
    assert!(window.state().state.view.may_close(), "stored: the window closes as it was asked to");
}

#[test]
fn quitting_anyway_is_possible_and_comes_after_unsaved_edits() {
    let sales = browser("Sales");
    let engine = FakeEngine::with(std::slice::from_ref(&sales));
    let mut window = open(&engine, SIZE);
    engine.tell(Event::SignInsUnsaved { ids: vec![sales.id], failure: None });
    settle(&mut window, &engine);
    type_into(&mut window, &engine, Role::MultilineTextInput, "Description", "half a thought");
    ask_to_close(&mut window);
    settle(&mut window, &engine);
    click(&mut window, &engine, "Close without saving");
    assert!(!window.state().state.view.may_close());
    click(&mut window, &engine, "Quit anyway");
    assert!(window.state().state.view.may_close());
}

#[test]
fn the_menu_of_a_connection_signs_in_and_out_and_adds_workspaces() {
    let account = account("All of us");
    let engine = FakeEngine::with(std::slice::from_ref(&account));
    engine.0.borrow_mut().signed_in.insert(account.id, sign_in("priya@example.com"));
    let mut window = open(&engine, SIZE);
    let pick = |window: &mut Window, item: &str| {
        click(window, &engine, "More actions");
        window.get_by_role_and_label(Role::MenuItem, item).click();
        settle(window, &engine);
    };
    pick(&mut window, "Sign in again");
    assert_eq!(engine.sent("SignIn"), 1);
    pick(&mut window, "Sign out");
    assert_eq!((engine.0.borrow().cancelled_sign_ins, engine.sent("SignOut")), (1, 1), "who signs out does not go on signing in");
    pick(&mut window, "Sign in");
    assert_eq!(engine.sent("SignIn"), 2);
    pick(&mut window, "Add workspaces from this account");
    assert!(window.state().state.dialogs.find::<AddWorkspaces>().is_some());
}

#[test]
fn a_locked_vault_is_unlocked_from_the_sign_in_row() {
    let engine = FakeEngine::with(&[browser("Sales")]);
    engine.0.borrow_mut().vault = Some(VaultStatus::Locked { place: "the encrypted file".into(), new: false });
    let mut window = open(&engine, SIZE);
    window.key_press(Key::Escape);
    settle(&mut window, &engine);
    assert!(shows(&window, "Secrets are stored in the encrypted file, which is locked"));
    click(&mut window, &engine, "Unlock...");
    assert!(window.state().state.dialogs.find::<Unlock>().is_some());
}

#[test]
fn the_panel_is_worked_by_keys_alone_in_reading_order() {
    let engine = FakeEngine::with(&[browser("Sales")]);
    let (mut window, _) = waiting(&engine);
    window.get_by_label("Copy sign-in link").focus();
    window.run_steps(2);
    for label in ["Open again", "Paste address", "Cancel"] {
        window.key_press(Key::Tab);
        window.run_steps(3);
        assert!(window.get_by_label(label).is_focused(), "{label}");
    }
    window.key_press(Key::Enter);
    settle(&mut window, &engine);
    assert_eq!(engine.0.borrow().cancelled_sign_ins, 1);
}

#[test]
fn every_state_of_a_sign_in_fits_the_smallest_window_and_long_names() {
    let long = "An extraordinarily long name of a workspace that somebody in marketing thought of, with a year 2026";
    let host = BaseUrl::read("https://a-very-long-deployment-name-that-goes-on-and-on-and-on.cloud.databricks.com").unwrap().base_url;
    let user = "somebody.with.a.very.long.name.indeed@a-very-long-domain-of-a-holding-company.example.com";
    let sales = connection(long, |draft| {
        draft.auth = AuthKind::Browser;
        draft.base_url = host.origin();
        draft.environment = EnvironmentKind::Production;
    });
    for size in [[640.0, 480.0], [480.0, 360.0], SIZE] {
        let engine = FakeEngine::with(std::slice::from_ref(&sales));
        let seconds = Rc::new(Cell::new(0));
        let mut window = open_at(&engine, size, Rc::clone(&seconds));
        window.key_press_modifiers(egui::Modifiers::COMMAND, Key::L);
        settle(&mut window, &engine);
        engine.sign_in_waits(true);
        settle(&mut window, &engine);
        seconds.set(40);
        told(&mut window, &engine, SignInStep::WrongKey { count: 2 });
        in_view(&window, &["Copy sign-in link", "Open again", "Cancel"], size);
        told(&mut window, &engine, SignInStep::ConfirmHost { host: host.clone() });
        in_view(&window, &["No, cancel", "Trust and sign in"], size);
        told(&mut window, &engine, SignInStep::OtherUser { stored: user.into(), new: format!("x{user}") });
        in_view(&window, &["Keep current user", "Switch user"], size);
        engine.sign_in_ends(Ok(user));
        settle(&mut window, &engine);
        in_view(&window, &["Signed in"], size);
    }
}

/// Asserts that nothing is cut off at the right.
fn in_view(window: &Window, labels: &[&str], size: [f32; 2]) {
    for label in labels {
        let place = window.get_all_by_label(label).last().unwrap().rect();
        assert!(place.left() >= 0.0 && place.right() <= size[0], "{label} at {size:?}: {place:?}");
    }
}

#[test]
fn a_client_secret_that_is_refused_is_marked_and_its_button_leads_there() {
    let robot = connection("Robot", |draft| {
        draft.auth = AuthKind::ServicePrincipal;
        draft.client_id = "12345678-90ab-cdef-1234-567890abcdef".to_owned();
    });
    let engine = FakeEngine::with(&[robot]);
    let refused =
        Failure::new(Code::OauthRefused, "Databricks refuses the service principal.", "Its secret may have expired.", "Make one.");
    engine.0.borrow_mut().test_failure = Some(refused.with_remedy(Remedy::ReplaceSecret));
    let mut window = open(&engine, SIZE);
    assert!(!shows(&window, "Not signed in"), "a service principal needs no browser");
    window.get_all_by_label("Test connection").next().unwrap().click();
    settle(&mut window, &engine);
    assert!(shows(&window, "Databricks rejected this client ID and secret"));
    click(&mut window, &engine, "Replace client secret");
    assert!(window.get_by_role_and_label(Role::PasswordInput, "Client secret").is_focused());
}
