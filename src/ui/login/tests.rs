//! Signing in as a person sees it: found by role and label, on an engine that goes on when told to.

use std::{cell::Cell, rc::Rc, time::Instant};

use egui::{Key, accesskit::Role};
use egui_kittest::kittest::{NodeT as _, Queryable as _};

use crate::{
    connection::{AuthKind, BaseUrl, Connection, ConnectionId, EnvironmentKind, Level, LevelKind, Status},
    databricks::AccountWorkspace,
    engine::{Event, Found, SignInPlace, SignInStep, SignedIn},
    failure::{Code, Failure, Remedy},
    storage::VaultStatus,
    ui::{
        fake_engine::{FakeEngine, LINK, account, at, browser, connection, ok_report, sign_in},
        state::Dialog,
        window_tests::{Window, ask_to_close, click, commands_of, open, open_at, settle, shows, type_into},
    },
};

const SIZE: [f32; 2] = [1280.0, 800.0];

/// A window whose clock stands where it is put.
fn clocked(engine: &FakeEngine) -> (Window, Rc<Cell<i64>>) {
    let seconds = Rc::new(Cell::new(0));
    (open_at(engine, SIZE, Rc::clone(&seconds)), seconds)
}

fn told(window: &mut Window, engine: &FakeEngine, step: SignInStep) {
    engine.sign_in_step(step);
    settle(window, engine);
}

/// A sign-in that waits for the browser.
fn waiting(engine: &FakeEngine) -> (Window, Rc<Cell<i64>>) {
    let (mut window, seconds) = clocked(engine);
    click(&mut window, engine, "Sign in");
    engine.sign_in_waits(true);
    settle(&mut window, engine);
    (window, seconds)
}

fn copied(window: &Window) -> Option<String> {
    window.output().platform_output.commands.iter().rev().find_map(|command| match command {
        egui::OutputCommand::CopyText(text) => Some(text.clone()),
        _ => None,
    })
}

fn failure() -> Failure {
    Failure::new(Code::SignInTimeout, "Nobody signed in within 5 minutes.", "The page was closed, perhaps.", "Sign in again.")
        .with_remedy(Remedy::SignIn)
}

#[test]
fn signing_in_from_the_form_tells_each_step_and_ends_with_who_it_is() {
    let engine = FakeEngine::with(&[browser("Sales")]);
    let (mut window, _) = clocked(&engine);
    assert!(shows(&window, "Not signed in"));
    click(&mut window, &engine, "Sign in");
    assert!(shows(&window, "Getting ready."));
    told(&mut window, &engine, SignInStep::CheckingVault);
    assert!(shows(&window, "Looking whether GNOME Keyring can take the sign-in."));
    told(&mut window, &engine, SignInStep::Discovering);
    assert!(shows(&window, "Asking adb-1234567890123456.7.azuredatabricks.net how it signs people in."));
    engine.sign_in_waits(true);
    settle(&mut window, &engine);
    assert!(shows(&window, "Your browser shows the sign-in page of adb-1234567890123456.7.azuredatabricks.net."));
    assert!(shows(&window, "Listening on localhost:8020"));
    assert!(shows(&window, "5:00"));
    told(&mut window, &engine, SignInStep::Exchanging);
    assert!(shows(&window, "Your browser is done."));
    assert!(window.query_by_label("Copy sign-in link").is_none(), "the link has been used");
    engine.sign_in_ends(Ok("priya@example.com"));
    settle(&mut window, &engine);
    assert!(shows(&window, "as priya@example.com"));
    assert_eq!(
        window.query_all_by_label_contains("Access token valid until 15:13, renews itself").count(),
        2,
        "in the panel and in the form"
    );
    assert!(window.query_by_label("Sign in").is_none(), "nobody has to sign in now");

    // The result of a test takes the place of the sign-in's.
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
    assert!(shows(&window, "Signing in saves the connection first"));
    click(&mut window, &engine, "Sign in");
    assert!(shows(&window, "Give the connection a name"));
    assert!(engine.0.borrow().entries.is_empty() && engine.0.borrow().sign_ins.is_empty());

    type_into(&mut window, &engine, Role::TextInput, "Name", "Sales");
    type_into(&mut window, &engine, Role::TextInput, "Base URL", "adb-1234567890123456.7.azuredatabricks.net");
    click(&mut window, &engine, "Sign in");
    let inner = engine.0.borrow();
    assert_eq!(inner.entries[0].connection.auth.kind(), AuthKind::Browser);
    assert_eq!(inner.sign_ins.len(), 1);
    assert_eq!(inner.sign_ins[0].1, inner.entries[0].connection, "what was saved signs in");
    assert_eq!(inner.sign_ins[0].2, SignInPlace::Here);
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
    assert_eq!(engine.sent("OpenSignInPage"), 1);
}

