//! The *Export* tab as a person uses it: found by role and label, on an engine that keeps everything in memory.

use std::{cell::Cell, rc::Rc};

use egui::{Key, Modifiers, accesskit::Role};
use egui_kittest::kittest::{NodeT as _, Queryable as _, by};

use crate::{
    connection::{Connection, SecretKind},
    engine::{Drift, Offer, Proof},
    failure::Code,
    interchange::{databrickscfg::Remark, export::NEEDS_PROFILE, format::Pick},
    storage::VaultStatus,
    ui::{
        fake_engine::{FakeEngine, account, browser, connection, production},
        fake_engine_export::{FORMATS, profile, refused},
        window_tests::{Window, click, open_at, settle, shows, type_into},
    },
};

const SIZE: [f32; 2] = [1280.0, 800.0];
const SECRET: &str = "dapi0123456789abcdef0123456789abcdef";

struct Desk {
    window: Window,
    engine: FakeEngine,
    seconds: Rc<Cell<i64>>,
}

impl Desk {
    fn with(connection: &Connection, size: [f32; 2], prepare: impl FnOnce(&FakeEngine)) -> Self {
        let engine = FakeEngine::with(std::slice::from_ref(connection));
        engine.0.borrow_mut().secrets.insert((connection.id, SecretKind::PersonalAccessToken), SECRET.into());
        engine.0.borrow_mut().tools.has_file = true;
        prepare(&engine);
        let seconds = Rc::new(Cell::new(0));
        let mut window = open_at(&engine, size, Rc::clone(&seconds));
        window.state_mut().state.export.offer(FORMATS);
        let mut desk = Self { window, engine, seconds };
        desk.window.get_by_role_and_label(Role::Tab, "Export").click();
        settle(&mut desk.window, &desk.engine);
        desk
    }

    fn new(connection: &Connection) -> Self {
        Self::with(connection, SIZE, |_| {})
    }

    fn on(tool: &str) -> Self {
        let mut desk = Self::new(&connection("Sales", |_| {}));
        desk.tool(tool);
        desk
    }

    /// With a filled in field that nothing can be made without.
    fn jdbc() -> Self {
        let mut desk = Self::on("JDBC");
        desk.types("HTTP path", "/sql/1.0/warehouses/abc");
        desk
    }

    fn tool(&mut self, title: &str) {
        self.window.get_by_role_and_label(Role::RadioButton, title).click();
        settle(&mut self.window, &self.engine);
    }

    fn click(&mut self, label: &str) {
        click(&mut self.window, &self.engine, label);
    }

    /// And lets the keys rest.
    fn types(&mut self, label: &str, words: &str) {
        type_into(&mut self.window, &self.engine, Role::TextInput, label, words);
        self.seconds.set(self.seconds.get() + 1);
        settle(&mut self.window, &self.engine);
    }

    fn key(&mut self, modifiers: Modifiers, key: Key) {
        self.window.key_press_modifiers(modifiers, key);
        settle(&mut self.window, &self.engine);
    }

    fn looks_away_and_back(&mut self) {
        for focused in [false, true] {
            self.window.input_mut().focused = focused;
            self.window.event(egui::Event::WindowFocused(focused));
            settle(&mut self.window, &self.engine);
        }
    }

    fn shows(&self, words: &str) -> bool {
        shows(&self.window, words)
    }

    fn has(&self, label: &str) -> bool {
        self.window.query_all_by_label(label).next().is_some()
    }

    fn is_enabled(&self, button: &str) -> bool {
        !self.window.get_by_role_and_label(Role::Button, button).accesskit_node().is_disabled()
    }

    fn copied(&self) -> Option<String> {
        self.window.output().platform_output.commands.iter().find_map(|command| match command {
            egui::OutputCommand::CopyText(words) => Some(words.clone()),
            _ => None,
        })
    }

    fn secret_included(&mut self) {
        self.window.get_by_role_and_label(Role::CheckBox, "Include the secret").click();
        settle(&mut self.window, &self.engine);
        self.click("Include it");
    }

    /// Whether a screen reader, or a widget's memory of its words, has it.
    fn secret_is_in_words(&self) -> bool {
        self.window.query_all(by()).any(|node| {
            let node = node.accesskit_node();
            [node.label(), node.value()].into_iter().flatten().any(|words| words.contains(SECRET))
        })
    }
}

