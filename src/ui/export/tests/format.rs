//! The fields of a format, its preview, and copying or saving it.

use super::*;

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
    assert!(desk.shows("more lines (included in Copy and Save as)"));
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
    assert!(desk.shows("For JDBC, the secret is written in the JDBC URL, in plain text."));
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
    assert!(desk.has("Include secret"), "not yet");
    desk.types("Production connection. Type Sales to confirm", "Sales");
    desk.click("Include secret");
    assert!(desk.has("CONTAINS THE SECRET"));
}

#[test]
fn a_refusal_says_what_why_and_what_to_do_and_the_way_that_works_is_a_button() {
    let mut desk = Desk::on("JDBC");
    desk.types("HTTP path", "a\"b");
    for words in
        ["Could not create the export", "The HTTP path cannot be written.", "no way to write a quotation mark", "Use a profile instead."]
    {
        assert!(desk.shows(words), "{words}");
    }
    assert!(!desk.has("Copy"));
    let mut desk = Desk::jdbc();
    desk.secret_included();
    desk.engine.0.borrow_mut().tools.export_failure = Some(refused(Code::NoSecret));
    desk.click("Use Arrow");
    assert!(desk.shows("It did not work."));
    desk.engine.0.borrow_mut().tools.export_failure = None;
    desk.click("Exclude secret");
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
    desk.click("Refresh SQL warehouses");
    assert_eq!(desk.engine.sent("ListOffers"), 2);
    desk.click("large warehouse");
    assert!(desk.shows("httpPath=/sql/1.0/warehouses/large") && !desk.has("large warehouse"));

    desk.engine.0.borrow_mut().tools.offers.insert((Pick::Catalog, None), Err(refused(Code::Forbidden)));
    desk.click("Choose a catalog");
    assert!(desk.shows("Could not load the list. Type a value instead.") && desk.shows("Something is in the way."));
    desk.types("Catalog", "main");
    assert!(desk.shows("catalog=main"));
    desk.click("Choose a schema");
    assert!(desk.shows("None found in the workspace. Type a value instead."));
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
    // The required fields stay visible.
    desk.click("More settings");
    assert!(desk.has("Properties"));
}

#[test]
fn nobody_has_to_wait_for_a_list_or_a_verification() {
    let sales = connection("Sales", |_| {});
    let mut desk = Desk::with(&sales, SIZE, |engine| {
        let tools = &mut engine.0.borrow_mut().tools;
        tools.file.profiles.push(profile("sales", Some((sales.id, Drift::Same))));
        tools.slow = true;
    });
    // A spinner never settles.
    let press = |desk: &mut Desk, label: &str| {
        desk.window.get_by_role_and_label(Role::Button, label).click();
        desk.window.run_steps(4);
    };
    press(&mut desk, "Verify");
    assert!(desk.has("Verifying"));
    press(&mut desk, "Cancel");
    assert!(desk.has("Verify") && !desk.has("Verifying"));
    desk.tool("JDBC");
    press(&mut desk, "Choose a SQL warehouse");
    press(&mut desk, "Stop loading");
    assert!(desk.has("Choose a SQL warehouse") && !desk.has("Stop loading"));
    desk.engine.work();
    let cancelled = desk.engine.0.borrow().tools.held.iter().filter(|ask| ask.is_cancelled()).count();
    assert_eq!((cancelled, desk.engine.0.borrow().tools.held.len()), (2, 2));
    desk.engine.0.borrow_mut().answer_held_tools();
    settle(&mut desk.window, &desk.engine);
    assert!(desk.has("Verify") || desk.has("Choose a SQL warehouse"), "late answers change nothing");
}

#[test]
fn of_several_files_a_new_folder_is_asked_for() {
    let mut desk = Desk::on("Terraform");
    desk.window.state_mut().state.preferences.save_folder = Some("/home/ada".into());
    desk.click("Save as...");
    let folder = desk.window.get_by_role_and_label(Role::TextInput, "New folder");
    assert_eq!(folder.value().as_deref(), Some("/home/ada/brickpass-terraform"));
    desk.click("Save");
    assert!(desk.shows("Saved 2 files in /home/ada/brickpass-terraform"));
}

#[test]
fn saving_says_where_it_is_and_a_work_tree_wants_a_second_yes() {
    let mut desk = Desk::jdbc();
    desk.window.state_mut().state.preferences.save_folder = Some("/home/ada".into());
    desk.secret_included();
    desk.click("Save as...");
    assert!(desk.shows("Contains the secret. Only you can read the file."));
    desk.engine.0.borrow_mut().tools.save_failure = Some(refused(Code::InWorkTree));
    desk.click("Save");
    assert!(desk.shows("Something is in the way."));
    desk.click("Save anyway");
    assert!(desk.shows("Saved as /home/ada/url.txt"));
    let places: Vec<bool> = desk.engine.0.borrow().tools.places.iter().map(|place| place.in_work_tree).collect();
    assert_eq!(places, [false, true]);
}
