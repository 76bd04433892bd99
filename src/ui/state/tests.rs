//! What the state promises, without a window.

use super::*;
use crate::{
    check::{Progress, Report},
    connection::Draft,
    engine::{Command, Event, RunId},
    storage::{Revision, VaultStatus},
    ui::fake_engine::{FakeEngine, PLANNED, at, connection, ok_report, production, snapshot, unauthorized},
};

pub(super) struct Desk {
    pub state: State,
    pub engine: FakeEngine,
    wires: crate::ui::Wires,
    pub now: Timestamp,
}

impl Desk {
    pub fn with(connections: &[Connection]) -> Self {
        let engine = FakeEngine::with(connections);
        let wires = engine.wires();
        let mut desk = Self { state: State::default(), engine, wires, now: at(0) };
        desk.send(vec![Command::Start]);
        desk.settle();
        desk
    }

    pub fn send(&self, commands: Vec<Command>) {
        for command in commands {
            (self.wires.send)(command);
        }
    }

    /// Lets the engine work and the state hear of it until nothing more happens.
    pub fn settle(&mut self) {
        loop {
            self.engine.work();
            let Some(event) = (self.wires.next)() else { return };
            let commands = self.state.apply(event, self.now);
            self.send(commands);
        }
    }

    pub fn run(&mut self, intent: impl FnOnce(&mut State, Timestamp) -> Vec<Command>) {
        let commands = intent(&mut self.state, self.now);
        self.send(commands);
        self.settle();
    }

    pub fn edit(&mut self, change: impl FnOnce(&mut Draft)) {
        change(&mut self.state.shown_form_mut().unwrap().draft);
        self.state.judge_shown();
    }

    pub fn shown(&self) -> ConnectionId {
        self.state.selection.shown().unwrap()
    }

    fn names(&self) -> Vec<String> {
        self.state.list.shown().map(|id| self.state.name_of(id).to_owned()).collect()
    }
}

fn three() -> Vec<Connection> {
    ["Alpha", "beta", "Gamma"].map(|name| connection(name, |_| {})).to_vec()
}

#[test]
fn what_is_typed_stays_with_its_connection_when_another_is_selected() {
    let mut desk = Desk::with(&three());
    let first = desk.shown();
    desk.edit(|draft| {
        draft.description = "half a sentence".into();
        draft.secret = "dapi-typed".into();
    });
    desk.run(|state, _| state.select_neighbour(1, false));
    assert_ne!(desk.shown(), first);
    assert!(desk.state.is_unsaved(first));
    desk.run(|state, _| state.select(first));
    let form = desk.state.shown_form().unwrap();
    assert_eq!(form.draft.description, "half a sentence");
    assert_eq!(form.draft.secret.expose(), "dapi-typed");
}

#[test]
fn saving_keeps_the_secret_until_the_engine_says_saved_and_then_clears_it() {
    let mut desk = Desk::with(&three());
    desk.edit(|draft| draft.secret = "dapi1234567890abcdef".into());
    let commands = desk.state.save();
    assert!(desk.state.shown_form().unwrap().is_saving());
    assert_eq!(desk.state.shown_form().unwrap().draft.secret.expose(), "dapi1234567890abcdef");
    desk.send(commands);
    desk.settle();
    let form = desk.state.shown_form().unwrap();
    assert!(form.draft.secret.is_empty() && !form.is_unsaved() && !form.is_saving());
    assert_eq!(desk.state.wipe, [desk.shown()]);
    let stored = desk.state.stored_secret(desk.shown(), SecretKind::PersonalAccessToken);
    assert_eq!(stored, Some(&StoredSecret::Stored { length: 20, last_four: "cdef".into() }));
}