#[test]
fn lb_46_without_a_browser_the_link_comes_first() {
    let engine = FakeEngine::with(&[browser("Sales")]);
    let (mut window, _) = clocked(&engine);
    click(&mut window, &engine, "Sign in");
    engine.sign_in_waits(false);
    settle(&mut window, &engine);
    assert!(shows(&window, "No browser could be opened from here."));
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
    let run = engine.0.borrow().sign_ins[0].0;
    let id = engine.0.borrow().sign_ins[0].1.id;
    click(&mut window, &engine, "Cancel");
    assert_eq!(engine.sent("CancelSignIn"), 1);
    assert!(!shows(&window, "Listening on"));
    let outcome = Ok(SignedIn { sign_in: sign_in("late@example.com"), hints: Vec::new(), found: None });
    engine.tell(Event::SignInFinished { run, id, outcome });
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
    assert_eq!(engine.sent("CancelSignIn"), 1);
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
    assert!(!shows(&window, "wrong key"));
    told(&mut window, &engine, SignInStep::WrongKey { count: 1 });
    assert!(shows(&window, "A page answered with the wrong key; still waiting."));
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
    assert!(!shows(&window, "WSL, remote desktop, SSH"));
    seconds.set(30);
    settle(&mut window, &engine);
    assert!(shows(&window, "WSL, remote desktop, SSH"));
    assert!(shows(&window, "personal access token or a service principal"));
}