#[test]
fn the_tools_stand_in_groups_and_typing_jdbc_and_enter_leads_there() {
    let mut desk = Desk::new(&connection("Sales", |_| {}));
    for words in ["Most used", "Databricks CLI and SDKs", "Copy as form", "SQL clients", "JDBC", "Shells and deployment", "Terraform"] {
        assert!(desk.has(words), "{words}");
    }
    desk.types("Filter tools", "jdbc");
    assert!(desk.has("JDBC") && !desk.has("Terraform"));
    desk.window.get_by_role_and_label(Role::TextInput, "Filter tools").focus();
    desk.window.run_steps(2);
    desk.key(Modifiers::NONE, Key::Enter);
    assert!(desk.shows("Fill in HTTP path. The preview appears here."));
    desk.types("Filter tools", " and nothing like it");
    assert!(desk.shows("No tool matches"));
}

#[test]
fn the_preview_follows_the_fields_and_is_copied_as_it_stands() {
    let mut desk = Desk::jdbc();
    assert!(desk.shows("httpPath=/sql/1.0/warehouses/abc;driver=oss") && desk.has("CONTAINS NO SECRET"));
    assert!(!desk.has("Log folder"));
    desk.click("Driver: Databricks JDBC");
    desk.click("Simba");
    desk.types("Log folder", "/tmp");
    assert!(desk.shows("driver=simba;log=/tmp"));
    desk.click("Use Arrow");
    assert!(desk.shows("arrow=yes"));
    for words in ["Paste it into the tool.", "The driver keeps the URL in its log.", "Where the driver writes"] {
        assert!(desk.shows(words), "{words}");
    }
    desk.window.get_by_role_and_label(Role::Button, "Copy").click();
    desk.window.step();
    assert!(desk.copied().is_some_and(|words| words.ends_with("/sql/1.0/warehouses/abc;driver=simba;log=/tmp;arrow=yes")));
    assert_eq!(desk.engine.sent("CopySecret"), 0);
}

#[test]
fn what_names_a_profile_that_is_not_there_leads_to_publishing() {
    let mut desk = Desk::on("Terraform");
    assert!(desk.shows(NEEDS_PROFILE));
    desk.click("Publish first...");
    desk.click("Publish");
    desk.tool("Terraform");
    assert!(desk.shows("Published as sales") && !desk.has("Publish first...") && !desk.shows(NEEDS_PROFILE));
}

#[test]
fn a_preview_of_any_length_is_drawn_up_to_a_point_and_copied_whole() {
    let mut desk = Desk::jdbc();
    let long = "x\n".repeat(1_000);
    desk.types("Catalog", &long);
    assert!(desk.shows("more lines. Copy and Save as take all of it."));
    desk.window.get_by_role_and_label(Role::Button, "Copy").click();
    desk.window.step();
    assert!(desk.copied().is_some_and(|words| words.lines().count() > 900));
}

#[test]
fn several_files_are_small_tabs() {
    let mut desk = Desk::on("Terraform");
    assert!(desk.shows("profile = \"sales\"") && !desk.has("Include the secret"));
    desk.tool("versions.tf");
    assert!(desk.shows("terraform {}") && !desk.shows("profile = \"sales\""));
}

#[test]
fn a_secret_is_asked_about_masked_copied_with_care_and_gone_on_leaving() {
    let mut desk = Desk::jdbc();
    desk.window.get_by_role_and_label(Role::CheckBox, "Include the secret").click();
    settle(&mut desk.window, &desk.engine);
    assert!(desk.shows("For JDBC, the secret will stand in the JDBC URL, in plain text."));
    desk.click("Cancel");
    assert!(desk.has("CONTAINS NO SECRET"));
    desk.secret_included();
    assert!(
        desk.has("CONTAINS THE SECRET")
            && desk.shows("the secret is hidden")
            && desk.shows("driver=oss;PWD=••••")
            && !desk.secret_is_in_words()
    );
    desk.window.get_by_role_and_label(Role::Button, "Copy").click();
    settle(&mut desk.window, &desk.engine);
    assert_eq!((desk.engine.sent("CopySecret"), desk.copied()), (1, None));
    desk.click("Reveal");
    assert!(desk.shows("the secret is shown") && !desk.secret_is_in_words());
    desk.seconds.set(desk.seconds.get() + 60);
    settle(&mut desk.window, &desk.engine);
    assert!(desk.shows("the secret is hidden"), "by itself after a while");
    desk.click("Reveal");
    desk.window.get_by_role_and_label(Role::Tab, "Connection").click();
    settle(&mut desk.window, &desk.engine);
    desk.window.get_by_role_and_label(Role::Tab, "Export").click();
    settle(&mut desk.window, &desk.engine);
    assert!(desk.has("CONTAINS NO SECRET") && !desk.shows("the secret is shown"));
}

