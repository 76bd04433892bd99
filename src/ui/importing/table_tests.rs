//! The choices of an import, without a window.

use std::collections::HashMap;

use super::{
    Importing,
    table::{ImportTable, RowAction},
};
use crate::ui::{
    fake_engine::connection,
    fake_engine::import::{preview, refused_row, same_as, token_row},
    widgets::TableRows as _,
};
use brickpass_core::connection::ConnectionId;

fn table(taken: &[&str], rows: Vec<brickpass_engine::PreviewRow>) -> ImportTable {
    let taken = taken.iter().map(|name| (name.to_lowercase(), ConnectionId::random())).collect();
    ImportTable::new(preview(rows), taken)
}

#[test]
fn twins_and_what_cannot_come_in_are_left_out_at_first() {
    let there = connection("Sales", |_| {});
    let rows = vec![same_as(token_row("sales", "sales"), &there), token_row("ops", "ops"), refused_row("odd", "It has no host.")];
    let mut table = table(&["Sales"], rows);
    assert_eq!((table.chosen_count(), table.problem_count()), (1, 0));
    table.tick_all();
    assert_eq!(table.chosen_count(), 2, "a row that cannot be imported is never chosen");
    assert_eq!(table.rows()[0].name, "sales (2)", "beside its twin under a name of its own");
    table.tick_all();
    assert_eq!(table.chosen_count(), 0);
    assert!(!table.may_import());
}

#[test]
fn two_rows_do_not_replace_the_same_connection() {
    let there = connection("Sales", |_| {});
    let rows = vec![same_as(token_row("a", "a"), &there), same_as(token_row("b", "b"), &there)];
    let mut table = ImportTable::new(preview(rows), HashMap::from([("sales".to_owned(), there.id)]));
    table.decide(RowAction::Replace);
    assert!(table.may_import());
    table.show_row(1);
    table.decide(RowAction::Replace);
    assert_eq!(table.problem_count(), 2);
    table.decide(RowAction::Add);
    assert_eq!(table.problem_count(), 0);
    let chosen = table.chosen();
    assert_eq!(chosen.iter().map(|chosen| chosen.replaces).collect::<Vec<_>>(), [Some(there.id), None]);
}

#[test]
fn the_filter_limits_what_a_tick_of_all_reaches() {
    let mut table = table(&[], vec![token_row("sales", "sales"), token_row("ops", "ops")]);
    table.set_filter("OP".to_owned());
    table.tick_all();
    assert_eq!(table.chosen().iter().map(|chosen| chosen.connection.connection.name.as_str().to_owned()).collect::<Vec<_>>(), ["sales"]);
}

#[test]
fn a_folder_is_read_as_the_form_reads_it() {
    let mut table = table(&[], vec![token_row("sales", "sales")]);
    table.filing.filing.folder = " Sales //Nightly/ ".to_owned();
    assert_eq!(table.chosen()[0].connection.connection.folder, "Sales/Nightly");
    table.filing.filing.folder = "x".repeat(201);
    assert!(!table.may_import());
}

#[test]
fn wn_07_what_is_added_gets_the_environment_and_tags_that_are_chosen_for_all() {
    let there = connection("sales", |_| {});
    let rows = vec![same_as(token_row("a", "sales"), &there), token_row("b", "ops")];
    let mut table = ImportTable::new(preview(rows), HashMap::from([("sales".to_owned(), there.id)]));
    assert_eq!(table.chosen()[0].connection.connection.environment.word(), "dev", "each keeps its own");
    table.filing.filing.set_environment("prod");
    table.filing.filing.tags = vec!["eu".to_owned()];
    table.show_row(0);
    table.decide(RowAction::Replace);
    let chosen = table.chosen();
    let filed: Vec<(bool, &str, usize)> = chosen
        .iter()
        .map(|one| (one.replaces.is_some(), one.connection.connection.environment.word(), one.connection.connection.tags.len()))
        .collect();
    assert_eq!(filed, [(true, "dev", 0), (false, "prod", 1)], "what is replaced stays where it is filed");
    table.filing.filing.set_environment(&"x".repeat(30));
    assert!(!table.may_import());
}

#[test]
fn a_pasted_text_has_no_debug_of_its_own() {
    let mut importing = Importing::default();
    importing.pasted.expose_mut().push_str("dapi0123");
    assert!(!format!("{importing:?}").contains("dapi0123"));
}