#[test]
fn a_host_that_was_found_is_confirmed_before_anything_is_sent_and_enter_is_the_safe_answer() {
    for (how, yes) in [(Err(Key::Enter), false), (Err(Key::Escape), false), (Ok("Yes, sign in there"), true)] {
        let engine = FakeEngine::with(&[browser("Sales")]);
        let (mut window, _) = waiting(&engine);
        let host = BaseUrl::read("https://dbc-a1b2c3d4-e5f6.cloud.databricks.com").unwrap().base_url;
        told(&mut window, &engine, SignInStep::ConfirmHost { host });
        assert!(shows(&window, "Is this the right address?"));
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
    assert!(shows(&window, "So far, priya@example.com is signed in. Your browser signed in sam@example.com."));
    assert!(window.get_by_label("Keep the stored one").is_focused(), "the default replaces nothing");
    window.key_press(Key::Enter);
    settle(&mut window, &engine);
    assert_eq!(engine.0.borrow().answers, [false]);
    assert!(shows(&window, "Nothing is changed."));
    told(&mut window, &engine, step());
    click(&mut window, &engine, "Use the new one");
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
    assert!(!window.state().state.last_test(sales.id).is_some_and(|last| last.state == Status::SignIn), "that test is of yesterday");
}

#[test]
fn who_does_not_know_the_address_signs_in_and_finds_it_in_the_form() {
    let engine = FakeEngine::with(&[]);
    let mut window = open(&engine, SIZE);
    click(&mut window, &engine, "Add workspace...");
    assert!(!shows(&window, "I do not know"));
    click(&mut window, &engine, "Authentication type: Personal access token");
    click(&mut window, &engine, "OAuth in the browser");
    click(&mut window, &engine, "I do not know my workspace's address");
    assert_eq!(engine.0.borrow().sign_ins[0].2, SignInPlace::Anywhere { level: LevelKind::Workspace });
    assert!(engine.0.borrow().entries.is_empty(), "nothing is saved yet");
    engine.sign_in_waits(true);
    settle(&mut window, &engine);
    assert!(shows(&window, "the sign-in page of Databricks, which asks you where you want to go"));
    engine.sign_in_finds(Found {
        base_url: BaseUrl::read("https://dbc-a1b2c3d4-e5f6.cloud.databricks.com").unwrap().base_url,
        account_id: None,
        workspace_id: Some("42".to_owned()),
    });
    settle(&mut window, &engine);
    assert!(shows(&window, "Save the connection to keep this sign-in."));
    let draft = window.state().state.shown_form().unwrap().draft.clone();
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
    assert!(shows(&window, "http://localhost:8020 registered as its redirect URL"));
    type_into(&mut window, &engine, Role::TextInput, "Redirect port", "9000");
    assert!(shows(&window, "http://localhost:9000 registered"));
    type_into(&mut window, &engine, Role::TextInput, "Scopes", "all-apis");
    assert!(shows(&window, "Without offline_access you have to sign in again every hour"));
    window.key_press_modifiers(egui::Modifiers::COMMAND, Key::S);
    settle(&mut window, &engine);
    drop(window);
    let window = open(&engine, SIZE);
    assert!(window.query_by_role_and_label(Role::TextInput, "Redirect port").is_some(), "what is set is shown");
}

#[test]
fn a_connection_of_an_account_signs_in_with_it_until_told_otherwise() {
    let (account, workspace) = family();
    let engine = FakeEngine::with(&[workspace.clone(), account.clone()]);
    engine.0.borrow_mut().signed_in.insert(account.id, sign_in("priya@example.com"));
    let mut window = open(&engine, SIZE);
    window.state_mut().state.select(workspace.id);
    settle(&mut window, &engine);
    assert!(shows(&window, "Signs in with All of us"));
    assert!(shows(&window, "priya@example.com"));
    assert!(window.query_by_label("Sign out").is_none(), "it would sign out all the others too");
    click(&mut window, &engine, "Sign in again");
    assert_eq!(engine.0.borrow().sign_ins[0].1.id, account.id, "the account's connection signs in");
    click(&mut window, &engine, "Cancel sign-in");
    click(&mut window, &engine, "Use its own sign-in");
    assert!(shows(&window, "Not signed in"));
    click(&mut window, &engine, "Save");
    assert!(engine.0.borrow().entries.iter().all(|entry| entry.connection.sign_in_of.is_none()));
}

/// An account's connection and one that uses its sign-in.
fn family() -> (Connection, Connection) {
    let account = account("All of us");
    let base_url = BaseUrl::read("https://adb-7.7.azuredatabricks.net").unwrap().base_url;
    let workspace = Connection::of_workspace(&account, "Sales", base_url, "7".to_owned()).unwrap();
    (account, workspace)
}

fn workspace_of_account(number: usize) -> AccountWorkspace {
    AccountWorkspace {
        id: number.to_string(),
        name: format!("Workspace {number:04}"),
        base_url: Some(BaseUrl::read(&format!("https://adb-{number}.7.azuredatabricks.net")).unwrap().base_url),
        region: Some(if number.is_multiple_of(2) { "westeurope" } else { "eastus" }.to_owned()),
        status: "RUNNING".to_owned(),
    }
}

fn with_workspaces(count: usize) -> (FakeEngine, Connection, Window) {
    let (account, workspace) = family();
    let engine = FakeEngine::with(&[account.clone(), workspace]);
    engine.0.borrow_mut().signed_in.insert(account.id, sign_in("priya@example.com"));
    engine.0.borrow_mut().workspaces = Ok((1..=count).map(workspace_of_account).collect());
    let mut window = open(&engine, SIZE);
    window.state_mut().state.select(account.id);
    settle(&mut window, &engine);
    window.key_press_modifiers(egui::Modifiers::COMMAND | egui::Modifiers::SHIFT, Key::A);
    settle(&mut window, &engine);
    (engine, account, window)
}

#[test]
fn workspaces_of_an_account_become_connections_that_share_its_sign_in() {
    let (engine, account, mut window) = with_workspaces(12);
    assert!(shows(&window, "Workspace 0001, adb-1.7.azuredatabricks.net, eastus, running"));
    let there = window.get_by_label_contains("Workspace 0007, Already here as Sales");
    assert!(there.accesskit_node().is_disabled(), "what is there already is not added twice");
    click(&mut window, &engine, "Select all shown");
    assert!(window.query_by_label("Add 11 workspaces").is_some());
    click(&mut window, &engine, "Select all shown");
    type_into(&mut window, &engine, Role::TextInput, "Filter workspaces", "westeurope");
    assert!(!shows(&window, "Workspace 0001"));
    click(&mut window, &engine, "Select all shown");
    window.get_by_label_contains("Workspace 0002").click();
    settle(&mut window, &engine);
    click(&mut window, &engine, "Add 5 workspaces");
    assert!(window.state().state.dialog.is_none());
    assert!(shows(&window, "Added 5 workspaces"));
    let inner = engine.0.borrow();
    let added: Vec<&Connection> =
        inner.entries.iter().map(|entry| &entry.connection).filter(|it| it.name.as_str().starts_with("Work")).collect();
    let names: Vec<&str> = added.iter().map(|it| it.name.as_str()).collect();
    assert_eq!(names, ["Workspace 0004", "Workspace 0006", "Workspace 0008", "Workspace 0010", "Workspace 0012"]);
    assert!(added.iter().all(|it| it.uses_sign_in_of(&account) && it.level == Level::Workspace));
    let shown: ConnectionId = window.state().state.selection.shown().unwrap();
    assert_eq!(shown, added[0].id, "the first of them is shown");
}

#[test]
fn a_thousand_workspaces_are_listed_by_drawing_those_in_view() {
    let (engine, _, mut window) = with_workspaces(1_000);
    let rows = window.query_all_by_label_contains("azuredatabricks.net, ").count();
    assert!(rows <= 16, "{rows}");
    click(&mut window, &engine, "Select all shown");
    assert!(window.query_by_label("Add 999 workspaces").is_some());
    let began = Instant::now();
    window.run_steps(20);
    let frame = began.elapsed() / 20;
    assert!(frame.as_millis() < 100, "{frame:?}");
}

#[test]
fn what_cannot_be_listed_or_added_is_told_in_the_dialog_and_escape_closes_it() {
    let (engine, _, mut window) = with_workspaces(2);
    engine.0.borrow_mut().save_failure = Some(Failure::new(Code::FileUnwritable, "The disk is full.", "", "Free some space."));
    click(&mut window, &engine, "Select all shown");
    click(&mut window, &engine, "Add 2 workspaces");
    assert!(shows(&window, "The disk is full."));
    assert!(matches!(window.state().state.dialog, Some(Dialog::AddWorkspaces(_))));
    assert!(window.query_by_label("Add 2 workspaces").is_some(), "what was ticked stays ticked");
    window.key_press(Key::Escape);
    settle(&mut window, &engine);
    assert!(window.state().state.dialog.is_none());

    engine.0.borrow_mut().workspaces = Err(Failure::new(Code::Forbidden, "Only account admins may list workspaces.", "", "Ask one."));
    window.key_press_modifiers(egui::Modifiers::COMMAND | egui::Modifiers::SHIFT, Key::A);
    settle(&mut window, &engine);
    assert!(shows(&window, "Only account admins may list workspaces."));
    engine.0.borrow_mut().workspaces = Ok(vec![workspace_of_account(1)]);
    click(&mut window, &engine, "Try again");
    assert!(shows(&window, "Workspace 0001"));
}

#[test]
fn the_test_of_an_account_lists_its_workspaces() {
    let account = account("All of us");
    let engine = FakeEngine::with(std::slice::from_ref(&account));
    engine.0.borrow_mut().signed_in.insert(account.id, sign_in("priya@example.com"));
    engine.0.borrow_mut().tests_answer = false;
    let mut window = open(&engine, SIZE);
    window.get_all_by_label("Test connection").next().unwrap().click();
    settle(&mut window, &engine);
    let (run, _) = engine.0.borrow_mut().running.pop().unwrap();
    let workspaces = Some((1..=40).map(workspace_of_account).collect());
    let report = crate::check::Report { clusters: None, workspaces, ..ok_report() };
    engine.tell(Event::TestFinished { run, id: account.id, tested_at: at(0), report: Box::new(report) });
    settle(&mut window, &engine);
    assert!(shows(&window, "you@example.com, 40 workspaces"));
    assert!(shows(&window, "Workspace 0001, eastus, running"));
    window.get_by_label("Add workspaces from this account").click();
    settle(&mut window, &engine);
    assert_eq!(engine.sent("ListWorkspaces"), 0, "what the test has just found is not asked for again");
    assert!(shows(&window, "Select all shown"));
}

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
    assert!(shows(&window, "The sign-in of Sales was renewed, but could not be stored."));
    assert!(shows(&window, "The keyring does not answer."));
    window.key_press(Key::Enter);
    settle(&mut window, &engine);
    assert_eq!(engine.sent("StoreSignIns"), 1, "Enter tries again, it never quits");
    assert!(shows(&window, "Quit anyway"), "it did not work, so the dialog stays");
    window.key_press(Key::Escape);
    settle(&mut window, &engine);
    assert!(window.state().state.dialog.is_none() && !window.state().state.may_close());

    ask_to_close(&mut window);
    settle(&mut window, &engine);
    engine.0.borrow_mut().unsaved_sign_ins = (Vec::new(), None);
    click(&mut window, &engine, "Try again");
    assert!(window.state().state.may_close(), "stored: the window closes as it was asked to");
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
    assert!(!window.state().state.may_close());
    click(&mut window, &engine, "Quit anyway");
    assert!(window.state().state.may_close());
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
    assert_eq!((engine.sent("CancelSignIn"), engine.sent("SignOut")), (1, 1), "who signs out does not go on signing in");
    pick(&mut window, "Sign in");
    assert_eq!(engine.sent("SignIn"), 2);
    pick(&mut window, "Add workspaces from this account");
    assert!(matches!(window.state().state.dialog, Some(Dialog::AddWorkspaces(_))));
}

