//! The window as a whole.

use super::*;
use crate::ui::{settings::SettingsDialog, shortcuts::ShortcutSheet};

include!("../../../tests/hostile_values.rs");

#[test]
fn hv_23_hostile_names_are_taken_or_refused_with_a_reason_and_the_list_still_renders() {
    let engine = FakeEngine::with(&workspaces(&["Sales"]));
    let mut window = open(&engine, [1280.0, 800.0]);
    let mut taken = 0;
    for (_, value) in hostile_values() {
        let state = &mut window.state_mut().state;
        assert!(state.connections.new_connection().requests().is_empty());
        let form = state.connections.shown_form_mut().unwrap();
        form.draft.name.clone_from(&value);
        form.draft.base_url = "https://adb-1.2.azuredatabricks.net".to_owned();
        window.key_press_modifiers(Modifiers::COMMAND, Key::S);
        settle(&mut window, &engine);
        let form = window.state().state.connections.shown_form().unwrap();
        if form.is_new() {
            let reason = form.remark(Field::Name).map(|remark| remark.text.clone());
            assert!(reason.is_some_and(|reason| !reason.is_empty()), "{value:?} was refused without a reason");
            assert_eq!(form.draft.name, value, "what was typed stays");
        } else {
            taken += 1;
        }
    }
    assert!(taken > 25, "{taken}");
    let shown = window.state().state.connections.list.shown().count();
    assert_eq!(shown, hostile_values().len() + 1);
    for _ in 0..12 {
        let _ = window.state_mut().state.connections.select_neighbour(5, false);
        settle(&mut window, &engine);
    }
}

#[test]
fn ui_02_a_worker_that_crashed_is_shown_and_the_window_lives() {
    let engine = FakeEngine::with(&workspaces(&["Sales"]));
    engine.0.borrow_mut().test_failure =
        Some(Failure::new(Code::Internal, "Brickpass made a mistake.", "A part of it stopped.", "Try again."));
    let mut window = open(&engine, [1280.0, 800.0]);
    click(&mut window, &engine, "Test connection");
    assert!(shows(&window, "Test failed"));
    assert!(shows(&window, "Brickpass made a mistake."));
    engine.0.borrow_mut().test_failure = None;
    click(&mut window, &engine, "Test connection");
    assert!(shows(&window, "Connected in 182 ms"));
}

#[test]
fn the_settings_change_the_theme_and_close_when_saved() {
    let engine = FakeEngine::with(&workspaces(&["Sales"]));
    let mut window = open(&engine, [1280.0, 800.0]);
    click(&mut window, &engine, "Settings");
    click(&mut window, &engine, "Dark");
    assert_eq!(engine.0.borrow().settings.theme, ThemeChoice::Dark);
    assert_eq!(window.ctx.theme(), egui::Theme::Dark);
    assert!(window.state().state.dialogs.find::<SettingsDialog>().is_some());
    type_into(&mut window, &engine, Role::TextInput, "Certificate authorities", "/etc/ca.pem");
    window.get_all_by_label("Save").last().unwrap().click();
    settle(&mut window, &engine);
    assert!(!window.state().state.dialogs.is_open());
    assert!(engine.0.borrow().settings.ca_file.is_some());
}

#[test]
fn the_sheet_of_shortcuts_stays_until_escape() {
    let engine = FakeEngine::with(&workspaces(&["Sales lakehouse"]));
    let mut window = open(&engine, [1280.0, 800.0]);
    window.state_mut().state.dialogs.show(ShortcutSheet);
    window.run_steps(8);
    assert!(shows(&window, "Keyboard shortcuts"));
    window.key_press(Key::Escape);
    window.run_steps(2);
    assert!(!window.state().state.dialogs.is_open() && !shows(&window, "Keyboard shortcuts"));
}

#[test]
fn the_palette_jumps_to_a_connection() {
    let engine = FakeEngine::with(&workspaces(&["Alpha", "Beta", "Gamma"]));
    let mut window = open(&engine, [1280.0, 800.0]);
    window.key_press_modifiers(Modifiers::COMMAND, Key::K);
    settle(&mut window, &engine);
    window.event(Event::Text("gam".into()));
    settle(&mut window, &engine);
    window.key_press(Key::Enter);
    settle(&mut window, &engine);
    let state = &window.state().state;
    assert_eq!(state.connections.name_of(state.connections.selection.shown().unwrap()), "Gamma");
}

#[test]
fn a_quiet_window_asks_for_no_repaint_before_its_words_change() {
    let engine = FakeEngine::with(&workspaces(&["Sales"]));
    let mut window = open(&engine, [1280.0, 800.0]);
    window.run();
    let delay = |window: &Window| window.output().viewport_output[&egui::ViewportId::ROOT].repaint_delay;
    window.run_steps(20);
    assert!(delay(&window) > Duration::from_secs(3600), "{:?}", delay(&window));
    click(&mut window, &engine, "Test connection");
    window.run_steps(20);
    assert!(delay(&window) > Duration::from_secs(1) && delay(&window) <= Duration::from_secs(60), "{:?}", delay(&window));
}

#[test]
fn what_the_window_remembers_is_written_once_it_has_settled() {
    let engine = FakeEngine::with(&workspaces(&["Sales"]));
    let mut window = open(&engine, [1280.0, 800.0]);
    let rect = egui::Rect::from_min_size(pos2(10.0, 20.0), egui::vec2(1000.0, 700.0));
    window.input_mut().viewports.entry(egui::ViewportId::ROOT).or_default().inner_rect = Some(rect);
    window.run_steps(3);
    let before = engine.sent("RememberWindow");
    window.run_steps(120);
    assert_eq!(engine.sent("RememberWindow"), before + 1);
    engine.work();
    assert_eq!(engine.0.borrow().window.size, Some([1000.0, 700.0]));
    window.run_steps(60);
    assert_eq!(engine.sent("RememberWindow"), before + 1, "not again");
}

// --- The monkey ---