#[test]
fn what_is_typed_while_a_save_runs_is_not_lost() {
    let mut desk = Desk::with(&three());
    desk.edit(|draft| draft.description = "first".into());
    let commands = desk.state.save();
    desk.edit(|draft| draft.description = "first and second".into());
    desk.send(commands);
    desk.settle();
    assert_eq!(desk.state.shown_form().unwrap().draft.description, "first and second");
    assert!(desk.state.is_unsaved(desk.shown()));
    desk.run(|state, _| state.save());
    assert!(!desk.state.is_unsaved(desk.shown()), "the second save has the new revision as its base");
    assert!(desk.state.dialog.is_none());
}

#[test]
fn a_failed_save_loses_nothing_and_can_be_tried_again() {
    let mut desk = Desk::with(&three());
    desk.engine.0.borrow_mut().save_failure = Some(Failure::new(Code::FileUnwritable, "The disk is full.", "", "Free some space."));
    desk.edit(|draft| draft.secret = "dapi-typed-1234".into());
    desk.run(|state, _| state.save());
    let form = desk.state.shown_form().unwrap();
    assert_eq!(form.draft.secret.expose(), "dapi-typed-1234");
    assert!(form.failure.is_some() && !form.is_saving());
    desk.engine.0.borrow_mut().save_failure = None;
    desk.run(|state, _| state.try_again());
    assert!(desk.state.shown_form().unwrap().failure.is_none());
    assert!(!desk.state.is_unsaved(desk.shown()));
}

#[test]
fn ui_02_a_save_that_crashes_is_shown_and_not_saving_for_ever() {
    let mut desk = Desk::with(&three());
    desk.edit(|draft| draft.description = "typed".into());
    let _lost = desk.state.save();
    desk.engine.tell(Event::Failed { about: None, failure: Failure::new(Code::Internal, "A mistake.", "", "Try again.") });
    desk.settle();
    let form = desk.state.shown_form().unwrap();
    assert!(!form.is_saving() && form.failure.is_some());
    assert_eq!(form.draft.description, "typed");
}

#[test]
fn a_change_elsewhere_asks_which_version_to_keep() {
    for keep_mine in [true, false] {
        let mut desk = Desk::with(&three());
        let id = desk.shown();
        desk.edit(|draft| draft.description = "mine".into());
        {
            let mut inner = desk.engine.0.borrow_mut();
            let entry = inner.entries.iter_mut().find(|entry| entry.connection.id == id).unwrap();
            entry.connection.description = "theirs".into();
            entry.revision = Revision(7);
        }
        desk.send(vec![Command::Refresh]);
        desk.settle();
        let form = desk.state.shown_form().unwrap();
        assert!(form.changed_outside);
        assert_eq!(form.draft.description, "mine", "the draft stays");
        desk.run(|state, _| state.save());
        assert!(matches!(desk.state.dialog, Some(Dialog::Conflict { theirs: Some(_), .. })));
        desk.run(|state, _| if keep_mine { state.keep_mine() } else { state.take_theirs() });
        let expected = if keep_mine { "mine" } else { "theirs" };
        assert_eq!(desk.state.entry(id).unwrap().connection.description, expected);
        assert_eq!(desk.state.shown_form().unwrap().draft.description, expected);
        assert!(!desk.state.is_unsaved(id) && desk.state.dialog.is_none());
    }
}

#[test]
fn a_connection_deleted_elsewhere_while_edited_can_be_added_again() {
    let mut desk = Desk::with(&three());
    let id = desk.shown();
    desk.edit(|draft| draft.description = "mine".into());
    desk.engine.0.borrow_mut().entries.retain(|entry| entry.connection.id != id);
    desk.send(vec![Command::Refresh]);
    desk.settle();
    assert_eq!(desk.shown(), id, "the edits are still shown");
    desk.run(|state, _| state.save());
    assert!(matches!(desk.state.dialog, Some(Dialog::Conflict { theirs: None, .. })), "{:?}", desk.state.dialog);
    desk.run(|state, _| state.keep_mine());
    assert_eq!(desk.state.entry(id).unwrap().connection.description, "mine");
}

