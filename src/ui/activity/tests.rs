//! The *Activity* tab through roles and labels, on an engine that keeps everything in memory.

use std::{cell::Cell, path::PathBuf, rc::Rc};

use egui::{Key, Modifiers, accesskit::Role};
use egui_kittest::kittest::{NodeT as _, Queryable as _};

use crate::ui::{
    fake_engine::activity::entry,
    fake_engine::{FakeEngine, at, connection},
    window_tests::{Window, click, key, open, open_at, settle, shows, type_into},
};
use brickpass_core::{
    connection::{Connection, ConnectionId},
    failure::{Code, Failure},
};
use brickpass_engine::{AuditAction, Event};

const SIZE: [f32; 2] = [1280.0, 800.0];
const HOUR: i64 = 3600;

/// Two connections, and their activity before second 0.
fn desk() -> (FakeEngine, ConnectionId, ConnectionId) {
    let (sales, lab) = (connection("Sales", |_| {}), connection("Lab", |_| {}));
    let engine = FakeEngine::with(&[sales.clone(), lab.clone()]);
    let done = |of: &Connection, seconds, what, failed, detail| entry(of.id, of.name.as_str(), seconds, what, failed, detail);
    engine.0.borrow_mut().recorded.entries = vec![
        done(&lab, -48 * HOUR, AuditAction::Save, None, ""),
        done(&sales, -40 * HOUR, AuditAction::Test, Some(Code::Unauthorized), ""),
        done(&sales, -26 * HOUR, AuditAction::SignIn, None, "priya@example.com"),
        done(&lab, -HOUR, AuditAction::Test, None, "you@example.com"),
        done(&sales, -120, AuditAction::Reveal, None, "pat"),
        done(&sales, -60, AuditAction::Test, None, "you@example.com"),
    ];
    (engine, sales.id, lab.id)
}

fn select(window: &mut Window, engine: &FakeEngine, name: &str) {
    let row = |node: &egui_kittest::Node<'_>| node.accesskit_node().label().unwrap_or_default().starts_with(&format!("{name},"));
    window.query_all_by_role(Role::ListBoxOption).find(row).unwrap().click();
    settle(window, engine);
}

fn tab(window: &mut Window, engine: &FakeEngine) {
    window.get_by_role_and_label(Role::Tab, "Activity").click();
    settle(window, engine);
}

fn opened(engine: &FakeEngine) -> Window {
    let mut window = open(engine, SIZE);
    select(&mut window, engine, "Sales");
    tab(&mut window, engine);
    window
}

/// The texts of rows and headings, from top to bottom.
fn lines(window: &Window) -> Vec<String> {
    let rows = window.query_all_by_role(Role::ListBoxOption).chain(window.query_all_by_role(Role::Heading));
    let mut lines: Vec<(f32, String)> = rows
        .filter_map(|node| Some((node.rect().top(), node.accesskit_node().label()?)))
        .filter(|(_, label)| label.contains("UTC") || ["day", "ber"].iter().any(|end| label.ends_with(end)))
        .collect();
    lines.sort_by(|(a, _), (b, _)| a.total_cmp(b));
    lines.into_iter().map(|(_, label)| label).collect()
}

fn palette(window: &mut Window, engine: &FakeEngine, words: &str) {
    key(window, engine, Modifiers::COMMAND, Key::K);
    window.get_by_role_and_label(Role::TextInput, "Search or jump to").type_text(words);
    settle(window, engine);
    key(window, engine, Modifiers::NONE, Key::Enter);
}

#[test]
fn the_tab_tells_what_was_done_with_the_connection_under_the_headings_of_its_days() {
    let (engine, ..) = desk();
    let window = opened(&engine);
    assert_eq!(
        lines(&window),
        [
            "Today",
            "Tested, Done, you@example.com, Monday, 21 September 2026, 14:12:20 UTC",
            "Secret revealed, Done, Access token, Monday, 21 September 2026, 14:11:20 UTC",
            "Yesterday",
            "Signed in, Done, priya@example.com, Sunday, 20 September 2026, 12:13:20 UTC",
            "Saturday, 19 September",
            "Tested, Failed: secret rejected, Saturday, 19 September 2026, 22:13:20 UTC",
        ]
    );
    assert!(shows(&window, "4 entries."));
}

#[test]
fn the_switch_shows_all_connections_with_their_names_and_back() {
    let (engine, ..) = desk();
    let mut window = opened(&engine);
    window.get_by_role_and_label(Role::CheckBox, "All connections").click();
    settle(&mut window, &engine);
    assert!(shows(&window, "6 entries."));
    assert!(lines(&window).contains(&"Saved, Done, Lab, Saturday, 19 September 2026, 14:13:20 UTC".to_owned()), "{:?}", lines(&window));
    select(&mut window, &engine, "Lab");
    assert!(shows(&window, "6 entries."), "the switch stays");
    window.get_by_role_and_label(Role::CheckBox, "All connections").click();
    settle(&mut window, &engine);
    assert!(shows(&window, "2 entries."));
    assert_eq!(engine.sent("ReadActivity"), 1, "one look is enough");
}

