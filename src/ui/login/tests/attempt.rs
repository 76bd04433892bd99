//! One sign-in, from beginning to end.

use super::*;

#[test]
fn signing_in_from_the_form_tells_each_step_and_ends_with_who_it_is() {
    let engine = FakeEngine::with(&[browser("Sales")]);
    let (mut window, _) = clocked(&engine);
    assert!(shows(&window, "Not signed in"));
    click(&mut window, &engine, "Sign in");
    assert!(shows(&window, "Getting ready."));
    told(&mut window, &engine, SignInStep::CheckingVault);
    assert!(shows(&window, "Checking GNOME Keyring."));
    told(&mut window, &engine, SignInStep::Discovering);
    assert!(shows(&window, "Loading sign-in settings from adb-1234567890123456.7.azuredatabricks.net."));
    engine.sign_in_waits(true);
    settle(&mut window, &engine);
    assert!(shows(&window, "Your browser shows the sign-in page of adb-1234567890123456.7.azuredatabricks.net."));
    assert!(shows(&window, "Listening on localhost:8020"));
    assert!(shows(&window, "5:00"));
    told(&mut window, &engine, SignInStep::Exchanging);
    assert!(shows(&window, "Signed in. Loading your user."));
    assert!(window.query_by_label("Copy sign-in link").is_none(), "the link has been used");
    engine.sign_in_ends(Ok("priya@example.com"));
    settle(&mut window, &engine);
    assert!(shows(&window, "as priya@example.com"));
    assert_eq!(
        window.query_all_by_label_contains("Access token valid until 15:13 (renews automatically)").count(),
        2,
        "in the panel and in the form"
    );
    assert!(window.query_by_label("Sign in").is_none(), "nobody has to sign in now");

    // The result of a test replaces that of the sign-in.
    window.get_all_by_label("Test connection").last().unwrap().click();
    settle(&mut window, &engine);
    assert!(shows(&window, "Connected in 182 ms"));
    assert!(window.query_by_label("Signed in").is_none());
}

#[test]
fn a_form_with_edits_is_saved_first_and_an_invalid_one_shows_what_is_wrong() {
    let engine = FakeEngine::with(&[]);
    let mut window = open(&engine, SIZE);
    click(&mut window, &engine, "Add workspace...");
    click(&mut window, &engine, "Authentication type: Personal access token");
    click(&mut window, &engine, "OAuth in the browser");
    assert!(shows(&window, "Saves the connection, then signs in"));
    click(&mut window, &engine, "Sign in");
    assert!(shows(&window, "Enter a name"));
    assert!(engine.0.borrow().entries.is_empty() && engine.0.borrow().sign_ins.is_empty());

    type_into(&mut window, &engine, Role::TextInput, "Name", "Sales");
    type_into(&mut window, &engine, Role::TextInput, "Base URL", "adb-1234567890123456.7.azuredatabricks.net");
    click(&mut window, &engine, "Sign in");
    let inner = engine.0.borrow();
    assert_eq!(inner.entries[0].connection.auth.kind(), AuthKind::Browser);
    assert_eq!(inner.sign_ins.len(), 1);
    assert_eq!(*inner.sign_ins[0].request.owner, inner.entries[0].connection, "what was saved signs in");
    assert_eq!(inner.sign_ins[0].request.place, SignInPlace::Here);
}

#[test]
fn the_link_can_be_copied_and_opened_again_while_it_is_of_use() {
    let engine = FakeEngine::with(&[browser("Sales")]);
    let (mut window, _) = waiting(&engine);
    window.get_by_label("Copy sign-in link").click();
    let copied = (0..4).find_map(|_| {
        window.step();
        copied(&window)
    });
    assert_eq!(copied.as_deref(), Some(LINK));
    settle(&mut window, &engine);
    assert!(shows(&window, "Copied"));
    click(&mut window, &engine, "Open again");
    assert_eq!(engine.sent("OpenInBrowser"), 1);
}