#[test]
fn a_form_without_edits_follows_changes_from_elsewhere() {
    let mut desk = Desk::with(&three());
    let id = desk.shown();
    desk.engine.0.borrow_mut().entries[0].connection.description = "theirs".into();
    desk.send(vec![Command::Refresh]);
    desk.settle();
    assert_eq!(desk.shown(), id);
    assert_eq!(desk.state.shown_form().unwrap().draft.description, "theirs");
}

#[test]
fn a_late_result_of_an_older_test_never_overwrites_a_newer_one() {
    let mut desk = Desk::with(&three());
    desk.engine.0.borrow_mut().tests_answer = false;
    let id = desk.shown();
    desk.run(|state, _| state.test());
    desk.run(|state, _| state.test());
    assert_eq!(desk.engine.sent("Cancel"), 1, "the older one is cancelled");
    let late = |run, report| Event::TestFinished { run: RunId(run), id, tested_at: at(1), report: Box::new(report) };
    desk.engine.tell(late(1, Report::not_begun(Status::SignIn, unauthorized())));
    desk.engine.tell(Event::TestProgress { run: RunId(1), id, progress: Progress::Planned(PLANNED.to_vec()) });
    desk.settle();
    assert!(desk.state.tests.finished(id).is_none());
    assert!(desk.state.tests.running(id).unwrap().planned.is_empty());
    desk.engine.tell(late(2, ok_report()));
    desk.engine.tell(late(1, Report::not_begun(Status::SignIn, unauthorized())));
    desk.settle();
    assert!(desk.state.tests.finished(id).unwrap().report.ok());
}

#[test]
fn the_last_result_stays_until_a_new_test_starts() {
    let mut desk = Desk::with(&three());
    let id = desk.shown();
    desk.run(|state, _| state.test());
    desk.run(|state, _| state.select_neighbour(1, false));
    assert!(desk.state.tests.finished(id).is_some());
    desk.run(|state, _| state.select(id));
    desk.engine.0.borrow_mut().tests_answer = false;
    desk.run(|state, _| state.test());
    assert!(desk.state.tests.finished(id).is_none() && desk.state.tests.running(id).is_some());
    desk.run(|state, _| state.cancel_test());
    assert!(desk.state.tests.running(id).is_none(), "a cancelled test runs no more, whatever the engine says about it");
}

#[test]
fn a_result_ends_with_the_secret_that_was_tested() {
    let mut desk = Desk::with(&three());
    let id = desk.shown();
    desk.run(|state, _| state.test());
    // The engine tells so when a connection signs in with another token than the one that was tested.
    desk.engine.tell(Event::History(vec![(id, None)]));
    desk.settle();
    assert!(desk.state.tests.finished(id).is_none());
    assert!(!matches!(desk.state.standing(id), Standing::Known(_)));
}

#[test]
fn ui_02_a_test_whose_worker_crashed_is_shown_on_its_row() {
    let mut desk = Desk::with(&three());
    desk.engine.0.borrow_mut().test_failure = Some(Failure::new(Code::Internal, "A mistake.", "", ""));
    desk.run(|state, _| state.test());
    assert!(matches!(desk.state.standing(desk.shown()), Standing::Broken));
    desk.engine.0.borrow_mut().test_failure = None;
    desk.run(|state, _| state.test());
    assert!(matches!(desk.state.standing(desk.shown()), Standing::Known(_)));
}

#[test]
fn a_connection_is_tested_as_it_is_typed_even_without_a_name() {
    let mut desk = Desk::with(&[]);
    desk.run(|state, _| state.new_connection());
    desk.edit(|draft| {
        draft.base_url = "https://adb-1.2.azuredatabricks.net/?o=1".into();
        draft.secret = "dapi1234567890abcdef".into();
    });
    desk.run(|state, _| state.test());
    assert!(desk.state.tests.finished(desk.shown()).unwrap().typed_secret);
    assert!(desk.engine.0.borrow().entries.is_empty(), "nothing was saved");
    assert!(matches!(desk.state.standing(desk.shown()), Standing::Known(last) if last.state == Status::Ok));
}

