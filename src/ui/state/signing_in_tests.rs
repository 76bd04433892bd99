//! The state of sign-ins, without a window.

use jiff::Timestamp;
use secrecy::ExposeSecret as _;

use super::{tests::Desk, *};
use crate::ui::fake_engine::{account, at, browser, connection, sign_in, unauthorized};
use crate::ui::state::RunId;
use brickpass_core::{
    connection::{AuthKind, BaseUrl, LevelKind},
    failure::Failure,
};
use brickpass_databricks::rest::AccountWorkspace;
use brickpass_engine::{DescribeSignIn, Event, Found, Revocation, SignInPlace, SignInStep, SignedIn};
use brickpass_storage::{VaultHome, VaultStatus};

fn done(user: &str) -> SignedIn {
    SignedIn { sign_in: sign_in(user), hints: Vec::new(), found: None }
}

fn waiting(second: i64) -> SignInStep {
    SignInStep::Waiting { address: "https://secret-link.example.com/?state=s".into(), port: 8020, until: at(second), browser_opened: true }
}

/// The run of the shown sign-in.
fn run(desk: &Desk) -> RunId {
    desk.state.sign_ins.attempt_for(desk.shown(), &desk.state.connections).unwrap().run
}

fn stepped(desk: &mut Desk, run: RunId, id: ConnectionId, step: SignInStep, now: Timestamp) {
    let state = &mut desk.state;
    let output = state.sign_ins.progress(run, id, step, now, &state.connections);
    desk.send(output);
}

fn ended(desk: &mut Desk, run: RunId, id: ConnectionId, outcome: Result<SignedIn, Failure>) {
    let state = &mut desk.state;
    let output = state.sign_ins.finished(run, id, outcome, &mut state.connections, &mut state.tests);
    desk.send(output);
}

/// One connection whose sign-in has begun.
fn begun() -> (Desk, RunId) {
    let mut desk = Desk::with(&[browser("Sales")]);
    desk.run(|state, _| state.sign_in());
    let run = run(&desk);
    (desk, run)
}

#[test]
fn who_is_signed_in_is_asked_once_when_the_connection_is_shown_and_again_when_the_vault_changes() {
    let sales = browser("Sales");
    let mut desk = Desk::with(&[sales.clone(), connection("Token", |_| {})]);
    let asked = desk.engine.sent("DescribeSignIn");
    assert_eq!(desk.state.sign_ins.signed_in(sales.id, &desk.state.connections), Some(&None));
    let token = desk.state.connections.list.shown().find(|id| *id != sales.id).unwrap();
    desk.run(|state, _| state.connections.select(token));
    desk.run(|state, _| state.connections.select(sales.id));
    assert_eq!(desk.engine.sent("DescribeSignIn"), asked, "it is known");
    desk.engine.0.borrow_mut().signed_in.insert(sales.id, sign_in("priya@example.com"));
    desk.run(|_, _| crate::ui::state::probe_vault());
    assert_eq!(desk.state.sign_ins.signed_in(sales.id, &desk.state.connections).unwrap().as_ref().unwrap().user, "priya@example.com");
}

#[test]
fn a_locked_vault_is_not_asked_who_is_signed_in() {
    let mut desk = Desk::with(&[]);
    let sales = browser("Sales");
    let locked = VaultStatus::Locked { place: "the encrypted file".into(), new: false };
    desk.state.apply(Event::Vault { home: VaultHome::File, status: locked }, at(0));
    let output = desk.state.apply(Event::Library(crate::ui::fake_engine::snapshot(&[sales])), at(0));
    assert!(!output.iter().any(|command| command.of::<DescribeSignIn>().is_some()), "{output:?}");
}

#[test]
fn late_events_of_an_older_run_change_nothing() {
    let (mut desk, old) = begun();
    let id = desk.shown();
    desk.run(|state, _| state.sign_in());
    let new = run(&desk);
    assert!(old != new && desk.engine.0.borrow().cancelled_sign_ins == 1, "one sign-in of a connection at a time");
    stepped(&mut desk, old, id, waiting(300), at(1));
    ended(&mut desk, old, id, Ok(done("late@example.com")));
    let attempt = desk.state.sign_ins.attempt_for(id, &desk.state.connections).unwrap();
    assert!(attempt.run == new && matches!(attempt.stage, Stage::Starting), "{:?}", attempt.stage);
    assert_eq!(desk.state.sign_ins.signed_in(id, &desk.state.connections), Some(&None));
    ended(&mut desk, new, id, Ok(done("priya@example.com")));
    ended(&mut desk, new, id, Err(unauthorized()));
    assert!(matches!(desk.state.sign_ins.attempt_for(id, &desk.state.connections).unwrap().stage, Stage::Done(_)), "it ends only once");
}