#[test]
fn the_filter_narrows_and_a_click_brings_all_back() {
    let (engine, ..) = desk();
    let mut window = opened(&engine);
    type_into(&mut window, &engine, Role::TextInput, "Filter activity", "failed");
    assert_eq!(lines(&window).len(), 2);
    assert!(shows(&window, "1 of 4 entries."));
    type_into(&mut window, &engine, Role::TextInput, "Filter activity", "zzz");
    assert!(shows(&window, "Nothing matches the filter."));
    key(&mut window, &engine, Modifiers::NONE, Key::Escape);
    assert!(shows(&window, "4 entries."));
}

#[test]
fn what_is_done_while_it_is_open_appears_by_itself_and_times_move_on() {
    let (engine, sales, _) = desk();
    let seconds = Rc::new(Cell::new(0));
    let mut window = open_at(&engine, SIZE, Rc::clone(&seconds));
    select(&mut window, &engine, "Sales");
    tab(&mut window, &engine);
    seconds.set(180);
    engine.tell(Event::ActivityAdded(vec![entry(sales, "Sales", 170, AuditAction::SignOut, None, "")]));
    settle(&mut window, &engine);
    assert!(lines(&window)[1].starts_with("Signed out, Done"), "{:?}", lines(&window));
    assert!(shows(&window, "5 entries."));
    assert_eq!(engine.sent("ReadActivity"), 1, "without reading it all again");
}

#[test]
fn who_did_nothing_yet_reads_what_will_be_listed() {
    let engine = FakeEngine::with(&[connection("Sales", |_| {})]);
    let window = opened(&engine);
    assert!(shows(&window, "No activity for this connection yet."));
    assert!(window.get_by_label("Export...").accesskit_node().is_disabled());
}

#[test]
fn while_it_is_read_that_is_said_and_a_failure_can_be_tried_again() {
    let (engine, ..) = desk();
    let mut window = open(&engine, SIZE);
    window.get_by_role_and_label(Role::Tab, "Activity").click();
    window.run_steps(4);
    assert!(shows(&window, "Loading activity"));
    engine.0.borrow_mut().recorded.failure = Some(Failure::new(Code::FileUnreadable, "The log is not a file.", "b.", "c."));
    settle(&mut window, &engine);
    assert!(shows(&window, "Could not load the activity") && shows(&window, "The log is not a file."));
    engine.0.borrow_mut().recorded.failure = None;
    click(&mut window, &engine, "Try again");
    assert!(shows(&window, "entries.") && !shows(&window, "Could not load the activity"));
}

#[test]
fn all_of_it_is_reached_from_the_palette_whatever_is_selected() {
    // No saved connection at all.
    let engine = FakeEngine::with(&[]);
    let gone = ConnectionId::random();
    engine.0.borrow_mut().recorded.entries = vec![entry(gone, "Gone", -60, AuditAction::Remove, None, "")];
    let mut window = open(&engine, SIZE);
    palette(&mut window, &engine, "all activity");
    assert!(shows(&window, "Activity of all connections"));
    assert!(lines(&window)[1].starts_with("Deleted, Done, Gone"), "{:?}", lines(&window));
    click(&mut window, &engine, "Back");
    assert!(shows(&window, "Add workspace..."));

    // One shown connection: its own tab, with the switch on.
    let (engine, ..) = desk();
    let mut window = open(&engine, SIZE);
    key(&mut window, &engine, Modifiers::COMMAND | Modifiers::SHIFT, Key::I);
    assert!(shows(&window, "6 entries."));
    assert!(window.query_by_role_and_label(Role::Tab, "Activity").is_some());

    // Several selected: a page of its own until the selection changes.
    window.get_by_role_and_label(Role::ListBox, "Connections").focus();
    settle(&mut window, &engine);
    key(&mut window, &engine, Modifiers::NONE, Key::Home);
    key(&mut window, &engine, Modifiers::SHIFT, Key::End);
    assert!(shows(&window, "2 connections selected"));
    key(&mut window, &engine, Modifiers::COMMAND | Modifiers::SHIFT, Key::I);
    assert!(shows(&window, "Activity of all connections") && shows(&window, "6 entries."));
    select(&mut window, &engine, "Lab");
    assert!(!shows(&window, "Activity of all connections"));
}

#[test]
fn a_connection_that_is_not_saved_has_the_tab_too() {
    let (engine, ..) = desk();
    let mut window = open(&engine, SIZE);
    key(&mut window, &engine, Modifiers::COMMAND, Key::N);
    tab(&mut window, &engine);
    assert!(shows(&window, "No activity for this connection yet."));
    window.get_by_role_and_label(Role::CheckBox, "All connections").click();
    settle(&mut window, &engine);
    assert!(shows(&window, "6 entries."));
}

