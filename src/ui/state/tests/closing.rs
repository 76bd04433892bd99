//! Closing, and a read-only file.

use super::*;

#[test]
fn ui_04_closing_with_unsaved_edits_asks_and_saves_or_discards() {
    let mut desk = Desk::with(&three());
    assert!(desk.state.ask_to_close(), "nothing typed, nothing asked");

    let mut desk = Desk::with(&three());
    desk.edit(|draft| draft.description = "typed".into());
    assert!(!desk.state.ask_to_close());
    assert!(desk.state.dialogs.find::<CloseWindow>().is_some());
    desk.answer(|dialog: &CloseWindow, state, _| state.save_all_and_close(dialog));
    assert!(desk.state.view.may_close());
    assert_eq!(desk.engine.0.borrow().entries[0].connection.description, "typed");

    let mut desk = Desk::with(&three());
    desk.edit(|draft| draft.name = String::new());
    assert!(!desk.state.ask_to_close());
    desk.answer(|dialog: &CloseWindow, state, _| state.save_all_and_close(dialog));
    assert!(!desk.state.view.may_close(), "what cannot be saved keeps the window open");
    assert_eq!(desk.state.view.focus, Some(Field::Name));
    assert!(!desk.state.ask_to_close());
    desk.state.dialogs.close();
    desk.state.close_unless_held_up();
    assert!(desk.state.view.may_close());
}

#[test]
fn ui_04_closing_cancels_running_tests_and_ends_what_could_be_undone() {
    let mut desk = Desk::with(&three());
    desk.engine.0.borrow_mut().tests_answer = false;
    desk.run(|state, _| state.tests.start_these(&state.connections.saved_ids(), &state.connections, &mut state.sign_ins));
    let id = desk.shown();
    desk.run(|state, now| state.delete(&[id], now));
    desk.run(|state, _| state.leave());
    assert_eq!(desk.engine.0.borrow().cancelled_tests, 3);
    assert_eq!(desk.engine.sent("Purge"), 1);
    assert!(desk.engine.0.borrow().running.is_empty());
}

#[test]
fn a_read_only_file_is_shown_and_never_written() {
    let mut desk = Desk::with(&three());
    let mut newer = (*snapshot(&three())).clone();
    newer.mode = Mode::ReadOnly("Made by a newer Brickpass.".into());
    desk.engine.tell(Event::Library(Arc::new(newer)));
    desk.settle();
    desk.edit(|draft| draft.description = "typed".into());
    let id = desk.shown();
    desk.run(|state, _| state.save());
    desk.run(|state, now| state.delete(&[id], now));
    desk.run(|state, _| state.connections.toggle_pinned(id));
    assert_eq!((desk.engine.sent("Save"), desk.engine.sent("Remove")), (0, 0));
    assert_eq!(desk.state.connections.shown_form().unwrap().draft.description, "typed");
}

#[test]
fn a_revealed_secret_is_dropped_when_another_connection_is_shown() {
    let mut desk = Desk::with(&three());
    let id = desk.shown();
    desk.edit(|draft| draft.secret = "dapi1234567890abcdef".into());
    desk.run(|state, _| state.save());
    desk.run(|state, _| state.secrets.reveal_stored(&state.connections));
    assert!(desk.state.secrets.revealed(id, SecretKind::PersonalAccessToken).is_some());
    desk.run(|state, _| state.connections.select_neighbour(1, false));
    assert!(desk.state.secrets.revealed_anywhere().is_none());
}

#[test]
fn a_tag_typed_without_enter_is_saved_too() {
    let mut desk = Desk::with(&three());
    desk.state.connections.shown_form_mut().unwrap().typing_tag = "nightly".into();
    assert!(desk.state.connections.is_unsaved(desk.shown()));
    desk.run(|state, _| state.save());
    assert_eq!(desk.state.connections.entry(desk.shown()).unwrap().connection.tags, ["nightly"]);
}

// --- The list ---
