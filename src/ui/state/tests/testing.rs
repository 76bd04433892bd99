//! Tests and their results.

use super::*;

#[test]
fn a_late_result_of_an_older_test_never_overwrites_a_newer_one() {
    let mut desk = Desk::with(&three());
    desk.engine.0.borrow_mut().tests_answer = false;
    let id = desk.shown();
    let mut begin = || {
        desk.run(|state, _| state.test());
        desk.state.tests.running(id).unwrap().run
    };
    let (older, newer) = (begin(), begin());
    assert_eq!(desk.engine.0.borrow().cancelled_tests, 1, "the older one is cancelled");
    let late = |desk: &mut Desk, run, report| desk.state.tests.finish(run, id, at(1), report);
    late(&mut desk, older, Report::not_begun(Status::SignIn, unauthorized()));
    desk.state.tests.progress(older, id, Progress::Planned(PLANNED.to_vec()), at(1));
    assert!(desk.state.tests.finished(id).is_none());
    assert!(desk.state.tests.running(id).unwrap().planned.is_empty());
    late(&mut desk, newer, ok_report());
    late(&mut desk, older, Report::not_begun(Status::SignIn, unauthorized()));
    assert!(desk.state.tests.finished(id).unwrap().report.ok());
}

#[test]
fn the_last_result_stays_until_a_new_test_starts() {
    let mut desk = Desk::with(&three());
    let id = desk.shown();
    desk.run(|state, _| state.test());
    desk.run(|state, _| state.connections.select_neighbour(1, false));
    assert!(desk.state.tests.finished(id).is_some());
    desk.run(|state, _| state.connections.select(id));
    desk.engine.0.borrow_mut().tests_answer = false;
    desk.run(|state, _| state.test());
    assert!(desk.state.tests.finished(id).is_none() && desk.state.tests.running(id).is_some());
    desk.run(|state, _| {
        state.tests.cancel_these(&state.connections.selection.all());
    });
    assert!(desk.engine.0.borrow().running.is_empty());
    assert!(desk.state.tests.running(id).is_none(), "a cancelled test runs no more, whatever the engine says about it");
}

#[test]
fn a_result_ends_with_the_secret_that_was_tested() {
    let mut desk = Desk::with(&three());
    let id = desk.shown();
    desk.run(|state, _| state.test());
    // The engine reports this if a connection signs in with another token than the tested one.
    desk.engine.tell(Event::History(vec![(id, None)]));
    desk.settle();
    assert!(desk.state.tests.finished(id).is_none());
    assert!(!matches!(desk.state.tests.status(id, &desk.state.connections), RowStatus::Known(_)));
}

#[test]
fn ui_02_a_test_whose_worker_crashed_is_shown_on_its_row() {
    let mut desk = Desk::with(&three());
    desk.engine.0.borrow_mut().test_failure = Some(Failure::new(Code::Internal, "A mistake.", "", ""));
    desk.run(|state, _| state.test());
    assert!(matches!(desk.state.tests.status(desk.shown(), &desk.state.connections), RowStatus::Broken));
    desk.engine.0.borrow_mut().test_failure = None;
    desk.run(|state, _| state.test());
    assert!(matches!(desk.state.tests.status(desk.shown(), &desk.state.connections), RowStatus::Known(_)));
}

#[test]
fn a_connection_is_tested_as_it_is_typed_even_without_a_name() {
    let mut desk = Desk::with(&[]);
    desk.run(|state, _| state.connections.new_connection());
    desk.edit(|draft| {
        draft.base_url = "https://adb-1.2.azuredatabricks.net/?o=1".into();
        draft.secret = "dapi1234567890abcdef".into();
    });
    desk.run(|state, _| state.test());
    assert!(desk.state.tests.finished(desk.shown()).unwrap().typed_secret);
    assert!(desk.engine.0.borrow().entries.is_empty(), "nothing was saved");
    assert!(matches!(desk.state.tests.status(desk.shown(), &desk.state.connections), RowStatus::Known(last) if last.state == Status::Ok));
}

#[test]
fn a_form_that_is_wrong_is_neither_saved_nor_tested_and_shows_where() {
    let mut desk = Desk::with(&[]);
    desk.run(|state, _| state.connections.new_connection());
    desk.edit(|draft| draft.base_url = "http://evil.example".into());
    desk.state.view.focus = None;
    desk.run(|state, _| state.test());
    assert_eq!(desk.state.view.focus.take(), Some(Field::BaseUrl));
    desk.run(|state, _| state.save());
    assert_eq!(desk.state.view.focus, Some(Field::Name));
    assert_eq!((desk.engine.sent("Test"), desk.engine.sent("Save")), (0, 0));
    assert!(desk.state.connections.shown_form().unwrap().remark(Field::Name).is_some(), "now it says so beside the field");
}