#[test]
fn lb_46_without_a_browser_the_link_comes_first() {
    let engine = FakeEngine::with(&[browser("Sales")]);
    let (mut window, _) = clocked(&engine);
    click(&mut window, &engine, "Sign in");
    engine.sign_in_waits(false);
    settle(&mut window, &engine);
    assert!(shows(&window, "Brickpass could not open a browser."));
    assert!(!shows(&window, "Your browser shows"));
    assert!(window.query_by_label("Copy sign-in link").is_some());
}

#[test]
fn the_countdown_counts_and_asks_for_one_frame_a_second() {
    let engine = FakeEngine::with(&[browser("Sales")]);
    let (mut window, seconds) = waiting(&engine);
    for (second, words) in [(1, "4:59"), (61, "3:59"), (299, "0:01"), (300, "0:00"), (301, "0:00")] {
        seconds.set(second);
        settle(&mut window, &engine);
        assert!(shows(&window, words), "{second}: {words}");
    }
    seconds.set(20);
    window.run_steps(30);
    let delay = window.output().viewport_output[&egui::ViewportId::ROOT].repaint_delay;
    assert!(delay.as_millis() > 900 && delay.as_millis() < 1100, "{delay:?}");
    engine.sign_in_ends(Ok("priya@example.com"));
    settle(&mut window, &engine);
    window.run_steps(30);
    let delay = window.output().viewport_output[&egui::ViewportId::ROOT].repaint_delay;
    assert!(delay.as_secs() > 10, "nothing counts any more: {delay:?}");
}

#[test]
fn lb_41_cancel_ends_the_sign_in_and_what_comes_late_finds_nobody() {
    let engine = FakeEngine::with(&[browser("Sales")]);
    let (mut window, _) = waiting(&engine);
    let id = engine.0.borrow().sign_ins[0].request.owner.id;
    let run = window.state().state.sign_ins.attempt_for(id, &window.state().state.connections).unwrap().run;
    click(&mut window, &engine, "Cancel");
    assert_eq!(engine.0.borrow().cancelled_sign_ins, 1);
    assert!(!shows(&window, "Listening on"));
    let outcome = Ok(SignedIn { sign_in: sign_in("late@example.com"), hints: Vec::new(), found: None });
    let state = &mut window.state_mut().state;
    let output = state.sign_ins.finished(run, id, outcome, &mut state.connections, &mut state.tests);
    window.state_mut().follow(output);
    settle(&mut window, &engine);
    assert!(!shows(&window, "late@example.com"));
    assert!(window.query_all_by_label("Sign in").next().is_some(), "it can begin anew");
}

#[test]
fn the_key_that_cancels_a_test_cancels_a_sign_in() {
    let engine = FakeEngine::with(&[browser("Sales")]);
    let (mut window, _) = waiting(&engine);
    window.key_press_modifiers(egui::Modifiers::COMMAND, Key::Period);
    settle(&mut window, &engine);
    assert_eq!(engine.0.borrow().cancelled_sign_ins, 1);
    window.key_press_modifiers(egui::Modifiers::COMMAND, Key::L);
    settle(&mut window, &engine);
    assert_eq!(engine.sent("SignIn"), 2, "and its own key begins one");
}

#[test]
fn lb_40_a_sign_in_that_took_too_long_says_so_and_its_button_begins_anew() {
    let engine = FakeEngine::with(&[browser("Sales")]);
    let (mut window, _) = waiting(&engine);
    engine.sign_in_ends(Err(failure()));
    settle(&mut window, &engine);
    for words in ["Could not sign in", "Nobody signed in within 5 minutes.", "The page was closed, perhaps."] {
        assert!(shows(&window, words), "{words}");
    }
    window.get_all_by_label("Sign in").last().unwrap().click();
    settle(&mut window, &engine);
    assert_eq!(engine.sent("SignIn"), 2);
    assert!(shows(&window, "Getting ready."));
}

