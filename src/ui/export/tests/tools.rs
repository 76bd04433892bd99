//! The list of tools, and the way there.

use super::*;

#[test]
fn the_tools_stand_in_groups_and_typing_jdbc_and_enter_leads_there() {
    let mut desk = Desk::new(&connection("Sales", |_| {}));
    for words in
        ["Most used", "Databricks CLI and SDKs", "Copy field by field", "SQL clients", "JDBC", "Shells and deployment", "Terraform"]
    {
        assert!(desk.has(words), "{words}");
    }
    desk.types("Filter tools", "jdbc");
    assert!(desk.has("JDBC") && !desk.has("Terraform"));
    desk.window.get_by_role_and_label(Role::TextInput, "Filter tools").focus();
    desk.window.run_steps(2);
    desk.key(Modifiers::NONE, Key::Enter);
    assert!(desk.shows("Fill in HTTP path to see the preview."));
    desk.types("Filter tools", " and nothing like it");
    assert!(desk.shows("No tool matches"));
}

#[test]
fn what_was_used_last_stands_among_the_usual_tools_the_next_time_and_after_a_restart() {
    let mut desk = Desk::on("Terraform");
    desk.window.get_by_role_and_label(Role::Button, "Copy").click();
    settle(&mut desk.window, &desk.engine);
    let top = |desk: &Desk, title: &str| desk.window.get_by_role_and_label(Role::RadioButton, title).rect().top();
    assert!(top(&desk, "JDBC") < top(&desk, "Terraform"), "nothing jumps");
    for tab in ["Connection", "Export"] {
        desk.window.get_by_role_and_label(Role::Tab, tab).click();
        settle(&mut desk.window, &desk.engine);
    }
    assert!(top(&desk, "Terraform") < top(&desk, "JDBC"));
    assert_eq!(desk.window.query_all_by_role_and_label(Role::RadioButton, "Terraform").count(), 1);
    desk.window.run_steps(200);
    assert_eq!(desk.engine.0.borrow().window.recent_tools, ["terraform"]);
}

#[test]
fn the_list_of_tools_is_one_stop_of_the_keyboard_and_letters_filter_it() {
    let mut desk = Desk::on("Copy field by field");
    desk.key(Modifiers::NONE, Key::ArrowDown);
    assert!(desk.has("HTTP path"), "the next one");
    desk.key(Modifiers::NONE, Key::Home);
    assert!(desk.has("Publish"));
    desk.key(Modifiers::NONE, Key::End);
    assert!(desk.shows("profile = \"sales\""));
    desk.key(Modifiers::NONE, Key::Home);
    desk.window.event(egui::Event::Text("jd".to_owned()));
    settle(&mut desk.window, &desk.engine);
    assert!(desk.has("JDBC") && !desk.has("Terraform"));
    desk.window.event(egui::Event::Text("bc".to_owned()));
    desk.key(Modifiers::NONE, Key::Enter);
    assert!(desk.has("HTTP path"));
    assert_eq!(desk.window.get_by_role_and_label(Role::TextInput, "Filter tools").value().as_deref(), Some("jdbc"));
}

#[test]
fn the_form_copies_a_field_at_a_time_and_the_secret_straight_from_the_vault() {
    let mut desk = Desk::on("Copy field by field");
    for label in ["Copy Name", "Copy Base URL", "Copy Timeout", "Copy Authentication type", "Copy Access token"] {
        assert!(desk.has(label), "{label}");
    }
    assert!(desk.shows("cdef") && !desk.secret_is_in_words());
    desk.click("Copy Access token");
    assert_eq!(desk.engine.sent("CopyStored"), 1);
    desk.window.get_by_label("Copy Base URL").click();
    desk.window.step();
    assert_eq!(desk.copied().as_deref(), Some("https://adb-1234567890123456.7.azuredatabricks.net"));
    let mut desk = Desk::new(&browser("Mine"));
    desk.tool("Copy field by field");
    assert!(!desk.has("Copy Access token") && desk.shows("Browser sign-ins have no token"));
}

#[test]
fn what_stands_in_the_way_is_said_with_the_way_out() {
    let engine = FakeEngine::with(&[connection("Sales", |_| {})]);
    let mut window = open_at(&engine, SIZE, Rc::default());
    click(&mut window, &engine, "New connection");
    window.get_by_role_and_label(Role::Tab, "Export").click();
    settle(&mut window, &engine);
    assert!(shows(&window, "Save this connection first"));

    let desk = Desk::new(&account("Everything"));
    assert!(!desk.shows("an account connection"), "a profile may");
    let mut desk = desk;
    desk.tool("JDBC");
    assert!(desk.shows("This is an account connection."));

    let mut desk = Desk::with(&connection("Sales", |_| {}), SIZE, |engine| {
        engine.0.borrow_mut().vault = Some(VaultStatus::Locked { place: "GNOME Keyring".to_owned(), new: false });
    });
    assert!(desk.shows("The vault is locked."));
    desk.click("Unlock vault");
    assert!(desk.window.state().state.dialogs.is_open());

    let desk = Desk::new(&browser("Mine"));
    assert!(desk.shows("Not signed in."));
}

#[test]
fn the_keys_and_the_palette_lead_there() {
    let engine = FakeEngine::with(&[connection("Sales", |_| {})]);
    engine.0.borrow_mut().tools.has_file = true;
    let mut window = open_at(&engine, SIZE, Rc::default());
    window.key_press_modifiers(Modifiers::COMMAND | Modifiers::SHIFT, Key::E);
    settle(&mut window, &engine);
    assert!(shows(&window, "/home/ada/.databrickscfg"));
    window.key_press_modifiers(Modifiers::COMMAND | Modifiers::SHIFT, Key::X);
    settle(&mut window, &engine);
    assert!(window.query_by_label("Copy Base URL").is_some());
}

#[test]
fn in_a_narrow_window_the_list_has_the_page_to_itself() {
    let mut desk = Desk::with(&connection("Sales", |_| {}), [640.0, 480.0], |_| {});
    assert!(!desk.has("JDBC"));
    desk.click("All tools");
    assert!(desk.has("JDBC") && desk.has("Filter tools"));
    desk.tool("Copy field by field");
    assert!(!desk.has("JDBC") && desk.has("Copy Base URL"));
    desk.click("All tools");
    desk.window.event(egui::Event::Text("terra".to_owned()));
    settle(&mut desk.window, &desk.engine);
    desk.key(Modifiers::NONE, Key::Escape);
    assert!(desk.has("JDBC"), "Esc empties the filter first");
    desk.key(Modifiers::NONE, Key::Escape);
    assert!(desk.has("All tools") && !desk.has("JDBC"));
    desk.click("All tools");
    desk.window.event(egui::Event::Text("terra".to_owned()));
    desk.key(Modifiers::NONE, Key::Enter);
    assert!(desk.shows("profile = \"sales\""), "the tool that is called so");
}