#[test]
fn a_locked_vault_is_unlocked_from_the_sign_in_row() {
    let engine = FakeEngine::with(&[browser("Sales")]);
    engine.0.borrow_mut().vault = Some(VaultStatus::Locked { place: "the encrypted file".into(), new: false });
    let mut window = open(&engine, SIZE);
    assert!(shows(&window, "Secrets are stored in the encrypted file, which is locked"));
    click(&mut window, &engine, "Unlock...");
    assert!(matches!(window.state().state.dialog, Some(Dialog::Unlock { .. })));
}

#[test]
fn the_panel_is_worked_by_keys_alone_in_reading_order() {
    let engine = FakeEngine::with(&[browser("Sales")]);
    let (mut window, _) = waiting(&engine);
    window.get_by_label("Copy sign-in link").focus();
    window.run_steps(2);
    for label in ["Open again", "Cancel"] {
        window.key_press(Key::Tab);
        window.run_steps(3);
        assert!(window.get_by_label(label).is_focused(), "{label}");
    }
    window.key_press(Key::Enter);
    settle(&mut window, &engine);
    assert_eq!(engine.sent("CancelSignIn"), 1);
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
        in_view(&window, &["No, cancel", "Yes, sign in there"], size);
        told(&mut window, &engine, SignInStep::OtherUser { stored: user.into(), new: format!("x{user}") });
        in_view(&window, &["Keep the stored one", "Use the new one"], size);
        engine.sign_in_ends(Ok(user));
        settle(&mut window, &engine);
        in_view(&window, &["Signed in"], size);
    }
}

/// Nothing is cut off at the right.
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
    assert!(shows(&window, "Databricks does not accept this client ID with this secret"));
    click(&mut window, &engine, "Replace client secret");
    assert!(window.get_by_role_and_label(Role::PasswordInput, "Client secret").is_focused());
}