#[test]
fn a_failure_without_an_advice_of_its_own_offers_to_sign_in_again() {
    let engine = FakeEngine::with(&[browser("Sales")]);
    let (mut window, _) = waiting(&engine);
    let declined = Failure::new(Code::SignInDeclined, "The sign-in was declined.", "You or your administrator said no.", "Ask them.");
    engine.sign_in_ends(Err(declined.with_details("access_denied")));
    settle(&mut window, &engine);
    click(&mut window, &engine, "Details");
    assert!(shows(&window, "access_denied"));
    click(&mut window, &engine, "Sign in again");
    assert_eq!(engine.sent("SignIn"), 2);
}

#[test]
fn lb_03_a_wrong_key_is_a_quiet_note_and_the_sign_in_goes_on() {
    let engine = FakeEngine::with(&[browser("Sales")]);
    let (mut window, _) = waiting(&engine);
    assert!(!shows(&window, "did not match this sign-in"));
    told(&mut window, &engine, SignInStep::WrongKey { count: 1 });
    assert!(shows(
        &window,
        "Ignored a reply that did not match this sign-in. If you opened an older link, use the newest one. Still waiting."
    ));
    assert!(shows(&window, "Listening on localhost:8020"));
    engine.sign_in_ends(Ok("priya@example.com"));
    settle(&mut window, &engine);
    assert!(shows(&window, "as priya@example.com"));
}

#[test]
fn after_half_a_minute_without_an_answer_a_hint_tells_of_other_computers() {
    let engine = FakeEngine::with(&[browser("Sales")]);
    let (mut window, seconds) = waiting(&engine);
    seconds.set(29);
    settle(&mut window, &engine);
    assert!(!shows(&window, "WSL, SSH or a remote desktop"));
    seconds.set(30);
    settle(&mut window, &engine);
    assert!(shows(&window, "WSL, SSH or a remote desktop"));
    assert!(shows(&window, "personal access token or a service principal"));
}

#[test]
fn sg_24_the_address_that_the_browser_ended_on_can_be_pasted_and_a_wrong_one_says_why() {
    const ADDRESS: &str = "http://localhost:8020/?code=s3cr3t&state=key";
    let engine = FakeEngine::with(&[browser("Sales")]);
    let (mut window, _) = waiting(&engine);
    assert!(window.query_by_label("Address from the browser").is_none());
    click(&mut window, &engine, "Paste address");
    let field = |window: &Window| window.get_by_role_and_label(Role::PasswordInput, "Address from the browser").is_focused();
    assert!(field(&window), "it takes what is pasted at once");
    window.get_by_role_and_label(Role::PasswordInput, "Address from the browser").type_text("https://example.com");
    settle(&mut window, &engine);
    click(&mut window, &engine, "Use this address");
    for (other, words) in [(false, "begins with http://localhost and contains a code"), (true, "belongs to another sign-in")] {
        told(&mut window, &engine, SignInStep::PasteRefused { other });
        assert!(shows(&window, words) && shows(&window, "Listening on localhost:8020"), "{words}");
    }
    type_into(&mut window, &engine, Role::PasswordInput, "Address from the browser", ADDRESS);
    assert!(!shows(&window, "belongs to another sign-in"), "what is typed now was not refused");
    assert!(!crate::ui::window_tests::is_in_words(&window, "s3cr3t"));
    window.key_press(Key::Enter);
    settle(&mut window, &engine);
    let pasted: Vec<String> = engine.0.borrow().pasted.iter().map(|one| secrecy::ExposeSecret::expose_secret(one).to_owned()).collect();
    assert_eq!(pasted, ["https://example.com", ADDRESS]);
    told(&mut window, &engine, SignInStep::Exchanging);
    assert!(window.query_by_label("Address from the browser").is_none());
}

#[test]
fn sg_24_the_field_for_the_address_fits_a_small_window() {
    let engine = FakeEngine::with(&[browser("Sales")]);
    let mut window = open(&engine, [640.0, 480.0]);
    click(&mut window, &engine, "Sign in");
    engine.sign_in_waits(false);
    settle(&mut window, &engine);
    click(&mut window, &engine, "Paste address");
    for label in ["Address from the browser", "Use this address"] {
        let rect = window.get_by_label(label).rect();
        assert!(rect.left() >= 0.0 && rect.right() <= 640.0, "{label} {rect:?}");
    }
}
