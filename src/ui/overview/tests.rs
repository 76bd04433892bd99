//! *Expiring tokens* through roles and labels.

use egui::{Key, Modifiers, accesskit::Role};
use egui_kittest::kittest::{NodeT as _, Queryable as _};

use crate::ui::{
    fake_engine::{FakeEngine, at, connection, production, token, unauthorized},
    window_tests::{Window, click, key, open, settle, shows},
};
use brickpass_core::connection::{Connection, ConnectionId};
use brickpass_engine::{Event, Reminder, ReminderChoice, TokenNote};

const SIZE: [f32; 2] = [1280.0, 800.0];
const DAY: i64 = 86_400;

fn note(of: &Connection, days: i64) -> (ConnectionId, Option<TokenNote>) {
    let comment = format!("{} here [bp-1a2b3c4d]", of.name.as_str());
    let token_id = format!("id of {}", of.name.as_str());
    (of.id, Some(TokenNote { token_id, origin: of.base_url.origin(), comment, expires_at: Some(at(days * DAY)) }))
}

fn named(names: &[&str]) -> Vec<Connection> {
    names.iter().map(|name| connection(name, |_| {})).collect()
}

/// With tokens that expire in this many days from second 0.
fn opened(connections: &[Connection], days: &[i64]) -> (FakeEngine, Window) {
    let engine = FakeEngine::with(connections);
    let mut window = open(&engine, SIZE);
    engine.tell(Event::TokenNotes(connections.iter().zip(days).map(|(connection, days)| note(connection, *days)).collect()));
    settle(&mut window, &engine);
    (engine, window)
}

/// Headings and rows, from top to bottom.
fn listed(window: &Window) -> Vec<String> {
    let wanted = |role| role == Role::ListBoxOption || role == Role::Heading;
    let mut found: Vec<(f32, String)> = window
        .query_all(egui_kittest::kittest::by().predicate(move |node| wanted(node.role())))
        .filter_map(|node| Some((node.rect().top(), node.accesskit_node().label()?)))
        .filter(|(_, label)| label.contains(" token") || label.contains("used by this connection"))
        .collect();
    found.sort_by(|(a, _), (b, _)| a.total_cmp(b));
    found.into_iter().map(|(_, label)| label).collect()
}

#[test]
fn the_status_bar_leads_to_the_tokens_of_all_connections_in_the_order_of_their_ends() {
    let mut connections = named(&["Marketing", "Sales", "Risk"]);
    connections.push(production("Finance"));
    let (engine, mut window) = opened(&connections, &[40, 3, -2, 8]);
    click(&mut window, &engine, "1 token has expired, 2 expire this month");
    assert_eq!(
        listed(&window),
        [
            "Expired, 1 token",
            "Risk, DEV, expired 2 days ago, 19 Sep 2026, Risk here, used by this connection",
            "Within 7 days, 1 token",
            "Sales, DEV, in 3 days, 24 Sep 2026, Sales here, used by this connection",
            "September 2026, 1 token",
            "Finance, PROD, in 8 days, 29 Sep 2026, Finance here, used by this connection",
            "October 2026, 1 token",
            "Marketing, DEV, in 40 days, 31 Oct 2026, Marketing here, used by this connection",
        ]
    );
    assert!(shows(&window, "September 2026: 2 tokens") && shows(&window, "November 2026: no tokens"));
    assert!(window.query_by_label("Rotate the token of Risk").is_none(), "it opens no door to make another");
    key(&mut window, &engine, Modifiers::NONE, Key::Escape);
    assert!(!shows(&window, "Expiring tokens"));
}

#[test]
fn rotate_asks_as_ever_and_open_shows_the_tokens_of_the_connection() {
    let connections = named(&["Marketing", "Sales"]);
    let (engine, mut window) = opened(&connections, &[40, 3]);
    key(&mut window, &engine, Modifiers::COMMAND, Key::E);
    click(&mut window, &engine, "Rotate the token of Sales");
    assert!(shows(&window, "Rotate this connection's token?") && shows(&window, "then revokes \u{201c}Sales here\u{201d}"));
    assert_eq!(window.state().state.connections.selection.shown(), Some(connections[1].id));
    assert_eq!(engine.sent("RotateToken"), 0, "not before the person says so");
    key(&mut window, &engine, Modifiers::NONE, Key::Escape);

    key(&mut window, &engine, Modifiers::COMMAND, Key::E);
    click(&mut window, &engine, "Open Marketing");
    assert_eq!(window.state().state.connections.selection.shown(), Some(connections[0].id));
    assert!(shows(&window, "Generate token...") && !shows(&window, "Expiring tokens"));
}

#[test]
fn the_keyboard_alone_reaches_every_row_and_what_it_can_do() {
    let connections = named(&["Marketing", "Sales", "Risk"]);
    let (engine, mut window) = opened(&connections, &[40, 3, 20]);
    key(&mut window, &engine, Modifiers::COMMAND, Key::E);
    key(&mut window, &engine, Modifiers::NONE, Key::ArrowDown);
    key(&mut window, &engine, Modifiers::COMMAND | Modifiers::SHIFT, Key::G);
    assert!(shows(&window, "then revokes \u{201c}Risk here\u{201d}"));
    key(&mut window, &engine, Modifiers::NONE, Key::Escape);
    key(&mut window, &engine, Modifiers::COMMAND, Key::E);
    key(&mut window, &engine, Modifiers::NONE, Key::End);
    key(&mut window, &engine, Modifiers::NONE, Key::Enter);
    assert_eq!(window.state().state.connections.selection.shown(), Some(connections[0].id));
}