#[test]
fn production_is_typed_before_its_secret_leaves() {
    let mut desk = Desk::new(&production("Sales"));
    desk.tool("JDBC");
    desk.types("HTTP path", "/x");
    desk.secret_included();
    assert!(desk.has("Include it"), "not yet");
    desk.types("This is a production connection. Type its name to go on: Sales", "Sales");
    desk.click("Include it");
    assert!(desk.has("CONTAINS THE SECRET"));
}

#[test]
fn a_refusal_says_what_why_and_what_to_do_and_the_way_that_works_is_a_button() {
    let mut desk = Desk::on("JDBC");
    desk.types("HTTP path", "a\"b");
    for words in ["This cannot be made", "The HTTP path cannot be written.", "no way to write a quotation mark", "Use a profile instead."] {
        assert!(desk.shows(words), "{words}");
    }
    assert!(!desk.has("Copy"));
    let mut desk = Desk::jdbc();
    desk.secret_included();
    desk.engine.0.borrow_mut().tools.export_failure = Some(refused(Code::NoSecret));
    desk.click("Use Arrow");
    assert!(desk.shows("It did not work."));
    desk.engine.0.borrow_mut().tools.export_failure = None;
    desk.click("Leave the secret out");
    desk.click("Use Arrow");
    assert!(desk.has("CONTAINS NO SECRET"));
}

#[test]
fn live_values_are_listed_filtered_and_asked_for_again_and_a_typed_one_is_as_good() {
    let mut desk = Desk::on("JDBC");
    let offer = |name: &str| Offer { value: format!("/sql/1.0/warehouses/{name}"), label: format!("{name} warehouse") };
    desk.engine.0.borrow_mut().tools.offers.insert((Pick::HttpPath, None), Ok(vec![offer("small"), offer("large")]));
    assert_eq!(desk.engine.sent("ListOffers"), 0, "nobody asked yet");
    desk.click("Choose a SQL warehouse");
    assert!(desk.has("small warehouse") && desk.has("large warehouse"));
    desk.types("Filter", "LARGE");
    assert!(!desk.has("small warehouse"));
    desk.click("Ask for SQL warehouses again");
    assert_eq!(desk.engine.sent("ListOffers"), 2);
    desk.click("large warehouse");
    assert!(desk.shows("httpPath=/sql/1.0/warehouses/large") && !desk.has("large warehouse"));

    desk.engine.0.borrow_mut().tools.offers.insert((Pick::Catalog, None), Err(refused(Code::Forbidden)));
    desk.click("Choose a catalog");
    assert!(desk.shows("There is no list to choose from now. The value can be typed.") && desk.shows("Something is in the way."));
    desk.types("Catalog", "main");
    assert!(desk.shows("catalog=main"));
    desk.click("Choose a schema");
    assert!(desk.shows("The workspace has none. Type it instead."));
}

#[test]
fn what_few_people_need_is_folded_away_until_something_stands_there() {
    let mut desk = Desk::jdbc();
    assert!(!desk.has("Properties") && desk.has("Catalog"));
    desk.click("More settings");
    desk.window.get_by_role_and_label(Role::MultilineTextInput, "Properties").focus();
    settle(&mut desk.window, &desk.engine);
    desk.window.get_by_role_and_label(Role::MultilineTextInput, "Properties").type_text("a=1\nb=2");
    desk.window.run_steps(2);
    desk.seconds.set(desk.seconds.get() + 1);
    settle(&mut desk.window, &desk.engine);
    assert!(desk.shows(";a=1;b=2"));
    // Nobody loses sight of what counts.
    desk.click("More settings");
    assert!(desk.has("Properties"));
}

