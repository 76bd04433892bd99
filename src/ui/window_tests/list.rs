//! The list and its keys.

use super::*;

#[test]
fn ui_03_a_frame_draws_only_the_rows_in_view_of_ten_thousand() {
    let many: Vec<Connection> = (0..10_000).map(|n| connection(&format!("Connection {n:05}"), |_| {})).collect();
    let engine = FakeEngine::with(&many);
    let mut window = open(&engine, [1280.0, 800.0]);
    assert!(window.state().rows_drawn.len() <= 18, "{:?}", window.state().rows_drawn);
    window.get_by_role_and_label(Role::ListBox, "Connections").focus();
    window.run_steps(2);
    window.key_press(Key::End);
    settle(&mut window, &engine);
    let drawn = window.state().rows_drawn.clone();
    assert!(drawn.len() <= 18 && drawn.end == 10_001, "{drawn:?}");
    assert!(shows(&window, "Connection 09999"));
}

#[test]
fn a_search_begins_at_its_first_match_however_far_down_the_list_was() {
    let many: Vec<Connection> = (0..1_000).map(|n| connection(&format!("Connection {n:05}"), |_| {})).collect();
    let engine = FakeEngine::with(&many);
    let mut window = open(&engine, [1280.0, 800.0]);
    window.get_by_role_and_label(Role::ListBox, "Connections").focus();
    window.run_steps(2);
    window.key_press(Key::End);
    settle(&mut window, &engine);
    assert!(shows(&window, "Connection 00999") && !shows(&window, "Connection 00000"));
    window.event(Event::Text("con".into()));
    settle(&mut window, &engine);
    assert!(shows(&window, "Results, 1000"));
    assert!(shows(&window, "Connection 00000"), "{:?}", window.state().rows_drawn);
}

#[test]
fn the_list_is_worked_by_keys_and_typing_filters_it() {
    let engine = FakeEngine::with(&workspaces(&["Alpha", "Beta", "Gamma"]));
    let mut window = open(&engine, [1280.0, 800.0]);
    let name =
        |window: &Window| window.state().state.connections.name_of(window.state().state.connections.selection.shown().unwrap()).to_owned();
    window.get_by_role_and_label(Role::ListBox, "Connections").focus();
    window.run_steps(2);
    for (key, expected) in [(Key::ArrowDown, "Beta"), (Key::End, "Gamma"), (Key::ArrowUp, "Beta"), (Key::Home, "Alpha")] {
        window.key_press(key);
        settle(&mut window, &engine);
        assert_eq!(name(&window), expected, "{key:?}");
    }
    window.event(Event::Text("g".into()));
    settle(&mut window, &engine);
    assert!(window.get_by_role_and_label(Role::TextInput, "Filter connections").is_focused());
    window.event(Event::Text("am".into()));
    settle(&mut window, &engine);
    assert_eq!(window.state().state.connections.list.filter(), "gam");
    assert!(shows(&window, "Results, 1"));
    window.key_press(Key::Enter);
    settle(&mut window, &engine);
    assert_eq!(name(&window), "Gamma", "Enter takes the first that matches");
    assert_eq!(window.ctx.memory(egui::Memory::focused), Some(crate::ui::sidebar::list_id()));
    assert!(window.query_all_by_role(Role::ListBoxOption).any(|row| row.is_focused()), "a screen reader hears the row, not the list");
    window.key_press(Key::Enter);
    settle(&mut window, &engine);
    assert!(window.get_by_role_and_label(Role::TextInput, "Name").is_focused());
}

#[test]
fn undo_in_one_form_never_brings_back_the_text_of_another() {
    let engine = FakeEngine::with(&workspaces(&["Alpha", "Beta"]));
    let mut window = open(&engine, [1280.0, 800.0]);
    type_into(&mut window, &engine, Role::TextInput, "Name", " one");
    let output = window.state_mut().state.connections.select_neighbour(1, false);
    window.state_mut().follow(output);
    settle(&mut window, &engine);
    window.get_by_role_and_label(Role::TextInput, "Name").focus();
    window.run_steps(2);
    for _ in 0..3 {
        window.key_press_modifiers(Modifiers::COMMAND, Key::Z);
        settle(&mut window, &engine);
    }
    assert_eq!(window.get_by_role_and_label(Role::TextInput, "Name").value().as_deref(), Some("Beta"));
}

#[test]
fn ui_06_every_field_is_reached_by_tab_at_640x480_and_every_scale() {
    for scale in [1.0, 1.5, 2.0, 3.0] {
        let engine = FakeEngine::with(&workspaces(&["Sales"]));
        let mut window = open(&engine, [640.0, 480.0]);
        window.set_pixels_per_point(scale);
        settle(&mut window, &engine);
        let mut reached = Vec::new();
        for _ in 0..60 {
            window.key_press(Key::Tab);
            window.run_steps(3);
            let id = window.ctx.memory(egui::Memory::focused);
            let Some(id) = id else { continue };
            let seen = window.ctx.read_response(id).is_some_and(|response| window.ctx.content_rect().intersects(response.rect));
            let place = window.ctx.read_response(id).map(|response| response.rect);
            assert!(seen, "at {scale}x, what has the focus is in view: {place:?}");
            reached.push(id);
        }
        let state = &window.state().state;
        let id = state.connections.selection.shown().unwrap();
        let mut wanted: Vec<(String, egui::Id)> =
            [Field::Name, Field::BaseUrl, Field::Timeout, Field::Auth, Field::Folder, Field::Description]
                .map(|field| (format!("{field:?}"), crate::ui::editor::field_id(id, field)))
                .into();
        wanted.push(("Secret".to_owned(), crate::ui::editor::secret_id(id, SecretKind::PersonalAccessToken)));
        wanted.push(("Filter".to_owned(), crate::ui::sidebar::filter_id()));
        wanted.push(("List".to_owned(), crate::ui::sidebar::list_id()));
        for (name, wanted) in wanted {
            assert!(reached.contains(&wanted), "{name} at {scale}x");
        }
    }
}