#[test]
fn no_run_of_a_sign_in_has_the_number_of_a_test() {
    let (mut desk, run) = begun();
    desk.engine.0.borrow_mut().tests_answer = false;
    desk.run(|state, _| state.test());
    assert_ne!(desk.state.tests.running(desk.shown()).unwrap().run, run);
}

#[test]
fn the_link_is_there_while_the_listener_waits_and_never_in_debug_output() {
    let (mut desk, run) = begun();
    let id = desk.shown();
    assert!(desk.state.sign_ins.open_sign_in_again(id).requests().is_empty());
    stepped(&mut desk, run, id, waiting(300), at(0));
    let callback = desk.state.sign_ins.attempt_for(id, &desk.state.connections).unwrap().callback.as_ref().unwrap();
    assert!(callback.address.expose_secret().contains("secret-link"));
    assert!(!format!("{:?}", desk.state).contains("secret-link"));
    assert_eq!(desk.state.sign_ins.open_sign_in_again(id).requests().len(), 1);
    stepped(&mut desk, run, id, SignInStep::Exchanging, at(5));
    assert!(
        desk.state.sign_ins.attempt_for(id, &desk.state.connections).unwrap().callback.is_none()
            && desk.state.sign_ins.open_sign_in_again(id).requests().is_empty()
    );
}

#[test]
fn the_hint_about_other_computers_waits_for_half_a_minute_without_any_answer() {
    let (mut desk, run) = begun();
    let id = desk.shown();
    stepped(&mut desk, run, id, waiting(310), at(10));
    let overdue =
        |desk: &Desk, second| desk.state.sign_ins.attempt_for(id, &desk.state.connections).unwrap().is_callback_overdue(at(second));
    assert!(!overdue(&desk, 39) && overdue(&desk, 40));
    stepped(&mut desk, run, id, SignInStep::WrongKey { count: 1 }, at(20));
    assert!(!overdue(&desk, 40), "an answer has come, so this computer can be reached");
}

#[test]
fn a_question_is_answered_once() {
    let (mut desk, run) = begun();
    let id = desk.shown();
    desk.state.sign_ins.answer_sign_in(id, true);
    desk.settle();
    assert!(desk.engine.0.borrow().answers.is_empty(), "nothing was asked");
    let step = SignInStep::OtherUser { stored: "priya".into(), new: "sam".into() };
    stepped(&mut desk, run, id, step, at(0));
    desk.state.sign_ins.answer_sign_in(id, false);
    desk.state.sign_ins.answer_sign_in(id, true);
    desk.settle();
    assert_eq!(desk.engine.0.borrow().answers, [false], "a second click finds no question");
}

#[test]
fn a_save_that_fails_signs_nobody_in() {
    let mut desk = Desk::with(&[browser("Sales")]);
    desk.edit(|draft| draft.description = "edited".into());
    desk.engine.0.borrow_mut().save_failure = Some(Failure::new(Code::FileUnwritable, "The disk is full.", "", "Free some space."));
    desk.run(|state, _| state.sign_in());
    assert!(desk.state.connections.shown_form().unwrap().failure.is_some() && desk.engine.sent("SignIn") == 0);
    desk.engine.0.borrow_mut().save_failure = None;
    desk.run(|state, _| state.save());
    assert_eq!(desk.engine.sent("SignIn"), 0, "a later save is a save alone");
}

#[test]
fn deleting_a_connection_ends_its_sign_in_and_so_does_leaving() {
    let (mut desk, _) = begun();
    let id = desk.shown();
    desk.run(|state, now| state.delete(&[id], now));
    assert_eq!(desk.engine.0.borrow().cancelled_sign_ins, 1);
    let (mut desk, _) = begun();
    desk.run(|state, _| state.leave());
    assert_eq!(desk.engine.0.borrow().cancelled_sign_ins, 1);
}