#[test]
fn a_form_that_is_wrong_is_neither_saved_nor_tested_and_shows_where() {
    let mut desk = Desk::with(&[]);
    desk.run(|state, _| state.new_connection());
    desk.edit(|draft| draft.base_url = "http://evil.example".into());
    desk.state.focus = None;
    desk.run(|state, _| state.test());
    assert_eq!(desk.state.focus.take(), Some(Field::BaseUrl));
    desk.run(|state, _| state.save());
    assert_eq!(desk.state.focus, Some(Field::Name));
    assert_eq!((desk.engine.sent("Test"), desk.engine.sent("Save")), (0, 0));
    assert!(desk.state.shown_form().unwrap().remark(Field::Name).is_some(), "now it says so beside the field");
}

#[test]
fn deleting_can_be_undone_for_ten_seconds_and_then_the_secret_goes() {
    let mut desk = Desk::with(&three());
    let id = desk.shown();
    desk.edit(|draft| draft.description = "unsaved words".into());
    desk.run(|state, now| state.delete(vec![id], now));
    assert_eq!(desk.names(), ["beta", "Gamma"]);
    assert!(matches!(desk.state.notices.last(), Some(Notice::Removed { .. })));
    desk.run(|state, _| state.undo());
    assert_eq!(desk.names(), ["Alpha", "beta", "Gamma"]);
    assert_eq!(desk.shown(), id);
    assert_eq!(desk.state.shown_form().unwrap().draft.description, "unsaved words");
    assert!(!desk.state.can_undo());

    desk.run(|state, now| state.delete(vec![id], now));
    desk.now = at(9);
    desk.run(State::tick);
    assert_eq!(desk.engine.sent("Purge"), 0);
    desk.now = at(10);
    desk.run(State::tick);
    assert_eq!(desk.engine.sent("Purge"), 1);
    desk.run(|state, _| state.undo());
    assert_eq!(desk.engine.sent("Restore"), 1, "too late");
}

#[test]
fn undo_before_the_engine_has_answered_still_brings_it_back() {
    let mut desk = Desk::with(&three());
    let id = desk.shown();
    let now = desk.now;
    let mut commands = desk.state.delete(vec![id], now);
    commands.extend(desk.state.undo());
    desk.send(commands);
    desk.settle();
    assert_eq!(desk.names(), ["Alpha", "beta", "Gamma"]);
    assert!(!desk.state.can_undo());
}

#[test]
fn when_deleting_fails_unsaved_edits_come_back() {
    let mut desk = Desk::with(&three());
    let id = desk.shown();
    desk.edit(|draft| draft.description = "unsaved words".into());
    let now = desk.now;
    let _never_done = desk.state.delete(vec![id], now);
    desk.now = at(11);
    desk.run(State::tick);
    desk.run(|state, _| state.select(id));
    assert_eq!(desk.state.shown_form().unwrap().draft.description, "unsaved words");
    assert_eq!(desk.engine.sent("Purge"), 0);
}

#[test]
fn production_is_deleted_only_after_its_name_was_typed() {
    let mut desk = Desk::with(&[production("Sales lakehouse"), connection("Other", |_| {})]);
    let id = desk.engine.0.borrow().entries[0].connection.id;
    desk.run(|state, now| state.delete(vec![id], now));
    desk.run(State::delete_confirmed);
    assert_eq!(desk.engine.sent("Remove"), 0);
    let Some(Dialog::DeleteProduction { typed, .. }) = &mut desk.state.dialog else { panic!() };
    *typed = "Sales lakehouse".into();
    desk.run(State::delete_confirmed);
    assert_eq!(desk.names(), ["Other"]);
}