#[test]
fn it_is_exported_where_the_person_says() {
    let (engine, sales, _) = desk();
    let mut window = opened(&engine);
    let file = PathBuf::from("/home/you/log.jsonl");
    engine.0.borrow_mut().recorded.taken = vec![file.clone()];
    click(&mut window, &engine, "Export...");
    assert_eq!(window.get_by_role_and_label(Role::TextInput, "File").value().as_deref(), Some("brickpass-activity-2026-09-21.jsonl"));
    assert!(shows(&window, "Enter a full path"), "no folder is known here");
    let field = window.get_by_role_and_label(Role::TextInput, "File");
    field.focus();
    key(&mut window, &engine, Modifiers::COMMAND, Key::A);
    type_into(&mut window, &engine, Role::TextInput, "File", "/home/you/log.jsonl");
    click(&mut window, &engine, "Save");
    assert!(shows(&window, "It exists already."), "and the dialog stays, with what was typed");
    engine.0.borrow_mut().recorded.taken.clear();
    click(&mut window, &engine, "Save");
    assert!(shows(&window, "Saved as /home/you/log.jsonl"));
    assert_eq!(engine.0.borrow().recorded.exports, [(Some(sales), file)]);
    assert!(window.query_by_role_and_label(Role::TextInput, "File").is_none());
}

#[test]
fn the_keyboard_goes_from_the_filter_through_the_rows() {
    let (engine, ..) = desk();
    let mut window = opened(&engine);
    window.get_by_role_and_label(Role::TextInput, "Filter activity").focus();
    settle(&mut window, &engine);
    key(&mut window, &engine, Modifiers::NONE, Key::ArrowDown);
    let at = |window: &Window| {
        let list = window.get_by_role_and_label(Role::ListBox, "Activity");
        let active = list.accesskit_node().data().active_descendant();
        let row = window.query_all_by_role(Role::ListBoxOption).find(|node| Some(node.accesskit_node().locate().0) == active);
        row.and_then(|row| row.accesskit_node().label()).unwrap_or_default()
    };
    assert!(at(&window).starts_with("Tested, Done"), "{}", at(&window));
    key(&mut window, &engine, Modifiers::NONE, Key::ArrowDown);
    assert!(at(&window).starts_with("Secret revealed"), "{}", at(&window));
    key(&mut window, &engine, Modifiers::NONE, Key::End);
    assert!(at(&window).starts_with("Tested, Failed"), "{}", at(&window));
}

#[test]
fn ten_thousand_entries_draw_only_what_is_in_view() {
    let (engine, sales, _) = desk();
    engine.0.borrow_mut().recorded.entries =
        (0..10_000).map(|number| entry(sales, "Sales", (number - 10_000) * 600, AuditAction::Test, None, "you@example.com")).collect();
    let mut window = opened(&engine);
    let drawn = lines(&window).len();
    assert!((8..40).contains(&drawn), "{drawn} lines");
    assert!(shows(&window, "Export..."));
    window.get_by_role_and_label(Role::ListBox, "Activity").focus();
    settle(&mut window, &engine);
    key(&mut window, &engine, Modifiers::NONE, Key::End);
    let first = at(-10_000 * 600).to_zoned(jiff::tz::TimeZone::UTC).strftime("%H:%M:%S UTC").to_string();
    assert!(lines(&window).last().unwrap().ends_with(&first), "the keyboard brings the last row into view: {:?}", lines(&window).last());
    assert!((8..40).contains(&lines(&window).len()));
}

#[test]
fn everything_can_be_reached_at_640x480() {
    let (engine, ..) = desk();
    let mut window = open(&engine, [640.0, 480.0]);
    select(&mut window, &engine, "Sales");
    tab(&mut window, &engine);
    let screen = egui::Rect::from_min_size(egui::Pos2::ZERO, egui::vec2(640.0, 480.0));
    for label in ["All connections", "Export..."] {
        for node in window.query_all_by_label(label) {
            assert!(screen.x_range().contains(node.rect().right()) && node.rect().left() >= 0.0, "{label}: {:?}", node.rect());
        }
    }
    click(&mut window, &engine, "Export...");
    for label in ["Choose...", "Cancel", "Save"] {
        let node = window.query_all_by_role_and_label(Role::Button, label).next().unwrap();
        assert!(screen.contains_rect(node.rect()), "{label}: {:?}", node.rect());
    }
}

#[test]
fn wn_08_no_tooltip_of_the_page_lies_on_a_dialog() {
    let (engine, ..) = desk();
    let mut window = opened(&engine);
    let row = |node: &egui_kittest::Node<'_>| node.accesskit_node().label().is_some_and(|label| label.contains("you@example.com"));
    let place = window.query_all_by_role(Role::ListBoxOption).find(row).unwrap().rect();
    window.hover_at(place.center());
    window.run_steps(60);
    let tooltip = |window: &Window| {
        window.ctx.memory(|memory| memory.layer_ids().any(|layer| layer.order == egui::Order::Tooltip && memory.areas().is_visible(&layer)))
    };
    assert!(tooltip(&window), "the row tells all of it");
    key(&mut window, &engine, Modifiers::COMMAND | Modifiers::SHIFT, Key::O);
    assert!(window.state().state.dialogs.is_open());
    window.run_steps(4);
    assert!(!tooltip(&window));
}
