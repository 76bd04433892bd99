//! A key acts only on what has the focus.

use super::*;
use crate::ui::fake_engine::{browser, sign_in};

fn with_token(names: &[&str]) -> FakeEngine {
    let engine = FakeEngine::with(&workspaces(names));
    let ids: Vec<_> = engine.0.borrow().entries.iter().map(|entry| entry.connection.id).collect();
    for id in ids {
        engine.0.borrow_mut().secrets.insert((id, SecretKind::PersonalAccessToken), "dapi0123456789abcdef3f9c".into());
    }
    engine
}

#[test]
fn wn_01_the_delete_key_deletes_nothing_while_the_focus_is_on_the_form() {
    let engine = FakeEngine::with(&workspaces(&["Alpha", "Beta"]));
    let mut window = open(&engine, [1280.0, 800.0]);
    let mut controls = 0;
    key(&mut window, &engine, Modifiers::NONE, Key::F2);
    for _ in 0..40 {
        key(&mut window, &engine, Modifiers::NONE, Key::Tab);
        if window.ctx.memory(egui::Memory::focused) != Some(crate::ui::sidebar::list_id()) {
            controls += 1;
            key(&mut window, &engine, Modifiers::NONE, Key::Delete);
            assert_eq!((engine.sent("Remove"), !window.state().state.dialogs.is_open()), (0, true), "after {controls} controls");
        }
    }
    assert!(controls > 20, "{controls}");
    focus_list(&mut window);
    key(&mut window, &engine, Modifiers::NONE, Key::Delete);
    assert_eq!(engine.sent("Remove"), 1, "in the list it deletes");
}

#[test]
fn wn_01_the_delete_key_does_nothing_before_anything_has_the_focus() {
    let engine = FakeEngine::with(&workspaces(&["Alpha"]));
    let mut window = open(&engine, [1280.0, 800.0]);
    for press in [Key::Delete, Key::Backspace] {
        key(&mut window, &engine, Modifiers::NONE, press);
    }
    assert_eq!(engine.sent("Remove"), 0);
}

#[test]
fn wn_02_the_key_that_signs_out_asks_first() {
    let sales = browser("Sales");
    let engine = FakeEngine::with(std::slice::from_ref(&sales));
    engine.0.borrow_mut().signed_in.insert(sales.id, sign_in("ada@example.com"));
    let mut window = open(&engine, [1280.0, 800.0]);
    key(&mut window, &engine, Modifiers::COMMAND | Modifiers::SHIFT, Key::L);
    assert!(shows(&window, "Sign out of Sales?") && engine.sent("SignOut") == 0);
    key(&mut window, &engine, Modifiers::NONE, Key::Enter);
    assert!(!window.state().state.dialogs.is_open() && engine.sent("SignOut") == 0, "Cancel has the focus");
    key(&mut window, &engine, Modifiers::COMMAND | Modifiers::SHIFT, Key::L);
    window.query_all_by_role_and_label(Role::Button, "Sign out").last().unwrap().click();
    settle(&mut window, &engine);
    assert_eq!(engine.sent("SignOut"), 1);
}

#[test]
fn wn_03_the_question_before_a_deletion_names_what_goes_and_its_default_changes_nothing() {
    let engine = with_token(&["Alpha", "Beta"]);
    let mut window = open(&engine, [1280.0, 800.0]);
    focus_list(&mut window);
    key(&mut window, &engine, Modifiers::NONE, Key::Delete);
    assert!(shows(&window, "Delete Alpha?"));
    assert!(shows(&window, "The connection and its access token are deleted from this computer."));
    assert!(shows(&window, "You can undo this for 30 seconds."));
    key(&mut window, &engine, Modifiers::NONE, Key::Enter);
    assert_eq!((engine.sent("Remove"), !window.state().state.dialogs.is_open()), (0, true), "Cancel has the focus");
    assert_eq!(window.ctx.memory(egui::Memory::focused), Some(crate::ui::sidebar::list_id()), "and the list gets it back");
    key(&mut window, &engine, Modifiers::NONE, Key::Delete);
    click(&mut window, &engine, "Delete");
    assert_eq!(engine.sent("Remove"), 1);
    click(&mut window, &engine, "Undo");
    assert!(shows(&window, "Alpha, DEV"));
}

#[test]
fn wn_04_several_that_are_selected_are_named_and_a_filter_drops_those_it_hides() {
    let engine = FakeEngine::with(&workspaces(&["Alpha", "Beta", "Salt"]));
    let mut window = open(&engine, [1280.0, 800.0]);
    focus_list(&mut window);
    key(&mut window, &engine, Modifiers::SHIFT, Key::End);
    assert!(shows(&window, "3 connections selected"));
    assert!(window.query_all_by_label("Beta").next().is_some(), "by name");
    window.event(Event::Text("sal".into()));
    settle(&mut window, &engine);
    assert!(!shows(&window, "selected"));
    assert_eq!(window.get_by_role_and_label(Role::TextInput, "Name").value().as_deref(), Some("Salt"));
}

#[test]
fn a_dialog_that_another_opened_returns_the_focus_to_where_the_first_had_it_from() {
    let engine = FakeEngine::with(&workspaces(&["Alpha"]));
    let mut window = open(&engine, [1280.0, 800.0]);
    key(&mut window, &engine, Modifiers::COMMAND, Key::F);
    let filter = window.ctx.memory(egui::Memory::focused);
    assert_eq!(filter, Some(crate::ui::sidebar::filter_id()));
    key(&mut window, &engine, Modifiers::COMMAND, Key::Comma);
    click(&mut window, &engine, "Import connections...");
    assert!(shows(&window, "Import connections") && window.ctx.memory(egui::Memory::focused) != filter);
    key(&mut window, &engine, Modifiers::NONE, Key::Escape);
    assert!(!window.state().state.dialogs.is_open());
    assert_eq!(window.ctx.memory(egui::Memory::focused), filter);
}