#[test]
fn duplicating_selects_the_copy_under_a_free_name() {
    let mut desk = Desk::with(&three());
    desk.run(|state, _| state.duplicate());
    desk.run(|state, _| state.select_end(false, false));
    desk.run(|state, _| state.duplicate());
    assert_eq!(desk.names(), ["Alpha", "Alpha (2)", "Alpha (3)", "beta", "Gamma"]);
    assert_eq!(desk.state.name_of(desk.shown()), "Alpha (3)");
}

#[test]
fn pinning_saves_at_once_and_leaves_edits_alone() {
    let mut desk = Desk::with(&three());
    let id = desk.shown();
    desk.edit(|draft| draft.description = "being typed".into());
    desk.run(|state, _| state.toggle_pinned(id));
    assert!(desk.state.entry(id).unwrap().connection.pinned);
    let form = desk.state.shown_form().unwrap();
    assert!(form.is_unsaved() && !form.changed_outside);
    desk.run(|state, _| state.save());
    assert!(desk.state.dialog.is_none(), "no conflict with oneself");
    let saved = &desk.state.entry(id).unwrap().connection;
    assert!(saved.pinned && saved.description == "being typed");
}

#[test]
fn a_new_connection_is_in_the_list_before_it_is_saved_and_only_once() {
    let mut desk = Desk::with(&three());
    desk.run(|state, _| state.new_connection());
    let id = desk.shown();
    desk.run(|state, _| state.new_connection());
    assert_eq!(desk.shown(), id, "an untouched one is used again");
    assert_eq!(desk.names()[0], "New connection");
    desk.edit(|draft| {
        draft.name = "Fresh".into();
        draft.base_url = "adb-5.6.azuredatabricks.net".into();
    });
    desk.run(|state, _| state.select_end(true, false));
    assert_eq!(desk.names(), ["Fresh", "Alpha", "beta", "Gamma"], "typed things stay");
    desk.run(|state, _| state.select(id));
    desk.run(|state, _| state.save());
    assert_eq!(desk.names(), ["Alpha", "beta", "Fresh", "Gamma"]);
    assert_eq!(desk.shown(), id);
}

#[test]
fn an_untouched_new_connection_goes_when_another_is_selected() {
    let mut desk = Desk::with(&three());
    desk.run(|state, _| state.new_connection());
    desk.run(|state, _| state.select_end(true, false));
    assert_eq!(desk.names(), ["Alpha", "beta", "Gamma"]);
}

#[test]
fn two_connections_may_not_bear_one_name() {
    let mut desk = Desk::with(&three());
    desk.edit(|draft| draft.name = "BETA".into());
    assert!(desk.state.shown_form().unwrap().review().result.is_none());
    desk.edit(|draft| draft.name = "Alpha".into());
    assert!(desk.state.shown_form().unwrap().review().result.is_some(), "its own name is free");
}

#[test]
fn a_locked_vault_asks_for_the_passphrase_and_then_saves() {
    let mut desk = Desk::with(&three());
    {
        let mut inner = desk.engine.0.borrow_mut();
        inner.vault = Some(VaultStatus::Locked { place: "the encrypted file".into(), new: false });
        inner.save_failure = Some(Failure::new(Code::VaultLocked, "Locked.", "", "Unlock it."));
    }
    desk.send(vec![Command::ProbeVault]);
    desk.settle();
    desk.edit(|draft| draft.secret = "dapi1234567890abcdef".into());
    desk.run(|state, _| state.save());
    let try_passphrase = |desk: &mut Desk, words: &str| {
        let Some(Dialog::Unlock { passphrase, .. }) = &mut desk.state.dialog else { panic!() };
        *passphrase = words.into();
        desk.run(|state, _| state.unlock());
    };
    try_passphrase(&mut desk, "wrong");
    assert!(matches!(&desk.state.dialog, Some(Dialog::Unlock { waiting: false, failure: Some(_), .. })));
    desk.engine.0.borrow_mut().save_failure = None;
    try_passphrase(&mut desk, "open sesame");
    assert!(desk.state.dialog.is_none());
    assert!(!desk.state.is_unsaved(desk.shown()), "the save that was waiting is done");
}