#[test]
fn nobody_has_to_wait_for_a_list_or_a_proof() {
    let sales = connection("Sales", |_| {});
    let mut desk = Desk::with(&sales, SIZE, |engine| {
        let tools = &mut engine.0.borrow_mut().tools;
        tools.file.profiles.push(profile("sales", Some((sales.id, Drift::Same))));
        tools.slow = true;
    });
    // A spinner never comes to rest.
    let press = |desk: &mut Desk, label: &str| {
        desk.window.get_by_role_and_label(Role::Button, label).click();
        desk.window.run_steps(4);
    };
    press(&mut desk, "Prove it");
    assert!(desk.has("Asking the tools"));
    press(&mut desk, "Cancel");
    assert!(desk.has("Prove it") && !desk.has("Asking the tools"));
    desk.tool("JDBC");
    press(&mut desk, "Choose a SQL warehouse");
    press(&mut desk, "Stop asking");
    assert!(desk.has("Choose a SQL warehouse") && !desk.has("Stop asking"));
    assert_eq!(desk.engine.sent("Cancel"), 2);
    desk.engine.0.borrow_mut().answer_held_tools();
    settle(&mut desk.window, &desk.engine);
    assert!(desk.has("Prove it") || desk.has("Choose a SQL warehouse"), "the late answers find nobody");
}

