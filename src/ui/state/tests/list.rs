//! The list: order, filter, selection.

use super::*;

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
        .connections
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
    desk.state.connections.list.toggle_folder("sales");
    assert_eq!(desk.names(), ["Pinned", "Loose"]);
    desk.state.connections.list.set_filter("ZET");
    assert_eq!(desk.names(), ["Zeta"]);
    desk.state.connections.list.set_filter("");
    assert_eq!(desk.names(), ["Pinned", "Loose"]);
}

#[test]
fn the_filter_looks_at_name_host_tag_folder_and_environment() {
    let mut desk = Desk::with(&filed());
    for (words, found) in [("eu-w", 1), ("azuredatabricks", 4), ("nightly", 1), ("dev", 4), ("loose dev", 1), ("loose prod", 0)] {
        desk.state.connections.list.set_filter(words);
        assert_eq!(desk.names().len(), found, "{words}");
    }
    desk.state.connections.list.set_filter("l");
    desk.state.connections.list.set_filter("lo");
    assert_eq!(desk.names(), ["Loose"], "narrowing gives what a fresh search gives");
    desk.state.connections.list.set_filter("l");
    assert!(desk.names().len() > 1, "and widening, too");
}

#[test]
fn rows_lie_where_their_heights_say() {
    let many: Vec<Connection> = (0..100).map(|n| connection(&format!("Connection {n:03}"), |_| {})).collect();
    let desk = Desk::with(&many);
    let list = &desk.state.connections.list;
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
    desk.run(|state, _| state.connections.select_neighbour(10, false));
    assert_eq!(desk.state.connections.name_of(desk.shown()), "Gamma");
    desk.run(|state, _| state.connections.select_neighbour(-1, true));
    assert_eq!(desk.state.connections.selection.count(), 2);
    desk.run(|state, _| state.connections.select_end(false, true));
    assert_eq!(desk.state.connections.selection.count(), 3);
    let all = desk.state.connections.selection.all();
    desk.run(|state, now| state.delete(&all, now));
    assert!(desk.names().is_empty() && desk.state.connections.is_empty());
    desk.run(|state, _| state.undo());
    assert_eq!(desk.names().len(), 3);
}

#[test]
fn several_are_marked_with_ctrl_and_tested_together() {
    let mut desk = Desk::with(&three());
    let last = desk.state.connections.list.shown().last().unwrap();
    desk.run(|state, _| state.connections.toggle_selected(last));
    assert_eq!(desk.state.connections.selection.count(), 2);
    desk.run(|state, _| state.test());
    assert_eq!(desk.engine.sent("Test"), 2);
    desk.run(|state, _| state.connections.toggle_selected(last));
    assert_eq!(desk.state.connections.selection.count(), 1);
}

#[test]
fn wn_04_what_is_selected_is_cut_to_what_is_listed() {
    let mut desk = Desk::with(&[
        connection("Alpha", |_| {}),
        connection("Beta", |_| {}),
        connection("Sales", |draft| draft.folder = "EMEA".into()),
        connection("Salt", |draft| draft.folder = "EMEA".into()),
    ]);
    let select_all = |desk: &mut Desk| {
        desk.run(|state, _| state.connections.select_end(false, false));
        desk.run(|state, _| state.connections.select_end(true, true));
        assert_eq!(desk.state.connections.selection.count(), 4);
    };
    select_all(&mut desk);
    desk.run(|state, _| state.connections.filter_list("sal"));
    assert_eq!(desk.state.connections.selection.all().len(), 2);
    desk.run(|state, _| state.connections.filter_list("salt"));
    assert_eq!((desk.state.connections.selection.count(), desk.state.connections.name_of(desk.shown())), (1, "Salt"), "its form is shown");
    assert!(desk.state.connections.shown_form().is_some());

    desk.run(|state, _| state.connections.filter_list(""));
    select_all(&mut desk);
    desk.run(|state, _| state.connections.toggle_folder("emea"));
    assert_eq!(desk.state.connections.selection.count(), 2, "a folder that is closed hides its rows, too");
    desk.run(|state, _| state.connections.toggle_folder("emea"));

    select_all(&mut desk);
    desk.run(|state, _| state.connections.filter_list("nothing like it"));
    assert_eq!(desk.state.connections.selection.count(), 1, "the form that is shown stays");
    desk.run(|state, now| state.delete(&state.connections.selected_rows(), now));
    assert_eq!((desk.engine.sent("Remove"), !desk.state.dialogs.is_open()), (0, true), "the key deletes nothing that is not seen");
}

#[test]
fn wn_05_a_row_shows_the_environment_that_is_typed() {
    let mut desk = Desk::with(&three());
    desk.run(|state, _| state.connections.new_connection());
    desk.edit(|draft| draft.environment = brickpass_core::connection::EnvironmentKind::Production);
    assert_eq!(*desk.state.connections.environment_of(desk.shown()), Environment::Production);
    desk.edit(|draft| {
        draft.environment = brickpass_core::connection::EnvironmentKind::Own;
        draft.own_environment = " staging ".into();
    });
    assert_eq!(desk.state.connections.environment_of(desk.shown()).word(), "staging");
}

#[test]
fn states_are_counted_when_they_change() {
    let mut desk = Desk::with(&three());
    assert_eq!(desk.state.connections.counts(), Counts { all: 3, untested: 3, ..Counts::default() });
    desk.run(|state, _| state.tests.start_these(&state.connections.saved_ids(), &state.connections, &mut state.sign_ins));
    assert_eq!(desk.state.connections.counts(), Counts { all: 3, ok: 3, ..Counts::default() });
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