#[test]
fn ui_04_closing_with_unsaved_edits_asks_and_saves_or_discards() {
    let mut desk = Desk::with(&three());
    assert!(desk.state.ask_to_close(), "nothing typed, nothing asked");

    let mut desk = Desk::with(&three());
    desk.edit(|draft| draft.description = "typed".into());
    assert!(!desk.state.ask_to_close());
    assert!(matches!(desk.state.dialog, Some(Dialog::Close { .. })));
    desk.run(|state, _| state.save_all_and_close());
    assert!(desk.state.may_close());
    assert_eq!(desk.engine.0.borrow().entries[0].connection.description, "typed");

    let mut desk = Desk::with(&three());
    desk.edit(|draft| draft.name = String::new());
    assert!(!desk.state.ask_to_close());
    desk.run(|state, _| state.save_all_and_close());
    assert!(!desk.state.may_close(), "what cannot be saved keeps the window open");
    assert_eq!(desk.state.focus, Some(Field::Name));
    assert!(!desk.state.ask_to_close());
    desk.state.discard_and_close();
    assert!(desk.state.may_close());
}

#[test]
fn ui_04_closing_cancels_running_tests_and_ends_what_could_be_undone() {
    let mut desk = Desk::with(&three());
    desk.engine.0.borrow_mut().tests_answer = false;
    desk.run(|state, _| state.test_all());
    let id = desk.shown();
    desk.run(|state, now| state.delete(vec![id], now));
    desk.run(|state, _| state.leave());
    assert_eq!(desk.engine.sent("Cancel"), 3);
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
    desk.run(|state, now| state.delete(vec![id], now));
    desk.run(|state, _| state.toggle_pinned(id));
    assert_eq!((desk.engine.sent("Save"), desk.engine.sent("Remove")), (0, 0));
    assert_eq!(desk.state.shown_form().unwrap().draft.description, "typed");
}

#[test]
fn a_revealed_secret_is_dropped_when_another_connection_is_shown() {
    let mut desk = Desk::with(&three());
    let id = desk.shown();
    desk.edit(|draft| draft.secret = "dapi1234567890abcdef".into());
    desk.run(|state, _| state.save());
    desk.run(|state, _| state.reveal_stored());
    assert!(desk.state.revealed(id, SecretKind::PersonalAccessToken).is_some());
    desk.run(|state, _| state.select_neighbour(1, false));
    assert!(desk.state.revealed_anywhere().is_none());
}

#[test]
fn a_tag_typed_without_enter_is_saved_too() {
    let mut desk = Desk::with(&three());
    desk.state.shown_form_mut().unwrap().typing_tag = "nightly".into();
    assert!(desk.state.is_unsaved(desk.shown()));
    desk.run(|state, _| state.save());
    assert_eq!(desk.state.entry(desk.shown()).unwrap().connection.tags, ["nightly"]);
}

// --- The list ---

fn filed() -> Vec<Connection> {
    vec![
        connection("Zeta", |draft| draft.folder = "Sales/Nightly".into()),
        connection("Alpha", |draft| draft.folder = "sales".into()),
        connection("Loose", |draft| draft.tags = vec!["eu-west".into()]),
        connection("Pinned", |draft| draft.pinned = true),
    ]
}

#[test]
fn pinned_come_first_then_folders_then_the_rest() {
    let desk = Desk::with(&filed());
    assert_eq!(desk.names(), ["Pinned", "Zeta", "Alpha", "Loose"]);
    let folders: Vec<(&str, usize)> = desk
        .state
        .list
        .rows()
        .iter()
        .filter_map(|row| match row {
            Row::Folder { name, count, .. } => Some((name.as_str(), *count)),
            _ => None,
        })
        .collect();
    assert_eq!(folders, [("sales", 2), ("Nightly", 1)], "folders are compared without case");
}