#[test]
fn a_sign_in_that_was_cancelled_elsewhere_leaves_no_failure_behind() {
    let (mut desk, run) = begun();
    let id = desk.shown();
    let cancelled = Failure::new(Code::Cancelled, "Cancelled.", "", "");
    ended(&mut desk, run, id, Err(cancelled));
    assert!(desk.state.sign_ins.attempt_for(id, &desk.state.connections).is_none());
}

#[test]
fn what_is_found_goes_into_the_form_and_what_was_typed_stays() {
    let mut desk = Desk::with(&[connection("dbc-1.cloud.databricks.com", |_| {})]);
    desk.run(|state, _| state.connections.new_connection());
    desk.edit(|draft| {
        draft.auth = AuthKind::Browser;
        draft.level = LevelKind::Account;
        draft.description = "half a thought".into();
    });
    desk.run(|state, _| state.sign_ins.begin_anywhere(&state.connections, &mut state.tests));
    let run = run(&desk);
    let request = desk.engine.0.borrow_mut().sign_ins.pop().unwrap().request;
    let owner = request.owner;
    assert_eq!(request.place, SignInPlace::Anywhere { level: LevelKind::Account });
    assert_eq!(owner.id, desk.shown());
    let found = Found {
        base_url: BaseUrl::read("https://dbc-1.cloud.databricks.com").unwrap().base_url,
        account_id: Some(brickpass_core::connection::AccountId::parse("12345678-90ab-cdef-1234-567890abcdef").unwrap()),
        workspace_id: None,
    };
    let outcome = Ok(SignedIn { sign_in: sign_in("priya@example.com"), hints: Vec::new(), found: Some(found) });
    ended(&mut desk, run, owner.id, outcome);
    let draft = &desk.state.connections.shown_form().unwrap().draft;
    assert_eq!(draft.base_url, "https://dbc-1.cloud.databricks.com");
    assert_eq!(draft.account_id, "12345678-90ab-cdef-1234-567890abcdef");
    assert_eq!(draft.description, "half a thought");
    assert!(draft.name != "dbc-1.cloud.databricks.com" && !draft.name.is_empty(), "that name is taken: {}", draft.name);
    assert_eq!(desk.state.sign_ins.signed_in(owner.id, &desk.state.connections).unwrap().as_ref().unwrap().user, "priya@example.com");
    desk.run(|_, _| crate::ui::state::probe_vault());
    assert!(desk.state.sign_ins.signed_in(owner.id, &desk.state.connections).is_some(), "no vault has it yet, so none is asked");
}

#[test]
fn a_search_for_the_address_that_failed_is_begun_anew_as_such() {
    let mut desk = Desk::with(&[]);
    desk.run(|state, _| state.connections.new_connection());
    desk.edit(|draft| draft.auth = AuthKind::Browser);
    desk.run(|state, _| state.sign_ins.begin_anywhere(&state.connections, &mut state.tests));
    for (number, later) in [(1, Later::SignIn), (2, Later::TryAgain)] {
        let run = run(&desk);
        let owner = desk.engine.0.borrow_mut().sign_ins.pop().unwrap().request.owner;
        ended(&mut desk, run, owner.id, Err(unauthorized()));
        desk.run(|state, _| state.do_later(later));
        assert_eq!(desk.engine.sent("SignIn"), number + 1);
        assert_eq!(desk.engine.0.borrow().sign_ins[0].request.place, SignInPlace::Anywhere { level: LevelKind::Workspace });
    }
    assert!(desk.engine.0.borrow().entries.is_empty() && desk.engine.sent("Save") == 0);
}

