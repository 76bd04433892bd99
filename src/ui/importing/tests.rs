//! Imports through roles and labels, on an engine that keeps everything in memory.

use std::{path::Path, sync::Arc};

use egui::{Event, Key, Modifiers, accesskit::Role};
use egui_kittest::kittest::{NodeT as _, Queryable as _};

use super::Importing;
use crate::ui::{
    fake_engine::import::{CLI_FILE, browser_row, preview, profiles, refused_row, same_as, token_row},
    fake_engine::{FakeEngine, connection},
    text::importing as words,
    window_tests::{Window, click, open, settle, shows, type_into},
};
use brickpass_core::{
    connection::Connection,
    failure::{Code, Failure},
};
use brickpass_engine::{ImportSource, Preview};

const SIZE: [f32; 2] = [1280.0, 800.0];

/// A dropped file with a path.
#[derive(Debug)]
struct Dropped(&'static str);

impl egui::DroppedFile for Dropped {
    fn path(&self) -> &Path {
        Path::new(self.0)
    }

    fn bytes(&self) -> Result<Vec<u8>, String> {
        panic!("the window reads no files")
    }
}

fn with(connections: &[Connection], found: Preview) -> FakeEngine {
    let engine = FakeEngine::with(connections);
    engine.0.borrow_mut().around.preview = Some(found);
    engine
}

fn opened(engine: &FakeEngine, size: [f32; 2]) -> Window {
    let mut window = open(engine, size);
    window.key_press_modifiers(Modifiers::COMMAND | Modifiers::SHIFT, Key::O);
    settle(&mut window, engine);
    window
}

/// The preview of a file.
fn previewed(engine: &FakeEngine) -> Window {
    let mut window = opened(engine, SIZE);
    type_into(&mut window, engine, Role::TextInput, words::FILE, "/home/you/other.cfg");
    click(&mut window, engine, words::READ);
    window
}

fn names(engine: &FakeEngine) -> Vec<String> {
    let mut names: Vec<String> = engine.0.borrow().entries.iter().map(|entry| entry.connection.name.as_str().to_owned()).collect();
    names.sort();
    names
}

fn is_disabled(window: &Window, label: &str) -> bool {
    window.get_by_label(label).accesskit_node().is_disabled()
}

#[test]
fn nothing_is_saved_before_it_was_seen_and_chosen_and_all_of_it_can_be_taken_back() {
    let there = connection("Sales lakehouse", |_| {});
    let existing = same_as(token_row("sales", "sales"), &there);
    let rows = vec![existing, token_row("finance", "finance"), browser_row("ops", "ops"), refused_row("odd", "It has no host.")];
    let engine = with(&[there], preview(rows));
    let mut window = previewed(&engine);
    let file = Path::new("/home/you/other.cfg");
    assert!(matches!(&engine.0.borrow().around.asked[0].0, ImportSource::File { path, kind: None } if path == file));
    assert!(shows(&window, "finance, finance, adb-1234567890123456.7.azuredatabricks.net, Access token, Included"));
    assert!(shows(&window, "ops, ops, adb-1234567890123456.7.azuredatabricks.net, Browser, Not needed"));
    assert!(shows(&window, "Same as Sales lakehouse") && shows(&window, words::CANNOT));
    assert_eq!(names(&engine), ["Sales lakehouse"], "looking saves nothing");
    assert_eq!(engine.sent("Import {"), 0);

    click(&mut window, &engine, "Import 2 connections");
    assert_eq!(names(&engine), ["Sales lakehouse", "finance", "ops"]);
    assert!(shows(&window, "2 connections added"));
    assert_eq!(engine.0.borrow().secrets.len(), 1, "the token of finance is in the vault");

    click(&mut window, &engine, words::UNDO);
    assert_eq!(names(&engine), ["Sales lakehouse"]);
    assert!(shows(&window, words::UNDONE));
}

#[test]
fn a_connection_that_is_there_is_replaced_only_after_a_question() {
    let there = connection("Sales lakehouse", |_| {});
    let engine = with(std::slice::from_ref(&there), preview(vec![same_as(token_row("sales", "sales"), &there)]));
    let mut window = previewed(&engine);
    assert!(is_disabled(&window, "Import"));
    assert!(shows(&window, words::ALL_THERE));
    click(&mut window, &engine, words::REPLACE);
    click(&mut window, &engine, "Import 1 connection");
    assert!(shows(&window, "address, authentication and secret"));
    assert_eq!(engine.sent("Import {"), 0);
    click(&mut window, &engine, "Cancel");
    click(&mut window, &engine, "Import 1 connection");
    click(&mut window, &engine, words::REPLACE_NOW);
    assert!(shows(&window, "1 connection replaced"));
    assert_eq!(engine.0.borrow().entries[0].connection.id, there.id);
}

#[test]
fn names_are_edited_before_they_are_saved_and_two_of_one_name_are_not() {
    let engine = with(&[connection("ops", |_| {})], preview(vec![token_row("a", "ops"), token_row("b", "finance")]));
    let mut window = previewed(&engine);
    assert!(shows(&window, "a, ops (2)"), "a name that is taken gets a number");
    window.get_by_role_and_label(Role::TextInput, words::NAME).focus();
    window.run_steps(2);
    window.key_press_modifiers(Modifiers::COMMAND, Key::A);
    window.run_steps(1);
    window.get_by_role_and_label(Role::TextInput, words::NAME).type_text("Finance");
    settle(&mut window, &engine);
    assert!(shows(&window, words::NAME_TWICE));
    assert!(is_disabled(&window, "Import 2 connections"));
    window.key_press(Key::End);
    window.run_steps(1);
    window.get_by_role_and_label(Role::TextInput, words::NAME).type_text(" EMEA");
    settle(&mut window, &engine);
    type_into(&mut window, &engine, Role::TextInput, crate::ui::text::NEW_FOLDER, "Sales / Nightly");
    click(&mut window, &engine, "Import 2 connections");
    assert_eq!(names(&engine), ["Finance EMEA", "finance", "ops"]);
    let filed = engine.0.borrow().entries.iter().filter(|entry| entry.connection.folder == "Sales/Nightly").count();
    assert_eq!(filed, 2);
}

#[test]
fn what_could_not_be_saved_is_told_and_the_rest_is_there() {
    let engine = with(&[], preview(vec![token_row("a", "finance"), token_row("b", "ops")]));
    engine.0.borrow_mut().around.refused = vec!["ops".to_owned()];
    let mut window = previewed(&engine);
    click(&mut window, &engine, "Import 2 connections");
    assert_eq!(names(&engine), ["finance"]);
    assert!(shows(&window, "1 connection could not be saved") && shows(&window, "The secret could not be stored."));
}

#[test]
fn what_was_pasted_is_told_to_nobody_and_forgotten_when_it_is_read() {
    const PASTED: &str = "jdbc:databricks://adb-1.2.azuredatabricks.net:443;PWD=dapi0123456789abcdef\nsecond line";
    let is_empty = |window: &Window| window.state().state.dialogs.find::<Importing>().is_some_and(|dialog| dialog.pasted.is_empty());
    let engine = with(&[], preview(vec![token_row("pasted", "pasted")]));
    let mut window = opened(&engine, SIZE);
    click(&mut window, &engine, "Pasted text");
    window.get_by_role_and_label(Role::MultilineTextInput, words::PASTED).focus();
    window.run_steps(2);
    window.event(Event::Paste(PASTED.to_owned()));
    settle(&mut window, &engine);
    let told = window.get_by_role_and_label(Role::MultilineTextInput, words::PASTED).value().unwrap_or_default();
    assert!(!told.contains("dapi") && told.contains('\u{2022}'), "{told}");
    click(&mut window, &engine, words::READ);
    assert_eq!(engine.0.borrow().around.asked[0].1, PASTED);
    assert!(is_empty(&window));
    click(&mut window, &engine, words::BACK);
    assert!(is_disabled(&window, words::READ), "there is nothing left to read");
    window.get_by_role_and_label(Role::MultilineTextInput, words::PASTED).focus();
    window.run_steps(2);
    window.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    settle(&mut window, &engine);
    assert!(is_empty(&window), "undo brings nothing back");
}

#[test]
fn a_dropped_file_is_read_and_a_backup_asks_for_its_passphrase() {
    let engine = with(&[connection("ops", |_| {})], preview(vec![token_row("a", "finance")]));
    let mut window = open(&engine, SIZE);
    window.input_mut().dropped_files.push(Arc::new(Dropped("/home/you/profiles.yml")));
    settle(&mut window, &engine);
    assert!(shows(&window, "Import 1 connection"));
    let file = Path::new("/home/you/profiles.yml");
    assert!(matches!(&engine.0.borrow().around.asked[0].0, ImportSource::File { path, .. } if path == file));
    window.key_press(Key::Escape);
    settle(&mut window, &engine);

    window.input_mut().dropped_files.push(Arc::new(Dropped("/home/you/all.brickpass-backup")));
    settle(&mut window, &engine);
    assert_eq!(engine.0.borrow().around.asked.len(), 1);
    type_into(&mut window, &engine, Role::PasswordInput, words::PASSPHRASE, "open sesame");
    click(&mut window, &engine, words::READ);
    assert_eq!(engine.0.borrow().around.asked[1].1, "open sesame");
    assert!(shows(&window, "The file cannot be read."), "a failure leads back to the question where from");
}

#[test]
fn a_file_that_takes_long_can_be_left() {
    let engine = with(&[], preview(Vec::new()));
    engine.0.borrow_mut().around.waits = true;
    let mut window = previewed(&engine);
    assert!(shows(&window, words::READING));
    click(&mut window, &engine, "Cancel");
    assert!(!shows(&window, words::READING) && window.state().state.dialogs.is_open());
}

#[test]
fn work_that_crashes_leaves_no_spinner_behind() {
    let engine = with(&[], preview(Vec::new()));
    engine.0.borrow_mut().around.waits = true;
    let mut window = previewed(&engine);
    let failure = Failure::new(Code::Internal, "Something broke.", "", "Try again.");
    engine.0.borrow_mut().import_is_read(Err(failure));
    settle(&mut window, &engine);
    assert!(!shows(&window, words::READING) && shows(&window, "Something broke."));
}

#[test]
fn keys_that_are_not_taken_over_are_listed_when_asked_for() {
    let engine = with(&[], preview(vec![token_row("a", "finance")]));
    let mut window = previewed(&engine);
    assert!(!shows(&window, "warehouse_id"));
    click(&mut window, &engine, "1 key ignored");
    assert!(shows(&window, "warehouse_id: It belongs to a SQL connection."));
}

fn many(count: usize) -> Preview {
    preview((0..count).map(|at| token_row(&format!("profile{at:04}"), &format!("connection {at:04}"))).collect())
}

#[test]
fn a_thousand_connections_are_ticked_by_keyboard_and_only_those_in_view_are_drawn() {
    let engine = with(&[], many(1000));
    let mut window = previewed(&engine);
    assert!(shows(&window, "Import 1000 connections"));
    assert!(window.query_all_by_label_contains("Access token, Included").count() < 40);
    click(&mut window, &engine, words::ALL);
    window.get_by_role_and_label(Role::ListBox, words::TABLE).focus();
    window.run_steps(2);
    window.key_press(Key::End);
    window.run_steps(3);
    window.key_press(Key::Space);
    window.run_steps(3);
    click(&mut window, &engine, "Import 1 connection");
    assert_eq!(names(&engine), ["connection 0999"]);
}

#[test]
fn secrets_leave_the_file_only_after_their_own_question_and_come_back_with_undo() {
    let engine = with(&[], preview(vec![token_row("sales", "sales"), token_row("ops", "ops"), browser_row("me", "me")]));
    engine.0.borrow_mut().around.profiles = profiles(&["sales", "ops", "left"]);
    let mut window = opened(&engine, SIZE);
    assert!(shows(&window, &format!("3 profiles in {CLI_FILE}")));
    click(&mut window, &engine, words::READ);
    click(&mut window, &engine, "Import 3 connections");
    assert!(shows(&window, "The secrets of 2 profiles are now in Brickpass"));

    click(&mut window, &engine, words::MOVE_OFFER);
    assert_eq!(engine.sent("ApplyPlan"), 0, "never silently");
    assert_eq!(window.query_all_by_label_contains("Removed: token").count(), 2, "one diff of both");
    click(&mut window, &engine, words::MOVE);
    assert!(shows(&window, "The secrets of 2 profiles were removed from the file"));
    let still = |engine: &FakeEngine| -> Vec<String> {
        engine.0.borrow().around.profiles.iter().filter(|(_, secret)| *secret).map(|(name, _)| name.clone()).collect()
    };
    assert_eq!(still(&engine), ["left"], "a secret that is not in the vault stays where it is");

    click(&mut window, &engine, words::MOVE_UNDO);
    assert!(shows(&window, words::MOVE_UNDONE));
    assert_eq!(still(&engine), ["sales", "ops", "left"]);
}

#[test]
fn a_secret_that_nobody_holds_by_now_stays_and_is_told_of() {
    for size in [SIZE, [640.0, 480.0]] {
        let names: Vec<String> = (0..30).map(|number| format!("p{number}")).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let engine = with(&[], preview(names.iter().map(|name| token_row(name, name)).collect()));
        engine.0.borrow_mut().around.profiles = profiles(&names);
        engine.0.borrow_mut().around.held_by_nobody = vec!["p7".to_owned()];
        let mut window = opened(&engine, size);
        click(&mut window, &engine, words::READ);
        click(&mut window, &engine, "Import 30 connections");
        click(&mut window, &engine, words::MOVE_OFFER);
        assert!(shows(&window, "The secrets of the profile p7 stay in the file"));
        let go = window.get_by_role_and_label(Role::Button, words::MOVE).rect();
        assert!(go.bottom() <= size[1] && go.right() <= size[0], "{go:?} in {size:?}");
        click(&mut window, &engine, words::MOVE);
        assert!(shows(&window, "The secrets of 29 profiles were removed from the file"));
    }
}

#[test]
fn a_file_that_changed_meanwhile_is_looked_at_again() {
    let engine = with(&[], preview(vec![token_row("sales", "sales")]));
    engine.0.borrow_mut().around.profiles = profiles(&["sales"]);
    engine.0.borrow_mut().around.changes_meanwhile = true;
    let mut window = open(&engine, SIZE);
    click(&mut window, &engine, "Import profiles...");
    click(&mut window, &engine, "Import 1 connection");
    click(&mut window, &engine, words::MOVE_OFFER);
    click(&mut window, &engine, words::MOVE);
    assert!(shows(&window, "The file was changed meanwhile."));
    click(&mut window, &engine, words::LOOK_AGAIN);
    click(&mut window, &engine, words::MOVE);
    assert!(shows(&window, "The secret of 1 profile was removed from the file"));
}

#[test]
fn the_first_start_has_a_door_to_the_databricks_clis_profiles() {
    let engine = with(&[], preview(vec![token_row("sales", "sales")]));
    engine.0.borrow_mut().around.profiles = profiles(&["sales", "ops"]);
    let mut window = open(&engine, SIZE);
    assert!(shows(&window, "2 profiles found"));
    click(&mut window, &engine, "Import profiles...");
    assert!(matches!(engine.0.borrow().around.asked[0].0, ImportSource::DatabricksCfg));
    click(&mut window, &engine, "Import 1 connection");
    click(&mut window, &engine, words::DONE);
    assert_eq!(names(&engine), ["sales"]);
    assert!(!window.state().state.dialogs.is_open());
}

#[test]
fn everything_has_room_in_a_small_window() {
    let engine = with(&[], many(30));
    let mut window = opened(&engine, [640.0, 480.0]);
    type_into(&mut window, &engine, Role::TextInput, words::FILE, "/x/y");
    click(&mut window, &engine, words::READ);
    let import = window.get_by_label("Import 30 connections").rect();
    assert!(import.bottom() <= 480.0 && import.right() <= 640.0, "{import:?}");
}

#[test]
fn the_menu_beside_new_connection_leads_here() {
    for size in [SIZE, [640.0, 480.0]] {
        let engine = with(&[connection("Sales", |_| {})], preview(Vec::new()));
        let mut window = open(&engine, size);
        click(&mut window, &engine, "More ways to add connections");
        window.get_by_role_and_label(Role::MenuItem, "Import connections").click();
        settle(&mut window, &engine);
        assert!(window.state().state.dialogs.find::<Importing>().is_some());
    }
}

#[test]
fn two_rows_that_lead_to_the_same_place_say_so_and_why_one_cannot_come_is_read_at_once() {
    let rows = vec![token_row("DEFAULT", "sales"), token_row("sales", "sales"), refused_row("odd", "It has no host.")];
    let engine = with(&[], preview(rows));
    let window = previewed(&engine);
    assert!(shows(&window, "Same address as DEFAULT"));
    assert!(shows(&window, "odd, Cannot be imported, It has no host."));
}

#[test]
fn the_keyboard_goes_on_in_the_table_when_a_text_was_read() {
    let engine = with(&[], preview(vec![token_row("one", "One"), token_row("two", "Two")]));
    let mut window = previewed(&engine);
    window.key_press(Key::ArrowDown);
    window.key_press(Key::Space);
    settle(&mut window, &engine);
    assert!(shows(&window, "Import 1 connection"));
}

#[test]
fn addresses_are_told_apart_by_their_port() {
    let mut row = token_row("there", "Sales");
    if let Some(reviewed) = &mut row.connection {
        reviewed.connection = connection("Sales", |draft| {
            draft.workspace_id.clear();
            draft.base_url = "http://127.0.0.1:8443".to_owned();
        });
    }
    let window = previewed(&with(&[], preview(vec![row])));
    assert!(shows(&window, "there, Sales, 127.0.0.1:8443, "));
}

#[test]
fn what_was_wrong_with_one_file_is_not_said_of_the_next() {
    let engine = FakeEngine::with(&[connection("Sales", |_| {})]);
    engine.0.borrow_mut().around.failure = Some(Failure::new(Code::FileUnreadable, "It cannot be read.", "b", "c"));
    let mut window = previewed(&engine);
    assert!(shows(&window, "It cannot be read."));
    type_into(&mut window, &engine, Role::TextInput, words::FILE, "2");
    assert!(!shows(&window, "It cannot be read."));
}

#[test]
fn the_places_stay_where_they_are_whichever_is_chosen() {
    let engine = FakeEngine::with(&[connection("Sales", |_| {})]);
    let mut window = opened(&engine, SIZE);
    let mut tops = Vec::new();
    for place in ["Pasted text", "Environment", "Backup", "File"] {
        window.get_by_role_and_label(Role::RadioButton, place).click();
        settle(&mut window, &engine);
        tops.push(window.get_by_role_and_label(Role::RadioButton, place).rect().top());
    }
    assert!(tops.windows(2).all(|pair| (pair[0] - pair[1]).abs() < 1.0), "{tops:?}");
}