#[test]
fn asking_all_workspaces_goes_eight_at_a_time_tells_how_far_it_is_and_can_be_stopped() {
    let names: Vec<String> = (0..20).map(|number| format!("Workspace {number}")).collect();
    let connections = named(&names.iter().map(String::as_str).collect::<Vec<_>>());
    let engine = FakeEngine::with(&connections);
    engine.0.borrow_mut().tokens = vec![token("t1", "made in a notebook", -10, Some(5))];
    let mut window = open(&engine, SIZE);
    key(&mut window, &engine, Modifiers::COMMAND, Key::E);
    assert!(shows(&window, "No known token expires in the next 12 months"));
    window.get_by_label("Refresh from all workspaces").click();
    window.run_steps(3);
    assert_eq!(engine.sent("ListTokens"), 8);
    engine.work_once();
    window.run_steps(3);
    assert!(shows(&window, "1 of 20"));
    assert_eq!(engine.sent("ListTokens"), 9, "one has answered, one more is asked");
    window.get_by_label("Stop").click();
    window.run_steps(3);
    settle(&mut window, &engine);
    assert_eq!(engine.sent("ListTokens"), 9);
    assert!(shows(&window, "11 connections not refreshed"));
    // All of them have the same address here, so it is one token.
    assert_eq!(listed(&window).len(), 1, "{:?}", listed(&window));
    assert!(shows(&window, "made in a notebook") && window.query_by_label("Rotate the token of Workspace 0").is_none());

    engine.0.borrow_mut().token_failure = Some(unauthorized());
    click(&mut window, &engine, "Refresh from all workspaces");
    for _ in 0..6 {
        settle(&mut window, &engine);
    }
    assert!(shows(&window, "20 connections could not be refreshed"), "{}", engine.sent("ListTokens"));
    assert!(shows(&window, "made in a notebook"), "what was known before stays");
}

#[test]
fn an_answer_to_a_notification_opens_what_it_is_about_unless_something_is_in_front() {
    let connections = named(&["Marketing", "Sales"]);
    let (engine, mut window) = opened(&connections, &[40, 3]);
    let answer = |id, choice| Event::ReminderAnswered { id, choice };
    engine.tell(answer(Some(connections[1].id), ReminderChoice::Rotate));
    settle(&mut window, &engine);
    assert!(shows(&window, "then revokes \u{201c}Sales here\u{201d}"));
    // The dialog stays; nothing replaces it.
    engine.tell(answer(Some(connections[0].id), ReminderChoice::Rotate));
    settle(&mut window, &engine);
    assert!(shows(&window, "then revokes \u{201c}Sales here\u{201d}") && shows(&window, "Close this dialog first"));
    key(&mut window, &engine, Modifiers::NONE, Key::Escape);
    engine.tell(answer(Some(connections[0].id), ReminderChoice::Open));
    settle(&mut window, &engine);
    assert_eq!(window.state().state.connections.selection.shown(), Some(connections[0].id));
    engine.tell(answer(None, ReminderChoice::Open));
    settle(&mut window, &engine);
    assert!(shows(&window, "Expiring tokens"));
    engine.tell(answer(Some(ConnectionId::random()), ReminderChoice::Rotate));
    settle(&mut window, &engine);
    assert!(!shows(&window, "Rotate this connection's token?"), "a connection that is gone");
}

#[test]
fn without_a_service_for_notifications_the_window_says_it() {
    let connections = named(&["Sales"]);
    let (engine, mut window) = opened(&connections, &[3]);
    let due = vec![Reminder { id: connections[0].id, name: "Sales".to_owned(), expires_at: at(3 * DAY), days_left: 3 }];
    engine.tell(Event::Reminders { due: due.clone(), shown: true });
    settle(&mut window, &engine);
    assert!(!shows(&window, "Rotate it before that"));
    engine.tell(Event::Reminders { due, shown: false });
    settle(&mut window, &engine);
    assert!(shows(&window, "Sales: the token expires in 3 days. Rotate it before that."));
}

#[test]
fn of_a_thousand_tokens_only_those_in_view_are_drawn() {
    let names: Vec<String> = (0..1000).map(|number| format!("Workspace {number}")).collect();
    let connections = named(&names.iter().map(String::as_str).collect::<Vec<_>>());
    let days: Vec<i64> = (0..1000).map(|number| number % 360).collect();
    let (engine, mut window) = opened(&connections, &days);
    key(&mut window, &engine, Modifiers::COMMAND, Key::E);
    for _ in 0..20 {
        let drawn = window.query_all_by_role(Role::ListBoxOption).count();
        assert!((5..30).contains(&drawn), "{drawn}");
        window.key_press(Key::PageDown);
        window.run_steps(1);
    }
    window.get_by_label_contains("August 2027: ").click();
    settle(&mut window, &engine);
    assert!(listed(&window).iter().any(|row| row.contains("Aug 2027")), "{:?}", listed(&window));
}

#[test]
fn every_part_is_in_view_in_a_small_window() {
    let connections = named(&["A rather long name that nobody would choose for a connection", "Sales"]);
    let (engine, mut window) = opened(&connections, &[3, 20]);
    key(&mut window, &engine, Modifiers::COMMAND, Key::E);
    window.set_size(egui::vec2(640.0, 480.0));
    settle(&mut window, &engine);
    for label in
        ["Refresh from all workspaces", "Close expiring tokens", "Open A rather long name that nobody would choose for a connection"]
    {
        let rect = window.get_by_label(label).rect();
        assert!(rect.right() <= 640.0 && rect.left() >= 0.0, "{label}: {rect:?}");
    }
}