#[test]
fn signing_out_of_an_account_is_told_once_and_leaves_all_of_its_workspaces_without_a_sign_in() {
    let account = account("All of us");
    let base_url = |number: usize| BaseUrl::read(&format!("https://adb-{number}.7.azuredatabricks.net")).unwrap().base_url;
    let of =
        |number: usize| Connection::of_workspace(&account, &format!("Workspace {number}"), base_url(number), number.to_string()).unwrap();
    let workspaces = [of(1), of(2)];
    let mut desk = Desk::with(&[account.clone(), workspaces[0].clone(), workspaces[1].clone()]);
    desk.run(|state, _| state.connections.select(account.id));
    desk.state.sign_ins.loaded(account.id, Ok(Some(sign_in("priya@example.com"))), &desk.state.connections);
    assert!(workspaces.iter().all(|it| matches!(desk.state.sign_ins.signed_in(it.id, &desk.state.connections), Some(Some(_)))));
    assert!(
        desk.state.sign_ins.can_sign_out(account.id, &desk.state.connections)
            && !desk.state.sign_ins.can_sign_out(workspaces[0].id, &desk.state.connections)
    );
    desk.state.view.notices.clear();
    for id in [workspaces[0].id, account.id, workspaces[1].id] {
        desk.state.apply(Event::SignInDescribed { id, outcome: Ok(None) }, at(0));
        desk.run(|state, _| state.sign_ins.signed_out(id, Revocation::Revoked, &state.connections));
    }
    assert_eq!(desk.state.view.notices, [Notice::Done("Signed out of All of us".into())]);
    assert!(workspaces.iter().all(|it| matches!(desk.state.sign_ins.signed_in(it.id, &desk.state.connections), Some(None))));
}

#[test]
fn renewed_sign_ins_that_are_not_stored_are_told_once_and_hold_up_closing_after_saving_too() {
    let mut desk = Desk::with(&[browser("Sales")]);
    let id = desk.shown();
    let failure = Failure::new(Code::VaultBusy, "The keyring does not answer.", "", "Unlock it.");
    let unsaved = || Event::SignInsUnsaved { ids: vec![id], failure: Some(failure.clone()) };
    desk.state.view.notices.clear();
    desk.state.apply(unsaved(), at(0));
    desk.state.apply(unsaved(), at(1));
    assert_eq!(desk.state.view.notices, [Notice::Failure(failure.clone())]);

    desk.edit(|draft| draft.description = "edited".into());
    assert!(!desk.state.ask_to_close());
    desk.answer(|dialog: &CloseWindow, state, _| state.save_all_and_close(dialog));
    assert!(!desk.state.view.may_close() && desk.state.dialogs.find::<SignInsUnsaved>().is_some());
    desk.state.view.close_now();
    assert!(desk.state.view.may_close() && desk.state.ask_to_close());
}

#[test]
fn workspaces_of_one_name_get_different_names_and_those_without_an_address_are_not_offered() {
    let account = account("All of us");
    let mut desk = Desk::with(&[account.clone(), connection("Sales", |_| {})]);
    let workspace = |id: &str, address: Option<&str>| AccountWorkspace {
        id: id.to_owned(),
        name: "Sales".to_owned(),
        base_url: address.map(|address| BaseUrl::read(address).unwrap().base_url),
        region: None,
        status: "PROVISIONING".to_owned(),
    };
    desk.engine.0.borrow_mut().workspaces = Ok(vec![
        workspace("1", Some("https://adb-1.7.azuredatabricks.net")),
        workspace("2", Some("https://adb-2.7.azuredatabricks.net")),
        workspace("3", None),
    ]);
    desk.run(|state, _| state.connections.ask_for_workspaces(account.id, &state.tests));
    let dialog = desk.state.dialogs.find_mut::<AddWorkspaces>().unwrap();
    dialog.choose_shown(true);
    assert_eq!(dialog.chosen_count(), 2);
    desk.run(|state, _| state.dialogs.find_mut::<AddWorkspaces>().unwrap().add(&state.connections));
    let entries = &desk.state.connections.library().value().unwrap().entries;
    let mut names: Vec<&str> = entries.iter().map(|entry| entry.connection.name.as_str()).collect();
    names.sort_unstable();
    assert_eq!(names, ["All of us", "Sales", "Sales (1)", "Sales (2)"]);
}

#[test]
fn the_answer_for_a_dialog_that_was_closed_opens_nothing() {
    let account = account("All of us");
    let mut desk = Desk::with(std::slice::from_ref(&account));
    let output = desk.state.connections.ask_for_workspaces(account.id, &desk.state.tests);
    desk.send(output);
    desk.state.dialogs.close();
    desk.settle();
    assert!(!desk.state.dialogs.is_open());
}