#[test]
fn a_closed_folder_hides_its_rows_and_a_filter_finds_them() {
    let mut desk = Desk::with(&filed());
    desk.state.list.toggle_folder("sales");
    assert_eq!(desk.names(), ["Pinned", "Loose"]);
    desk.state.list.set_filter("ZET");
    assert_eq!(desk.names(), ["Zeta"]);
    desk.state.list.set_filter("");
    assert_eq!(desk.names(), ["Pinned", "Loose"]);
}

#[test]
fn the_filter_looks_at_name_host_tag_folder_and_environment() {
    let mut desk = Desk::with(&filed());
    for (words, found) in [("eu-w", 1), ("azuredatabricks", 4), ("nightly", 1), ("dev", 4), ("loose dev", 1), ("loose prod", 0)] {
        desk.state.list.set_filter(words);
        assert_eq!(desk.names().len(), found, "{words}");
    }
    desk.state.list.set_filter("l");
    desk.state.list.set_filter("lo");
    assert_eq!(desk.names(), ["Loose"], "narrowing gives what a fresh search gives");
    desk.state.list.set_filter("l");
    assert!(desk.names().len() > 1, "and widening, too");
}

#[test]
fn rows_lie_where_their_heights_say() {
    let many: Vec<Connection> = (0..100).map(|n| connection(&format!("Connection {n:03}"), |_| {})).collect();
    let desk = Desk::with(&many);
    let list = &desk.state.list;
    for row in 0..list.rows().len() {
        assert!((list.top_of(row + 1) - list.top_of(row) - list.rows()[row].height()).abs() < 0.01);
        let inside = list.top_of(row) + 1.0;
        assert_eq!(list.rows_between(inside, inside + 1.0), row..row + 1);
    }
    assert_eq!(list.rows_between(-100.0, 0.0).len(), 0);
    assert_eq!(list.rows_between(list.height() + 1.0, list.height() + 500.0).len(), 0, "never beyond the end");
}

#[test]
fn keys_move_the_selection_among_what_is_shown() {
    let mut desk = Desk::with(&three());
    desk.run(|state, _| state.select_neighbour(10, false));
    assert_eq!(desk.state.name_of(desk.shown()), "Gamma");
    desk.run(|state, _| state.select_neighbour(-1, true));
    assert_eq!(desk.state.selection.count(), 2);
    desk.run(|state, _| state.select_end(false, true));
    assert_eq!(desk.state.selection.count(), 3);
    desk.run(|state, now| state.delete(state.selection.all(), now));
    assert!(desk.names().is_empty() && desk.state.is_empty());
    desk.run(|state, _| state.undo());
    assert_eq!(desk.names().len(), 3);
}

#[test]
fn several_are_marked_with_ctrl_and_tested_together() {
    let mut desk = Desk::with(&three());
    let last = desk.state.list.shown().last().unwrap();
    desk.run(|state, _| state.toggle_selected(last));
    assert_eq!(desk.state.selection.count(), 2);
    desk.run(|state, _| state.test());
    assert_eq!(desk.engine.sent("Test"), 2);
    desk.run(|state, _| state.toggle_selected(last));
    assert_eq!(desk.state.selection.count(), 1);
}

#[test]
fn states_are_counted_when_they_change() {
    let mut desk = Desk::with(&three());
    assert_eq!(desk.state.counts(), Counts { all: 3, untested: 3, ..Counts::default() });
    desk.run(|state, _| state.test_all());
    assert_eq!(desk.state.counts(), Counts { all: 3, ok: 3, ..Counts::default() });
}

#[test]
fn ten_thousand_connections_filter_as_one_types() {
    let many: Vec<Connection> = (0..10_000).map(|n| connection(&format!("Connection {n:05}"), |_| {})).collect();
    let mut list = List::default();
    list.set(&snapshot(&many).entries, &[]);
    for words in ["c", "co", "con", "conn", "connection 0999"] {
        list.set_filter(words);
    }
    assert_eq!(list.shown().count(), 11);
    list.set_filter("");
    assert_eq!(list.shown().count(), 10_000);
}