#[test]
fn of_several_files_a_new_folder_is_asked_for() {
    let mut desk = Desk::on("Terraform");
    desk.window.state_mut().state.save_folder = Some("/home/ada".into());
    desk.click("Save as...");
    let folder = desk.window.get_by_role_and_label(Role::TextInput, "New folder");
    assert_eq!(folder.value().as_deref(), Some("/home/ada/brickpass-terraform"));
    desk.click("Save");
    assert!(desk.shows("2 files saved in /home/ada/brickpass-terraform"));
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
    let mut desk = Desk::on("Copy as form");
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
fn saving_says_where_it_is_and_a_work_tree_wants_a_second_yes() {
    let mut desk = Desk::jdbc();
    desk.window.state_mut().state.save_folder = Some("/home/ada".into());
    desk.secret_included();
    desk.click("Save as...");
    assert!(desk.shows("It contains the secret. Only you will be able to read it."));
    desk.engine.0.borrow_mut().tools.save_failure = Some(refused(Code::InWorkTree));
    desk.click("Save");
    assert!(desk.shows("Something is in the way."));
    desk.click("Save it there all the same");
    assert!(desk.shows("Saved as /home/ada/url.txt"));
    let places: Vec<bool> = desk.engine.0.borrow().tools.places.iter().map(|place| place.in_work_tree).collect();
    assert_eq!(places, [false, true]);
}

#[test]
fn publishing_shows_the_change_first_then_the_profile_and_can_be_undone() {
    let mut desk = Desk::new(&connection("Sales Lakehouse", |_| {}));
    assert_eq!(desk.window.get_by_role_and_label(Role::TextInput, "Profile").value().as_deref(), Some("sales-lakehouse"));
    for words in ["added: [sales-lakehouse]", "removed: token", "[DEFAULT]", "/home/ada/.databrickscfg"] {
        assert!(desk.shows(words), "{words}");
    }
    assert!(!desk.has("Undo last change") && !desk.has("Prove it"));
    desk.click("Publish");
    assert!(desk.has("PUBLISHED") && desk.shows("Published as sales-lakehouse") && !desk.has("Publish"));
    desk.click("Set as default profile...");
    assert!(desk.shows("added: default_profile = sales-lakehouse"));
    desk.click("Set as default profile");
    assert!(desk.has("DEFAULT PROFILE") && !desk.has("Set as default profile..."));
    desk.click("Undo last change");
    assert!(!desk.has("DEFAULT PROFILE"));
}

#[test]
fn unpublishing_shows_what_goes_first_and_takes_the_profile_out() {
    let mut desk = Desk::new(&connection("Sales Lakehouse", |_| {}));
    desk.click("Publish");
    desk.click("Unpublish...");
    assert!(desk.shows("removed: [sales-lakehouse]") && !desk.has("Profile"));
    desk.click("Cancel");
    assert!(desk.has("PUBLISHED") && desk.has("Profile"));
    desk.click("Unpublish...");
    desk.click("Unpublish");
    assert!(!desk.has("PUBLISHED") && desk.has("Publish") && desk.shows("sales-lakehouse is out of the file now"));
}

#[test]
fn a_connection_with_two_profiles_shows_each_of_them() {
    let mut desk = Desk::new(&connection("Sales", |_| {}));
    desk.click("Publish");
    desk.types("Profile", "-2");
    assert!(desk.has("Published as sales"));
    desk.click("Publish again");
    assert!(desk.has("Published as sales-2") && desk.has("Also published as"));
    desk.click("sales");
    desk.seconds.set(desk.seconds.get() + 1);
    settle(&mut desk.window, &desk.engine);
    assert!(desk.has("Published as sales") && desk.has("sales-2"));
    desk.click("Unpublish...");
    assert!(desk.shows("removed: [sales]"));
    desk.click("Unpublish");
    assert!(desk.has("Published as sales-2") && !desk.has("Also published as"));
}

#[test]
fn what_somebody_else_writes_into_the_file_is_seen_when_the_window_is_looked_at_again() {
    let sales = connection("Sales", |_| {});
    let mut desk = Desk::with(&sales, SIZE, |engine| {
        engine.0.borrow_mut().tools.file.profiles.push(profile("sales", Some((sales.id, Drift::Same))));
    });
    desk.click("Set as default profile...");
    desk.engine.0.borrow_mut().tools.file.profiles[1] = profile("sales", Some((sales.id, Drift::ChangedThere)));
    desk.looks_away_and_back();
    assert!(desk.has("CHANGED IN THE FILE"));
    assert!(desk.shows("default_profile = sales"), "the question that was open stays");
}

#[test]
fn secrets_in_the_file_have_a_way_out_of_it() {
    let mut desk = Desk::with(&connection("Sales", |_| {}), SIZE, |engine| {
        engine.0.borrow_mut().tools.file.profiles[0].secrets = vec!["token".to_owned()];
    });
    desk.click("Move secrets out of this file...");
    assert!(desk.has("Import connections"));
}

#[test]
fn a_name_that_cannot_be_is_said_at_once_and_one_that_is_taken_too() {
    let mut desk = Desk::new(&connection("Sales", |_| {}));
    desk.types("Profile", " two");
    assert!(!desk.is_enabled("Publish"));
    let mut desk = Desk::with(&connection("Sales", |_| {}), SIZE, |engine| {
        engine.0.borrow_mut().tools.file.profiles.push(profile("sales", None));
    });
    assert!(desk.shows("There is a profile sales already."));
    desk.types("Profile", "-2");
    assert!(!desk.shows("There is a profile"));
}

#[test]
fn drift_is_told_and_has_three_ways_out() {
    let drifted = || {
        let sales = connection("Sales", |_| {});
        Desk::with(&sales, SIZE, |engine| {
            engine.0.borrow_mut().tools.file.profiles.push(profile("sales", Some((sales.id, Drift::ChangedThere))));
        })
    };
    for way in ["Publish again", "Accept the change", "Stop comparing"] {
        let mut desk = drifted();
        assert!(desk.has("CHANGED IN THE FILE"));
        desk.click(way);
        assert!(!desk.has("CHANGED IN THE FILE"), "{way}");
        assert_eq!(desk.has("PUBLISHED"), way != "Stop comparing", "{way}");
    }
}

#[test]
fn a_file_that_cannot_be_read_or_changed_is_told_in_three_lines() {
    let mut desk = Desk::with(&connection("Sales", |_| {}), SIZE, |engine| {
        engine.0.borrow_mut().tools.read_failure = Some(refused(Code::FileUnreadable));
    });
    assert!(desk.has("The profiles cannot be read") && desk.shows("Something is in the way.") && !desk.has("Publish"));
    desk.engine.0.borrow_mut().tools.read_failure = None;
    desk.click("Try again");
    desk.engine.0.borrow_mut().tools.apply_failure = Some(refused(Code::Conflict));
    desk.click("Publish");
    assert!(desk.has("Nothing was changed") && desk.shows("Try another way."));
    desk.click("Dismiss");
    desk.click("Publish");
    assert!(desk.has("PUBLISHED"));
}

#[test]
fn what_others_read_otherwise_and_secrets_in_plain_text_are_told() {
    let desk = Desk::with(&connection("Sales", |_| {}), SIZE, |engine| {
        let file = &mut engine.0.borrow_mut().tools.file;
        file.remarks.push(Remark { line: 7, words: "Python reads another value here.".to_owned() });
        file.profiles[0].secrets = vec!["token".to_owned()];
        file.exposed = true;
    });
    for words in [
        "Line 7: Python reads another value here.",
        "Profile DEFAULT holds token in plain text.",
        "Others on this computer may read this file.",
    ] {
        assert!(desk.shows(words), "{words}");
    }
}

#[test]
fn the_proof_names_the_tools_and_the_user_they_see() {
    let sales = connection("Sales", |_| {});
    let mut desk = Desk::with(&sales, SIZE, |engine| {
        let tools = &mut engine.0.borrow_mut().tools;
        tools.file.profiles.push(profile("sales", Some((sales.id, Drift::Same))));
        let proof = Proof { tool: "Databricks CLI 1.13.0".to_owned(), user: "ada@example.com".to_owned() };
        tools.proof = Ok(vec![Ok(proof), Err(refused(Code::Unauthorized))]);
    });
    desk.click("Prove it");
    for words in ["Databricks CLI 1.13.0", "ada@example.com", "SAME USER", "It did not work.", "Try another way."] {
        assert!(desk.shows(words), "{words}");
    }
    desk.engine.0.borrow_mut().tools.proof = Ok(Vec::new());
    desk.click("Prove it");
    assert!(desk.shows("None of the tools is installed here"));
}

#[test]
fn a_proof_of_what_stood_there_before_is_not_shown_of_what_stands_there_now() {
    let sales = connection("Sales", |_| {});
    let mut desk = Desk::with(&sales, SIZE, |engine| {
        let tools = &mut engine.0.borrow_mut().tools;
        tools.file.profiles.push(profile("sales", Some((sales.id, Drift::Same))));
        tools.proof = Ok(vec![Ok(Proof { tool: "Databricks CLI 1.13.0".to_owned(), user: "ada@example.com".to_owned() })]);
    });
    desk.click("Prove it");
    assert!(desk.has("SAME USER"));
    desk.looks_away_and_back();
    assert!(desk.has("SAME USER"), "nothing has changed");
    desk.engine.0.borrow_mut().tools.file.profiles[1] = profile("sales", Some((sales.id, Drift::ChangedThere)));
    desk.looks_away_and_back();
    assert!(desk.has("CHANGED IN THE FILE") && !desk.has("SAME USER"));
    assert!(desk.shows("What publishing again changes in"), "it is not what somebody else changed there");
}

#[test]
fn the_form_copies_a_field_at_a_time_and_the_secret_straight_from_the_vault() {
    let mut desk = Desk::on("Copy as form");
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
    desk.tool("Copy as form");
    assert!(!desk.has("Copy Access token") && desk.shows("You sign in through the browser"));
}

#[test]
fn what_stands_in_the_way_is_said_with_the_way_out() {
    let engine = FakeEngine::with(&[connection("Sales", |_| {})]);
    let mut window = open_at(&engine, SIZE, Rc::default());
    click(&mut window, &engine, "New connection");
    window.get_by_role_and_label(Role::Tab, "Export").click();
    settle(&mut window, &engine);
    assert!(shows(&window, "Save this connection first."));

    let desk = Desk::new(&account("Everything"));
    assert!(!desk.shows("reaches an account"), "a profile may");
    let mut desk = desk;
    desk.tool("JDBC");
    assert!(desk.shows("This connection reaches an account."));

    let mut desk = Desk::with(&connection("Sales", |_| {}), SIZE, |engine| {
        engine.0.borrow_mut().vault = Some(VaultStatus::Locked { place: "GNOME Keyring".to_owned(), new: false });
    });
    assert!(desk.shows("The vault is locked."));
    desk.click("Unlock vault");
    assert!(desk.window.state().state.dialog.is_some());

    let desk = Desk::new(&browser("Mine"));
    assert!(desk.shows("Nobody is signed in."));
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
    desk.tool("Copy as form");
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
